#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::html::{Html, ToHtml, blank};
use crate::owners::{OwnersPanel, owners_panel};
use crate::pages::PageView;
use crate::pages::table::proposals::{self, Curation};
use crate::parts::{
    Filter, badge, breadcrumb, data_table, empty, fact_list, icon, kind_icon, page_header, panel, stat_row,
};
use crate::shell::{Ctx, Framed};
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::asset::Paged;
use reeve_model::asset::{DatabaseSummary, TableSummary};
use reeve_model::curation::Author;

#[derive(Clone, Debug)]
pub struct DatabasePage {
    pub database: DatabaseSummary,
    pub tables: Paged<TableSummary>,
    /// What the names must contain.
    pub filter: String,
    pub cursor: Option<String>,
    pub curation: Curation,
    pub owners: OwnersPanel,
}

impl PageView for DatabasePage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let database = &self.database;
        let main = view! {
            {header(ctx, self)} {stats(ctx, database)}
            <div class="columns main-side">
                <div class="stack">{description(ctx, database)} {proposals::list(ctx, database.id, database.revision, &link::database(database).page(), &self.curation)}
                    {tables(ctx, self)}</div>
                <div class="stack">
                    {owners_panel(ctx, &self.owners, link::database(database), None)}
                    {panel(ctx.t.about(), blank(), about(ctx, database))}
                    {super::table::parameters(ctx, &database.parameters)}
                </div>
            </div>
        };
        Framed { title: database.name.clone(), section: "/databases", has_search: false, main: main.html() }
    }
}

fn description(ctx: Ctx<'_>, database: &DatabaseSummary) -> Html {
    match database.description.as_deref().filter(|_| database.description_from == Some(Author::Portal)) {
        Some(text) => super::table::described(ctx, text, database.source_description.as_deref()),
        None => blank(),
    }
}

fn header(ctx: Ctx<'_>, page: &DatabasePage) -> Html {
    let t = ctx.t;
    let (database, curation) = (&page.database, &page.curation);
    let title = view! {
        <h1>
            <span class="mono">{database.name.clone()}</span>
        </h1>
        {badge("tone-neutral", "database", t.kind_database())}
        {database.deleted_at.map(|_| badge("tone-bad", "trash", t.gone()))}
        {ctx.owner_state(page.owners.owners.owner_state)}
    };
    let source = database.ambiguous.then_some(("source", database.source.as_str()));
    let search = view! {
        <a class="button" href=link::query("/search", [("q", ""), ("db", database.name.as_str())].into_iter().chain(source))>
            {icon("search")} {t.search_in_database()}
        </a>
        {curation.button(ctx, link::database(database).tab("edit"))}
    };
    page_header(
        breadcrumb(t.breadcrumb(), vec![(t.databases(), "/databases".to_owned())], database.name.clone()),
        title.html(),
        ctx.described(database.description.as_deref(), database.description_from),
        search.html(),
    )
}

fn stats(ctx: Ctx<'_>, database: &DatabaseSummary) -> Html {
    let t = ctx.t;
    let since = view! { {t.first_seen()} " " {ctx.date(database.first_seen_at)} }.html();
    stat_row(
        t.key_facts(),
        vec![
            (t.tables(), format::number(database.tables).html(), since),
            (t.views(), format::number(database.views).html(), blank()),
            (t.size(), ctx.size(database.size_bytes), t.before_copies().html()),
        ],
    )
}

fn about(ctx: Ctx<'_>, database: &DatabaseSummary) -> Html {
    let t = ctx.t;
    let source = view! { <a href=link::source(&database.source)>{database.source.clone()}</a> }.html();
    let location = database.location.clone().map(|text| view! { <code class="tiny">{text}</code> }.html());
    let facts = fact_list(vec![
        (t.metastore_owner(), database.owner.clone().map(|owner| view! { <code class="tiny">{owner}</code> }.html())),
        (t.source(), Some(source)),
        (t.location(), location),
        (t.first_seen(), Some(ctx.time(database.first_seen_at))),
        (t.gone(), database.deleted_at.map(|at| ctx.time(at))),
    ]);
    view! { <div class="panel-body">{facts}</div> }.html()
}

fn tables(ctx: Ctx<'_>, page: &DatabasePage) -> Html {
    let t = ctx.t;
    let tables = &page.tables;
    let here = link::database(&page.database).page();
    let shown = i64::try_from(tables.items.len()).unwrap_or(i64::MAX);
    let content = if tables.items.is_empty() {
        let advice = (!page.filter.is_empty()).then(|| view! { <a href=here.clone()>{t.filter_clear()}</a> });
        empty("table", t.tables_none(), advice.html())
    } else {
        let rows = tables.items.iter().map(|table| row(ctx, table)).collect::<Vec<_>>();
        let heads = vec![
            (t.table(), ""),
            (t.description(), ""),
            (t.format(), "hide-narrow"),
            (t.partitions(), "num hide-narrow"),
            (t.size(), "num"),
            (t.changed(), "num hide-narrow"),
        ];
        data_table(&t.tables_of(page.database.name.clone()), heads, view! { <tbody>{rows}</tbody> }.html())
    };
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{t.tables_and_views()} " " <span class="count">{format::number(tables.total)}</span></h2>
                {ctx.filter_form(Filter {
                    address: link::database(&page.database),
                    tab: "",
                    id: "table-filter",
                    label: t.tables_filter(),
                    value: &page.filter,
                })}
            </header>
            {content}
            <footer class="panel-foot">
                {t.of_shown(shown, tables.total)} {ctx.pager(tables.next_cursor.as_deref(), page.cursor.is_none())}
            </footer>
        </section>
    }
    .html()
}

fn row(ctx: Ctx<'_>, table: &TableSummary) -> Html {
    let t = ctx.t;
    let partitions = table.partitioned.then(|| format::number(table.partitions));
    view! {
        <tr>
            <th scope="row">
                <a class="mono" href=link::table(table).page()>{table.name.clone()}</a>
                {(table.kind == reeve_model::asset::AssetKind::View)
                    .then(|| view! { " " {badge("tone-neutral", kind_icon(table.kind), t.kind_view())} })}
                {table.certified.then(|| view! { " " {badge("tone-good", "certified", t.certified())} })}
                {table.deprecated.as_ref().map(|_| view! { " " {badge("tone-warn", "ban", t.deprecated())} })}
                {table.deleted_at.map(|_| view! { " " {badge("tone-bad", "trash", t.gone())} })}
            </th>
            <td class="muted">{ctx.described(table.description.as_deref(), table.description_from)}</td>
            <td class="hide-narrow">{table.format.as_deref().map(str::to_uppercase)}</td>
            <td class="num hide-narrow">{partitions}</td>
            <td class="num">{ctx.size(table.size_bytes)}</td>
            <td class="num hide-narrow">{table.changed_at.map(|at| ctx.ago(at))}</td>
        </tr>
    }
    .html()
}
