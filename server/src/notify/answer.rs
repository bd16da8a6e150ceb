//! Answers by a link in a mail. The link opens a page and does nothing else, for programs that look through mail open every
//! link and fill in forms: only what was chosen on that page counts, once, and only for what the mail showed.

use super::sign;
use crate::auth::secret;
use crate::catalog::{Result, to_json};
use crate::db::{Tx, WriteTx, on};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::AssetId;
use reeve_model::notice::Choice;
use serde::{Deserialize, Serialize};

/// A link is good for no longer than this, whatever was asked for.
const LONGEST: TimeDelta = TimeDelta::days(7);
/// How long somebody may look at the page before he answers.
const PAGE: TimeDelta = TimeDelta::hours(1);
/// What tokens and pages are signed for.
const TOKEN: &str = "answer";
const NONCE: &str = "answer page";

/// What may be answered.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub request: i64,
    pub choices: &'a [Choice],
    /// Of what the mail shows: an answer to anything else is none.
    pub content_hash: &'a str,
    pub version: i64,
    pub expires_at: DateTime<Utc>,
}

/// What a link says, once its signature was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub outbox: i64,
    /// Who alone may give it.
    pub person: AssetId,
    pub request: i64,
    pub choices: Vec<Choice>,
    pub content_hash: String,
    pub version: i64,
    pub expires_at: DateTime<Utc>,
    /// What is kept of the token.
    hash: String,
    key: i64,
}

/// Why a link is good for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No link of ours, or not as we wrote it.
    Unknown,
    Expired {
        at: DateTime<Utc>,
    },
    Used {
        at: DateTime<Utc>,
    },
    /// The request was decided or changed, or he lost the right to answer.
    Void {
        at: DateTime<Utc>,
    },
}

#[derive(Serialize, Deserialize)]
struct Payload {
    /// Of the key.
    k: i64,
    /// Of the outbox.
    o: i64,
    p: AssetId,
    r: i64,
    a: Vec<Choice>,
    h: String,
    v: i64,
    /// Seconds since 1970.
    e: i64,
}

/// A link for a mail in the outbox: `payload.signature`, the same for the same. What is kept of it is a hash.
///
/// # Errors
/// When the database does not answer.
pub async fn make(
    tx: &mut WriteTx,
    outbox: i64,
    person: AssetId,
    asked: &Asked<'_>,
    now: DateTime<Utc>,
) -> Result<String> {
    let key = sign::newest(tx, now).await?;
    let expires_at = asked.expires_at.min(now + LONGEST);
    let payload = Payload {
        k: key.id,
        o: outbox,
        p: person,
        r: asked.request,
        a: asked.choices.to_vec(),
        h: asked.content_hash.to_owned(),
        v: asked.version,
        e: expires_at.timestamp(),
    };
    let payload = BASE64_URL_SAFE_NO_PAD.encode(to_json(&payload));
    let token = format!("{payload}.{}", key.sign(TOKEN, &payload));
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO answer_token (token_hash, outbox_id, person_id, request_id, actions, content_hash, version, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (token_hash) DO NOTHING",
    )
        .bind(secret::hash(&token)).bind(outbox).bind(person).bind(asked.request).bind(to_json(asked.choices))
        .bind(asked.content_hash).bind(asked.version).bind(expires_at).execute(c).await.map(drop))?;
    Ok(token)
}

/// Reads a link; changes nothing.
///
/// # Errors
/// When the database does not answer; [`Refusal`] where the link is good for nothing.
pub async fn read(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<std::result::Result<Answer, Refusal>> {
    let unknown = Ok(Err(Refusal::Unknown));
    let Some((text, signature)) = token.split_once('.') else { return unknown };
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let Some(payload) = decoded.and_then(|json| serde_json::from_slice::<Payload>(&json).ok()) else { return unknown };
    let Some(key) = sign::by_id(tx, payload.k).await? else { return unknown };
    if !key.verify(TOKEN, text, signature) {
        return unknown;
    }
    let hash = secret::hash(token);
    let row: Option<(DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>)> = on!(tx, c => sqlx::query_as(
        "SELECT expires_at, used_at, void_at FROM answer_token WHERE token_hash = $1",
    ).bind(&hash).fetch_optional(c).await)?;
    let Some((expires_at, used_at, void_at)) = row else { return unknown };
    if let Some(at) = used_at {
        return Ok(Err(Refusal::Used { at }));
    }
    if let Some(at) = void_at {
        return Ok(Err(Refusal::Void { at }));
    }
    if expires_at <= now {
        return Ok(Err(Refusal::Expired { at: expires_at }));
    }
    Ok(Ok(Answer {
        outbox: payload.o,
        person: payload.p,
        request: payload.r,
        choices: payload.a,
        content_hash: payload.h,
        version: payload.v,
        expires_at,
        hash,
        key: key.id,
    }))
}

/// What the page carries, so that only what was chosen on it counts.
///
/// # Errors
/// When the database does not answer.
pub async fn nonce(tx: &mut Tx, answer: &Answer, now: DateTime<Utc>) -> Result<String> {
    let at = now.timestamp();
    let key = sign::by_id(tx, answer.key).await?;
    let signature = key.map(|key| key.sign(NONCE, &format!("{}|{at}", answer.hash))).unwrap_or_default();
    Ok(format!("{at}.{signature}"))
}

/// Whether this is what the page of this answer carried, within the hour.
///
/// # Errors
/// When the database does not answer.
pub async fn is_of_page(tx: &mut Tx, answer: &Answer, nonce: &str, now: DateTime<Utc>) -> Result<bool> {
    let Some((at, signature)) = nonce.split_once('.') else { return Ok(false) };
    let made = at.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let fresh = made.is_some_and(|made| made <= now + TimeDelta::minutes(1) && now - made <= PAGE);
    let key = sign::by_id(tx, answer.key).await?;
    Ok(fresh && key.is_some_and(|key| key.verify(NONCE, &format!("{}|{at}", answer.hash), signature)))
}

/// Uses a link up, within the transaction of what it decides; answers whether it was still good. All other links to the same
/// request are void then by [`void_for`].
///
/// # Errors
/// When the database does not answer.
pub async fn use_up(tx: &mut WriteTx, answer: &Answer, now: DateTime<Utc>) -> Result<bool> {
    let used = on!(&mut *tx, c => sqlx::query(
        "UPDATE answer_token SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND void_at IS NULL AND expires_at > $2",
    ).bind(&answer.hash).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

/// Voids the links to a request: it was decided, or is another by now.
///
/// # Errors
/// When the database does not answer.
pub async fn void_for(tx: &mut WriteTx, request: i64, now: DateTime<Utc>) -> Result<u64> {
    Ok(on!(&mut *tx, c => sqlx::query(
        "UPDATE answer_token SET void_at = $2 WHERE request_id = $1 AND used_at IS NULL AND void_at IS NULL",
    ).bind(request).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Voids the links of somebody who left or lost the right to answer.
///
/// # Errors
/// When the database does not answer.
pub async fn void_of(tx: &mut WriteTx, person: AssetId, now: DateTime<Utc>) -> Result<u64> {
    Ok(on!(&mut *tx, c => sqlx::query(
        "UPDATE answer_token SET void_at = $2 WHERE person_id = $1 AND used_at IS NULL AND void_at IS NULL",
    ).bind(person).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
}
