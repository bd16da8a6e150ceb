use super::Wanted;
use crate::app::App;
use crate::audit::list as log;
use crate::http::api::Page;
use crate::http::error::Result;
use crate::http::extract::{Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::asset::Paged;
use reeve_model::audit::Entry;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;

/// Acts of the audit log, newest first
#[utoipa::path(
    get, path = "/audit", tag = "audit", params(Wanted, Page),
    responses(
        (status = 200, body = Paged<Entry>),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(app): State<App>,
    signed: Signed,
    Query(wanted): Query<Wanted>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<Entry>>> {
    signed.actor.may(Action::ReadAudit, &Resource::portal())?;
    let filter = wanted.filter(&app)?;
    let mut tx = app.db.read().await?;
    Ok(Json(log::list(&mut tx, &filter, &signed.hidden, page.cursor(), page.limit()?).await?))
}
