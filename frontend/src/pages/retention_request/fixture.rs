use super::{DAYS, FEWEST, REASON, RetentionRequestPage, UNTIL};
use crate::fixture::at;
use crate::form::{Form, Mistake};
use crate::pages::Fixture;
use reeve_model::AssetId;
use reeve_model::personal_data::Class;
use reeve_model::request::{Content, Extent, Facts, Named, RequestPreview, RetentionExtension, StepShown, Who};
use std::collections::BTreeSet;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let typed = |days: &str| {
        let pairs = [(DAYS, days), (UNTIL, "2027-06-30"), (FEWEST, "45"), (REASON, "재방문 코호트 분석")];
        Form::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
    };
    let page = RetentionRequestPage {
        table: "clickstream.page_view".to_owned(),
        address: "/tables/clickstream/page_view".to_owned(),
        source: None,
        now: "30 days, by the policy clickstream.".to_owned(),
        form: typed("90"),
        preview: Some(preview()),
        refused: None,
    };
    let mut wrong = typed("many");
    wrong.refuse(DAYS, Mistake::NoChoice);
    wrong.refuse(REASON, Mistake::TooShort { least: 1 });
    let refused = RetentionRequestPage {
        form: wrong,
        preview: None,
        refused: Some("<b>".to_owned()),
        source: Some("legacy".to_owned()),
        ..page.clone()
    };
    vec![
        ("retention-request", "/requests/new/retention?table=clickstream.page_view", Box::new(page)),
        ("retention-request-wrong", "/requests/new/retention", Box::new(refused)),
    ]
}

fn preview() -> RequestPreview {
    let step = |rule: &str, who, name: Option<&str>| StepShown {
        rule: rule.to_owned(),
        who,
        is_met: false,
        waiting: name
            .map(|name| Named { id: AssetId(11), login: "jihoon.park".to_owned(), name: name.to_owned() })
            .into_iter()
            .collect(),
        due_at: Some(at(26, 9, 0)),
        votes: vec![],
    };
    let day = |text: &str| text.parse().expect("a day");
    RequestPreview {
        content: Content::RetentionExtension(RetentionExtension {
            extent: Extent::Table,
            days: 90,
            until: day("2027-06-30"),
            fewest_days: Some(45),
            masked_columns: BTreeSet::new(),
        }),
        facts: Facts {
            asset: Some(AssetId(2)),
            database: "clickstream".to_owned(),
            owners: BTreeSet::new(),
            class: Class::Direct,
            personal_columns: BTreeSet::from(["member_no".to_owned(), "client_ip".to_owned()]),
            bytes: Some(118_747_255_799_808),
            days: Some(30),
            cap_days: None,
        },
        steps: vec![step("owner", Who::Owner, Some("박지훈")), step("privacy_period", Who::PrivacyOfficer, None)],
        by_rule: None,
        won_a_month: Some(1_620_000),
        held_until: Some(day("2026-12-07")),
    }
}
