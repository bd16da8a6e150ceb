//! How long a table is kept, as the API tells it to programs that delete.

use super::Effective;
use super::effective::Rule;
use super::policy::Clock;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The answer to "how long may this table's data live?". Where `days` is `null` it is kept: unknown means keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionAnswer {
    pub source: String,
    pub database: String,
    pub table: String,
    /// Whole days after the day that data belongs to; of months and years the most that they can be.
    pub days: Option<u32>,
    /// `7d`, `13 months`, or `keep`.
    pub period: String,
    /// From when the days count.
    pub clock: Option<Clock>,
    /// Days after which it is compressed.
    pub hot_days: Option<u32>,
    /// A legal hold or an undecided request keeps it.
    pub hold: bool,
    /// The last day on which this holds, where it ends by itself.
    pub until: Option<NaiveDate>,
    /// Nothing goes before this day.
    pub not_before: Option<NaiveDate>,
    /// Number of the request by which it was agreed.
    pub agreement: Option<i64>,
    /// Since when the agreement holds.
    pub effective_from: Option<NaiveDate>,
    /// Which rule won, in one sentence.
    pub explanation: String,
    /// The rule, and those that it beat.
    pub rule: Effective,
}

impl RetentionAnswer {
    pub fn new(source: &str, database: &str, table: &str, rule: Effective, explanation: String) -> Self {
        let period = rule.term.period();
        Self {
            source: source.to_owned(),
            database: database.to_owned(),
            table: table.to_owned(),
            // A month more than it needs keeps data a day longer at most; fewer could delete it early.
            days: period.map(|period| period.most_days()),
            period: rule.term.to_string(),
            clock: rule.clock.clone(),
            hot_days: rule.hot_days,
            hold: rule.is_held(),
            until: rule.until,
            not_before: rule.not_before,
            agreement: match &rule.winner {
                Rule::Agreement { request, .. } | Rule::PrivacyLeave { request, .. } => Some(request.0),
                _ => None,
            },
            effective_from: None,
            explanation,
            rule,
        }
    }
}
