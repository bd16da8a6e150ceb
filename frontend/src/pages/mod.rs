//! One folder per page: its data beside its view, and a fixture. A page is a function of its data and of nothing else.

pub mod account;
pub mod api;
pub mod audit;
pub mod bulk_edit;
pub mod crawl;
pub mod database;
pub mod databases;
pub mod edit;
pub mod edit_columns;
pub mod error;
pub mod home;
pub mod inbox;
pub mod notices_end;
pub mod people;
pub mod person;
pub mod personal_data;
pub mod principals;
pub mod request;
pub mod requests;
pub mod retention_request;
pub mod search;
pub mod sign_in;
pub mod source;
pub mod sources;
pub mod style_guide;
pub mod succession;
pub mod table;
pub mod tags;
pub mod team;
#[cfg(test)]
mod tests;

use crate::shell::{self, Chrome, Ctx, Framed};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use std::sync::Arc;

/// What can be shown in the portal's frame. It is `Sync` so that a handler may wait while it holds one.
pub trait PageView: Sync {
    fn view(&self, ctx: Ctx<'_>) -> Framed;
}

/// The whole HTML document of a page.
pub fn render(chrome: &Chrome, page: &dyn PageView) -> String {
    let html = written(|| {
        let ctx = Ctx::new(chrome);
        shell::document(ctx, page.view(ctx))
    });
    format!("<!DOCTYPE html>{html}")
}

/// What views write, in an owner of their own.
pub(crate) fn written<T>(view: impl FnOnce() -> T) -> T {
    // Islands number themselves within the owner they are rendered in.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        // Outside islands nothing is hydrated: without this every element would get the markers of it.
        if let Some(shared) = Owner::current_shared_context() {
            shared.set_is_hydrating(false);
        }
        view()
    });
    owner.unset_with_forced_cleanup();
    html
}

/// A page with a name for its file and the address it stands at.
#[cfg(any(test, feature = "fixtures"))]
pub type Fixture = (&'static str, &'static str, Box<dyn PageView>);

/// Every page in the states that are worth a look, for the snapshots and the gallery.
#[cfg(any(test, feature = "fixtures"))]
pub fn fixtures() -> Vec<Fixture> {
    let pages = [
        home::fixture::pages(),
        search::fixture::pages(),
        databases::fixture::pages(),
        database::fixture::pages(),
        table::fixture::pages(),
        edit::fixture::pages(),
        edit_columns::fixture::pages(),
        tags::fixture::pages(),
        personal_data::fixture::pages(),
        bulk_edit::fixture::pages(),
        sources::fixture::pages(),
        source::fixture::pages(),
        crawl::fixture::pages(),
        style_guide::fixture::pages(),
        api::fixture::pages(),
        error::fixture::pages(),
        sign_in::fixture::pages(),
        account::fixture::pages(),
        audit::fixture::pages(),
        people::fixture::pages(),
        person::fixture::pages(),
        team::fixture::pages(),
        principals::fixture::pages(),
        succession::fixture::pages(),
        notices_end::fixture::pages(),
        inbox::fixture::pages(),
        requests::fixture::pages(),
        request::fixture::pages(),
        retention_request::fixture::pages(),
    ];
    pages.into_iter().flatten().collect()
}
