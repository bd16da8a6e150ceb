use super::{SearchOutcome, SearchPage};
use crate::fixture::at;
use crate::pages::Fixture;
use reeve_model::asset::AssetKind;
use reeve_model::owner::OwnerState;
use reeve_model::search::{
    Facet, FacetField, FacetValue, Hit, Mark, MatchedColumn, QueryProblem, QueryProblemCode, SearchRequest,
    SearchResponse, Why, WhyRule,
};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![
        ("search", "/search?q=%EC%A3%BC%EB%AC%B8+ownr%3Akim&type=table", found(response())),
        (
            "search-nothing",
            "/search?q=setlement&type=table",
            found(SearchResponse { hits: vec![], total: 0, problems: vec![], ..response() }),
        ),
        (
            "search-building",
            "/search?q=x",
            Box::new(SearchPage { request: request(), outcome: SearchOutcome::NotReady, first: 1 }),
        ),
    ]
}

pub(in crate::pages) fn found(response: SearchResponse) -> Box<SearchPage> {
    Box::new(SearchPage { request: request(), outcome: SearchOutcome::Found(response), first: 1 })
}

fn request() -> SearchRequest {
    SearchRequest {
        q: "주문 ownr:kim".to_owned(),
        filters: vec![(FacetField::Type, "table".to_owned())],
        limit: 20,
        facets: true,
        explain: true,
        ..SearchRequest::default()
    }
}

pub(in crate::pages) fn response() -> SearchResponse {
    let value = |value: &str, count, selected| FacetValue { value: value.to_owned(), count, selected };
    let facet = |field, values, distinct| Facet { field, values, distinct };
    SearchResponse {
        total: 46,
        took_ms: 2.4,
        hits: hits(),
        facets: vec![
            facet(FacetField::Type, vec![value("table", 46, true), value("view", 8, false)], 4),
            facet(FacetField::Db, vec![value("order", 21, false)], 14),
            facet(FacetField::OwnerState, vec![value("departed", 2, false), value("none", 40, false)], 2),
            facet(FacetField::Owner, vec![value("order-platform", 18, false)], 1),
            facet(FacetField::Tag, vec![], 0),
            facet(FacetField::Partitioned, vec![value("yes", 40, false), value("no", 6, false)], 2),
        ],
        did_you_mean: Some("주문".to_owned()),
        next_cursor: Some("20".to_owned()),
        problems: vec![QueryProblem {
            code: QueryProblemCode::UnknownField,
            start: 7,
            end: 11,
            text: "ownr".to_owned(),
            suggestion: Some("owner:kim".to_owned()),
            limit: None,
        }],
        left_out: vec!["테이블".to_owned()],
        also_searched: vec!["order".to_owned(), "ord".to_owned()],
    }
}

fn hits() -> Vec<Hit> {
    let hit = Hit {
        kind: AssetKind::Table,
        qualified_name: "order.order_item".to_owned(),
        source: "prod".to_owned(),
        ambiguous: false,
        database: "order".to_owned(),
        table: Some("order_item".to_owned()),
        description: Some("주문 상세. 한 행이 주문 상품 하나".to_owned()),
        score: 12.5,
        why: vec![
            Why { rule: WhyRule::NameWord, detail: Some("order".to_owned()), contribution: Some(8.25) },
            Why { rule: WhyRule::HasOwner, detail: None, contribution: Some(-0.5) },
        ],
        columns: vec![MatchedColumn {
            name: "order_id".to_owned(),
            comment: Some("주문번호".to_owned()),
            name_marks: vec![Mark { start: 0, end: 5 }],
            comment_marks: vec![Mark { start: 0, end: 6 }],
        }],
        name_marks: vec![Mark { start: 0, end: 5 }, Mark { start: 6, end: 11 }],
        description_marks: vec![Mark { start: 0, end: 6 }],
        owner: Some("order-platform".to_owned()),
        owner_state: OwnerState::Departed,
        format: Some("orc".to_owned()),
        size_bytes: Some(40_900_000_000_000),
        partitioned: true,
        created_at: Some(at(4, 9, 30)),
        changed_at: Some(at(24, 13, 54)),
        tags: vec!["매출".to_owned()],
        personal_data: None,
        certified: false,
        deprecated: false,
    };
    let column = Hit {
        kind: AssetKind::Column,
        qualified_name: "order.order_item.order_id".to_owned(),
        description: Some("주문번호".to_owned()),
        why: vec![],
        columns: vec![],
        tags: vec![],
        ..hit.clone()
    };
    let old = Hit {
        qualified_name: "order.order_log_2023".to_owned(),
        table: Some("order_log_2023".to_owned()),
        description: None,
        description_marks: vec![],
        columns: vec![],
        owner: Some("hive".to_owned()),
        owner_state: OwnerState::None,
        deprecated: true,
        tags: vec![],
        ..hit.clone()
    };
    vec![hit, column, old]
}
