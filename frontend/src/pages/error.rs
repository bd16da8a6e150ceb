use crate::parts::{Ctx, empty};
use crate::shell::{Framed, Section};
use leptos::prelude::*;
use reeve_model::page::ErrorPage;

pub(super) fn page(ctx: Ctx<'_>, page: &ErrorPage) -> Framed {
    let t = ctx.t;
    let (title, advice) = match page.status {
        404 => (t.error_not_found(), t.error_not_found_advice()),
        403 => (t.error_forbidden(), t.error_forbidden_advice()),
        409 => (t.error_conflict(), t.error_conflict_advice()),
        405 => (t.error_method(), t.error_request_advice()),
        400..=499 => (t.error_request(), t.error_request_advice()),
        503 => (t.error_not_ready(), t.error_not_ready_advice()),
        _ => (t.error_internal(), t.error_internal_advice()),
    };
    let detail = page.detail.clone().map(|text| view! { <p>{text}</p> });
    let content = view! {
        {detail}
        <p>{advice}</p>
        <div class="row">
            <a class="button primary" href="/search">{t.search()}</a>
            <a class="button" href="/">{t.home()}</a>
        </div>
        <p class="tiny faint">{t.error_status(page.status.to_string())}</p>
    };
    let main = view! {
        <h1>{title.clone()}</h1>
        <section class="panel">{empty("alert", t.error_what(), content.into_any())}</section>
    };
    Framed { title, section: Section::Other, has_search: false, main: main.into_any() }
}
