use crate::app::App;
use crate::audit::Origin;
use crate::catalog::databases;
use crate::curation::edit::{Editor, apply};
use crate::curation::may;
use crate::http::api::OfSource;
use crate::http::api::revision::{self, Tagged};
use crate::http::error::{Error, Result};
use crate::http::extract::{Json, Path, Query, Signed};
use axum::extract::State;
use axum::http::HeaderMap;
use reeve_model::asset::DatabaseSummary;
use reeve_model::curation::{DatabaseEdit, Edit};
use reeve_model::problem::{Problem, Thing};

/// Change the description of a database
#[utoipa::path(
    patch, path = "/databases/{database}", tag = "catalog",
    params(
        ("database" = String, Path), OfSource,
        ("If-Match" = String, Header, description = "The entity tag of the answer that the change is made from"),
    ),
    request_body = DatabaseEdit,
    responses(
        (status = 200, description = "As it is now", body = DatabaseSummary),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "Somebody else has edited it meanwhile", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "Without If-Match", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn edit(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(of): Query<OfSource>,
    caller: Signed,
    origin: Origin,
    headers: HeaderMap,
    Json(DatabaseEdit { description }): Json<DatabaseEdit>,
) -> Result<Tagged<DatabaseSummary>> {
    let not_found = || Error::not_found(Thing::Database, &name);
    let mut tx = app.db.write().await?;
    let found = databases::find(&mut tx, &name, of.name(), &caller.hidden).await?.ok_or_else(not_found)?;
    let edit = Edit { description, ..Edit::default() };
    may::check(&caller.actor, &may::resource(&mut tx, &caller.actor, found.id).await?, &edit)?;
    let expected = revision::expected(&headers, &found.name)?;
    let by = Editor { login: &caller.actor.login, origin: &origin, now: app.clock.now() };
    apply(&mut tx, by, found.id, expected, &edit).await?;
    let found = databases::find(&mut tx, &name, of.name(), &caller.hidden).await?.ok_or_else(not_found)?;
    tx.commit().await?;
    Ok(Tagged(found.revision, found))
}
