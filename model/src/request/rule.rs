//! Who has to agree, as rules that an administrator reads and edits; and what a rule agrees to by itself.

use super::facts::{Facts, Past};
use super::field::{Field, Flaw, Mistake, Mistakes};
use super::kind::{Content, RequestKind};
use crate::AssetId;
use crate::personal_data::Class;
use crate::visibility::glob;
use crate::word::words;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest time until a step goes on, in hours of business: a request is over after 30 days.
pub const MOST_DUE_HOURS: u32 = 180;

/// All rules, as one version of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub version: i64,
    /// Each that applies is a step; all of them are asked at once.
    #[serde(default, rename = "step")]
    pub steps: Vec<StepRule>,
    /// The first that applies approves.
    #[serde(default, rename = "auto")]
    pub auto: Vec<AutoRule>,
}

/// One step of every request to which it applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepRule {
    pub id: String,
    #[serde(default)]
    pub quorum: Quorum,
    /// Who decides in this one has no vote in another.
    #[serde(default)]
    pub distinct: bool,
    /// A delegate may decide in somebody's place.
    #[serde(default = "yes")]
    pub delegable: bool,
    /// An administrator may decide past it.
    #[serde(default = "yes")]
    pub overridable: bool,
    #[serde(default)]
    pub decline: Declining,
    /// Hours of business until it goes to the next.
    pub due_hours: u32,
    #[serde(default)]
    pub when: When,
    pub who: Who,
    /// Who decides in turn where those before cannot, or have not in time.
    #[serde(default)]
    pub fallback: Vec<Who>,
}

fn yes() -> bool {
    true
}

/// To which requests a rule applies: all that is given must hold; of the two limits one suffices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// None: all.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<RequestKind>,
    /// Names in lower case, where `*` is any characters. None: all.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub databases: BTreeSet<String>,
    /// Personal data of this class or a stricter one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// More than so many bytes; unknown is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_over: Option<i64>,
    /// More than so many days in total; what names none is not more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_over: Option<u32>,
}

/// Who decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Owner,
    /// Whom the owner reports to.
    OwnersManager,
    DatabaseOwner,
    PrivacyOfficer,
    Operators,
    Administrators,
    /// Persons and teams.
    Named(BTreeSet<AssetId>),
}

/// How many of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Quorum {
    #[default]
    Any,
    All,
    AtLeast(usize),
}

words! {
    /// What one no does.
    Declining {
        /// It ends the request.
        Ends,
        /// The others may still agree, as long as enough of them are left.
        Counts,
    }
}

#[expect(clippy::derivable_impls, reason = "`words!` gives the same derives to all")]
impl Default for Declining {
    fn default() -> Self {
        Self::Ends
    }
}

/// What is approved without asking. Personal data never is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AutoRule {
    pub id: String,
    pub kinds: BTreeSet<RequestKind>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub databases: BTreeSet<String>,
    /// Of one request, in total.
    pub most_days: u32,
    /// Of one request.
    pub most_bytes: i64,
    /// Within 30 days, of one requester over all he asks for, and of one thing over all who ask.
    pub most_bytes_in_30_days: i64,
    pub most_in_30_days: usize,
    /// Who wrote it: it approves nothing of his.
    pub author: AssetId,
}

impl Quorum {
    /// How many votes out of so many seats; never none.
    pub fn of(self, seats: usize) -> usize {
        match self {
            Self::Any => 1,
            Self::All => seats.max(1),
            Self::AtLeast(votes) => votes.max(1),
        }
    }
}

impl Rules {
    /// What ships: the owner always; the privacy officer for personal data past 7 days, and wherever it comes in or is given
    /// away; the operators above 20 TB or 180 days, and for what they will have to run. Nothing by rule.
    pub fn shipped() -> Self {
        use RequestKind::{Access, Ingestion, PolicyChange, Restore, RetentionExtension};
        let rule = |id: &str, kinds: &[RequestKind], who| StepRule {
            id: id.to_owned(),
            quorum: Quorum::Any,
            distinct: false,
            delegable: true,
            overridable: true,
            decline: Declining::Ends,
            due_hours: 18,
            when: When { kinds: kinds.iter().copied().collect(), ..When::default() },
            who,
            fallback: Vec::new(),
        };
        let mut owner = rule("owner", &[], Who::Owner);
        owner.fallback = vec![Who::OwnersManager, Who::DatabaseOwner, Who::Operators];
        let privacy = |mut rule: StepRule| {
            (rule.distinct, rule.delegable, rule.overridable) = (true, false, false);
            rule.when.class = Some(Class::Direct);
            rule
        };
        let mut past_seven = privacy(rule("privacy_period", &[RetentionExtension], Who::PrivacyOfficer));
        past_seven.when.days_over = Some(7);
        let given = privacy(rule("privacy", &[Ingestion, Access, Restore, PolicyChange], Who::PrivacyOfficer));
        let mut large = rule("large", &[RetentionExtension, Restore], Who::Operators);
        (large.when.bytes_over, large.when.days_over) = (Some(20_000_000_000_000), Some(180));
        large.fallback = vec![Who::Administrators];
        let mut run = rule("platform", &[Ingestion, PolicyChange], Who::Operators);
        run.fallback = vec![Who::Administrators];
        Self { version: 1, steps: vec![owner, past_seven, given, large, run], auto: Vec::new() }
    }

    /// What is wrong with rules that somebody wrote, so that they cannot hold; of which rule, counted from 0.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut found = Mistakes::default();
        found.when(self.steps.is_empty(), Field::Steps, Flaw::Missing);
        let ids = self.steps.iter().map(|rule| &rule.id).chain(self.auto.iter().map(|rule| &rule.id));
        let mut seen = BTreeSet::new();
        for (at, id) in ids.enumerate() {
            found.when_at(id.trim().is_empty(), &[at], Field::Name, Flaw::Missing);
            found.when_at(!seen.insert(id), &[at], Field::Name, Flaw::Repeated);
        }
        for (at, rule) in self.steps.iter().enumerate() {
            let hours = (1..=MOST_DUE_HOURS).contains(&rule.due_hours);
            let range = Flaw::OutOfRange { from: 1, to: MOST_DUE_HOURS.into() };
            found.when_at(!hours, &[at], Field::DueHours, range);
            found.when_at(rule.quorum == Quorum::AtLeast(0), &[at], Field::Quorum, Flaw::Missing);
            let nobody = |who: &Who| matches!(who, Who::Named(holders) if holders.is_empty());
            found.when_at(nobody(&rule.who) || rule.fallback.iter().any(nobody), &[at], Field::Who, Flaw::Missing);
            found.when_at(rule.fallback.contains(&rule.who), &[at], Field::Who, Flaw::Repeated);
        }
        found.0
    }

    /// Those that apply, in their order.
    pub fn applying(&self, content: &Content, facts: &Facts) -> impl Iterator<Item = &StepRule> {
        self.steps.iter().filter(|rule| rule.when.holds(content, facts))
    }

    /// The rule that approves by itself, if one does.
    pub fn auto(
        &self,
        content: &Content,
        facts: &Facts,
        requester: AssetId,
        past: &Past,
        now: DateTime<Utc>,
    ) -> Option<&AutoRule> {
        let bytes = facts.bytes?;
        if facts.class != Class::None || past.declined {
            return None;
        }
        let since = now - TimeDelta::days(30);
        let fits = |rule: &AutoRule, of: &dyn Fn(&super::facts::ByRule) -> bool| {
            let before: Vec<i64> =
                past.by_rule.iter().filter(|one| one.at > since && of(one)).map(|one| one.bytes).collect();
            let sum = before.iter().fold(bytes, |sum, bytes| sum.saturating_add(*bytes));
            before.len() < rule.most_in_30_days && sum <= rule.most_bytes_in_30_days
        };
        self.auto.iter().find(|rule| {
            rule.kinds.contains(&content.kind())
                && names(&rule.databases, &facts.database)
                && content.days().is_none_or(|days| days <= rule.most_days)
                && bytes <= rule.most_bytes
                && rule.author != requester
                && fits(rule, &|one| one.requester == requester)
                && fits(rule, &|one| one.asset == facts.asset)
        })
    }
}

impl When {
    fn holds(&self, content: &Content, facts: &Facts) -> bool {
        let large = self.bytes_over.map(|over| facts.bytes.is_none_or(|bytes| bytes > over));
        let long = self.days_over.map(|over| content.days().is_some_and(|days| days > over));
        (self.kinds.is_empty() || self.kinds.contains(&content.kind()))
            && names(&self.databases, &facts.database)
            && self.class.is_none_or(|class| facts.class >= class)
            && match (large, long) {
                (None, None) => true,
                (large, long) => large == Some(true) || long == Some(true),
            }
    }
}

fn names(patterns: &BTreeSet<String>, database: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| glob(pattern, &database.to_lowercase()))
}
