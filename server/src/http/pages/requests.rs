//! `/requests`: what was asked for.

use super::Visit;
use crate::governance::list;
use crate::http::api::requests::Wanted;
use crate::http::error::{Error, Result};
use crate::http::extract::Query;
use axum::response::Html;
use reeve_frontend::pages::requests::{Asked, RequestsPage};
use reeve_model::permission::{Action, Resource};
use serde::Deserialize;

const ROWS: i64 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    cursor: String,
}

pub(super) async fn requests(
    visit: Visit,
    Query(wanted): Query<Wanted>,
    Query(part): Query<Part>,
) -> Result<Html<String>> {
    visit.caller.actor.may(Action::See, &Resource::portal())?;
    let filter = wanted.filter(&visit.caller)?;
    let skip = skipped(&part.cursor)?;
    let mut tx = visit.read().await?;
    let requests = list::list(&mut tx, &filter, &visit.caller.hidden, skip, ROWS).await?;
    let asked = Asked { kind: wanted.kind, state: wanted.state, q: wanted.q };
    visit.render(tx, &RequestsPage { requests, asked, is_first: skip == 0 }).await
}

/// How many of a list were shown before.
///
/// # Errors
/// What is none of our cursors.
pub(super) fn skipped(cursor: &str) -> Result<i64> {
    match cursor {
        "" => Ok(0),
        text => text.parse().ok().filter(|skip| *skip >= 0).ok_or_else(|| Error::bad_cursor(text)),
    }
}
