use crate::app::App;
use crate::audit::Origin;
use crate::http::error::{Error, Result, echo};
use crate::http::extract::{Json as Sent, Path, Signed};
use crate::retention::policies;
use axum::Json;
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{Problem, RequestRefusal};
use reeve_model::retention::Policy;
use serde::Deserialize;
use utoipa::ToSchema;

/// A version of a policy, and why it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    /// The whole of it; its `name` is that of the address.
    policy: Policy,
    reason: String,
}

/// Write a retention policy, or another version of it
#[utoipa::path(
    put, path = "/policies/{name}", tag = "governance", params(("name" = String, Path)), request_body = NewVersion,
    responses(
        (status = 200, body = Policy),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn write(
    State(app): State<App>,
    caller: Signed,
    origin: Origin,
    Path(name): Path<String>,
    Sent(new): Sent<NewVersion>,
) -> Result<Json<Policy>> {
    caller.actor.may(Action::ManagePolicies, &Resource::portal())?;
    let wrong = |field: &str, why: String| -> Error {
        RequestRefusal::UnreadableField { field: field.to_owned(), why: echo(why) }.into()
    };
    let reason = new.reason.trim();
    if reason.is_empty() {
        return Err(wrong("reason", "it is empty".to_owned()));
    }
    let mut tx = app.db.write().await?;
    let id = policies::called(&mut tx, &name).await?;
    let policy = Policy { id, name, ..new.policy };
    if let Some(problem) = policy.problems().into_iter().next() {
        return Err(wrong("policy", problem.to_string()));
    }
    let id = policies::write(&mut tx, &origin, &policy, (reason, None), app.clock.now()).await?;
    let written = policies::history(&mut tx, id).await?.into_iter().next();
    tx.commit().await?;
    written.map(|written| Json(written.policy)).ok_or_else(|| Error::internal("a policy was written and is not there"))
}
