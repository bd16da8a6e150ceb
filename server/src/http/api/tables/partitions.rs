use crate::app::App;
use crate::catalog::partitions as catalog;
use crate::http::api::{Filter, OfSource, Page};
use crate::http::error::Result;
use crate::http::extract::{Path, Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::asset::{Paged, Partition};
use reeve_model::problem::Problem;

/// The partitions of a table, by name from the last; `q` keeps those whose name contains it
#[utoipa::path(
    get, path = "/tables/{database}/{table}/partitions", tag = "catalog",
    params(("database" = String, Path), ("table" = String, Path), Page, Filter, OfSource),
    responses((status = 200, body = Paged<Partition>), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn partitions(
    State(app): State<App>,
    caller: Signed,
    Path((database, table)): Path<(String, String)>,
    Query(page): Query<Page>,
    Query(filter): Query<Filter>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<Partition>>> {
    let mut tx = app.db.read().await?;
    let table = super::find(&mut tx, &caller.hidden, &database, &table, of.name()).await?;
    Ok(Json(catalog::list(&mut tx, &table, &filter.q, page.cursor(), page.limit()?).await?))
}
