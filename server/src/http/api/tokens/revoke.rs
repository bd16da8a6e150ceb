use super::OfPerson;
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::auth::{Caller, token};
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Query, Signed};
use axum::extract::State;
use axum::http::StatusCode;
use reeve_model::AssetId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{Problem, Thing};

/// Revoke an API token
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "people", params(("id" = i64, Path), OfPerson),
    responses(
        (status = 204, description = "It acts no more"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn revoke(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(of): Query<OfPerson>,
    caller: Signed,
    origin: Origin,
) -> Result<StatusCode> {
    let person = of.find(&app, &caller).await?;
    end(&app, &caller, &origin, person, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a token of this person; the page of the account does the same.
///
/// # Errors
/// Forbidden, or not found.
pub async fn end(app: &App, caller: &Caller, origin: &Origin, person: AssetId, id: i64) -> Result<()> {
    caller.actor.may(Action::RevokeToken, &Resource::of_person(&caller.actor, person))?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if !token::revoke(&mut tx, person, id, now).await? {
        return Err(Error::not_found(Thing::Token, id));
    }
    tx.record(Act::new(origin, now, Event::TokenRevoked, Object::new(ObjectKind::Token, id, "")));
    tx.commit().await?;
    Ok(())
}
