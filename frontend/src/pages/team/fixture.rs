use super::TeamPage;
use crate::pages::Fixture;
use crate::pages::people::fixture::teams;
use crate::pages::person::fixture::answers_for;
use reeve_model::AssetId;
use reeve_model::person::{Member, Owned, PersonKind, PersonRef, PersonState, TeamDetail, TeamRef};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let member = |login: &str, name: &str, state, kind| Member {
        person: PersonRef { login: login.to_owned(), name: name.to_owned(), state },
        title: Some("Data engineer".to_owned()),
        kind,
    };
    let mut all = teams();
    let team = TeamDetail {
        summary: all.remove(0),
        id: AssetId(5),
        source_key: Some("hr/3120".to_owned()),
        children: vec![TeamRef { name: "session".to_owned(), title: "Session".to_owned() }],
        members: vec![
            member("jihoon.park", "박지훈", PersonState::Active, PersonKind::Employee),
            member("haeun.lee", "이하은", PersonState::OnLeave, PersonKind::Employee),
            member("minseok.kang", "강민석", PersonState::Departed, PersonKind::Employee),
            member("svc_click", "svc_click", PersonState::Active, PersonKind::Service),
        ],
        answers_for: answers_for(),
        owned: vec![Owned { name: "etl_click".to_owned(), rule: Some(4), tables: 88, size_bytes: 1_000_000_000 }],
    };
    let bare = TeamDetail {
        summary: all.remove(0),
        source_key: None,
        children: vec![],
        members: vec![],
        answers_for: vec![],
        owned: vec![],
        ..team.clone()
    };
    vec![
        ("team", "/teams/clickstream-platform", Box::new(TeamPage { team })),
        ("team-bare", "/teams/lost", Box::new(TeamPage { team: bare })),
    ]
}
