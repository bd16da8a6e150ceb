use super::queue::JobError;
use super::work::{Context, Work, enqueue};
use crate::app::App;
use crate::owners::{infer, succession};

/// Asks for [`Work::Owners`] soon; one that waits already is enough.
pub(super) async fn ask(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    match enqueue(&mut tx, &Work::Owners, now, now).await {
        Ok(_) => tx.commit().await?,
        Err(JobError::AlreadyActive { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    app.job_bell.notify_one();
    Ok(())
}

/// Proposals that follow from what came, and cases that follow from who went.
pub(super) async fn run(context: &Context<'_>) -> anyhow::Result<()> {
    let now = context.app.clock.now();
    let made = infer(&context.app.db, Some(context.lease), now).await?;
    let mut tx = context.app.db.write().await?;
    context.lease.hold(&mut tx).await?;
    let app = context.app;
    let reviewed = succession::review(&mut tx, &app.post, app.config.people.succession_days, now).await?;
    tx.commit().await?;
    tracing::debug!(made, ?reviewed, "owners reviewed");
    Ok(())
}
