use crate::app::App;
use crate::audit::Origin;
use crate::http::api::OfSource;
use crate::http::api::owners::NewOwners;
use crate::http::error::Result;
use crate::http::extract::{Json as Sent, Path, Query, Signed};
use crate::http::owners;
use crate::owners::Subject;
use axum::Json;
use axum::extract::State;
use reeve_model::owner::Owners;
use reeve_model::problem::Problem;

/// Who answers for a table: its own owners and those of its database
#[utoipa::path(
    get, path = "/tables/{database}/{table}/owners", tag = "catalog",
    params(("database" = String, Path), ("table" = String, Path), OfSource),
    responses((status = 200, body = Owners), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(
    State(app): State<App>,
    Path((database, table)): Path<(String, String)>,
    Query(of): Query<OfSource>,
    caller: Signed,
) -> Result<Json<Owners>> {
    let mut tx = app.db.read().await?;
    let table = super::find(&mut tx, &caller.hidden, &database, &table, of.name()).await?;
    Ok(Json(owners::show(&mut tx, &Subject::from(&table)).await?))
}

/// Replace a table's own owners; with none it has those of its database
#[utoipa::path(
    put, path = "/tables/{database}/{table}/owners", tag = "catalog",
    params(("database" = String, Path), ("table" = String, Path), OfSource), request_body = NewOwners,
    responses(
        (status = 200, body = Owners),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "An owner is nobody", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn replace(
    State(app): State<App>,
    Path((database, table)): Path<(String, String)>,
    Query(of): Query<OfSource>,
    caller: Signed,
    origin: Origin,
    Sent(new): Sent<NewOwners>,
) -> Result<Json<Owners>> {
    let mut tx = app.db.read().await?;
    let subject = Subject::from(&super::find(&mut tx, &caller.hidden, &database, &table, of.name()).await?);
    drop(tx);
    owners::replace(&app, &caller, &origin, &subject, &new.pairs(), new.reason()).await?;
    Ok(Json(owners::show(&mut app.db.read().await?, &subject).await?))
}
