use super::{Metadata, OidcFailure, Provider};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::DiscoveryError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Mutex;

/// How long what a provider says of itself is taken for true.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// How long it is used when the provider does not answer: its keys are as good as they were.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Keys are fetched again so often at most, whatever tokens come.
const KEYS_EVERY: TimeDelta = TimeDelta::minutes(1);
/// A provider that did not answer is not asked again for so long: nobody waits for it in a row.
const PAUSE: TimeDelta = TimeDelta::seconds(10);

/// What is known of a provider: its endpoints and keys.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Held while it is asked, so that it is asked once.
    state: Mutex<State>,
    is_silent: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    found: Option<(Arc<Metadata>, DateTime<Utc>)>,
    failed: Option<(String, DateTime<Utc>)>,
    keys_fetched: [Option<DateTime<Utc>>; 2],
}

/// Who wants to see new keys: neither uses up the other's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// After a code was exchanged: it comes from the provider itself.
    SignIn,
    /// Anybody can send such a thing.
    BackChannel,
}

impl Provider {
    /// It did not answer when it was last asked.
    pub fn is_silent(&self) -> bool {
        self.known.is_silent.load(Ordering::Relaxed)
    }

    /// Asks it how it is, unless that is known.
    pub async fn look(&self, now: DateTime<Utc>) -> Result<(), OidcFailure> {
        self.metadata(now).await.map(drop)
    }

    pub(super) async fn metadata(&self, now: DateTime<Utc>) -> Result<Arc<Metadata>, OidcFailure> {
        let mut state = self.known.state.lock().await;
        if let Some((found, at)) = &state.found
            && now - *at < FRESH
        {
            return Ok(Arc::clone(found));
        }
        if let Some((reason, at)) = &state.failed
            && now - *at < PAUSE
        {
            return state.kept(now).ok_or_else(|| OidcFailure::NoAnswer(reason.clone()));
        }
        self.discover(&mut state, now).await
    }

    /// Endpoints and keys as they are now; nothing where that was asked just before.
    pub(super) async fn newer(&self, wants: Wants, now: DateTime<Utc>) -> Option<Arc<Metadata>> {
        let mut state = self.known.state.lock().await;
        let last = &mut state.keys_fetched[usize::from(wants == Wants::BackChannel)];
        if last.is_some_and(|last| now - last < KEYS_EVERY) {
            return None;
        }
        *last = Some(now);
        self.discover(&mut state, now).await.ok()
    }

    async fn discover(&self, state: &mut State, now: DateTime<Utc>) -> Result<Arc<Metadata>, OidcFailure> {
        let found = Metadata::discover_async(self.issuer.clone(), &self.http).await;
        self.known.is_silent.store(found.is_err(), Ordering::Relaxed);
        match found {
            Ok(found) => {
                let found = Arc::new(found);
                *state = State { found: Some((Arc::clone(&found), now)), failed: None, ..std::mem::take(state) };
                Ok(found)
            }
            Err(error) => {
                let reason = told(&error);
                tracing::error!("the OpenID provider {}: {reason}", self.config.name);
                state.failed = Some((reason.clone(), now));
                state.kept(now).ok_or(OidcFailure::NoAnswer(reason))
            }
        }
    }
}

impl State {
    fn kept(&self, now: DateTime<Utc>) -> Option<Arc<Metadata>> {
        self.found.as_ref().filter(|(_, at)| now - *at < KEPT).map(|(found, _)| Arc::clone(found))
    }
}

fn told(error: &DiscoveryError<super::http::HttpError>) -> String {
    match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Parse(error) => format!("its discovery is unreadable: {error}"),
        DiscoveryError::Response(status, _, what) => format!("{status}: {what}"),
        other => other.to_string(),
    }
}
