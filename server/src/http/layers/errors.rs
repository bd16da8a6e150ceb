use super::Nonce;
use crate::app::App;
use crate::http::error::{Whole, problem_json};
use crate::http::pages;
use crate::http::preferences::Preferences;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use reeve_model::problem::{Reason, RequestRefusal};

/// Headers that describe the body, which is replaced.
const OF_THE_BODY: [HeaderName; 4] =
    [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING];

/// Gives an error its body in the reader's language: problem details under `/api`, a page elsewhere. Its other headers
/// stay: `Allow`, `Retry-After`, cookies.
pub(in crate::http) async fn errors(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let (uri, method) = (request.uri().clone(), request.method().clone());
    let nonce = request.extensions().get::<Nonce>().cloned();
    let preferences = Preferences::of(request.headers(), &uri);
    request.extensions_mut().insert(preferences.clone());
    let response = next.run(request).await;
    let Some(reason) = reason_of(&response, &method) else { return response };
    let problem = reeve_frontend::explain(preferences.lang, &reason, uri.path());
    let mut answer = if uri.path().starts_with("/api/") {
        problem_json(&problem)
    } else {
        pages::error::page(&app, &preferences, nonce, &uri, problem)
    };
    keep(response.headers(), answer.headers_mut());
    answer
}

/// Why this answer is an error without a body of ours; nothing where it is none.
fn reason_of(response: &Response, method: &Method) -> Option<Reason> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    if let Some(reason) = response.extensions().get::<Reason>() {
        return Some(reason.clone());
    }
    if response.extensions().get::<Whole>().is_some() {
        return None;
    }
    // What the framework says by itself is plain text or nothing; a page or JSON was made by a handler.
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !(kind.is_empty() || kind.starts_with("text/plain")) {
        return None;
    }
    Some(match status {
        StatusCode::NOT_FOUND => RequestRefusal::NoSuchAddress.into(),
        StatusCode::METHOD_NOT_ALLOWED => RequestRefusal::MethodNotAllowed { method: method.to_string() }.into(),
        StatusCode::PAYLOAD_TOO_LARGE => RequestRefusal::BodyTooLarge.into(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => RequestRefusal::WrongMediaType.into(),
        status if status.is_client_error() => RequestRefusal::NotUnderstood { status: status.as_u16() }.into(),
        _ => Reason::Internal,
    })
}

fn keep(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from.iter().filter(|(name, _)| !OF_THE_BODY.contains(name)) {
        to.append(name, value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::error::Error;
    use axum::Extension;
    use axum::response::{Html, IntoResponse};
    use reeve_model::problem::Thing;

    fn kind(response: impl IntoResponse) -> Option<&'static str> {
        reason_of(&response.into_response(), &Method::GET).map(|reason| reason.kind())
    }

    #[test]
    fn only_errors_without_a_body_of_ours_are_given_one() {
        assert_eq!(kind("fine"), None);
        assert_eq!(kind(Error::not_found(Thing::Table, "a.b")), Some("not-found"));
        assert_eq!(kind(StatusCode::METHOD_NOT_ALLOWED), Some("method-not-allowed"));
        assert_eq!(kind((StatusCode::BAD_REQUEST, "Failed to deserialize")), Some("not-understood"));
        assert_eq!(kind((StatusCode::UNPROCESSABLE_ENTITY, Html("<form>"))), None);
        assert_eq!(kind((StatusCode::SERVICE_UNAVAILABLE, Extension(Whole), "not yet")), None);
        assert_eq!(kind(StatusCode::BAD_GATEWAY), Some("internal"));
    }

    #[test]
    fn headers_that_do_not_describe_the_body_stay() {
        let first = [(header::ALLOW, "GET"), (header::SET_COOKIE, "a=1"), (header::CONTENT_TYPE, "text/plain")];
        let from: HeaderMap = first.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect();
        let mut to = HeaderMap::new();
        to.insert(header::CONTENT_TYPE, "text/html".parse().unwrap());
        keep(&from, &mut to);
        assert_eq!(
            (to.len(), &to[header::ALLOW], &to[header::CONTENT_TYPE]),
            (3, &from[header::ALLOW], &"text/html".parse().unwrap())
        );
    }
}
