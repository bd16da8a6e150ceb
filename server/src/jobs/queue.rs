//! The job table: rows are queued, claimed, kept alive and ended. What the work is, nobody here knows.

use super::identity::{Held, Worker, for_people};
use super::lane::Lane;
use crate::db::{Tx, on};
use crate::lease::{Lease, LeaseError};
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::crawl::shortened;

/// Where a job stands in the queue.
#[derive(Clone, Debug)]
pub struct Place {
    pub kind: &'static str,
    /// What it is about, for people: a source's name.
    pub subject: String,
    pub lane: Lane,
    /// Of one key there is one job queued or running at a time; `None`: as many as are asked for.
    pub only_one: Option<String>,
}

/// A job that was claimed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    pub subject: String,
    /// [`super::Work`] as JSON.
    pub work: String,
    pub attempt: i64,
}

/// A claimed job in the hands of this process.
#[derive(Debug)]
pub struct Claimed {
    pub job: Job,
    pub(super) held: Held,
}

/// A job that some worker runs, or ran.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Running {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) work: String,
    pub(super) attempt: i64,
    pub(super) worker: Option<String>,
    pub(super) heartbeat_at: Option<DateTime<Utc>>,
}

#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("a {kind} of {subject} is already {state}{}", worker.as_deref().map(|w| format!(" (worker {w})")).unwrap_or_default())]
    AlreadyActive { kind: String, subject: String, state: String, worker: Option<String> },
}

impl Job {
    pub fn lease(&self) -> Lease {
        Lease { job_id: self.id, attempt: self.attempt }
    }
}

impl Running {
    pub(super) fn lease(&self) -> Lease {
        Lease { job_id: self.id, attempt: self.attempt }
    }

    pub(super) fn job(self) -> Job {
        Job { id: self.id, kind: self.kind, subject: self.subject, work: self.work, attempt: self.attempt }
    }
}

/// Takes a place in the queue, for work due at `run_at` that [`fill`] says in the same transaction; answers the job's id.
///
/// # Errors
/// [`JobError::AlreadyActive`] when the place is for one, and taken; the transaction can go on.
pub(super) async fn reserve(
    tx: &mut Tx,
    place: &Place,
    run_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<i64, JobError> {
    loop {
        // Of two that ask at the same moment, PostgreSQL lets the second wait here for the first to commit.
        let id: Option<i64> = on!(&mut *tx, c => sqlx::query_scalar(
            "INSERT INTO job (kind, subject, lane, only_one, work, state, run_at, created_at)
             VALUES ($1, $2, $3, $4, 'null', 'queued', $5, $6)
             ON CONFLICT (only_one) WHERE state IN ('queued', 'running') DO NOTHING RETURNING id",
        )
            .bind(place.kind).bind(&place.subject).bind(place.lane.as_str()).bind(&place.only_one).bind(run_at)
            .bind(now).fetch_optional(c).await)?;
        if let Some(id) = id {
            return Ok(id);
        }
        let active: Option<(String, String, String, Option<String>)> = on!(&mut *tx, c => sqlx::query_as(
            "SELECT kind, subject, state, worker FROM job WHERE only_one = $1 AND state IN ('queued', 'running')",
        ).bind(&place.only_one).fetch_optional(c).await)?;
        // Where there is none any more, it ended between the two statements.
        if let Some((kind, subject, state, worker)) = active {
            return Err(JobError::AlreadyActive { kind, subject, state, worker: worker.as_deref().map(for_people) });
        }
    }
}

/// Says what the work of a place just taken is.
pub(super) async fn fill(tx: &mut Tx, id: i64, work: &str) -> sqlx::Result<()> {
    on!(tx, c => sqlx::query("UPDATE job SET work = $2 WHERE id = $1").bind(id).bind(work).execute(c).await.map(drop))
}

/// The lanes in which a job is due.
pub(super) async fn due_lanes(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar("SELECT DISTINCT lane FROM job WHERE state = 'queued' AND run_at <= $1")
        .bind(now).fetch_all(c).await)
}

/// Takes one due job of a lane.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx, lane: Lane, now: DateTime<Utc>, me: &Worker) -> sqlx::Result<Option<Claimed>> {
    let sql = match tx {
        // SQLite has one writer at a time, so there is nobody to step around.
        Tx::Sqlite(_) => {
            "UPDATE job SET state = 'running', worker = $2, heartbeat_at = $1, attempt = attempt + 1
             WHERE id = (SELECT id FROM job WHERE state = 'queued' AND lane = $3 AND run_at <= $1
                         ORDER BY run_at, id LIMIT 1)
             RETURNING id, kind, subject, work, attempt"
        }
        Tx::Postgres(_) => {
            "UPDATE job SET state = 'running', worker = $2, heartbeat_at = $1, attempt = attempt + 1
             WHERE id = (SELECT id FROM job WHERE state = 'queued' AND lane = $3 AND run_at <= $1
                         ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, kind, subject, work, attempt"
        }
    };
    let job: Option<Job> = on!(tx, c => sqlx::query_as(sql)
        .bind(now).bind(me.name()).bind(lane.as_str()).fetch_optional(c).await)?;
    Ok(job.map(|job| in_hand(job, lane, me)))
}

/// Takes the job just enqueued in this transaction, for a caller who runs it himself.
///
/// # Errors
/// When the database fails.
pub async fn claim_this(
    tx: &mut Tx,
    id: i64,
    lane: Lane,
    now: DateTime<Utc>,
    me: &Worker,
) -> sqlx::Result<Option<Claimed>> {
    let job: Option<Job> = on!(tx, c => sqlx::query_as(
        "UPDATE job SET state = 'running', worker = $3, heartbeat_at = $2, attempt = attempt + 1
         WHERE id = $1 AND state = 'queued'
         RETURNING id, kind, subject, work, attempt",
    ).bind(id).bind(now).bind(me.name()).fetch_optional(c).await)?;
    Ok(job.map(|job| in_hand(job, lane, me)))
}

/// In hand before the claim is committed, so that nobody sees a job of ours that we do not seem to have.
fn in_hand(job: Job, lane: Lane, me: &Worker) -> Claimed {
    let held = me.take(job.lease(), lane);
    Claimed { job, held }
}

/// Says that the job's worker lives.
///
/// # Errors
/// [`LeaseError::Lost`] when it was taken for dead.
pub async fn heartbeat(tx: &mut Tx, lease: Lease, now: DateTime<Utc>) -> Result<(), LeaseError> {
    let beaten = on!(tx, c => sqlx::query(
        "UPDATE job SET heartbeat_at = $3 WHERE id = $1 AND attempt = $2 AND state = 'running'",
    ).bind(lease.job_id).bind(lease.attempt).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    if beaten == 0 { Err(LeaseError::Lost(lease)) } else { Ok(()) }
}

/// Ends a job badly.
///
/// # Errors
/// [`LeaseError::Lost`] when the claim is over.
pub(super) async fn fail(tx: &mut Tx, lease: Lease, now: DateTime<Utc>, message: &str) -> Result<(), LeaseError> {
    lease.end(tx, "failed", now, Some(&shortened(message))).await
}

/// Puts a job back to be tried again.
///
/// # Errors
/// As [`fail`].
pub(super) async fn put_back(
    tx: &mut Tx,
    lease: Lease,
    run_at: DateTime<Utc>,
    message: &str,
) -> Result<(), LeaseError> {
    let back = on!(tx, c => sqlx::query(
        "UPDATE job SET state = 'queued', run_at = $3, message = $4, worker = NULL, heartbeat_at = NULL
         WHERE id = $1 AND attempt = $2 AND state = 'running'",
    )
        .bind(lease.job_id).bind(lease.attempt).bind(run_at).bind(&*shortened(message))
        .execute(c).await.map(|done| done.rows_affected()))?;
    if back == 0 { Err(LeaseError::Lost(lease)) } else { Ok(()) }
}

/// Whether the claim's own work has ended the job already.
pub(super) async fn is_done(tx: &mut Tx, lease: Lease) -> sqlx::Result<bool> {
    let done: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM job WHERE id = $1 AND attempt = $2 AND state = 'done'",
    ).bind(lease.job_id).bind(lease.attempt).fetch_optional(c).await)?;
    Ok(done.is_some())
}

/// Every running job.
pub(super) async fn running(tx: &mut Tx) -> sqlx::Result<Vec<Running>> {
    on!(tx, c => sqlx::query_as(
        "SELECT id, kind, subject, work, attempt, worker, heartbeat_at FROM job WHERE state = 'running' ORDER BY id",
    ).fetch_all(c).await)
}

/// Locks a running job that has not moved since it was seen. Where its worker is only silent, whoever holds its lease
/// in a transaction at this moment lives after all, and is not waited for.
pub(super) async fn lock_lost(tx: &mut Tx, seen: &Running, only_silent: bool) -> sqlx::Result<bool> {
    let lock = match (&tx, only_silent) {
        (Tx::Sqlite(_), _) => "",
        (Tx::Postgres(_), true) => "FOR UPDATE SKIP LOCKED",
        (Tx::Postgres(_), false) => "FOR UPDATE",
    };
    let sql = format!("SELECT heartbeat_at FROM job WHERE id = $1 AND attempt = $2 AND state = 'running' {lock}");
    let heartbeat: Option<Option<DateTime<Utc>>> = on!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(seen.id).bind(seen.attempt).fetch_optional(c).await)?;
    Ok(heartbeat.is_some_and(|heartbeat| heartbeat == seen.heartbeat_at || !only_silent))
}
