//! What surrounds every page: head, top bar, navigation, palette and keyboard help.

mod navigation;

use crate::html::{Html, ToHtml, blank};
use crate::islands::{Keys, KindTexts, Scripts, SearchBox, SearchBoxTexts, ThemeSwitch};
use crate::parts::{icon, icon_url};
use crate::text::Texts;
use crate::{assets, format, link};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::permission::Action;
use reeve_model::reader::{Lang, Theme};

/// What a page is told of its reader and of the moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Chrome {
    pub lang: Lang,
    /// `None`: as the system says.
    pub theme: Option<Theme>,
    /// Path and query of this page, for links that change one thing of it.
    pub uri: String,
    /// Of Reeve: `0.1.0`.
    pub version: String,
    /// When the most lagging source was last read completely.
    pub fresh_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
    /// Where times are told: the reader's own zone.
    pub zone: Tz,
    /// The nonce of the content-security policy; scripts without it do not run.
    pub nonce: String,
    /// What each form of this reader's session carries; empty where there is none.
    pub form_token: String,
    /// What the reader may do to the portal as a whole: ways to what he may not are left out.
    pub may: Vec<Action>,
    /// Who is signed in, by name.
    pub who: Option<String>,
    /// Anyone is let in as anyone: said on every page.
    pub is_demo: bool,
}

/// The name of the field that [`Chrome::form_token`] stands in.
pub const FORM_TOKEN: &str = "form_token";

/// What every part needs to know of the page it stands on.
#[derive(Clone, Copy, Debug)]
pub struct Ctx<'a> {
    pub(crate) chrome: &'a Chrome,
    pub(crate) t: Texts,
}

impl<'a> Ctx<'a> {
    pub(crate) fn new(chrome: &'a Chrome) -> Self {
        Self { chrome, t: Texts(chrome.lang) }
    }

    pub(crate) fn lang(self) -> Lang {
        self.chrome.lang
    }

    /// Proves that a form was made for this reader: stands in each form that is posted.
    pub(crate) fn form_token(self) -> Html {
        let token = &self.chrome.form_token;
        if token.is_empty() {
            return blank();
        }
        view! { <input r#type="hidden" name=FORM_TOKEN value=token.clone()/> }.html()
    }

    /// A moment as the reader's clock shows it.
    pub(crate) fn local(self, at: DateTime<Utc>) -> DateTime<Tz> {
        at.with_timezone(&self.chrome.zone)
    }

    /// A moment, short.
    pub(crate) fn moment(self, at: DateTime<Utc>) -> String {
        format::moment(self.lang(), self.local(at), self.local(self.chrome.now))
    }
}

/// A page, ready for its frame.
pub struct Framed {
    pub(crate) title: String,
    /// The address of the entry of the navigation that it belongs to; empty where it belongs to none.
    pub(crate) section: &'static str,
    /// The page has a search field of its own, so the top bar shows none: there is never a choice between two.
    pub(crate) has_search: bool,
    pub(crate) main: Html,
}

pub(crate) fn document(ctx: Ctx<'_>, page: Framed) -> String {
    let Framed { title, section, has_search, main } = page;
    let t = ctx.t;
    view! {
        <html lang=ctx.lang().as_str() data-theme=ctx.chrome.theme.map(Theme::as_str)>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width,initial-scale=1"/>
                <title>{format!("{title} · Reeve")}</title>
                <link rel="stylesheet" href=assets::url("reeve.css")/>
                <link rel="icon" href=assets::url("favicon.svg") r#type="image/svg+xml"/>
                <Scripts nonce=ctx.chrome.nonce.clone()/>
            </head>
            <body>
                <a class="skip-link" href="#main">{t.skip_to_content()}</a>
                {ctx.chrome.is_demo.then(|| view! { <p class="demo-strip">{t.demo_strip()} " " <a href="/sign-in">{t.demo_change()}</a></p> })}
                <div class="app">
                    {top_bar(ctx, has_search)} {navigation::side(ctx, section)}
                    <main class="page" id="main" tabindex="-1">{main}</main>
                </div>
                {navigation::palette(ctx)}
                {keyboard_help(ctx)}
            </body>
        </html>
    }
    .to_html()
}

fn top_bar(ctx: Ctx<'_>, has_search: bool) -> Html {
    let t = ctx.t;
    let search = if has_search {
        view! {
            <a class="button quiet push hide-narrow" href="/search" data-palette="">
                {icon("search")} <span>{t.jump_to()}</span> <kbd class="kbd">"⌘K"</kbd>
            </a>
        }
        .html()
    } else {
        view! {
            <form class="topbar-search" role="search" action="/search" aria-label=t.search_whole_catalog()>
                {search_box(ctx, "q", "", false)}
            </form>
        }
        .html()
    };
    let is_dark = ctx.chrome.theme == Some(Theme::Dark);
    let (next, theme_icon) = if is_dark { (Theme::Light, "sun") } else { (Theme::Dark, "moon") };
    let language = |lang: Lang, name: &'static str| {
        let href = link::with(&ctx.chrome.uri, "lang", Some(lang.as_str()));
        let current = (lang == ctx.lang()).then_some("true");
        view! { <a href=href lang=lang.as_str() hreflang=lang.as_str() aria-current=current>{name}</a> }
    };
    let account = ctx.chrome.who.clone().map(|name| {
        view! {
            <form method="post" action="/sign-out" class="row">
                {ctx.form_token()}
                <a class="button quiet small" href="/account" title=t.account()>
                    {icon("user")} <span class="hide-narrow">{name}</span>
                </a>
                <button class="button quiet small" r#type="submit">{t.sign_out()}</button>
            </form>
        }
    });
    view! {
        <header class="topbar">
            <button class="button quiet icon-only only-narrow" r#type="button" popovertarget="sidenav" aria-label=t.menu()>
                {icon("menu")}
            </button>
            <a class="brand" href="/">{logo()} "Reeve"</a>
            {search}
            <div class="segmented" role="group" aria-label=t.language()>
                {language(Lang::Ko, "한국어")} {language(Lang::En, "English")}
            </div>
            <ThemeSwitch
                label=t.switch_theme()
                icon=icon_url(theme_icon)
                next=next.as_str().to_owned()
                back=link::with(&ctx.chrome.uri, "lang", None)
            />
            <a class="button quiet icon-only" href="/style-guide#keyboard" data-help="" aria-label=t.help() title=t.help()>
                {icon("help")}
            </a>
            {account}
        </header>
    }
    .html()
}

fn logo() -> Html {
    view! {
        <svg class="logo" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
            <rect width="26" height="26" rx="7"></rect>
            <path
                d="M7.5 7.5v11M11.2 7.5v11M14.9 7.5v11M18.6 7.5v11M5.6 16.6 20.4 9.4"
                fill="none"
                stroke="#fff"
                stroke-width="1.7"
                stroke-linecap="round"
            ></path>
        </svg>
    }
    .html()
}

/// The search field of the top bar, or of a page that is a search.
pub(crate) fn search_box(ctx: Ctx<'_>, id: &str, value: &str, main: bool) -> Html {
    let t = ctx.t;
    let texts = SearchBoxTexts {
        label: t.search_label(),
        placeholder: t.search_placeholder(),
        suggestions: t.suggestions(),
        kinds: kinds(ctx),
    };
    view! { <SearchBox id=id.to_owned() value=value.to_owned() icon=icon_url("search") main=main texts=texts/> }.html()
}

fn kinds(ctx: Ctx<'_>) -> KindTexts {
    let t = ctx.t;
    KindTexts { database: t.kind_database(), table: t.kind_table(), view: t.kind_view(), column: t.kind_column() }
}

fn keyboard_help(ctx: Ctx<'_>) -> Html {
    view! {
        <dialog class="palette" id="keyboard-help" aria-labelledby="keyboard-help-title">
            <div class="panel-header">
                <h2 id="keyboard-help-title">{ctx.t.keys_title()}</h2>
                <form method="dialog">
                    <button class="button quiet icon-only small" r#type="submit" aria-label=ctx.t.close()>
                        {icon("x")}
                    </button>
                </form>
            </div>
            <div class="panel-body stack tight">{keys_list(ctx)} <Keys label=ctx.t.keys_switch()/></div>
        </dialog>
    }
    .html()
}

/// The keys and what each does.
pub(crate) fn keys_list(ctx: Ctx<'_>) -> Html {
    let t = ctx.t;
    let keys = [
        (vec!["⌘K", "Ctrl K"], t.keys_palette()),
        (vec!["/"], t.keys_search()),
        (vec!["J", "K"], t.keys_move()),
        (vec!["↵"], t.keys_open()),
        (vec!["?"], t.keys_help()),
        (vec!["Esc"], t.keys_close()),
    ];
    let rows = keys.into_iter().map(|(keys, text)| {
        let keys = keys.into_iter().map(|key| view! { <kbd class="kbd">{key}</kbd> }).collect::<Vec<_>>();
        view! {
            <dt class="row">{keys}</dt>
            <dd>{text}</dd>
        }
    });
    view! { <dl class="fact-list">{rows.collect::<Vec<_>>()}</dl> }.html()
}
