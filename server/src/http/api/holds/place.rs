use crate::app::App;
use crate::audit::Origin;
use crate::governance::holds;
use crate::http::api::requests::{person, subject};
use crate::http::error::{Error, Result};
use crate::http::extract::{Json as Sent, Signed};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{GovernanceRefusal, Problem, Reason, Thing};
use reeve_model::request::LegalHold;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// On what, why and until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// `db.table` or `db`.
    subject: String,
    #[serde(default)]
    source: Option<String>,
    reason: String,
    /// The last day; without one it ends when it is lifted.
    #[serde(default)]
    until: Option<NaiveDate>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedHold {
    id: i64,
}

/// Place a legal hold: nothing of it may go
#[utoipa::path(
    post, path = "/holds", tag = "governance", request_body = NewHold,
    responses(
        (status = 201, body = PlacedHold),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn place(
    State(app): State<App>,
    caller: Signed,
    origin: Origin,
    Sent(new): Sent<NewHold>,
) -> Result<(StatusCode, Json<PlacedHold>)> {
    caller.actor.may(Action::PlaceHold, &Resource::portal())?;
    let now = app.clock.now();
    let mistakes = LegalHold::mistakes(&new.reason, new.until, app.calendar(now).day(now));
    if !mistakes.is_empty() {
        return Err(Reason::Governance(GovernanceRefusal::Wrong { mistakes }).into());
    }
    let mut tx = app.db.write().await?;
    let subject = subject(&mut tx, &caller, &new.subject, new.source.as_deref()).await?;
    let asset = subject.asset.ok_or_else(|| Error::not_found(Thing::Table, &subject.name))?;
    let by = person(&caller)?;
    let said = (new.reason.trim(), new.until);
    let id = holds::place(&mut tx, &origin, by, (asset, &subject.name), said, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(PlacedHold { id })))
}
