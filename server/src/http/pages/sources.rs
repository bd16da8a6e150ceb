use super::Visit;
use crate::app::App;
use crate::catalog::{crawls, sources as catalog};
use crate::http::error::Result;
use axum::extract::State;
use axum::response::Html;
use reeve_model::page::{Page, SourcesPage};

pub(super) async fn sources(State(app): State<App>, visit: Visit) -> Result<Html<String>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let sources = catalog::list(&mut tx, &app.config, now).await?;
    let mut latest = Vec::new();
    for id in sources.iter().filter_map(|source| source.latest.as_ref()).map(|crawl| crawl.id) {
        latest.extend(crawls::detail(&mut tx, id, now).await?);
    }
    drop(tx);
    visit.render(Page::Sources(SourcesPage { sources, latest })).await
}
