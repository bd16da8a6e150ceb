use crate::app::App;
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Signed};
use crate::people::show::person;
use axum::Json;
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use reeve_model::person::PersonDetail;
use reeve_model::problem::{Problem, Thing};

/// One person, with what each source says of him
#[utoipa::path(
    get, path = "/people/{login}", tag = "people", params(("login" = String, Path)),
    responses((status = 200, body = PersonDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(State(app): State<App>, caller: Signed, Path(login): Path<String>) -> Result<Json<PersonDetail>> {
    caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let mut tx = app.db.read().await?;
    person(&mut tx, &login, &caller.hidden).await?.map(Json).ok_or_else(|| Error::not_found(Thing::Person, &login))
}
