use super::SourcePage;
use super::removal::{DECISION, Question, REASON, answer};
use crate::fixture::{at, crawl, paged, sources};
use crate::form::Form;
use crate::pages::Fixture;
use reeve_model::CrawlId;
use reeve_model::crawl::{CrawlState, Removal, RemovalCause, RemovalState};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![(
        "source",
        "/sources/prod",
        Box::new(SourcePage {
            source: sources().remove(0),
            crawls: paged(vec![crawl(CrawlState::Complete).crawl], 1, None),
            latest: Some(crawl(CrawlState::Complete)),
            removals: questions(),
        }),
    )]
}

/// Two that wait, the first of them answered without a reason, and three that do not.
pub(in crate::pages) fn questions() -> Vec<Question> {
    let mut form = Form::new([(DECISION.to_owned(), "accept".to_owned()), (REASON.to_owned(), "ok".to_owned())]);
    answer(&mut form);
    let many = Removal {
        id: 3,
        source: "prod".to_owned(),
        crawl_id: CrawlId(7),
        cause: RemovalCause::TooManyMissing,
        place: "order".to_owned(),
        missing: 820,
        total: 1_000,
        allowed: 10,
        detail: None,
        names: (1..=12).map(|nth| format!("order.order_item_{nth:03}")).collect(),
        state: RemovalState::Pending,
        asked_at: at(24, 14, 5),
        decided_at: None,
        decided_by: None,
        reason: None,
    };
    let another = Removal {
        id: 4,
        cause: RemovalCause::AnotherSource,
        place: String::new(),
        detail: Some("uuid 6f1c2b → 90ab11".to_owned()),
        names: vec![],
        ..many.clone()
    };
    let decided = |id, state, cause, reason: &str| Removal {
        id,
        state,
        cause,
        decided_at: Some(at(23, 9, 30)),
        decided_by: Some("operator".to_owned()),
        reason: Some(reason.to_owned()),
        ..many.clone()
    };
    let one = |removal, form| Question { removal, form };
    vec![
        one(many.clone(), form),
        one(another, Form::default()),
        one(decided(2, RemovalState::Accepted, RemovalCause::DatabaseMissing, "이관이 끝나 삭제함"), Form::default()),
        one(decided(1, RemovalState::Refused, RemovalCause::PartitionsMissing, "The grant was lost"), Form::default()),
        one(
            Removal {
                decided_by: None,
                reason: None,
                ..decided(0, RemovalState::Moot, RemovalCause::TooManyMissing, "")
            },
            Form::default(),
        ),
    ]
}
