use super::{Preview, PrincipalsPage, Tried, TriedAs, filled};
use crate::fixture::at;
use crate::form::Form;
use crate::pages::Fixture;
use reeve_model::person::{PersonRef, PersonState, TeamRef};
use reeve_model::principal::{Rule, RuleKind, Step, TargetKind};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let rules = rules();
    let edited = filled(&rules[3], 4, true);
    let team = || TeamRef { name: "order-data".to_owned(), title: "Order Data".to_owned() };
    let person =
        || PersonRef { login: "jihoon.park".to_owned(), name: "박지훈".to_owned(), state: PersonState::Active };
    let matches = |value: &str| Step::Matches { value: value.to_owned() };
    let tried = |name: &str, rule, is, steps| Tried { name: name.to_owned(), rule, is, steps };
    let none = || vec![Step::NoMatch, Step::NoMatch, Step::NoMatch];
    let page = PrincipalsPage {
        version: 12,
        changed: Some((at(3, 9, 0), "minjae.seo".to_owned())),
        rules: rules.into_iter().zip([312, 204, 1_902, 611]).collect(),
        names: 21_408,
        mapped: 21_322,
        unknown_tables: 402,
        unknown: vec![
            ("tmp_batch".to_owned(), 96, 41_000_000_000_000),
            ("<b>jhlee2@PROD.REALM</b>".to_owned(), 31, 8_800_000_000_000),
        ],
        typed: "etl_order@PROD.REALM\nhdfs/nn1@PROD".to_owned(),
        tried: vec![
            tried(
                "etl_order@PROD.REALM",
                Some(4),
                TriedAs::ServiceOfTeam(team()),
                [none(), vec![matches("order")]].concat(),
            ),
            tried("hdfs/nn1@PROD", Some(1), TriedAs::Nobody, vec![matches("")]),
            tried("svc_recommend@PROD.REALM", Some(2), TriedAs::Team(team()), vec![Step::NoMatch, matches("x")]),
            tried("jihoon.park", Some(2), TriedAs::Person(person()), vec![Step::NoMatch, matches("jihoon.park")]),
            tried(
                "etl_cake@PROD",
                None,
                TriedAs::Unknown,
                [none(), vec![Step::NotThere { value: "cake".to_owned() }]].concat(),
            ),
        ],
        may_manage: true,
        form: edited,
        wrong: None,
        preview: Some(Preview { newly: vec!["etl_order".to_owned()], lost: vec![], moved: vec!["kim".to_owned()] }),
        is_stale: false,
    };
    let stale = PrincipalsPage {
        version: 0,
        changed: None,
        unknown: vec![],
        tried: vec![],
        typed: String::new(),
        form: Form::default(),
        wrong: Some("not a regular expression: unclosed group".to_owned()),
        preview: Some(Preview::default()),
        is_stale: true,
        ..page.clone()
    };
    let read = PrincipalsPage { may_manage: false, ..page.clone() };
    vec![
        ("principals", "/people/principals", Box::new(page)),
        ("principals-stale", "/people/principals", Box::new(stale)),
        ("principals-read", "/people/principals", Box::new(read)),
    ]
}

fn rules() -> Vec<Rule> {
    let rule = |kind, pattern: &str, target, value: &str| Rule {
        kind,
        pattern: pattern.to_owned(),
        target,
        value: value.to_owned(),
    };
    vec![
        rule(RuleKind::Regex, "^(hdfs|yarn|hive|mapred)(/.*)?@", TargetKind::Nobody, ""),
        rule(RuleKind::Exact, "svc_recommend@PROD.REALM", TargetKind::Team, "search-recommend"),
        rule(RuleKind::Regex, "^airflow-(?<team>[a-z_]+)@", TargetKind::ServiceOfTeam, "$team"),
        rule(RuleKind::Regex, "^etl_(?<team>[a-z]+)@PROD", TargetKind::ServiceOfTeam, "$team"),
    ]
}
