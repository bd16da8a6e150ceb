//! What administrators decide about people.

use crate::audit::{Act, Object, Origin};
use crate::auth::{person, session};
use crate::catalog::{CatalogError, json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::permission::Role;
use reeve_model::{AssetId, Word};

type Result<T> = std::result::Result<T, CatalogError>;

/// Gives a role, or takes it. What was begun with other rights ends.
///
/// # Errors
/// When the database does not answer.
pub async fn set_role(
    tx: &mut WriteTx,
    origin: &Origin,
    (id, login): (AssetId, &str),
    role: Role,
    has: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let had: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM role_assignment WHERE person_id = $1 AND role = $2",
    ).bind(id).bind(role.as_str()).fetch_one(c).await)?;
    if (had > 0) == has {
        return Ok(());
    }
    person::assign(tx, id, role, has, &origin.actor, now).await?;
    session::end_all(tx, id).await?;
    let (event, before, after) =
        if has { (Event::RoleGiven, None, Some(role.as_str())) } else { (Event::RoleTaken, Some(role.as_str()), None) };
    tx.record(Act::new(origin, now, event, Object::new(ObjectKind::Person, id, login)).change(before, after));
    Ok(())
}

/// Keeps a person out whatever his sources say, or lets him in again.
///
/// # Errors
/// When the database does not answer.
pub async fn set_disabled(
    tx: &mut WriteTx,
    origin: &Origin,
    (id, login): (AssetId, &str),
    disabled: bool,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let changed = on!(&mut *tx, c => sqlx::query(
        "UPDATE person SET disabled_at = $2 WHERE id = $1 AND (disabled_at IS NULL) = ($2 IS NOT NULL)",
    ).bind(id).bind(disabled.then_some(now)).execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Ok(());
    }
    if disabled {
        session::end_all(tx, id).await?;
    }
    let event = if disabled { Event::AccountDisabled } else { Event::AccountEnabled };
    tx.record(Act::new(origin, now, event, Object::new(ObjectKind::Person, id, login)).because(reason));
    Ok(())
}

/// Answers a question about records that could be one person's. Answers whether it was still asked.
///
/// # Errors
/// When the database does not answer.
pub async fn answer(tx: &mut WriteTx, origin: &Origin, question: i64, same: bool, now: DateTime<Utc>) -> Result<bool> {
    let row: Option<(String, String, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT key, value, records FROM person_question WHERE id = $1",
    ).bind(question).fetch_optional(c).await)?;
    let Some((key, value, records)) = row else { return Ok(false) };
    let records: Vec<i64> = json("person_question", "records", question, &records)?;
    let mut people = Vec::new();
    for record in &records {
        people.push((*record, person_of(tx, *record).await?));
    }
    for (place, (_, person)) in people.iter().enumerate() {
        let Some(person) = person else { continue };
        for (other, (record, _)) in people.iter().enumerate() {
            // All are the first one's, or each is not the others'.
            if other == place || (same && place > 0) {
                continue;
            }
            decide(tx, *record, *person, same, &origin.actor, now).await?;
        }
    }
    on!(&mut *tx, c => sqlx::query("DELETE FROM person_question WHERE id = $1").bind(question).execute(c).await.map(drop))?;
    let event = if same { Event::PeopleMerged } else { Event::PeopleParted };
    let first = people.iter().find_map(|(_, person)| *person).unwrap_or(AssetId(0));
    let others: Vec<String> = people.iter().filter_map(|(_, person)| person.map(|id| id.to_string())).collect();
    let object = Object::new(ObjectKind::Person, first, format!("{key} {value}"));
    tx.record(Act::new(origin, now, event, object).change(Some(others.join(", ")), None::<&str>));
    Ok(true)
}

/// Says that a record is not this person's: the next computation makes it somebody else's, and what is told of it stays.
/// Answers whether it was his.
///
/// # Errors
/// When the database does not answer.
pub async fn part(
    tx: &mut WriteTx,
    origin: &Origin,
    (id, login): (AssetId, &str),
    record: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    if person_of(tx, record).await? != Some(id) {
        return Ok(false);
    }
    decide(tx, record, id, false, &origin.actor, now).await?;
    let act = Act::new(origin, now, Event::PeopleParted, Object::new(ObjectKind::Person, id, login));
    tx.record(act.change(Some(record), None::<i64>));
    Ok(true)
}

async fn person_of(tx: &mut Tx, record: i64) -> Result<Option<AssetId>> {
    let found: Option<Option<AssetId>> = on!(tx, c => sqlx::query_scalar("SELECT person_id FROM person_record WHERE id = $1")
            .bind(record).fetch_optional(c).await)?;
    Ok(found.flatten())
}

async fn decide(tx: &mut Tx, record: i64, person: AssetId, same: bool, by: &str, now: DateTime<Utc>) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO person_decision (record_id, person_id, same, decided_at, decided_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (record_id, person_id) DO UPDATE SET same = excluded.same, decided_at = excluded.decided_at,
             decided_by = excluded.decided_by",
    ).bind(record).bind(person).bind(same).bind(now).bind(by).execute(c).await.map(drop))?;
    Ok(())
}
