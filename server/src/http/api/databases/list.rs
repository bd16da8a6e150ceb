use crate::app::App;
use crate::catalog::databases;
use crate::http::api::{OfSource, Page};
use crate::http::error::Result;
use axum::Json;
use axum::extract::{Query, State};
use reeve_model::asset::{DatabaseSummary, Paged};
use reeve_model::problem::Problem;

/// Databases, by name
#[utoipa::path(
    get, path = "/databases", tag = "catalog", params(Page, OfSource),
    responses((status = 200, body = Paged<DatabaseSummary>), (status = 400, body = Problem, content_type = "application/problem+json"))
)]
pub async fn list(
    State(app): State<App>,
    Query(page): Query<Page>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<DatabaseSummary>>> {
    let mut tx = app.db.read().await?;
    Ok(Json(databases::list(&mut tx, of.source.as_deref(), page.cursor.as_deref(), page.limit()?).await?))
}
