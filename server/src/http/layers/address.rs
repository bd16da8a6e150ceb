use crate::http::error::{Result, echo};
use axum::extract::Request;
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use reeve_model::problem::RequestRefusal;

/// How long one parameter may be, in characters. SQLite refuses longer patterns as "too complex".
const LONGEST: usize = 2_000;

/// Refuses what no address of ours can hold, before a handler or a database stumbles over it.
pub(in crate::http) async fn address(request: Request, next: Next) -> Response {
    match check(request.uri()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check(uri: &Uri) -> Result<()> {
    let query = uri.query().unwrap_or_default();
    if !is_text(uri.path()) || !query.split(['&', '=']).all(is_text) {
        return Err(RequestRefusal::NotText.into());
    }
    // A search bounds its own query, and says how.
    let searches = uri.path().ends_with("/search") || uri.path().ends_with("/suggest");
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // Some providers' codes are longer; no database sees one.
        let is_code = name == "code" && uri.path().ends_with("/callback");
        if value.chars().count() > LONGEST && !(searches && name == "q") && !is_code {
            return Err(RequestRefusal::ParameterTooLong { parameter: echo(name), most: 2_000 }.into());
        }
    }
    Ok(())
}

/// UTF-8 without zero bytes, which PostgreSQL cannot hold.
fn is_text(encoded: &str) -> bool {
    percent_decode_str(encoded).decode_utf8().is_ok_and(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(uri: &str) -> bool {
        check(&uri.parse().unwrap()).is_ok()
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for good in ["/", "/tables/a%2Fb/%EC%A3%BC%EB%AC%B8?q=%25+%26", "/search?q=100%", "/?%zz"] {
            assert!(passes(good), "{good}");
        }
        for bad in ["/tables/a%00/b", "/databases?q=%00", "/databases?%00=1", "/?q=%FF", "/%C3", "/?cursor=%ED%A0%80"] {
            assert!(!passes(bad), "{bad}");
        }
    }

    #[test]
    fn endless_values_are_refused_but_for_queries() {
        let long = "x".repeat(LONGEST + 1);
        assert!(passes(&format!("/databases?q={}", &long[1..])));
        assert!(!passes(&format!("/databases?q={long}")));
        assert!(passes(&format!("/api/v1/search?q={long}")));
        assert!(!passes(&format!("/api/v1/search?cursor={long}")));
    }
}
