use crate::app::App;
use crate::audit::Origin;
use crate::curation::edit::Editor;
use crate::curation::tags;
use crate::http::error::Result;
use crate::http::extract::{Path, Signed};
use axum::extract::State;
use axum::http::StatusCode;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;

/// Take a tag from the list, and from all that has it
#[utoipa::path(
    delete, path = "/tags/{name}", tag = "catalog", params(("name" = String, Path)),
    responses(
        (status = 204, description = "It is on the list no more"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
    caller: Signed,
    origin: Origin,
) -> Result<StatusCode> {
    caller.actor.may(Action::ManageRules, &Resource::portal())?;
    let mut tx = app.db.write().await?;
    let by = Editor { login: &caller.actor.login, origin: &origin, now: app.clock.now() };
    tags::remove(&mut tx, by, &name).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
