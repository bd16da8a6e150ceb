use crate::app::App;
use crate::config::{ForwardedBy, ServerConfig};
use crate::listen::Peer;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, SocketAddr};

/// Where a request comes from, as far as trusted proxies tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// Finds out whose request it is: for throttling, sessions and the audit log.
pub(in crate::http) async fn client(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(Peer(peer))) = request.extensions().get::<ConnectInfo<Peer>>() {
        let address = client_of(&app.config.server, *peer, request.headers());
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// From the nearest proxy back: the first address that is no proxy of ours is the client's. Whatever stands before it may have
/// been written by the client himself. What cannot be read ends the way: then it is the last proxy that is known.
fn client_of(config: &ServerConfig, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let is_proxy = |address: IpAddr| config.trusted_proxies.iter().any(|network| network.0.contains(&address));
    let mut client = peer.ip().to_canonical();
    if !is_proxy(client) {
        return client;
    }
    for hop in hops(config.forwarded_by, headers).into_iter().rev() {
        let Some(address) = hop else { return client };
        client = address;
        if !is_proxy(address) {
            return client;
        }
    }
    client
}

/// What the header says, from the client to the nearest proxy, over all its lines.
fn hops(by: ForwardedBy, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
    let name = match by {
        ForwardedBy::XForwardedFor => X_FORWARDED_FOR,
        ForwardedBy::Forwarded => header::FORWARDED,
    };
    let mut hops = Vec::new();
    for line in headers.get_all(name) {
        // A line that is no text is one hop that cannot be read.
        let Ok(line) = line.to_str() else {
            hops.push(None);
            continue;
        };
        for element in outside_quotes(line, ',') {
            hops.push(match by {
                ForwardedBy::XForwardedFor => node(element.trim()),
                ForwardedBy::Forwarded => outside_quotes(element, ';').into_iter().find_map(is_for).and_then(node),
            });
        }
    }
    hops
}

/// The value of `for=` (RFC 7239, 4), without its quotes.
fn is_for(pair: &str) -> Option<&str> {
    let (name, value) = pair.split_once('=')?;
    let value = value.trim();
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    name.trim().eq_ignore_ascii_case("for").then_some(bare)
}

fn outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .collect()
}

/// An address, with a port or without: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`. Names that a proxy
/// makes up (`unknown`, `_hidden`) are no address.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    address
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Network;
    use axum::http::HeaderValue;

    fn client(by: ForwardedBy, peer: &str, lines: &[&str]) -> String {
        let networks = ["10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1"];
        let config = ServerConfig {
            trusted_proxies: networks.map(|network| Network::try_from(network.to_owned()).unwrap()).to_vec(),
            forwarded_by: by,
            ..ServerConfig::default()
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
            headers.append(header::FORWARDED, HeaderValue::from_str(line).unwrap());
        }
        client_of(&config, SocketAddr::new(peer.parse().unwrap(), 1), &headers).to_string()
    }

    #[test]
    fn only_proxies_of_ours_say_whose_request_it_is() {
        let client = |peer, lines: &[&str]| client(ForwardedBy::XForwardedFor, peer, lines);
        assert_eq!(client("192.0.2.9", &["198.51.100.1"]), "192.0.2.9", "not from a proxy");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]), "198.51.100.1", "what he wrote himself");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "198.51.100.1", "10.0.0.2"]), "198.51.100.1", "over several lines");
        assert_eq!(client("10.0.0.1", &["198.51.100.1, nonsense, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(client("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["2001:db8::1,2001:db8:1::7"]), "2001:db8::1");
        assert_eq!(client("::ffff:10.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3", "all are proxies");
        assert_eq!(client("10.0.0.1", &[""]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["for=198.51.100.1"]), "10.0.0.1", "the other header counts for nothing");
    }

    #[test]
    fn forwarded_is_read_as_its_standard_says() {
        let client = |lines: &[&str]| client(ForwardedBy::Forwarded, "10.0.0.1", lines);
        assert_eq!(client(&["for=198.51.100.1;proto=https;by=10.0.0.1"]), "198.51.100.1");
        assert_eq!(client(&["For=\"[2001:db8::1]:4711\""]), "2001:db8::1");
        assert_eq!(client(&["for=1.1.1.1, for=198.51.100.1, for=\"10.0.0.2:80\""]), "198.51.100.1");
        assert_eq!(client(&["host=\"a,b;for=1.1.1.1\";for=198.51.100.1"]), "198.51.100.1");
        for unknown in ["for=unknown", "for=_hidden", "for=\"_x\"", "proto=https", "198.51.100.1"] {
            assert_eq!(client(&[unknown]), "10.0.0.1", "{unknown}");
        }
    }
}
