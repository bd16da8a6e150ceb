//! `/requests/new/retention`: asking to keep a table's data longer.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::db::Tx;
use crate::http::api::requests::create::{Asked, file, preview};
use crate::http::api::requests::subject;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Query, Spoken};
use crate::retention;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{Days, NaiveDate};
use reeve_frontend::form::{Form as Typed, Mistake};
use reeve_frontend::pages::retention_request::{
    ACT, DAYS, FEWEST, REASON, RetentionRequestPage, SEND, SOURCE, TABLE, UNTIL,
};
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{Reason, Thing};
use reeve_model::reader::Lang;
use reeve_model::request::{Content, Extent, LONGEST_REASON, RetentionExtension, Subject};
use serde::Deserialize;
use std::collections::BTreeSet;

/// What the form begins with.
const DAYS_AT_FIRST: u32 = 30;
const UNTIL_AT_FIRST: u64 = 90;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    table: String,
    source: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Spoken(lang): Spoken,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>> {
    visit.caller.actor.may(Action::Request, &Resource::portal())?;
    let today = app.calendar(app.clock.now()).day(app.clock.now());
    let until = today.checked_add_days(Days::new(UNTIL_AT_FIRST)).unwrap_or(today);
    let form = [(DAYS, DAYS_AT_FIRST.to_string()), (UNTIL, until.to_string())];
    let form = Typed::new(form.map(|(name, value)| (name.to_owned(), value)));
    let mut tx = visit.read().await?;
    let source = Some(wanted.source.as_str()).filter(|source| !source.is_empty());
    let subject = subject(&mut tx, &visit.caller, &wanted.table, source).await?;
    let page = page(&mut tx, &app, &visit, lang, (subject, source, form)).await?;
    visit.render(tx, &page).await
}

/// `POST /requests/new/retention`: files it, or shows what would become of it.
pub(super) async fn send(
    State(app): State<App>,
    Spoken(lang): Spoken,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    visit.caller.actor.may(Action::Request, &Resource::portal())?;
    let mut form = Typed::new(pairs);
    let (table, source) = (form.value(TABLE).to_owned(), form.value(SOURCE).to_owned());
    let source = Some(source.as_str()).filter(|source| !source.is_empty());
    let sends = form.value(ACT) == SEND;
    let content = read(&mut form, sends);
    let subject = subject(&mut visit.read().await?, &visit.caller, &table, source).await?;
    let mut refused = None;
    if let Some((content, reason)) = content.filter(|_| sends) {
        let asked = Asked { subject: subject.clone(), content, reason };
        let mut tx = app.db.write().await?;
        match file(&mut tx, &app, &visit.caller, &origin, asked, true, app.clock.now()).await {
            Ok(request) => {
                tx.commit().await?;
                app.job_bell.notify_one();
                return Ok(Redirect::to(&format!("/requests/{}", request.id)).into_response());
            }
            Err(error) => refused = Some(error),
        }
    }
    let why = match refused.as_ref().map(Error::reason) {
        None => None,
        Some(reason @ Reason::Governance(_)) => Some(reeve_frontend::explain(lang, reason, "").detail),
        Some(_) => return refused.map_or_else(|| Ok(Redirect::to("/requests").into_response()), Err),
    };
    let status = if sends { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut tx = visit.read().await?;
    let page =
        RetentionRequestPage { refused: why, ..page(&mut tx, &app, &visit, lang, (subject, source, form)).await? };
    Ok((status, visit.render(tx, &page).await?).into_response())
}

/// What the form asks for; nothing where a field is wrong, which it says then.
fn read(form: &mut Typed, sends: bool) -> Option<(Content, String)> {
    let days = form.choice(DAYS, |text| text.trim().parse::<u32>().ok().filter(|days| *days > 0));
    let until = form.choice(UNTIL, |text| text.trim().parse::<NaiveDate>().ok());
    let fewest_days = match form.value(FEWEST).trim() {
        "" => None,
        text => match text.parse::<u32>() {
            Ok(fewest) => Some(fewest),
            Err(_) => {
                form.refuse(FEWEST, Mistake::NoChoice);
                None
            }
        },
    };
    // To see what it costs nobody has to say why.
    let reason = form.text(REASON, usize::from(sends), LONGEST_REASON);
    let (days, until) = (days?, until?);
    let asked = RetentionExtension { extent: Extent::Table, days, until, fewest_days, masked_columns: BTreeSet::new() };
    form.is_right().then_some((Content::RetentionExtension(asked), reason))
}

async fn page(
    tx: &mut Tx,
    app: &App,
    visit: &Visit,
    lang: Lang,
    (subject, source, form): (Subject, Option<&str>, Typed),
) -> Result<RetentionRequestPage> {
    let now = app.clock.now();
    let today = app.calendar(now).day(now);
    let asset = subject.asset.ok_or_else(|| Error::not_found(Thing::Table, &subject.name))?;
    let found = retention::table(tx, app, asset, today).await?;
    let (_, effective) = found.ok_or_else(|| Error::not_found(Thing::Table, &subject.name))?;
    let preview = match read(&mut form.clone(), false) {
        Some((content, reason)) => {
            let asked = Asked { subject: subject.clone(), content, reason };
            preview(tx, app, &visit.caller, asked, now).await.ok()
        }
        None => None,
    };
    let (database, table) = subject.name.split_once('.').unwrap_or((&subject.name, ""));
    Ok(RetentionRequestPage {
        address: reeve_frontend::link::table_address(database, table, source),
        table: subject.name.clone(),
        source: source.map(str::to_owned),
        now: reeve_frontend::retention::explain(lang, &effective),
        form,
        preview,
        refused: None,
    })
}
