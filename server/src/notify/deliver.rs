//! Carries off what is in the outbox: takes it, sends it, writes what became of it. Between the three lies no transaction.

use super::attempt::Outcome;
use super::outbox::{self, Parcel};
use crate::app::App;
use crate::lease::Lease;
use tokio_util::sync::CancellationToken;

/// One attempt. Its job ends with it; the next attempt is a job of its own.
///
/// # Errors
/// When the database does not answer or the lease is over: the next attempt finds it on its way then, and in doubt.
pub(crate) async fn run(app: &App, lease: Lease, cancel: &CancellationToken, id: i64) -> anyhow::Result<()> {
    let mut tx = app.db.write().await?;
    lease.hold(&mut tx).await?;
    let Some(parcel) = outbox::begin(&mut tx, id, app.clock.now()).await? else {
        lease.finish(&mut tx, app.clock.now()).await?;
        return Ok(tx.commit().await?);
    };
    tx.commit().await?;
    let outcome = send(app, &parcel, cancel).await;
    let mut tx = app.db.write().await?;
    lease.hold(&mut tx).await?;
    outbox::settle(&mut tx, &parcel, lease, &outcome, app.clock.now(), fastrand::i32(0..=1000)).await?;
    Ok(tx.commit().await?)
}

async fn send(app: &App, parcel: &Parcel, cancel: &CancellationToken) -> Outcome {
    let post = &app.post;
    match (&parcel.channel, &parcel.address) {
        (Some(channel), _) => match post.hooks.iter().find(|hook| hook.config.name == *channel) {
            Some(hook) => hook.send(parcel, app.clock.now(), cancel).await,
            // Another replica may know it, or the next configuration.
            None => Outcome::later(format!("reeve.toml has no webhook named `{channel}`")),
        },
        (None, Some(address)) => match &post.mailer {
            Some(mailer) => mailer.send(address, &parcel.body, cancel).await,
            None => Outcome::later("reeve.toml has no [notify.smtp]"),
        },
        (None, None) => Outcome::Refused { reason: "it is for nobody".to_owned() },
    }
}
