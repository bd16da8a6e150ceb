//! One person, one team.

use super::holds::answers_for;
use super::list::{Row, TeamRow, select_person, select_team, word};
use super::principals::owned;
use crate::catalog::{CatalogError, json};
use crate::db::{Tx, on};
use chrono::{DateTime, NaiveDate, Utc};
use reeve_model::person::{
    Attribute, Department, Facts, Member, PersonDetail, PersonEvent, PersonRecord, PersonRef, Record, TeamDetail,
    TeamRef, Why,
};
use reeve_model::visibility::Hidden;
use reeve_model::{AssetId, CrawlId, Word};

type Result<T> = std::result::Result<T, CatalogError>;

const MEMBERS: i64 = 200;

/// # Errors
/// When the database does not answer.
pub async fn person(tx: &mut Tx, login: &str, hidden: &Hidden) -> Result<Option<PersonDetail>> {
    let row: Option<Row> = on!(&mut *tx, c => sqlx::query_as(select_person!("WHERE p.login = $1 AND p.merged_into_id IS NULL"))
        .bind(crate::auth::person::login(login)).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let differences = row.conflicts()?;
    let summary = row.summary()?;
    let id = summary.id;
    type More = (Option<NaiveDate>, Option<NaiveDate>, i64, Option<String>, Option<String>, Option<String>);
    let (starts_on, ends_on, reports, login, name, state): More = on!(&mut *tx, c => sqlx::query_as(
        "SELECT p.starts_on, p.ends_on,
                (SELECT count(*) FROM person r WHERE r.manager_id = p.id AND r.state <> 'departed' AND r.merged_into_id IS NULL),
                m.login, m.name, m.state
         FROM person p LEFT JOIN person m ON m.id = p.manager_id WHERE p.id = $1",
    ).bind(id).fetch_one(c).await)?;
    let manager = match (login, name, state) {
        (Some(login), Some(name), Some(state)) => Some(PersonRef { login, name, state: word("state", id, &state)? }),
        _ => None,
    };
    let teams: Vec<(String, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT t.name, t.title FROM team_member m JOIN team t ON t.id = m.team_id WHERE m.person_id = $1 ORDER BY t.title",
    ).bind(id).fetch_all(c).await)?;
    Ok(Some(PersonDetail {
        summary,
        starts_on,
        ends_on,
        manager,
        reports,
        teams: teams.into_iter().map(|(name, title)| TeamRef { name, title }).collect(),
        differences,
        records: records(tx, id).await?,
        events: events(tx, id).await?,
        answers_for: answers_for(tx, id, hidden).await?,
        owned: owned(tx, id, hidden).await?,
    }))
}

async fn records(tx: &mut Tx, id: AssetId) -> Result<Vec<PersonRecord>> {
    type Found = (i64, i64, String, String, String, DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
    let rows: Vec<Found> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT r.id, r.source_id, s.name, r.key, r.said, r.first_seen_at, r.missing_since, r.gone_at
         FROM person_record r JOIN source s ON s.id = r.source_id WHERE r.person_id = $1 ORDER BY s.name, r.key",
    ).bind(id).fetch_all(c).await)?;
    let mut records = Vec::with_capacity(rows.len());
    for (id, source_id, source, key, said, first_seen_at, missing_since, gone_at) in rows {
        let record: Record = json("person_record", "said", id, &said)?;
        let department: Option<String> = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT said FROM department_record WHERE source_id = $1 AND key = $2",
        ).bind(source_id).bind(&record.department).fetch_optional(c).await)?;
        let department = match department {
            Some(said) => Some(json::<Department>("department_record", "said", id, &said)?.title),
            None => record.department.clone(),
        };
        let facts = facts(&record, department);
        records.push(PersonRecord { id, source, key, facts, first_seen_at, missing_since, gone_at });
    }
    Ok(records)
}

/// What the record says, attribute by attribute.
fn facts(record: &Record, department: Option<String>) -> Vec<Facts> {
    let state = record.status_text.clone().or_else(|| {
        let word = serde_json::to_value(record.status).ok()?;
        word.as_str().filter(|word| *word != "unsaid").map(str::to_owned)
    });
    let all = [
        (Attribute::Name, record.name.clone()),
        (Attribute::Login, record.login.clone()),
        (Attribute::Mail, record.mail.clone()),
        (Attribute::EmployeeNumber, record.employee_number.clone()),
        (Attribute::Title, record.title.clone()),
        (Attribute::Department, department),
        (Attribute::Manager, record.manager.clone()),
        (Attribute::StartsOn, record.starts_on.map(|day| day.to_string())),
        (Attribute::EndsOn, record.ends_on.map(|day| day.to_string())),
        (Attribute::State, state),
    ];
    all.into_iter().filter_map(|(attribute, value)| value.map(|value| Facts { attribute, value })).collect()
}

async fn events(tx: &mut Tx, id: AssetId) -> Result<Vec<PersonEvent>> {
    let rows: Vec<(DateTime<Utc>, String, Option<String>, Option<CrawlId>)> = on!(tx, c => sqlx::query_as(
        "SELECT at, state, why, crawl_id FROM person_event WHERE person_id = $1 ORDER BY id DESC LIMIT 50",
    ).bind(id).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(at, state, why, crawl_id)| {
            let why: Option<Why> = match why {
                Some(text) => Some(json("person_event", "why", id.0, &text)?),
                None => None,
            };
            Ok(PersonEvent { at, state, why, crawl_id })
        })
        .collect()
}

/// # Errors
/// When the database does not answer.
pub async fn team(tx: &mut Tx, name: &str, hidden: &Hidden) -> Result<Option<TeamDetail>> {
    let row: Option<TeamRow> = on!(&mut *tx, c => sqlx::query_as(select_team!("WHERE t.name = $1"))
        .bind(name).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let (id, source_key) = (row.id, row.source_key.clone());
    let summary = row.summary()?;
    let children: Vec<(String, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT name, title FROM team WHERE parent_id = $1 AND deleted_at IS NULL ORDER BY title, id",
    ).bind(id).fetch_all(c).await)?;
    let members: Vec<(String, String, String, Option<String>, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT login, name, state, title, kind FROM person
         WHERE merged_into_id IS NULL
           AND (team_id = $1 OR id IN (SELECT person_id FROM team_member WHERE team_id = $1))
         ORDER BY state = 'departed', kind = 'service', name, id LIMIT $2",
    ).bind(id).bind(MEMBERS).fetch_all(c).await)?;
    let members = members.into_iter().map(|(login, name, state, title, kind)| {
        let person = PersonRef { login, name, state: word("state", id, &state)? };
        Ok(Member { person, title, kind: word("kind", id, &kind)? })
    });
    Ok(Some(TeamDetail {
        summary,
        id,
        source_key,
        children: children.into_iter().map(|(name, title)| TeamRef { name, title }).collect(),
        members: members.collect::<Result<_>>()?,
        answers_for: answers_for(tx, id, hidden).await?,
        owned: owned(tx, id, hidden).await?,
    }))
}

/// The roles that were given to a person by hand.
///
/// # Errors
/// When the database does not answer.
pub async fn roles(tx: &mut Tx, id: AssetId) -> Result<Vec<reeve_model::permission::Role>> {
    let rows: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT role FROM role_assignment WHERE person_id = $1 ORDER BY role",
    ).bind(id).fetch_all(c).await)?;
    Ok(rows.iter().filter_map(|role| reeve_model::permission::Role::parse(role)).collect())
}
