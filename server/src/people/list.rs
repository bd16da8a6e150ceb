//! People in lists: by what is typed of them, by state and kind.

use crate::catalog::{CatalogError, json};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::asset::Paged;
use reeve_model::person::{
    AskedRecord, Conflict, MergeKey, PeopleCounts, PersonQuestion, PersonRef, PersonState, PersonSummary,
    QuestionReason, Record, TeamRef, TeamSummary, Why,
};
use reeve_model::{AssetId, Word};

type Result<T> = std::result::Result<T, CatalogError>;

/// Which people of all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of login, name, mail or employee number, in any case.
    pub q: String,
    pub state: Option<PersonState>,
    /// Service accounts only, or people only.
    pub services: Option<bool>,
    /// Only those of whom sources say different things.
    pub in_conflict: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: AssetId,
    login: String,
    name: String,
    mail: Option<String>,
    employee_number: Option<String>,
    title: Option<String>,
    kind: String,
    state: String,
    state_since: DateTime<Utc>,
    state_reason: Option<String>,
    conflicts: String,
    disabled_at: Option<DateTime<Utc>>,
    team_name: Option<String>,
    team_title: Option<String>,
}

/// A person as lists show him.
macro_rules! select_person {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.login, p.name, p.mail, p.employee_number, p.title, p.kind, p.state, p.state_since,
                p.state_reason, p.conflicts, p.disabled_at, t.name AS team_name, t.title AS team_title
             FROM person p LEFT JOIN team t ON t.id = p.team_id ",
            $rest
        )
    };
}
pub(super) use select_person;

impl Row {
    pub(super) fn conflicts(&self) -> Result<Vec<Conflict>> {
        json("person", "conflicts", self.id.0, &self.conflicts)
    }

    pub(super) fn summary(self) -> Result<PersonSummary> {
        let conflicts = i64::try_from(self.conflicts()?.len()).unwrap_or(i64::MAX);
        let why: Option<Why> = match &self.state_reason {
            Some(text) => Some(json("person", "state_reason", self.id.0, text)?),
            None => None,
        };
        Ok(PersonSummary {
            kind: word("kind", self.id, &self.kind)?,
            state: word("state", self.id, &self.state)?,
            id: self.id,
            login: self.login,
            name: self.name,
            mail: self.mail,
            employee_number: self.employee_number,
            title: self.title,
            state_since: self.state_since,
            why,
            team: self.team_name.zip(self.team_title).map(|(name, title)| TeamRef { name, title }),
            disabled_at: self.disabled_at,
            conflicts,
        })
    }
}

pub(crate) fn word<T: Word>(column: &'static str, id: AssetId, text: &str) -> Result<T> {
    T::parse(text).ok_or_else(|| CatalogError::BadRow {
        table: "person",
        column,
        id: id.0,
        reason: format!("`{text}` is not known"),
    })
}

/// Text that stands for itself in LIKE.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

macro_rules! matching {
    () => {
        "p.merged_into_id IS NULL
         AND (lower(p.name) LIKE $1 ESCAPE '\\' OR p.login LIKE $1 ESCAPE '\\' OR lower(p.mail) LIKE $1 ESCAPE '\\'
              OR lower(p.employee_number) LIKE $1 ESCAPE '\\' OR EXISTS (
                  SELECT 1 FROM team o WHERE o.id = p.team_id AND lower(o.title) LIKE $1 ESCAPE '\\'))
         AND ($2 = '' OR p.state = $2) AND ($3 = 0 OR p.kind = 'service' AND $3 = 1 OR p.kind <> 'service' AND $3 = 2)
         AND ($4 = 0 OR p.conflicts <> '[]')"
    };
}

/// People by name; the cursor is the number of the last one shown.
///
/// # Errors
/// For a cursor that this list did not give out, and when the database does not answer.
pub async fn list(tx: &mut Tx, filter: &Filter, cursor: Option<&str>, limit: i64) -> Result<Paged<PersonSummary>> {
    let after: i64 = match cursor {
        None => 0,
        Some(text) => text.parse().map_err(|_| CatalogError::BadCursor(text.to_owned()))?,
    };
    let q = like(&filter.q);
    let state = filter.state.map_or("", PersonState::as_str);
    let kind: i64 = match filter.services {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    };
    let conflict = i64::from(filter.in_conflict);
    let total: i64 = on!(&mut *tx, c => sqlx::query_scalar(concat!("SELECT count(*) FROM person p WHERE ", matching!()))
        .bind(&q).bind(state).bind(kind).bind(conflict).fetch_one(c).await)?;
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(concat!(
        select_person!("WHERE "),
        matching!(),
        " AND ($5 = 0 OR (p.name, p.id) > (SELECT name, id FROM person WHERE id = $5)) ORDER BY p.name, p.id LIMIT $6"
    ))
        .bind(&q).bind(state).bind(kind).bind(conflict).bind(after).bind(limit + 1).fetch_all(c).await)?;
    let items = rows.into_iter().map(Row::summary).collect::<Result<_>>()?;
    Ok(Paged::from_rows(items, limit, total, |last: &PersonSummary| last.id.to_string()))
}

/// How many there are of each.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(tx: &mut Tx) -> Result<PeopleCounts> {
    let rows: Vec<(String, bool, i64, i64)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT state, kind = 'service', count(*), CAST(sum(CASE WHEN conflicts <> '[]' THEN 1 ELSE 0 END) AS BIGINT)
         FROM person WHERE merged_into_id IS NULL GROUP BY 1, 2",
    ).fetch_all(c).await)?;
    let (teams, questions): (i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT (SELECT count(*) FROM team WHERE deleted_at IS NULL),
             (SELECT count(*) FROM person_question) + (SELECT count(*) FROM identity WHERE person_id IS NULL)",
    ).fetch_one(c).await)?;
    let mut counts = PeopleCounts { teams, questions, ..PeopleCounts::default() };
    for (state, is_service, people, conflicts) in rows {
        counts.conflicts += conflicts;
        if is_service {
            counts.services += people;
            continue;
        }
        match PersonState::parse(&state) {
            Some(PersonState::Planned) => counts.planned += people,
            Some(PersonState::OnLeave) => counts.on_leave += people,
            Some(PersonState::Suspected) => counts.suspected += people,
            Some(PersonState::Departed) => counts.departed += people,
            Some(PersonState::Active) | None => counts.here += people,
        }
    }
    Ok(counts)
}

#[derive(sqlx::FromRow)]
pub(super) struct TeamRow {
    pub(super) id: AssetId,
    name: String,
    title: String,
    parent_missing: Option<String>,
    is_cut: bool,
    deleted_at: Option<DateTime<Utc>>,
    pub(super) source_key: Option<String>,
    parent_name: Option<String>,
    parent_title: Option<String>,
    lead_login: Option<String>,
    lead_name: Option<String>,
    lead_state: Option<String>,
    people: i64,
}

macro_rules! select_team {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.name, t.title, t.parent_missing, t.is_cut, t.deleted_at, t.source_key, u.name AS parent_name,
                u.title AS parent_title, l.login AS lead_login, l.name AS lead_name, l.state AS lead_state,
                coalesce(n.people, 0) AS people
             FROM team t LEFT JOIN team u ON u.id = t.parent_id LEFT JOIN person l ON l.id = t.lead_id
             LEFT JOIN (
                 SELECT team_id, count(*) AS people FROM (
                     SELECT team_id, id FROM person
                     WHERE team_id IS NOT NULL AND merged_into_id IS NULL AND state <> 'departed'
                     UNION SELECT m.team_id, p.id FROM team_member m JOIN person p ON p.id = m.person_id
                     WHERE p.merged_into_id IS NULL AND p.state <> 'departed') AS members
                 GROUP BY team_id) AS n ON n.team_id = t.id ",
            $rest
        )
    };
}
pub(super) use select_team;

impl TeamRow {
    pub(super) fn summary(self) -> Result<TeamSummary> {
        let lead = match (self.lead_login, self.lead_name, self.lead_state) {
            (Some(login), Some(name), Some(state)) => {
                Some(PersonRef { login, name, state: word("state", self.id, &state)? })
            }
            _ => None,
        };
        Ok(TeamSummary {
            name: self.name,
            title: self.title,
            lead,
            people: self.people,
            parent: self.parent_name.zip(self.parent_title).map(|(name, title)| TeamRef { name, title }),
            parent_missing: self.parent_missing,
            is_cut: self.is_cut,
            dissolved_at: self.deleted_at,
        })
    }
}

/// Teams that exist, the largest first.
///
/// # Errors
/// When the database does not answer.
pub async fn teams(tx: &mut Tx, limit: i64) -> Result<Vec<TeamSummary>> {
    let rows: Vec<TeamRow> = on!(tx, c => sqlx::query_as(select_team!(
        "WHERE t.deleted_at IS NULL ORDER BY t.parent_missing IS NULL, people DESC, t.title, t.id LIMIT $1"
    )).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(TeamRow::summary).collect()
}

/// What is not certain, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn questions(tx: &mut Tx, limit: i64) -> Result<Vec<PersonQuestion>> {
    let rows: Vec<(i64, String, String, String, String, DateTime<Utc>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT id, key, value, reason, records, asked_at FROM person_question ORDER BY id DESC LIMIT $1",
    ).bind(limit).fetch_all(c).await)?;
    let mut questions = Vec::with_capacity(rows.len());
    for (id, key, value, reason, records, asked_at) in rows {
        let key: MergeKey = word("key", AssetId(id), &key)?;
        let reason: QuestionReason = word("reason", AssetId(id), &reason)?;
        let ids: Vec<i64> = json("person_question", "records", id, &records)?;
        let mut records = Vec::with_capacity(ids.len());
        for id in ids {
            records.extend(asked_record(tx, id).await?);
        }
        questions.push(PersonQuestion { id, key, value, reason, asked_at, records });
    }
    Ok(questions)
}

async fn asked_record(tx: &mut Tx, id: i64) -> Result<Option<AskedRecord>> {
    type Found = (String, String, String, Option<String>, Option<String>, Option<String>);
    let row: Option<Found> = on!(tx, c => sqlx::query_as(
        "SELECT s.name, r.key, r.said, p.login, p.name, p.state FROM person_record r JOIN source s ON s.id = r.source_id
         LEFT JOIN person p ON p.id = r.person_id WHERE r.id = $1",
    ).bind(id).fetch_optional(c).await)?;
    let Some((source, key, said, login, name, state)) = row else { return Ok(None) };
    let record: Record = json("person_record", "said", id, &said)?;
    let person = match (login, name, state) {
        (Some(login), Some(name), Some(state)) => {
            Some(PersonRef { login, name, state: word("state", AssetId(id), &state)? })
        }
        _ => None,
    };
    Ok(Some(AskedRecord { source, key, name: record.name.unwrap_or_default(), person }))
}
