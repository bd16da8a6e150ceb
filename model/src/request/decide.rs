//! What people may do to a request, and what becomes of it: asked by whoever decides and by whoever shows a button.

use super::calendar::Calendar;
use super::eligible::Directory;
use super::facts::{Facts, Past};
use super::hash::{ContentHash, facts_hash};
use super::kind::{Content, LONGEST_REASON, mistakes_of_reason};
use super::review::{Bench, Standing};
use super::rule::{Rules, Who};
use super::state::{Act, Effect, Entry, Request, Review, State, StateWord, StruckVote};
use crate::AssetId;
use crate::permission::Role;
use crate::problem::GovernanceRefusal as Refusal;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most requests that are decided by one act.
pub const MOST_TOGETHER: usize = 50;

/// What a decision rests on, besides the request itself. The server reads it in the transaction in which it decides.
pub struct Ground<'a> {
    pub directory: &'a Directory,
    pub rules: &'a Rules,
    /// Those that hold now for what is to be decided: the offer, where one is open, else what is asked for.
    pub facts: &'a Facts,
    pub calendar: &'a Calendar,
    pub past: &'a Past,
    /// A legal hold is in force on the subject.
    pub is_held_by_law: bool,
}

/// Who acts, from which version of the request.
pub struct Decider<'a> {
    pub person: AssetId,
    /// The version he has seen.
    pub expects: Option<i64>,
    pub ground: &'a Ground<'a>,
}

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    Submit,
    Edit {
        content: Content,
        facts: Facts,
        reason: String,
    },
    /// `seen`: the facts that he decides on, where others than the request's hold now.
    Approve {
        seen: Option<ContentHash>,
        text: String,
    },
    Decline {
        text: String,
    },
    Counter {
        content: Content,
        /// Of what is offered.
        facts: Facts,
        text: String,
    },
    Accept {
        seen: Option<ContentHash>,
        text: String,
    },
    Refuse {
        text: String,
    },
    Ask {
        text: String,
    },
    Answer {
        text: String,
    },
    Comment {
        text: String,
    },
    Withdraw {
        text: String,
    },
    Override {
        seen: Option<ContentHash>,
        text: String,
    },
}

/// The next state, what is written of it, and what has to follow. All of it is saved in one transaction, or none.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Transition {
    pub request: Request,
    pub entry: Entry,
    pub effects: Vec<Effect>,
}

/// The acts of people, in the order in which pages show them.
pub const ACTS: [Act; 12] = [
    Act::Submit,
    Act::Edit,
    Act::Approve,
    Act::Decline,
    Act::Counter,
    Act::Accept,
    Act::Refuse,
    Act::Ask,
    Act::Answer,
    Act::Comment,
    Act::Withdraw,
    Act::Override,
];

impl Action {
    pub fn act(&self) -> Act {
        match self {
            Self::Submit => Act::Submit,
            Self::Edit { .. } => Act::Edit,
            Self::Approve { .. } => Act::Approve,
            Self::Decline { .. } => Act::Decline,
            Self::Counter { .. } => Act::Counter,
            Self::Accept { .. } => Act::Accept,
            Self::Refuse { .. } => Act::Refuse,
            Self::Ask { .. } => Act::Ask,
            Self::Answer { .. } => Act::Answer,
            Self::Comment { .. } => Act::Comment,
            Self::Withdraw { .. } => Act::Withdraw,
            Self::Override { .. } => Act::Override,
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Submit => "",
            Self::Edit { reason: text, .. }
            | Self::Approve { text, .. }
            | Self::Decline { text }
            | Self::Counter { text, .. }
            | Self::Accept { text, .. }
            | Self::Refuse { text }
            | Self::Ask { text }
            | Self::Answer { text }
            | Self::Comment { text }
            | Self::Withdraw { text }
            | Self::Override { text, .. } => text,
        }
    }

    fn needs_text(&self) -> bool {
        matches!(self.act(), Act::Decline | Act::Ask | Act::Answer | Act::Comment | Act::Override)
    }

    pub(super) fn seen(&self) -> Option<&ContentHash> {
        match self {
            Self::Approve { seen, .. } | Self::Accept { seen, .. } | Self::Override { seen, .. } => seen.as_ref(),
            _ => None,
        }
    }
}

/// What becomes of a request by what somebody does.
///
/// # Errors
/// [`Refusal`], with who may where somebody else may. Nothing has changed then.
pub fn decide(
    request: &Request,
    action: Action,
    decider: &Decider<'_>,
    now: DateTime<Utc>,
) -> Result<Transition, Refusal> {
    let case = Case::new(request, decider.ground, now);
    // A comment changes nothing that somebody could have overlooked.
    if action.act() != Act::Comment {
        case.expect(decider.expects)?;
    }
    case.may(action.act(), decider.person)?;
    if action.needs_text() && action.text().trim().is_empty() {
        return Err(Refusal::TextNeeded);
    }
    if action.text().chars().count() > LONGEST_REASON {
        return Err(Refusal::Wrong { mistakes: mistakes_of_reason(action.text()) });
    }
    case.act(action, decider.person)
}

/// What somebody may do now, and why not what he may not. What it allows, [`decide`] takes, where it is filled in right.
pub fn actions(request: &Request, decider: &Decider<'_>, now: DateTime<Utc>) -> Vec<(Act, Result<(), Refusal>)> {
    let case = Case::new(request, decider.ground, now);
    ACTS.iter().map(|act| (*act, case.may(*act, decider.person))).collect()
}

/// Who may decide now, for each step that is not met: by the step's rule.
pub fn deciders(request: &Request, ground: &Ground<'_>, now: DateTime<Utc>) -> Vec<(String, BTreeSet<AssetId>)> {
    let case = Case::new(request, ground, now);
    let Some((review, ..)) = case.fresh() else { return Vec::new() };
    let steps = review.steps.iter().enumerate();
    steps.map(|(at, step)| (step.rule.clone(), case.bench.waiting(&review, at))).collect()
}

/// The steps that would be asked, and the rule that would approve instead, before anything is filed.
pub fn preview(request: &Request, ground: &Ground<'_>, now: DateTime<Utc>) -> (Review, Option<String>) {
    let case = Case::new(request, ground, now);
    let mut review = Review::plan(ground, &request.content, ground.facts, &Review::default(), case.now);
    let _ = case.bench.refresh(&mut review, &mut Vec::new());
    let auto = ground.rules.auto(&request.content, ground.facts, request.requester, ground.past, case.now);
    (review, auto.map(|rule| rule.id.clone()))
}

/// Whether these can be decided by one act: of one kind, none with personal data, not too many.
///
/// # Errors
/// Why not.
pub fn together(requests: &[&Request]) -> Result<(), Refusal> {
    if requests.len() > MOST_TOGETHER {
        return Err(Refusal::TooManyTogether { most: i64::try_from(MOST_TOGETHER).unwrap_or(i64::MAX) });
    }
    if requests.iter().any(|request| request.content.kind() != requests[0].content.kind()) {
        return Err(Refusal::MixedTogether);
    }
    if requests.iter().any(|request| request.facts.is_personal()) {
        return Err(Refusal::PersonalTogether);
    }
    Ok(())
}

/// A request and the moment at which somebody looks at it.
pub(super) struct Case<'a> {
    pub request: &'a Request,
    pub ground: &'a Ground<'a>,
    pub bench: Bench<'a>,
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
}

impl<'a> Case<'a> {
    pub(super) fn new(request: &'a Request, ground: &'a Ground<'a>, now: DateTime<Utc>) -> Self {
        let now = now.max(request.last_seen);
        let today = ground.calendar.day(now);
        Self { request, ground, bench: Bench::new(request, ground, now), now, today }
    }

    pub(super) fn expect(&self, version: Option<i64>) -> Result<(), Refusal> {
        match (version, &self.request.last) {
            (None, _) => Err(Refusal::NoVersion),
            (Some(version), _) if version == self.request.version => Ok(()),
            (Some(_), last) => Err(Refusal::Overtaken {
                by: last.as_ref().and_then(|entry| entry.by).map(|by| self.ground.directory.name(by)),
                act: last.as_ref().map_or(Act::Edit, |entry| entry.act),
                at: self.request.last_seen,
            }),
        }
    }

    /// The review with the votes that count now, and those that are void; `None` where nothing is to be decided.
    pub(super) fn fresh(&self) -> Option<(Review, Vec<StruckVote>, Standing)> {
        let mut review = self.request.state.review()?.clone();
        let mut struck = Vec::new();
        let standing = self.bench.refresh(&mut review, &mut struck);
        Some((review, struck, standing))
    }

    /// As [`Case::fresh`], on the facts that hold now: where they are others, nobody has voted yet.
    pub(super) fn on_this_ground(&self) -> Option<Review> {
        let (review, ..) = self.fresh()?;
        if self.request.facts.differences(self.ground.facts).is_empty() {
            return Some(review);
        }
        let mut review = Review::plan(self.ground, &self.request.content, self.ground.facts, &review, self.now);
        let _ = self.bench.refresh(&mut review, &mut Vec::new());
        Some(review)
    }

    /// Whether somebody may do this, as far as it can be told without what he writes.
    pub(super) fn may(&self, act: Act, person: AssetId) -> Result<(), Refusal> {
        let word = self.request.state.word();
        let in_state = match act {
            Act::Submit => word == StateWord::Draft,
            Act::Edit | Act::Withdraw => word == StateWord::Draft || word.is_open(),
            Act::Approve | Act::Decline | Act::Counter => word == StateWord::InReview,
            Act::Ask => word == StateWord::InReview,
            Act::Accept | Act::Refuse => word == StateWord::Offered,
            Act::Answer => self.request.state.review().is_some_and(|review| !review.questions.is_empty()),
            Act::Comment => word != StateWord::Draft,
            Act::Override => matches!(word, StateWord::Submitted | StateWord::InReview),
            _ => false,
        };
        if !in_state {
            return Err(Refusal::NotInState { state: word });
        }
        match act {
            Act::Submit | Act::Refuse | Act::Answer | Act::Withdraw => self.is_author(person),
            Act::Accept => {
                self.is_author(person)?;
                let State::Offered { offer, .. } = &self.request.state else {
                    return Err(Refusal::NotInState { state: word });
                };
                self.can_be_granted(&offer.content, self.ground.facts)
            }
            Act::Edit => {
                let directory = self.ground.directory;
                let administrates =
                    word.is_open() && directory.has_role(person, Role::Administrator) && directory.can_act(person);
                if administrates { Ok(()) } else { self.is_author(person) }
            }
            Act::Comment => self.is_human(person),
            Act::Override => self.may_override(person),
            Act::Approve => {
                let review = self.on_this_ground().ok_or(Refusal::NotInState { state: word })?;
                self.has_seat(&review, person)?;
                self.can_be_granted(&self.request.content, self.ground.facts)
            }
            _ => {
                let (review, ..) = self.fresh().ok_or(Refusal::NotInState { state: word })?;
                if act == Act::Ask && self.bench.takes_part(&review, person) {
                    return self.is_human(person);
                }
                self.has_seat(&review, person)?;
                if act == Act::Counter && !self.request.content.can_be_less() {
                    return Err(Refusal::NotLess);
                }
                Ok(())
            }
        }
    }

    fn is_human(&self, person: AssetId) -> Result<(), Refusal> {
        if self.ground.directory.can_act(person) { Ok(()) } else { Err(Refusal::Machine) }
    }

    pub(super) fn is_author(&self, person: AssetId) -> Result<(), Refusal> {
        let (request, directory) = (self.request, self.ground.directory);
        let person = directory.person(person);
        let accounts = [request.requester, request.filed_by].map(|account| directory.person(account));
        let owners = accounts.iter().filter_map(|account| directory.people.get(account));
        let answers = owners.flat_map(|human| &human.answered_for_by).copied().collect();
        if accounts.contains(&person) || directory.members(&answers).contains_key(&person) {
            return Ok(());
        }
        Err(Refusal::NotYours { of: directory.name(request.requester) })
    }

    fn has_seat(&self, review: &Review, person: AssetId) -> Result<(), Refusal> {
        self.is_human(person)?;
        let directory = self.ground.directory;
        let may = || self.bench.all_waiting(review).into_iter().map(|one| directory.name(one)).collect();
        let person = directory.person(person);
        if let Some(why) = self.bench.conflict.get(&person) {
            return Err(Refusal::HasPart { why: *why, may: may() });
        }
        let free = (0..review.steps.len())
            .any(|at| !self.bench.is_met(&review.steps[at]) && self.bench.seat(review, at, person).is_some());
        if free { Ok(()) } else { Err(Refusal::NotADecider { may: may() }) }
    }

    fn may_override(&self, person: AssetId) -> Result<(), Refusal> {
        let directory = self.ground.directory;
        self.is_human(person)?;
        let person = directory.person(person);
        let may = || {
            let all = directory.resolve(&Who::Administrators).into_keys();
            all.filter(|one| !self.bench.conflict.contains_key(one)).map(|one| directory.name(one)).collect()
        };
        if let Some(why) = self.bench.conflict.get(&person) {
            return Err(Refusal::HasPart { why: *why, may: may() });
        }
        if !directory.has_role(person, Role::Administrator) {
            return Err(Refusal::NotADecider { may: may() });
        }
        if self.ground.is_held_by_law {
            return Err(Refusal::HeldByLaw);
        }
        let requester = directory.person(self.request.requester);
        let owed = self.ground.past.overrides.iter().any(|one| {
            directory.person(one.by) == requester
                && directory.person(one.requester) == person
                && one.at > self.now - TimeDelta::days(30)
        });
        if owed {
            return Err(Refusal::MutualOverride { name: directory.name(requester) });
        }
        let review = self.on_this_ground().unwrap_or_default();
        if review.steps.iter().any(|step| !step.overridable && !self.bench.is_met(step)) {
            return Err(Refusal::NotOverridable);
        }
        self.can_be_granted(&self.request.content, self.ground.facts)
    }

    /// Whether anybody could agree to it today.
    pub(super) fn can_be_granted(&self, content: &Content, facts: &Facts) -> Result<(), Refusal> {
        let mistakes = content.mistakes(self.today);
        if !mistakes.is_empty() {
            return Err(Refusal::Wrong { mistakes });
        }
        match (content.days(), facts.cap_days) {
            (Some(days), Some(cap)) if days > cap => Err(Refusal::OverCap { days: days.into(), cap: cap.into() }),
            _ => Ok(()),
        }
    }

    /// The facts to decide on: those of the request, or others that he has seen.
    pub(super) fn ground_seen(&self, facts: &Facts, seen: Option<&ContentHash>) -> Result<Facts, Refusal> {
        let differences = facts.differences(self.ground.facts);
        if differences.is_empty() {
            Ok(facts.clone())
        } else if seen == Some(&facts_hash(self.ground.facts)) {
            Ok(self.ground.facts.clone())
        } else {
            Err(Refusal::GroundChanged { differences })
        }
    }
}
