//! What is kept whatever the policies say.

use crate::audit::{Act, Object, Origin};
use crate::catalog::{Result, bad_word};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, NaiveDate, Utc};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::retention::effective::{ExemptBy, Exemption};
use reeve_model::{AssetId, ExemptionId, Word};

/// Those of a table and its database that have not been ended, past ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn on_asset(tx: &mut Tx, asset: AssetId) -> Result<Vec<Exemption>> {
    let rows: Vec<(i64, String, NaiveDate, Option<NaiveDate>)> = on!(tx, c => sqlx::query_as(
        "SELECT id, office, from_day, until_day FROM exemption WHERE ended_at IS NULL
             AND asset_id IN ($1, (SELECT database_id FROM catalog_table WHERE id = $1)) ORDER BY id",
    ).bind(asset).fetch_all(c).await)?;
    let one = |(id, office, from, until): (i64, String, NaiveDate, Option<NaiveDate>)| {
        let by = ExemptBy::parse(&office).ok_or_else(|| bad_word("exemption", "office", id, &office))?;
        Ok(Exemption { id: ExemptionId(id), by, from, until })
    };
    rows.into_iter().map(one).collect()
}

/// Exempts something. Who may is asked before.
///
/// # Errors
/// When the database does not answer.
pub async fn make(
    tx: &mut WriteTx,
    origin: &Origin,
    (asset, name): (AssetId, &str),
    (office, reason): (ExemptBy, &str),
    (from, until): (NaiveDate, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<ExemptionId> {
    let id: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO exemption (asset_id, office, reason, made_by, made_at, from_day, until_day)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
        .bind(asset).bind(office.as_str()).bind(reason).bind(&origin.actor).bind(now).bind(from).bind(until)
        .fetch_one(c).await)?;
    let act = Act::new(origin, now, Event::ExemptionMade, Object::new(ObjectKind::Exemption, id, name));
    let until = until.map_or_else(|| "until ended".to_owned(), |until| until.to_string());
    tx.record(act.change(None::<&str>, Some(until)).because(reason));
    tx.touch(asset);
    Ok(ExemptionId(id))
}

/// Ends one. Answers whether it was in force.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut WriteTx, origin: &Origin, id: ExemptionId, reason: &str, now: DateTime<Utc>) -> Result<bool> {
    let asset: Option<AssetId> = on!(&mut *tx, c => sqlx::query_scalar(
        "UPDATE exemption SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL RETURNING asset_id",
    ).bind(id.0).bind(&origin.actor).bind(now).fetch_optional(c).await)?;
    let Some(asset) = asset else { return Ok(false) };
    let act = Act::new(origin, now, Event::ExemptionEnded, Object::new(ObjectKind::Exemption, id, asset));
    tx.record(act.because(reason));
    tx.touch(asset);
    Ok(true)
}
