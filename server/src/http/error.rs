//! What a handler answers when it cannot answer: one shape, shown as problem details (RFC 9457) under
//! `/api` and as a page everywhere else.

use crate::catalog::CatalogError;
use crate::search;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reeve_model::problem::Problem;

/// A problem on its way to the caller. What went wrong inside is logged here, once, and not told.
#[derive(Debug)]
pub struct Error(Problem);

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    fn new(status: StatusCode, kind: &str, detail: String) -> Self {
        let title = match kind {
            "not-found" => "Not found",
            "bad-request" => "Bad request",
            "conflict" => "Already under way",
            "not-ready" => "Not ready",
            "forbidden" => "Forbidden",
            _ => "Internal error",
        };
        Self(Problem {
            kind: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: Some(detail),
            instance: None,
        })
    }

    /// `what` names the thing asked for: "table sales.orders".
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("There is no {what}."))
    }

    pub fn bad_request(detail: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail.to_string())
    }

    pub fn conflict(detail: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail.to_string())
    }

    pub fn forbidden(detail: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail.to_string())
    }

    pub fn not_ready(detail: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", detail.to_string())
    }

    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!("{error:#}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Reeve could not answer. The log of the server says why; try again.".to_owned(),
        )
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::internal(error)
    }
}

impl From<CatalogError> for Error {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::BadCursor(_) => Self::bad_request(error),
            other => Self::internal(other),
        }
    }
}

impl From<search::Error> for Error {
    fn from(error: search::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Error {
    /// Only the status and the problem: `layers::errors` gives it a body.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// The problem as `application/problem+json`.
pub(super) fn problem_json(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(problem)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
