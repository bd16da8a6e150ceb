//! Sources as the catalog knows them: those of the configuration, with what their crawls found.

use super::{Result, crawls};
use crate::config::{Config, SourceConfig, SourceKind};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::SourceId;
use reeve_model::crawl::SourceStatus;
use std::collections::HashMap;

/// The id of a configured source, made at its first use.
pub async fn ensure(tx: &mut Tx, source: &SourceConfig, now: DateTime<Utc>) -> Result<SourceId> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "INSERT INTO source (name, kind, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET kind = excluded.kind RETURNING id",
    ).bind(&source.name).bind(source.kind.as_str()).bind(now).fetch_one(c).await)?)
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    complete_at: Option<DateTime<Utc>>,
    next_run_at: Option<DateTime<Utc>>,
    databases: i64,
    tables: i64,
}

/// Every configured source, in the order of the configuration.
pub async fn list(tx: &mut Tx, config: &Config, now: DateTime<Utc>) -> Result<Vec<SourceStatus>> {
    statuses(tx, &config.sources, now).await
}

pub async fn status(tx: &mut Tx, source: &SourceConfig, now: DateTime<Utc>) -> Result<SourceStatus> {
    let mut one = statuses(tx, std::slice::from_ref(source), now).await?;
    Ok(one.remove(0))
}

/// In three queries, whatever the number of sources and crawls.
async fn statuses(tx: &mut Tx, sources: &[SourceConfig], now: DateTime<Utc>) -> Result<Vec<SourceStatus>> {
    let rows: Vec<Row> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT s.name, s.complete_at, p.next_run_at, count(d.id) AS databases,
                CAST(coalesce(sum(d.table_count + d.view_count), 0) AS BIGINT)
                    + (SELECT count(*) FROM person_record r WHERE r.source_id = s.id AND r.gone_at IS NULL) AS tables
         FROM source s LEFT JOIN schedule p ON p.kind = 'crawl' AND p.subject = s.name
         LEFT JOIN catalog_database d ON d.source_id = s.id AND d.deleted_at IS NULL
         GROUP BY s.id, s.name, s.complete_at, p.next_run_at",
    ).fetch_all(c).await)?;
    // By its index the newest of each source are read, whatever the number of crawls.
    let runs: Vec<(String, DateTime<Utc>, DateTime<Utc>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT s.name, c.started_at, c.finished_at FROM source s JOIN crawl c ON c.id IN (
             SELECT id FROM crawl WHERE source_id = s.id AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 20)
         ORDER BY c.id",
    ).fetch_all(c).await)?;
    let mut run_times: HashMap<String, Vec<i64>> = HashMap::new();
    for (name, start, end) in runs {
        run_times.entry(name).or_default().push((end - start).num_milliseconds());
    }
    let mut latest = crawls::newest(tx, now).await?;
    let mut rows: HashMap<String, Row> = rows.into_iter().map(|row| (row.name.clone(), row)).collect();
    let status = |source: &SourceConfig| {
        let row = rows.remove(&source.name);
        SourceStatus {
            name: source.name.clone(),
            kind: source.kind.as_str().to_owned(),
            address: match &source.kind {
                SourceKind::Hive(hive) => hive.address(),
                SourceKind::People(people) => people.address(),
            },
            every_seconds: source.crawl_every.map(|every| every.seconds),
            next_run_at: source.crawl_every.and(row.as_ref().and_then(|row| row.next_run_at)),
            latest: latest.remove(&source.name),
            complete_at: row.as_ref().and_then(|row| row.complete_at),
            databases: row.as_ref().map_or(0, |row| row.databases),
            tables: row.as_ref().map_or(0, |row| row.tables),
            run_times_ms: run_times.remove(&source.name).unwrap_or_default(),
        }
    };
    Ok(sources.iter().map(status).collect())
}
