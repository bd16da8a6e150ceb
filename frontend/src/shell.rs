//! What surrounds every page: head, top bar, navigation, palette and keyboard help.

use crate::islands::{
    Keys, KindTexts, Palette, PaletteAction, PaletteTexts, Scripts, SearchBox, SearchBoxTexts, ThemeSwitch,
};
use crate::parts::{Ctx, icon, icon_url, status};
use crate::{assets, link};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::page::{Lang, Theme};

/// The entry of the navigation that a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Home,
    Search,
    Databases,
    Sources,
    /// One of the pages linked at the foot.
    Other,
}

/// A page, ready for its frame.
pub(crate) struct Framed {
    pub(crate) title: String,
    pub(crate) section: Section,
    /// The page has a search field of its own, so the top bar shows none: there is never a choice between two.
    pub(crate) has_search: bool,
    pub(crate) main: AnyView,
}

pub(crate) fn document(ctx: Ctx<'_>, page: Framed) -> AnyView {
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
                <div class="app">
                    {top_bar(ctx, has_search)} {navigation(ctx, section)}
                    <main class="page" id="main" tabindex="-1">{main}</main>
                </div>
                {palette(ctx)}
                {keyboard_help(ctx)}
            </body>
        </html>
    }
    .into_any()
}

fn top_bar(ctx: Ctx<'_>, has_search: bool) -> AnyView {
    let t = ctx.t;
    let search = if has_search {
        view! {
            <a class="button quiet push hide-narrow" href="/search" data-palette="">
                {icon("search")} <span>{t.jump_to()}</span> <kbd class="kbd">"⌘K"</kbd>
            </a>
        }
        .into_any()
    } else {
        view! {
            <form class="topbar-search" role="search" action="/search" aria-label=t.search_whole_catalog()>
                {search_box(ctx, "q", "", false)}
            </form>
        }
        .into_any()
    };
    let is_dark = ctx.chrome.theme == Some(Theme::Dark);
    let (next, theme_icon) = if is_dark { (Theme::Light, "sun") } else { (Theme::Dark, "moon") };
    let language = |lang: Lang, name: &'static str| {
        let href = link::with(&ctx.chrome.uri, "lang", Some(lang.as_str()));
        let current = (lang == ctx.lang()).then_some("true");
        view! { <a href=href lang=lang.as_str() hreflang=lang.as_str() aria-current=current>{name}</a> }
    };
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
        </header>
    }
    .into_any()
}

fn logo() -> AnyView {
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
    .into_any()
}

/// The search field of the top bar, or of a page that is a search.
pub(crate) fn search_box(ctx: Ctx<'_>, id: &str, value: &str, main: bool) -> AnyView {
    let t = ctx.t;
    let texts = SearchBoxTexts {
        label: t.search_label(),
        placeholder: t.search_placeholder(),
        suggestions: t.suggestions(),
        kinds: kinds(ctx),
    };
    view! { <SearchBox id=id.to_owned() value=value.to_owned() icon=icon_url("search") main=main texts=texts/> }
        .into_any()
}

fn kinds(ctx: Ctx<'_>) -> KindTexts {
    let t = ctx.t;
    KindTexts { database: t.kind_database(), table: t.kind_table(), view: t.kind_view(), column: t.kind_column() }
}

fn navigation(ctx: Ctx<'_>, section: Section) -> AnyView {
    let t = ctx.t;
    let entry = |of: Section, href: &'static str, icon_name: &'static str, text: String| {
        let current = (of == section).then_some("page");
        view! {
            <li>
                <a href=href aria-current=current>
                    {icon(icon_name)} <span class="truncate">{text}</span>
                </a>
            </li>
        }
    };
    let freshness = match ctx.chrome.fresh_at {
        Some(at) => {
            status("tone-good", "check", t.metadata_as_of(crate::format::moment(ctx.lang(), at, ctx.chrome.now)))
        }
        None => status("tone-neutral", "clock", t.metadata_never()),
    };
    view! {
        <nav class="drawer sidenav" id="sidenav" popover="auto" aria-label=t.main_menu()>
            <ul role="list">
                {entry(Section::Home, "/", "home", t.home())}
                {entry(Section::Search, "/search", "search", t.search())}
                {entry(Section::Databases, "/databases", "database", t.databases())}
            </ul>
            <div>
                <h2>{t.platform()}</h2>
                <ul role="list">{entry(Section::Sources, "/sources", "source", t.sources())}</ul>
            </div>
            <div class="nav-foot">
                <p>
                    <a class="plain" href="/sources">{freshness}</a>
                </p>
                <p>
                    <a class="plain" href="/docs/api">{t.api()}</a>
                </p>
                <p>
                    <a class="plain" href="/style-guide">{format!("Reeve {} · {}", ctx.chrome.version, t.style_guide())}</a>
                </p>
            </div>
        </nav>
    }
    .into_any()
}

fn palette(ctx: Ctx<'_>) -> AnyView {
    let t = ctx.t;
    let action = |label: String, href: &str| PaletteAction { label, href: href.to_owned(), kind: t.palette_page() };
    let actions = vec![
        action(t.home(), "/"),
        action(t.search(), "/search"),
        action(t.databases(), "/databases"),
        action(t.sources(), "/sources"),
        action(t.api(), "/docs/api"),
        action(t.style_guide(), "/style-guide"),
    ];
    let texts = PaletteTexts {
        label: t.jump_to(),
        placeholder: t.palette_placeholder(),
        assets: t.palette_assets(),
        actions: t.palette_actions(),
        kinds: kinds(ctx),
    };
    view! { <Palette icon=icon_url("search") actions=actions texts=texts/> }.into_any()
}

fn keyboard_help(ctx: Ctx<'_>) -> AnyView {
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
    .into_any()
}

/// The keys and what each does.
pub(crate) fn keys_list(ctx: Ctx<'_>) -> AnyView {
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
    view! { <dl class="fact-list">{rows.collect::<Vec<_>>()}</dl> }.into_any()
}
