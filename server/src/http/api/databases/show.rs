use crate::app::App;
use crate::catalog::databases;
use crate::http::api::OfSource;
use crate::http::api::revision::Tagged;
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Query, Signed};
use axum::extract::State;
use reeve_model::asset::DatabaseSummary;
use reeve_model::problem::{Problem, Thing};

/// One database
#[utoipa::path(
    get, path = "/databases/{database}", tag = "catalog", params(("database" = String, Path), OfSource),
    responses((status = 200, body = DatabaseSummary), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(
    State(app): State<App>,
    caller: Signed,
    Path(name): Path<String>,
    Query(of): Query<OfSource>,
) -> Result<Tagged<DatabaseSummary>> {
    let mut tx = app.db.read().await?;
    let found = databases::find(&mut tx, &name, of.name(), &caller.hidden).await?;
    let found = found.ok_or_else(|| Error::not_found(Thing::Database, &name))?;
    Ok(Tagged(found.revision, found))
}
