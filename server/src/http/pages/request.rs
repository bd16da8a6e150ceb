//! `/requests/{id}`: one request, and what is decided of it by the form.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::db::Tx;
use crate::http::api::requests::decide::{Decision, make};
use crate::http::api::requests::{look, shown};
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Spoken};
use crate::http::preferences;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::request::{ACTION, BACK, COMMENT, DAYS, RequestBody, RequestPage, SEEN, VERSION};
use reeve_model::Word;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Reason;
use reeve_model::reader::Lang;
use reeve_model::request::{ACTS, Act};
use serde_json::Map;

pub(super) async fn show(Path(id): Path<i64>, Spoken(lang): Spoken, visit: Visit) -> Result<Html<String>> {
    visit.caller.actor.may(Action::See, &Resource::portal())?;
    let mut tx = visit.read().await?;
    let body = body(&visit, &mut tx, id, lang, (Typed::default(), None)).await?;
    visit.render(tx, &RequestPage { body }).await
}

/// What the page shows of a request; with what was typed of a decision, and why it was refused.
pub(super) async fn body(
    visit: &Visit,
    tx: &mut Tx,
    id: i64,
    lang: Lang,
    (form, refused): (Typed, Option<String>),
) -> Result<RequestBody> {
    let now = visit.app.clock.now();
    let looked = look(tx, &visit.app, &visit.caller, id, now).await?;
    let today = looked.known.calendar.day(now);
    let copies = i64::from(visit.app.config.governance.copies);
    let won_a_month = match looked.detail.facts.bytes {
        Some(bytes) => crate::retention::price::monthly(tx, bytes / copies, today).await?,
        None => None,
    };
    Ok(RequestBody { detail: shown(looked, lang), form, refused, won_a_month, login: visit.caller.actor.login.clone() })
}

/// `POST /requests/{id}/decisions`. What is refused comes back with what was typed.
pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<i64>,
    Spoken(lang): Spoken,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    visit.caller.actor.may(Action::Decide, &Resource::portal())?;
    let mut form = Typed::new(pairs);
    let Some(act) = form.choice(ACTION, |word| Act::parse(word).filter(|act| ACTS.contains(act))) else {
        let mut tx = visit.read().await?;
        let body = body(&visit, &mut tx, id, lang, (form, None)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(tx, &RequestPage { body }).await?).into_response());
    };
    let expects = form.value(VERSION).parse().map_err(|_| Error::unreadable(VERSION, form.value(VERSION)))?;
    let mut fields = Map::new();
    if act == Act::Counter {
        let days: u32 = form.value(DAYS).trim().parse().unwrap_or_default();
        fields.insert(DAYS.to_owned(), days.into());
    }
    let decision = Decision {
        action: form.value(ACTION).to_owned(),
        comment: form.value(COMMENT).to_owned(),
        seen: Some(form.value(SEEN).to_owned()).filter(|seen| !seen.is_empty()),
        fields,
    };
    match make(&app, &visit.caller, &origin, id, act, decision, Some(expects)).await {
        Ok(_) => {
            let back = form.value(BACK);
            let to = if back.is_empty() { format!("/requests/{id}") } else { preferences::local(back).to_owned() };
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => {
            let Reason::Governance(_) = error.reason() else { return Err(error) };
            let problem = reeve_frontend::explain(lang, error.reason(), "");
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            let refused = Some(format!("{} {}", problem.detail, problem.advice));
            let mut tx = visit.read().await?;
            let body = body(&visit, &mut tx, id, lang, (form, refused)).await?;
            Ok((status, visit.render(tx, &RequestPage { body }).await?).into_response())
        }
    }
}
