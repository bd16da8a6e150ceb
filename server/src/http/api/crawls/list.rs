use crate::app::App;
use crate::catalog::crawls;
use crate::http::api::{OfSource, Page};
use crate::http::error::Result;
use crate::http::extract::Query;
use axum::Json;
use axum::extract::State;
use reeve_model::asset::Paged;
use reeve_model::crawl::Crawl;
use reeve_model::problem::Problem;

/// Crawls, newest first
#[utoipa::path(
    get, path = "/crawls", tag = "sources", params(Page, OfSource),
    responses((status = 200, body = Paged<Crawl>), (status = 400, body = Problem, content_type = "application/problem+json"))
)]
pub async fn list(
    State(app): State<App>,
    Query(page): Query<Page>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<Crawl>>> {
    let mut tx = app.db.read().await?;
    let (cursor, now) = (page.cursor(), app.clock.now());
    Ok(Json(crawls::list(&mut tx, of.name(), cursor, page.limit()?, now).await?))
}
