use crate::app::App;
use crate::audit::Origin;
use crate::catalog::databases;
use crate::db::Tx;
use crate::http::api::OfSource;
use crate::http::api::owners::NewOwners;
use crate::http::error::{Error, Result};
use crate::http::extract::{Json as Sent, Path, Query, Signed};
use crate::http::owners;
use crate::owners::Subject;
use axum::Json;
use axum::extract::State;
use reeve_model::asset::DatabaseSummary;
use reeve_model::owner::Owners;
use reeve_model::problem::{Problem, Thing};
use reeve_model::visibility::Hidden;

/// Who answers for a database, and for its tables that have no owners of their own
#[utoipa::path(
    get, path = "/databases/{database}/owners", tag = "catalog",
    params(("database" = String, Path), OfSource),
    responses((status = 200, body = Owners), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(of): Query<OfSource>,
    caller: Signed,
) -> Result<Json<Owners>> {
    let mut tx = app.db.read().await?;
    let database = find(&mut tx, &name, of.name(), &caller.hidden).await?;
    Ok(Json(owners::show(&mut tx, &Subject::from(&database)).await?))
}

/// Replace a database's owners
#[utoipa::path(
    put, path = "/databases/{database}/owners", tag = "catalog",
    params(("database" = String, Path), OfSource), request_body = NewOwners,
    responses(
        (status = 200, body = Owners),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "An owner is nobody", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn replace(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(of): Query<OfSource>,
    caller: Signed,
    origin: Origin,
    Sent(new): Sent<NewOwners>,
) -> Result<Json<Owners>> {
    let mut tx = app.db.read().await?;
    let subject = Subject::from(&find(&mut tx, &name, of.name(), &caller.hidden).await?);
    drop(tx);
    owners::replace(&app, &caller, &origin, &subject, &new.pairs(), new.reason()).await?;
    Ok(Json(owners::show(&mut app.db.read().await?, &subject).await?))
}

async fn find(tx: &mut Tx, name: &str, source: Option<&str>, hidden: &Hidden) -> Result<DatabaseSummary> {
    databases::find(tx, name, source, hidden).await?.ok_or_else(|| Error::not_found(Thing::Database, name))
}
