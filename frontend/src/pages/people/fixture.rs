use super::{PeopleFilter, PeoplePage};
use crate::fixture::{at, paged};
use crate::form::{Form, Mistake};
use crate::pages::Fixture;
use reeve_model::AssetId;
use reeve_model::person::{
    AccountQuestion, AskedRecord, MergeKey, PeopleCounts, PersonKind, PersonQuestion, PersonRef, PersonState,
    PersonSummary, QuestionReason, TeamRef, TeamSummary, Why,
};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let page = PeoplePage {
        counts: PeopleCounts {
            here: 8_880,
            planned: 3,
            on_leave: 21,
            suspected: 1,
            departed: 12,
            services: 1_204,
            teams: 312,
            conflicts: 3,
            questions: 1,
        },
        people: paged(people(), 8_914, Some("7")),
        teams: teams(),
        questions: vec![question()],
        accounts: vec![account(), AccountQuestion { id: 8, name: "<b>".to_owned(), candidates: vec![], ..account() }],
        answer: (8, wrong()),
        filter: PeopleFilter::default(),
        may_manage: true,
    };
    let none = PeoplePage {
        counts: PeopleCounts::default(),
        people: paged(vec![], 0, None),
        teams: vec![],
        questions: vec![],
        accounts: vec![],
        answer: (0, Form::default()),
        filter: PeopleFilter { q: "<b>".to_owned(), ..PeopleFilter::default() },
        may_manage: false,
    };
    vec![("people", "/people", Box::new(page)), ("people-none", "/people?q=%3Cb%3E", Box::new(none))]
}

pub(in crate::pages) fn summary() -> PersonSummary {
    PersonSummary {
        id: AssetId(11),
        login: "jihoon.park".to_owned(),
        name: "박지훈".to_owned(),
        mail: Some("jihoon.park@example.co.kr".to_owned()),
        employee_number: Some("00017".to_owned()),
        title: Some("Data engineer".to_owned()),
        kind: PersonKind::Employee,
        state: PersonState::Active,
        state_since: at(3, 1, 0),
        why: Some(Why::Listed { source: "hr".to_owned() }),
        team: Some(TeamRef { name: "clickstream-platform".to_owned(), title: "Clickstream Platform".to_owned() }),
        disabled_at: None,
        conflicts: 0,
    }
}

pub(in crate::pages) fn departed() -> PersonSummary {
    PersonSummary {
        login: "minseok.kang".to_owned(),
        name: "강민석".to_owned(),
        employee_number: Some("00219".to_owned()),
        state: PersonState::Departed,
        why: chrono::NaiveDate::from_ymd_opt(2026, 10, 31).map(|on| Why::Ended { source: "hr".to_owned(), on }),
        ..summary()
    }
}

fn people() -> Vec<PersonSummary> {
    let leave = Why::Leave { source: "hr".to_owned(), status: "육아휴직".to_owned() };
    let missing = Why::Missing { source: "hr".to_owned(), since: at(24, 6, 0) };
    vec![
        summary(),
        PersonSummary { name: "이하은".to_owned(), state: PersonState::OnLeave, why: Some(leave), ..summary() },
        PersonSummary { name: "오하린".to_owned(), state: PersonState::Suspected, why: Some(missing), ..summary() },
        PersonSummary { name: "김서연".to_owned(), conflicts: 1, disabled_at: Some(at(23, 1, 0)), ..summary() },
        PersonSummary {
            name: "윤서준".to_owned(), state: PersonState::Planned, team: None, title: None, ..summary()
        },
        departed(),
        PersonSummary { name: "etl_order".to_owned(), kind: PersonKind::Service, mail: None, ..summary() },
    ]
}

pub(in crate::pages) fn teams() -> Vec<TeamSummary> {
    let lead = |state| PersonRef { login: "jihoon.park".to_owned(), name: "박지훈".to_owned(), state };
    let team = TeamSummary {
        name: "clickstream-platform".to_owned(),
        title: "Clickstream Platform".to_owned(),
        lead: Some(lead(PersonState::Active)),
        people: 9,
        parent: Some(TeamRef { name: "data-platform".to_owned(), title: "Data Platform".to_owned() }),
        parent_missing: None,
        is_cut: false,
        dissolved_at: None,
    };
    vec![
        team.clone(),
        TeamSummary {
            lead: Some(lead(PersonState::Departed)),
            parent: None,
            parent_missing: Some("9999".to_owned()),
            ..team.clone()
        },
        TeamSummary { lead: None, parent: None, is_cut: true, ..team },
    ]
}

fn question() -> PersonQuestion {
    let record = |key: &str, state| AskedRecord {
        source: "hr".to_owned(),
        key: key.to_owned(),
        name: "김민수".to_owned(),
        person: Some(PersonRef { login: "minsu.kim".to_owned(), name: "김민수".to_owned(), state }),
    };
    PersonQuestion {
        id: 4,
        key: MergeKey::Login,
        value: "minsu.kim".to_owned(),
        reason: QuestionReason::Left,
        asked_at: at(24, 6, 0),
        records: vec![record("00031", PersonState::Departed), record("00977", PersonState::Active)],
    }
}

fn account() -> AccountQuestion {
    AccountQuestion {
        id: 7,
        provider: "corp".to_owned(),
        login: "minsu.kim".to_owned(),
        name: "김민수".to_owned(),
        mail: Some("minsu.kim@example.co.kr".to_owned()),
        employee_number: None,
        last_seen_at: at(24, 7, 30),
        candidates: vec![PersonRef {
            login: "minsu.kim".to_owned(),
            name: "김민수".to_owned(),
            state: PersonState::Departed,
        }],
    }
}

fn wrong() -> Form {
    let mut form = Form::new([(super::LOGIN.to_owned(), "minsu.kim".to_owned())]);
    form.refuse(super::LOGIN, Mistake::Taken);
    form
}
