//! What a supervisor and Prometheus ask.

use crate::app::App;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

/// The process runs.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// The database answers and the index is there.
pub(super) async fn ready(State(app): State<App>) -> (StatusCode, String) {
    if let Err(error) = app.db.read().await {
        tracing::warn!("not ready: {error}");
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n".to_owned());
    }
    match app.index.ready() {
        Some(_) => (StatusCode::OK, "ready\n".to_owned()),
        None => (StatusCode::SERVICE_UNAVAILABLE, "the search index is being built\n".to_owned()),
    }
}

/// Prometheus' text format.
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    app.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
