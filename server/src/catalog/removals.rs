//! What a crawl held back, and what operators decided about it.

use super::{Result, bad_word};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::crawl::{Removal, RemovalCause, RemovalState};
use reeve_model::visibility::Hidden;
use reeve_model::{CrawlId, SourceId, Word};

/// How many names a question shows.
const NAMES: i64 = 100;
/// How many questions a source's page shows that are decided.
const DECIDED: i64 = 20;

/// What an operator is asked.
pub(crate) struct Question<'a> {
    pub(crate) cause: RemovalCause,
    pub(crate) place: &'a str,
    pub(crate) missing: i64,
    pub(crate) total: i64,
    pub(crate) allowed: i64,
    /// For another source: what it says of itself, as JSON.
    pub(crate) identity: Option<&'a str>,
    pub(crate) detail: Option<&'a str>,
}

/// Asks, or brings the question that waits up to date; its list begins empty. Answers its id.
pub(crate) async fn ask(
    tx: &mut Tx,
    source: SourceId,
    crawl: CrawlId,
    now: DateTime<Utc>,
    question: &Question<'_>,
) -> Result<i64> {
    let id: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO removal (source_id, crawl_id, cause, place, missing, total, allowed, identity, detail, state, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10)
         ON CONFLICT (source_id, cause, place) WHERE state = 'pending' DO UPDATE SET crawl_id = excluded.crawl_id,
             missing = excluded.missing, total = excluded.total, allowed = excluded.allowed,
             identity = excluded.identity, detail = excluded.detail
         RETURNING id",
    )
        .bind(source).bind(crawl).bind(question.cause.as_str()).bind(question.place).bind(question.missing)
        .bind(question.total).bind(question.allowed).bind(question.identity).bind(question.detail).bind(now)
        .fetch_one(c).await)?;
    on!(tx, c => sqlx::query("DELETE FROM removal_item WHERE removal_id = $1").bind(id).execute(c).await.map(drop))?;
    Ok(id)
}

/// Whether an operator has accepted that the source is this one.
pub(crate) async fn is_accepted_identity(tx: &mut Tx, source: SourceId, identity: &str) -> Result<bool> {
    let accepted: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM removal WHERE source_id = $1 AND cause = 'another_source' AND state = 'accepted' AND identity = $2",
    ).bind(source).bind(identity).fetch_one(c).await)?;
    Ok(accepted > 0)
}

/// Closes questions that a crawl which read everything did not ask again: what was missing is back.
pub(crate) async fn close_moot(tx: &mut Tx, source: SourceId, crawl: CrawlId, now: DateTime<Utc>) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE removal SET state = 'moot', decided_at = $3 WHERE source_id = $1 AND state = 'pending' AND crawl_id < $2",
    ).bind(source).bind(crawl).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    source: String,
    crawl_id: CrawlId,
    cause: String,
    place: String,
    missing: i64,
    total: i64,
    allowed: i64,
    detail: Option<String>,
    state: String,
    asked_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<String>,
    reason: Option<String>,
}

/// The questions of a source, or of all: those that wait first, then the newest decided ones.
pub async fn list(tx: &mut Tx, source: Option<&str>, hidden: &Hidden) -> Result<Vec<Removal>> {
    let rows: Vec<Row> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT r.id, s.name AS source, r.crawl_id, r.cause, r.place, r.missing, r.total, r.allowed, r.detail, r.state,
                r.asked_at, r.decided_at, r.decided_by, r.reason
         FROM removal r JOIN source s ON s.id = r.source_id
         WHERE ($1 IS NULL OR s.name = $1) AND (r.state = 'pending' OR r.id IN (
             SELECT id FROM removal ORDER BY id DESC LIMIT $2))
         ORDER BY r.state <> 'pending', r.id DESC",
    ).bind(source).bind(DECIDED).fetch_all(c).await)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let shows = |place: &str| !hidden.hides(&row.source, place.split('.').next().unwrap_or_default());
        if !shows(&row.place) {
            continue;
        }
        let mut names = names(tx, row.id).await?;
        names.retain(|name| shows(name));
        all.push(row.removal(names)?);
    }
    Ok(all)
}

/// What the question is about: `db`, `db.table` or `db.table/partition`, the first of them.
async fn names(tx: &mut Tx, id: i64) -> Result<Vec<String>> {
    let rows: Vec<(String, Option<String>, String)> = on!(tx, c => sqlx::query_as(
        "SELECT coalesce(d.name, o.name, p.name || ' (' || p.login || ')', '?'), t.name, i.partition_name FROM removal_item i
         LEFT JOIN catalog_table t ON t.id = i.asset_id
         LEFT JOIN catalog_database d ON d.id = t.database_id
         LEFT JOIN catalog_database o ON o.id = i.asset_id
         LEFT JOIN person p ON p.id = i.asset_id
         WHERE i.removal_id = $1 ORDER BY i.asset_id, i.partition_name LIMIT $2",
    ).bind(id).bind(NAMES).fetch_all(c).await)?;
    let name = |(database, table, partition): (String, Option<String>, String)| match table {
        None => database,
        Some(table) if partition.is_empty() => format!("{database}.{table}"),
        Some(table) => format!("{database}.{table}/{partition}"),
    };
    Ok(rows.into_iter().map(name).collect())
}

/// How an operator answers a question that waits. Answers whether it still waited.
pub async fn decide(
    tx: &mut Tx,
    source: &str,
    id: i64,
    decision: RemovalState,
    by: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done: u64 = on!(tx, c => sqlx::query(
        "UPDATE removal SET state = $3, decided_at = $4, decided_by = $5, reason = $6
         WHERE id = $2 AND state = 'pending' AND source_id = (SELECT id FROM source WHERE name = $1)",
    )
        .bind(source).bind(id).bind(decision.as_str()).bind(now).bind(by).bind(reason)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

impl Row {
    fn removal(self, names: Vec<String>) -> Result<Removal> {
        let cause =
            RemovalCause::parse(&self.cause).ok_or_else(|| bad_word("removal", "cause", self.id, &self.cause))?;
        let state =
            RemovalState::parse(&self.state).ok_or_else(|| bad_word("removal", "state", self.id, &self.state))?;
        Ok(Removal {
            id: self.id,
            source: self.source,
            crawl_id: self.crawl_id,
            cause,
            place: self.place,
            missing: self.missing,
            total: self.total,
            allowed: self.allowed,
            detail: self.detail,
            names,
            state,
            asked_at: self.asked_at,
            decided_at: self.decided_at,
            decided_by: self.decided_by,
            reason: self.reason,
        })
    }
}
