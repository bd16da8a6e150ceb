use super::{Asked, AuditPage};
use crate::fixture::{at, paged};
use crate::pages::Fixture;
use reeve_model::Word;
use reeve_model::audit::{Check, Checkpoint, Entry, Event, FaultKind, ObjectKind, Summary, Via};
use std::collections::BTreeMap;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let entries = entries();
    let whole = AuditPage {
        entries: paged(entries.clone(), 4_118_206, Some("4118200")),
        names: BTreeMap::from([(7, "정유진".to_owned()), (8, "박지훈".to_owned())]),
        summary: Summary {
            rows: 4_118_206 - 1_200_000,
            first: 1_200_001,
            since: Some(at(4, 9, 30)),
            today: 1_104,
            actors_today: 40,
            refused_today: 12,
        },
        check: Some(Check { at: at(24, 14, 0), from: 1_200_000, last: 4_118_200, elapsed_ms: 8_100, broken: None }),
        checkpoints: vec![
            checkpoint(0, Some("2024-03-04T00:00:00Z")),
            checkpoint(1_200_000, Some("2026-11-01T00:00:00.000000Z")),
            checkpoint(3_902_110, None),
        ],
        asked: Asked { actor: "jung.yj".to_owned(), since: "2026-11-01".to_owned(), ..Asked::default() },
        may_export: true,
        is_first: true,
        selected: Some(entries[0].clone()),
    };
    let broken = AuditPage {
        check: Some(Check {
            at: at(24, 14, 0),
            from: 1_200_000,
            last: 4_118_190,
            elapsed_ms: 8_100,
            broken: Some((4_118_191, FaultKind::Changed)),
        }),
        selected: Some(entries[2].clone()),
        may_export: false,
        is_first: false,
        ..whole.clone()
    };
    let nothing = AuditPage {
        entries: paged(Vec::new(), 0, None),
        summary: Summary::default(),
        check: None,
        checkpoints: Vec::new(),
        asked: Asked { object: "table:12".to_owned(), ..Asked::default() },
        selected: None,
        ..whole.clone()
    };
    vec![
        ("audit", "/audit?actor=jung.yj&since=2026-11-01&row=4118206", Box::new(whole)),
        ("audit-broken", "/audit?cursor=4118193", Box::new(broken)),
        ("audit-nothing", "/audit?object=table%3A12", Box::new(nothing)),
    ]
}

fn checkpoint(seq: i64, dropped_at: Option<&str>) -> Checkpoint {
    Checkpoint {
        seq,
        hash: "02aa".repeat(16),
        at: "2026-10-31T03:00:00.000000Z".to_owned(),
        key: None,
        signature: None,
        dropped_at: dropped_at.map(str::to_owned),
    }
}

/// One of each event, and one that was erased.
fn entries() -> Vec<Entry> {
    let text = |text: &str| Some(text.to_owned());
    let first = Entry {
        seq: 4_118_206,
        version: 1,
        at: "2026-11-24T10:40:17.204000Z".to_owned(),
        actor: "jung.yj".to_owned(),
        actor_id: Some(7),
        on_behalf_of: None,
        via: Via::Session.as_str().to_owned(),
        address: text("10.20.9.40"),
        request: text("POST /tables/clickstream/page_view/columns/classes"),
        action: Event::ClassChanged.as_str().to_owned(),
        object_kind: ObjectKind::Column.as_str().to_owned(),
        object_id: "12/device_id".to_owned(),
        object_name: text("clickstream.page_view <device_id>"),
        before: text("none"),
        after: text("indirect"),
        reason: text("기기 식별자 고시 개정"),
        salt: text("00ff"),
        content: "77be".repeat(16),
        prev: "d81e".repeat(16),
        hash: "02aa".repeat(16),
    };
    let service = Entry {
        seq: 4_118_205,
        actor: "svc_reeve".to_owned(),
        actor_id: None,
        on_behalf_of: text("park.jh"),
        via: Via::Token.as_str().to_owned(),
        action: "of_a_newer_version".to_owned(),
        before: None,
        ..first.clone()
    };
    let erased = Entry {
        seq: 4_118_204,
        object_name: None,
        before: None,
        after: None,
        reason: None,
        salt: None,
        ..first.clone()
    };
    let each = Event::ALL.iter().zip(1..).map(|(event, number)| Entry {
        seq: 4_118_204 - number,
        action: event.as_str().to_owned(),
        object_kind: ObjectKind::ALL[usize::try_from(number).unwrap_or_default() % ObjectKind::ALL.len()]
            .as_str()
            .to_owned(),
        via: Via::ALL[usize::try_from(number).unwrap_or_default() % Via::ALL.len()].as_str().to_owned(),
        ..first.clone()
    });
    [first.clone(), service, erased].into_iter().chain(each).collect()
}
