//! What a request was made on, kept with it; and what of it is different now.

use crate::AssetId;
use crate::personal_data::Class;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::IntoStaticStr;

/// Sizes that differ by less are the same, in per cent.
pub const SAME_BYTES_PERCENT: u32 = 20;

/// What decisions rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RequestFacts))]
pub struct Facts {
    /// The subject as it is in the catalog now: a table made anew in its place is another asset.
    pub asset: Option<AssetId>,
    pub database: String,
    /// Who decides over it: persons and teams.
    pub owners: BTreeSet<AssetId>,
    /// The strictest of what would be kept, loaded or read; masked columns count for nothing.
    pub class: Class,
    /// Columns of a class other than `none`, masked ones left out.
    pub personal_columns: BTreeSet<String>,
    /// What it would add on disk, copies included. Unknown is more than any limit.
    pub bytes: Option<i64>,
    /// The retention period in force.
    pub days: Option<u32>,
    /// More cannot be agreed by anybody.
    pub cap_days: Option<u32>,
}

/// One fact that is no longer so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "fact", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Difference {
    Recreated { was: Option<AssetId>, is: Option<AssetId> },
    Owners { was: BTreeSet<AssetId>, is: BTreeSet<AssetId> },
    Class { was: Class, is: Class },
    PersonalColumns { was: BTreeSet<String>, is: BTreeSet<String> },
    Bytes { was: Option<i64>, is: Option<i64> },
    Days { was: Option<u32>, is: Option<u32> },
    Cap { was: Option<u32>, is: Option<u32> },
}

impl Facts {
    /// What a decision made on these facts has to be told where `now` holds.
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut push = |differs: bool, difference: Difference| found.extend(differs.then_some(difference));
        push(self.asset != now.asset, Difference::Recreated { was: self.asset, is: now.asset });
        let owners = || (self.owners.clone(), now.owners.clone());
        push(self.owners != now.owners, Difference::Owners { was: owners().0, is: owners().1 });
        push(self.class != now.class, Difference::Class { was: self.class, is: now.class });
        let columns = || (self.personal_columns.clone(), now.personal_columns.clone());
        let differ = self.personal_columns != now.personal_columns;
        push(differ, Difference::PersonalColumns { was: columns().0, is: columns().1 });
        push(!are_near(self.bytes, now.bytes), Difference::Bytes { was: self.bytes, is: now.bytes });
        push(self.days != now.days, Difference::Days { was: self.days, is: now.days });
        push(self.cap_days != now.cap_days, Difference::Cap { was: self.cap_days, is: now.cap_days });
        found
    }

    /// Whether anything of it tells who somebody is.
    pub fn is_personal(&self) -> bool {
        self.class >= Class::Direct
    }
}

fn are_near(was: Option<i64>, is: Option<i64>) -> bool {
    match (was, is) {
        (Some(was), Some(is)) => {
            let (was, is) = (i128::from(was), i128::from(is));
            (was - is).abs() * 100 <= was.abs() * i128::from(SAME_BYTES_PERCENT)
        }
        (was, is) => was == is,
    }
}

/// What the subject of a request is called, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subject {
    /// `None` for what is not there yet.
    pub asset: Option<AssetId>,
    /// `db.table`, as it was called when somebody asked.
    pub name: String,
}

/// What became of other requests, as far as this one depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Days on which requests held this subject, this one's own left out.
    pub held: Vec<super::hold::PendingHold>,
    /// What rules approved in the last 30 days: of this subject by anybody, and by this requester of anything.
    pub by_rule: Vec<ByRule>,
    /// The same was declined in the last 30 days: this kind, of this subject, whoever asked.
    pub declined: bool,
    /// Overrides of the last 30 days.
    pub overrides: Vec<Overridden>,
}

/// An approval by rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByRule {
    pub requester: AssetId,
    pub asset: Option<AssetId>,
    pub at: DateTime<Utc>,
    pub bytes: i64,
}

/// An administrator's override of somebody's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    pub by: AssetId,
    pub requester: AssetId,
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::are_near;

    #[test]
    fn a_fifth_more_or_less_is_the_same() {
        assert!(are_near(Some(100), Some(120)) && are_near(Some(100), Some(80)) && are_near(None, None));
        assert!(!are_near(Some(100), Some(121)) && !are_near(Some(100), Some(79)));
        assert!(!are_near(None, Some(0)) && !are_near(Some(0), Some(1)) && are_near(Some(0), Some(0)));
        assert!(are_near(Some(i64::MAX), Some(i64::MAX)));
    }
}
