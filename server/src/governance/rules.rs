//! Who has to agree, as versions that an administrator writes.

use super::Result;
use crate::audit::{Act, Object, Origin};
use crate::catalog::{json, to_json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::request::Rules;

/// The rules in force: the newest version, or those that ship.
///
/// # Errors
/// When the database does not answer, or holds what this version cannot read.
pub async fn rules(tx: &mut Tx) -> Result<Rules> {
    let row: Option<(i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT version, rules FROM approval_rules ORDER BY version DESC LIMIT 1",
    ).fetch_optional(c).await)?;
    Ok(match row {
        Some((version, text)) => Rules { version, ..json("approval_rules", "rules", version, &text)? },
        None => Rules::shipped(),
    })
}

/// Writes another version, where the newest is still the one that it was made from. Answers whether it was.
///
/// # Errors
/// When the database does not answer.
pub async fn change(
    tx: &mut WriteTx,
    origin: &Origin,
    from: i64,
    rules: &Rules,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let before = self::rules(tx).await?;
    if before.version != from {
        return Ok(false);
    }
    let version = from + 1;
    let rules = Rules { version, ..rules.clone() };
    let done = on!(&mut *tx, c => sqlx::query(
        "INSERT INTO approval_rules (version, rules, reason, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (version) DO NOTHING",
    )
        .bind(version).bind(to_json(&rules)).bind(reason).bind(&origin.actor).bind(now)
        .execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 {
        let object = Object::new(ObjectKind::Setting, "approval_rules", "approval rules");
        let act =
            Act::new(origin, now, Event::RulesChanged, object).change(Some(to_json(&before)), Some(to_json(&rules)));
        tx.record(act.because(reason));
    }
    Ok(done == 1)
}
