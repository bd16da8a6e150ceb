//! The one place that asks what time it is.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use std::sync::Arc;
use tokio::sync::watch;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// A test's own, with hands that it moves.
    Test(Arc<watch::Sender<Hands>>),
}

/// How a test's clock goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hands {
    /// It goes, so much ahead of the system's.
    Ahead(TimeDelta),
    Stopped(DateTime<Utc>),
}

/// Tells when the hands of a clock are moved; the system's never are.
#[derive(Debug)]
pub struct Moves(Option<watch::Receiver<Hands>>);

impl Clock {
    pub fn test(hands: Hands) -> Self {
        Self::Test(Arc::new(watch::Sender::new(hands)))
    }

    /// A clock that stands still until it is set.
    pub fn stopped(at: DateTime<Utc>) -> Self {
        Self::test(Hands::Stopped(at))
    }

    /// Now, truncated to microseconds: what PostgreSQL keeps, so a time read back equals the one written.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match self {
            Self::System => system(),
            Self::Test(hands) => match *hands.borrow() {
                Hands::Ahead(by) => system() + by,
                Hands::Stopped(at) => at,
            },
        };
        now.trunc_subsecs(6)
    }

    /// Moves a test's clock on, and wakes who waits for time to pass; does nothing to the system's.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Test(hands) = self {
            hands.send_modify(|hands| match hands {
                Hands::Ahead(ahead) => *ahead += by,
                Hands::Stopped(at) => *at += by,
            });
        }
    }

    /// For who waits for time to pass: made before the time is first looked at, so that no move is missed.
    pub fn moves(&self) -> Moves {
        Moves(match self {
            Self::System => None,
            Self::Test(hands) => Some(hands.subscribe()),
        })
    }
}

impl Moves {
    /// Waits until the hands are moved, since the last time this was told.
    pub async fn next(&mut self) {
        if let Some(hands) = &mut self.0
            && hands.changed().await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn system() -> DateTime<Utc> {
    Utc::now()
}
