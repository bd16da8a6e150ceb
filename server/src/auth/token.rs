//! API tokens of people and service accounts: shown once, kept as a hash, never more than their owner.

use super::secret;
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::account::Token;
use reeve_model::permission::Scope;
use reeve_model::{AssetId, Word};
use std::collections::BTreeSet;

/// How exactly its last use is known.
const USED_EVERY: TimeDelta = TimeDelta::minutes(1);

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    hint: String,
    scopes: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

/// A token that was shown and may act.
#[derive(Clone, Debug)]
pub struct Used {
    pub id: i64,
    pub person: AssetId,
    pub scopes: BTreeSet<Scope>,
    last_used_at: Option<DateTime<Utc>>,
}

/// Makes a token and answers it: the only time that it is seen.
///
/// # Errors
/// When there is no randomness, or the database does not answer.
pub async fn create(
    tx: &mut WriteTx,
    person: AssetId,
    name: &str,
    scopes: &BTreeSet<Scope>,
    lives: TimeDelta,
    by: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<(i64, String)> {
    let token = secret::api_token()?;
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let id: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO api_token (person_id, name, token_hash, hint, scopes, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
        .bind(person).bind(name).bind(secret::hash(&token)).bind(&token[..14]).bind(serde_json::to_string(&words)?)
        .bind(by).bind(now).bind(now + lives).fetch_one(c).await)?;
    Ok((id, token))
}

/// Whose token this is, while it is neither expired nor revoked.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> sqlx::Result<Option<Used>> {
    if !secret::is_api_token(token) {
        return Ok(None);
    }
    let row: Option<(i64, AssetId, String, DateTime<Utc>, Option<DateTime<Utc>>)> = on!(tx, c => sqlx::query_as(
        "SELECT id, person_id, scopes, expires_at, last_used_at FROM api_token WHERE token_hash = $1 AND revoked_at IS NULL",
    ).bind(secret::hash(token)).fetch_optional(c).await)?;
    let alive = row.filter(|(_, _, _, expires, _)| *expires > now);
    Ok(alive.map(|(id, person, scopes, _, last_used_at)| Used { id, person, scopes: scopes_of(&scopes), last_used_at }))
}

/// Notes its last use, where that is due; the request does not wait for it.
pub fn used(db: &crate::db::Db, token: &Used, address: Option<String>, now: DateTime<Utc>) {
    if token.last_used_at.is_some_and(|last| now - last < USED_EVERY) {
        return;
    }
    let (db, id) = (db.clone(), token.id);
    super::beside("a token", async move {
        let mut tx = db.write().await?;
        on!(&mut tx, c => sqlx::query("UPDATE api_token SET last_used_at = $2, last_used_address = $3 WHERE id = $1")
            .bind(id).bind(now).bind(address).execute(c).await.map(drop))?;
        tx.commit().await
    });
}

/// A person's tokens, newest first, without those that are revoked.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, person: AssetId) -> sqlx::Result<Vec<Token>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT id, name, hint, scopes, created_at, expires_at, last_used_at FROM api_token
         WHERE person_id = $1 AND revoked_at IS NULL ORDER BY id DESC",
    ).bind(person).fetch_all(c).await)?;
    let token = |row: Row| Token {
        id: row.id,
        name: row.name,
        hint: row.hint,
        scopes: scopes_of(&row.scopes),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    };
    Ok(rows.into_iter().map(token).collect())
}

/// Revokes a token of this person; answers whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke(tx: &mut WriteTx, person: AssetId, id: i64, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = on!(&mut *tx, c => sqlx::query(
        "UPDATE api_token SET revoked_at = $3 WHERE id = $2 AND person_id = $1 AND revoked_at IS NULL",
    ).bind(person).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// What this version does not know gives nothing.
fn scopes_of(json: &str) -> BTreeSet<Scope> {
    let words: Vec<String> = serde_json::from_str(json).unwrap_or_default();
    words.iter().filter_map(|word| Scope::parse(word)).collect()
}
