//! What happens to a request without anybody deciding: time passes, people come and go, ground shifts, work is done.

use super::act::{NOTICE_DAYS, Next};
use super::decide::{Case, Ground, Transition};
use super::review::{Bench, Standing};
use super::state::{Act, Applied, Effect, Notice, Request, Review, State};
use crate::problem::GovernanceRefusal as Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So long before it is due those who have not decided are reminded.
const REMIND_BEFORE: TimeDelta = TimeDelta::hours(24);

/// What became of the work that an approval asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It is done, for so many days where it is about days.
    Applied { days: Option<u32> },
    /// Somebody saw that it is so.
    Verified,
    /// It cannot be done.
    Failed { why: String },
}

/// The first thing that is due, if anything is. Ask again until nothing is: each is a transition of its own.
pub fn tick(request: &Request, ground: &Ground<'_>, now: DateTime<Utc>) -> Option<Transition> {
    let case = Case::new(request, ground, now);
    match &request.state {
        State::Submitted(review) | State::InReview(review) => case.tick_review(review),
        State::Offered { .. } => case.tick_offer(),
        State::Approved(_) | State::Applied(_) | State::Verified(_) => case.tick_agreement(),
        _ => None,
    }
}

/// What becomes of a request by work that was done or not.
///
/// # Errors
/// [`Refusal::NotInState`] where it is not the turn of that: an effect happens once. [`Refusal::OverCap`] where more was
/// done than agreed.
pub fn happen(request: &Request, event: Event, ground: &Ground<'_>, now: DateTime<Utc>) -> Result<Transition, Refusal> {
    let case = Case::new(request, ground, now);
    let mut next;
    match (&request.state, event) {
        (State::Approved(grant), Event::Applied { days }) => {
            if let Some(days) = days
                && grant.days.is_none_or(|agreed| days > agreed)
            {
                return Err(Refusal::OverCap { days: days.into(), cap: grant.days.unwrap_or_default().into() });
            }
            next = Next::new(&case, Act::Apply, None, String::new());
            let mut grant = grant.clone();
            grant.applied = Some(Applied { at: case.now, days });
            next.request.state = State::Applied(grant);
            next.effects.push(Effect::Check);
        }
        (State::Applied(grant), Event::Verified) => {
            next = Next::new(&case, Act::Verify, None, String::new());
            let mut grant = grant.clone();
            grant.verified_at = Some(case.now);
            next.request.state = State::Verified(grant);
        }
        (State::Approved(grant) | State::Applied(grant), Event::Failed { why }) => {
            next = Next::new(&case, Act::Fail, None, why.clone());
            next.request.state = State::Failed { grant: grant.clone(), why };
            let operators = ground.directory.resolve(&super::rule::Who::Operators).into_keys();
            next.notify(operators.chain([request.requester]), Notice::Failed);
        }
        (state, _) => return Err(Refusal::NotInState { state: state.word() }),
    }
    Ok(next.end())
}

impl Case<'_> {
    fn next(&self, act: Act) -> Next<'_> {
        Next::new(self, act, None, String::new())
    }

    fn is_expired(&self) -> bool {
        self.request.filed.is_some_and(|filing| self.now >= filing.expires_at)
    }

    fn expire(&self, act: Act) -> Transition {
        let mut next = self.next(act);
        next.request.state = State::Expired;
        next.notify([self.request.requester], Notice::Expired);
        next.end()
    }

    fn hold_is_over(&self) -> bool {
        self.request.hold.is_some_and(|hold| self.today > hold.until)
    }

    fn release(&self) -> Transition {
        let mut next = self.next(Act::ReleaseHold);
        next.request.hold = None;
        next.effects.push(Effect::Release);
        next.end()
    }

    fn tick_review(&self, review: &Review) -> Option<Transition> {
        if self.is_expired() {
            return Some(self.expire(Act::Expire));
        }
        if self.hold_is_over() {
            return Some(self.release());
        }
        if !self.request.facts.differences(self.ground.facts).is_empty() {
            let mut next = self.next(Act::ChangeGround);
            self.ask_for(&mut next, self.request.content.clone(), self.ground.facts.clone());
            return Some(next.end());
        }
        let (fresh, struck, standing) = self.fresh()?;
        let is_stuck = matches!(self.request.state, State::Submitted(_));
        if fresh != *review || is_stuck != (standing == Standing::Stuck) {
            return Some(self.reassess(review, &fresh, struck.iter().map(|one| one.vote.by).collect()));
        }
        // Whether this is somebody's last missing seat was decided above; here only time passes.
        if is_stuck || !review.questions.is_empty() {
            return (standing == Standing::Met).then(|| self.reassess(review, &fresh, BTreeSet::new()));
        }
        if matches!(standing, Standing::Met | Standing::Declined) {
            return Some(self.reassess(review, &fresh, BTreeSet::new()));
        }
        (0..review.steps.len()).find_map(|at| self.tick_step(review, at))
    }

    /// Votes are void, or steps have others who decide.
    fn reassess(&self, before: &Review, fresh: &Review, voters: BTreeSet<crate::AssetId>) -> Transition {
        let mut next = self.next(Act::Reassess);
        let risen = before.steps.iter().zip(&fresh.steps).find(|(before, fresh)| before.rung < fresh.rung);
        next.rung = risen.map(|(_, step)| (step.rule.clone(), step.rung));
        self.settle(&mut next, before.clone());
        next.notify(voters, Notice::AskedAgain);
        if let State::InReview(review) = &next.request.state {
            let was_stuck = matches!(self.request.state, State::Submitted(_));
            let bench = next.bench();
            let changed = (0..review.steps.len()).filter(|at| was_stuck || review.steps[*at] != before.steps[*at]);
            let waiting: BTreeSet<_> = changed.flat_map(|at| bench.waiting(review, at)).collect();
            next.notify(waiting, Notice::Decide);
        }
        next.end()
    }

    fn tick_step(&self, review: &Review, at: usize) -> Option<Transition> {
        let step = &review.steps[at];
        if self.bench.is_met(step) {
            return None;
        }
        let mut review = review.clone();
        if self.now >= step.due_at
            && let Some(rung) = self.bench.next_rung(&review, at)
        {
            let already = self.bench.waiting(&review, at);
            self.bench.climb(&mut review.steps[at], rung);
            let mut next = self.next(Act::Escalate);
            next.rung = Some((review.steps[at].rule.clone(), rung));
            next.notify(self.bench.waiting(&review, at).difference(&already).copied(), Notice::Escalated);
            next.request.state = State::InReview(review);
            return Some(next.end());
        }
        if !step.reminded && self.now >= step.due_at - REMIND_BEFORE {
            let mut next = self.next(Act::Remind);
            next.notify(self.bench.waiting(&review, at), Notice::Reminder);
            review.steps[at].reminded = true;
            next.request.state = State::InReview(review);
            return Some(next.end());
        }
        None
    }

    fn tick_offer(&self) -> Option<Transition> {
        let State::Offered { review, offer } = &self.request.state else { return None };
        if self.is_expired() || self.now >= offer.until {
            return Some(self.expire(if self.is_expired() { Act::Expire } else { Act::LapseOffer }));
        }
        if self.hold_is_over() {
            return Some(self.release());
        }
        let (fresh, struck, _) = self.fresh()?;
        // Who made it might have lost the right, and what it rests on may be different.
        let mut as_voted = fresh.clone();
        let stands = as_voted.steps.iter_mut().find(|step| step.rule == offer.rule).is_some_and(|step| {
            step.votes.push(offer.vote.clone());
            true
        });
        let mut lost = Vec::new();
        let _ = Bench::new(self.request, self.ground, self.now).refresh(&mut as_voted, &mut lost);
        if !stands || !lost.is_empty() || !offer.facts.differences(self.ground.facts).is_empty() {
            let mut next = self.next(Act::LapseOffer);
            next.notify([self.request.requester, offer.vote.by], Notice::OfferLapsed);
            self.settle(&mut next, review.clone());
            return Some(next.end());
        }
        if fresh != *review {
            let mut next = self.next(Act::Reassess);
            next.request.struck.extend(struck);
            next.request.state = State::Offered { review: fresh, offer: offer.clone() };
            return Some(next.end());
        }
        None
    }

    fn tick_agreement(&self) -> Option<Transition> {
        let grant = self.request.state.grant()?;
        let until = grant.until?;
        if self.today > until {
            let mut next = self.next(Act::Lapse);
            next.request.state = State::Lapsed(grant.clone());
            next.effects.push(Effect::Lapse);
            next.notify([self.request.requester], Notice::Lapsed);
            return Some(next.end());
        }
        let left = (until - self.today).num_days();
        let due: BTreeSet<i64> = NOTICE_DAYS.into_iter().filter(|days| left <= *days).collect();
        if due.is_subset(&grant.told) {
            return None;
        }
        let mut next = self.next(Act::GiveNotice);
        // After a time without ticks one notice stands for those that were missed.
        let mut grant = grant.clone();
        grant.told.extend(due);
        next.request.state = match &self.request.state {
            State::Applied(_) => State::Applied(grant),
            State::Verified(_) => State::Verified(grant),
            _ => State::Approved(grant),
        };
        let owners = self.ground.directory.resolve(&super::rule::Who::Owner).into_keys();
        next.notify(owners.chain([self.request.requester]), Notice::Ends);
        Some(next.end())
    }
}
