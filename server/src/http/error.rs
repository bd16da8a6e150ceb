//! What a handler answers when it cannot answer: one shape, shown as problem details (RFC 9457) under
//! `/api` and as a page everywhere else.

use crate::catalog::CatalogError;
use crate::search;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reeve_model::problem::{Problem, Reason, Thing};

/// A problem on its way to the caller. What went wrong inside is logged here, once, and not told.
#[derive(Debug)]
pub struct Error(Reason);

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn not_found(what: Thing, name: impl std::fmt::Display) -> Self {
        Reason::NotFound { what, name: name.to_string() }.into()
    }

    pub fn bad_cursor(cursor: &str) -> Self {
        Reason::BadCursor { cursor: cursor.to_owned() }.into()
    }

    pub fn out_of_range(parameter: &str, value: impl std::fmt::Display, from: i64, to: i64) -> Self {
        Reason::OutOfRange { parameter: parameter.to_owned(), value: value.to_string(), from, to }.into()
    }

    pub fn not_one_of(parameter: &str, value: &str, known: &[&str]) -> Self {
        let (parameter, value) = (parameter.to_owned(), value.to_owned());
        Reason::NotOneOf { parameter, value, known: known.join(", ") }.into()
    }

    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!("{error:#}");
        Reason::Internal.into()
    }
}

impl From<Reason> for Error {
    fn from(reason: Reason) -> Self {
        Self(reason)
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
            CatalogError::BadCursor(cursor) => Self::bad_cursor(&cursor),
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
    /// Only the status and the reason: `layers::errors`, which knows the caller's language, gives it a body.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
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
