//! What a handler answers when it cannot answer: one shape, shown as problem details (RFC 9457) under
//! `/api` and as a page everywhere else.

use crate::catalog::CatalogError;
use crate::curation::CurationError;
use crate::search;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reeve_model::permission::Denied;
use reeve_model::problem::{AuthRefusal, OwnerRefusal, Problem, Reason, RequestRefusal, Thing};

/// A problem on its way to the caller. What went wrong inside is logged here, once, and not told.
#[derive(Debug)]
pub struct Error(Reason);

pub type Result<T> = std::result::Result<T, Error>;

/// How much of what the caller sent is told back to him, in characters.
const ECHOED: usize = 100;

/// Marks an answer that is whole although its status is an error's: `layers::errors` passes it on as it is.
/// What is HTML or JSON needs no mark.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

impl Error {
    pub fn not_found(what: Thing, name: impl std::fmt::Display) -> Self {
        RequestRefusal::NotFound { what, name: echo(name) }.into()
    }

    pub fn bad_cursor(cursor: &str) -> Self {
        RequestRefusal::BadCursor { cursor: echo(cursor) }.into()
    }

    pub fn out_of_range(parameter: &str, value: impl std::fmt::Display, from: i64, to: i64) -> Self {
        RequestRefusal::OutOfRange { parameter: parameter.to_owned(), value: echo(value), from, to }.into()
    }

    pub fn not_one_of(parameter: &str, value: &str, known: &[&str]) -> Self {
        let parameter = parameter.to_owned();
        RequestRefusal::NotOneOf { parameter, value: echo(value), known: known.join(", ") }.into()
    }

    pub fn unreadable(parameter: &str, value: &str) -> Self {
        RequestRefusal::UnreadableParameter { parameter: echo(parameter), value: echo(value) }.into()
    }

    /// What the caller will be told.
    pub(in crate::http) fn reason(&self) -> &Reason {
        &self.0
    }

    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!("{error:#}");
        Self(Reason::Internal)
    }
}

/// A name or value as the caller wrote it, cut where it is endless.
pub(in crate::http) fn echo(text: impl std::fmt::Display) -> String {
    let text = text.to_string();
    match text.char_indices().nth(ECHOED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl From<Reason> for Error {
    fn from(reason: Reason) -> Self {
        Self(reason)
    }
}

impl From<RequestRefusal> for Error {
    fn from(refusal: RequestRefusal) -> Self {
        Self(refusal.into())
    }
}

impl From<AuthRefusal> for Error {
    fn from(refusal: AuthRefusal) -> Self {
        Self(refusal.into())
    }
}

impl From<OwnerRefusal> for Error {
    fn from(refusal: OwnerRefusal) -> Self {
        Self(refusal.into())
    }
}

impl From<Denied> for Error {
    /// What he may not know of is answered as an address that is not there: a handler that knows the thing's name says
    /// [`Error::not_found`] itself.
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotFound => RequestRefusal::NoSuchAddress.into(),
            Denied::Forbidden => AuthRefusal::Forbidden.into(),
        }
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

impl From<CurationError> for Error {
    fn from(error: CurationError) -> Self {
        match error {
            CurationError::Refused(refusal) => Reason::from(refusal).into(),
            CurationError::Catalog(error) => error.into(),
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
        let mut response = status(self.0.status()).into_response();
        if let Some(seconds) = self.0.retry_after_seconds() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.0);
        response
    }
}

/// The problem as `application/problem+json`.
pub(super) fn problem_json(problem: &Problem) -> Response {
    let mut response = (status(problem.status), axum::Json(problem)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
