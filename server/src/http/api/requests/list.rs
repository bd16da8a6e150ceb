use crate::app::App;
use crate::governance::list::{self, Filter, Order, Which};
use crate::http::api::Page;
use crate::http::api::requests::{Wanted, person};
use crate::http::error::{Error, Result};
use crate::http::extract::{Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::asset::Paged;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;
use reeve_model::request::RequestSummary;

/// Requests, newest first
#[utoipa::path(
    get, path = "/requests", tag = "governance", params(Wanted, Page),
    responses(
        (status = 200, body = Paged<RequestSummary>),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Signed,
    Query(wanted): Query<Wanted>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<RequestSummary>>> {
    caller.actor.may(Action::See, &Resource::portal())?;
    let filter = wanted.filter(&caller)?;
    some(&app, &caller, &filter, &page).await
}

/// Requests that wait for the caller's decision, those that are due first
#[utoipa::path(
    get, path = "/inbox", tag = "governance", params(Page),
    responses((status = 200, body = Paged<RequestSummary>))
)]
pub async fn inbox(
    State(app): State<App>,
    caller: Signed,
    Query(page): Query<Page>,
) -> Result<Json<Paged<RequestSummary>>> {
    caller.actor.may(Action::See, &Resource::portal())?;
    let which = Which::WaitingFor(person(&caller)?);
    some(&app, &caller, &Filter { which, order: Order::Due, ..Filter::default() }, &page).await
}

async fn some(app: &App, caller: &Signed, filter: &Filter, page: &Page) -> Result<Json<Paged<RequestSummary>>> {
    let skip = match page.cursor() {
        None => 0,
        Some(cursor) => {
            cursor.parse::<i64>().ok().filter(|skip| *skip >= 0).ok_or_else(|| Error::bad_cursor(cursor))?
        }
    };
    let mut tx = app.db.read().await?;
    Ok(Json(list::list(&mut tx, filter, &caller.hidden, skip, page.limit()?).await?))
}
