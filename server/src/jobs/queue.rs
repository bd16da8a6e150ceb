use crate::db::{Tx, on};
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::crawl::Note;

/// A worker that has not said so for this long is taken for dead.
const SILENCE: TimeDelta = TimeDelta::seconds(60);

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    pub id: i64,
    /// `crawl`
    pub kind: String,
    /// What it is about: the source's name.
    pub subject: String,
    /// What the kind needs to know, as JSON.
    pub arguments: String,
}

#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    /// One job of a kind and subject at a time.
    #[error("a {kind} of {subject} is already {state}{}", worker.as_deref().map(|w| format!(" (worker {w})")).unwrap_or_default())]
    AlreadyActive { kind: String, subject: String, state: String, worker: Option<String> },
}

/// Who we are in the job table: `host/pid`, so that a dead process on the same machine is noticed at once.
pub fn worker_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}/{}", host.trim(), std::process::id())
}

/// Asks for a job at `run_at`; answers its id.
///
/// # Errors
/// [`JobError::AlreadyActive`] when one of that kind and subject is queued or running.
pub async fn enqueue(
    tx: &mut Tx,
    kind: &str,
    subject: &str,
    arguments: &str,
    run_at: DateTime<Utc>,
) -> Result<i64, JobError> {
    reclaim_dead(tx, run_at).await?;
    let active: Option<(String, Option<String>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT state, worker FROM job WHERE kind = $1 AND subject = $2 AND state IN ('queued', 'running')",
    ).bind(kind).bind(subject).fetch_optional(c).await)?;
    if let Some((state, worker)) = active {
        return Err(JobError::AlreadyActive { kind: kind.to_owned(), subject: subject.to_owned(), state, worker });
    }
    Ok(on!(tx, c => sqlx::query_scalar(
        "INSERT INTO job (kind, subject, arguments, state, run_at, created_at) VALUES ($1, $2, $3, 'queued', $4, $4)
         RETURNING id",
    ).bind(kind).bind(subject).bind(arguments).bind(run_at).fetch_one(c).await)?)
}

/// Takes one due job.
pub async fn claim(tx: &mut Tx, now: DateTime<Utc>, worker: &str) -> sqlx::Result<Option<Job>> {
    // SQLite has one writer at a time, so there is nobody to step around.
    let lock = match tx {
        Tx::Sqlite(_) => "",
        Tx::Postgres(_) => "FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "UPDATE job SET state = 'running', worker = $2, heartbeat_at = $1
         WHERE id = (SELECT id FROM job WHERE state = 'queued' AND run_at <= $1 ORDER BY run_at, id LIMIT 1 {lock})
         RETURNING id, kind, subject, arguments"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(now).bind(worker).fetch_optional(c).await)
}

/// Takes the job just enqueued in this transaction, for a caller who runs it himself.
pub async fn claim_this(tx: &mut Tx, id: i64, now: DateTime<Utc>, worker: &str) -> sqlx::Result<Option<Job>> {
    on!(tx, c => sqlx::query_as(
        "UPDATE job SET state = 'running', worker = $3, heartbeat_at = $2 WHERE id = $1 AND state = 'queued'
         RETURNING id, kind, subject, arguments",
    ).bind(id).bind(now).bind(worker).fetch_optional(c).await)
}

pub async fn heartbeat(tx: &mut Tx, id: i64, now: DateTime<Utc>) -> sqlx::Result<()> {
    on!(tx, c => sqlx::query("UPDATE job SET heartbeat_at = $2 WHERE id = $1 AND state = 'running'")
        .bind(id).bind(now).execute(c).await.map(drop))
}

/// Ends a job: `done`, or `failed` with the reason.
pub async fn finish(tx: &mut Tx, id: i64, now: DateTime<Utc>, failure: Option<&str>) -> sqlx::Result<()> {
    let state = if failure.is_some() { "failed" } else { "done" };
    on!(tx, c => sqlx::query("UPDATE job SET state = $2, finished_at = $3, message = $4 WHERE id = $1")
        .bind(id).bind(state).bind(now).bind(failure).execute(c).await.map(drop))
}

/// Ends the jobs of workers that are gone, and the crawls they were running.
pub async fn reclaim_dead(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<()> {
    let running: Vec<(i64, String, Option<String>, Option<DateTime<Utc>>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT id, arguments, worker, heartbeat_at FROM job WHERE state = 'running'",
    ).fetch_all(c).await)?;
    for (id, arguments, worker, heartbeat_at) in running {
        let silent = heartbeat_at.is_none_or(|at| now - at > SILENCE);
        if !silent && !worker.as_deref().is_some_and(is_dead_neighbour) {
            continue;
        }
        let gone = Note::WorkerGone { worker: worker.unwrap_or_default() };
        tracing::warn!(job = id, "{gone}");
        finish(tx, id, now, Some(&gone.to_string())).await?;
        if let Ok(crawl) = serde_json::from_str::<super::CrawlRequest>(&arguments) {
            on!(&mut *tx, c => sqlx::query(
                "UPDATE crawl SET state = 'interrupted', finished_at = $2, notes = $3
                 WHERE id = $1 AND finished_at IS NULL",
            ).bind(crawl.crawl_id).bind(now).bind(crate::catalog::to_json(&[gone])).execute(c).await.map(drop))?;
        }
    }
    Ok(())
}

/// A worker of this very machine whose process no longer runs.
fn is_dead_neighbour(worker: &str) -> bool {
    let me = worker_name();
    let (Some((my_host, _)), Some((host, pid))) = (me.split_once('/'), worker.split_once('/')) else { return false };
    host == my_host && worker != me && !is_running(pid)
}

/// A process that was killed stays in the table as a zombie (`Z`) until its parent looks (proc(5)).
fn is_running(pid: &str) -> bool {
    let stat = std::fs::read_to_string(std::path::Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
