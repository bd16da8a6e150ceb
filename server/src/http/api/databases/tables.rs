use crate::app::App;
use crate::catalog::databases;
use crate::http::api::{OfSource, Page};
use crate::http::error::{Error, Result};
use axum::Json;
use axum::extract::{Path, Query, State};
use reeve_model::asset::{Paged, TableSummary};
use reeve_model::problem::{Problem, Thing};

/// The tables and views of a database, by name
#[utoipa::path(
    get, path = "/databases/{database}/tables", tag = "catalog", params(("database" = String, Path), Page, OfSource),
    responses((status = 200, body = Paged<TableSummary>), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn tables(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(page): Query<Page>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<TableSummary>>> {
    let mut tx = app.db.read().await?;
    let database = databases::find(&mut tx, &name, of.source.as_deref())
        .await?
        .ok_or_else(|| Error::not_found(Thing::Database, &name))?;
    Ok(Json(databases::tables(&mut tx, &database, &page.q, page.cursor.as_deref(), page.limit()?).await?))
}
