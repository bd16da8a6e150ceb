//! What every request passes: counted and timed, checked for its origin, given its security headers, and
//! its errors given a body.

use super::error::{Error, problem_json};
use super::preferences::Preferences;
use crate::app::App;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use reeve_model::problem::{Problem, Reason};
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::time::Instant;

/// The nonce that this answer's own scripts carry.
#[derive(Clone, Debug)]
pub(super) struct Nonce(pub(super) String);

/// How large an answer may be to get an entity tag; larger ones are passed on as they stream.
const TAGGED: usize = 4 << 20;

/// Counts requests and their time by route.
pub(super) async fn measure(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("reeve_http_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("reeve_http_request_seconds", "method" => method, "route" => route)
        .record(begun.elapsed().as_secs_f64());
    response
}

/// A strict content-security policy and its companions, on everything.
pub(super) async fn headers(mut request: Request, next: Next) -> Response {
    // Two keyed hashes of the process's random state: unpredictable from outside, and no crate for it.
    let nonce = format!("{:016x}{:016x}", RandomState::new().hash_one(1), RandomState::new().hash_one(2));
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}

/// Until there is sign-in, the machine's own users are all there is to trust: a web page elsewhere must not
/// reach the portal through their browser, neither by a name that points here (DNS rebinding) nor by a form.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let host = host_of(&request).unwrap_or_default();
    if !is_loopback_name(&host) {
        return Error::from(Reason::ForeignHost { host }).into_response();
    }
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if writes && !is_same_origin(request.headers(), &host) {
        return Error::from(Reason::ForeignSite).into_response();
    }
    next.run(request).await
}

/// Host and port as the caller addressed us.
fn host_of(request: &Request) -> Option<String> {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    named.or_else(|| request.uri().authority().map(ToString::to_string))
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Browsers say where a request comes from; programs that are not browsers say nothing.
fn is_same_origin(headers: &HeaderMap, host: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) {
        None => true,
        Some(origin) => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
    }
}

/// Gives an error its body: problem details under `/api`, a page elsewhere.
pub(super) async fn errors(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let nonce = request.extensions().get::<Nonce>().cloned();
    let preferences = Preferences::of(request.headers(), &uri);
    request.extensions_mut().insert(preferences.clone());
    let response = next.run(request).await;
    if !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let mut problem = match parts.extensions.get::<Reason>() {
        Some(reason) => reason.problem(reeve_frontend::explain(preferences.lang, reason)),
        None => from_axum(parts.status, body).await,
    };
    problem.instance = Some(uri.path().to_owned());
    if uri.path().starts_with("/api/") {
        return problem_json(&problem);
    }
    // What the framework says is English, and the page has its own words for what went wrong inside.
    if !matches!(parts.extensions.get::<Reason>(), Some(reason) if *reason != Reason::Internal) {
        problem.detail = None;
    }
    super::pages::error::page(&app, &preferences, nonce, &uri, &problem)
}

/// axum's own refusals are a status and a sentence: a wrong type in the query, an unknown path.
async fn from_axum(status: StatusCode, body: Body) -> Problem {
    let text = to_bytes(body, 4096).await.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let kind = match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
        status if status.is_client_error() => "bad-request",
        _ => "internal",
    };
    Problem {
        kind: format!("/problems/{kind}"),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        detail: (!text.is_empty()).then_some(text),
        instance: None,
    }
}

/// Entity tags on what the API answers, and 304 for what the caller has already.
pub(super) async fn etag(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = next.run(request).await;
    if !asks || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let size = http_body::Body::size_hint(&body).exact().and_then(|size| usize::try_from(size).ok());
    if size.is_none_or(|size| size > TAGGED) {
        return Response::from_parts(parts, body);
    }
    let Ok(bytes) = to_bytes(body, TAGGED).await else {
        return Error::internal("an answer broke off").into_response();
    };
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    let matches = |known: &str| known.split(',').any(|k| k.trim().trim_start_matches("W/") == tag || k.trim() == "*");
    let Ok(value) = HeaderValue::from_str(&tag) else { return Response::from_parts(parts, Body::from(bytes)) };
    parts.headers.insert(header::ETAG, value);
    if known.as_ref().and_then(|known| known.to_str().ok()).is_some_and(matches) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The path with its query, for links back.
pub(super) fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_pass() {
        for good in ["127.0.0.1:8080", "localhost", "localhost:1", "[::1]:8080", "127.8.8.8"] {
            assert!(is_loopback_name(good), "{good}");
        }
        for bad in ["", "evil.example:8080", "10.0.0.1", "localhost.evil.example", "[::2]:80", "127.0.0.1.evil.example"]
        {
            assert!(!is_loopback_name(bad), "{bad}");
        }
    }

    #[test]
    fn other_sites_may_not_write() {
        let with = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            is_same_origin(&headers, "127.0.0.1:8080")
        };
        assert!(is_same_origin(&HeaderMap::new(), "127.0.0.1:8080"));
        assert!(with("sec-fetch-site", "same-origin"));
        assert!(!with("sec-fetch-site", "cross-site"));
        assert!(!with("sec-fetch-site", "same-site"));
        assert!(with("origin", "http://127.0.0.1:8080"));
        assert!(!with("origin", "http://127.0.0.1:9999"));
        assert!(!with("origin", "null"));
    }
}
