//! What can be asked for, and what of it is wrong before anybody decides.

use super::field::{Field, Flaw, Mistake, Mistakes};
use super::ingestion::Ingestion;
use crate::AssetId;
use crate::curation::{Edit, LONGEST_NOTE};
use crate::owner::OwnerRole;
use crate::word::words;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest period that can be asked for, in days.
pub const MOST_DAYS: u32 = 3650;
/// Longest time that an agreement holds, in days from today.
pub const MOST_DAYS_AHEAD: u64 = 2 * 366;
/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 2_000;
/// Partitions, columns or assets that one request names one by one.
pub const MOST_NAMED: usize = 1_000;

words! {
    RequestKind {
        RetentionExtension,
        Ingestion,
        Ownership,
        Deprecation,
        Access,
        Restore,
        Proposal,
        PolicyChange,
    }
}

/// What is asked for: all that decisions are bound to, and nothing of why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    RetentionExtension(RetentionExtension),
    Ingestion(Box<Ingestion>),
    Ownership(OwnershipChange),
    Deprecation(DeprecationChange),
    Access(AccessGrant),
    Restore(Restoration),
    Proposal(ProposedEdit),
    PolicyChange(PolicyChange),
}

/// Keep longer than the policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RetentionExtension {
    #[serde(default)]
    pub extent: Extent,
    /// In total, not in addition.
    pub days: u32,
    /// The last day on which it holds.
    pub until: NaiveDate,
    /// An offer of so many days or more, of all else the same, is accepted without asking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fewest_days: Option<u32>,
    /// Columns that are not kept: a copy without them is.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub masked_columns: BTreeSet<String>,
}

/// Which of a table's data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Extent {
    #[default]
    Table,
    /// By name, as the metastore has them.
    Partitions(BTreeSet<String>),
    /// Those whose day lies within; both days belong to it.
    Range { from: NaiveDate, to: NaiveDate },
}

/// Who is to answer for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnershipChange {
    pub how: OwnershipMove,
    pub role: OwnerRole,
    /// Person, service account or team.
    pub to: AssetId,
    /// What is handed over; of a claim or transfer the subject alone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub assets: BTreeSet<AssetId>,
    /// The succession that it settles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<i64>,
}

words! {
    OwnershipMove {
        /// He says that it is his.
        Claim,
        /// From its owner to another.
        Transfer,
        /// Of many at once.
        HandOver,
    }
}

/// That a table should no longer be used, or that it may be after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeprecationChange {
    Deprecate {
        /// From which day.
        on: NaiveDate,
        note: String,
        /// `db.table` to use instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replacement: Option<String>,
    },
    Withdraw,
}

/// That somebody may read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessGrant {
    /// Person, service account or team.
    pub to: AssetId,
    /// The last day.
    pub until: NaiveDate,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub masked_columns: BTreeSet<String>,
}

/// Bring back what was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Restoration {
    #[serde(default)]
    pub extent: Extent,
}

/// What an owner might say of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProposedEdit {
    pub change: Edit,
}

/// Another version of a retention policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyChange {
    /// `None` for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<i64>,
    /// The whole of the new version, as it is written.
    pub text: String,
    /// Hash of the simulation that shows what it would do.
    pub simulation: String,
}

impl Content {
    pub fn kind(&self) -> RequestKind {
        match self {
            Self::RetentionExtension(_) => RequestKind::RetentionExtension,
            Self::Ingestion(_) => RequestKind::Ingestion,
            Self::Ownership(_) => RequestKind::Ownership,
            Self::Deprecation(_) => RequestKind::Deprecation,
            Self::Access(_) => RequestKind::Access,
            Self::Restore(_) => RequestKind::Restore,
            Self::Proposal(_) => RequestKind::Proposal,
            Self::PolicyChange(_) => RequestKind::PolicyChange,
        }
    }

    /// How long data would stay.
    pub fn days(&self) -> Option<u32> {
        match self {
            Self::RetentionExtension(asked) => Some(asked.days),
            Self::Ingestion(asked) => Some(asked.retention_days),
            _ => None,
        }
    }

    /// The last day on which what is agreed holds; what has none holds until somebody says otherwise.
    pub fn until(&self) -> Option<NaiveDate> {
        match self {
            Self::RetentionExtension(asked) => Some(asked.until),
            Self::Access(asked) => Some(asked.until),
            _ => None,
        }
    }

    /// Who gains by it besides the requester: persons, service accounts, teams.
    pub fn beneficiaries(&self) -> BTreeSet<AssetId> {
        match self {
            Self::Ownership(asked) => BTreeSet::from([asked.to]),
            Self::Access(asked) => BTreeSet::from([asked.to]),
            Self::Ingestion(asked) => BTreeSet::from([asked.owner]),
            _ => BTreeSet::new(),
        }
    }

    /// Whether one can offer less of it.
    pub fn can_be_less(&self) -> bool {
        matches!(self, Self::RetentionExtension(_) | Self::Access(_) | Self::Ingestion(_))
    }

    /// Whether it asks for no more than `other`, in any respect, and for less in one.
    pub fn is_less_than(&self, other: &Self) -> bool {
        self != other
            && match (self, other) {
                (Self::RetentionExtension(less), Self::RetentionExtension(more)) => {
                    less.days <= more.days
                        && less.until <= more.until
                        && less.extent.lies_in(&more.extent)
                        && less.masked_columns.is_superset(&more.masked_columns)
                }
                (Self::Access(less), Self::Access(more)) => {
                    less.to == more.to
                        && less.until <= more.until
                        && less.masked_columns.is_superset(&more.masked_columns)
                }
                (Self::Ingestion(less), Self::Ingestion(more)) => less.asks_no_more_than(more),
                _ => false,
            }
    }

    /// As somebody can offer it: what the requester accepts without being asked stays, where it is not more.
    #[must_use]
    pub fn as_offer_for(mut self, asked: &Self) -> Self {
        if let (Self::RetentionExtension(offered), Self::RetentionExtension(asked)) = (&mut self, asked) {
            offered.fewest_days = asked.fewest_days.filter(|fewest| *fewest <= offered.days);
        }
        self
    }

    /// Whether whoever asked for it said beforehand that he accepts this instead.
    pub fn accepts(&self, offer: &Self) -> bool {
        let (Self::RetentionExtension(asked), Self::RetentionExtension(offered)) = (self, offer) else { return false };
        let same = RetentionExtension { days: asked.days, ..offered.clone() };
        same == *asked && asked.fewest_days.is_some_and(|fewest| (fewest..=asked.days).contains(&offered.days))
    }

    /// All that is wrong with it, so that it cannot be asked for on `today`.
    pub fn mistakes(&self, today: NaiveDate) -> Vec<Mistake> {
        let mut found = Mistakes::default();
        match self {
            Self::RetentionExtension(asked) => asked.check(&mut found, today),
            Self::Ingestion(asked) => asked.check(&mut found),
            Self::Ownership(asked) => {
                let many = asked.how == OwnershipMove::HandOver;
                found.when(many && asked.assets.is_empty(), Field::Assets, Flaw::Missing);
                found.when(!many && !asked.assets.is_empty(), Field::Assets, Flaw::NotHere);
                found.count(Field::Assets, asked.assets.len(), MOST_NAMED);
            }
            Self::Deprecation(DeprecationChange::Deprecate { on, note, replacement }) => {
                found.day(Field::On, *on, today);
                found.text(Field::Note, note, LONGEST_NOTE);
                let table = replacement.as_deref().is_none_or(super::field::is_table_name);
                found.when(!table, Field::Replacement, Flaw::Unreadable);
            }
            Self::Deprecation(DeprecationChange::Withdraw) => {}
            Self::Access(asked) => {
                found.day(Field::Until, asked.until, today);
                found.columns(Field::MaskedColumns, &asked.masked_columns);
            }
            Self::Restore(asked) => asked.extent.check(&mut found),
            Self::Proposal(asked) => found.when(asked.change.is_empty(), Field::Change, Flaw::Missing),
            Self::PolicyChange(asked) => {
                found.text(Field::Text, &asked.text, 100_000);
                found.text(Field::Simulation, &asked.simulation, 100);
            }
        }
        found.0
    }
}

/// What is wrong with why somebody asks.
pub fn mistakes_of_reason(reason: &str) -> Vec<Mistake> {
    let mut found = Mistakes::default();
    found.text(Field::Reason, reason, LONGEST_REASON);
    found.0
}

impl RetentionExtension {
    fn check(&self, found: &mut Mistakes, today: NaiveDate) {
        found.number(Field::Days, self.days.into(), 1, MOST_DAYS.into());
        found.day(Field::Until, self.until, today);
        if let Some(fewest) = self.fewest_days {
            found.number(Field::FewestDays, fewest.into(), 1, self.days.into());
        }
        found.columns(Field::MaskedColumns, &self.masked_columns);
        self.extent.check(found);
    }
}

impl Extent {
    fn lies_in(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Table) => true,
            (Self::Partitions(less), Self::Partitions(more)) => less.is_subset(more),
            (Self::Range { from, to }, Self::Range { from: earliest, to: latest }) => from >= earliest && to <= latest,
            _ => false,
        }
    }

    fn check(&self, found: &mut Mistakes) {
        match self {
            Self::Table => {}
            Self::Partitions(names) => {
                found.when(names.is_empty(), Field::Partitions, Flaw::Missing);
                found.count(Field::Partitions, names.len(), MOST_NAMED);
                let odd = names.iter().any(|name| name.is_empty() || name.chars().any(char::is_control));
                found.when(odd, Field::Partitions, Flaw::Unreadable);
            }
            Self::Range { from, to } => found.when(to < from, Field::To, Flaw::Before(Field::From)),
        }
    }
}

impl Mistakes {
    /// A day from today on, and not too far.
    fn day(&mut self, field: Field, day: NaiveDate, today: NaiveDate) {
        self.when(day < today, field, Flaw::Past);
        let last = today.checked_add_days(Days::new(MOST_DAYS_AHEAD)).unwrap_or(NaiveDate::MAX);
        self.when(day > last, field, Flaw::TooFar { last });
    }

    fn columns(&mut self, field: Field, columns: &BTreeSet<String>) {
        self.count(field, columns.len(), MOST_NAMED);
        self.when(columns.iter().any(|name| name.trim().is_empty()), field, Flaw::Unreadable);
    }
}
