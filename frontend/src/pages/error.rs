use crate::parts::{Ctx, empty};
use crate::shell::{Framed, Section};
use leptos::prelude::*;
use reeve_model::page::ErrorPage;

pub(super) fn page(ctx: Ctx<'_>, page: &ErrorPage) -> Framed {
    let t = ctx.t;
    let content = view! {
        <p>{page.detail.clone()}</p>
        <p>{page.advice.clone()}</p>
        <div class="row">
            <a class="button primary" href="/search">{t.search()}</a>
            <a class="button" href="/">{t.home()}</a>
        </div>
        <p class="tiny faint">{t.error_status(page.status.to_string())}</p>
    };
    let main = view! {
        <h1>{page.title.clone()}</h1>
        <section class="panel">{empty("alert", t.error_what(), content.into_any())}</section>
    };
    Framed { title: page.title.clone(), section: Section::Other, has_search: false, main: main.into_any() }
}
