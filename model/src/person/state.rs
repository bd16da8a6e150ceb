//! From what sources say to the person: which value counts, how it stands with him and why, and where sources disagree.

use super::PersonState;
use super::record::{Form, PersonKind, Record, Status};
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A record of a source, and whether the source still has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    pub source: String,
    pub record: Record,
    /// What the source calls the department, for it has keys of its own.
    pub department: Option<String>,
    /// Absent from complete crawls since then.
    pub missing_since: Option<DateTime<Utc>>,
    /// When a second complete crawl, at least a day after the first, found it absent too.
    pub gone_at: Option<DateTime<Utc>>,
}

/// What sources can say of a person.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Attribute {
    Name,
    Login,
    Mail,
    EmployeeNumber,
    Title,
    Department,
    Manager,
    StartsOn,
    EndsOn,
    State,
}

/// Whose word counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authority {
    /// All sources, the first goes first.
    pub sources: Vec<String>,
    /// The one whose word alone counts for an attribute, where it has one.
    pub of: BTreeMap<Attribute, String>,
}

/// A person as his sources have him, all in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub kind: PersonKind,
    pub login: Option<String>,
    pub name: Option<String>,
    pub mail: Option<String>,
    pub employee_number: Option<String>,
    pub title: Option<String>,
    /// Source and key: keys are the source's own.
    pub department: Option<(String, String)>,
    pub manager: Option<(String, String)>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub state: PersonState,
    pub why: Why,
    pub conflicts: Vec<Conflict>,
}

/// Why it stands so with a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    /// The source lists him, and says nothing else.
    Listed {
        source: String,
    },
    Starts {
        source: String,
        on: NaiveDate,
    },
    Leave {
        source: String,
        status: String,
    },
    /// The last day is over.
    Ended {
        source: String,
        on: NaiveDate,
    },
    /// An account's last day is over.
    Expired {
        source: String,
        on: NaiveDate,
    },
    /// In the source's word.
    Left {
        source: String,
        status: String,
    },
    Disabled {
        source: String,
    },
    Missing {
        source: String,
        since: DateTime<Utc>,
    },
    /// Two complete crawls, a day or more apart, agree.
    Gone {
        source: String,
        since: DateTime<Utc>,
        at: DateTime<Utc>,
    },
}

/// One attribute of which sources say different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conflict {
    pub attribute: Attribute,
    pub values: Vec<Value>,
}

/// What one source says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Value {
    pub source: String,
    pub value: String,
    /// It is the one that counts.
    pub used: bool,
}

/// From best to worst: of several posts the best decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Active,
    OnLeave,
    Planned,
    Missing,
    /// By absence: two crawls agree.
    Gone,
    /// By what the source says.
    Over,
}

/// Computes the person whom these records are about. `zone` is the company's: the last day ends there.
///
/// `None` without any record.
pub fn person(
    sightings: &[Sighting],
    authority: &Authority,
    now: DateTime<Utc>,
    zone: &impl TimeZone,
) -> Option<Person> {
    let today = now.with_timezone(zone).date_naive();
    let mut all: Vec<Judged<'_>> = sightings.iter().map(|sighting| Judged::new(sighting, today)).collect();
    // The best of the source that goes first, first.
    let place = |source: &str| authority.sources.iter().position(|one| one == source).unwrap_or(usize::MAX);
    all.sort_by(|a, b| {
        let by_source = place(a.source()).cmp(&place(b.source())).then_with(|| a.source().cmp(b.source()));
        let newest = b.record().starts_on.cmp(&a.record().starts_on);
        by_source.then(a.standing.cmp(&b.standing)).then(newest).then_with(|| a.record().key.cmp(&b.record().key))
    });
    let (state, why) = state(&all, authority)?;
    let mut primaries: Vec<&Judged<'_>> = Vec::new();
    for one in &all {
        if primaries.last().is_none_or(|last| last.source() != one.source()) {
            primaries.push(one);
        }
    }
    // What is over says who somebody was, where nothing else is left: after a transfer the new company's word counts.
    if primaries.iter().any(|one| !one.is_over()) {
        primaries.retain(|one| !one.is_over());
    }
    let pick = |attribute| pick(&primaries, authority, attribute);
    let text = |attribute| pick(attribute).map(|(_, value)| value);
    let mut conflicts: Vec<Conflict> =
        Attribute::VARIANTS.iter().filter_map(|attribute| conflict(&primaries, authority, *attribute)).collect();
    conflicts.extend(states_conflict(&all, state));
    let kind = if all.iter().any(|one| one.record().kind == PersonKind::Service) {
        PersonKind::Service
    } else {
        primaries.first().map(|one| one.record().kind).unwrap_or_default()
    };
    let day = |attribute| {
        let source = pick(attribute)?.0;
        let record = primaries.iter().find(|one| one.source() == source)?.record();
        if attribute == Attribute::StartsOn { record.starts_on } else { record.ends_on }
    };
    Some(Person {
        kind,
        login: text(Attribute::Login),
        name: text(Attribute::Name),
        mail: text(Attribute::Mail),
        employee_number: text(Attribute::EmployeeNumber),
        title: text(Attribute::Title),
        department: pick(Attribute::Department),
        manager: pick(Attribute::Manager),
        starts_on: day(Attribute::StartsOn),
        ends_on: day(Attribute::EndsOn),
        state,
        why,
        conflicts,
    })
}

/// A record with what it means today.
struct Judged<'a> {
    sighting: &'a Sighting,
    standing: Standing,
    why: Why,
}

impl<'a> Judged<'a> {
    fn new(sighting: &'a Sighting, today: NaiveDate) -> Self {
        let Sighting { record, missing_since, gone_at, .. } = sighting;
        let source = sighting.source.clone();
        let status = || record.status_text.clone().unwrap_or_default();
        let (standing, why) = match (record.ends_on, record.starts_on) {
            (Some(on), _) if on < today => match record.form {
                Form::Employment => (Standing::Over, Why::Ended { source, on }),
                Form::Account => (Standing::Over, Why::Expired { source, on }),
            },
            _ if record.status == Status::Left => (Standing::Over, Why::Left { source, status: status() }),
            _ if record.status == Status::Disabled => (Standing::Over, Why::Disabled { source }),
            _ if gone_at.is_some() || missing_since.is_some() => match (*gone_at, *missing_since) {
                (Some(at), since) => (Standing::Gone, Why::Gone { source, since: since.unwrap_or(at), at }),
                (None, since) => (Standing::Missing, Why::Missing { source, since: since.unwrap_or_default() }),
            },
            (_, Some(on)) if on > today => (Standing::Planned, Why::Starts { source, on }),
            _ if record.status == Status::OnLeave => (Standing::OnLeave, Why::Leave { source, status: status() }),
            _ => (Standing::Active, Why::Listed { source }),
        };
        Self { sighting, standing, why }
    }

    fn source(&self) -> &'a str {
        &self.sighting.source
    }

    fn record(&self) -> &'a Record {
        &self.sighting.record
    }

    fn is_over(&self) -> bool {
        self.standing >= Standing::Gone
    }

    /// What it says of an attribute, in the form that counts.
    fn value(&self, attribute: Attribute) -> Option<String> {
        let record = self.record();
        match attribute {
            Attribute::Name => record.name.clone(),
            Attribute::Login => record.login.clone(),
            Attribute::Mail => record.mail.clone(),
            Attribute::EmployeeNumber => record.employee_number.clone(),
            Attribute::Title => record.title.clone(),
            Attribute::Department => record.department.clone(),
            Attribute::Manager => record.manager.clone(),
            Attribute::StartsOn => record.starts_on.map(|day| day.to_string()),
            Attribute::EndsOn => record.ends_on.map(|day| day.to_string()),
            Attribute::State => None,
        }
    }
}

/// The best of the records that have a say, and what an account adds to it.
fn state(all: &[Judged<'_>], authority: &Authority) -> Option<(PersonState, Why)> {
    let best = |of: &dyn Fn(&Judged<'_>) -> bool| all.iter().filter(|one| of(one)).min_by_key(|one| one.standing);
    let ruled = authority.of.get(&Attribute::State).and_then(|source| best(&|one| one.source() == source));
    if let Some(ruled) = ruled {
        return Some((ruled.state(), ruled.why.clone()));
    }
    let employment = best(&|one| one.record().form == Form::Employment);
    let account = best(&|one| one.record().form == Form::Account);
    let (employment, account) = match (employment, account) {
        (Some(employment), Some(account)) => (employment, account),
        (Some(only), None) | (None, Some(only)) => return Some((only.state(), only.why.clone())),
        (None, None) => return None,
    };
    let decides = match (employment.standing, account.standing) {
        // Accounts are switched off before the first day and while on leave: HR knows better.
        (Standing::OnLeave | Standing::Planned | Standing::Over | Standing::Gone, _) => employment,
        (Standing::Active | Standing::Missing, Standing::Over) => account,
        // HR still lists him: that his account is nowhere makes one wonder, and no more, however long.
        (Standing::Active, Standing::Missing | Standing::Gone) => {
            return Some((PersonState::Suspected, account.why.clone()));
        }
        (Standing::Active | Standing::Missing, _) => employment,
    };
    Some((decides.state(), decides.why.clone()))
}

impl Judged<'_> {
    fn state(&self) -> PersonState {
        match self.standing {
            Standing::Active => PersonState::Active,
            Standing::OnLeave => PersonState::OnLeave,
            Standing::Planned => PersonState::Planned,
            Standing::Missing => PersonState::Suspected,
            Standing::Gone | Standing::Over => PersonState::Departed,
        }
    }
}

/// The value that counts: of the source that was named for it, else of the first that has one.
fn pick(primaries: &[&Judged<'_>], authority: &Authority, attribute: Attribute) -> Option<(String, String)> {
    let named = authority.of.get(&attribute);
    let named = primaries.iter().filter(|one| Some(one.source()) == named.map(String::as_str));
    named.chain(primaries).find_map(|one| one.value(attribute).map(|value| (one.source().to_owned(), value)))
}

/// Where sources say different things of an attribute. A manager is named by each source in its own way and not compared.
fn conflict(primaries: &[&Judged<'_>], authority: &Authority, attribute: Attribute) -> Option<Conflict> {
    if matches!(attribute, Attribute::Manager | Attribute::State | Attribute::Title) {
        return None;
    }
    let used = pick(primaries, authority, attribute)?.0;
    let mut values = Vec::new();
    for one in primaries {
        // Days are those of the employment; an account's are its own.
        if matches!(attribute, Attribute::StartsOn | Attribute::EndsOn) && one.record().form == Form::Account {
            continue;
        }
        let value = if attribute == Attribute::Department {
            one.sighting.department.clone().or_else(|| one.value(attribute))
        } else {
            one.value(attribute)
        };
        if let Some(value) = value {
            values.push(Value { source: one.source().to_owned(), used: one.source() == used, value });
        }
    }
    let same = |a: &str, b: &str| {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        plain(a) == plain(b)
    };
    let first = values.first()?.value.clone();
    values.iter().any(|one| !same(&one.value, &first)).then_some(Conflict { attribute, values })
}

/// One source says that he left, another lists him as if he were there.
fn states_conflict(all: &[Judged<'_>], state: PersonState) -> Option<Conflict> {
    let mut best: BTreeMap<&str, &Judged<'_>> = BTreeMap::new();
    for one in all {
        let kept = best.entry(one.source()).or_insert(one);
        if one.standing < kept.standing {
            *kept = one;
        }
    }
    let employments = |one: &&Judged<'_>| one.record().form == Form::Employment;
    let over = best.values().any(|one| one.standing == Standing::Over);
    // Of two employments one may well be over: that is a transfer.
    let contradicts = best.values().filter(|one| one.standing == Standing::Active);
    let contradicts =
        contradicts.filter(|one| !(employments(one) && best.values().filter(|one| one.is_over()).all(&employments)));
    if !over || contradicts.count() == 0 {
        return None;
    }
    let values = best.values().map(|one| {
        let word: &'static str = one.state().into();
        Value { source: one.source().to_owned(), value: word.to_owned(), used: one.state() == state }
    });
    Some(Conflict { attribute: Attribute::State, values: values.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    fn seoul() -> FixedOffset {
        FixedOffset::east_opt(9 * 3600).unwrap()
    }

    /// The morning of 25 November in Seoul, which is still the 24th in UTC.
    fn now() -> DateTime<Utc> {
        "2026-11-24T22:00:00Z".parse().unwrap()
    }

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    fn hr(change: impl Fn(&mut Record)) -> Sighting {
        let mut record = Record {
            key: "1001".to_owned(),
            employee_number: Some("1001".to_owned()),
            login: Some("jihoon.park".to_owned()),
            name: Some("박지훈".to_owned()),
            ..Record::default()
        };
        change(&mut record);
        Sighting { source: "hr".to_owned(), record, department: None, missing_since: None, gone_at: None }
    }

    fn ldap(change: impl Fn(&mut Record)) -> Sighting {
        let account = |record: &mut Record| {
            record.form = Form::Account;
            change(record);
        };
        Sighting { source: "ldap".to_owned(), ..hr(account) }
    }

    fn computed(sightings: &[Sighting]) -> Person {
        let authority = Authority { sources: vec!["hr".to_owned(), "ldap".to_owned()], of: BTreeMap::new() };
        person(sightings, &authority, now(), &seoul()).unwrap()
    }

    fn state_of(sightings: &[Sighting]) -> PersonState {
        computed(sightings).state
    }

    #[test]
    fn the_last_day_still_counts_where_the_company_is() {
        assert_eq!(state_of(&[hr(|r| r.ends_on = day("2026-11-25"))]), PersonState::Active);
        assert_eq!(state_of(&[hr(|r| r.ends_on = day("2026-11-24"))]), PersonState::Departed);
        assert_eq!(state_of(&[hr(|r| r.starts_on = day("2026-11-26"))]), PersonState::Planned);
        assert_eq!(state_of(&[hr(|r| r.starts_on = day("2026-11-25"))]), PersonState::Active);
    }

    #[test]
    fn absence_is_suspicion_until_a_second_crawl_agrees() {
        let mut absent = hr(|_| ());
        absent.missing_since = Some(now());
        assert_eq!(state_of(&[absent.clone()]), PersonState::Suspected);
        absent.gone_at = Some(now());
        assert_eq!(state_of(&[absent.clone()]), PersonState::Departed);
        // An account that is nowhere, of somebody whom HR lists: that makes one wonder, and no more.
        let mut account = ldap(|_| ());
        account.missing_since = Some(now());
        account.gone_at = Some(now());
        assert_eq!(state_of(&[hr(|_| ()), account]), PersonState::Suspected);
        // Another account of HR's absentee says nothing for him.
        assert_eq!(state_of(&[absent, ldap(|_| ())]), PersonState::Departed);
    }

    #[test]
    fn leave_and_a_later_first_day_go_before_an_account_that_is_off() {
        let off = || ldap(|r| r.status = Status::Disabled);
        assert_eq!(state_of(&[hr(|_| ()), off()]), PersonState::Departed);
        assert_eq!(state_of(&[hr(|r| r.status = Status::OnLeave), off()]), PersonState::OnLeave);
        assert_eq!(state_of(&[hr(|r| r.starts_on = day("2026-12-01")), off()]), PersonState::Planned);
        assert_eq!(computed(&[hr(|_| ()), off()]).why, Why::Disabled { source: "ldap".to_owned() });
    }

    #[test]
    fn of_several_employments_all_must_have_ended() {
        let first = hr(|r| r.ends_on = day("2026-11-01"));
        let transferred = Sighting { source: "affiliate".to_owned(), ..hr(|r| r.starts_on = day("2026-11-02")) };
        let rehired = hr(|r| {
            r.key = "9001".to_owned();
            r.employee_number = Some("9001".to_owned());
            r.starts_on = day("2026-11-10");
        });
        assert_eq!(state_of(std::slice::from_ref(&first)), PersonState::Departed);
        let moved = computed(&[first.clone(), transferred]);
        assert_eq!((moved.state, moved.conflicts), (PersonState::Active, vec![]));
        let back = computed(&[first.clone(), rehired]);
        assert_eq!((back.state, back.employee_number.as_deref()), (PersonState::Active, Some("9001")));
        assert_eq!(back.conflicts, []);
        let second_post = hr(|r| r.ends_on = day("2026-10-01"));
        assert_eq!(state_of(&[first, second_post]), PersonState::Departed);
    }

    #[test]
    fn sources_that_disagree_are_shown_with_the_one_that_counts() {
        let hr = hr(|r| r.mail = Some("jihoon.park@example.co.kr".to_owned()));
        let ldap = ldap(|r| {
            r.mail = Some("jh.park@example.co.kr".to_owned());
            r.name = Some("박지훈 ".to_owned());
        });
        let of = BTreeMap::from([(Attribute::Mail, "ldap".to_owned())]);
        let authority = Authority { sources: vec!["hr".to_owned(), "ldap".to_owned()], of };
        let person = person(&[hr, ldap], &authority, now(), &seoul()).unwrap();
        assert_eq!(person.mail.as_deref(), Some("jh.park@example.co.kr"));
        let [conflict] = &person.conflicts[..] else { panic!("{:?}", person.conflicts) };
        assert_eq!(conflict.attribute, Attribute::Mail);
        let used: Vec<(&str, bool)> = conflict.values.iter().map(|v| (v.source.as_str(), v.used)).collect();
        assert_eq!(used, [("hr", false), ("ldap", true)]);
    }

    #[test]
    fn one_that_says_left_and_one_that_lists_him_disagree() {
        let person = computed(&[hr(|r| r.ends_on = day("2026-10-31")), ldap(|_| ())]);
        assert_eq!(person.state, PersonState::Departed);
        assert_eq!(person.conflicts.iter().map(|c| c.attribute).collect::<Vec<_>>(), [Attribute::State]);
    }

    #[test]
    fn a_source_can_be_named_for_the_state() {
        let of = BTreeMap::from([(Attribute::State, "hr".to_owned())]);
        let authority = Authority { sources: vec!["hr".to_owned()], of };
        let off = ldap(|r| r.status = Status::Disabled);
        let person = person(&[hr(|_| ()), off], &authority, now(), &seoul()).unwrap();
        assert_eq!(person.state, PersonState::Active);
        assert_eq!(person.conflicts.iter().map(|c| c.attribute).collect::<Vec<_>>(), [Attribute::State]);
    }
}
