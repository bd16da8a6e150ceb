//! A table or view: overview, columns, partitions, history.

mod columns;
#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;
pub(super) mod history;
mod overview;
mod partitions;
pub mod proposals;

pub(super) use overview::{described, parameters};

use crate::html::{Html, ToHtml, blank};
use crate::owners::OwnersPanel;
use crate::pages::PageView;
use crate::parts::{badge, breadcrumb, icon, icon_small, kind_icon, page_header};
use crate::shell::{Ctx, Framed};
use crate::{format, link};
use leptos::prelude::*;
use proposals::Curation;
use reeve_model::asset::{AssetKind, Change, ColumnDetail, Paged, Partition, TableDetail};

#[derive(Clone, Debug)]
pub struct TablePage {
    pub table: TableDetail,
    pub tab: TableTab,
    pub curation: Curation,
    pub owners: OwnersPanel,
}

/// The tab that is open, with its data.
#[derive(Clone, Debug)]
pub enum TableTab {
    /// The first columns and the newest changes and partitions.
    Overview {
        columns: Paged<ColumnDetail>,
        changes: Paged<Change>,
        partitions: Paged<Partition>,
    },
    Columns {
        columns: Paged<ColumnDetail>,
        filter: String,
        cursor: Option<String>,
    },
    Partitions {
        partitions: Paged<Partition>,
        filter: String,
        cursor: Option<String>,
    },
    History {
        changes: Paged<Change>,
        cursor: Option<String>,
    },
}

impl PageView for TablePage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let table = &self.table;
        let content = match &self.tab {
            TableTab::Overview { columns, changes, partitions } => {
                overview::tab(ctx, table, &self.owners, columns, changes, partitions, &self.curation)
            }
            TableTab::Columns { columns, filter, cursor } => {
                columns::panel(ctx, table, columns, filter, cursor.is_none(), false, self.curation.may_edit_columns)
            }
            TableTab::Partitions { partitions, filter, cursor } => {
                partitions::panel(ctx, table, partitions, filter, cursor.is_none(), false)
            }
            TableTab::History { changes, cursor } => history::panel(ctx, changes, cursor.is_none()),
        };
        let main = view! { {header(ctx, self)} {facts(ctx, self)} {tabs(ctx, self)} {content} };
        Framed { title: table.qualified_name.clone(), section: "/databases", has_search: false, main: main.html() }
    }
}

fn header(ctx: Ctx<'_>, page: &TablePage) -> Html {
    let t = ctx.t;
    let (table, curation) = (&page.table, &page.curation);
    let summary = &table.summary;
    let way =
        vec![(t.databases(), "/databases".to_owned()), (summary.database.clone(), link::database_of(summary).page())];
    let title = view! {
        <h1>
            <span class="mono">{summary.name.clone()}</span>
        </h1>
        {badge("tone-neutral", kind_icon(summary.kind), ctx.kind(summary.kind))}
        {summary.certified.then(|| badge("tone-good", "certified", t.certified()))}
        {summary.deprecated.as_ref().map(|_| badge("tone-warn", "ban", t.deprecated()))}
        {summary.deleted_at.map(|_| badge("tone-bad", "trash", t.gone()))}
        {ctx.owner_state(page.owners.owners.owner_state)}
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
        title.html(),
        ctx.described(summary.description.as_deref(), summary.description_from),
        view! { {extend(ctx, table)} {curation.button(ctx, link::table(summary).tab("edit"))} }.html(),
    );
    view! { {header} {gone} {deprecation(ctx, table)} }.html()
}

/// To keep its data longer.
fn extend(ctx: Ctx<'_>, table: &TableDetail) -> Html {
    if table.summary.deleted_at.is_some() || table.summary.kind == AssetKind::View {
        return blank();
    }
    let source = table.summary.ambiguous.then_some(("source", table.summary.source.as_str()));
    let query = [("table", table.qualified_name.as_str())].into_iter().chain(source);
    let href = link::query("/requests/new/retention", query);
    view! { <a class="button" href=href>{icon("calendar")} {ctx.t.extend_title()}</a> }.html()
}

/// That it should no longer be used, why, and what to use instead.
fn deprecation(ctx: Ctx<'_>, table: &TableDetail) -> Html {
    let Some(deprecated) = &table.summary.deprecated else { return blank() };
    let t = ctx.t;
    let note = deprecated.note.as_deref().map(|note| view! { <p>{ctx.prose(note)}</p> });
    let replacement = deprecated.replacement.as_deref().map(|name| {
        let search = link::query("/search", [("q", name)]);
        view! { <p>{t.replacement_is()} " " <a class="mono" href=search>{name.to_owned()}</a></p> }
    });
    let by = deprecated.by.clone().map(|by| view! { {by} ", " });
    let at = deprecated.at.map(|at| view! { <p class="small">{by} {ctx.time(at)}</p> });
    view! {
        <div class="callout tone-warn" role="note">
            {icon("ban")} <div><strong>{t.deprecated_title()}</strong> {note} {replacement} {at}</div>
        </div>
    }
    .html()
}

/// Who answers for it and how fresh it is, in a line.
fn facts(ctx: Ctx<'_>, page: &TablePage) -> Html {
    let t = ctx.t;
    let table = &page.table;
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
    let personal = table.said.personal_data.map(|class| ctx.class(class, true));
    let tags = table.said.tags.iter().map(|tag| {
        let search = link::query("/search", [("q", format!("tag:\"{tag}\"").as_str())]);
        view! { <a class="plain" href=search>{badge("tone-neutral", "tag", tag.clone())}</a> }
    });
    let tags = tags.collect::<Vec<_>>();
    view! { <p class="row loose small muted">{ctx.deciders(&page.owners.owners)} {changed} {checked} {personal} {tags}</p> }.html()
}

fn tabs(ctx: Ctx<'_>, page: &TablePage) -> Html {
    let t = ctx.t;
    let summary = &page.table.summary;
    let address = link::table(summary);
    let tab = |text: String, path: &str, count: Option<i64>, is_here: bool| {
        let count = count.map(|count| view! { <span class="count">{format::number(count)}</span> });
        view! { <a href=address.tab(path) aria-current=is_here.then_some("page")>{text} {count}</a> }
    };
    let at = &page.tab;
    let partitions = summary.partitioned.then(|| {
        let is_here = matches!(at, TableTab::Partitions { .. });
        tab(t.partitions(), "partitions", Some(summary.partitions), is_here)
    });
    view! {
        <nav class="tabs" aria-label=t.table_sections()>
            {tab(t.overview(), "", None, matches!(at, TableTab::Overview { .. }))}
            {tab(t.columns(), "columns", Some(summary.columns), matches!(at, TableTab::Columns { .. }))} {partitions}
            {tab(t.history(), "history", None, matches!(at, TableTab::History { .. }))}
        </nav>
    }
    .html()
}
