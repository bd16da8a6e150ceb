//! Which rule wins: how long something is kept, by what, and what that beat.
//!
//! In order: legal hold, pending request, what is unknown, then from the base (policy, or the default of what a request
//! brought in) by exemption, agreement, caps and floors. The winner is the rule that last changed the value. Days are
//! inclusive.

#[cfg(test)]
mod tests;

use super::period::{Period, Term};
use super::policy::{Clock, Policy, PolicyKind};
use super::value;
use crate::personal_data::Class;
use crate::word::words;
use crate::{ExemptionId, HoldId, PolicyId, RequestId};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a request brought in is kept so long, unless a policy says otherwise.
pub const INGESTION_DEFAULT: Period = Period::Days(7);

/// Personal data, direct or sensitive, is kept no longer, unless the privacy officer agreed.
pub const PERSONAL_CAP: Period = Period::Days(7);

/// So many days after something ended that had kept it, nothing goes yet.
pub const GRACE_DAYS: u64 = 3;

/// All that is known of a table or partition.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub today: NaiveDate,
    /// The day of the partition, where it is one that is asked about.
    pub day: Option<NaiveDate>,
    /// Why nothing can be said of when it goes.
    pub unknown: Option<Unknown>,
    pub origin: Origin,
    /// Those that cover it, of what [`super::policy::in_force`] gives.
    pub policies: Vec<&'a Policy>,
    /// The highest class that somebody confirmed, and on which day.
    pub class: Option<(Class, NaiveDate)>,
    pub leaves: &'a [PrivacyLeave],
    pub exemptions: &'a [Exemption],
    /// Those that cover it.
    pub agreements: &'a [Agreement],
    pub holds: &'a [LegalHold],
    pub pending: &'a [PendingRequest],
}

/// Why it is kept whatever the rules say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Unknown {
    /// The day that the period counts from.
    Clock { why: value::Why },
    /// When the partition was made or written.
    Time,
    /// A rule that cannot be read.
    Rule { policy: Option<PolicyId> },
}

/// How it came into the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By an ingestion request, where that is known.
    Ingestion(Option<RequestId>),
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalHold {
    pub id: HoldId,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
}

/// It is undecided, and holds what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingRequest {
    pub request: RequestId,
    pub from: NaiveDate,
    pub latest_end: NaiveDate,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    pub id: ExemptionId,
    pub by: ExemptBy,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
}

words! {
    /// Whose word an exemption is: only one of them can exempt personal data.
    ExemptBy { PrivacyOfficer, Operator }
}

/// Days that the privacy officer agreed to for personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivacyLeave {
    pub request: RequestId,
    pub period: Period,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
}

/// Longer than the policy, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub request: RequestId,
    pub state: AgreementState,
    pub period: Period,
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// Only partitions of these days, the last included.
    pub partitions: Option<(NaiveDate, NaiveDate)>,
}

words! {
    AgreementState {
        Approved,
        Applied,
        Verified,
        /// Before its last day: withdrawn, or it failed.
        Ended,
    }
}

/// A rule, as an explanation names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rule {
    LegalHold {
        hold: HoldId,
        until: Option<NaiveDate>,
    },
    PendingRequest {
        request: RequestId,
        until: NaiveDate,
    },
    Unknown {
        unknown: Unknown,
    },
    Policy {
        policy: Option<PolicyId>,
        version: u32,
        name: String,
    },
    IngestionDefault {
        request: Option<RequestId>,
    },
    /// Nobody has said how long.
    NoRule,
    Exemption {
        exemption: ExemptionId,
        until: Option<NaiveDate>,
    },
    Agreement {
        request: RequestId,
        until: NaiveDate,
    },
    PersonalCap {
        class: Class,
    },
    PrivacyLeave {
        request: RequestId,
        until: Option<NaiveDate>,
    },
    Cap {
        policy: Option<PolicyId>,
        version: u32,
        name: String,
    },
    Floor {
        policy: Option<PolicyId>,
        version: u32,
        name: String,
    },
}

/// A rule that lost, or changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Beaten {
    pub rule: Rule,
    pub term: Term,
    pub because: Because,
}

words! {
    /// Why a rule does not count.
    Because {
        /// Something keeps it whatever the rules say.
        Held,
        /// The day is unknown.
        Unknown,
        /// A policy with a smaller number goes first.
        Priority,
        /// A policy says more exactly what it is for.
        Scope,
        /// Of two that are as good the longer counts: a conflict to settle.
        Shorter,
        /// It was exempted.
        Exempted,
        /// An agreement is longer.
        Agreed,
        /// An agreement that is no longer than the rest.
        NotLonger,
        /// A cap is below.
        Capped,
        /// A smaller cap counts.
        SmallerCap,
        /// A cap that is not below the rest.
        NotBelow,
        /// The privacy officer set other days.
        LeaveGiven,
        /// The privacy officer exempted it.
        OfficerExempted,
        /// A floor is above.
        Floored,
        /// A floor that is not above the rest, or not the highest.
        NotAbove,
        /// Its last day is over.
        Lapsed,
    }
}

/// How long it is kept, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Effective {
    pub term: Term,
    pub winner: Rule,
    /// The nearest to the winner first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beaten: Vec<Beaten>,
    /// Policies as good as the one that counts, and shorter: somebody should settle it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflict: Vec<PolicyId>,
    /// The last day on which this holds, where something that is known begins or ends after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Nothing goes before this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<NaiveDate>,
    /// Of the base policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hot_days: Option<u32>,
    /// Of the base policy, or else of the cap or floor that changed the value. Nothing where only the default counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// What holds after `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub then: Option<Box<Effective>>,
}

impl Effective {
    /// It is kept by a legal hold or an undecided request.
    pub fn is_held(&self) -> bool {
        matches!(self.winner, Rule::LegalHold { .. } | Rule::PendingRequest { .. })
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self.winner, Rule::Unknown { .. })
    }
}

/// Which rule wins on `facts.today`, and after it, as far as what is known begins and ends.
pub fn effective(facts: &Facts<'_>) -> Effective {
    let mut following: Option<(NaiveDate, Effective)> = None;
    for start in changes(facts).into_iter().rev() {
        let mut now = on_day(&Facts { today: start, ..facts.clone() });
        match following.take() {
            // Nothing changes on that day after all.
            Some((_, then)) if (now.term, &now.winner) == (then.term, &then.winner) => {
                (now.until, now.then) = (then.until, then.then);
            }
            Some((day, then)) => (now.until, now.then) = (day.pred_opt(), Some(Box::new(then))),
            None => {}
        }
        following = Some((start, now));
    }
    following.map_or_else(|| on_day(facts), |(_, now)| now)
}

/// Today, and the days after it on which something can change.
fn changes(facts: &Facts<'_>) -> BTreeSet<NaiveDate> {
    let policies = facts.policies.iter().map(|one| (one.valid_from, one.valid_until));
    let leaves = facts.leaves.iter().map(|one| (one.from, one.until));
    let exemptions = facts.exemptions.iter().map(|one| (one.from, one.until));
    let agreements = facts.agreements.iter().map(|one| (one.from, Some(one.until)));
    let holds = facts.holds.iter().map(|one| (one.from, one.until));
    let pending = facts.pending.iter().map(|one| (one.from, Some(one.latest_end)));
    let all = policies.chain(leaves).chain(exemptions).chain(agreements).chain(holds).chain(pending);
    let days = all.flat_map(|(from, until)| [Some(from), until.and_then(|until| until.succ_opt())]);
    days.flatten().filter(|day| *day > facts.today).chain([facts.today]).collect()
}

fn on_day(facts: &Facts<'_>) -> Effective {
    let mut chain = Chain::begin(facts);
    chain.exempt(facts);
    chain.agree(facts);
    chain.cap(facts);
    chain.floor(facts);
    chain.grace(facts);
    chain.hold(facts);
    let mut effective = chain.effective;
    // Later rules beat earlier ones: the reader wants the last first.
    effective.beaten.reverse();
    effective
}

/// The value, as one rule after the other changes it.
struct Chain {
    effective: Effective,
    /// The day that periods are compared on.
    on: NaiveDate,
}

impl Chain {
    /// 4: the policy in force by priority, then scope, then length; else the default of what was requested, else keep.
    fn begin(facts: &Facts<'_>) -> Self {
        let on = facts.day.unwrap_or(facts.today);
        let mut policies = of_kind(facts, PolicyKind::Base);
        policies.sort_by(|one, other| {
            let key = |policy: &Policy| (policy.priority, policy.scope.breadth());
            let by_length = if one.period.is_longer(other.period, on) {
                std::cmp::Ordering::Less
            } else if other.period.is_longer(one.period, on) {
                std::cmp::Ordering::Greater
            } else {
                // Whichever it is, it is always the same.
                (one.id, one.version, &one.name).cmp(&(other.id, other.version, &other.name))
            };
            key(one).cmp(&key(other)).then(by_length)
        });
        let (term, winner) = match (policies.first(), facts.origin) {
            (Some(policy), _) => (policy.period, named(policy)),
            (None, Origin::Ingestion(request)) => (Term::For(INGESTION_DEFAULT), Rule::IngestionDefault { request }),
            (None, Origin::Other) => (Term::Keep, Rule::NoRule),
        };
        let mut effective = Effective {
            term,
            winner,
            beaten: vec![],
            conflict: vec![],
            until: None,
            not_before: None,
            hot_days: policies.first().and_then(|policy| policy.hot_days),
            clock: policies.first().map(|policy| policy.clock.clone()),
            then: None,
        };
        if let Some((first, rest)) = policies.split_first() {
            for policy in rest.iter().rev() {
                let because = if policy.priority != first.priority {
                    Because::Priority
                } else if policy.scope.breadth() != first.scope.breadth() {
                    Because::Scope
                } else {
                    if policy.period != first.period {
                        effective.conflict.extend(policy.id);
                    }
                    Because::Shorter
                };
                effective.beaten.push(Beaten { rule: named(policy), term: policy.period, because });
            }
        }
        Self { effective, on }
    }

    /// 5.
    fn exempt(&mut self, facts: &Facts<'_>) {
        let in_force = facts.exemptions.iter().find(|one| covers(facts.today, one.from, one.until));
        if let Some(exemption) = in_force.filter(|_| self.effective.term != Term::Keep) {
            let rule = Rule::Exemption { exemption: exemption.id, until: exemption.until };
            self.change(rule, Term::Keep, Because::Exempted);
        }
    }

    /// 6: of several the longest.
    fn agree(&mut self, facts: &Facts<'_>) {
        let covering = facts.agreements.iter().filter(|agreement| {
            let on_day =
                |(first, last): (NaiveDate, NaiveDate)| facts.day.is_some_and(|day| (first..=last).contains(&day));
            agreement.state != AgreementState::Ended && agreement.partitions.is_none_or(on_day)
        });
        let mut longer: Vec<&Agreement> = Vec::new();
        for agreement in covering {
            let term = Term::For(agreement.period);
            let rule = Rule::Agreement { request: agreement.request, until: agreement.until };
            if !covers(facts.today, agreement.from, Some(agreement.until)) {
                if agreement.until < facts.today {
                    self.beaten(rule, term, Because::Lapsed);
                }
            } else if term.is_longer(self.effective.term, self.on) {
                longer.push(agreement);
            } else {
                self.beaten(rule, term, Because::NotLonger);
            }
        }
        longer.sort_by_key(|agreement| (super::may_go(self.on, agreement.period), agreement.until, agreement.request));
        for agreement in longer {
            let rule = Rule::Agreement { request: agreement.request, until: agreement.until };
            self.change(rule, Term::For(agreement.period), Because::Agreed);
        }
    }

    /// 7: the smallest that is below.
    fn cap(&mut self, facts: &Facts<'_>) {
        let mut caps: Vec<(Rule, Period, Option<&Clock>)> = Vec::new();
        if let Some((class @ (Class::Direct | Class::Sensitive), _)) = facts.class {
            let personal = Rule::PersonalCap { class };
            let officers =
                |one: &&Exemption| one.by == ExemptBy::PrivacyOfficer && covers(facts.today, one.from, one.until);
            let leave = facts.leaves.iter().filter(|leave| covers(facts.today, leave.from, leave.until));
            let leave = leave.max_by_key(|leave| (super::may_go(self.on, leave.period), leave.request));
            for lapsed in facts.leaves.iter().filter(|leave| leave.until.is_some_and(|until| until < facts.today)) {
                let rule = Rule::PrivacyLeave { request: lapsed.request, until: lapsed.until };
                self.beaten(rule, Term::For(lapsed.period), Because::Lapsed);
            }
            if facts.exemptions.iter().any(|one| officers(&one)) {
                self.beaten(personal, Term::For(PERSONAL_CAP), Because::OfficerExempted);
            } else if let Some(leave) = leave {
                self.beaten(personal, Term::For(PERSONAL_CAP), Because::LeaveGiven);
                caps.push((Rule::PrivacyLeave { request: leave.request, until: leave.until }, leave.period, None));
            } else {
                caps.push((personal, PERSONAL_CAP, None));
            }
        }
        for policy in of_kind(facts, PolicyKind::Cap) {
            caps.extend(policy.period.period().map(|period| (named(policy), period, Some(&policy.clock))));
        }
        caps.sort_by_key(|(_, period, _)| super::may_go(self.on, *period));
        let mut is_first = true;
        for (rule, period, clock) in caps {
            let term = Term::For(period);
            if !self.effective.term.is_longer(term, self.on) {
                self.beaten(rule, term, if is_first { Because::NotBelow } else { Because::SmallerCap });
                continue;
            }
            is_first = false;
            self.change(rule, term, Because::Capped);
            self.count_by(clock);
        }
    }

    /// 8: the highest that is above.
    fn floor(&mut self, facts: &Facts<'_>) {
        let mut floors = of_kind(facts, PolicyKind::Floor);
        floors.sort_by_key(|policy| {
            std::cmp::Reverse(policy.period.period().map(|period| super::may_go(self.on, period)))
        });
        for policy in floors {
            if policy.period.is_longer(self.effective.term, self.on) {
                self.change(named(policy), policy.period, Because::Floored);
                self.count_by(Some(&policy.clock));
            } else {
                self.beaten(named(policy), policy.period, Because::NotAbove);
            }
        }
    }

    /// What ended lately had kept it for longer, or a class was confirmed lately: wait.
    fn grace(&mut self, facts: &Facts<'_>) {
        let lapsed =
            facts.agreements.iter().filter(|one| one.state != AgreementState::Ended).map(|one| (one.period, one.until));
        let left = facts.leaves.iter().filter_map(|one| one.until.map(|until| (one.period, until)));
        let ended = lapsed.chain(left).filter(|(period, until)| {
            *until < facts.today && Term::For(*period).is_longer(self.effective.term, self.on)
        });
        let exempted = facts.exemptions.iter().filter_map(|one| one.until).filter(|until| *until < facts.today);
        let confirmed = facts.class.filter(|_| matches!(self.effective.winner, Rule::PersonalCap { .. }));
        let from = ended.map(|(_, until)| until).chain(exempted).chain(confirmed.map(|(_, on)| on)).max();
        let waits = from.and_then(|from| from.checked_add_days(Days::new(1 + GRACE_DAYS)));
        let is_period = self.effective.term != Term::Keep;
        self.effective.not_before = waits.filter(|waits| is_period && *waits > facts.today);
    }

    /// 3, 2, 1: what is unknown, undecided or held stays, whatever the rest says.
    fn hold(&mut self, facts: &Facts<'_>) {
        if let Some(unknown) = &facts.unknown {
            self.keep(Rule::Unknown { unknown: unknown.clone() }, Because::Unknown);
        }
        let pending = facts.pending.iter().filter(|one| covers(facts.today, one.from, Some(one.latest_end)));
        if let Some(one) = pending.max_by_key(|one| (one.latest_end, one.request)) {
            let rule = Rule::PendingRequest { request: one.request, until: one.latest_end };
            self.keep(rule, Because::Held);
        }
        let holds = facts.holds.iter().filter(|one| covers(facts.today, one.from, one.until));
        // One without an end is the last to end.
        if let Some(one) = holds.max_by_key(|one| (one.until.is_none(), one.until, one.id)) {
            self.keep(Rule::LegalHold { hold: one.id, until: one.until }, Because::Held);
        }
    }

    fn keep(&mut self, rule: Rule, because: Because) {
        self.change(rule, Term::Keep, because);
        self.effective.not_before = None;
    }

    /// A rule changes the value: what counted so far is beaten.
    fn change(&mut self, rule: Rule, term: Term, because: Because) {
        let beaten = std::mem::replace(&mut self.effective.winner, rule);
        let was = std::mem::replace(&mut self.effective.term, term);
        self.beaten(beaten, was, because);
    }

    /// Where the base has no clock of its own.
    fn count_by(&mut self, clock: Option<&Clock>) {
        if self.effective.clock.is_none() {
            self.effective.clock = clock.cloned();
        }
    }

    fn beaten(&mut self, rule: Rule, term: Term, because: Because) {
        self.effective.beaten.push(Beaten { rule, term, because });
    }
}

fn of_kind<'a>(facts: &Facts<'a>, kind: PolicyKind) -> Vec<&'a Policy> {
    facts.policies.iter().copied().filter(|policy| policy.kind == kind && policy.is_in_force(facts.today)).collect()
}

fn named(policy: &Policy) -> Rule {
    let (name, version, policy_id) = (policy.name.clone(), policy.version, policy.id);
    match policy.kind {
        PolicyKind::Base => Rule::Policy { policy: policy_id, version, name },
        PolicyKind::Cap => Rule::Cap { policy: policy_id, version, name },
        PolicyKind::Floor => Rule::Floor { policy: policy_id, version, name },
    }
}

fn covers(today: NaiveDate, from: NaiveDate, until: Option<NaiveDate>) -> bool {
    from <= today && until.is_none_or(|until| today <= until)
}
