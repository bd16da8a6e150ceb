//! Who asks: sessions, accounts and tokens, and what became of each request's sign-in.

use reeve_model::permission::Actor;
use std::net::IpAddr;

/// Who asks, from where, and by what. Every handler behind the sign-in has one: [`crate::http::extract::Signed`].
#[derive(Clone, Debug)]
pub struct Caller {
    pub actor: Actor,
    /// Of the client, as far as trusted proxies tell; `None` for the command line.
    pub address: Option<IpAddr>,
    pub via: Via,
}

/// What an act was proven by, for the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Session(i64),
    Token(i64),
    CommandLine,
}

impl Caller {
    /// Whoever runs `reeve` on this machine.
    pub fn command_line() -> Self {
        Self { actor: Actor::command_line(), address: None, via: Via::CommandLine }
    }
}
