use super::attempts::Attempts;
use super::crawl::{self, CrawlWork};
use super::lane::Lane;
use super::owners;
use super::people;
use super::prune::prune;
use super::queue::{self, Job, JobError, Place};
use crate::app::App;
use crate::audit::check;
use crate::catalog::crawls;
use crate::db::Tx;
use crate::governance;
use crate::lease::Lease;
use crate::notify::{deliver, digest, outbox};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::crawl::{CrawlState, Note};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What there is to do. A new sort of work is a variant here, and its arm in each of the functions below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    Crawl(CrawlWork),
    /// Drops what nobody reads any more.
    Prune,
    /// Computes people from what their sources have said.
    People,
    /// What follows from the catalog and from how it stands with people: proposals of owners, successions.
    Owners,
    /// What happens to requests by themselves: reminders, escalations, ends.
    Requests,
    /// Checks the chain of the audit log.
    AuditCheck,
    /// Carries off one row of the outbox: one attempt.
    Deliver {
        outbox: i64,
    },
    /// Makes the digests that are due.
    Digest,
}

/// What becomes of a job whose worker is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnLost {
    /// Half of it may have been done: only its asker can say whether it should be done again.
    End,
    /// It can be done twice.
    TryAgain,
}

/// How an attempt ended that did not end well.
#[derive(Clone, Debug)]
pub(super) enum Mishap {
    Failed { reason: String },
    Lost { worker: String },
}

/// What work has to do with the world while it runs.
pub(super) struct Context<'a> {
    pub(super) app: &'a App,
    /// To be held in every transaction that the work writes in.
    pub(super) lease: Lease,
    /// Set when the work is to stop: the server stops, or the lease was lost.
    pub(super) cancel: CancellationToken,
    /// Told by crawls how far they are.
    pub(super) progress: watch::Sender<crawl::Progress>,
}

impl Work {
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Crawl(work) => crawl::place(&work.source),
            Self::Prune => {
                Place { kind: "prune", subject: String::new(), lane: Lane::Upkeep, only_one: Some("prune".to_owned()) }
            }
            Self::AuditCheck => Place {
                kind: "audit_check",
                subject: String::new(),
                lane: Lane::Upkeep,
                only_one: Some("audit_check".to_owned()),
            },
            // Not one at a time: what was decided while one is under way is for the next.
            Self::People => Place { kind: "people", subject: String::new(), lane: Lane::Upkeep, only_one: None },
            Self::Requests => Place {
                kind: "requests",
                subject: String::new(),
                lane: Lane::Upkeep,
                only_one: Some("requests".to_owned()),
            },
            Self::Owners => Place {
                kind: "owners",
                subject: String::new(),
                lane: Lane::Upkeep,
                only_one: Some("owners".to_owned()),
            },
            Self::Deliver { outbox } => Place {
                kind: "deliver",
                subject: outbox.to_string(),
                lane: Lane::Mail,
                only_one: Some(format!("deliver {outbox}")),
            },
            Self::Digest => Place {
                kind: "digest",
                subject: String::new(),
                lane: Lane::Upkeep,
                only_one: Some("digest".to_owned()),
            },
        }
    }

    fn attempts(&self) -> Attempts {
        match self {
            // What a source refuses is in the crawl's own row, and its schedule comes round again.
            Self::Crawl(_) => Attempts::ONCE,
            // How often it is sent is the outbox's own; this is for a database that does not answer, and workers that die.
            Self::Deliver { .. } => {
                Attempts { most: 50, first: TimeDelta::seconds(5), longest: TimeDelta::minutes(30) }
            }
            Self::Prune | Self::People | Self::Owners | Self::Requests | Self::AuditCheck | Self::Digest => {
                Attempts { most: 3, first: TimeDelta::minutes(1), longest: TimeDelta::minutes(10) }
            }
        }
    }

    fn on_lost(&self) -> OnLost {
        match self {
            Self::Crawl(_) => OnLost::End,
            Self::Prune
            | Self::People
            | Self::Owners
            | Self::Requests
            | Self::AuditCheck
            | Self::Deliver { .. }
            | Self::Digest => OnLost::TryAgain,
        }
    }

    pub(super) async fn run(&self, context: Context<'_>) -> anyhow::Result<()> {
        match self {
            Self::Crawl(work) => crawl::run(context, work).await,
            Self::Prune => prune(&context).await,
            Self::People => people::run(&context).await,
            Self::Owners => owners::run(&context).await,
            Self::Requests => {
                governance::tick_due(context.app, &context.lease, context.app.clock.now()).await.map(drop)
            }
            Self::AuditCheck => {
                let found = check::examine(context.app).await?;
                let mut tx = context.app.db.write().await?;
                context.lease.hold(&mut tx).await?;
                check::keep(&mut tx, &found).await?;
                Ok(tx.commit().await?)
            }
            Self::Deliver { outbox } => deliver::run(context.app, context.lease, &context.cancel, *outbox).await,
            Self::Digest => digest::run(context.app, context.lease, &context.cancel).await,
        }
    }

    /// Tells the rest of the catalog that this work is over and did not end well.
    async fn over(&self, tx: &mut Tx, mishap: &Mishap, now: DateTime<Utc>) -> anyhow::Result<()> {
        match self {
            Self::Crawl(work) => {
                let (state, note) = match mishap.clone() {
                    Mishap::Failed { reason } => (CrawlState::Failed, Note::Broken { reason }),
                    Mishap::Lost { worker } => (CrawlState::Interrupted, Note::WorkerGone { worker }),
                };
                crawls::finish(tx, work.crawl_id, state, now, &[note]).await?;
            }
            Self::Deliver { outbox } => outbox::abandon(tx, *outbox, &mishap.message(), now).await?,
            Self::Prune | Self::People | Self::Owners | Self::Requests | Self::AuditCheck | Self::Digest => {}
        }
        Ok(())
    }
}

impl Mishap {
    fn message(&self) -> String {
        match self {
            Self::Failed { reason } => reason.clone(),
            Self::Lost { worker } => Note::WorkerGone { worker: worker.clone() }.to_string(),
        }
    }
}

impl Job {
    pub(super) fn parse(&self) -> anyhow::Result<Work> {
        serde_json::from_str(&self.work)
            .with_context(|| format!("job {}: work `{}` cannot be read", self.id, self.work))
    }
}

/// Asks for work due at `run_at`; answers the job's id.
///
/// # Errors
/// [`JobError::AlreadyActive`] when the like is queued or running, and one is enough.
pub async fn enqueue(tx: &mut Tx, work: &Work, run_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<i64, JobError> {
    enqueue_at(tx, &work.place(), work, run_at, now).await
}

/// [`enqueue`], at another place than the work's own.
///
/// # Errors
/// As [`enqueue`].
pub async fn enqueue_at(
    tx: &mut Tx,
    place: &Place,
    work: &Work,
    run_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<i64, JobError> {
    let id = queue::reserve(tx, place, run_at, now).await?;
    queue::fill(tx, id, &crate::catalog::to_json(work)).await?;
    Ok(id)
}

/// Writes what becomes of a job that did not end well: it is tried again later, or is over, with what that means for the
/// rest of the catalog.
///
/// # Errors
/// When the claim is over or the database fails; then nothing was written.
pub(super) async fn settle(
    tx: &mut Tx,
    job: &Job,
    mishap: &Mishap,
    now: DateTime<Utc>,
    chance: i32,
) -> anyhow::Result<()> {
    let work = job.parse();
    let message = mishap.message();
    let may_again = match (&work, mishap) {
        (Ok(work), Mishap::Failed { .. }) => job.attempt < work.attempts().most,
        (Ok(work), Mishap::Lost { .. }) => work.on_lost() == OnLost::TryAgain && job.attempt < work.attempts().most,
        (Err(_), _) => false,
    };
    if let (Ok(work), true) = (&work, may_again) {
        let run_at = now + work.attempts().wait(job.attempt, chance);
        queue::put_back(tx, job.lease(), run_at, &message).await?;
        return Ok(());
    }
    queue::fail(tx, job.lease(), now, &message).await?;
    if let Ok(work) = work {
        work.over(tx, mishap, now).await?;
    }
    Ok(())
}
