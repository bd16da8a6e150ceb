use crate::format;
use crate::link;
use crate::parts::{Ctx, badge, data_table, empty, panel};
use crate::shell::{Framed, Section, search_box};
use leptos::prelude::*;
use reeve_model::asset::TableSummary;
use reeve_model::crawl::SourceStatus;
use reeve_model::page::{Happening, HomePage};

pub(super) fn page(ctx: Ctx<'_>, page: &HomePage) -> Framed {
    let t = ctx.t;
    let below = if page.databases == 0 { nothing_yet(ctx) } else { panels(ctx, page) };
    let hints = ["db:", "owner:", "column:", "format:orc", "size:>1tb", "no:owner"];
    let hints = hints.map(|hint| {
        view! {
            <a class="badge" href=link::query("/search", [("q", hint)])>
                <code>{hint}</code>
            </a>
        }
    });
    let totals =
        t.home_totals(t.count_databases(page.databases), t.count_tables(page.tables), t.count_views(page.views));
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
    Framed { title: t.home(), section: Section::Home, has_search: true, main: main.into_any() }
}

fn nothing_yet(ctx: Ctx<'_>) -> AnyView {
    let t = ctx.t;
    let advice = view! {
        <p>{t.home_empty_advice()}</p>
        <a class="button primary" href="/sources">{t.home_empty_action()}</a>
    };
    view! { <section class="panel">{empty("source", t.home_empty(), advice.into_any())}</section> }.into_any()
}

fn panels(ctx: Ctx<'_>, page: &HomePage) -> AnyView {
    let t = ctx.t;
    let all = |href: &'static str, text: String| view! { <a class="small" href=href>{text}</a> }.into_any();
    let history = view! {
        <div class="panel-body">
            <ol class="timeline" role="list">
                {page
                    .changes
                    .iter()
                    .map(|happening| {
                        let change = match happening {
                            Happening::Asset(change) => change,
                            Happening::FirstCrawl { source, at, databases, tables, crawl_id } => {
                                return view! {
                                    <li class="tone-good">
                                        <a href=link::crawl(*crawl_id)>
                                            {t.home_first_crawl(*databases, source.clone(), *tables)}
                                        </a>
                                        " "
                                        {ctx.time(*at)}
                                    </li>
                                }
                                .into_any();
                            }
                        };
                        let (href, name) = match &change.table {
                            Some(table) => (link::table(&change.database, table), format!("{}.{table}", change.database)),
                            None => (link::database(&change.database), change.database.clone()),
                        };
                        let name = view! { <a class="mono" href=href>{name}</a> }.into_any();
                        super::table::history::entry(ctx, &change.change, Some(name))
                    })
                    .collect::<Vec<_>>()}
            </ol>
        </div>
    };
    view! {
        <div class="columns stretch">
            {panel(
                t.home_recent(),
                all("/search?sort=changed&type=table", t.home_recent_all()),
                recent(ctx, &page.recently_changed),
            )}
            {panel(t.home_changes(), ().into_any(), history.into_any())}
        </div>
        <div class="columns stretch">
            {panel(t.home_largest(), all("/databases", t.databases_all()), largest(ctx, page))}
            {panel(t.sources(), all("/sources", t.sources_all()), sources(ctx, &page.sources))}
        </div>
    }
    .into_any()
}

fn recent(ctx: Ctx<'_>, tables: &[TableSummary]) -> AnyView {
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
        view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.into_any(),
    )
}

fn largest(ctx: Ctx<'_>, page: &HomePage) -> AnyView {
    let t = ctx.t;
    let rows = page.largest_databases.iter().map(|database| {
        view! {
            <tr>
                <th scope="row">
                    <a class="mono" href=link::database(&database.name)>{database.name.clone()}</a>
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
        view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.into_any(),
    )
}

fn sources(ctx: Ctx<'_>, sources: &[SourceStatus]) -> AnyView {
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
    view! { <ul class="panel-list" role="list">{rows.collect::<Vec<_>>()}</ul> }.into_any()
}
