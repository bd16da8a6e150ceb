use super::{ListQuery, Visit};
use crate::app::App;
use crate::catalog::databases as catalog;
use crate::http::error::Result;
use axum::extract::{Query, State};
use axum::response::Html;
use reeve_model::page::{DatabasesPage, Page};

pub(super) async fn databases(
    State(app): State<App>,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = app.db.read().await?;
    let databases = catalog::list(&mut tx, query.source.as_deref(), &query.q, query.cursor(), 100).await?;
    drop(tx);
    visit.render(Page::Databases(DatabasesPage { databases, cursor: query.cursor })).await
}
