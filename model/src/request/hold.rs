//! What keeps data while somebody decides over it, and what keeps it whatever anybody decided.

use super::field::{Field, Flaw, Mistake, Mistakes};
use crate::AssetId;
use crate::permission::Role;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest hold of one request, in days.
pub const MOST_HOLD_DAYS: u64 = 14;
/// Most days in a year on which requests hold one thing, however often somebody asks.
pub const MOST_HOLD_DAYS_A_YEAR: usize = 30;

/// Nothing of the subject is deleted on these days; both belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingHold {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl PendingHold {
    /// The hold that a request filed today gets, where earlier ones have left anything of the year's days.
    pub fn of_filing(today: NaiveDate, earlier: &[Self]) -> Option<Self> {
        let last_year = today.checked_sub_days(Days::new(365))?;
        let held: BTreeSet<NaiveDate> = earlier
            .iter()
            .flat_map(|hold| hold.from.max(last_year).iter_days().take_while(|day| *day <= hold.until))
            .collect();
        // A day on which another request holds it costs nothing.
        let mut left = MOST_HOLD_DAYS_A_YEAR.saturating_sub(held.len());
        let latest = today.checked_add_days(Days::new(MOST_HOLD_DAYS))?;
        let mut until = None;
        for day in today.iter_days().take_while(|day| *day <= latest) {
            if !held.contains(&day) {
                if left == 0 {
                    break;
                }
                left -= 1;
            }
            until = Some(day);
        }
        Some(Self { from: today, until: until? })
    }

    pub fn holds_on(&self, day: NaiveDate) -> bool {
        (self.from..=self.until).contains(&day)
    }
}

/// Nothing of it may go, whatever else is agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LegalHold {
    pub id: i64,
    pub asset: AssetId,
    pub reason: String,
    pub by: AssetId,
    pub placed_at: DateTime<Utc>,
    /// The last day; without one it ends when it is lifted.
    pub until: Option<NaiveDate>,
    pub lifted: Option<Lifted>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lifted {
    pub by: AssetId,
    pub at: DateTime<Utc>,
    pub reason: String,
}

impl LegalHold {
    /// Who places and lifts them: nobody else, an administrator neither.
    pub const WHO: Role = Role::PrivacyOfficer;

    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.lifted.is_none() && self.until.is_none_or(|until| day <= until)
    }

    /// What is wrong with one that somebody wants to place.
    pub fn mistakes(reason: &str, until: Option<NaiveDate>, today: NaiveDate) -> Vec<Mistake> {
        let mut found = Mistakes::default();
        found.text(Field::Reason, reason, super::kind::LONGEST_REASON);
        found.when(until.is_some_and(|until| until < today), Field::Until, Flaw::Past);
        found.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn hold(from: &str, until: &str) -> PendingHold {
        PendingHold { from: day(from), until: day(until) }
    }

    #[test]
    fn a_hold_ends_and_asking_again_does_not_make_it_longer_for_ever() {
        let first = PendingHold::of_filing(day("2026-11-23"), &[]).unwrap();
        assert_eq!(first, hold("2026-11-23", "2026-12-07"));
        // Fifteen days each: the second has all, the third none.
        let second = PendingHold::of_filing(day("2026-12-08"), &[first]).unwrap();
        assert_eq!(second.until, day("2026-12-22"));
        assert_eq!(PendingHold::of_filing(day("2026-12-23"), &[first, second]), None);
        // Who asks while another request holds it anyway uses up the rest only.
        let beside = PendingHold::of_filing(day("2026-12-20"), &[first, second]).unwrap();
        assert_eq!(beside.until, day("2026-12-22"));
        // A year later the first ones no longer count.
        assert!(PendingHold::of_filing(day("2027-12-24"), &[first, second]).is_some());
    }

    #[test]
    fn a_legal_hold_ends_on_its_last_day_or_when_it_is_lifted() {
        let held = LegalHold {
            id: 1,
            asset: AssetId(1),
            reason: "소송 2019가합1182".to_owned(),
            by: AssetId(2),
            placed_at: "2026-11-01T00:00:00Z".parse().unwrap(),
            until: Some(day("2026-12-31")),
            lifted: None,
        };
        assert!(held.holds_on(day("2026-12-31")) && !held.holds_on(day("2027-01-01")));
        let lifted = Lifted { by: AssetId(2), at: held.placed_at, reason: "취하".to_owned() };
        assert!(!LegalHold { lifted: Some(lifted), ..held }.holds_on(day("2026-12-01")));
        assert_eq!(LegalHold::mistakes(" ", Some(day("2026-01-01")), day("2026-12-01")).len(), 2);
    }
}
