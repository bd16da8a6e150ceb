//! The page that says what went wrong. It needs nothing from the database, which may be what failed.

use crate::app::App;
use crate::http::layers::Nonce;
use crate::http::path_and_query;
use crate::http::preferences::Preferences;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use reeve_frontend::Chrome;
use reeve_frontend::pages::error::ErrorPage;
use reeve_model::problem::Problem;

pub(in crate::http) fn page(
    app: &App,
    preferences: &Preferences,
    nonce: Option<Nonce>,
    uri: &Uri,
    problem: Problem,
) -> Response {
    let chrome = Chrome {
        lang: preferences.lang,
        theme: preferences.theme,
        uri: path_and_query(uri).to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fresh_at: None,
        now: app.clock.now(),
        zone: app.config.server.time_zone,
        nonce: nonce.map(|nonce| nonce.0).unwrap_or_default(),
        form_token: String::new(),
        may: Vec::new(),
        who: None,
        is_demo: app.config.auth.demo.is_some(),
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let Problem { status: number, title, detail, advice, .. } = problem;
    let page = ErrorPage { status: number, title, detail, advice };
    (status, Html(reeve_frontend::render(&chrome, &page))).into_response()
}
