use super::HomePage;
use crate::fixture;
use crate::pages::Fixture;
use reeve_model::CrawlId;
use reeve_model::asset::{AssetChange, Happening};

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
    }
}
