use super::{ListQuery, Visit};
use crate::app::App;
use crate::catalog::{crawls as catalog, sources};
use crate::http::api::sources::crawl::request;
use crate::http::error::{Error, Result};
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use reeve_model::page::{Page, SourcePage};
use reeve_model::problem::Thing;

pub(super) async fn source(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let source = app.config.source(&name).ok_or_else(|| Error::not_found(Thing::Source, &name))?;
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let source = sources::status(&mut tx, source, now).await?;
    let crawls = catalog::list(&mut tx, Some(&name), query.cursor(), 20, now).await?;
    let latest = match &source.latest {
        Some(crawl) => catalog::detail(&mut tx, crawl.id, now).await?,
        None => None,
    };
    drop(tx);
    visit.render(Page::Source(SourcePage { source, crawls, latest })).await
}

/// `POST /sources/{name}/crawl`: the button "Run now".
pub(super) async fn crawl(State(app): State<App>, Path(name): Path<String>) -> Result<Redirect> {
    let id = request(&app, &name).await?;
    Ok(Redirect::to(&format!("/crawls/{id}")))
}
