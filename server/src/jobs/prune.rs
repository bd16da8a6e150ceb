//! Keeps our own tables from growing without end.

use super::work::Context;
use crate::db::on;
use chrono::TimeDelta;

/// Changes kept for indexes that lag; one further behind is rebuilt.
const CHANGES: i64 = 1_000_000;
/// Crawls of each source whose databases and failures are kept one by one; older ones keep their totals.
const DETAILED_CRAWLS: i64 = 200;
/// As long as its cookie.
const DEVICE_REMEMBERED: TimeDelta = TimeDelta::days(365);

/// Days for which the bytes of what was sent are kept; that it was sent is kept for good.
const BODIES: i64 = 30;

/// Drops what nobody reads any more.
///
/// # Errors
/// When the database fails.
pub(super) async fn prune(context: &Context<'_>) -> anyhow::Result<()> {
    let mut tx = context.app.db.write().await?;
    context.lease.hold(&mut tx).await?;
    on!(&mut tx, c => sqlx::query("DELETE FROM change_log WHERE seq < (SELECT max(seq) FROM change_log) - $1")
        .bind(CHANGES).execute(c).await.map(drop))?;
    for table in ["crawl_database", "crawl_failure"] {
        let sql = format!(
            "DELETE FROM {table} WHERE crawl_id IN (
                 SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY source_id ORDER BY id DESC) AS age FROM crawl) ranked
                 WHERE age > $1)"
        );
        on!(&mut tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(DETAILED_CRAWLS).execute(c).await.map(drop))?;
    }
    on!(&mut tx, c => sqlx::query(
        "DELETE FROM job WHERE state IN ('done', 'failed') AND id < (SELECT max(id) FROM job) - 1000",
    ).execute(c).await.map(drop))?;
    let now = context.app.clock.now();
    on!(&mut tx, c => sqlx::query("UPDATE outbox SET body = $2 WHERE ended_at < $1 AND length(body) > 0")
        .bind(now - TimeDelta::days(BODIES)).bind(Vec::<u8>::new()).execute(c).await.map(drop))?;
    for gone in ["DELETE FROM session WHERE expires_at < $1", "DELETE FROM sign_in_link WHERE expires_at < $1"] {
        on!(&mut tx, c => sqlx::query(gone).bind(now).execute(c).await.map(drop))?;
    }
    on!(&mut tx, c => sqlx::query("DELETE FROM known_device WHERE seen_at < $1")
        .bind(now - DEVICE_REMEMBERED).execute(c).await.map(drop))?;
    tx.commit().await?;
    Ok(())
}
