use crate::app::App;
use crate::catalog::sources;
use crate::http::error::Result;
use axum::Json;
use axum::extract::State;
use reeve_model::crawl::SourceStatus;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Sources {
    items: Vec<SourceStatus>,
}

/// Sources, with their last crawl and how fresh they are
#[utoipa::path(get, path = "/sources", tag = "sources", responses((status = 200, body = Sources)))]
pub async fn list(State(app): State<App>) -> Result<Json<Sources>> {
    let mut tx = app.db.read().await?;
    let items = sources::list(&mut tx, &app.config, app.clock.now()).await?;
    Ok(Json(Sources { items }))
}
