//! What became of other requests, as far as one depends on it.

use super::Result;
use crate::db::{Tx, on};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use reeve_model::request::calendar::Calendar;
use reeve_model::request::{ByRule, Overridden, Past, PendingHold, Request};
use reeve_model::{AssetId, Word};

/// Reads it for a request; what became of itself is left out.
pub(super) async fn past(
    tx: &mut Tx,
    request: &Request,
    person: AssetId,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<Past> {
    let lately = now - TimeDelta::days(30);
    let asset = request.facts.asset.or(request.subject.asset);
    let mut past = Past::default();
    if let Some(asset) = asset {
        let rows: Vec<(NaiveDate, NaiveDate, Option<DateTime<Utc>>)> = on!(&mut *tx, c => sqlx::query_as(
            "SELECT from_day, until_day, released_at FROM request_hold WHERE asset_id = $1 AND request_id <> $2",
        ).bind(asset).bind(request.id).fetch_all(c).await)?;
        let held = |(from, until, released): (NaiveDate, NaiveDate, Option<DateTime<Utc>>)| PendingHold {
            from,
            until: released.map_or(until, |at| until.min(calendar.day(at))),
        };
        past.held = rows.into_iter().map(held).collect();
        let declined: i64 = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT count(*) FROM request r JOIN request_entry e ON e.request_id = r.id
             WHERE r.asset_id = $1 AND r.kind = $2 AND r.id <> $3 AND e.act = 'decline' AND e.to_state = 'declined' AND e.at > $4",
        ).bind(asset).bind(request.content.kind().as_str()).bind(request.id).bind(lately).fetch_one(c).await)?;
        past.declined = declined > 0;
    }
    let rows: Vec<(AssetId, Option<AssetId>, DateTime<Utc>, Option<i64>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT r.requester_id, r.asset_id, e.at, r.bytes FROM request_entry e JOIN request r ON r.id = e.request_id
         WHERE e.act = 'approve_by_rule' AND e.at > $1 AND r.id <> $2 AND (r.requester_id = $3 OR r.asset_id = $4)",
    ).bind(lately).bind(request.id).bind(person).bind(asset).fetch_all(c).await)?;
    past.by_rule = rows
        .into_iter()
        .map(|(requester, asset, at, bytes)| ByRule { requester, asset, at, bytes: bytes.unwrap_or(i64::MAX) })
        .collect();
    let rows: Vec<(AssetId, AssetId, DateTime<Utc>)> = on!(tx, c => sqlx::query_as(
        "SELECT e.by_id, r.requester_id, e.at FROM request_entry e JOIN request r ON r.id = e.request_id
         WHERE e.act = 'override' AND e.at > $1 AND r.id <> $2 AND e.by_id IS NOT NULL",
    ).bind(lately).bind(request.id).fetch_all(c).await)?;
    past.overrides = rows.into_iter().map(|(by, requester, at)| Overridden { by, requester, at }).collect();
    Ok(past)
}
