//! What becomes of a proposal.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::curation::edit::Editor;
use crate::curation::{may, proposals};
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path};
use crate::http::preferences;
use axum::extract::State;
use axum::response::Redirect;
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::table::proposals::{ANSWER, ASSET, BACK, DECISION, REVISION};
use reeve_model::AssetId;
use reeve_model::curation::ProposalState;
use reeve_model::permission::Action;
use reeve_model::problem::{AuthRefusal, RequestRefusal};

/// `POST /proposals/{id}`
pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<i64>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    let form = Typed::new(pairs);
    let no_such = || Error::from(RequestRefusal::NoSuchAddress);
    let asset = AssetId(form.value(ASSET).parse().map_err(|_| no_such())?);
    let state = match form.value(DECISION) {
        "accept" => ProposalState::Accepted,
        "decline" => ProposalState::Declined,
        "withdraw" => ProposalState::Withdrawn,
        _ => return Err(RequestRefusal::UnreadableBody.into()),
    };
    let actor = &visit.caller.actor;
    let mut tx = app.db.write().await?;
    let maker = proposals::maker(&mut tx, asset, id).await?.ok_or_else(no_such)?;
    match state {
        ProposalState::Withdrawn if maker == actor.login => {}
        ProposalState::Withdrawn => return Err(AuthRefusal::Forbidden.into()),
        _ => actor.may(Action::DecideProposal, &may::known(&mut tx, actor, &visit.caller.hidden, asset).await?)?,
    }
    let seen = form.value(REVISION).parse().unwrap_or(-1);
    let by = Editor { login: &actor.login, origin: &origin, now: app.clock.now() };
    proposals::decide(&mut tx, by, asset, id, state, form.value(ANSWER), Some(seen)).await?;
    tx.commit().await?;
    Ok(Redirect::to(preferences::local(form.value(BACK))))
}
