//! `reeve.toml`: one struct per section; unknown keys are refused with the line and a suggestion.

mod auth;
mod edge;
mod governance;
mod load;
mod notify;
mod people;
mod providers;

pub use auth::{AuthConfig, DemoConfig, GroupRole, HiddenDatabases, LocalConfig};
pub use edge::{ExternalUrl, ForwardedBy, Network, TlsConfig};
pub use governance::{GovernanceConfig, Hours};
pub use load::{ConfigError, load, parse};
pub use notify::{NotifyConfig, QuietHours, SmtpConfig, SmtpTls, TimeOfDay, WebhookConfig, WebhookKind};
pub use people::PeopleSection;
pub use providers::{ClaimsConfig, LdapConfig, OidcConfig, SpnegoConfig};
pub use reeve_crawlers::Secret;

use chrono_tz::{TZ_VARIANTS, Tz};
use reeve_crawlers::hive::HiveConfig;
use reeve_crawlers::people::PeopleConfig;
use reeve_model::SecretUrl;
use reeve_model::curation::Author;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use url::Url;

/// Everything that `reeve.toml` can say.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub log: LogConfig,
    pub catalog: CatalogConfig,
    pub auth: AuthConfig,
    pub people: PeopleSection,
    pub notify: NotifyConfig,
    pub governance: GovernanceConfig,
    /// The systems that Reeve reads; each has a name of its own.
    pub sources: Vec<SourceConfig>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Address and port of the portal. Beyond this machine it needs `tls`, or an `external_url` with https.
    pub listen: SocketAddr,
    /// Folder for the database, the index and everything else that Reeve keeps. A relative path starts at the folder of `reeve.toml`.
    pub data_dir: PathBuf,
    /// Where times on pages are told: a name of the IANA list, as in `Asia/Seoul`. The API always answers in UTC.
    #[serde(deserialize_with = "time_zone")]
    #[schemars(with = "String")]
    pub time_zone: Tz,
    /// Where people reach the portal, as in `https://catalog.example.com`. The portal answers to this name and those of
    /// this machine only; addresses that others are given begin with it; with https cookies are for https only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub external_url: Option<ExternalUrl>,
    /// TLS by the portal itself, without a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsConfig>,
    /// Networks of the proxies before the portal, as in `10.0.0.0/8`: what they say of a client's address is believed, and
    /// what others say is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub trusted_proxies: Vec<Network>,
    /// By which header they say it.
    pub forwarded_by: ForwardedBy,
    /// Lets passwords and cookies cross the network in clear.
    pub allow_plain_http: bool,
}

impl ServerConfig {
    /// Where people reach the portal, as far as is known.
    ///
    /// # Errors
    /// Where nobody said, and it listens on no address of its own.
    pub fn portal_url(&self) -> Result<Url, String> {
        if let Some(external) = &self.external_url {
            return Ok(external.as_url().clone());
        }
        if self.listen.ip().is_unspecified() {
            return Err("[server] external_url is missing: say where people reach the portal".to_owned());
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Url::parse(&format!("{scheme}://{}", self.listen)).map_err(|error| error.to_string())
    }

    /// Whether browsers come by https only: cookies are for that alone, and they are told to stay with it.
    pub fn is_https(&self) -> bool {
        self.external_url.as_ref().map_or(self.tls.is_some(), ExternalUrl::is_https)
    }
}

fn time_zone<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Tz, D::Error> {
    zone(&String::deserialize(input)?).map_err(serde::de::Error::custom)
}

/// A time zone by its name.
///
/// # Errors
/// What was written, and a name that is near.
pub(crate) fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| {
        let near = TZ_VARIANTS.iter().map(|zone| (strsim::damerau_levenshtein(text, zone.name()), zone.name())).min();
        let near = near.filter(|(distance, _)| *distance <= 3).map(|(_, name)| name).unwrap_or("Asia/Seoul");
        format!("`{text}` is not a time zone: write a name of the IANA list, as in `{near}`")
    })
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            data_dir: PathBuf::from("data"),
            time_zone: Tz::UTC,
            external_url: None,
            tls: None,
            trusted_proxies: Vec::new(),
            forwarded_by: ForwardedBy::default(),
            allow_plain_http: false,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `postgres://user@host:5432/reeve`. Absent: SQLite in the data folder. The environment variable `REEVE_DATABASE_URL` goes before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub url: Option<SecretUrl>,
    /// File whose first line is the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// Environment variable that holds the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
}

impl DatabaseConfig {
    /// # Errors
    /// When the named file or variable is not there.
    pub fn password(&self) -> anyhow::Result<Option<Secret>> {
        Secret::from_file_or_env("[database]", self.password_file.as_deref(), self.password_env.as_deref())
            .map_err(anyhow::Error::msg)
    }
}

/// What is shown where the source says one thing and people another.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogConfig {
    /// Whose comment of a column goes first where both have one; the other is shown beside it. After a change the index is
    /// rebuilt by `reeve index rebuild`.
    pub comments: Comments,
}

/// Whose word goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comments {
    /// What people wrote in the portal.
    #[default]
    Reeve,
    /// What the source says.
    Source,
}

impl From<Comments> for Author {
    fn from(comments: Comments) -> Self {
        match comments {
            Comments::Reeve => Self::Portal,
            Comments::Source => Self::Source,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    pub format: LogFormat,
    /// What to log, as in `info` or `info,reeve=debug`.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info,tantivy=warn,sqlx=warn".to_owned() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    /// One JSON object a line.
    Json,
}

/// One system that Reeve reads.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SourceConfig {
    /// Short name used in URLs and commands: letters, digits, `-` and `_`.
    pub name: String,
    /// How often to crawl, as in `30m`, `6h` or `1d`. Absent: only when asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crawl_every: Option<Every>,
    /// When more than this share of a database's tables (or of the databases, or of a source's people) is missing from a
    /// listing, nothing is taken for gone and the crawl says so. Percent; absent: 20, and 5 of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 100))]
    pub max_removed_percent: Option<u8>,
    #[serde(flatten)]
    pub kind: SourceKind,
}

impl SourceConfig {
    /// Percent.
    pub fn max_removed_percent(&self) -> u8 {
        self.max_removed_percent.unwrap_or(match self.kind {
            SourceKind::Hive(_) => 20,
            SourceKind::People(_) => 5,
        })
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceKind {
    Hive(HiveConfig),
    People(Box<PeopleConfig>),
}

impl SourceKind {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Hive(_) => "hive",
            Self::People(_) => "people",
        }
    }

    /// What it reads lies on this machine: nothing of anyone else's.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Hive(hive) => {
                let here = |uri: &SecretUrl| {
                    let place = uri.expose().split("://").nth(1).unwrap_or_default();
                    place.starts_with("127.0.0.1:") || place.starts_with("localhost:")
                };
                let file = hive.database.as_ref().is_none_or(|url| url.expose().starts_with("sqlite:"));
                file && hive.uris.iter().all(here)
            }
            Self::People(people) => {
                let file = people.sql.as_ref().is_none_or(|sql| sql.url.expose().starts_with("sqlite:"));
                file && people.ldap.is_none()
            }
        }
    }
}

/// A period of time in whole seconds, written `30m`, `6h`, `1d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Every {
    pub seconds: i64,
}

impl TryFrom<String> for Every {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a period: write a number and s, m, h or d, as in `30m` or `6h`");
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number: i64 = digits.parse().map_err(|_| wrong())?;
        let unit = match &text[digits.len()..] {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(wrong()),
        };
        match number.checked_mul(unit) {
            Some(seconds) if seconds > 0 => Ok(Self { seconds }),
            _ => Err(wrong()),
        }
    }
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        match every.seconds {
            s if s % 86_400 == 0 => format!("{}d", s / 86_400),
            s if s % 3600 == 0 => format!("{}h", s / 3600),
            s if s % 60 == 0 => format!("{}m", s / 60),
            s => format!("{s}s"),
        }
    }
}

impl Config {
    pub fn data_dir(&self) -> &Path {
        &self.server.data_dir
    }

    pub fn source(&self, name: &str) -> Option<&SourceConfig> {
        self.sources.iter().find(|source| source.name == name)
    }

    /// The sources of people, in the order of the file.
    pub fn people_sources(&self) -> impl Iterator<Item = &SourceConfig> {
        self.sources.iter().filter(|source| matches!(source.kind, SourceKind::People(_)))
    }

    /// The JSON schema of `reeve.toml`, for editors; committed as `docs/reeve.schema.json`.
    pub fn json_schema() -> String {
        let schema = schemars::schema_for!(Config);
        let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
        text.push('\n');
        text
    }
}
