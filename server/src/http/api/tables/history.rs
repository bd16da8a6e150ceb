use crate::app::App;
use crate::catalog::history as catalog;
use crate::http::api::{OfSource, Page};
use crate::http::error::Result;
use crate::http::extract::{Path, Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::asset::{Change, Paged};
use reeve_model::problem::Problem;

/// What happened to a table, newest first
#[utoipa::path(
    get, path = "/tables/{database}/{table}/history", tag = "catalog",
    params(("database" = String, Path), ("table" = String, Path), Page, OfSource),
    responses((status = 200, body = Paged<Change>), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn history(
    State(app): State<App>,
    caller: Signed,
    Path((database, table)): Path<(String, String)>,
    Query(page): Query<Page>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<Change>>> {
    let mut tx = app.db.read().await?;
    let table = super::find(&mut tx, &caller.hidden, &database, &table, of.name()).await?;
    Ok(Json(catalog::list(&mut tx, table.summary.id, page.cursor(), page.limit()?).await?))
}
