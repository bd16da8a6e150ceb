//! One file per page: a function from its data to what stands in `<main>`.

mod api;
mod crawl;
mod database;
mod databases;
mod error;
#[cfg(test)]
mod fixtures;
mod home;
mod search;
mod source;
mod sources;
mod style_guide;
mod table;
#[cfg(test)]
mod tests;

use crate::parts::Ctx;
use crate::shell;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use reeve_model::page::{Chrome, Page};
use std::sync::Arc;

/// The whole HTML document of a page.
pub fn render(chrome: &Chrome, page: &Page) -> String {
    // Islands number themselves within the owner they are rendered in.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        let ctx = Ctx::new(chrome);
        let framed = match page {
            Page::Home(page) => home::page(ctx, page),
            Page::Search(page) => search::page(ctx, page),
            Page::Databases(page) => databases::page(ctx, page),
            Page::Database(page) => database::page(ctx, page),
            Page::Table(page) => table::page(ctx, page),
            Page::Sources(page) => sources::page(ctx, page),
            Page::Source(page) => source::page(ctx, page),
            Page::Crawl(crawl) => crawl::page(ctx, crawl),
            Page::StyleGuide => style_guide::page(ctx),
            Page::Api(page) => api::page(ctx, page),
            Page::Error(page) => error::page(ctx, page),
        };
        shell::document(ctx, framed).to_html()
    });
    owner.unset_with_forced_cleanup();
    format!("<!DOCTYPE html>{html}")
}
