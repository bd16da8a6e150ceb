use super::Visit;
use crate::app::App;
use crate::catalog::{crawls, removals, sources as catalog};
use crate::http::error::Result;
use axum::extract::State;
use axum::response::Html;
use reeve_frontend::form::Form;
use reeve_frontend::pages::source::removal::Question;
use reeve_frontend::pages::sources::SourcesPage;
use reeve_model::crawl::RemovalState;

pub(super) async fn sources(State(app): State<App>, visit: Visit) -> Result<Html<String>> {
    let now = app.clock.now();
    let mut tx = visit.read().await?;
    let sources = catalog::list(&mut tx, &app.config, now).await?;
    let mut latest = Vec::new();
    for id in sources.iter().filter_map(|source| source.latest.as_ref()).map(|crawl| crawl.id) {
        latest.extend(crawls::detail(&mut tx, id, now, &visit.caller.hidden).await?);
    }
    let waiting = removals::list(&mut tx, None, &visit.caller.hidden).await?.into_iter();
    let waiting = waiting.filter(|removal| removal.state == RemovalState::Pending);
    let removals = waiting.map(|removal| Question { removal, form: Form::default() }).collect();
    visit.render(tx, &SourcesPage { sources, latest, removals }).await
}
