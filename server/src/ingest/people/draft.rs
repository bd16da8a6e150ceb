//! From every record of every source to the people they are about. Pure: what is to be written is decided here, by nothing
//! but what was read.

use super::absence::says_over;
use super::teams::{TeamDraft, TeamKeys, team_drafts};
use crate::catalog::to_json;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use reeve_model::person::{
    Authority, Conflict, Decision, Department, Loose, MergeKey, PersonKind, PersonState, Question, Record, Sighting,
    Why, merge, person, tree,
};
use reeve_model::{AssetId, Word};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Everything that people are computed from.
#[derive(Debug)]
pub(super) struct Everything {
    pub(super) records: Vec<StoredRecord>,
    pub(super) departments: Vec<(String, Department)>,
    pub(super) people: Vec<StoredPerson>,
    pub(super) decisions: Vec<StoredDecision>,
    pub(super) keys: Vec<MergeKey>,
    pub(super) authority: Authority,
    pub(super) now: DateTime<Utc>,
    pub(super) zone: Tz,
}

#[derive(Debug)]
pub(super) struct StoredRecord {
    pub(super) id: i64,
    pub(super) source: String,
    pub(super) person: Option<AssetId>,
    pub(super) record: Record,
    pub(super) missing_since: Option<DateTime<Utc>>,
    pub(super) gone_at: Option<DateTime<Utc>>,
}

/// A person as the catalog has him.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct StoredPerson {
    pub(super) id: AssetId,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) mail: Option<String>,
    pub(super) employee_number: Option<String>,
    pub(super) title: Option<String>,
    pub(super) team_id: Option<AssetId>,
    pub(super) manager_id: Option<AssetId>,
    pub(super) starts_on: Option<NaiveDate>,
    pub(super) ends_on: Option<NaiveDate>,
    pub(super) state: String,
    pub(super) state_reason: Option<String>,
    pub(super) kind: String,
    pub(super) conflicts: String,
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct StoredDecision {
    pub(super) record_id: i64,
    pub(super) person_id: AssetId,
    pub(super) same: bool,
}

/// A person as his records have him.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// `None` for a new one.
    pub(super) id: Option<AssetId>,
    /// Ids of his records that are not his yet in the catalog.
    pub(super) claims: Vec<i64>,
    pub(super) kind: PersonKind,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) mail: Option<String>,
    pub(super) employee_number: Option<String>,
    pub(super) title: Option<String>,
    /// Place among the teams.
    pub(super) team: Option<usize>,
    /// Place among the drafts.
    pub(super) manager: Option<usize>,
    pub(super) starts_on: Option<NaiveDate>,
    pub(super) ends_on: Option<NaiveDate>,
    pub(super) state: PersonState,
    pub(super) why: Why,
    pub(super) conflicts: Vec<Conflict>,
}

#[derive(Debug)]
pub(super) struct Drafts {
    pub(super) people: Vec<Draft>,
    pub(super) teams: Vec<TeamDraft>,
    /// Who became part of whom.
    pub(super) joined: Vec<(AssetId, AssetId)>,
    /// With ids of records.
    pub(super) questions: Vec<(Question, Vec<i64>)>,
}

pub(super) fn drafts(all: &Everything) -> Drafts {
    let today = all.now.with_timezone(&all.zone).date_naive();
    // Who signed in before any source knew him looks for his records too.
    let with_records: HashSet<AssetId> = all.records.iter().filter_map(|record| record.person).collect();
    let bare: Vec<(AssetId, Record)> = all
        .people
        .iter()
        .filter(|person| !with_records.contains(&person.id))
        .map(|person| (person.id, bare_record(person)))
        .collect();
    let stored = all.records.iter().map(|one| Loose {
        source: &one.source,
        record: &one.record,
        person: one.person,
        over: one.gone_at.is_some() || says_over(&one.record, today),
    });
    let alone = bare.iter().map(|(id, record)| Loose { source: "", record, person: Some(*id), over: false });
    let loose: Vec<Loose<'_>> = stored.chain(alone).collect();
    let places: HashMap<i64, usize> = all.records.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
    let decisions: Vec<Decision> = all
        .decisions
        .iter()
        .filter_map(|one| {
            Some(Decision { record: *places.get(&one.record_id)?, person: one.person_id, same: one.same })
        })
        .collect();
    let grouped = merge(&loose, &all.keys, &decisions);
    let teams = team_drafts(&all.departments, &all.authority);
    let titles: HashMap<(&str, &str), &str> =
        all.departments.iter().map(|(source, one)| ((source.as_str(), one.key.as_str()), one.title.as_str())).collect();

    let mut people = Vec::with_capacity(grouped.people.len());
    let mut managers: Vec<Option<(String, String)>> = Vec::new();
    // Whose record is which: by place of the record.
    let mut owner: Vec<Option<usize>> = vec![None; loose.len()];
    for (id, members) in &grouped.people {
        let own: Vec<&StoredRecord> = members.iter().filter_map(|place| all.records.get(*place)).collect();
        let sightings: Vec<Sighting> = own
            .iter()
            .map(|one| Sighting {
                source: one.source.clone(),
                record: one.record.clone(),
                department: one
                    .record
                    .department
                    .as_deref()
                    .and_then(|key| titles.get(&(one.source.as_str(), key)).map(|title| (*title).to_owned())),
                missing_since: one.missing_since,
                gone_at: one.gone_at,
            })
            .collect();
        let Some(computed) = person(&sightings, &all.authority, all.now, &all.zone) else { continue };
        for place in members {
            owner[*place] = Some(people.len());
        }
        managers.push(computed.manager.clone());
        people.push(Draft {
            id: *id,
            claims: own.iter().filter(|one| one.person != *id || id.is_none()).map(|one| one.id).collect(),
            kind: computed.kind,
            login: wanted_login(&computed, own[0]),
            name: computed.name.clone().or_else(|| computed.login.clone()).unwrap_or_else(|| own[0].record.key.clone()),
            mail: computed.mail,
            employee_number: computed.employee_number,
            title: computed.title,
            team: computed.department.and_then(|(source, key)| teams.place(&source, &key)),
            manager: None,
            starts_on: computed.starts_on,
            ends_on: computed.ends_on,
            state: computed.state,
            why: computed.why,
            conflicts: computed.conflicts,
        });
    }
    let names = Names::of(&all.records, &owner);
    let found: Vec<Option<usize>> =
        managers.iter().map(|manager| manager.as_ref().and_then(|(source, name)| names.find(source, name))).collect();
    cut_circles(&mut people, &found);
    give_logins(&mut people, &all.people, &with_records);
    let TeamKeys { mut teams, .. } = teams;
    for team in &mut teams {
        team.lead = team.lead_name.as_ref().and_then(|(source, name)| names.find(source, name));
    }
    let questions = grouped.questions.into_iter().map(|question| {
        let records = question.records.iter().filter_map(|place| all.records.get(*place)).map(|one| one.id).collect();
        (question, records)
    });
    Drafts { people, teams, joined: grouped.joined, questions: questions.collect() }
}

/// What is known of somebody whom no source lists.
fn bare_record(person: &StoredPerson) -> Record {
    Record {
        key: person.id.to_string(),
        login: Some(person.login.clone()),
        name: Some(person.name.clone()),
        mail: person.mail.as_ref().map(|mail| mail.to_lowercase()),
        employee_number: person.employee_number.clone(),
        ..Record::default()
    }
}

/// A person needs an address: his login, else what else is his.
fn wanted_login(person: &reeve_model::person::Person, record: &StoredRecord) -> String {
    let of_mail = person.mail.as_deref().and_then(|mail| mail.split('@').next()).map(str::to_owned);
    let number = person.employee_number.clone();
    let login = person.login.clone().or(of_mail).or(number).unwrap_or_else(|| record.record.key.clone());
    crate::auth::person::login(&login)
}

/// Managers, with circles cut at the same place each time.
fn cut_circles(people: &mut [Draft], managers: &[Option<usize>]) {
    let label = |place: usize| format!("{place:09}");
    let nodes: Vec<(String, Option<String>)> =
        managers.iter().enumerate().map(|(place, manager)| (label(place), manager.map(label))).collect();
    let tree = tree(nodes.iter().map(|(node, parent)| (node.as_str(), parent.as_deref())));
    for (place, person) in people.iter_mut().enumerate() {
        let parent = tree.parents.get(&label(place)).and_then(Option::as_deref);
        person.manager = parent.and_then(|parent| parent.parse().ok());
    }
}

/// Each login is one person's. Of several that a source gives it to, who is here goes before who has left, and who has it
/// before who has not; the others are told apart by their number.
fn give_logins(people: &mut [Draft], stored: &[StoredPerson], with_records: &HashSet<AssetId>) {
    let drafted: HashSet<AssetId> = people.iter().filter_map(|person| person.id).collect();
    let had: HashMap<AssetId, &str> = stored.iter().map(|person| (person.id, person.login.as_str())).collect();
    // Those whom nothing is computed of keep what they have.
    let mut taken: HashSet<String> = stored
        .iter()
        .filter(|person| !drafted.contains(&person.id) && !with_records.contains(&person.id))
        .map(|person| person.login.clone())
        .collect();
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by_key(|place| {
        let person = &people[*place];
        let has = person.id.and_then(|id| had.get(&id)).is_some_and(|login| *login == person.login);
        (person.state == PersonState::Departed, !has, person.id.map_or(i64::MAX, |id| id.0), *place)
    });
    for place in order {
        let person = &mut people[place];
        let wanted = person.login.clone();
        if taken.insert(wanted.clone()) {
            continue;
        }
        let number = person.employee_number.as_deref().map(crate::auth::person::login);
        let mut login = format!("{wanted}~{}", number.unwrap_or_else(|| "2".to_owned()));
        let mut next = 2;
        while !taken.insert(login.clone()) {
            next += 1;
            login = format!("{wanted}~{next}");
        }
        person.login = login;
    }
}

/// By what names records of one source call each other.
struct Names<'a> {
    by_name: HashMap<(&'a str, String), usize>,
}

impl<'a> Names<'a> {
    fn of(records: &'a [StoredRecord], owner: &[Option<usize>]) -> Self {
        let mut by_name = HashMap::new();
        // The surest names last, so that they go before the others.
        for rank in (0..5).rev() {
            for (place, one) in records.iter().enumerate() {
                let Some(person) = owner[place] else { continue };
                let record = &one.record;
                let mut name = |text: &str| {
                    by_name.insert((one.source.as_str(), text.to_lowercase()), person);
                };
                match rank {
                    0 => name(&record.key),
                    1 => record.aliases.iter().for_each(|alias| name(alias)),
                    2 => record.employee_number.iter().for_each(|number| name(number)),
                    3 => record.login.iter().for_each(|login| name(login)),
                    _ => record.mail.iter().for_each(|mail| name(mail)),
                }
            }
        }
        Self { by_name }
    }

    fn find(&self, source: &'a str, name: &str) -> Option<usize> {
        self.by_name.get(&(source, name.to_lowercase())).copied()
    }
}

impl Draft {
    /// Whether the catalog has him so already, but for his manager.
    pub(super) fn is(&self, stored: &StoredPerson, team: Option<AssetId>) -> bool {
        self.login == stored.login
            && self.name == stored.name
            && self.mail == stored.mail
            && self.employee_number == stored.employee_number
            && self.title == stored.title
            && team == stored.team_id
            && self.starts_on == stored.starts_on
            && self.ends_on == stored.ends_on
            && self.state.as_str() == stored.state
            && Some(to_json(&self.why)) == stored.state_reason
            && self.kind.as_str() == stored.kind
            && to_json(&self.conflicts) == stored.conflicts
            && self.claims.is_empty()
    }

    /// The kind of asset that he is.
    pub(super) fn asset_kind(&self) -> &'static str {
        if self.kind == PersonKind::Service { "service_account" } else { "person" }
    }
}

/// Words by how often they occur, for the log.
pub(super) fn by_state(people: &[Draft]) -> BTreeMap<PersonState, usize> {
    let mut counts = BTreeMap::new();
    for person in people {
        *counts.entry(person.state).or_default() += 1;
    }
    counts
}
