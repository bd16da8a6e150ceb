//! A table's page: one address for each tab.

use super::{ListQuery, Visit};
use crate::app::App;
use crate::catalog::{history as changes, partitions as parts};
use crate::http::api::tables::columns::select;
use crate::http::api::tables::find;
use crate::http::error::Result;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use reeve_model::page::{Page, TablePage, TableTab};

type Name = Path<(String, String)>;

/// How many columns a page shows at once; the filter finds the others.
const COLUMNS: i64 = 200;
const ROWS: i64 = 100;

pub(super) async fn overview(
    State(app): State<App>,
    Path((database, name)): Name,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = app.db.read().await?;
    let table = find(&mut tx, &database, &name, query.source.as_deref()).await?;
    let tab = TableTab::Overview {
        columns: select(&table, "", None, 50)?,
        changes: changes::list(&mut tx, "table", table.summary.id, None, 8).await?,
        partitions: parts::list(&mut tx, &table, "", None, 8).await?,
    };
    drop(tx);
    visit.render(Page::Table(Box::new(TablePage { table, tab }))).await
}

pub(super) async fn columns(
    State(app): State<App>,
    Path((database, name)): Name,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = app.db.read().await?;
    let table = find(&mut tx, &database, &name, query.source.as_deref()).await?;
    drop(tx);
    let columns = select(&table, &query.q, query.cursor(), COLUMNS)?;
    let tab = TableTab::Columns { columns, filter: query.q, cursor: query.cursor };
    visit.render(Page::Table(Box::new(TablePage { table, tab }))).await
}

pub(super) async fn partitions(
    State(app): State<App>,
    Path((database, name)): Name,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = app.db.read().await?;
    let table = find(&mut tx, &database, &name, query.source.as_deref()).await?;
    let partitions = parts::list(&mut tx, &table, &query.q, query.cursor(), ROWS).await?;
    drop(tx);
    let tab = TableTab::Partitions { partitions, filter: query.q, cursor: query.cursor };
    visit.render(Page::Table(Box::new(TablePage { table, tab }))).await
}

pub(super) async fn history(
    State(app): State<App>,
    Path((database, name)): Name,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = app.db.read().await?;
    let table = find(&mut tx, &database, &name, query.source.as_deref()).await?;
    let changes = changes::list(&mut tx, "table", table.summary.id, query.cursor(), ROWS).await?;
    drop(tx);
    let tab = TableTab::History { changes, cursor: query.cursor };
    visit.render(Page::Table(Box::new(TablePage { table, tab }))).await
}
