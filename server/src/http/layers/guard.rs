use crate::app::App;
use crate::config::ServerConfig;
use crate::http::error::{Error, echo};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use reeve_model::problem::{GuardRefusal, Reason};

/// A web page elsewhere must not reach the portal through a reader's browser, neither by a name that points here (DNS
/// rebinding) nor by a form.
pub(in crate::http) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let server = &app.config.server;
    // Probes come by address, and learn nothing that is a secret.
    if ["/healthz", "/readyz"].contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let host = host_of(&request).unwrap_or_default();
    if !is_ours(server, &host) {
        return Error::from(Reason::from(GuardRefusal::ForeignHost { host: echo(host) })).into_response();
    }
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if writes && !is_same_origin(server, request.headers(), &host) {
        return Error::from(Reason::from(GuardRefusal::ForeignSite)).into_response();
    }
    next.run(request).await
}

/// The name in reeve.toml and those of this machine. Where nobody said what the portal is called and others reach it, it answers
/// to any: no cookie of ours goes to a name that somebody else made, and no address of ours is made from it.
fn is_ours(server: &ServerConfig, host: &str) -> bool {
    is_loopback_name(host)
        || match &server.external_url {
            Some(external) => external.is_named_by(host),
            None => !server.listen.ip().is_loopback() && !host.is_empty(),
        }
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
fn is_same_origin(server: &ServerConfig, headers: &HeaderMap, host: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) {
        None => true,
        Some(origin) => match &server.external_url {
            // With its scheme: what came in clear was anybody's.
            Some(external) if external.is_named_by(host) => external.origin() == origin,
            _ => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
        },
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
            is_same_origin(&ServerConfig::default(), &headers, "127.0.0.1:8080")
        };
        assert!(is_same_origin(&ServerConfig::default(), &HeaderMap::new(), "127.0.0.1:8080"));
        assert!(with("sec-fetch-site", "same-origin"));
        assert!(!with("sec-fetch-site", "cross-site"));
        assert!(!with("sec-fetch-site", "same-site"));
        assert!(with("origin", "http://127.0.0.1:8080"));
        assert!(!with("origin", "http://127.0.0.1:9999"));
        assert!(!with("origin", "null"));
    }
}
