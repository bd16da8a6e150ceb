use super::Visit;
use crate::app::App;
use crate::http::api::search::{ask_as, parse};
use crate::http::error::Result;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use reeve_frontend::pages::search::{SearchOutcome, SearchPage};

pub(super) async fn search(State(app): State<App>, RawQuery(query): RawQuery, visit: Visit) -> Result<Html<String>> {
    let mut request = parse(query.as_deref().unwrap_or_default())?;
    request.facets = true;
    ask_as(&app, &visit.caller, &mut request).await?;
    let outcome = if app.index.ready().is_some() {
        SearchOutcome::Found(app.search(request.clone(), &visit.caller.hidden).await?)
    } else {
        SearchOutcome::NotReady
    };
    let before = request.cursor.as_deref().and_then(|cursor| crate::search::shown_before(cursor, request.sort));
    let first = before.unwrap_or(0) + 1;
    // Only now: a search may wait for its turn, and a transaction would wait with it.
    let tx = visit.read().await?;
    visit.render(tx, &SearchPage { request, outcome, first }).await
}
