//! Who takes over what somebody left: the cases, one of them, and the form that hands over.

use super::{ListQuery, Visit};
use crate::app::App;
use crate::audit::Origin;
use crate::db::Tx;
use crate::http::api::succession::handover::request;
use crate::http::api::succession::list::skip;
use crate::http::api::succession::show::find;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use crate::owners::succession;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::{Form as Typed, Mistake};
use reeve_frontend::pages::succession::{ALL, HEIR, ITEM, OTHER, SCOPE, SUCCESSION, SuccessionPage, SuccessionsPage};
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{OwnerRefusal, Reason};

/// How many cases a page shows.
const CASES: i64 = 50;

pub(super) async fn list(Query(query): Query<ListQuery>, visit: Visit) -> Result<Html<String>> {
    visit.caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let mut tx = visit.read().await?;
    let cases = succession::list(&mut tx, None, skip(query.cursor())?, CASES).await?;
    visit.render(tx, &SuccessionsPage { cases, is_first: query.cursor().is_none() }).await
}

pub(super) async fn show(Path(id): Path<i64>, visit: Visit) -> Result<Html<String>> {
    visit.caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let mut tx = visit.read().await?;
    let page = load(&mut tx, &visit, id, Typed::default()).await?;
    visit.render(tx, &page).await
}

async fn load(tx: &mut Tx, visit: &Visit, id: i64, form: Typed) -> Result<SuccessionPage> {
    let case = find(tx, id, &visit.caller.hidden).await?;
    let resource = succession::resource(tx, &visit.caller.actor, &case).await?;
    let may_settle = visit.caller.actor.can(Action::SettleSuccession, &resource);
    Ok(SuccessionPage { case, may_settle, form })
}

/// `POST /succession/{id}/handover`
pub(super) async fn hand_over(
    State(app): State<App>,
    Path(id): Path<i64>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let chosen: Vec<i64> = pairs.iter().filter_map(|(name, _)| name.strip_prefix(ITEM)?.parse().ok()).collect();
    let mut form = Typed::new(pairs);
    let other = form.text(OTHER, 0, 200);
    let heir = if other.is_empty() { form.value(HEIR).to_owned() } else { other };
    let items = (form.value(SCOPE) != ALL).then_some(chosen.as_slice());
    let mistake = if heir.is_empty() {
        Mistake::Nobody
    } else if items.is_some_and(<[i64]>::is_empty) {
        Mistake::NothingChosen
    } else {
        let done = request(&app, &visit.caller, &origin, id, items, &heir).await;
        match done.as_ref().err().map(Error::reason) {
            None => return Ok(Redirect::to(&format!("{SUCCESSION}/{id}")).into_response()),
            Some(Reason::Owner(OwnerRefusal::Nobody { .. })) => Mistake::Nobody,
            Some(Reason::Owner(OwnerRefusal::Several { .. })) => Mistake::Several,
            Some(Reason::Owner(OwnerRefusal::HasLeft { .. })) => Mistake::HasLeft,
            Some(_) => return done.map(|_| Redirect::to(SUCCESSION).into_response()),
        }
    };
    form.refuse(OTHER, mistake);
    let mut tx = visit.read().await?;
    let page = load(&mut tx, &visit, id, form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(tx, &page).await?).into_response())
}
