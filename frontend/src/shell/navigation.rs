//! The way to every page: one list for the side of the page and for the palette.

use super::{Ctx, kinds};
use crate::html::{Html, ToHtml};
use crate::islands::{Palette, PaletteAction, PaletteTexts};
use crate::parts::{icon, icon_url, status};
use crate::text::Texts;
use leptos::prelude::*;
use reeve_model::permission::Action;

struct Entry {
    group: Group,
    href: &'static str,
    icon: &'static str,
    name: fn(Texts) -> String,
    /// Who may not do this to the portal does not see the way there.
    needs: Option<Action>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Daily,
    Platform,
    Governance,
    /// Small, at the foot.
    Foot,
}

const ENTRIES: [Entry; 13] = [
    Entry { group: Group::Daily, href: "/", icon: "home", name: Texts::home, needs: None },
    Entry { group: Group::Daily, href: "/inbox", icon: "inbox", name: Texts::inbox, needs: Some(Action::Decide) },
    Entry { group: Group::Daily, href: "/search", icon: "search", name: Texts::search, needs: None },
    Entry { group: Group::Daily, href: "/databases", icon: "database", name: Texts::databases, needs: None },
    Entry { group: Group::Daily, href: "/people", icon: "users", name: Texts::people, needs: None },
    Entry { group: Group::Platform, href: "/sources", icon: "source", name: Texts::sources, needs: None },
    Entry { group: Group::Governance, href: "/requests", icon: "flag", name: Texts::request_list, needs: None },
    Entry {
        group: Group::Governance,
        href: "/personal-data",
        icon: "pii",
        name: Texts::personal_data,
        needs: Some(Action::Propose),
    },
    Entry { group: Group::Governance, href: "/tags", icon: "tag", name: Texts::tags, needs: None },
    Entry {
        group: Group::Governance,
        href: "/audit",
        icon: "lock",
        name: Texts::audit,
        needs: Some(Action::ReadAudit),
    },
    Entry {
        group: Group::Governance,
        href: "/succession",
        icon: "user-gone",
        name: Texts::successions,
        needs: Some(Action::SeePeople),
    },
    Entry { group: Group::Foot, href: "/docs/api", icon: "sql", name: Texts::api, needs: None },
    Entry { group: Group::Foot, href: "/style-guide", icon: "swatch", name: Texts::style_guide, needs: None },
];

/// The navigation at the side, with the entry `section` marked as where one is.
pub(super) fn side(ctx: Ctx<'_>, section: &str) -> Html {
    let t = ctx.t;
    let freshness = match ctx.chrome.fresh_at {
        Some(at) => status("tone-good", "check", t.metadata_as_of(ctx.moment(at))),
        None => status("tone-neutral", "clock", t.metadata_never()),
    };
    let foot = group(ctx, Group::Foot).map(|entry| {
        let name = (entry.name)(t);
        let name = if entry.href == "/style-guide" { format!("Reeve {} · {name}", ctx.chrome.version) } else { name };
        view! {
            <p>
                <a class="plain" href=entry.href>{name}</a>
            </p>
        }
    });
    view! {
        <nav class="drawer sidenav" id="sidenav" popover="auto" aria-label=t.main_menu()>
            {list(ctx, Group::Daily, section)}
            <div>
                <h2>{t.platform()}</h2>
                {list(ctx, Group::Platform, section)}
            </div>
            {group(ctx, Group::Governance)
                .next()
                .map(|_| view! { <div><h2>{t.governance()}</h2> {list(ctx, Group::Governance, section)}</div> })}
            <div class="nav-foot">
                <p>
                    <a class="plain" href="/sources">{freshness}</a>
                </p>
                {foot.collect::<Vec<_>>()}
            </div>
        </nav>
    }
    .html()
}

/// The entries that the reader may follow.
fn open(ctx: Ctx<'_>) -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(move |entry| entry.needs.is_none_or(|action| ctx.chrome.may.contains(&action)))
}

fn group(ctx: Ctx<'_>, group: Group) -> impl Iterator<Item = &'static Entry> {
    open(ctx).filter(move |entry| entry.group == group)
}

fn list(ctx: Ctx<'_>, of: Group, section: &str) -> Html {
    let entries = group(ctx, of).map(|entry| {
        let current = (entry.href == section).then_some("page");
        view! {
            <li>
                <a href=entry.href aria-current=current>
                    {icon(entry.icon)} <span class="truncate">{(entry.name)(ctx.t)}</span>
                </a>
            </li>
        }
    });
    view! { <ul role="list">{entries.collect::<Vec<_>>()}</ul> }.html()
}

/// The palette offers every entry, besides the catalog's assets.
pub(super) fn palette(ctx: Ctx<'_>) -> Html {
    let t = ctx.t;
    let action =
        |entry: &Entry| PaletteAction { label: (entry.name)(t), href: entry.href.to_owned(), kind: t.palette_page() };
    let texts = PaletteTexts {
        label: t.jump_to(),
        placeholder: t.palette_placeholder(),
        assets: t.palette_assets(),
        actions: t.palette_actions(),
        kinds: kinds(ctx),
    };
    view! { <Palette icon=icon_url("search") actions=open(ctx).map(action).collect() texts=texts/> }.html()
}
