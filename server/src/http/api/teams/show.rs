use crate::app::App;
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Signed};
use crate::people::show::team;
use axum::Json;
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use reeve_model::person::TeamDetail;
use reeve_model::problem::{Problem, Thing};

/// One team, with who is in it
#[utoipa::path(
    get, path = "/teams/{name}", tag = "people", params(("name" = String, Path)),
    responses((status = 200, body = TeamDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(State(app): State<App>, caller: Signed, Path(name): Path<String>) -> Result<Json<TeamDetail>> {
    caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let mut tx = app.db.read().await?;
    team(&mut tx, &name, &caller.hidden).await?.map(Json).ok_or_else(|| Error::not_found(Thing::Team, &name))
}
