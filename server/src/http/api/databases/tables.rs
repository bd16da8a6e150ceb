use crate::app::App;
use crate::catalog::databases;
use crate::http::api::{Filter, OfSource, Page};
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::asset::{Paged, TableSummary};
use reeve_model::problem::{Problem, Thing};

/// The tables and views of a database, by name
#[utoipa::path(
    get, path = "/databases/{database}/tables", tag = "catalog", params(("database" = String, Path), Page, Filter, OfSource),
    responses((status = 200, body = Paged<TableSummary>), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn tables(
    State(app): State<App>,
    caller: Signed,
    Path(name): Path<String>,
    Query(page): Query<Page>,
    Query(filter): Query<Filter>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<TableSummary>>> {
    let mut tx = app.db.read().await?;
    let database = databases::find(&mut tx, &name, of.name(), &caller.hidden)
        .await?
        .ok_or_else(|| Error::not_found(Thing::Database, &name))?;
    Ok(Json(databases::tables(&mut tx, &database, &filter.q, page.cursor(), page.limit()?).await?))
}
