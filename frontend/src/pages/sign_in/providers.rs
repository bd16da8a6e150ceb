use super::SignInPage;
use crate::html::{Html, ToHtml};
use crate::link;
use crate::parts::icon;
use crate::shell::Ctx;
use leptos::prelude::*;

/// A way in without a password of ours.
#[derive(Clone, Debug)]
pub struct Provider {
    /// What its button says, as reeve.toml has it.
    pub title: String,
    /// Where it begins: a path of ours, without its query.
    pub path: String,
    /// It did not answer when it was last asked.
    pub is_silent: bool,
}

/// A link for each: the content-security policy lets no form lead away from here.
pub(super) fn links(ctx: Ctx<'_>, page: &SignInPage) -> Option<Html> {
    let t = ctx.t;
    if page.providers.is_empty() || page.sets_password_of.is_some() {
        return None;
    }
    let links = page.providers.iter().map(|provider| {
        let href = link::query(&provider.path, [("next", page.next.as_str())]);
        let silent = provider.is_silent.then(|| {
            view! { <p class="tiny tone-bad">{icon("x")} {t.sign_in_provider_silent(provider.title.clone())}</p> }
        });
        view! {
            <a class="button" href=href>{icon("users")} {t.sign_in_with(provider.title.clone())}</a>
            {silent}
        }
        .html()
    });
    let links: Vec<Html> = links.collect();
    Some(
        view! {
            <div class="stack tight">{links}</div>
            <p class="muted">{t.sign_in_or_password()}</p>
        }
        .html(),
    )
}
