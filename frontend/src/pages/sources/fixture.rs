use super::SourcesPage;
use crate::fixture::{crawl, sources};
use crate::pages::Fixture;
use crate::pages::source::fixture::questions;
use reeve_model::crawl::CrawlState;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![(
        "sources",
        "/sources",
        Box::new(SourcesPage {
            sources: sources(),
            latest: vec![crawl(CrawlState::Partial), crawl(CrawlState::Running)],
            removals: questions().into_iter().take(2).collect(),
        }),
    )]
}
