use crate::app::App;
use crate::audit::Origin;
use crate::governance::holds;
use crate::http::api::requests::person;
use crate::http::error::{Error, Result};
use crate::http::extract::{Json as Sent, Path, Signed};
use axum::extract::State;
use axum::http::StatusCode;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{GovernanceRefusal, Problem, Reason, Thing};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lift {
    reason: String,
}

/// Lift a legal hold
#[utoipa::path(
    post, path = "/holds/{id}/lift", tag = "governance", params(("id" = i64, Path)), request_body = Lift,
    responses(
        (status = 204),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none in force", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn lift(
    State(app): State<App>,
    caller: Signed,
    origin: Origin,
    Path(id): Path<i64>,
    Sent(asked): Sent<Lift>,
) -> Result<StatusCode> {
    caller.actor.may(Action::PlaceHold, &Resource::portal())?;
    let reason = asked.reason.trim();
    if reason.is_empty() {
        return Err(Reason::Governance(GovernanceRefusal::TextNeeded).into());
    }
    let mut tx = app.db.write().await?;
    let by = person(&caller)?;
    if !holds::lift(&mut tx, &origin, by, id, reason, app.clock.now()).await? {
        return Err(Error::not_found(Thing::Hold, id));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
