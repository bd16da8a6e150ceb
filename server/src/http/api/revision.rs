//! Entity tags of what can be edited: `"7-5f1c…"`. The whole of it tells whether a caller has the answer already, its first
//! part, which counts the edits, whether he has seen the newest one: a crawl that finds another size overtakes nobody.

use crate::http::error::{Error, Result};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use reeve_model::problem::{CurationRefusal, Reason};
use serde::Serialize;

/// An answer with the number of the last edit in it, for `layers::etag`.
#[derive(Debug)]
pub struct Tagged<T>(pub i64, pub T);

/// How often something was edited.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Revision(pub(in crate::http) i64);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = axum::Json(self.1).into_response();
        response.extensions_mut().insert(Revision(self.0));
        response
    }
}

/// The revision that the caller's change is made from; `None` where he says `*`: from any.
///
/// # Errors
/// 428 where he does not say, 412 where what he says is none of ours.
pub fn expected(headers: &HeaderMap, name: &str) -> Result<Option<i64>> {
    let Some(given) = headers.get(header::IF_MATCH) else {
        return Err(Reason::from(CurationRefusal::NoPrecondition).into());
    };
    let given = given.to_str().unwrap_or_default().trim();
    if given == "*" {
        return Ok(None);
    }
    // A proxy that compresses answers makes the tag a weak one; what it counts is the same.
    let tag = given.trim_start_matches("W/").trim_matches('"');
    let revision = tag.split_once('-').and_then(|(revision, _)| revision.parse().ok());
    revision.map(Some).ok_or_else(|| stale(name))
}

fn stale(name: &str) -> Error {
    Reason::from(CurationRefusal::Stale { name: name.to_owned() }).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_change_is_made_from() {
        let with = |tag: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, tag.parse().unwrap());
            expected(&headers, "a.b").ok()
        };
        assert!(expected(&HeaderMap::new(), "a.b").is_err());
        assert_eq!((with("*"), with("\"7-00ff\""), with("W/\"12-a\"")), (Some(None), Some(Some(7)), Some(Some(12))));
        assert_eq!((with("\"00ff\""), with("\"x-7\""), with("")), (None, None, None));
    }
}
