use super::{Care, Concern, HomePage, Mine, Place, Proposed, Watched};
use crate::fixture;
use crate::pages::Fixture;
use reeve_model::CrawlId;
use reeve_model::asset::{AssetChange, Happening};
use reeve_model::owner::OwnerRole;
use reeve_model::succession::CaseState;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![("home", "/", Box::new(home())), ("home-empty", "/", Box::new(empty()))]
}

fn first_crawl() -> Happening {
    Happening::FirstCrawl {
        source: "legacy".to_owned(),
        at: fixture::at(24, 14, 1),
        databases: 12,
        tables: 1_204,
        crawl_id: CrawlId(9),
    }
}

fn home() -> HomePage {
    let changes = fixture::changes().into_iter().take(6).map(|change| {
        Happening::Asset(AssetChange {
            source: "prod".to_owned(),
            ambiguous: false,
            database: "order".to_owned(),
            table: Some("order_item".to_owned()),
            change,
        })
    });
    HomePage {
        databases: 1_846,
        tables: 203_418,
        views: 1_204,
        size_bytes: 4_000_000_000_000_000,
        largest_databases: fixture::databases(),
        recently_changed: fixture::tables(),
        changes: std::iter::once(first_crawl()).chain(changes).collect(),
        sources: fixture::sources(),
        mine: Some(mine()),
    }
}

fn mine() -> Mine {
    let place = |table: Option<&str>| Place {
        source: "prod".to_owned(),
        ambiguous: false,
        database: "order".to_owned(),
        table: table.map(str::to_owned),
    };
    let care = |what, query, count| Care { what, query, count };
    let changes = fixture::changes().into_iter().take(2).map(|change| AssetChange {
        source: "prod".to_owned(),
        ambiguous: false,
        database: "order".to_owned(),
        table: Some("order_item".to_owned()),
        change,
    });
    Mine {
        proposals: vec![Proposed { place: place(Some("order_item")), role: OwnerRole::DataOwner }],
        cases: vec![crate::pages::succession::fixture::case(CaseState::Open)],
        removals: 2,
        care: vec![
            care(Concern::Mine, "owner:me", 214),
            care(Concern::Undescribed, "owner:me no:description", 18),
            care(Concern::Deprecated, "owner:me is:deprecated", 2),
            care(Concern::Nobodys, "no:owner", 1_204),
            care(Concern::OwnerLeft, "owner:departed", 3),
        ],
        watched: vec![
            Watched::Asset(place(Some("order_item"))),
            Watched::Asset(place(None)),
            Watched::Search {
                name: "주문 상세".to_owned(), query: "q=%EC%A3%BC%EB%AC%B8".to_owned(), count: Some(46)
            },
        ],
        changes: changes.collect(),
    }
}

fn empty() -> HomePage {
    HomePage {
        databases: 0,
        tables: 0,
        views: 0,
        size_bytes: 0,
        largest_databases: vec![],
        recently_changed: vec![],
        changes: vec![],
        sources: vec![],
        mine: None,
    }
}
