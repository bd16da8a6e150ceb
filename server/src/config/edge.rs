//! Where the portal is reached, and what stands before it.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use url::Url;

/// Where people reach the portal: a scheme and a host, and no path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalUrl(Url);

impl ExternalUrl {
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether a `Host` header names it; without a port it is that of the scheme.
    pub fn is_named_by(&self, host: &str) -> bool {
        let Ok(host) = host.parse::<axum::http::uri::Authority>() else { return false };
        let default = if self.is_https() { 443 } else { 80 };
        !host.as_str().contains('@')
            && self.0.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host.host()))
            && self.0.port_or_known_default() == Some(host.port_u16().unwrap_or(default))
    }

    /// As browsers write it in `Origin`.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl TryFrom<String> for ExternalUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not an address of the portal: write scheme and host, as in `https://catalog.example.com`"
            )
        };
        let url = Url::parse(&text).map_err(|_| wrong())?;
        let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let bare = url.username().is_empty() && url.password().is_none() && url.has_host();
        if plain && bare && ["http", "https"].contains(&url.scheme()) { Ok(Self(url)) } else { Err(wrong()) }
    }
}

impl From<ExternalUrl> for String {
    fn from(url: ExternalUrl) -> Self {
        url.0.as_str().trim_end_matches('/').to_owned()
    }
}

/// TLS by the portal itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// PEM file with the certificate and those between it and its authority. Read again when it changes.
    pub certificate: PathBuf,
    /// PEM file with the certificate's key.
    pub key: PathBuf,
}

/// Where a proxy says whose request it passes on. The other header counts for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForwardedBy {
    /// `X-Forwarded-For`
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

/// A network or one address: `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
        network
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not a network: write an address or a prefix, as in `10.0.0.0/8`"))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}
