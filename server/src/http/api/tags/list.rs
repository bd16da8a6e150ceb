use crate::app::App;
use crate::curation::tags;
use crate::http::error::Result;
use axum::Json;
use axum::extract::State;
use reeve_model::curation::Tag;

/// The governed list of tags
#[utoipa::path(get, path = "/tags", tag = "catalog", responses((status = 200, body = Vec<Tag>)))]
pub async fn list(State(app): State<App>) -> Result<Json<Vec<Tag>>> {
    Ok(Json(tags::list(&mut app.db.read().await?).await?))
}
