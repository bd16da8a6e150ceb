use super::config::{Flavour, ServerConfig};
use crate::{Secret, SourceError, tls};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError};
use reeve_model::secret::mask;
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;

/// A directory that can be connected to.
#[derive(Clone, Debug)]
pub struct Directory {
    url: String,
    start_tls: bool,
    tls: Arc<ClientConfig>,
    bind_dn: Option<String>,
    password: Option<Secret>,
    flavour: Flavour,
    timeout: Duration,
    page_size: i32,
}

impl Directory {
    pub(super) fn new(config: &ServerConfig) -> Result<Self, String> {
        let url = mask(&config.url);
        let wrong =
            || format!("url = {url:?}: must be ldaps://host or ldap://host, with a port where it is not the usual");
        let (scheme, authority) = config.url.split_once("://").ok_or_else(wrong)?;
        let authority = authority.trim_end_matches('/');
        if authority.is_empty() || authority.starts_with(':') || authority.contains(['/', '@', '?', '#', ' ']) {
            return Err(wrong());
        }
        match (scheme, config.start_tls, config.allow_plain) {
            ("ldaps", false, _) | ("ldap", true, _) | ("ldap", false, true) => {}
            ("ldaps", true, _) => {
                return Err(format!("url = {url:?} has TLS from the start: leave start_tls out, or write ldap://"));
            }
            ("ldap", false, false) => {
                return Err(format!(
                    "url = {url:?} would send passwords in clear: add start_tls = true or write ldaps:// \
                     (allow_plain = true where the network itself is safe)"
                ));
            }
            _ => return Err(wrong()),
        }
        if !(1..=600).contains(&config.timeout_seconds) {
            return Err(format!("timeout_seconds = {}: must be 1 to 600", config.timeout_seconds));
        }
        if !(1..=10_000).contains(&config.page_size) {
            return Err(format!("page_size = {}: must be 1 to 10000", config.page_size));
        }
        let password =
            Secret::from_file_or_env("server", config.password_file.as_deref(), config.password_env.as_deref())?;
        match (&config.bind_dn, &password) {
            (Some(dn), None) => Err(format!("bind_dn = {dn:?} has no password: add password_file or password_env")),
            // Servers take a bind without password for a success (RFC 4513, 5.1.2), and then show nothing.
            (Some(dn), Some(password)) if password.expose().is_empty() => {
                Err(format!("the password of bind_dn = {dn:?} is empty"))
            }
            (None, Some(_)) => Err("there is a password but no bind_dn".to_owned()),
            _ => Ok(()),
        }?;
        Ok(Self {
            url: format!("{scheme}://{authority}"),
            start_tls: config.start_tls,
            tls: tls::client_config(config.ca_file.as_deref())?,
            bind_dn: config.bind_dn.clone(),
            password,
            flavour: config.flavour,
            timeout: Duration::from_secs(config.timeout_seconds),
            page_size: config.page_size,
        })
    }

    pub fn address(&self) -> &str {
        &self.url
    }

    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    pub fn page_size(&self) -> i32 {
        self.page_size
    }

    /// A connection of its own, with TLS where it is asked for; nobody is bound to it yet.
    ///
    /// # Errors
    /// [`LdapFailure::Unreachable`], for a certificate that is not trusted too.
    pub async fn connect(&self) -> Result<Connection, LdapFailure> {
        let settings = LdapConnSettings::new()
            .set_conn_timeout(self.timeout)
            .set_starttls(self.start_tls)
            .set_config(Arc::clone(&self.tls));
        let connected = LdapConnAsync::with_settings(settings, &self.url).await;
        let (connection, ldap) = connected.map_err(|error| match error {
            LdapError::Timeout { .. } => self.timed_out("connect"),
            LdapError::LdapResult { result } => LdapFailure::Unreachable {
                address: self.url.clone(),
                reason: format!("StartTLS was refused with code {}: {}", result.rc, result.text),
            },
            other => LdapFailure::Unreachable { address: self.url.clone(), reason: chain(&other) },
        })?;
        // It ends with the last handle, or by itself when the server goes; what waits for an answer is told then.
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!("an LDAP connection ended: {error}");
            }
        });
        Ok(Connection { ldap, address: self.url.clone(), timeout: self.timeout })
    }

    /// A connection bound as Reeve's own account, where there is one.
    ///
    /// # Errors
    /// As [`Directory::connect`]; [`LdapFailure::Refused`] when the account is.
    pub async fn connect_as_reeve(&self) -> Result<Connection, LdapFailure> {
        let mut connection = self.connect().await?;
        let (Some(dn), Some(password)) = (&self.bind_dn, &self.password) else { return Ok(connection) };
        match connection.bind(dn, password.expose()).await? {
            Bound::Yes => Ok(connection),
            Bound::No { text } => {
                Err(LdapFailure::Refused { address: self.url.clone(), call: format!("bind as {dn}"), code: 49, text })
            }
        }
    }

    fn timed_out(&self, call: &str) -> LdapFailure {
        LdapFailure::Timeout { address: self.url.clone(), call: call.to_owned(), seconds: self.timeout.as_secs() }
    }
}

/// One connection to a directory. Whoever binds on it is who it is for everybody who holds it: it is never shared.
#[derive(Debug)]
pub struct Connection {
    pub(super) ldap: Ldap,
    pub(super) address: String,
    pub(super) timeout: Duration,
}

/// What became of a bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    Yes,
    /// Wrong name or password, or an account that may not (code 49); what the server says of it is for the log only.
    No {
        text: String,
    },
}

impl Connection {
    /// Proves who one is by a password (RFC 4513, 5.1.3).
    ///
    /// # Errors
    /// Anything but success and code 49; an empty password, which servers take for no password at all (5.1.2).
    pub async fn bind(&mut self, dn: &str, password: &str) -> Result<Bound, LdapFailure> {
        if password.is_empty() || dn.is_empty() {
            return Err(self.refused("bind", 49, "an empty name or password is never sent"));
        }
        let timeout = self.timeout;
        let result = self.ldap.with_timeout(timeout).simple_bind(dn, password).await;
        let result = result.map_err(|error| self.failed("bind", &error))?;
        match result.rc {
            0 => Ok(Bound::Yes),
            49 => Ok(Bound::No { text: result.text }),
            code => Err(self.refused("bind", code, &result.text)),
        }
    }

    pub(super) fn failed(&self, call: &str, error: &LdapError) -> LdapFailure {
        let address = self.address.clone();
        match error {
            LdapError::Timeout { .. } => {
                LdapFailure::Timeout { address, call: call.to_owned(), seconds: self.timeout.as_secs() }
            }
            LdapError::FilterParsing => LdapFailure::Refused {
                address,
                call: call.to_owned(),
                code: 87,
                text: "the filter is not one of RFC 4515".to_owned(),
            },
            // The task that holds the connection is gone: the server closed it, or it said what cannot be read.
            LdapError::OpSend { .. }
            | LdapError::ResultRecv { .. }
            | LdapError::IdScrubSend { .. }
            | LdapError::EndOfStream => {
                LdapFailure::Unreachable { address, reason: format!("the connection ended during {call}") }
            }
            other => LdapFailure::Unreachable { address, reason: format!("{call}: {}", chain(other)) },
        }
    }

    pub(super) fn refused(&self, call: &str, code: u32, text: &str) -> LdapFailure {
        LdapFailure::Refused { address: self.address.clone(), call: call.to_owned(), code, text: text.to_owned() }
    }
}

/// Why a directory could not be asked. What it says of itself is quoted as it came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LdapFailure {
    #[error("{address}: cannot connect: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("{address}: no answer to {call} within {seconds} s")]
    Timeout { address: String, call: String, seconds: u64 },
    /// With the result code of RFC 4511, appendix A.
    #[error("{address}: {call}: refused with code {code}{}", told(*code, text))]
    Refused { address: String, call: String, code: u32, text: String },
    /// The listing broke off: what it named is there, what it did not name may be there too.
    #[error("{address}: {call}: the answer is not whole: {reason}")]
    Incomplete { address: String, call: String, reason: String },
    /// The answer broke the protocol.
    #[error("{address}: {call}: unreadable answer: {reason}")]
    Unreadable { address: String, call: String, reason: String },
}

/// What is to be known of a code, and what the server said.
fn told(code: u32, text: &str) -> String {
    let meaning = match code {
        8 | 13 => " (TLS is required: start_tls = true, or ldaps://)",
        32 => " (there is no such base)",
        49 => " (wrong name or password)",
        50 => " (not enough rights)",
        51 | 52 => " (the server is busy or not available)",
        _ => "",
    };
    if text.is_empty() { meaning.to_owned() } else { format!("{meaning}: {text}") }
}

impl From<LdapFailure> for SourceError {
    fn from(failure: LdapFailure) -> Self {
        match failure {
            LdapFailure::Unreachable { address, reason } => Self::Unreachable { address, reason },
            LdapFailure::Timeout { address, call, seconds } => Self::Timeout { address, call, seconds },
            LdapFailure::Refused { address, call, code, text } => {
                Self::Refused { address, call, reason: format!("code {code}{}", told(code, &text)) }
            }
            LdapFailure::Incomplete { address, call, reason } => Self::Unreadable { address, call, reason },
            LdapFailure::Unreadable { address, call, reason } => Self::Unreadable { address, call, reason },
        }
    }
}

/// An error with what is behind it: "invalid peer certificate: Expired".
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let behind = error.to_string();
        if !text.contains(&behind) {
            text.push_str(": ");
            text.push_str(&behind);
        }
        source = error.source();
    }
    text
}

/// Runs what talks to a directory in a task of its own: the library panics at answers that break the protocol. The task ends
/// with whoever waits for it.
///
/// # Errors
/// [`LdapFailure::Unreadable`] for a panic.
pub async fn isolated<T: Send + 'static>(
    address: &str,
    call: &str,
    work: impl Future<Output = Result<T, LdapFailure>> + Send + 'static,
) -> Result<T, LdapFailure> {
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(work);
    match tasks.join_next().await {
        Some(Ok(result)) => result,
        _ => Err(LdapFailure::Unreadable {
            address: address.to_owned(),
            call: call.to_owned(),
            reason: "it breaks the protocol".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(settings: serde_json::Value) -> String {
        let config: ServerConfig = serde_json::from_value(settings).expect("settings of the right types");
        config.build().expect_err("settings that are wrong")
    }

    #[test]
    fn passwords_never_cross_the_network_in_clear_by_mistake() {
        insta::assert_snapshot!(
            [
                wrong(serde_json::json!({"url": "ldap://h"})),
                wrong(serde_json::json!({"url": "ldaps://h", "start_tls": true})),
                wrong(serde_json::json!({"url": "http://h"})),
                wrong(serde_json::json!({"url": "ldaps://"})),
                wrong(serde_json::json!({"url": "ldaps://u:hunter2@h"})),
                wrong(serde_json::json!({"url": "ldaps://h", "bind_dn": "cn=reeve"})),
                wrong(serde_json::json!({"url": "ldaps://h", "timeout_seconds": 0})),
                wrong(serde_json::json!({"url": "ldaps://h", "ca_file": "/nowhere/ca.pem"})),
            ]
            .join("\n")
        );
    }
}
