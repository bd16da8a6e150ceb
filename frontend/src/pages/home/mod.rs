#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

mod mine;

pub use mine::{Care, Concern, Mine, Place, Proposed, Watched};

use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::pages::PageView;
use crate::parts::{badge, data_table, empty, icon, panel};
use crate::shell::{Ctx, Framed, search_box};
use leptos::prelude::*;
use reeve_model::asset::TableSummary;
use reeve_model::asset::{DatabaseSummary, Happening};
use reeve_model::crawl::SourceStatus;

#[derive(Clone, Debug)]
pub struct HomePage {
    pub databases: i64,
    pub tables: i64,
    pub views: i64,
    /// Bytes before replication, as far as the sources' statistics tell.
    pub size_bytes: i64,
    /// Largest first.
    pub largest_databases: Vec<DatabaseSummary>,
    pub recently_changed: Vec<TableSummary>,
    pub changes: Vec<Happening>,
    pub sources: Vec<SourceStatus>,
    /// Of whoever looks; nothing for one who is no person.
    pub mine: Option<Mine>,
}

impl PageView for HomePage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let below = if self.databases == 0 { nothing_yet(ctx) } else { panels(ctx, self) };
        let hints = ["db:", "owner:", "column:", "format:orc", "size:>1tb", "no:owner"];
        let hints = hints.map(|hint| {
            view! {
                <a class="badge" href=link::query("/search", [("q", hint)])>
                    <code>{hint}</code>
                </a>
            }
        });
        let totals =
            t.home_totals(t.count_databases(self.databases), t.count_tables(self.tables), t.count_views(self.views));
        let main = view! {
            <section class="stack tight hero" aria-label=t.search()>
                <h1>{t.home_title()}</h1>
                <form role="search" action="/search" aria-label=t.search_whole_catalog()>
                    {search_box(ctx, "q", "", true)}
                </form>
                <p class="row tiny faint">
                    {t.search_narrow()} {hints.into_iter().collect::<Vec<_>>()} <span class="push">{totals}</span>
                </p>
            </section>
            {below}
        };
        Framed { title: t.home(), section: "/", has_search: true, main: main.html() }
    }
}

fn nothing_yet(ctx: Ctx<'_>) -> Html {
    let t = ctx.t;
    let advice = view! {
        <p>{t.home_empty_advice()}</p>
        <a class="button primary" href="/sources">{t.home_empty_action()}</a>
    };
    view! { <section class="panel">{empty("source", t.home_empty(), advice.html())}</section> }.html()
}

fn panels(ctx: Ctx<'_>, page: &HomePage) -> Html {
    let t = ctx.t;
    let all = |href: &'static str, text: String| view! { <a class="small" href=href>{text}</a> }.html();
    let history = view! {
        <div class="panel-body">
            <ol class="timeline" role="list">
                {page
                    .changes
                    .iter()
                    .map(|one| happening(ctx, one))
                    .collect::<Vec<_>>()}
            </ol>
        </div>
    };
    let mine = page.mine.as_ref().map(|mine| mine::panels(ctx, mine));
    view! {
        {mine}
        <div class="columns stretch">
            {panel(
                t.home_recent(),
                all("/search?sort=changed&type=table", t.home_recent_all()),
                recent(ctx, &page.recently_changed),
            )}
            {panel(t.home_changes(), blank(), history.html())}
        </div>
        <div class="columns stretch">
            {panel(t.home_largest(), all("/databases", t.databases_all()), largest(ctx, page))}
            {panel(t.sources(), all("/sources", t.sources_all()), sources(ctx, &page.sources))}
        </div>
    }
    .html()
}

fn happening(ctx: Ctx<'_>, happening: &Happening) -> Html {
    match happening {
        Happening::Asset(change) => {
            let name = match &change.table {
                Some(table) => format!("{}.{table}", change.database),
                None => change.database.clone(),
            };
            let name = view! { <a class="mono" href=link::changed(change).page()>{name}</a> }.html();
            super::table::history::entry(ctx, &change.change, Some(name))
        }
        Happening::FirstCrawl { source, at, databases, tables, crawl_id } => {
            let text = ctx.t.home_first_crawl(*databases, source.clone(), *tables);
            let crawl = ctx.t.crawl_number(crawl_id.to_string());
            view! {
                <li class="tone-good">
                    {icon("ingest")} {text} <small>{ctx.time(*at)} ", " <a href=link::crawl(*crawl_id)>{crawl}</a></small>
                </li>
            }
            .html()
        }
    }
}

fn recent(ctx: Ctx<'_>, tables: &[TableSummary]) -> Html {
    let t = ctx.t;
    let rows = tables.iter().map(|table| {
        view! {
            <tr>
                <th scope="row">{ctx.table_link(table)}</th>
                <td class="num hide-narrow">{ctx.size(table.size_bytes)}</td>
                <td class="num">{table.changed_at.map(|at| ctx.ago(at))}</td>
            </tr>
        }
    });
    data_table(
        &t.home_recent(),
        vec![(t.table(), ""), (t.size(), "num hide-narrow"), (t.changed(), "num")],
        view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html(),
    )
}

fn largest(ctx: Ctx<'_>, page: &HomePage) -> Html {
    let t = ctx.t;
    let rows = page.largest_databases.iter().map(|database| {
        view! {
            <tr>
                <th scope="row">
                    <a class="mono" href=link::database(database).page()>{database.name.clone()}</a>
                    <div class="tiny faint">{database.description.as_deref().map(|text| ctx.prose(text))}</div>
                </th>
                <td class="num">{format::number(database.tables)}</td>
                <td class="num">{ctx.size(database.size_bytes)}</td>
            </tr>
        }
    });
    data_table(
        &t.home_largest(),
        vec![(t.database(), ""), (t.tables(), "num"), (t.size(), "num")],
        view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html(),
    )
}

fn sources(ctx: Ctx<'_>, sources: &[SourceStatus]) -> Html {
    let rows = sources.iter().map(|source| {
        let state = match &source.latest {
            Some(crawl) => ctx.crawl_state(crawl.state),
            None => badge("tone-neutral", "clock", ctx.t.sources_never()),
        };
        let read = source.complete_at.map(|at| view! { {ctx.t.sources_complete()} " " {ctx.ago(at)} });
        view! {
            <li class="row spread small">
                <div>
                    <a href=link::source(&source.name)>
                        <b>{source.name.clone()}</b>
                    </a>
                    <div class="tiny faint">{read}</div>
                </div>
                {state}
            </li>
        }
    });
    view! { <ul class="panel-list" role="list">{rows.collect::<Vec<_>>()}</ul> }.html()
}
