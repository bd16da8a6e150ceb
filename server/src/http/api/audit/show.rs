use crate::app::App;
use crate::audit::list as log;
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::audit::Entry;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{Problem, Thing};

/// One act of the audit log
#[utoipa::path(
    get, path = "/audit/{seq}", tag = "audit", params(("seq" = i64, Path)),
    responses(
        (status = 200, body = Entry),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn show(State(app): State<App>, signed: Signed, Path(seq): Path<i64>) -> Result<Json<Entry>> {
    signed.actor.may(Action::ReadAudit, &Resource::portal())?;
    let mut tx = app.db.read().await?;
    let entry = log::entry(&mut tx, seq, &signed.hidden).await?;
    entry.map(Json).ok_or_else(|| Error::not_found(Thing::Act, seq))
}
