//! A table's page: one address for each tab.

use super::{ListQuery, Visit, owners};
use crate::app::App;
use crate::catalog::{history as changes, partitions as parts};
use crate::db::Tx;
use crate::http::api::tables::columns::select;
use crate::http::api::tables::find;
use crate::http::error::Result;
use crate::owners::Subject;
use axum::extract::{FromRequestParts, Path, Query};
use axum::response::Html;
use reeve_frontend::form::Form as Typed;
use reeve_frontend::owners::OwnersPanel;
use reeve_frontend::pages::table::{TablePage, TableTab};
use reeve_model::asset::TableDetail;

/// How many columns a page shows at once; the filter finds the others.
const COLUMNS: i64 = 200;
const ROWS: i64 = 100;

/// What every tab is asked.
#[derive(FromRequestParts)]
#[from_request(state(App))]
pub(super) struct Asked {
    name: Path<(String, String)>,
    query: Query<ListQuery>,
    visit: Visit,
}

impl Asked {
    async fn table(&self) -> Result<(Tx, TableDetail)> {
        let (database, name) = &self.name.0;
        let mut tx = self.visit.read().await?;
        let table = find(&mut tx, &self.visit.caller.hidden, database, name, self.query.source.as_deref()).await?;
        Ok((tx, table.prefer(self.visit.comments())))
    }

    async fn show(self, mut tx: Tx, table: TableDetail, tab: TableTab) -> Result<Html<String>> {
        let owners = owners::panel(&mut tx, &self.visit, &Subject::from(&table), Typed::default()).await?;
        let curation = self.visit.curation(&mut tx, table.summary.id).await?;
        self.visit.render(tx, &TablePage { table, tab, curation, owners }).await
    }
}

pub(super) async fn overview(asked: Asked) -> Result<Html<String>> {
    let (mut tx, table) = asked.table().await?;
    let tab = overview_tab(&mut tx, &table).await?;
    asked.show(tx, table, tab).await
}

async fn overview_tab(tx: &mut Tx, table: &TableDetail) -> Result<TableTab> {
    Ok(TableTab::Overview {
        columns: select(table, "", None, 50)?,
        changes: changes::list(tx, table.summary.id, None, 8).await?,
        partitions: parts::list(tx, table, "", None, 8).await?,
    })
}

/// The overview with these owners, for the form on it that comes back.
pub(super) async fn overview_page(
    tx: &mut Tx,
    visit: &Visit,
    table: TableDetail,
    owners: OwnersPanel,
) -> Result<TablePage> {
    let table = table.prefer(visit.comments());
    let tab = overview_tab(tx, &table).await?;
    let curation = visit.curation(tx, table.summary.id).await?;
    Ok(TablePage { table, tab, curation, owners })
}

pub(super) async fn columns(asked: Asked) -> Result<Html<String>> {
    let (tx, table) = asked.table().await?;
    let columns = select(&table, &asked.query.q, asked.query.cursor(), COLUMNS)?;
    let tab = TableTab::Columns { columns, filter: asked.query.q.clone(), cursor: asked.query.cursor.clone() };
    asked.show(tx, table, tab).await
}

pub(super) async fn partitions(asked: Asked) -> Result<Html<String>> {
    let (mut tx, table) = asked.table().await?;
    let partitions = parts::list(&mut tx, &table, &asked.query.q, asked.query.cursor(), ROWS).await?;
    let tab = TableTab::Partitions { partitions, filter: asked.query.q.clone(), cursor: asked.query.cursor.clone() };
    asked.show(tx, table, tab).await
}

pub(super) async fn history(asked: Asked) -> Result<Html<String>> {
    let (mut tx, table) = asked.table().await?;
    let changes = changes::list(&mut tx, table.summary.id, asked.query.cursor(), ROWS).await?;
    let tab = TableTab::History { changes, cursor: asked.query.cursor.clone() };
    asked.show(tx, table, tab).await
}
