use crate::http::error::{Error, echo};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use reeve_model::problem::{GuardRefusal, Reason};

/// Until there is sign-in, the machine's own users are all there is to trust: a web page elsewhere must not
/// reach the portal through their browser, neither by a name that points here (DNS rebinding) nor by a form.
pub(in crate::http) async fn guard(request: Request, next: Next) -> Response {
    let host = host_of(&request).unwrap_or_default();
    if !is_loopback_name(&host) {
        return Error::from(Reason::from(GuardRefusal::ForeignHost { host: echo(host) })).into_response();
    }
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if writes && !is_same_origin(request.headers(), &host) {
        return Error::from(Reason::from(GuardRefusal::ForeignSite)).into_response();
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

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
