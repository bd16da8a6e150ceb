//! `/inbox`: what waits for whoever looks, and what he waits for.

use super::Visit;
use super::requests::skipped;
use crate::governance::list::{self, Filter, Order, Which};
use crate::http::api::requests::person;
use crate::http::error::Result;
use crate::http::extract::{Query, Spoken};
use axum::response::Html;
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::inbox::{InboxPage, Tab};
use reeve_model::Word;
use reeve_model::permission::{Action, Resource};
use reeve_model::request::RequestKind;
use serde::Deserialize;

const ROWS: i64 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    tab: String,
    order: String,
    kind: String,
    cursor: String,
    /// The request that is open beside the list; the first of it unless told.
    open: String,
}

pub(super) async fn inbox(visit: Visit, Spoken(lang): Spoken, Query(asked): Query<Asked>) -> Result<Html<String>> {
    visit.caller.actor.may(Action::See, &Resource::portal())?;
    let me = person(&visit.caller)?;
    let tab = Tab::parse(&asked.tab).unwrap_or(Tab::Waiting);
    let which = match tab {
        Tab::Waiting => Which::WaitingFor(me),
        Tab::Mine => Which::By(me),
        Tab::Team => Which::OfTeamOf(me),
        Tab::Done => Which::DecidedBy(me),
    };
    let order = match (tab, asked.order.as_str()) {
        (_, "largest") => Order::Largest,
        (Tab::Waiting, _) => Order::Due,
        _ => Order::Newest,
    };
    let filter = Filter { kind: RequestKind::parse(&asked.kind), which, order, ..Filter::default() };
    let skip = skipped(&asked.cursor)?;
    let mut tx = visit.read().await?;
    let requests = list::list(&mut tx, &filter, &visit.caller.hidden, skip, ROWS).await?;
    let open = asked.open.parse().ok().or(requests.items.first().map(|first| first.id));
    let opened = match open {
        Some(id) => Some(super::request::body(&visit, &mut tx, id, lang, (Typed::default(), None)).await?),
        None => None,
    };
    let waiting = list::waiting(&mut tx, me).await?;
    let order = if asked.order == "largest" { asked.order } else { "due".to_owned() };
    let page = InboxPage { tab, order, kind: asked.kind, requests, is_first: skip == 0, waiting, opened };
    visit.render(tx, &page).await
}
