//! What a supervisor and Prometheus ask.

use super::error::Whole;
use crate::app::App;
use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The process runs.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// The database answers and the index is there.
pub(super) async fn ready(State(app): State<App>) -> Response {
    if let Err(error) = app.db.read().await {
        tracing::warn!("not ready: {error}");
        return not_ready("the database does not answer\n");
    }
    match app.index.ready() {
        Some(_) => "ready\n".into_response(),
        None => not_ready("the search index is being built\n"),
    }
}

/// A supervisor reads a line, no page.
fn not_ready(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Extension(Whole), why).into_response()
}

/// Prometheus' text format.
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    app.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
