use super::Visit;
use crate::app::App;
use crate::catalog::{databases, overview, sources, tables};
use crate::http::error::Result;
use axum::extract::State;
use axum::response::Html;
use reeve_frontend::pages::home::HomePage;

/// How many lines each panel has.
const LINES: i64 = 8;
const CHANGES: usize = 8;

pub(super) async fn home(State(app): State<App>, visit: Visit) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let hidden = &visit.caller.hidden;
    let counts = overview::counts(&mut tx, hidden).await?;
    let page = HomePage {
        databases: counts.databases,
        tables: counts.tables,
        views: counts.views,
        size_bytes: counts.size_bytes,
        largest_databases: databases::largest(&mut tx, LINES, hidden).await?,
        recently_changed: tables::recently_changed(&mut tx, LINES, hidden).await?,
        changes: overview::newest_changes(&mut tx, CHANGES, hidden).await?,
        sources: sources::list(&mut tx, &app.config, app.clock.now()).await?,
    };
    visit.render(tx, &page).await
}
