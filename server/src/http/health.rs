//! What a supervisor and Prometheus ask.

use crate::app::App;
use crate::supervise::{Part, PartState};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use std::collections::BTreeMap;

/// The process runs.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// Whether this process can do its work, and how each of its parts is.
#[derive(Serialize)]
pub(super) struct Readiness {
    ready: bool,
    database: Answer,
    index: Answer,
    #[serde(flatten)]
    parts: BTreeMap<&'static str, Part>,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Answer {
    Ok,
    /// The search index is being built.
    Building {
        reason: String,
    },
    Down {
        error: String,
    },
}

/// The database answers, the index is there, and every part runs.
pub(super) async fn ready(State(app): State<App>) -> (StatusCode, Json<Readiness>) {
    let database = match app.db.read().await {
        Ok(_) => Answer::Ok,
        Err(error) => {
            tracing::warn!("not ready: {error}");
            Answer::Down { error: error.to_string() }
        }
    };
    let index = match app.index.ready() {
        Some(_) => Answer::Ok,
        None => Answer::Building { reason: app.index.reason() },
    };
    let parts = app.parts.all();
    let ready = matches!((&database, &index), (Answer::Ok, Answer::Ok))
        && parts.values().all(|part| part.state == PartState::Ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, database, index, parts }))
}

/// Prometheus' text format.
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    app.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
