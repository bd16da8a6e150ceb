//! Steps under review: who has a seat, which votes count, when a step goes on to others. Computed anew whenever it is asked.

use super::calendar;
use super::decide::Ground;
use super::eligible::{Directory, Part, Right};
use super::facts::Facts;
use super::kind::Content;
use super::rule::{Declining, Who};
use super::state::{Request, Review, Step, Struck, StruckVote, Verdict, Vote};
use crate::AssetId;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Who may decide over one request now.
pub(super) struct Bench<'a> {
    ground: &'a Ground<'a>,
    directory: &'a Directory,
    pub conflict: BTreeMap<AssetId, Part>,
    today: NaiveDate,
    now: DateTime<Utc>,
}

/// A place in a step, and by which right somebody takes it.
pub(super) struct Seat {
    pub for_whom: Option<AssetId>,
    pub evidence: Right,
}

/// How a review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Waits,
    Met,
    Declined,
    /// A step has not enough people left who could meet it.
    Stuck,
}

impl Review {
    /// The steps that rules ask for. What was already asked of the same rule is not asked of fewer now.
    pub(super) fn plan(
        ground: &Ground<'_>,
        content: &Content,
        facts: &Facts,
        before: &Self,
        now: DateTime<Utc>,
    ) -> Self {
        let steps = ground.rules.applying(content, facts).map(|rule| {
            let chain: Vec<_> = std::iter::once(&rule.who).chain(&rule.fallback).cloned().collect();
            // Whatever the rule says: what is the privacy officer's to decide is nobody else's.
            let is_private = chain.contains(&Who::PrivacyOfficer);
            let same = before.steps.iter().find(|step| step.rule == rule.id && step.chain == chain);
            Step {
                rule: rule.id.clone(),
                chain,
                quorum: rule.quorum,
                distinct: rule.distinct,
                delegable: rule.delegable && !is_private,
                overridable: rule.overridable && !is_private,
                decline: rule.decline,
                rung: same.map_or(0, |step| step.rung),
                due_hours: rule.due_hours,
                due_at: ground.calendar.due(now, calendar::hours(rule.due_hours)),
                reminded: false,
                votes: Vec::new(),
            }
        });
        Self { rules: ground.rules.version, steps: steps.collect(), questions: before.questions.clone() }
    }

    pub fn votes(&self) -> impl Iterator<Item = &Vote> {
        self.steps.iter().flat_map(|step| &step.votes)
    }
}

impl Vote {
    /// Whose seat it fills.
    pub fn holder(&self) -> AssetId {
        self.for_whom.unwrap_or(self.by)
    }
}

impl<'a> Bench<'a> {
    pub(super) fn new(request: &Request, ground: &'a Ground<'a>, now: DateTime<Utc>) -> Self {
        let today = ground.calendar.day(now);
        let conflict = ground.directory.conflict(request, now, today);
        Self { ground, directory: ground.directory, conflict, today, now }
    }

    /// Those who could decide on one rung of a step, each with his team.
    fn seats(&self, step: &Step, rung: usize) -> BTreeMap<AssetId, Option<AssetId>> {
        let mut seats = self.directory.resolve(&step.chain[rung]);
        seats.retain(|person, _| !self.conflict.contains_key(person));
        seats
    }

    /// Who has a vote in another step that he cannot have beside one in this.
    fn taken(&self, review: &Review, at: usize) -> BTreeSet<AssetId> {
        let beside = |(other, step): (usize, &Step)| other != at && (step.distinct || review.steps[at].distinct);
        let others = review.steps.iter().enumerate().filter(|one| beside(*one)).flat_map(|(_, step)| &step.votes);
        others.flat_map(|vote| [vote.by, vote.holder()]).map(|person| self.directory.person(person)).collect()
    }

    /// The seat that somebody may take now.
    pub(super) fn seat(&self, review: &Review, at: usize, person: AssetId) -> Option<Seat> {
        let person = self.directory.person(person);
        let step = &review.steps[at];
        let taken = self.taken(review, at);
        let is_free = |one: AssetId| !taken.contains(&one) && !self.has_voted(step, one);
        if !self.directory.can_act(person) || self.conflict.contains_key(&person) || !is_free(person) {
            return None;
        }
        let rungs: Vec<_> = (0..=step.rung).map(|rung| (rung, self.seats(step, rung))).collect();
        let find = |holder: AssetId| rungs.iter().find_map(|(rung, seats)| Some((*rung, *seats.get(&holder)?)));
        let evidence = |(rung, team): (usize, Option<AssetId>), delegation| Right {
            who: step.chain[rung].clone(),
            team,
            delegation,
        };
        if let Some(found) = find(person) {
            return Some(Seat { for_whom: None, evidence: evidence(found, None) });
        }
        if !step.delegable {
            return None;
        }
        self.directory.givers(person, self.today).find_map(|(giver, id)| {
            let found = is_free(giver).then(|| find(giver)).flatten()?;
            Some(Seat { for_whom: Some(giver), evidence: evidence(found, Some(id)) })
        })
    }

    /// Whether he, or somebody in his place, has a vote in this step.
    fn has_voted(&self, step: &Step, person: AssetId) -> bool {
        let is = |one: AssetId| self.directory.person(one) == person;
        step.votes.iter().any(|vote| is(vote.by) || is(vote.holder()))
    }

    /// Whether somebody could decide over any of it now, or has.
    pub(super) fn takes_part(&self, review: &Review, person: AssetId) -> bool {
        let person = self.directory.person(person);
        !self.conflict.contains_key(&person)
            && (0..review.steps.len())
                .any(|at| self.seat(review, at, person).is_some() || self.has_voted(&review.steps[at], person))
    }

    /// Who may decide in a step now.
    pub(super) fn waiting(&self, review: &Review, at: usize) -> BTreeSet<AssetId> {
        let step = &review.steps[at];
        if self.is_met(step) {
            return BTreeSet::new();
        }
        let holders = (0..=step.rung).flat_map(|rung| self.seats(step, rung).into_keys());
        let takers = self.directory.delegations.iter().map(|one| self.directory.person(one.taker));
        let people: BTreeSet<AssetId> = holders.chain(takers).collect();
        people.into_iter().filter(|person| self.seat(review, at, *person).is_some()).collect()
    }

    pub(super) fn all_waiting(&self, review: &Review) -> BTreeSet<AssetId> {
        (0..review.steps.len()).flat_map(|at| self.waiting(review, at)).collect()
    }

    /// Whether those of one rung have agreed, as many of them as have to.
    pub(super) fn is_met(&self, step: &Step) -> bool {
        (0..=step.rung).any(|rung| {
            let seats = self.seats(step, rung);
            let agreed = |vote: &&Vote| {
                vote.verdict == Verdict::Approve && seats.contains_key(&self.directory.person(vote.holder()))
            };
            step.votes.iter().filter(agreed).count() >= step.quorum.of(seats.len())
        })
    }

    /// Whether enough people are left on a rung who have agreed or still can.
    fn can_be_met(&self, review: &Review, at: usize, rung: usize) -> bool {
        let step = &review.steps[at];
        let seats = self.seats(step, rung);
        let taken = self.taken(review, at);
        let counts = |holder: &&AssetId| {
            let own = step.votes.iter().find(|vote| self.directory.person(vote.holder()) == **holder);
            match own {
                Some(vote) => vote.verdict == Verdict::Approve,
                None => !taken.contains(*holder) && !self.has_voted(step, **holder),
            }
        };
        seats.keys().filter(counts).count() >= step.quorum.of(seats.len())
    }

    fn is_reachable(&self, review: &Review, at: usize) -> bool {
        (0..=review.steps[at].rung).any(|rung| self.can_be_met(review, at, rung))
    }

    /// The next rung above on which a step can be met.
    pub(super) fn next_rung(&self, review: &Review, at: usize) -> Option<usize> {
        let step = &review.steps[at];
        (step.rung + 1..step.chain.len()).find(|rung| self.can_be_met(review, at, *rung))
    }

    /// Strikes votes that no longer count, moves steps on that nobody can meet, and says how it stands.
    pub(super) fn refresh(&self, review: &mut Review, struck: &mut Vec<StruckVote>) -> Standing {
        let mut voters: Vec<(bool, BTreeSet<AssetId>)> = Vec::new();
        for at in 0..review.steps.len() {
            let mut kept: Vec<Vote> = Vec::new();
            let before = struck.len();
            for vote in std::mem::take(&mut review.steps[at].votes) {
                match self.flaw(&review.steps[at], &vote, &kept, &voters) {
                    None => kept.push(vote),
                    Some(why) => {
                        struck.push(StruckVote { rule: review.steps[at].rule.clone(), vote, at: self.now, why });
                    }
                }
            }
            let step = &mut review.steps[at];
            step.votes = kept;
            if struck.len() > before {
                self.restart(step);
            }
            let people = step.votes.iter().flat_map(|vote| [vote.by, vote.holder()]);
            voters.push((step.distinct, people.map(|person| self.directory.person(person)).collect()));
        }
        let mut standing = if review.steps.is_empty() { Standing::Stuck } else { Standing::Met };
        for at in 0..review.steps.len() {
            let declined = review.steps[at].votes.iter().any(|vote| vote.verdict == Verdict::Decline);
            let ends = declined && review.steps[at].decline == Declining::Ends;
            let mut is_reachable = self.is_reachable(review, at);
            if ends || (declined && !is_reachable) {
                return Standing::Declined;
            }
            if !is_reachable && let Some(rung) = self.next_rung(review, at) {
                self.climb(&mut review.steps[at], rung);
                is_reachable = true;
            }
            if !is_reachable {
                standing = Standing::Stuck;
            } else if standing == Standing::Met && !self.is_met(&review.steps[at]) {
                standing = Standing::Waits;
            }
        }
        standing
    }

    pub(super) fn climb(&self, step: &mut Step, rung: usize) {
        step.rung = rung;
        self.restart(step);
    }

    fn restart(&self, step: &mut Step) {
        step.due_at = self.ground.calendar.due(self.now, calendar::hours(step.due_hours));
        step.reminded = false;
    }

    /// Why a vote no longer counts, where `kept` of its step and `voters` of the steps before it do.
    fn flaw(&self, step: &Step, vote: &Vote, kept: &[Vote], voters: &[(bool, BTreeSet<AssetId>)]) -> Option<Struck> {
        let person = |one| self.directory.person(one);
        let (by, holder) = (person(vote.by), person(vote.holder()));
        let has_part = self.conflict.contains_key(&by) || self.conflict.contains_key(&holder);
        let has_seat = (0..=step.rung).any(|rung| self.seats(step, rung).contains_key(&holder));
        let is_his = |one: &Vote| [person(one.by), person(one.holder())].iter().any(|one| [by, holder].contains(one));
        let beside = voters.iter().any(|(distinct, people)| {
            (*distinct || step.distinct) && (people.contains(&by) || people.contains(&holder))
        });
        if has_part {
            Some(Struck::HasPart)
        } else if !has_seat || !self.directory.can_act(by) {
            Some(Struck::LostRight)
        } else if beside || kept.iter().any(is_his) {
            Some(Struck::SamePerson)
        } else {
            None
        }
    }
}
