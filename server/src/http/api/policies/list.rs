use crate::app::App;
use crate::http::error::Result;
use crate::http::extract::Signed;
use crate::retention::policies;
use axum::Json;
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use reeve_model::retention::Policy;
use reeve_model::retention::policy::in_force;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Policies {
    /// Those that hold today, each in the version that counts.
    items: Vec<Policy>,
}

/// Retention policies that hold today
#[utoipa::path(get, path = "/policies", tag = "governance", responses((status = 200, body = Policies)))]
pub async fn list(State(app): State<App>, caller: Signed) -> Result<Json<Policies>> {
    caller.actor.may(Action::See, &Resource::portal())?;
    let now = app.clock.now();
    let versions = policies::versions(&mut app.db.read().await?).await?;
    let items = in_force(&versions, app.calendar(now).day(now)).into_iter().cloned().collect();
    Ok(Json(Policies { items }))
}
