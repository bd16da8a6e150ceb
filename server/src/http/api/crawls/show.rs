use crate::app::App;
use crate::catalog::crawls;
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::CrawlId;
use reeve_model::crawl::CrawlDetail;
use reeve_model::problem::{Problem, Thing};

/// One crawl, database by database, with what failed and why
#[utoipa::path(
    get, path = "/crawls/{id}", tag = "sources", params(("id" = i64, Path)),
    responses((status = 200, body = CrawlDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(State(app): State<App>, caller: Signed, Path(id): Path<i64>) -> Result<Json<CrawlDetail>> {
    let mut tx = app.db.read().await?;
    let crawl = crawls::detail(&mut tx, CrawlId(id), app.clock.now(), &caller.hidden).await?;
    crawl.map(Json).ok_or_else(|| Error::not_found(Thing::Crawl, id))
}
