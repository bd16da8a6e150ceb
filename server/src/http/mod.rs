//! The portal's HTTP side: `/api/v1` for programs, pages for people, and what keeps both safe.

pub mod api;
pub mod assets;
pub mod error;
pub mod extract;
mod health;
pub(crate) mod layers;
mod owners;
pub mod pages;
mod preferences;

use crate::app::App;
use axum::Router;
use axum::http::Uri;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use error::Error;
pub use preferences::session_cookie;
use reeve_model::problem::RequestRefusal;
use std::any::Any;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// Everything the portal answers.
pub fn router(app: App) -> Router {
    let (api, document) = api::openapi::build();
    let documented = layers::Documented::of(&document);
    let api = api.layer(from_fn(layers::etag)).layer(from_fn_with_state(documented, layers::parameters));
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
        .fallback(|| async { Error::from(RequestRefusal::NoSuchAddress) })
        .layer(CatchPanicLayer::custom(broken))
        .layer(CompressionLayer::new())
        .layer(from_fn(layers::address))
        .layer(from_fn_with_state(app.clone(), layers::identify))
        .layer(from_fn_with_state(app.clone(), layers::guard))
        .layer(from_fn_with_state(app.clone(), layers::client))
        .layer(from_fn_with_state(app.clone(), layers::errors))
        .layer(from_fn_with_state(app.config.server.is_https(), layers::headers))
        .layer(from_fn(layers::measure))
        .with_state(app)
}

/// A handler that panicked: its caller is answered all the same.
fn broken(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast::<&str>().map_or_else(|_| "no text".to_owned(), |text| (*text).to_owned()),
    };
    Error::internal(format_args!("a handler panicked: {text}")).into_response()
}

/// The path with its query, for links back.
fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str)
}
