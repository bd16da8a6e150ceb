use crate::app::App;
use crate::catalog::sources;
use crate::http::error::{Error, Result};
use crate::http::extract::Path;
use axum::Json;
use axum::extract::State;
use reeve_model::crawl::SourceStatus;
use reeve_model::problem::{Problem, Thing};

/// One source
#[utoipa::path(
    get, path = "/sources/{name}", tag = "sources", params(("name" = String, Path)),
    responses((status = 200, body = SourceStatus), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(State(app): State<App>, Path(name): Path<String>) -> Result<Json<SourceStatus>> {
    let source = app.config.source(&name).ok_or_else(|| Error::not_found(Thing::Source, &name))?;
    let mut tx = app.db.read().await?;
    Ok(Json(sources::status(&mut tx, source, app.clock.now()).await?))
}
