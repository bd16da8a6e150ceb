use super::CrawlPage;
use crate::fixture;
use crate::pages::Fixture;
use reeve_model::crawl::CrawlState;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![("crawl", "/crawls/7", Box::new(CrawlPage { detail: fixture::crawl(CrawlState::Partial) }))]
}
