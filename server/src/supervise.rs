//! Keeps the parts of the server running that nobody would miss until it is too late: what ends is started again, after a
//! pause that grows, and is logged, counted, and told by `/readyz`.

use crate::clock::Clock;
use chrono::{DateTime, Utc};
use futures::FutureExt;
use serde::Serialize;
use std::any::Any;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Pauses before a part is started again.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    pub first: Duration,
    pub longest: Duration,
    /// A part that ran for so long is taken for well again: its next mishap counts as the first.
    pub steady: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(60), steady: Duration::from_secs(60) }
    }
}

/// How each part is.
#[derive(Debug, Default)]
pub struct Parts(Mutex<BTreeMap<&'static str, Part>>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    #[serde(flatten)]
    pub state: PartState,
    /// Since the server started.
    pub restarts: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PartState {
    Ok,
    Restarting { since: DateTime<Utc> },
}

impl Parts {
    pub fn all(&self) -> BTreeMap<&'static str, Part> {
        self.lock().clone()
    }

    pub(crate) fn up(&self, name: &'static str) {
        let mut parts = self.lock();
        let part = parts.entry(name).or_insert(Part { state: PartState::Ok, restarts: 0, last_error: None });
        if let PartState::Restarting { .. } = part.state {
            part.state = PartState::Ok;
            part.restarts += 1;
        }
    }

    fn down(&self, name: &'static str, since: DateTime<Utc>, error: String) {
        if let Some(part) = self.lock().get_mut(name) {
            part.state = PartState::Restarting { since };
            part.last_error = Some(error);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Part>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a part until cancelled, and starts it again whenever it ends or panics before.
pub async fn supervise<F>(
    parts: &Parts,
    name: &'static str,
    clock: &Clock,
    backoff: Backoff,
    cancel: &CancellationToken,
    part: impl Fn() -> F,
) where
    F: Future<Output = anyhow::Result<()>>,
{
    let mut pause = backoff.first;
    while !cancel.is_cancelled() {
        parts.up(name);
        let begun = Instant::now();
        let ended = AssertUnwindSafe(async { part().await }).catch_unwind().await;
        if cancel.is_cancelled() {
            if let Ok(Err(error)) = ended {
                tracing::warn!("{name}, when stopped: {error:#}");
            }
            return;
        }
        let error = match ended {
            Ok(Ok(())) => "it ended by itself".to_owned(),
            Ok(Err(error)) => format!("{error:#}"),
            Err(panic) => format!("it panicked: {}", panic_message(&*panic)),
        };
        if begun.elapsed() >= backoff.steady {
            pause = backoff.first;
        }
        tracing::error!("{name} is down and starts again in {} ms: {error}", pause.as_millis());
        metrics::counter!("reeve_part_restarts_total", "part" => name).increment(1);
        parts.down(name, clock.now(), error);
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(backoff.longest);
    }
}

/// What a panic said.
pub fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// A task that ends with whoever started it.
#[derive(Debug)]
pub struct AbortOnDrop<T>(JoinHandle<T>);

impl<T: Send + 'static> AbortOnDrop<T> {
    pub fn spawn(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(tokio::spawn(future))
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it panicked.
    pub async fn join(&mut self) -> Result<T, JoinError> {
        (&mut self.0).await
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A part that panics, fails, ends by itself, and then runs.
    #[tokio::test]
    async fn what_ends_is_started_again_and_told() {
        let parts = Parts::default();
        let clock = Clock::stopped(DateTime::UNIX_EPOCH);
        let cancel = CancellationToken::new();
        let millisecond = Duration::from_millis(1);
        let backoff = Backoff { first: millisecond, longest: 4 * millisecond, steady: Duration::from_secs(60) };
        let starts = AtomicU32::new(0);
        let part = || async {
            match starts.fetch_add(1, Ordering::Relaxed) {
                0 => panic!("out of luck"),
                1 => anyhow::bail!("the database does not answer"),
                2 => Ok(()),
                _ => {
                    cancel.cancelled().await;
                    Ok(())
                }
            }
        };
        let watch = async {
            while starts.load(Ordering::Relaxed) < 4 {
                tokio::task::yield_now().await;
            }
            let part = parts.all().remove("part").expect("the part is known");
            cancel.cancel();
            part
        };
        let ((), part) = tokio::join!(supervise(&parts, "part", &clock, backoff, &cancel, part), watch);
        assert_eq!(part, Part { state: PartState::Ok, restarts: 3, last_error: Some("it ended by itself".to_owned()) });
        assert_eq!(starts.load(Ordering::Relaxed), 4, "cancelled, it is not started again");
    }

    /// While it is down everybody is told since when, and why.
    #[tokio::test]
    async fn what_is_down_says_so() {
        let parts = Parts::default();
        let at = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        let (clock, cancel) = (Clock::stopped(at), CancellationToken::new());
        let watch = async {
            loop {
                if let Some(part @ Part { state: PartState::Restarting { .. }, .. }) = parts.all().remove("part") {
                    cancel.cancel();
                    return part;
                }
                tokio::task::yield_now().await;
            }
        };
        let part = || async { panic!("out of {}", "luck") };
        let ((), part) = tokio::join!(supervise(&parts, "part", &clock, Backoff::default(), &cancel, part), watch);
        insta::assert_snapshot!(serde_json::to_string(&part).expect("JSON"), @r#"{"state":"restarting","since":"2024-10-04T00:00:00Z","restarts":0,"last_error":"it panicked: out of luck"}"#);
    }
}
