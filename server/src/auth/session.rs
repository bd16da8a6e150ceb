//! Sessions: a random token in a cookie, its hash in a table.

use super::secret;
use crate::config::AuthConfig;
use crate::db::{Db, Tx, WriteTx, on};
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::AssetId;

/// How exactly it is known when a session was last used: each of these at most is one write.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);

/// What a sign-in was proven by, and from where.
#[derive(Clone, Debug, Default)]
pub struct SignIn<'a> {
    /// `local`, or as reeve.toml names it.
    pub provider: &'a str,
    pub issuer: Option<&'a str>,
    pub sid: Option<&'a str>,
    pub id_token: Option<&'a str>,
    pub address: Option<String>,
    pub agent: Option<&'a str>,
}

/// A session that is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: i64,
    pub person: AssetId,
    pub last_seen_at: DateTime<Utc>,
}

/// A session as its owner sees it; never its token.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub id: i64,
    pub provider: String,
    pub address: Option<String>,
    pub agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Begins a session and answers its token, which is kept nowhere. Each sign-in has a new one: one that was put into the
/// browser before proves nothing.
///
/// # Errors
/// When there is no randomness, or the database does not answer.
pub async fn begin(
    tx: &mut WriteTx,
    config: &AuthConfig,
    person: AssetId,
    sign_in: &SignIn<'_>,
    now: DateTime<Utc>,
) -> anyhow::Result<String> {
    let token = secret::random()?;
    let agent = sign_in.agent.map(|agent| agent.chars().take(200).collect::<String>());
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO session (token_hash, person_id, provider, issuer, sid, id_token, address, agent, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
    )
        .bind(secret::hash(&token)).bind(person).bind(sign_in.provider).bind(sign_in.issuer).bind(sign_in.sid)
        .bind(sign_in.id_token).bind(&sign_in.address).bind(agent).bind(now)
        .bind(now + TimeDelta::seconds(config.absolute.seconds))
        .execute(c).await.map(drop))?;
    Ok(token)
}

/// The session of this token, while neither limit is reached.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, config: &AuthConfig, token: &str, now: DateTime<Utc>) -> sqlx::Result<Option<Session>> {
    let row: Option<(i64, AssetId, DateTime<Utc>, DateTime<Utc>)> = on!(tx, c => sqlx::query_as(
        "SELECT id, person_id, last_seen_at, expires_at FROM session WHERE token_hash = $1",
    ).bind(secret::hash(token)).fetch_optional(c).await)?;
    let idle = TimeDelta::seconds(config.idle.seconds);
    let alive = row.filter(|(_, _, seen, expires)| *expires > now && *seen + idle > now);
    Ok(alive.map(|(id, person, last_seen_at, _)| Session { id, person, last_seen_at }))
}

/// Notes that a session was used, where that is due; the request does not wait for it.
pub fn seen(db: &Db, session: Session, now: DateTime<Utc>) {
    if now - session.last_seen_at < SEEN_EVERY {
        return;
    }
    let db = db.clone();
    super::beside("a session", async move {
        let mut tx = db.write().await?;
        on!(&mut tx, c => sqlx::query("UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2")
            .bind(session.id).bind(now).execute(c).await.map(drop))?;
        tx.commit().await
    });
}

/// A person's sessions that are alive, the one last used first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, config: &AuthConfig, person: AssetId, now: DateTime<Utc>) -> sqlx::Result<Vec<Listed>> {
    on!(tx, c => sqlx::query_as(
        "SELECT id, provider, address, agent, created_at, last_seen_at, expires_at FROM session
         WHERE person_id = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC, id DESC",
    ).bind(person).bind(now).bind(now - TimeDelta::seconds(config.idle.seconds)).fetch_all(c).await)
}

/// Ends sessions of a person: the one named, or all but `but`. Answers how many there were.
///
/// # Errors
/// When the database does not answer.
pub async fn end_some(tx: &mut WriteTx, person: AssetId, one: Option<i64>, but: Option<i64>) -> sqlx::Result<u64> {
    on!(&mut *tx, c => sqlx::query(
        "DELETE FROM session WHERE person_id = $1 AND id = COALESCE($2, id) AND id <> COALESCE($3, 0)",
    ).bind(person).bind(one).bind(but).execute(c).await.map(|done| done.rows_affected()))
}

/// Ends one session.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut WriteTx, id: i64) -> sqlx::Result<()> {
    on!(&mut *tx, c => sqlx::query("DELETE FROM session WHERE id = $1").bind(id).execute(c).await.map(drop))
}

/// Ends every session of a person: his password changed, or he was disabled.
///
/// # Errors
/// When the database does not answer.
pub async fn end_all(tx: &mut WriteTx, person: AssetId) -> sqlx::Result<()> {
    on!(&mut *tx, c => sqlx::query("DELETE FROM session WHERE person_id = $1").bind(person).execute(c).await.map(drop))
}
