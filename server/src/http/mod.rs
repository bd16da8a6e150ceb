//! The portal's HTTP side: `/api/v1` for programs, pages for people, and what keeps both safe.

pub mod api;
pub mod assets;
pub mod error;
mod health;
mod layers;
pub mod pages;
mod preferences;

use crate::app::App;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// Everything the portal answers.
pub fn router(app: App) -> Router {
    let (api, document) = api::openapi::build();
    let api = api.layer(from_fn(layers::etag));
    // Handlers are cloned for every connection.
    let document = Arc::new(document);
    Router::new()
        .merge(pages::routes())
        .merge(api)
        .route("/api/openapi.json", get(move || async move { axum::Json(&*document).into_response() }))
        .route("/assets/{*path}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(|| async { axum::http::StatusCode::NOT_FOUND })
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), layers::errors))
        .layer(from_fn(layers::guard))
        .layer(from_fn(layers::headers))
        .layer(from_fn(layers::measure))
        .with_state(app)
}
