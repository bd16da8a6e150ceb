use crate::app::App;
use crate::http::error::Result;
use crate::http::extract::{Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::problem::Problem;
use reeve_model::search::Suggestion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize)]
pub struct Parameters {
    /// What has been typed so far.
    #[serde(default)]
    q: String,
    /// 1 to 20.
    #[serde(default = "eight")]
    limit: i64,
}

fn eight() -> i64 {
    8
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    suggestions: Vec<Suggestion>,
}

/// What the words typed so far may be meant for
#[utoipa::path(
    get, path = "/suggest", tag = "search",
    params(
        ("q" = Option<String>, Query, description = "What has been typed so far"),
        ("limit" = Option<i64>, Query, description = "How many, 1 to 20; 8 unless told", minimum = 1, maximum = 20),
    ),
    responses((status = 200, body = Suggestions), (status = 503, body = Problem, content_type = "application/problem+json"))
)]
pub async fn suggest(
    State(app): State<App>,
    caller: Signed,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Suggestions>> {
    let limit = super::limit(parameters.limit, 20)?;
    let suggestions = app.suggest(parameters.q, usize::try_from(limit).unwrap_or(20), &caller.hidden).await?;
    Ok(Json(Suggestions { suggestions }))
}
