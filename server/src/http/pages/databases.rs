use super::{ListQuery, Visit};
use crate::catalog::databases as catalog;
use crate::http::error::Result;
use crate::owners;
use axum::extract::Query;
use axum::response::Html;
use reeve_frontend::pages::databases::DatabasesPage;

pub(super) async fn databases(Query(query): Query<ListQuery>, visit: Visit) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let databases =
        catalog::list(&mut tx, query.source.as_deref(), &query.q, query.cursor(), 100, &visit.caller.hidden).await?;
    let assets: Vec<_> = databases.items.iter().map(|database| (database.id, None)).collect();
    let owners = owners::of_assets(&mut tx, &assets).await?;
    visit.render(tx, &DatabasesPage { databases, cursor: query.cursor, owners }).await
}
