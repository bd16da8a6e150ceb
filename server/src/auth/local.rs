//! Local accounts: a password, and one-time links to set it.

use super::{Auth, From, secret, session};
use crate::config::Config;
use crate::db::{Db, Tx, WriteTx, on};
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::AssetId;
use reeve_model::problem::AuthRefusal;

/// How long a link is good.
const LINK_LIVES: TimeDelta = TimeDelta::hours(24);

/// Whether a password that somebody gave himself will do.
pub fn is_long_enough(password: &str) -> bool {
    password.chars().count() >= super::password::SHORTEST && password.len() <= super::password::LONGEST_BYTES
}

/// Whose password this is: somebody who may sign in. Who does not exist, has no password or may not come takes as long,
/// and is answered alike.
///
/// # Errors
/// The refusal to show; a failure of the database is logged.
pub async fn verify(
    auth: &Auth,
    db: &Db,
    login: &str,
    password: String,
    from: &From,
    now: DateTime<Utc>,
) -> anyhow::Result<Result<Option<AssetId>, AuthRefusal>> {
    let login = super::person::login(login);
    if let Err(seconds) = auth.throttle.attempt(&login, from, now) {
        return Ok(Err(AuthRefusal::SlowDown { seconds }));
    }
    let row: Option<(AssetId, String)> = {
        let mut tx = db.read().await?;
        on!(&mut tx, c => sqlx::query_as(
            "SELECT p.id, a.password_hash FROM person p JOIN account a ON a.person_id = p.id
             WHERE p.login = $1 AND p.disabled_at IS NULL AND p.state <> 'departed'",
        ).bind(&login).fetch_optional(c).await)?
    };
    let (person, hash) = row.unzip();
    match auth.passwords.check(password, hash).await {
        Ok(true) => {
            auth.throttle.forgive(&login, from);
            Ok(Ok(person))
        }
        Ok(false) => Ok(Ok(None)),
        Err(super::password::Busy) => Ok(Err(AuthRefusal::Busy)),
    }
}

/// Sets a password, and ends every session that began with the old one.
///
/// # Errors
/// When the database does not answer.
pub async fn set_password(tx: &mut WriteTx, person: AssetId, hash: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO account (person_id, password_hash, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at",
    ).bind(person).bind(hash).bind(now).execute(c).await.map(drop))?;
    session::end_all(tx, person).await
}

/// A link's token for this person, instead of any before.
///
/// # Errors
/// When there is no randomness, or the database does not answer.
pub async fn make_link(tx: &mut WriteTx, person: AssetId, now: DateTime<Utc>) -> anyhow::Result<String> {
    let token = secret::random()?;
    on!(&mut *tx, c => sqlx::query("DELETE FROM sign_in_link WHERE person_id = $1").bind(person).execute(c).await.map(drop))?;
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO sign_in_link (token_hash, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
    ).bind(secret::hash(&token)).bind(person).bind(now).bind(now + LINK_LIVES).execute(c).await.map(drop))?;
    Ok(token)
}

/// Where a link leads to.
pub fn link_address(config: &Config, token: &str) -> String {
    let path = format!("/sign-in/link/{token}");
    match config.server.portal_url().map(|portal| portal.join(&path)) {
        Ok(Ok(url)) => url.to_string(),
        _ => path,
    }
}

/// Whose link this is, with his login; nobody's where it is used up or too old.
///
/// # Errors
/// When the database does not answer.
pub async fn find_link(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> sqlx::Result<Option<(AssetId, String)>> {
    let row: Option<(AssetId, String, DateTime<Utc>)> = on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.login, l.expires_at FROM sign_in_link l JOIN person p ON p.id = l.person_id
         WHERE l.token_hash = $1 AND p.disabled_at IS NULL AND p.state <> 'departed'",
    ).bind(secret::hash(token)).fetch_optional(c).await)?;
    Ok(row.filter(|(_, _, expires)| *expires > now).map(|(person, login, _)| (person, login)))
}

/// Uses a link up; answers whether it was still there, which it is for one of two who come at once.
///
/// # Errors
/// When the database does not answer.
pub async fn use_link(tx: &mut WriteTx, token: &str) -> sqlx::Result<bool> {
    let done = on!(&mut *tx, c => sqlx::query("DELETE FROM sign_in_link WHERE token_hash = $1")
        .bind(secret::hash(token)).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
