#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{badge, data_table, empty, page_header};
use crate::shell::{Ctx, Framed};
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::AssetId;
use reeve_model::asset::{DatabaseSummary, Paged};
use reeve_model::owner::{OwnerState, Owners};
use std::collections::HashMap;

#[derive(Clone, Debug)]
pub struct DatabasesPage {
    pub databases: Paged<DatabaseSummary>,
    pub cursor: Option<String>,
    /// Of those that somebody answers for.
    pub owners: HashMap<AssetId, Owners>,
}

impl PageView for DatabasesPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let databases = &self.databases;
        let shown = i64::try_from(databases.items.len()).unwrap_or(i64::MAX);
        let content = if databases.items.is_empty() {
            let advice = view! {
                <p>{t.home_empty_advice()}</p>
                <a class="button primary" href="/sources">{t.home_empty_action()}</a>
            };
            empty("database", t.databases_none(), advice.html())
        } else {
            let rows = databases
                .items
                .iter()
                .map(|database| row(ctx, database, self.owners.get(&database.id)))
                .collect::<Vec<_>>();
            let heads = vec![
                (t.database(), ""),
                (t.description(), ""),
                (t.tables(), "num"),
                (t.views(), "num hide-narrow"),
                (t.size(), "num"),
                (t.owner(), "hide-narrow"),
                (t.source(), "hide-narrow"),
            ];
            data_table(&t.databases(), heads, view! { <tbody>{rows}</tbody> }.html())
        };
        let header =
            page_header(blank(), view! { <h1>{t.databases()}</h1> }.html(), t.databases_purpose().html(), blank());
        let main = view! {
            {header}
            <section class="panel">
                <header class="panel-header">
                    <h2>{t.databases_all()} " " <span class="count">{format::number(databases.total)}</span></h2>
                </header>
                {content}
                <footer class="panel-foot">
                    {t.of_shown(shown, databases.total)}
                    {ctx.pager(databases.next_cursor.as_deref(), self.cursor.is_none())}
                </footer>
            </section>
        };
        Framed { title: t.databases(), section: "/databases", has_search: false, main: main.html() }
    }
}

fn row(ctx: Ctx<'_>, database: &DatabaseSummary, owners: Option<&Owners>) -> Html {
    let owners = owners.map_or_else(|| ctx.owner_state(OwnerState::None), |owners| ctx.deciders(owners));
    view! {
        <tr>
            <th scope="row">
                <a class="mono" href=link::database(database).page()>{database.name.clone()}</a>
                {database.deleted_at.map(|_| view! { " " {badge("tone-bad", "trash", ctx.t.gone())} })}
            </th>
            <td class="muted">{ctx.description(database.description.as_deref())}</td>
            <td class="num">{format::number(database.tables)}</td>
            <td class="num hide-narrow">{format::number(database.views)}</td>
            <td class="num">{ctx.size(database.size_bytes)}</td>
            <td class="hide-narrow">{owners}</td>
            <td class="hide-narrow">
                <a href=link::source(&database.source)>{database.source.clone()}</a>
            </td>
        </tr>
    }
    .html()
}
