use super::{Managed, PersonPage, REASON};
use crate::fixture::at;
use crate::form::Form;
use crate::pages::Fixture;
use crate::pages::people::fixture::{departed, summary};
use chrono::NaiveDate;
use reeve_model::CrawlId;
use reeve_model::owner::OwnerRole;
use reeve_model::permission::Role;
use reeve_model::person::{
    AnswersFor, Attribute, Conflict, Facts, Owned, PersonDetail, PersonEvent, PersonRecord, PersonRef, PersonState,
    TeamRef, Value, Why,
};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let gone = PersonDetail { summary: departed(), ends_on: NaiveDate::from_ymd_opt(2026, 10, 31), ..person() };
    let mut form = Form::new([(REASON.to_owned(), "x".to_owned())]);
    form.text(REASON, 3, 500);
    let managed = Managed { roles: vec![Role::Operator], form };
    let bare = PersonDetail {
        differences: vec![],
        records: vec![],
        events: vec![],
        answers_for: vec![],
        owned: vec![],
        teams: vec![],
        manager: None,
        ..person()
    };
    vec![
        ("person", "/people/jihoon.park", Box::new(PersonPage { person: person(), managed: None })),
        ("person-departed", "/people/minseok.kang", Box::new(PersonPage { person: gone, managed: Some(managed) })),
        ("person-bare", "/people/tester", Box::new(PersonPage { person: bare, managed: Some(Managed::default()) })),
    ]
}

pub(in crate::pages) fn answers_for() -> Vec<AnswersFor> {
    let one = |role, table: Option<&str>, size_bytes| AnswersFor {
        role,
        source: "prod".to_owned(),
        ambiguous: false,
        database: "clickstream".to_owned(),
        table: table.map(str::to_owned),
        size_bytes,
        since: at(3, 1, 0),
    };
    vec![
        one(OwnerRole::DataOwner, None, Some(9_800_000_000_000)),
        one(OwnerRole::DataSteward, Some("<b>page_view</b>"), None),
    ]
}

fn person() -> PersonDetail {
    let value = |source: &str, value: &str, used| Value { source: source.to_owned(), value: value.to_owned(), used };
    let fact = |attribute, value: &str| Facts { attribute, value: value.to_owned() };
    let record = |source: &str, facts| PersonRecord {
        id: 1,
        source: source.to_owned(),
        key: "00017".to_owned(),
        facts,
        first_seen_at: at(3, 1, 0),
        missing_since: None,
        gone_at: None,
    };
    let day = NaiveDate::from_ymd_opt(2026, 10, 31).unwrap_or_default();
    PersonDetail {
        summary: summary(),
        starts_on: NaiveDate::from_ymd_opt(2015, 3, 2),
        ends_on: None,
        manager: Some(PersonRef {
            login: "doyun.han".to_owned(),
            name: "한도윤".to_owned(),
            state: PersonState::Departed,
        }),
        reports: 8,
        teams: vec![TeamRef { name: "dw-council".to_owned(), title: "DW Council".to_owned() }],
        differences: vec![
            Conflict {
                attribute: Attribute::Mail,
                values: vec![value("hr", "jihoon.park@example.co.kr", true), value("ldap", "jh@example.co.kr", false)],
            },
            Conflict {
                attribute: Attribute::State,
                values: vec![value("hr", "departed", true), value("ldap", "active", false)],
            },
        ],
        records: vec![
            record("hr", vec![fact(Attribute::Name, "박지훈"), fact(Attribute::Mail, "jihoon.park@example.co.kr")]),
            PersonRecord {
                missing_since: Some(at(23, 6, 0)),
                ..record("ldap", vec![fact(Attribute::Login, "<script>alert(1)</script>")])
            },
            PersonRecord { gone_at: Some(at(24, 6, 0)), ..record("old", vec![fact(Attribute::Name, "박지훈")]) },
        ],
        events: vec![
            PersonEvent {
                at: at(24, 6, 0),
                state: "departed".to_owned(),
                why: Some(Why::Ended { source: "hr".to_owned(), on: day }),
                crawl_id: Some(CrawlId(7)),
            },
            PersonEvent {
                at: at(23, 6, 0),
                state: "suspected".to_owned(),
                why: Some(Why::Gone { source: "hr".to_owned(), since: at(22, 6, 0), at: at(23, 6, 0) }),
                crawl_id: None,
            },
            PersonEvent { at: at(3, 6, 0), state: "merged".to_owned(), why: None, crawl_id: None },
        ],
        answers_for: answers_for(),
        owned: vec![
            Owned { name: "jihoon.park".to_owned(), rule: Some(2), tables: 214, size_bytes: 9_800_000_000_000 },
            Owned { name: "jihoon.park@PROD.REALM".to_owned(), rule: None, tables: 1, size_bytes: 0 },
        ],
    }
}
