//! A table or view: overview, columns, partitions, history.

mod columns;
pub(super) mod history;
mod overview;
mod partitions;

pub(super) use overview::parameters;

use crate::parts::{Ctx, badge, breadcrumb, icon, icon_small, kind_icon, page_header};
use crate::shell::{Framed, Section};
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::asset::TableDetail;
use reeve_model::page::{TablePage, TableTab};

pub(super) fn page(ctx: Ctx<'_>, page: &TablePage) -> Framed {
    let table = &page.table;
    let content = match &page.tab {
        TableTab::Overview { columns, changes, partitions } => overview::tab(ctx, table, columns, changes, partitions),
        TableTab::Columns { columns, filter, cursor } => {
            columns::panel(ctx, table, columns, filter, cursor.is_none(), false)
        }
        TableTab::Partitions { partitions, filter, cursor } => {
            partitions::panel(ctx, table, partitions, filter, cursor.is_none(), false)
        }
        TableTab::History { changes, cursor } => history::panel(ctx, changes, cursor.is_none()),
    };
    let main = view! { {header(ctx, table)} {facts(ctx, table)} {tabs(ctx, page)} {content} };
    Framed {
        title: table.qualified_name.clone(),
        section: Section::Databases,
        has_search: false,
        main: main.into_any(),
    }
}

fn header(ctx: Ctx<'_>, table: &TableDetail) -> AnyView {
    let t = ctx.t;
    let summary = &table.summary;
    let way =
        vec![(t.databases(), "/databases".to_owned()), (summary.database.clone(), link::database(&summary.database))];
    let title = view! {
        <h1>
            <span class="mono">{summary.name.clone()}</span>
        </h1>
        {badge("tone-neutral", kind_icon(summary.kind), ctx.kind(summary.kind))}
        {summary.deprecated.then(|| badge("tone-warn", "ban", t.deprecated()))}
        {summary.deleted_at.map(|_| badge("tone-bad", "trash", t.gone()))}
    };
    let gone = summary.deleted_at.map(|at| {
        view! {
            <div class="callout tone-bad" role="note">
                {icon("trash")}
                <div>
                    <strong>{t.gone_title()}</strong>
                    <p>{t.gone_advice()} " " {ctx.time(at)}</p>
                </div>
            </div>
        }
    });
    let header = page_header(
        breadcrumb(t.breadcrumb(), way, summary.name.clone()),
        title.into_any(),
        ctx.description(summary.description.as_deref()),
        ().into_any(),
    );
    view! { {header} {gone} }.into_any()
}

/// Who answers for it and how fresh it is, in a line.
fn facts(ctx: Ctx<'_>, table: &TableDetail) -> AnyView {
    let t = ctx.t;
    let summary = &table.summary;
    let changed = summary.changed_at.map(|at| {
        view! {
            <span class="row">{icon_small("clock")} <span>{t.changed()} " " {ctx.ago(at)}</span></span>
        }
    });
    let checked = table.checked_at.map(|at| {
        view! {
            <span class="row">{icon_small("source")} <span>{t.checked()} " " {ctx.ago(at)}</span></span>
        }
    });
    view! { <p class="row loose small muted">{ctx.owner(summary.owner.as_deref())} {changed} {checked}</p> }.into_any()
}

fn tabs(ctx: Ctx<'_>, page: &TablePage) -> AnyView {
    let t = ctx.t;
    let summary = &page.table.summary;
    let base = link::table(&summary.database, &summary.name);
    let tab = |text: String, path: &str, count: Option<i64>, is_here: bool| {
        let count = count.map(|count| view! { <span class="count">{format::number(count)}</span> });
        view! { <a href=format!("{base}{path}") aria-current=is_here.then_some("page")>{text} {count}</a> }
    };
    let at = &page.tab;
    let partitions = summary.partitioned.then(|| {
        let is_here = matches!(at, TableTab::Partitions { .. });
        tab(t.partitions(), "/partitions", Some(summary.partitions), is_here)
    });
    view! {
        <nav class="tabs" aria-label=t.table_sections()>
            {tab(t.overview(), "", None, matches!(at, TableTab::Overview { .. }))}
            {tab(t.columns(), "/columns", Some(summary.columns), matches!(at, TableTab::Columns { .. }))} {partitions}
            {tab(t.history(), "/history", None, matches!(at, TableTab::History { .. }))}
        </nav>
    }
    .into_any()
}
