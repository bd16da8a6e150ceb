//! The ways out: at the provider when somebody signs out here, and here when he signs out there.

use super::claims::{self, Claims};
use super::known::Wants;
use super::verify::payload;
use super::{ALGORITHMS, Metadata, Provider};
use crate::auth::secret;
use crate::db::{WriteTx, on};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::JsonWebKey;
use openidconnect::core::CoreJwsSigningAlgorithm;
use reeve_model::AssetId;
use serde_json::{Map, Value};
use url::Url;

/// A logout token is of now, as far as clocks and queues allow (OpenID Connect Back-Channel Logout 1.0, 2.6).
const OLDEST: TimeDelta = TimeDelta::minutes(10);
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

impl Provider {
    /// Where a browser goes that signed out here, to sign out there too (OpenID Connect RP-Initiated Logout 1.0); nowhere
    /// where the provider knows no such thing, does not answer, or the settings do not want it.
    pub async fn end_session(&self, id_token: Option<&str>, now: DateTime<Utc>) -> Option<Url> {
        if !self.config.sign_out_there {
            return None;
        }
        let metadata = self.metadata(now).await.ok()?;
        let mut url = metadata.additional_metadata().end_session_endpoint.clone()?;
        if !["https", "http"].contains(&url.scheme()) {
            return None;
        }
        let state = secret::random().ok()?;
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.config.client_id);
        query.append_pair("post_logout_redirect_uri", self.signed_out.as_str());
        query.append_pair("state", &state);
        if let Some(id_token) = id_token {
            query.append_pair("id_token_hint", id_token);
        }
        drop(query);
        Some(url)
    }

    /// Whose sessions a logout token ends, after all that is to be checked of it.
    ///
    /// # Errors
    /// In words for the log: why it is no such token.
    pub async fn read_logout_token(&self, token: &str, now: DateTime<Utc>) -> Result<Ends, String> {
        if token.len() > 64 << 10 {
            return Err("too long".to_owned());
        }
        let (header, claims) = (header(token).ok_or("no token")?, payload(token).ok_or("no token")?);
        if header.get("typ").is_some_and(|typ| typ != "logout+jwt" && typ != "JWT") {
            return Err("typ is not logout+jwt".to_owned());
        }
        // Before anything costs: what is meant for others is not looked at further.
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer.as_str()) {
            return Err("iss is another".to_owned());
        }
        let for_us = |aud: &Value| *aud == self.config.client_id.as_str();
        if !claims.get("aud").is_some_and(|aud| for_us(aud) || aud.as_array().is_some_and(|all| all.iter().any(for_us)))
        {
            return Err("aud is another".to_owned());
        }
        let metadata = self.metadata(now).await.map_err(|error| error.to_string())?;
        if !is_signed(&metadata, &header, token) {
            let newer = self.newer(Wants::BackChannel, now).await;
            if !newer.is_some_and(|newer| is_signed(&newer, &header, token)) {
                return Err("its signature is not the provider's".to_owned());
            }
        }
        let time = |name: &str| claims.get(name).and_then(Value::as_f64).and_then(moment);
        let issued = time("iat").ok_or("iat is missing")?;
        if issued > now + LEEWAY || issued < now - OLDEST || time("exp").is_some_and(|end| end < now - LEEWAY) {
            return Err("it is too old, or of the future".to_owned());
        }
        if !claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object) {
            return Err("events does not say that it is a logout".to_owned());
        }
        // An id_token has one: it is not to be taken for a logout.
        if claims.contains_key("nonce") {
            return Err("it has a nonce".to_owned());
        }
        let jti = claims::text(&claims, "jti").ok_or("jti is missing")?;
        let whole = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let ends = Ends { issuer: self.issuer.to_string(), sid: whole("sid"), subject: whole("sub"), jti };
        if ends.sid.is_none() && ends.subject.is_none() {
            return Err("neither sub nor sid is there".to_owned());
        }
        Ok(ends)
    }
}

/// Which sessions a provider ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    issuer: String,
    sid: Option<String>,
    subject: Option<String>,
    jti: String,
}

/// Ends these sessions and answers whose they were; nothing where the same token did so before. A session id goes before a
/// subject: providers name sessions that never came here, and mean the person then.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut WriteTx, ends: &Ends, now: DateTime<Utc>) -> sqlx::Result<Option<Vec<AssetId>>> {
    let issuer = &ends.issuer;
    on!(&mut *tx, c => sqlx::query("DELETE FROM oidc_logout WHERE expires_at < $1").bind(now).execute(c).await.map(drop))?;
    let new = on!(&mut *tx, c => sqlx::query(
        "INSERT INTO oidc_logout (issuer, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    ).bind(issuer).bind(&ends.jti).bind(now + OLDEST + OLDEST).execute(c).await.map(|done| done.rows_affected()))?;
    if new == 0 {
        return Ok(None);
    }
    let mut ended: Vec<AssetId> = Vec::new();
    if let Some(sid) = &ends.sid {
        ended = on!(&mut *tx, c => sqlx::query_scalar(
            "DELETE FROM session WHERE issuer = $1 AND sid = $2 RETURNING person_id",
        ).bind(issuer).bind(sid).fetch_all(c).await)?;
    }
    if ended.is_empty()
        && let Some(subject) = &ends.subject
    {
        ended = on!(&mut *tx, c => sqlx::query_scalar(
            "DELETE FROM session WHERE issuer = $1
                 AND person_id IN (SELECT person_id FROM identity WHERE issuer = $1 AND subject = $2)
             RETURNING person_id",
        ).bind(issuer).bind(subject).fetch_all(c).await)?;
    }
    ended.sort();
    ended.dedup();
    Ok(Some(ended))
}

fn header(token: &str) -> Option<Claims> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?).ok()
}

/// Whether one of the provider's keys signed it, in a way that only the provider can.
fn is_signed(metadata: &Metadata, header: &Map<String, Value>, token: &str) -> bool {
    let Some((message, signature)) = token.rsplit_once('.') else { return false };
    let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return false };
    let algorithm = header.get("alg").cloned().map(serde_json::from_value::<CoreJwsSigningAlgorithm>);
    let Some(Ok(algorithm)) = algorithm else { return false };
    if !ALGORITHMS.contains(&algorithm) {
        return false;
    }
    let kid = header.get("kid").and_then(Value::as_str);
    let fits = |key: &&openidconnect::core::CoreJsonWebKey| kid.is_none() || key.key_id().map(|id| id.as_str()) == kid;
    let mut keys = metadata.jwks().keys().iter().filter(fits);
    keys.any(|key| key.verify_signature(&algorithm, message.as_bytes(), &signature).is_ok())
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970; what is beyond is no time of ours")]
fn moment(seconds: f64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds as i64, 0)
}
