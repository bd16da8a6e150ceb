//! Crawls as rows: begun, counted, ended, listed.

use super::{CatalogError, Result, bad_word, json, removals, to_json};
use crate::db::{Tx, on};
use crate::ingest::metastore::Progress;
use chrono::{DateTime, Utc};
use reeve_model::asset::Paged;
use reeve_model::crawl::{
    Counts, Crawl, CrawlDatabase, CrawlDetail, CrawlFailure, CrawlState, FailedPart, Note, shortened,
};
use reeve_model::visibility::Hidden;
use reeve_model::{CrawlId, SourceId, Word};
use std::collections::HashMap;

#[derive(sqlx::FromRow)]
struct CrawlRow {
    id: CrawlId,
    source: String,
    source_kind: String,
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
        let id = self.id.0;
        let state = CrawlState::parse(&self.state).ok_or_else(|| bad_word("crawl", "state", id, &self.state))?;
        Ok(Crawl {
            id: self.id,
            source: self.source,
            source_kind: self.source_kind,
            state,
            started_at: self.started_at,
            finished_at: self.finished_at,
            elapsed_ms: (self.finished_at.unwrap_or(now) - self.started_at).num_milliseconds(),
            counts: json("crawl", "counts", id, &self.counts)?,
            databases_listed: self.databases_listed,
            databases_done: self.databases_done,
            notes: json("crawl", "notes", id, &self.notes)?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT crawl.id, source.name AS source, source.kind AS source_kind, crawl.state, crawl.started_at, crawl.finished_at,
                crawl.databases_listed, crawl.databases_done, crawl.counts, crawl.notes
             FROM crawl JOIN source ON source.id = crawl.source_id ",
            $rest
        )
    };
}

/// How many notes a crawl keeps one by one; of the others it keeps how many there were.
const NOTES: usize = 100;

/// Begins a crawl's row; answers its id. It is the source's first while nothing of it is known.
pub async fn create(tx: &mut Tx, source: SourceId, state: CrawlState, now: DateTime<Utc>) -> Result<CrawlId> {
    let counts = to_json(&Counts::default());
    let id: CrawlId = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO crawl (source_id, state, is_first, started_at, counts)
         SELECT $1, $2, NOT EXISTS (SELECT 1 FROM asset WHERE source_id = $1), $3, $4 RETURNING id",
    ).bind(source).bind(state.as_str()).bind(now).bind(counts).fetch_one(c).await)?;
    on!(tx, c => sqlx::query("UPDATE source SET latest_crawl_id = $2 WHERE id = $1")
        .bind(source).bind(id).execute(c).await.map(drop))?;
    Ok(id)
}

/// How the crawl before this one ended.
pub(crate) async fn state_before(tx: &mut Tx, source: SourceId, crawl: CrawlId) -> Result<Option<CrawlState>> {
    let state: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT state FROM crawl WHERE source_id = $1 AND id < $2 ORDER BY id DESC LIMIT 1",
    ).bind(source).bind(crawl).fetch_optional(c).await)?;
    state.map(|word| CrawlState::parse(&word).ok_or_else(|| bad_word("crawl", "state", crawl.0, &word))).transpose()
}

pub async fn start(tx: &mut Tx, id: CrawlId, now: DateTime<Utc>) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE crawl SET state = 'running', started_at = $2 WHERE id = $1 AND state = 'queued'")
        .bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends a crawl that has not ended yet. One that read everything makes its source fresh, and closes what it did not ask
/// again.
pub async fn finish(tx: &mut Tx, id: CrawlId, state: CrawlState, now: DateTime<Utc>, notes: &[Note]) -> Result<()> {
    let mut kept: Vec<Note> = notes.iter().take(NOTES).map(|note| note.clone().shortened()).collect();
    if notes.len() > NOTES {
        kept.push(Note::More { count: (notes.len() - NOTES) as u64 });
    }
    let ended: Option<SourceId> = on!(&mut *tx, c => sqlx::query_scalar(
        "UPDATE crawl SET state = $2, finished_at = $3, notes = $4 WHERE id = $1 AND finished_at IS NULL
         RETURNING source_id",
    ).bind(id).bind(state.as_str()).bind(now).bind(to_json(&kept)).fetch_optional(c).await)?;
    if let (Some(source), CrawlState::Complete) = (ended, state) {
        on!(&mut *tx, c => sqlx::query("UPDATE source SET complete_at = $2 WHERE id = $1")
            .bind(source).bind(now).execute(c).await.map(drop))?;
        removals::close_moot(tx, source, id, now).await?;
    }
    Ok(())
}

/// Adds to what a database's row of a crawl counts as gone and as kept.
pub(crate) async fn add_deleted(
    tx: &mut Tx,
    crawl: CrawlId,
    database: &str,
    deleted: i64,
    held_back: i64,
) -> Result<()> {
    let counts: Option<String> = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT counts FROM crawl_database WHERE crawl_id = $1 AND name = $2",
    ).bind(crawl).bind(database).fetch_optional(c).await)?;
    let mut counts: Counts = match counts {
        Some(counts) => json("crawl_database", "counts", crawl.0, &counts)?,
        None => Counts::default(),
    };
    counts.deleted += deleted;
    counts.held_back += held_back;
    save_database(tx, crawl, database, true, 0, &counts).await
}

pub(crate) async fn save_progress(tx: &mut Tx, id: CrawlId, progress: &Progress) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE crawl SET databases_listed = $2, databases_done = $3, counts = $4 WHERE id = $1")
        .bind(id).bind(progress.databases_listed).bind(progress.databases_done).bind(to_json(&progress.counts))
        .execute(c).await.map(drop))?;
    Ok(())
}

pub(crate) async fn save_database(
    tx: &mut Tx,
    crawl_id: CrawlId,
    name: &str,
    complete: bool,
    elapsed_ms: i64,
    counts: &Counts,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO crawl_database (crawl_id, name, complete, elapsed_ms, counts) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (crawl_id, name) DO UPDATE SET complete = excluded.complete,
             elapsed_ms = CASE WHEN excluded.elapsed_ms > 0 THEN excluded.elapsed_ms ELSE crawl_database.elapsed_ms END,
             counts = excluded.counts",
    ).bind(crawl_id).bind(name).bind(complete).bind(elapsed_ms).bind(to_json(counts)).execute(c).await.map(drop))?;
    Ok(())
}

pub(crate) async fn add_failure(
    tx: &mut Tx,
    crawl_id: CrawlId,
    database: Option<&str>,
    object: Option<&str>,
    part: FailedPart,
    reason: &str,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO crawl_failure (crawl_id, database_name, object_name, part, reason) VALUES ($1, $2, $3, $4, $5)",
    ).bind(crawl_id).bind(database).bind(object).bind(part.as_str()).bind(&*shortened(reason)).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: CrawlId, now: DateTime<Utc>) -> Result<Option<Crawl>> {
    let row: Option<CrawlRow> =
        on!(tx, c => sqlx::query_as(select!("WHERE crawl.id = $1")).bind(id).fetch_optional(c).await)?;
    row.map(|row| row.crawl(now)).transpose()
}

/// A crawl with its databases (slowest first) and its first 1,000 failures.
pub async fn detail(tx: &mut Tx, id: CrawlId, now: DateTime<Utc>, hidden: &Hidden) -> Result<Option<CrawlDetail>> {
    let Some(crawl) = find(tx, id, now).await? else { return Ok(None) };
    let databases: Vec<(String, bool, i64, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT name, complete, elapsed_ms, counts FROM crawl_database WHERE crawl_id = $1
         ORDER BY elapsed_ms DESC, name",
    ).bind(id).fetch_all(c).await)?;
    let failures: Vec<(Option<String>, Option<String>, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT database_name, object_name, part, reason FROM crawl_failure WHERE crawl_id = $1 ORDER BY id LIMIT 1000",
    ).bind(id).fetch_all(c).await)?;
    let shows = |database: &str| !hidden.hides(&crawl.source, database);
    let databases = databases
        .into_iter()
        .filter(|(name, ..)| shows(name))
        .map(|(name, complete, elapsed_ms, counts)| {
            let counts = json("crawl_database", "counts", id.0, &counts)?;
            Ok(CrawlDatabase { name, complete, elapsed_ms, counts })
        })
        .collect::<Result<_>>()?;
    let failures = failures
        .into_iter()
        .filter(|(name, ..)| name.as_deref().is_none_or(shows))
        .map(|(database, object, part, reason)| {
            let part = FailedPart::parse(&part).ok_or_else(|| bad_word("crawl_failure", "part", id.0, &part))?;
            Ok(CrawlFailure { database, object, part, reason })
        })
        .collect::<Result<_>>()?;
    Ok(Some(CrawlDetail { crawl, databases, failures }))
}

/// The newest crawl of each source, by the source's name.
pub(crate) async fn newest(tx: &mut Tx, now: DateTime<Utc>) -> Result<HashMap<String, Crawl>> {
    let rows: Vec<CrawlRow> =
        on!(tx, c => sqlx::query_as(select!("WHERE crawl.id = source.latest_crawl_id")).fetch_all(c).await)?;
    rows.into_iter().map(|row| Ok((row.source.clone(), row.crawl(now)?))).collect()
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
    let rows: Vec<CrawlRow> = on!(tx, c => sqlx::query_as(select!(
        "WHERE crawl.id < $1 AND ($2 IS NULL OR source.name = $2) ORDER BY crawl.id DESC LIMIT $3"
    ))
        .bind(before).bind(source).bind(limit + 1).fetch_all(c).await)?;
    let items = rows.into_iter().map(|row| row.crawl(now)).collect::<Result<_>>()?;
    Ok(Paged::from_rows(items, limit, total, |last: &Crawl| last.id.to_string()))
}
