//! Browsers in which somebody has signed in before: whoever guesses at his password elsewhere does not slow him there
//! (OWASP, device cookies). It proves nothing else.

use super::{person, secret};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};

/// Remembers the browser that he signs in with; answers what its cookie holds, which is kept nowhere.
///
/// # Errors
/// When there is no randomness, or the database does not answer.
pub async fn remember(tx: &mut WriteTx, login: &str, now: DateTime<Utc>) -> anyhow::Result<String> {
    let token = secret::random()?;
    on!(&mut *tx, c => sqlx::query("INSERT INTO known_device (token_hash, login, seen_at) VALUES ($1, $2, $3)")
        .bind(secret::hash(&token)).bind(person::login(login)).bind(now).execute(c).await.map(drop))?;
    Ok(token)
}

/// The device that a cookie is of, where this login signed in with it.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, token: &str, login: &str) -> sqlx::Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar("SELECT token_hash FROM known_device WHERE token_hash = $1 AND login = $2")
        .bind(secret::hash(token)).bind(person::login(login)).fetch_optional(c).await)
}
