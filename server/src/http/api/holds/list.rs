use crate::app::App;
use crate::governance::holds::{self, Held};
use crate::http::error::Result;
use crate::http::extract::Signed;
use axum::Json;
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use serde::Serialize;
use utoipa::ToSchema;

/// More than these nobody looks through.
const MOST: i64 = 1_000;

#[derive(Debug, Serialize, ToSchema)]
pub struct Holds {
    items: Vec<Held>,
}

/// Legal holds, those in force first
#[utoipa::path(get, path = "/holds", tag = "governance", responses((status = 200, body = Holds)))]
pub async fn list(State(app): State<App>, caller: Signed) -> Result<Json<Holds>> {
    caller.actor.may(Action::See, &Resource::portal())?;
    let mut items = holds::list(&mut app.db.read().await?, None, MOST).await?;
    items.retain(|held| !caller.hidden.hides(&held.source, &held.database));
    Ok(Json(Holds { items }))
}
