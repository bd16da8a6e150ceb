//! Work that comes round again: rows that say when next.

use super::crawl::{EnqueueError, enqueue_crawl};
use super::people;
use super::queue::JobError;
use super::work::{Work, enqueue};
use crate::app::App;
use crate::catalog::to_json;
use crate::config::Config;
use crate::db::{Tx, on};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the schedules are looked at; a person's clock shows no less.
const PAUSE: Duration = Duration::from_secs(2);
const PRUNE_EVERY: i64 = 3_600;
const AUDIT_CHECK_EVERY: i64 = 86_400;
/// Crawls ask for it too; this is for what changes between them: a last day, an account that was disabled.
const OWNERS_EVERY: i64 = 600;
/// How late a reminder, an escalation or an end may be.
const REQUESTS_EVERY: i64 = 60;
/// How long after its hour a digest may come.
const DIGEST_EVERY: i64 = 300;

/// What comes round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Recurring {
    Crawl { source: String },
    Prune,
    People,
    Owners,
    Requests,
    AuditCheck,
    Digest,
}

struct Due {
    kind: String,
    subject: String,
    work: String,
    every_seconds: i64,
    planned: DateTime<Utc>,
}

impl Recurring {
    /// The two words that the row is known by.
    fn key(&self) -> (&'static str, &str) {
        match self {
            Self::Crawl { source } => ("crawl", source),
            Self::Prune => ("prune", ""),
            Self::People => ("people", ""),
            Self::Owners => ("owners", ""),
            Self::Requests => ("requests", ""),
            Self::AuditCheck => ("audit_check", ""),
            Self::Digest => ("digest", ""),
        }
    }

    /// When it runs first: a new source is read at once, and nothing needs pruning yet.
    fn first(&self, every_seconds: i64, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Crawl { .. } => now,
            Self::Prune | Self::People | Self::Owners | Self::Requests | Self::AuditCheck | Self::Digest => {
                now + TimeDelta::seconds(every_seconds)
            }
        }
    }

    async fn enqueue(&self, tx: &mut Tx, config: &Config, now: DateTime<Utc>) -> Result<(), EnqueueError> {
        match self {
            Self::Crawl { source } => match config.source(source) {
                Some(source) => enqueue_crawl(tx, source, false, now).await.map(drop),
                // A replica with another configuration planted it.
                None => Ok(()),
            },
            Self::Prune => Ok(enqueue(tx, &Work::Prune, now, now).await.map(drop)?),
            Self::People => Ok(enqueue(tx, &Work::People, now, now).await.map(drop)?),
            Self::Owners => Ok(enqueue(tx, &Work::Owners, now, now).await.map(drop)?),
            Self::Requests => Ok(enqueue(tx, &Work::Requests, now, now).await.map(drop)?),
            Self::AuditCheck => Ok(enqueue(tx, &Work::AuditCheck, now, now).await.map(drop)?),
            Self::Digest => Ok(enqueue(tx, &Work::Digest, now, now).await.map(drop)?),
        }
    }
}

/// Everything that comes round by this configuration, with its period in seconds.
fn wanted(config: &Config) -> Vec<(Recurring, i64)> {
    let crawls = config.sources.iter().filter_map(|source| {
        let every = source.crawl_every?.seconds;
        Some((Recurring::Crawl { source: source.name.clone() }, every))
    });
    let people = config.people_sources().next().map(|_| (Recurring::People, people::EVERY));
    crawls
        .chain([
            (Recurring::Prune, PRUNE_EVERY),
            (Recurring::Owners, OWNERS_EVERY),
            (Recurring::Requests, REQUESTS_EVERY),
            (Recurring::AuditCheck, AUDIT_CHECK_EVERY),
        ])
        .chain(people)
        .chain(config.notify.smtp.is_some().then_some((Recurring::Digest, DIGEST_EVERY)))
        .collect()
}

/// Plants the schedules and turns those that are due into jobs, until cancelled.
///
/// # Errors
/// When the database fails.
pub async fn run_scheduler(app: App, cancel: CancellationToken) -> anyhow::Result<()> {
    let mut moves = app.clock.moves();
    plant(&app).await?;
    while !cancel.is_cancelled() {
        while enqueue_due(&app).await? {}
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
            () = moves.next() => {}
        }
    }
    Ok(())
}

/// Makes the rows agree with the configuration: what was taken out of it goes.
///
/// # Errors
/// When the database fails.
pub async fn plant(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let wanted = wanted(&app.config);
    let mut tx = app.db.write().await?;
    let planted: Vec<(String, String)> =
        on!(&mut tx, c => sqlx::query_as("SELECT kind, subject FROM schedule").fetch_all(c).await)?;
    let keys: HashSet<(&str, &str)> = wanted.iter().map(|(recurring, _)| recurring.key()).collect();
    for (kind, subject) in planted.iter().filter(|(kind, subject)| !keys.contains(&(kind.as_str(), subject.as_str()))) {
        on!(&mut tx, c => sqlx::query("DELETE FROM schedule WHERE kind = $1 AND subject = $2")
            .bind(kind).bind(subject).execute(c).await.map(drop))?;
    }
    for (recurring, every) in &wanted {
        let (kind, subject) = recurring.key();
        // A shorter period than before counts from now; a longer one from the next run on.
        on!(&mut tx, c => sqlx::query(
            "INSERT INTO schedule (kind, subject, work, every_seconds, next_run_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (kind, subject) DO UPDATE SET work = excluded.work, every_seconds = excluded.every_seconds,
                 next_run_at = CASE WHEN schedule.next_run_at > $6 THEN $6 ELSE schedule.next_run_at END",
        )
            .bind(kind).bind(subject).bind(to_json(recurring)).bind(every).bind(recurring.first(*every, now))
            .bind(now + TimeDelta::seconds(*every)).execute(c).await.map(drop))?;
    }
    tx.commit().await?;
    Ok(())
}

/// Turns one due schedule into a job: it moves on and its job is queued in one transaction, so that whatever dies, it is
/// done once, and of two replicas one does it. Answers whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_due(app: &App) -> anyhow::Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let due: i64 = on!(&mut tx, c => sqlx::query_scalar("SELECT count(*) FROM schedule WHERE next_run_at <= $1")
        .bind(now).fetch_one(c).await)?;
    drop(tx);
    if due == 0 {
        return Ok(false);
    }
    let mut tx = app.db.write().await?;
    let Some(due) = take(&mut tx, now).await? else { return Ok(false) };
    let next = next_run(due.planned, due.every_seconds, now);
    on!(&mut tx, c => sqlx::query("UPDATE schedule SET next_run_at = $3 WHERE kind = $1 AND subject = $2")
        .bind(&due.kind).bind(&due.subject).bind(next).execute(c).await.map(drop))?;
    match serde_json::from_str::<Recurring>(&due.work) {
        Err(error) => tracing::error!(kind = due.kind, subject = due.subject, "the schedule cannot be read: {error}"),
        Ok(recurring) => match recurring.enqueue(&mut tx, &app.config, now).await {
            Ok(()) => {}
            // The one before is still at it; the next round comes anyway.
            Err(EnqueueError::Job(error @ JobError::AlreadyActive { .. })) => {
                tracing::info!(kind = due.kind, subject = due.subject, "left out this time: {error}");
            }
            Err(error) => return Err(error.into()),
        },
    }
    tx.commit().await?;
    app.job_bell.notify_one();
    Ok(true)
}

/// The schedule that has been due for longest, held until the transaction ends; one that another replica holds is its.
async fn take(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Option<Due>> {
    let lock = match tx {
        Tx::Sqlite(_) => "",
        Tx::Postgres(_) => "FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "SELECT kind, subject, work, every_seconds, next_run_at FROM schedule WHERE next_run_at <= $1
         ORDER BY next_run_at, kind, subject LIMIT 1 {lock}"
    );
    let row: Option<(String, String, String, i64, DateTime<Utc>)> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(now).fetch_optional(c).await)?;
    Ok(row.map(|(kind, subject, work, every_seconds, planned)| Due { kind, subject, work, every_seconds, planned }))
}

/// The first moment after now that keeps the rhythm: rounds that were missed are not made up for, and lateness does not
/// add up.
fn next_run(planned: DateTime<Utc>, every_seconds: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let every = every_seconds.max(1);
    let missed = (now - planned).num_seconds().max(0) / every;
    planned + TimeDelta::seconds(every.saturating_mul(missed + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rhythm_is_kept_and_missed_rounds_are_not_made_up_for() {
        let planned = DateTime::UNIX_EPOCH;
        let next = |late_ms: i64| {
            (next_run(planned, 3_600, planned + TimeDelta::milliseconds(late_ms)) - planned).num_milliseconds()
        };
        assert_eq!(next(0), 3_600_000);
        assert_eq!(next(1_999), 3_600_000, "two seconds late, and the next is on time");
        assert_eq!(next(3_599_999), 3_600_000);
        assert_eq!(next(3_600_000), 7_200_000, "a run at the very moment of the next is that one");
        assert_eq!(next(10 * 3_600_000 + 5_000), 11 * 3_600_000);
    }

    #[test]
    fn every_source_with_a_period_comes_round() {
        let source = |name: &str, every: &str| {
            format!("[[sources]]\nname = \"{name}\"\nkind = \"hive\"\nuris = [\"thrift://h:1\"]\n{every}")
        };
        let text = format!("{}{}", source("a", "crawl_every = \"6h\"\n"), source("b", ""));
        let config = crate::config::parse(&text, "test").unwrap_or_else(|error| panic!("{error}"));
        let wanted = wanted(&config);
        let expected = [
            (Recurring::Crawl { source: "a".to_owned() }, 21_600),
            (Recurring::Prune, 3_600),
            (Recurring::Owners, 600),
            (Recurring::Requests, 60),
            (Recurring::AuditCheck, 86_400),
        ];
        assert_eq!(wanted, expected);
        let written = to_json(&wanted[0].0);
        assert_eq!(written, r#"{"kind":"crawl","source":"a"}"#);
    }
}
