//! People and teams as pages and the API show them.

use super::{Attribute, Conflict, MergeKey, PersonKind, PersonState, QuestionReason, Why};
use crate::owner::OwnerRole;
use crate::{AssetId, CrawlId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A person or service account in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonSummary {
    pub id: AssetId,
    /// In lower case; the address in the portal.
    pub login: String,
    pub name: String,
    pub mail: Option<String>,
    pub employee_number: Option<String>,
    pub title: Option<String>,
    pub kind: PersonKind,
    pub state: PersonState,
    /// When he came to be so, as far as Reeve knows.
    pub state_since: DateTime<Utc>,
    pub why: Option<Why>,
    pub team: Option<TeamRef>,
    /// By an administrator: he does not sign in, whatever the sources say.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Of how many attributes his sources say different things.
    pub conflicts: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamRef {
    /// The address in the portal.
    pub name: String,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonRef {
    pub login: String,
    pub name: String,
    pub state: PersonState,
}

/// All that is known of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonDetail {
    #[serde(flatten)]
    pub summary: PersonSummary,
    pub starts_on: Option<NaiveDate>,
    /// The last day.
    pub ends_on: Option<NaiveDate>,
    pub manager: Option<PersonRef>,
    /// How many people he leads himself.
    pub reports: i64,
    /// Teams besides his department.
    pub teams: Vec<TeamRef>,
    /// Where his sources say different things, and what counts.
    pub differences: Vec<Conflict>,
    /// What each source says of him.
    pub records: Vec<PersonRecord>,
    /// What became of him, newest first.
    pub events: Vec<PersonEvent>,
    /// What he answers for: the first 200, the largest first.
    pub answers_for: Vec<AnswersFor>,
    /// What belongs to him by the names that other systems have for him.
    pub owned: Vec<Owned>,
}

/// A database or table that somebody answers for himself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswersFor {
    pub role: OwnerRole,
    pub source: String,
    /// Another source has a database of this name too.
    pub ambiguous: bool,
    pub database: String,
    /// `None` for the database itself.
    pub table: Option<String>,
    pub size_bytes: Option<i64>,
    pub since: DateTime<Utc>,
}

/// What one source says of a person, in the form that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonRecord {
    pub id: i64,
    pub source: String,
    /// Stable within the source.
    pub key: String,
    pub facts: Vec<Facts>,
    pub first_seen_at: DateTime<Utc>,
    /// Absent from complete crawls since then.
    pub missing_since: Option<DateTime<Utc>>,
    /// When a second crawl, a day or more after the first, agreed.
    pub gone_at: Option<DateTime<Utc>>,
}

/// An attribute and what the source says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facts {
    pub attribute: Attribute,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonEvent {
    pub at: DateTime<Utc>,
    /// A state, or `merged`.
    pub state: String,
    pub why: Option<Why>,
    pub crawl_id: Option<CrawlId>,
}

/// A name of another system, and what it owns there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Owned {
    pub name: String,
    /// The rule by which it is his, its place in the list.
    pub rule: Option<i64>,
    pub tables: i64,
    pub size_bytes: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamSummary {
    pub name: String,
    pub title: String,
    pub lead: Option<PersonRef>,
    /// Of the department and in addition to it.
    pub people: i64,
    pub parent: Option<TeamRef>,
    /// What its source calls the team above it, where there is no such team.
    pub parent_missing: Option<String>,
    /// The team above it was left out, because it led back to it.
    pub is_cut: bool,
    pub dissolved_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamDetail {
    #[serde(flatten)]
    pub summary: TeamSummary,
    pub id: AssetId,
    /// Source and key of the department that it is: `hr/3120`.
    pub source_key: Option<String>,
    pub children: Vec<TeamRef>,
    /// The first 200, who is here first.
    pub members: Vec<Member>,
    /// What it answers for: the first 200, the largest first.
    pub answers_for: Vec<AnswersFor>,
    pub owned: Vec<Owned>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    #[serde(flatten)]
    pub person: PersonRef,
    pub title: Option<String>,
    pub kind: PersonKind,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeopleCounts {
    pub here: i64,
    pub planned: i64,
    pub on_leave: i64,
    pub suspected: i64,
    pub departed: i64,
    pub services: i64,
    pub teams: i64,
    /// People of whom sources say different things.
    pub conflicts: i64,
    /// Records that could be one person's, and accounts that could be several people's.
    pub questions: i64,
}

/// Records that could be one person's, for an administrator to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonQuestion {
    pub id: i64,
    pub key: MergeKey,
    pub value: String,
    pub reason: QuestionReason,
    pub asked_at: DateTime<Utc>,
    pub records: Vec<AskedRecord>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedRecord {
    pub source: String,
    pub key: String,
    pub name: String,
    pub person: Option<PersonRef>,
}

/// An account at a provider of which nobody can tell whose it is; its owner stays outside until an administrator says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountQuestion {
    pub id: i64,
    pub provider: String,
    /// As the provider calls him.
    pub login: String,
    pub name: String,
    pub mail: Option<String>,
    pub employee_number: Option<String>,
    /// When he tried last.
    pub last_seen_at: DateTime<Utc>,
    /// People with the same login, mail or employee number.
    pub candidates: Vec<PersonRef>,
}
