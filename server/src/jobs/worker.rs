use super::crawl::Progress;
use super::lane::Lane;
use super::queue::{self, Claimed};
use super::reclaim::reclaim;
use super::run::run;
use crate::app::App;
use reeve_model::Word;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often the table is looked at when nobody rings.
const PAUSE: Duration = Duration::from_secs(2);
/// How long jobs get to end when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// Runs due jobs until cancelled. The jobs outlive this function, so that its own mishaps end none of them; [`settle`]
/// ends them.
///
/// [`settle`]: Jobs::settle
///
/// # Errors
/// When the database fails.
pub async fn run_worker(app: App, jobs: Jobs, cancel: CancellationToken) -> anyhow::Result<()> {
    let mut moves = app.clock.moves();
    while !cancel.is_cancelled() {
        reclaim(&app).await?;
        while let Some(claimed) = next(&app).await? {
            jobs.start(app.clone(), claimed, cancel.child_token());
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            // Also rung when a job ends, for its slot is free then.
            () = app.job_bell.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
            () = moves.next() => {}
        }
    }
    Ok(())
}

/// Claims a due job of a lane that has a slot free.
async fn next(app: &App) -> anyhow::Result<Option<Claimed>> {
    let now = app.clock.now();
    // Most looks find nothing, and are no reason to stop those who write.
    let mut tx = app.db.read().await?;
    let due = queue::due_lanes(&mut tx, now).await?;
    drop(tx);
    for lane in due.iter().filter_map(|lane| Lane::parse(lane)) {
        if app.worker.free(lane) == 0 {
            continue;
        }
        let mut tx = app.db.write().await?;
        let claimed = queue::claim(&mut tx, lane, now, &app.worker).await?;
        tx.commit().await?;
        if claimed.is_some() {
            return Ok(claimed);
        }
    }
    Ok(None)
}

/// The jobs that run in this process.
#[derive(Clone, Debug, Default)]
pub struct Jobs(std::sync::Arc<std::sync::Mutex<JoinSet<()>>>);

impl Jobs {
    fn start(&self, app: App, claimed: Claimed, cancel: CancellationToken) {
        let mut running = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        while running.try_join_next().is_some() {}
        running.spawn(async move {
            let (id, kind, subject) = (claimed.job.id, claimed.job.kind.clone(), claimed.job.subject.clone());
            let (progress, _) = watch::channel(Progress::default());
            if let Err(error) = run(&app, claimed, progress, cancel).await {
                tracing::error!(job = id, kind, subject, "{error:#}");
            }
        });
    }

    /// Waits for the jobs to end, once they were told to. One that does not listen is left: the next start finds it.
    pub async fn settle(self) {
        let mut running = std::mem::take(&mut *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let ended = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("{} jobs did not end within {} s", running.len(), GRACE.as_secs());
        }
    }
}
