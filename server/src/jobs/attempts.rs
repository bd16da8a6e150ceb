use chrono::TimeDelta;

/// How often work is tried, and how long it waits in between.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempts {
    pub(super) most: i64,
    /// The wait after the first attempt; it doubles with every further one.
    pub(super) first: TimeDelta,
    pub(super) longest: TimeDelta,
}

impl Attempts {
    pub(super) const ONCE: Self = Self { most: 1, first: TimeDelta::zero(), longest: TimeDelta::zero() };

    /// The wait after an attempt that failed (1 is the first). What failed together is not tried again together, so up to
    /// half of the wait is left to chance: `chance` is 0 to 1,000.
    pub(super) fn wait(&self, attempt: i64, chance: i32) -> TimeDelta {
        let doublings = u32::try_from((attempt - 1).clamp(0, 30)).unwrap_or_default();
        let whole = self.first.checked_mul(1 << doublings).unwrap_or(self.longest).min(self.longest);
        let half = whole / 2;
        half + half * chance.clamp(0, 1000) / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let attempts = Attempts { most: 9, first: TimeDelta::seconds(10), longest: TimeDelta::minutes(2) };
        let at_most: Vec<i64> = (1..8).map(|attempt| attempts.wait(attempt, 1000).num_seconds()).collect();
        assert_eq!(at_most, [10, 20, 40, 80, 120, 120, 120]);
        let at_least: Vec<i64> = (1..8).map(|attempt| attempts.wait(attempt, 0).num_seconds()).collect();
        assert_eq!(at_least, [5, 10, 20, 40, 60, 60, 60]);
        assert_eq!(attempts.wait(1, 500).num_milliseconds(), 7_500);
        assert_eq!(attempts.wait(i64::MAX, 1000), TimeDelta::minutes(2));
        assert_eq!(Attempts::ONCE.wait(1, 1000), TimeDelta::zero());
    }
}
