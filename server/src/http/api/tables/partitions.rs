use crate::app::App;
use crate::catalog::partitions as catalog;
use crate::http::api::{OfSource, Page};
use crate::http::error::Result;
use axum::Json;
use axum::extract::{Path, Query, State};
use reeve_model::asset::{Paged, Partition};
use reeve_model::problem::Problem;

/// The partitions of a table, by name from the last; `q` keeps those whose name contains it
#[utoipa::path(
    get, path = "/tables/{database}/{table}/partitions", tag = "catalog",
    params(("database" = String, Path), ("table" = String, Path), Page, OfSource),
    responses((status = 200, body = Paged<Partition>), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn partitions(
    State(app): State<App>,
    Path((database, table)): Path<(String, String)>,
    Query(page): Query<Page>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<Partition>>> {
    let mut tx = app.db.read().await?;
    let table = super::find(&mut tx, &database, &table, of.source.as_deref()).await?;
    Ok(Json(catalog::list(&mut tx, &table, &page.q, page.cursor.as_deref(), page.limit()?).await?))
}
