use super::{answer, renamed};
use crate::app::App;
use crate::http::api::OfSource;
use crate::http::api::tables::find;
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Query, Signed, Spoken};
use axum::Json;
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{Problem, Thing};
use reeve_model::retention::RetentionAnswer;
use serde_json::Value;

/// How long a table is kept, by which rule, and until when that holds
#[utoipa::path(
    get, path = "/retention/{database}/{table}", tag = "governance",
    params(("database" = String, Path), ("table" = String, Path), OfSource),
    responses(
        (status = 200, description = "Names of fields can be others, by `[governance.retention_fields]`", body = RetentionAnswer),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn show(
    State(app): State<App>,
    caller: Signed,
    Spoken(lang): Spoken,
    Path((database, table)): Path<(String, String)>,
    Query(of): Query<OfSource>,
) -> Result<Json<Value>> {
    caller.actor.may(Action::See, &Resource::portal())?;
    let mut tx = app.db.read().await?;
    let found = find(&mut tx, &caller.hidden, &database, &table, of.name()).await?;
    let answer = answer(&mut tx, &app, found.summary.id, lang, app.clock.now()).await?;
    let answer = answer.ok_or_else(|| Error::not_found(Thing::Table, format!("{database}.{table}")))?;
    Ok(Json(renamed(&app, &answer)))
}
