//! What concerns whoever looks: what waits for him, how it stands with what is his, what he watches.

use crate::address::Address;
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::owners::{QUERY, WATCH, WATCH_FROM, hidden};
use crate::parts::{badge, icon, icon_small, panel};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::asset::AssetChange;
use reeve_model::owner::OwnerRole;
use reeve_model::succession::Case;

/// What the home page has for one reader.
#[derive(Clone, Debug, Default)]
pub struct Mine {
    /// He may be the owner of these, which nobody decided.
    pub proposals: Vec<Proposed>,
    /// Successions that he may settle.
    pub cases: Vec<Case>,
    /// What crawls held back, where he may say whether it went.
    pub removals: i64,
    /// What is his, and what of it needs care.
    pub care: Vec<Care>,
    pub watched: Vec<Watched>,
    /// What happened to it, the newest first.
    pub changes: Vec<AssetChange>,
}

/// Where a database or table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub source: String,
    pub ambiguous: bool,
    pub database: String,
    pub table: Option<String>,
}

impl Place {
    fn address(&self) -> Address<'_> {
        Address::new(&self.database, self.table.as_deref(), &self.source, self.ambiguous)
    }

    fn name(&self) -> String {
        match &self.table {
            Some(table) => format!("{}.{table}", self.database),
            None => self.database.clone(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Proposed {
    pub place: Place,
    pub role: OwnerRole,
}

/// A search that finds what needs care, and how much it finds.
#[derive(Clone, Debug)]
pub struct Care {
    pub what: Concern,
    pub query: &'static str,
    pub count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    Mine,
    Undescribed,
    Deprecated,
    Nobodys,
    OwnerLeft,
}

#[derive(Clone, Debug)]
pub enum Watched {
    Asset(Place),
    /// What a search finds, how much that is now, and its address after `?`.
    Search {
        name: String,
        query: String,
        count: Option<u64>,
    },
}

pub(super) fn panels(ctx: Ctx<'_>, mine: &Mine) -> Html {
    view! {
        <div class="columns stretch">{waiting(ctx, mine)} {care(ctx, mine)}</div>
        {watched(ctx, mine)}
    }
    .html()
}

fn line(icon_name: &'static str, tone: &'static str, text: Html, beside: Html) -> Html {
    view! {
        <li class="row spread">
            <span class="row">
                <span class=format!("badge {tone}")>{icon(icon_name)}</span>
                <span class="small">{text}</span>
            </span>
            <span class="num">{beside}</span>
        </li>
    }
    .html()
}

fn waiting(ctx: Ctx<'_>, mine: &Mine) -> Html {
    let t = ctx.t;
    let mut lines = Vec::new();
    for case in &mine.cases {
        let days = (case.due_at - ctx.chrome.now).num_days();
        let left = if days < 0 { t.succession_overdue(-days) } else { t.succession_days_left(days) };
        let text = view! {
            <a href=crate::pages::succession::case_page(case.id)>{t.succession_of(case.person.title.clone())}</a>
            " "
            <span class="faint">{t.succession_decided(case.decided, case.items)}</span>
        };
        lines.push(line("user-gone", "tone-warn", text.html(), view! { <span class="tiny">{left}</span> }.html()));
    }
    for proposed in &mine.proposals {
        let text = view! {
            <a class="mono" href=proposed.place.address().page()>{proposed.place.name()}</a>
            " "
            <span class="faint">{t.home_proposed(ctx.owner_role(proposed.role))}</span>
        };
        lines.push(line("user", "tone-info", text.html(), blank()));
    }
    if mine.removals > 0 {
        let text = view! { <a href="/sources">{t.home_removals()}</a> };
        lines.push(line("hold", "tone-warn", text.html(), format::number(mine.removals).html()));
    }
    let count = lines.len();
    let beside = (count > 0).then(|| view! { <span class="count alert">{count.to_string()}</span> });
    let content = if lines.is_empty() {
        view! { <p class="panel-body muted small">{t.home_waiting_none()}</p> }.html()
    } else {
        view! { <ul class="panel-list" role="list">{lines}</ul> }.html()
    };
    panel(t.home_waiting(), beside.html(), content)
}

fn care(ctx: Ctx<'_>, mine: &Mine) -> Html {
    let t = ctx.t;
    let lines = mine.care.iter().map(|care| {
        let (icon_name, tone, text) = match care.what {
            Concern::Mine => ("user", "tone-info", t.home_mine()),
            Concern::Undescribed => ("comment", "tone-neutral", t.home_undescribed()),
            Concern::Deprecated => ("ban", "tone-warn", t.home_deprecated()),
            Concern::Nobodys => ("user-gone", "tone-warn", t.home_nobodys()),
            Concern::OwnerLeft => ("user-gone", "tone-bad", t.home_owner_left()),
        };
        let text = view! { <a href=link::query("/search", [("q", care.query)])>{text}</a> }.html();
        let count = format::number(i64::try_from(care.count).unwrap_or(i64::MAX));
        line(icon_name, tone, text, view! { <b>{count}</b> }.html())
    });
    let list = view! { <ul class="panel-list" role="list">{lines.collect::<Vec<_>>()}</ul> };
    panel(t.home_care(), blank(), list.html())
}

fn watched(ctx: Ctx<'_>, mine: &Mine) -> Html {
    let t = ctx.t;
    if mine.watched.is_empty() {
        return blank();
    }
    let lines = mine.watched.iter().map(|watched| match watched {
        Watched::Asset(place) => {
            let icon_name = if place.table.is_some() { "table" } else { "database" };
            let text = view! { <a class="mono" href=place.address().page()>{place.name()}</a> };
            line(icon_name, "tone-neutral", text.html(), blank())
        }
        Watched::Search { name, query, count } => {
            let text = view! { <a href=format!("/search?{query}")>{name.clone()}</a> };
            let count = count.map(|count| format::number(i64::try_from(count).unwrap_or(i64::MAX)));
            let end = view! {
                <form class="row" method="post" action="/search/watch">
                    {ctx.form_token()} {hidden(QUERY, query)} {hidden(WATCH_FROM, "home")} {count}
                    <button
                        class="button quiet icon-only small"
                        r#type="submit"
                        name=WATCH
                        value="no"
                        aria-label=t.watch_stop(name.clone())
                    >
                        {icon_small("x")}
                    </button>
                </form>
            };
            line("search", "tone-neutral", text.html(), end.html())
        }
    });
    let list = view! { <ul class="panel-list" role="list">{lines.collect::<Vec<_>>()}</ul> };
    let changes = mine.changes.iter().map(|change| {
        let name = match &change.table {
            Some(table) => format!("{}.{table}", change.database),
            None => change.database.clone(),
        };
        let name = view! { <a class="mono" href=link::changed(change).page()>{name}</a> }.html();
        crate::pages::table::history::entry(ctx, &change.change, Some(name))
    });
    let changes = if mine.changes.is_empty() {
        view! { <p class="panel-body muted small">{t.home_watched_quiet()}</p> }.html()
    } else {
        view! {
            <div class="panel-body">
                <ol class="timeline" role="list">{changes.collect::<Vec<_>>()}</ol>
            </div>
        }
        .html()
    };
    view! {
        <div class="columns stretch">
            {panel(t.home_watched(), badge("tone-neutral", "eye", mine.watched.len().to_string()), list.html())}
            {panel(t.home_watched_changes(), blank(), changes)}
        </div>
    }
    .html()
}
