//! Who asks: sessions, accounts and tokens, and what became of each request's sign-in.

mod by_password;
pub mod demo;
pub mod device;
pub mod first;
pub mod identity;
mod ldap;
pub mod local;
pub mod oidc;
pub mod password;
pub mod person;
pub mod refusal;
pub mod secret;
pub mod session;
mod spnego;
mod throttle;
pub mod token;

#[cfg(test)]
mod tests;

pub use by_password::{Outcome, by_password, enter};
pub use identity::{Admitted, admit};
pub use ldap::SignInDirectory;
pub use spnego::{Spnego, Ticket};
pub use throttle::{From, Throttle};

use crate::config::Config;
use reeve_model::permission::Actor;
use reeve_model::visibility::Hidden;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// What sign-ins share.
#[derive(Debug, Default)]
pub struct Auth {
    pub passwords: password::Passwords,
    pub throttle: Throttle,
    pub refusals: refusal::Refusals,
    /// In the order in which they are asked.
    pub directories: Vec<SignInDirectory>,
    pub providers: Vec<Arc<oidc::Provider>>,
    pub spnego: Option<Spnego>,
    /// What of the settings keeps people out: the portal does not start with it, and commands do not mind.
    pub wrong: Option<String>,
}

impl Auth {
    /// Reads what the settings point to; connects to nothing, so that nobody who does not answer keeps the portal from starting.
    pub fn new(config: &Config) -> Self {
        let mut auth = Self::default();
        for directory in &config.auth.ldap {
            match SignInDirectory::new(directory) {
                Ok(directory) => auth.directories.push(directory),
                Err(error) => drop(auth.wrong.get_or_insert(format!("{error:#}"))),
            }
        }
        for provider in &config.auth.oidc {
            let portal = config.server.portal_url().map_err(anyhow::Error::msg);
            match portal.and_then(|portal| oidc::Provider::new(provider, &portal)) {
                Ok(provider) => auth.providers.push(Arc::new(provider)),
                Err(error) => drop(auth.wrong.get_or_insert(format!("{error:#}"))),
            }
        }
        if let Some(spnego) = &config.auth.spnego {
            match Spnego::new(spnego, config) {
                Ok(spnego) => auth.spnego = Some(spnego),
                Err(error) => drop(auth.wrong.get_or_insert(format!("{error:#}"))),
            }
        }
        auth
    }

    pub fn provider(&self, name: &str) -> Option<&Arc<oidc::Provider>> {
        self.providers.iter().find(|provider| provider.config.name == name)
    }
}

/// Whom a provider vouches for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// As reeve.toml names it.
    pub provider: String,
    pub issuer: String,
    pub subject: String,
    pub login: String,
    pub name: String,
    pub mail: Option<String>,
    /// The provider is trusted for mail and says that this one is his.
    pub mail_verified: bool,
    /// `None` where the provider said nothing of groups.
    pub groups: Option<Vec<String>>,
    /// Or another configured claim that stays for life.
    pub employee_number: Option<String>,
    pub sid: Option<String>,
    pub id_token: Option<String>,
}

/// Who asks, from where, and by what. Every handler behind the sign-in has one: [`crate::http::extract::Signed`].
#[derive(Clone, Debug)]
pub struct Caller {
    pub actor: Actor,
    /// Of the client, as far as trusted proxies tell; `None` for the command line.
    pub address: Option<IpAddr>,
    pub via: Via,
    /// What does not exist for him.
    pub hidden: Hidden,
}

/// What an act was proven by, for the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Session(i64),
    Token(i64),
    CommandLine,
    /// Not signed in.
    Nobody,
}

/// Writes down what no request waits for: that something was used.
fn beside(what: &'static str, write: impl Future<Output = sqlx::Result<()>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = write.await {
            tracing::warn!("cannot note that {what} was used: {error}");
        }
    });
}

impl Caller {
    /// Who is not signed in, at the sign-in: may do nothing.
    pub fn nobody() -> Self {
        let actor =
            Actor { login: String::new(), name: String::new(), roles: BTreeSet::new(), ..Actor::command_line() };
        Self { actor, address: None, via: Via::Nobody, hidden: Hidden::NOTHING }
    }

    /// Whoever runs `reeve` on this machine.
    pub fn command_line() -> Self {
        Self { actor: Actor::command_line(), address: None, via: Via::CommandLine, hidden: Hidden::NOTHING }
    }
}
