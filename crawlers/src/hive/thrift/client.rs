//! A client that keeps one connection, and opens a new one when it broke.

use super::connection::{CallError, Connection};
use crate::SourceError;
use std::sync::Arc;
use std::time::Duration;

/// Where the metastore is and how long to wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoints {
    /// `host:port`, tried in order.
    pub hosts: Vec<String>,
    pub timeout: Duration,
}

/// Rounds over all hosts before the metastore counts as unreachable, and calls that fail with their connection.
const ATTEMPTS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// A host that does not even accept a connection by then is not there, however long answers may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Where there are other hosts, one that does not say who it is by then is passed over.
const PROBE_WITHIN: Duration = Duration::from_secs(10);

pub(super) struct Client {
    endpoints: Arc<Endpoints>,
    connection: Option<Connection>,
    /// Of the newest connection; what messages name.
    host: String,
    /// Position of the host that is tried first.
    first: usize,
    /// Bytes of all answers since they were last taken.
    answer_bytes: usize,
}

/// Why a call failed: the call itself, or there is no metastore to ask.
pub(super) enum AskError {
    Call(CallError),
    Unreachable(SourceError),
}

impl Client {
    pub(super) fn new(endpoints: Arc<Endpoints>) -> Self {
        let host = endpoints.hosts.first().cloned().unwrap_or_default();
        Self { endpoints, connection: None, host, first: 0, answer_bytes: 0 }
    }

    /// Makes one call, connecting first where needed.
    pub(super) fn once<T>(
        &mut self,
        call: impl FnOnce(&mut Connection) -> Result<T, CallError>,
    ) -> Result<T, AskError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().map_err(AskError::Unreachable)?,
        };
        let answer = call(&mut connection);
        self.answer_bytes += connection.answer_bytes();
        match &answer {
            Ok(_) | Err(CallError::Refused { .. }) => self.connection = Some(connection),
            Err(CallError::TooLarge) => {}
            // Another host may do better.
            Err(CallError::Broken(_) | CallError::TimedOut | CallError::Unreadable(_)) => self.leave_host(),
        }
        answer.map_err(AskError::Call)
    }

    /// Makes one call, and makes it again on a new connection when the connection broke. What the server refused and
    /// what took too long is not asked again.
    pub(super) fn ask<T>(&mut self, call: impl Fn(&mut Connection) -> Result<T, CallError>) -> Result<T, AskError> {
        let mut wait = FIRST_WAIT;
        for _ in 1..ATTEMPTS {
            match self.once(&call) {
                Err(AskError::Call(CallError::Broken(reason))) => {
                    tracing::debug!(host = self.host, reason, "asking again on a new connection");
                    pause(wait);
                    wait *= 2;
                }
                answer => return answer,
            }
        }
        self.once(&call)
    }

    /// [`Client::ask`] for the first call of all: where it fails, whatever the reason, the other hosts are asked too.
    pub(super) fn ask_any<T>(&mut self, call: impl Fn(&mut Connection) -> Result<T, CallError>) -> Result<T, AskError> {
        let mut answer = self.ask(&call);
        for _ in 1..self.endpoints.hosts.len() {
            let Err(AskError::Call(error)) = &answer else { break };
            tracing::debug!(host = self.host, %error, "asking the next host");
            // A refusal kept the connection, and the host.
            if self.connection.take().is_some() {
                self.leave_host();
            }
            answer = self.ask(&call);
        }
        answer
    }

    fn leave_host(&mut self) {
        self.first = (self.first + 1) % self.endpoints.hosts.len().max(1);
    }

    /// Bytes of all answers since this was last called.
    pub(super) fn take_answer_bytes(&mut self) -> usize {
        std::mem::take(&mut self.answer_bytes)
    }

    /// The error of a call that the whole crawl depends on.
    pub(super) fn source_error(&self, call: &str, error: AskError) -> SourceError {
        let (address, call) = (format!("thrift://{}", self.host), call.to_owned());
        match error {
            AskError::Unreachable(error) => error,
            AskError::Call(CallError::TimedOut) => {
                SourceError::Timeout { address, call, seconds: self.endpoints.timeout.as_secs() }
            }
            AskError::Call(CallError::Refused { reason, .. }) => SourceError::Refused { address, call, reason },
            AskError::Call(CallError::Unreadable(reason)) => SourceError::Unreadable { address, call, reason },
            AskError::Call(error @ CallError::TooLarge) => {
                SourceError::Unreadable { address, call, reason: error.to_string() }
            }
            AskError::Call(CallError::Broken(reason)) => {
                SourceError::Unreachable { address, reason: format!("{call}: the connection broke: {reason}") }
            }
        }
    }

    /// Connects to the first host where a metastore answers.
    fn connect(&mut self) -> Result<Connection, SourceError> {
        let hosts = &self.endpoints.hosts;
        let timeout = self.endpoints.timeout;
        let probe_within = if hosts.len() > 1 { timeout.min(PROBE_WITHIN) } else { timeout };
        let mut wait = FIRST_WAIT;
        let mut reasons = Vec::new();
        for attempt in 1..=ATTEMPTS {
            reasons.clear();
            for position in (0..hosts.len()).map(|offset| (self.first + offset) % hosts.len()) {
                let host = &hosts[position];
                let opened = Connection::open(host, timeout, CONNECT_WITHIN);
                match opened.and_then(|mut connection| connection.probe(probe_within).map(|()| connection)) {
                    Ok(connection) => {
                        self.host.clone_from(host);
                        self.first = position;
                        return Ok(connection);
                    }
                    Err(behind) => reasons.push((position, behind)),
                }
            }
            if attempt == ATTEMPTS || !reasons.iter().any(|(_, behind)| behind.may_change()) {
                break;
            }
            pause(wait);
            wait *= 2;
        }
        reasons.sort_by_key(|(position, _)| *position);
        let reason = match reasons.as_slice() {
            [(_, only)] => only.to_string(),
            several => {
                let lines = several.iter().map(|(position, behind)| format!("{}: {behind}", hosts[*position]));
                lines.collect::<Vec<_>>().join("; ")
            }
        };
        Err(SourceError::Unreachable { address: self.endpoints.address(), reason })
    }
}

impl Endpoints {
    /// All of them, as one reads it: `thrift://a:9083, thrift://b:9083`.
    pub(super) fn address(&self) -> String {
        self.hosts.iter().map(|host| format!("thrift://{host}")).collect::<Vec<_>>().join(", ")
    }
}

#[expect(clippy::disallowed_methods, reason = "clients run on threads of their own")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
