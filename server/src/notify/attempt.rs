//! When something is tried again, and when it is given up.

use chrono::{DateTime, TimeDelta, Utc};

/// Minutes after each attempt that failed; the last goes on.
const WAITS: [i64; 5] = [1, 5, 15, 60, 240];
/// In all, from when it was to go first.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    /// Surely not taken; it may be another time. `after`: what the far side asked to wait.
    Later {
        reason: String,
        after: Option<TimeDelta>,
    },
    /// Not taken, now or ever.
    Refused {
        reason: String,
    },
    /// It had all of it, and did not say whether it took it.
    Doubt {
        reason: String,
    },
}

impl Outcome {
    pub(super) fn later(reason: impl Into<String>) -> Self {
        Self::Later { reason: reason.into(), after: None }
    }
}

/// When to try again after so many attempts, or nothing when it is to be given up. What failed together is spread:
/// `chance` is 0 to 1,000.
pub(super) fn next(
    attempts: i64,
    asked: Option<TimeDelta>,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
    chance: i32,
) -> Option<DateTime<Utc>> {
    let at = usize::try_from(attempts - 1).unwrap_or_default().min(WAITS.len() - 1);
    let base = TimeDelta::minutes(WAITS[at]);
    let jitter = base / 5 * chance.clamp(0, 1000) / 1000;
    let longest = TimeDelta::minutes(WAITS[WAITS.len() - 1]);
    let wait = (base + jitter).max(asked.unwrap_or_default().min(longest));
    let next = now + wait;
    (next <= due_at + PATIENCE).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_for_a_day_and_not_longer() {
        let due = DateTime::UNIX_EPOCH;
        let mut now = due;
        let mut waits = Vec::new();
        for attempt in 1.. {
            let Some(at) = next(attempt, None, due, now, 0) else { break };
            waits.push((at - now).num_minutes());
            now = at;
        }
        assert_eq!(waits, [1, 5, 15, 60, 240, 240, 240, 240, 240]);
        assert!(now - due <= TimeDelta::hours(24));
    }

    #[test]
    fn waits_are_spread_and_longer_where_the_far_side_asks() {
        let due = DateTime::UNIX_EPOCH;
        let wait = |attempt, asked, chance| (next(attempt, asked, due, due, chance).unwrap() - due).num_seconds();
        assert_eq!((wait(1, None, 0), wait(1, None, 1000)), (60, 72));
        assert_eq!(wait(1, Some(TimeDelta::seconds(30)), 0), 60);
        assert_eq!(wait(1, Some(TimeDelta::seconds(300)), 0), 300);
        assert_eq!(wait(1, Some(TimeDelta::days(300)), 0), 4 * 3600, "nobody makes us wait for ever");
    }
}
