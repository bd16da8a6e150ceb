//! Crawls as rows: begun, counted, ended, listed.

use super::reconcile::Progress;
use super::{CatalogError, Result, json, to_json};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::asset::Paged;
use reeve_model::crawl::{Counts, Crawl, CrawlDatabase, CrawlDetail, CrawlFailure, CrawlState, FailedPart, Note};

#[derive(sqlx::FromRow)]
struct CrawlRow {
    id: i64,
    source: String,
    state: String,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    databases_listed: i64,
    databases_done: i64,
    counts: String,
    notes: String,
}

impl CrawlRow {
    fn crawl(self, now: DateTime<Utc>) -> Result<Crawl> {
        let state = CrawlState::parse(&self.state).ok_or_else(|| CatalogError::BadRow {
            table: "crawl",
            column: "state",
            id: self.id,
            reason: format!("`{}` is no state", self.state),
        })?;
        Ok(Crawl {
            id: self.id,
            source: self.source,
            state,
            started_at: self.started_at,
            finished_at: self.finished_at,
            elapsed_ms: (self.finished_at.unwrap_or(now) - self.started_at).num_milliseconds(),
            counts: json("crawl", "counts", self.id, &self.counts)?,
            databases_listed: self.databases_listed,
            databases_done: self.databases_done,
            notes: json("crawl", "notes", self.id, &self.notes)?,
        })
    }
}

const SELECT: &str = "SELECT crawl.id, source.name AS source, crawl.state, crawl.started_at, crawl.finished_at,
    crawl.databases_listed, crawl.databases_done, crawl.counts, crawl.notes
    FROM crawl JOIN source ON source.id = crawl.source_id";

/// Begins a crawl's row; answers its id.
pub async fn create(tx: &mut Tx, source_id: i64, state: CrawlState, now: DateTime<Utc>) -> Result<i64> {
    let counts = to_json(&Counts::default());
    Ok(on!(tx, c => sqlx::query_scalar(
        "INSERT INTO crawl (source_id, state, started_at, counts) VALUES ($1, $2, $3, $4) RETURNING id",
    ).bind(source_id).bind(state.as_str()).bind(now).bind(counts).fetch_one(c).await)?)
}

pub async fn start(tx: &mut Tx, id: i64, now: DateTime<Utc>) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE crawl SET state = 'running', started_at = $2 WHERE id = $1 AND state = 'queued'")
        .bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends a crawl that has not ended yet.
pub async fn finish(tx: &mut Tx, id: i64, state: CrawlState, now: DateTime<Utc>, notes: &[Note]) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE crawl SET state = $2, finished_at = $3, notes = $4 WHERE id = $1 AND finished_at IS NULL",
    ).bind(id).bind(state.as_str()).bind(now).bind(to_json(&notes)).execute(c).await.map(drop))?;
    Ok(())
}

pub(super) async fn save_progress(tx: &mut Tx, id: i64, progress: &Progress) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE crawl SET databases_listed = $2, databases_done = $3, counts = $4 WHERE id = $1")
        .bind(id).bind(progress.databases_listed).bind(progress.databases_done).bind(to_json(&progress.counts))
        .execute(c).await.map(drop))?;
    Ok(())
}

pub(super) async fn save_database(
    tx: &mut Tx,
    crawl_id: i64,
    name: &str,
    complete: bool,
    elapsed_ms: i64,
    counts: &Counts,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO crawl_database (crawl_id, name, complete, elapsed_ms, counts) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (crawl_id, name) DO UPDATE SET complete = excluded.complete, elapsed_ms = excluded.elapsed_ms,
             counts = excluded.counts",
    ).bind(crawl_id).bind(name).bind(complete).bind(elapsed_ms).bind(to_json(counts)).execute(c).await.map(drop))?;
    Ok(())
}

pub(super) async fn add_failure(
    tx: &mut Tx,
    crawl_id: i64,
    database: Option<&str>,
    object: Option<&str>,
    part: FailedPart,
    reason: &str,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO crawl_failure (crawl_id, database_name, object_name, part, reason) VALUES ($1, $2, $3, $4, $5)",
    ).bind(crawl_id).bind(database).bind(object).bind(part.as_str()).bind(reason).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: i64, now: DateTime<Utc>) -> Result<Option<Crawl>> {
    let sql = format!("{SELECT} WHERE crawl.id = $1");
    let row: Option<CrawlRow> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(c).await)?;
    row.map(|row| row.crawl(now)).transpose()
}

/// A crawl with its databases (slowest first) and its first 1,000 failures.
pub async fn detail(tx: &mut Tx, id: i64, now: DateTime<Utc>) -> Result<Option<CrawlDetail>> {
    let Some(crawl) = find(tx, id, now).await? else { return Ok(None) };
    let databases: Vec<(String, bool, i64, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT name, complete, elapsed_ms, counts FROM crawl_database WHERE crawl_id = $1
         ORDER BY elapsed_ms DESC, name",
    ).bind(id).fetch_all(c).await)?;
    let failures: Vec<(Option<String>, Option<String>, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT database_name, object_name, part, reason FROM crawl_failure WHERE crawl_id = $1 ORDER BY id LIMIT 1000",
    ).bind(id).fetch_all(c).await)?;
    let databases = databases
        .into_iter()
        .map(|(name, complete, elapsed_ms, counts)| {
            let counts = json("crawl_database", "counts", id, &counts)?;
            Ok(CrawlDatabase { name, complete, elapsed_ms, counts })
        })
        .collect::<Result<_>>()?;
    let failures = failures
        .into_iter()
        .map(|(database, object, part, reason)| {
            let part = FailedPart::parse(&part).ok_or_else(|| CatalogError::BadRow {
                table: "crawl_failure",
                column: "part",
                id,
                reason: format!("`{part}` is no part"),
            })?;
            Ok(CrawlFailure { database, object, part, reason })
        })
        .collect::<Result<_>>()?;
    Ok(Some(CrawlDetail { crawl, databases, failures }))
}

/// The newest crawl of a source.
pub async fn latest(tx: &mut Tx, source: &str, now: DateTime<Utc>) -> Result<Option<Crawl>> {
    let sql = format!("{SELECT} WHERE source.name = $1 ORDER BY crawl.id DESC LIMIT 1");
    let row: Option<CrawlRow> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(source).fetch_optional(c).await)?;
    row.map(|row| row.crawl(now)).transpose()
}

/// Crawls, newest first, of one source or of all; the cursor is the id of the last one shown.
pub async fn list(
    tx: &mut Tx,
    source: Option<&str>,
    cursor: Option<&str>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Paged<Crawl>> {
    let before = match cursor {
        None => i64::MAX,
        Some(text) => text.parse().map_err(|_| CatalogError::BadCursor(text.to_owned()))?,
    };
    let total: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM crawl JOIN source ON source.id = crawl.source_id WHERE $1 IS NULL OR source.name = $1",
    ).bind(source).fetch_one(c).await)?;
    let sql =
        format!("{SELECT} WHERE crawl.id < $1 AND ($2 IS NULL OR source.name = $2) ORDER BY crawl.id DESC LIMIT $3");
    let rows: Vec<CrawlRow> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(before).bind(source).bind(limit + 1).fetch_all(c).await)?;
    let items = rows.into_iter().map(|row| row.crawl(now)).collect::<Result<_>>()?;
    Ok(Paged::from_rows(items, limit, total, |last: &Crawl| last.id.to_string()))
}
