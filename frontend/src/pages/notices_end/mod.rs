//! What the link in a digest that ends digests leads to.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::html::ToHtml;
use crate::pages::PageView;
use crate::parts::empty;
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticesEndPage {
    /// Nothing is done yet.
    Asked,
    Ended,
    /// No link of ours.
    Unknown,
}

impl PageView for NoticesEndPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let panel = match self {
            Self::Asked => {
                let form = view! {
                    <p>{t.digest_end_advice()}</p>
                    // To the address of this page itself.
                    <form method="post" class="row">
                        {ctx.form_token()}
                        <button class="button primary" r#type="submit">{t.digest_end_confirm()}</button>
                        <a class="button" href="/">{t.digest_end_not()}</a>
                    </form>
                };
                empty("info", t.digest_end_question(), form.html())
            }
            Self::Ended => empty("check", t.digest_ended(), view! { <p>{t.digest_ended_advice()}</p> }.html()),
            Self::Unknown => {
                empty("alert", t.digest_end_unknown(), view! { <p>{t.digest_end_unknown_advice()}</p> }.html())
            }
        };
        let main = view! {
            <h1>{t.digest_end_title()}</h1>
            <section class="panel">{panel}</section>
        };
        Framed { title: t.digest_end_title(), section: "", has_search: false, main: main.html() }
    }
}
