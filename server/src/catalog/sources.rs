//! Sources as the catalog knows them: those of the configuration, with what their crawls found.

use super::{Result, crawls};
use crate::config::{Config, SourceConfig, SourceKind};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::crawl::SourceStatus;

/// The id of a configured source, made at its first use.
pub async fn ensure(tx: &mut Tx, source: &SourceConfig, now: DateTime<Utc>) -> Result<i64> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "INSERT INTO source (name, kind, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET kind = excluded.kind RETURNING id",
    ).bind(&source.name).bind(source.kind.as_str()).bind(now).fetch_one(c).await)?)
}

/// Every configured source, in the order of the configuration.
pub async fn list(tx: &mut Tx, config: &Config, now: DateTime<Utc>) -> Result<Vec<SourceStatus>> {
    let mut all = Vec::with_capacity(config.sources.len());
    for source in &config.sources {
        all.push(status(tx, source, now).await?);
    }
    Ok(all)
}

pub async fn status(tx: &mut Tx, source: &SourceConfig, now: DateTime<Utc>) -> Result<SourceStatus> {
    let latest = crawls::latest(tx, &source.name, now).await?;
    let complete_at: Option<DateTime<Utc>> = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT max(finished_at) FROM crawl JOIN source ON source.id = crawl.source_id
         WHERE source.name = $1 AND state = 'complete'",
    ).bind(&source.name).fetch_one(c).await)?;
    let next_run_at: Option<DateTime<Utc>> = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT next_run_at FROM schedule WHERE kind = 'crawl' AND subject = $1",
    ).bind(&source.name).fetch_optional(c).await)?;
    let (databases, tables): (i64, i64) = on!(&mut *tx, c => sqlx::query_as(
        "SELECT count(*), CAST(coalesce(sum(table_count + view_count), 0) AS BIGINT) FROM catalog_database d
         JOIN source s ON s.id = d.source_id WHERE s.name = $1 AND d.deleted_at IS NULL",
    ).bind(&source.name).fetch_one(c).await)?;
    let mut runs: Vec<(DateTime<Utc>, DateTime<Utc>)> = on!(tx, c => sqlx::query_as(
        "SELECT started_at, finished_at FROM crawl JOIN source ON source.id = crawl.source_id
         WHERE source.name = $1 AND finished_at IS NOT NULL ORDER BY crawl.id DESC LIMIT 20",
    ).bind(&source.name).fetch_all(c).await)?;
    runs.reverse();
    Ok(SourceStatus {
        name: source.name.clone(),
        kind: source.kind.as_str().to_owned(),
        address: match &source.kind {
            SourceKind::Hive(hive) => hive.address(),
        },
        every_seconds: source.crawl_every.map(|every| every.seconds),
        next_run_at: source.crawl_every.and(next_run_at),
        latest,
        complete_at,
        databases,
        tables,
        run_times_ms: runs.iter().map(|(start, end)| (*end - *start).num_milliseconds()).collect(),
    })
}
