use crate::app::App;
use crate::http::api::Page;
use crate::http::error::{Error, Result};
use crate::http::extract::{Query, Signed};
use crate::owners::succession;
use axum::Json;
use axum::extract::State;
use reeve_model::Word;
use reeve_model::asset::Paged;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;
use reeve_model::succession::{Case, CaseState};
use serde::Deserialize;

/// Which cases.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfState {
    /// `open`, `settled` or `returned`; all unless told.
    #[serde(default)]
    state: String,
}

/// What people who left answered for: the cases, those that are open first, of these the one that is due next
#[utoipa::path(
    get, path = "/succession", tag = "people", params(OfState, Page),
    responses((status = 200, body = Paged<Case>), (status = 400, body = Problem, content_type = "application/problem+json"))
)]
pub async fn list(
    State(app): State<App>,
    caller: Signed,
    Query(of): Query<OfState>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<Case>>> {
    caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let known = || Error::not_one_of("state", &of.state, &CaseState::words());
    let state = match of.state.as_str() {
        "" => None,
        word => Some(CaseState::parse(word).ok_or_else(known)?),
    };
    let shown = skip(page.cursor())?;
    Ok(Json(succession::list(&mut app.db.read().await?, state, shown, page.limit()?).await?))
}

/// How many a cursor says were shown.
///
/// # Errors
/// A bad request where it is none.
pub(in crate::http) fn skip(cursor: Option<&str>) -> Result<i64> {
    let Some(text) = cursor else { return Ok(0) };
    text.parse().ok().filter(|skip| *skip >= 0).ok_or_else(|| Error::bad_cursor(text))
}
