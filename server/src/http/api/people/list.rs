use super::Asked;
use crate::app::App;
use crate::http::api::Page;
use crate::http::error::{Error, Result};
use crate::http::extract::{Query, Signed};
use crate::people::list::{Filter, list as people};
use axum::Json;
use axum::extract::State;
use reeve_model::Word;
use reeve_model::asset::Paged;
use reeve_model::permission::{Action, Resource};
use reeve_model::person::{PersonState, PersonSummary};
use reeve_model::problem::Problem;

/// People and service accounts, by name
#[utoipa::path(
    get, path = "/people", tag = "people", params(Page, Asked),
    responses((status = 200, body = Paged<PersonSummary>), (status = 400, body = Problem, content_type = "application/problem+json"))
)]
pub async fn list(
    State(app): State<App>,
    caller: Signed,
    Query(page): Query<Page>,
    Query(asked): Query<Asked>,
) -> Result<Json<Paged<PersonSummary>>> {
    caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let state = match asked.state.as_str() {
        "" => None,
        word => {
            let known = PersonState::words();
            Some(PersonState::parse(word).ok_or_else(|| Error::not_one_of("state", word, &known))?)
        }
    };
    let services = match asked.kind.as_str() {
        "" => None,
        "person" => Some(false),
        "service" => Some(true),
        other => return Err(Error::not_one_of("kind", other, &["person", "service"])),
    };
    let filter = Filter { q: asked.q, state, services, in_conflict: false };
    let mut tx = app.db.read().await?;
    Ok(Json(people(&mut tx, &filter, page.cursor(), page.limit()?).await?))
}
