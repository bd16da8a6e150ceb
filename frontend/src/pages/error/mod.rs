#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::html::ToHtml;
use crate::pages::PageView;
use crate::parts::empty;
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;

#[derive(Clone, Debug)]
pub struct ErrorPage {
    pub status: u16,
    pub title: String,
    /// What went wrong this time.
    pub detail: String,
    /// What to do about it.
    pub advice: String,
}

impl PageView for ErrorPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let content = view! {
            <p>{self.detail.clone()}</p>
            <p>{self.advice.clone()}</p>
            <div class="row">
                <a class="button primary" href="/search">{t.search()}</a>
                <a class="button" href="/">{t.home()}</a>
            </div>
            <p class="tiny faint">{t.error_status(self.status.to_string())}</p>
        };
        let main = view! {
            <h1>{self.title.clone()}</h1>
            <section class="panel">{empty("alert", t.error_what(), content.html())}</section>
        };
        Framed { title: self.title.clone(), section: "", has_search: false, main: main.html() }
    }
}
