//! The latest check of the whole chain, kept for whoever looks at the log.

use super::verify::verify;
use crate::app::App;
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::audit::{Check, FaultKind};

/// Checks the whole chain. What is wrong is also in the server's log, and in `/metrics`.
///
/// # Errors
/// When the database fails.
pub async fn examine(app: &App) -> sqlx::Result<Check> {
    let at = app.clock.now();
    let begun = std::time::Instant::now();
    let outcome = verify(&app.db, &[], |_| {}).await?;
    let elapsed_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    metrics::gauge!("reeve_audit_broken").set(if outcome.is_err() { 1.0 } else { 0.0 });
    Ok(match outcome {
        Ok(whole) => Check { at, from: whole.from, last: whole.last, elapsed_ms, broken: None },
        Err(broken) => {
            tracing::error!(seq = broken.seq, "the audit log is {broken}");
            Check { at, from: 0, last: broken.seq - 1, elapsed_ms, broken: Some((broken.seq, broken.fault.kind())) }
        }
    })
}

/// Keeps what a check found.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, check: &Check) -> sqlx::Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE audit_check SET at = $1, from_seq = $2, last_seq = $3, elapsed_ms = $4, broken_seq = $5, fault = $6",
    )
        .bind(check.at).bind(check.from).bind(check.last).bind(check.elapsed_ms)
        .bind(check.broken.map(|(seq, _)| seq)).bind(check.broken.map(|(_, fault)| fault.as_str()))
        .execute(c).await.map(drop))
}

/// What the latest check found; `None` where there was none yet.
///
/// # Errors
/// When the database fails.
pub async fn latest(tx: &mut Tx) -> sqlx::Result<Option<Check>> {
    type Row = (DateTime<Utc>, i64, i64, i64, Option<i64>, Option<String>);
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT at, from_seq, last_seq, elapsed_ms, broken_seq, fault FROM audit_check WHERE at IS NOT NULL",
    ).fetch_optional(c).await)?;
    Ok(row.map(|(at, from, last, elapsed_ms, seq, fault)| {
        let fault = fault.and_then(|fault| FaultKind::parse(&fault)).unwrap_or(FaultKind::Changed);
        Check { at, from, last, elapsed_ms, broken: seq.map(|seq| (seq, fault)) }
    }))
}
