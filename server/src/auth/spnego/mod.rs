//! Sign-in by a Kerberos ticket that the browser has already (RFC 4559).

mod gss;

use super::Verified;
use super::ldap::{NoAnswer, SignInDirectory};
use crate::config::{Config, SpnegoConfig};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

/// A ticket with every group of a large company in it has half of that.
const LARGEST: usize = 64 << 10;
/// As many at once are looked at: each blocks a thread for a moment.
const AT_ONCE: usize = 8;
/// How a token of NTLM begins, which a browser sends that has no ticket.
const NTLM: &[u8] = b"NTLMSSP\0";

/// How tickets are accepted.
#[derive(Debug)]
pub struct Spnego {
    config: SpnegoConfig,
    service: String,
    turns: Semaphore,
}

/// What became of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// Whose it is, and what the browser is told in return.
    Of { verified: Box<Verified>, answer: String },
    /// No ticket for this service; why is in the log.
    Bad,
    /// A ticket of somebody who does not come in by it: of another realm, of a host or an administrator's second name, or of
    /// nobody in the directory.
    NotAllowed,
    /// The directory does not answer, or too many are at it.
    NoAnswer,
}

impl Spnego {
    /// # Errors
    /// Says what is missing.
    pub fn new(config: &SpnegoConfig, server: &Config) -> anyhow::Result<Self> {
        gss::check().map_err(|error| anyhow::anyhow!("[auth.spnego]: {error}"))?;
        if let Err(error) = std::fs::File::open(&config.keytab) {
            anyhow::bail!("[auth.spnego] keytab: cannot read {}: {error}", config.keytab.display());
        }
        let host = server.server.portal_url().map_err(anyhow::Error::msg)?;
        let host = host.host_str().unwrap_or_default().to_owned();
        let service = config.service.clone().unwrap_or_else(|| format!("HTTP/{host}"));
        let service = if service.contains('@') { service } else { format!("{service}@{}", config.realm) };
        Ok(Self { config: config.clone(), service, turns: Semaphore::new(AT_ONCE) })
    }

    /// Looks at what a browser sent behind `Negotiate`. `directory`: where people of the realm are looked up.
    pub async fn accept(&self, sent: &str, directory: Option<&SignInDirectory>, now: DateTime<Utc>) -> Ticket {
        let bad = |why: &str| {
            tracing::info!("a Kerberos ticket is refused: {why}");
            Ticket::Bad
        };
        if sent.len() > LARGEST * 4 / 3 + 4 {
            return bad("it is too long");
        }
        let Ok(token) = BASE64_STANDARD.decode(sent.trim()) else { return bad("it is no base64") };
        if token.starts_with(NTLM) {
            return bad("it is of NTLM: the browser has no ticket");
        }
        let Ok(_turn) = self.turns.try_acquire() else { return Ticket::NoAnswer };
        let (keytab, service) = (self.config.keytab.clone(), self.service.clone());
        let accepted = tokio::task::spawn_blocking(move || gss::accept(&keytab, &service, &token)).await;
        let accepted = match accepted {
            Ok(Ok(accepted)) => accepted,
            Ok(Err(why)) => return bad(&why),
            Err(error) => return bad(&error.to_string()),
        };
        let principal = &accepted.principal;
        let Some(login) = login(principal, &self.config.realm) else {
            tracing::info!("{principal:?} is no person of the realm {}", self.config.realm);
            return Ticket::NotAllowed;
        };
        let verified = match directory {
            None => Verified {
                provider: "spnego".to_owned(),
                issuer: format!("kerberos:{}", self.config.realm),
                subject: principal.clone(),
                login: login.to_owned(),
                name: login.to_owned(),
                ..Verified::default()
            },
            Some(directory) => match directory.look_up(login, now).await {
                Ok(Some(verified)) => Verified { provider: "spnego".to_owned(), ..verified },
                Ok(None) => return Ticket::NotAllowed,
                Err(failure) => {
                    if let NoAnswer::Failed(failure) = failure {
                        tracing::error!("sign-in by Kerberos: {failure}");
                    }
                    return Ticket::NoAnswer;
                }
            },
        };
        Ticket::Of { verified: Box::new(verified), answer: BASE64_STANDARD.encode(&accepted.answer) }
    }
}

/// The login of `kim@EXAMPLE.COM`. Realms are compared to the letter (RFC 4120, 6.1); a name with an instance (`kim/admin`,
/// `HTTP/host`) or with signs that are escaped is no person's.
fn login<'p>(principal: &'p str, realm: &str) -> Option<&'p str> {
    let (name, of) = principal.rsplit_once('@')?;
    (of == realm && !name.is_empty() && !name.contains(['/', '\\', '@'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_people_of_the_realm_come_in() {
        assert_eq!(login("kim@EXAMPLE.TEST", "EXAMPLE.TEST"), Some("kim"));
        for other in [
            "kim@example.test",
            "kim@EVIL.TEST",
            "kim/admin@EXAMPLE.TEST",
            "HTTP/localhost@EXAMPLE.TEST",
            "kim\\@EXAMPLE.TEST@EVIL.TEST",
            "kim\\/x@EXAMPLE.TEST",
            "@EXAMPLE.TEST",
            "kim",
            "",
        ] {
            assert_eq!(login(other, "EXAMPLE.TEST"), None, "{other}");
        }
    }
}
