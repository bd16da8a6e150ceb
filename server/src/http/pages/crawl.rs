use super::Visit;
use crate::app::App;
use crate::catalog::crawls;
use crate::http::error::{Error, Result};
use axum::extract::{Path, State};
use axum::response::Html;
use reeve_frontend::pages::crawl::CrawlPage;
use reeve_model::CrawlId;
use reeve_model::problem::Thing;

pub(super) async fn crawl(State(app): State<App>, Path(id): Path<i64>, visit: Visit) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let crawl = crawls::detail(&mut tx, CrawlId(id), app.clock.now(), &visit.caller.hidden).await?;
    let detail = crawl.ok_or_else(|| Error::not_found(Thing::Crawl, id))?;
    visit.render(tx, &CrawlPage { detail }).await
}
