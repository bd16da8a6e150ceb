//! What must hold of requests whatever happened: for tests, exploration and the simulated year.

use super::decide::{Case, Ground};
use super::hash::content_hash;
use super::hold::{MOST_HOLD_DAYS, MOST_HOLD_DAYS_A_YEAR, PendingHold};
use super::rule::{Quorum, Who};
use super::state::{Act, Decided, Effect, Entry, Request, Review, State, StateWord, Step, Verdict};
use crate::AssetId;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// A request with all that was written of it.
pub struct Record<'a> {
    pub request: &'a Request,
    /// Every entry since it was a draft.
    pub history: &'a [Entry],
    /// Every effect, in order.
    pub effects: &'a [Effect],
    /// As it is at [`World::now`].
    pub ground: &'a Ground<'a>,
    /// Nothing around it has changed since its last entry, so that votes can be counted anew.
    pub is_fresh: bool,
}

/// Requests at one moment, after every tick that is due.
pub struct World<'a> {
    pub records: Vec<Record<'a>>,
    pub now: DateTime<Utc>,
}

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// Somebody who has a part in it decided over it.
    VoteOfAParty { request: i64, by: AssetId },
    /// It was approved without a step having been met.
    StepNotMet { request: i64, rule: String },
    /// One person decided twice where he may once.
    VotedTwice { request: i64, by: AssetId },
    /// A vote counts that was given on something else.
    VoteOnOtherContent { request: i64, by: AssetId },
    /// The hash is not that of what is asked for.
    WrongHash { request: i64 },
    /// Something happened after its end.
    AfterTheEnd { request: i64 },
    /// Approved, and not asked to be done once; or asked to be done, and not approved.
    EffectNotOnce { request: i64, times: usize },
    /// More was agreed than may be, or done than agreed.
    TooMuch { request: i64 },
    /// It holds on a day that is none of its own.
    InForceOutside { request: i64 },
    /// It is over and has not lapsed once, or lapsed and never held.
    LapsedNotOnce { request: i64, times: usize },
    /// Something is held that nobody decides over, or longer than may be.
    HoldWithoutCause { request: i64 },
    /// Requests held one thing on more days of a year than they may.
    HeldTooLong { asset: AssetId, days: usize },
    /// The history does not lead to the state.
    HistoryBroken { request: i64 },
    /// A step waits, and nobody can decide.
    WaitsForNobody { request: i64, rule: String },
    /// A step went on to those it had gone on to before.
    RungNotRisen { request: i64, rule: String },
}

/// All that is so and must not be.
pub fn check(world: &World<'_>) -> Vec<Violation> {
    let mut found: Vec<Violation> = world.records.iter().flat_map(|record| record.check(world.now)).collect();
    let mut held: BTreeMap<AssetId, BTreeSet<NaiveDate>> = BTreeMap::new();
    for record in &world.records {
        let Some(asset) = record.request.subject.asset else { continue };
        let today = record.ground.calendar.day(world.now);
        let holds = record.effects.iter().filter_map(|effect| match effect {
            Effect::Hold(hold) => Some(*hold),
            _ => None,
        });
        let year = today - chrono::Days::new(365);
        for PendingHold { from, until } in holds {
            held.entry(asset)
                .or_default()
                .extend(from.max(year).iter_days().take_while(|day| *day <= until.min(today)));
        }
    }
    let too_long = held.into_iter().filter(|(_, days)| days.len() > MOST_HOLD_DAYS_A_YEAR);
    found.extend(too_long.map(|(asset, days)| Violation::HeldTooLong { asset, days: days.len() }));
    found
}

impl Record<'_> {
    fn check(&self, now: DateTime<Utc>) -> Vec<Violation> {
        let mut found = Vec::new();
        self.votes(&mut found);
        self.history(&mut found);
        self.agreement(&mut found, now);
        self.waiting(&mut found, now);
        found
    }

    /// Votes that count, or counted: none of a party, all on this content, each step met by different people.
    fn votes(&self, found: &mut Vec<Violation>) {
        let request = self.request.id;
        let decided = self.request.state.grant();
        let (review, at) = match (decided.map(|grant| (&grant.by, grant.at)), &self.request.state) {
            (Some((Decided::Votes(review), at)), _) => (review, at),
            (Some((Decided::Override { by, review, .. }, at)), _) => {
                if self.parties(at).contains(by) {
                    found.push(Violation::VoteOfAParty { request, by: *by });
                }
                let passed = review.steps.iter().filter(|step| !step.overridable);
                let unmet = passed.filter(|step| !step.votes.iter().any(|vote| vote.verdict == Verdict::Approve));
                found.extend(unmet.map(|step| Violation::StepNotMet { request, rule: step.rule.clone() }));
                return;
            }
            (Some((Decided::Rule { .. }, _)), _) => {
                if self.request.facts.is_personal() {
                    found.push(Violation::StepNotMet { request, rule: "auto".to_owned() });
                }
                return;
            }
            (None, State::Submitted(review) | State::InReview(review) | State::Offered { review, .. }) => {
                (review, self.request.last_seen)
            }
            (None, _) => return,
        };
        let parties = self.parties(at);
        for vote in review.steps.iter().flat_map(|step| &step.votes) {
            for person in [vote.by, vote.holder()].into_iter().filter(|person| parties.contains(person)) {
                found.push(Violation::VoteOfAParty { request, by: person });
            }
            if vote.hash != self.request.hash {
                found.push(Violation::VoteOnOtherContent { request, by: vote.by });
            }
        }
        self.distinct(review, found);
        if decided.is_some() {
            let unmet = review.steps.iter().filter(|step| !self.is_met(step, &parties));
            found.extend(unmet.map(|step| Violation::StepNotMet { request, rule: step.rule.clone() }));
            if review.steps.is_empty() {
                found.push(Violation::StepNotMet { request, rule: String::new() });
            }
        }
        let hash = content_hash(&self.request.subject, &self.request.content, &self.request.facts);
        if hash != self.request.hash || decided.is_some_and(|grant| grant.hash != hash) {
            found.push(Violation::WrongHash { request });
        }
    }

    /// Who has a part in it. Of what was decided on other ground those whom the request itself names: a merge of people
    /// re-opens nothing that is closed.
    fn parties(&self, at: DateTime<Utc>) -> BTreeSet<AssetId> {
        let Request { requester, filed_by, editors, beneficiaries, state, .. } = self.request;
        if self.is_fresh || state.word().is_open() {
            let today = self.ground.calendar.day(at);
            return self.ground.directory.conflict(self.request, at, today).into_keys().collect();
        }
        [requester, filed_by].into_iter().chain(editors).chain(beneficiaries).copied().collect()
    }

    /// Counted anew: from who has a seat, where that can still be told, else from the evidence in the votes.
    fn is_met(&self, step: &Step, parties: &BTreeSet<AssetId>) -> bool {
        let directory = self.ground.directory;
        step.chain[..=step.rung].iter().any(|who: &Who| {
            let agreed: BTreeSet<AssetId> = step
                .votes
                .iter()
                .filter(|vote| vote.verdict == Verdict::Approve && (self.is_fresh || vote.evidence.who == *who))
                .map(|vote| directory.person(vote.holder()))
                .collect();
            if !self.is_fresh {
                return agreed.len() >= step.quorum.of(1);
            }
            let mut seats = directory.resolve(who).into_keys().filter(|person| !parties.contains(person)).peekable();
            match step.quorum {
                Quorum::All => seats.peek().is_some() && seats.all(|seat| agreed.contains(&seat)),
                Quorum::Any => seats.any(|seat| agreed.contains(&seat)),
                Quorum::AtLeast(votes) => votes > 0 && seats.filter(|seat| agreed.contains(seat)).count() >= votes,
            }
        })
    }

    fn distinct(&self, review: &Review, found: &mut Vec<Violation>) {
        let mut before: Vec<(bool, BTreeSet<AssetId>)> = Vec::new();
        for step in &review.steps {
            let mut here = BTreeSet::new();
            for vote in &step.votes {
                let people = BTreeSet::from([vote.by, vote.holder()]);
                let elsewhere = before
                    .iter()
                    .any(|(distinct, others)| (*distinct || step.distinct) && !others.is_disjoint(&people));
                if elsewhere || !here.is_disjoint(&people) {
                    found.push(Violation::VotedTwice { request: self.request.id, by: vote.by });
                }
                here.extend(people);
            }
            before.push((step.distinct, here));
        }
    }

    fn history(&self, found: &mut Vec<Violation>) {
        let request = self.request.id;
        let (mut state, mut version) = (StateWord::Draft, 0);
        let mut rungs: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in self.history {
            let comment = entry.act == Act::Comment;
            if state.is_over() && !comment {
                found.push(Violation::AfterTheEnd { request });
            }
            if entry.from != state || entry.version != version + i64::from(!comment) {
                found.push(Violation::HistoryBroken { request });
            }
            (state, version) = (entry.to, entry.version);
            if let Some((rule, rung)) = &entry.rung
                && rungs.insert(rule, *rung).is_some_and(|before| before >= *rung)
            {
                found.push(Violation::RungNotRisen { request, rule: rule.clone() });
            }
        }
        if state != self.request.state.word() || version != self.request.version {
            found.push(Violation::HistoryBroken { request });
        }
    }

    fn agreement(&self, found: &mut Vec<Violation>, now: DateTime<Utc>) {
        let request = self.request.id;
        let count = |effect: &Effect| self.effects.iter().filter(|one| *one == effect).count();
        let grant = self.request.state.grant();
        let times = count(&Effect::Apply);
        if times != usize::from(grant.is_some()) {
            found.push(Violation::EffectNotOnce { request, times });
        }
        let lapsed = count(&Effect::Lapse);
        if lapsed != usize::from(self.request.state.word() == StateWord::Lapsed) {
            found.push(Violation::LapsedNotOnce { request, times: lapsed });
        }
        if let Some(grant) = grant {
            let agreed = self.request.content.days();
            let done = grant.applied.and_then(|applied| applied.days);
            let over = |days: Option<u32>, most: Option<u32>| days.is_some_and(|days| most.is_some_and(|m| days > m));
            if grant.days != agreed || over(agreed, self.request.facts.cap_days) || over(done, agreed) {
                found.push(Violation::TooMuch { request });
            }
            let today = self.ground.calendar.day(now);
            let outside = grant.until.is_some_and(|until| today > until);
            if self.request.is_in_force(today) && (outside || today < grant.from) {
                found.push(Violation::InForceOutside { request });
            }
            if outside && self.request.state.word().is_agreed() {
                found.push(Violation::LapsedNotOnce { request, times: 0 });
            }
        }
    }

    fn waiting(&self, found: &mut Vec<Violation>, now: DateTime<Utc>) {
        let request = self.request.id;
        let held = self.effects.iter().any(|effect| matches!(effect, Effect::Hold(_)));
        let released = self.effects.iter().filter(|effect| **effect == Effect::Release).count();
        let word = self.request.state.word();
        let today = self.ground.calendar.day(now);
        let bad = match self.request.hold {
            None => released != usize::from(held),
            Some(hold) => {
                let filed = self.request.filed.map(|filing| filing.on);
                !word.is_open()
                    || released != 0
                    || today > hold.until
                    || filed != Some(hold.from)
                    || hold.until > hold.from + chrono::Days::new(MOST_HOLD_DAYS)
            }
        };
        if bad {
            found.push(Violation::HoldWithoutCause { request });
        }
        if let State::InReview(review) = &self.request.state {
            let case = Case::new(self.request, self.ground, now);
            for (at, step) in review.steps.iter().enumerate() {
                if !case.bench.is_met(step) && case.bench.waiting(review, at).is_empty() {
                    found.push(Violation::WaitsForNobody { request, rule: step.rule.clone() });
                }
            }
        }
    }
}
