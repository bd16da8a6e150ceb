use crate::app::App;
use crate::http::api::requests::{look, shown};
use crate::http::api::revision::Tagged;
use crate::http::error::Result;
use crate::http::extract::{Path, Signed, Spoken};
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;
use reeve_model::request::RequestDetail;

/// A request, its steps and history, and what the caller may do now
#[utoipa::path(
    get, path = "/requests/{id}", tag = "governance", params(("id" = i64, Path)),
    responses((status = 200, body = RequestDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(
    State(app): State<App>,
    caller: Signed,
    Spoken(lang): Spoken,
    Path(id): Path<i64>,
) -> Result<Tagged<RequestDetail>> {
    caller.actor.may(Action::See, &Resource::portal())?;
    let looked = look(&mut app.db.read().await?, &app, &caller, id, app.clock.now()).await?;
    Ok(Tagged(looked.request.version, shown(looked, lang)))
}
