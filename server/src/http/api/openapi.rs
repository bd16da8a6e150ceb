//! The OpenAPI document, made from the handlers, and the page that shows it to people.

use super::routes;
use crate::app::App;
use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(title = "Reeve", description = "The catalog as JSON. Errors are problem details (RFC 9457); lists are paged by cursor; answers carry entity tags. Parameters that are not listed, or given twice, are refused by name; pages ignore them."),
    tags(
        (name = "search", description = "Finding assets"),
        (name = "catalog", description = "Databases, tables and views"),
        (name = "people", description = "Who asks, what acts in his name, and who takes over what somebody left"),
        (name = "sources", description = "Where metadata comes from, and its crawls"),
        (name = "people", description = "People, service accounts and teams, as their sources have them"),
    )
)]
struct Api;

/// The routes and their document.
pub fn build() -> (Router<App>, Document) {
    OpenApiRouter::with_openapi(Api::openapi()).nest("/api/v1", routes()).split_for_parts()
}

/// The document as it is served and snapshot-tested.
pub fn document() -> Document {
    build().1
}
