use super::show::find;
use crate::app::App;
use crate::audit::Origin;
use crate::auth::Caller;
use crate::http::error::Result;
use crate::http::extract::{Json as Sent, Path, Signed};
use crate::http::owners::holder;
use crate::owners::succession;
use axum::Json;
use axum::extract::State;
use reeve_model::permission::Action;
use reeve_model::problem::Problem;
use reeve_model::succession::CaseDetail;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Who answers for them from now on: a login, `team/NAME`, a mail address, or a name that one person alone has.
    holder: String,
    /// Numbers of items; all that are open unless told.
    #[serde(default)]
    items: Option<Vec<i64>>,
}

/// Hand over open items of a case to a person or a team
#[utoipa::path(
    post, path = "/succession/{id}/handover", tag = "people", params(("id" = i64, Path)), request_body = HandOver,
    responses(
        (status = 200, body = CaseDetail),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The holder is nobody", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn handover(
    State(app): State<App>,
    caller: Signed,
    origin: Origin,
    Path(id): Path<i64>,
    Sent(asked): Sent<HandOver>,
) -> Result<Json<CaseDetail>> {
    request(&app, &caller, &origin, id, asked.items.as_deref(), &asked.holder).await?;
    Ok(Json(find(&mut app.db.read().await?, id, &caller.hidden).await?))
}

/// Hands over, for the API and the page's form; answers how many items.
///
/// # Errors
/// Forbidden, not found, or the heir is nobody.
pub(in crate::http) async fn request(
    app: &App,
    caller: &Caller,
    origin: &Origin,
    id: i64,
    items: Option<&[i64]>,
    heir: &str,
) -> Result<u64> {
    let mut tx = app.db.write().await?;
    let case = find(&mut tx, id, &caller.hidden).await?;
    let resource = succession::resource(&mut tx, &caller.actor, &case).await?;
    caller.actor.may(Action::SettleSuccession, &resource)?;
    let heir = holder(&mut tx, heir).await?;
    let done = succession::hand_over(&mut tx, &case, items, &heir, origin, app.clock.now()).await?;
    tx.commit().await?;
    Ok(done)
}
