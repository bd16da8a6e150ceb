use super::{ListQuery, Visit};
use crate::catalog::databases;
use crate::http::error::{Error, Result};
use axum::extract::{Path, Query};
use axum::response::Html;
use reeve_frontend::pages::database::DatabasePage;
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
    let tables = databases::tables(&mut tx, &database, &query.q, query.cursor(), 100).await?;
    let curation = visit.curation(&mut tx, database.id).await?;
    visit.render(tx, &DatabasePage { database, tables, filter: query.q, cursor: query.cursor, curation }).await
}
