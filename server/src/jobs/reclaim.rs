use super::identity::{Gone, for_people};
use super::queue;
use super::work::{Mishap, settle};
use crate::app::App;

/// Ends the jobs whose workers are gone, or puts them back, as their work asks.
///
/// # Errors
/// When the database fails.
pub async fn reclaim(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let running = queue::running(&mut tx).await?;
    drop(tx);
    for seen in running {
        let Some(gone) = app.worker.judge(&seen, now) else { continue };
        let mut tx = app.db.write().await?;
        if !queue::lock_lost(&mut tx, &seen, gone == Gone::Silent).await? {
            continue;
        }
        let mishap = Mishap::Lost { worker: for_people(seen.worker.as_deref().unwrap_or_default()) };
        tracing::warn!(job = seen.id, kind = seen.kind, subject = seen.subject, "its worker is gone: {mishap:?}");
        settle(&mut tx, &seen.job(), &mishap, now, fastrand::i32(0..=1000)).await?;
        tx.commit().await?;
    }
    Ok(())
}
