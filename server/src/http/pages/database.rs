use super::{ListQuery, Visit, owners};
use crate::catalog::databases;
use crate::db::Tx;
use crate::http::error::{Error, Result};
use crate::owners::Subject;
use axum::extract::{Path, Query};
use axum::response::Html;
use reeve_frontend::form::Form as Typed;
use reeve_frontend::owners::OwnersPanel;
use reeve_frontend::pages::database::DatabasePage;
use reeve_model::asset::DatabaseSummary;
use reeve_model::problem::Thing;

pub(super) async fn database(
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let database = databases::find(&mut tx, &name, query.source.as_deref(), &visit.caller.hidden)
        .await?
        .ok_or_else(|| Error::not_found(Thing::Database, &name))?;
    let owners = owners::panel(&mut tx, &visit, &Subject::from(&database), Typed::default()).await?;
    let page = page(&mut tx, &visit, database, query, owners).await?;
    visit.render(tx, &page).await
}

pub(super) async fn page(
    tx: &mut Tx,
    visit: &Visit,
    database: DatabaseSummary,
    query: ListQuery,
    owners: OwnersPanel,
) -> Result<DatabasePage> {
    let tables = databases::tables(tx, &database, &query.q, query.cursor(), 100).await?;
    let curation = visit.curation(tx, database.id).await?;
    Ok(DatabasePage { database, tables, filter: query.q, cursor: query.cursor, curation, owners })
}
