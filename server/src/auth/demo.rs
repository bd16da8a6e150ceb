//! The demo's sign-in: one click, no password, and no way to switch it on where people work.

use super::person;
use crate::app::App;
use crate::db::{Tx, on};
use anyhow::bail;
use reeve_model::permission::Actor;

/// Refuses to let anyone in where more is at stake than a demo.
///
/// # Errors
/// Says what of this portal is real.
pub async fn check(app: &App) -> anyhow::Result<()> {
    const OPEN: &str = "[auth.demo] lets anyone in without a password";
    if app.config.auth.demo.is_none() {
        return Ok(());
    }
    let listen = app.config.server.listen;
    if !listen.ip().is_loopback() {
        bail!("{OPEN}: [server] listen must be a loopback address, not {listen}");
    }
    if let Some(external) = &app.config.server.external_url {
        bail!("{OPEN}, and people reach this portal at {}: remove [auth.demo]", external.as_url());
    }
    if let Some(real) = app.config.sources.iter().find(|source| !source.kind.is_local()) {
        bail!("{OPEN}, and the source `{}` is not on this machine: remove [auth.demo]", real.name);
    }
    let mut tx = app.db.read().await?;
    let accounts: i64 = on!(&mut tx, c => sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM identity)",
    ).fetch_one(c).await)?;
    if accounts > 0 {
        bail!("{OPEN}, and this catalog has real accounts ({accounts}): remove [auth.demo]");
    }
    Ok(())
}

/// Whom one may be, as they may act now.
///
/// # Errors
/// When the database does not answer.
pub async fn people(tx: &mut Tx, app: &App) -> sqlx::Result<Vec<Actor>> {
    let mut people = Vec::new();
    for login in app.config.auth.demo.iter().flat_map(|demo| &demo.people) {
        if let Some(id) = person::find(tx, login).await? {
            people.extend(person::actor(tx, &app.config.auth, id).await?);
        }
    }
    Ok(people)
}
