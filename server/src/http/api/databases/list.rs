use crate::app::App;
use crate::catalog::databases;
use crate::http::api::{Filter, OfSource, Page};
use crate::http::error::Result;
use crate::http::extract::{Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::asset::{DatabaseSummary, Paged};
use reeve_model::problem::Problem;

/// Databases, by name
#[utoipa::path(
    get, path = "/databases", tag = "catalog", params(Page, Filter, OfSource),
    responses((status = 200, body = Paged<DatabaseSummary>), (status = 400, body = Problem, content_type = "application/problem+json"))
)]
pub async fn list(
    State(app): State<App>,
    caller: Signed,
    Query(page): Query<Page>,
    Query(filter): Query<Filter>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<DatabaseSummary>>> {
    let mut tx = app.db.read().await?;
    Ok(Json(databases::list(&mut tx, of.name(), &filter.q, page.cursor(), page.limit()?, &caller.hidden).await?))
}
