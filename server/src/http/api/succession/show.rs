use crate::app::App;
use crate::db::Tx;
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Signed};
use crate::owners::succession;
use axum::Json;
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{Problem, Thing};
use reeve_model::succession::CaseDetail;
use reeve_model::visibility::Hidden;

/// One case, with what the person answered for and who might take it over
#[utoipa::path(
    get, path = "/succession/{id}", tag = "people", params(("id" = i64, Path)),
    responses((status = 200, body = CaseDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(State(app): State<App>, caller: Signed, Path(id): Path<i64>) -> Result<Json<CaseDetail>> {
    caller.actor.may(Action::SeePeople, &Resource::portal())?;
    Ok(Json(find(&mut app.db.read().await?, id, &caller.hidden).await?))
}

/// The case that the path names, or a 404 that says which.
pub(in crate::http) async fn find(tx: &mut Tx, id: i64, hidden: &Hidden) -> Result<CaseDetail> {
    succession::find(tx, id, hidden).await?.ok_or_else(|| Error::not_found(Thing::Case, id))
}
