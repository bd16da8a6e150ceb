use super::OfPerson;
use crate::app::App;
use crate::auth::token;
use crate::http::error::Result;
use crate::http::extract::{Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::account::Token;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;

/// API tokens that act in one's name
#[utoipa::path(
    get, path = "/tokens", tag = "people", params(OfPerson),
    responses(
        (status = 200, body = Vec<Token>),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(State(app): State<App>, Query(of): Query<OfPerson>, caller: Signed) -> Result<Json<Vec<Token>>> {
    let person = of.find(&app, &caller).await?;
    caller.actor.may(Action::SeeTokens, &Resource::of_person(&caller.actor, person))?;
    Ok(Json(token::list(&mut app.db.read().await?, person).await?))
}
