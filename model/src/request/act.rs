//! What becomes of a request by each act that [`super::decide`] has allowed.

use super::calendar::hours;
use super::decide::{Action, Case, Transition};
use super::facts::Facts;
use super::hash::content_hash;
use super::hold::PendingHold;
use super::kind::{Content, mistakes_of_reason};
use super::review::{Bench, Standing};
use super::rule::Who;
use super::state::{
    Act, Decided, Effect, Entry, Filing, Grant, Notice, Offer, Question, Request, Review, State, StateWord, Struck,
    StruckVote, Verdict, Vote,
};
use crate::AssetId;
use crate::problem::GovernanceRefusal as Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// A request on which nobody decides is over after so many days.
pub const EXPIRES_DAYS: i64 = 30;
/// Hours of business in which an offer wants an answer.
pub const OFFER_HOURS: u32 = 18;
/// Days before an agreement ends on which people are told.
pub const NOTICE_DAYS: [i64; 3] = [14, 7, 1];

impl Case<'_> {
    pub(super) fn act(&self, action: Action, person: AssetId) -> Result<Transition, Refusal> {
        let text = action.text().trim().to_owned();
        let person = self.ground.directory.person(person);
        let mut next = Next::new(self, action.act(), Some(person), text.clone());
        match action {
            Action::Submit => self.submit(&mut next)?,
            Action::Edit { content, facts, reason } => {
                let mut mistakes = content.mistakes(self.today);
                mistakes.extend(mistakes_of_reason(&reason));
                if !mistakes.is_empty() {
                    return Err(Refusal::Wrong { mistakes });
                }
                if content.kind() != self.request.content.kind() {
                    return Err(Refusal::OtherKind);
                }
                self.can_be_granted(&content, &facts)?;
                if self.is_author(person).is_err() {
                    next.request.editors.insert(person);
                }
                next.request.beneficiaries.extend(content.beneficiaries());
                next.request.reason = reason;
                self.ask_for(&mut next, content, facts);
            }
            Action::Approve { .. } => {
                let facts = self.ground_seen(&self.request.facts, action.seen())?;
                if facts != self.request.facts {
                    self.ask_for(&mut next, self.request.content.clone(), facts);
                }
                self.vote(&mut next, person, Verdict::Approve)?;
            }
            Action::Decline { .. } => self.vote(&mut next, person, Verdict::Decline)?,
            Action::Counter { content, facts, .. } => self.counter(&mut next, person, content, facts)?,
            Action::Accept { .. } => {
                let State::Offered { offer, .. } = &self.request.state else { return Err(self.not_in_state()) };
                let facts = self.ground_seen(&offer.facts, action.seen())?;
                self.accept(&mut next, offer, facts);
            }
            Action::Refuse { .. } => {
                let State::Offered { review, offer } = &self.request.state else { return Err(self.not_in_state()) };
                next.notify([offer.vote.by], Notice::OfferRefused);
                self.settle(&mut next, review.clone());
            }
            Action::Ask { .. } => self.ask(&mut next, person),
            Action::Answer { .. } => self.answer(&mut next),
            Action::Comment { .. } => next.request.version -= 1,
            Action::Withdraw { .. } => {
                if let Some((review, ..)) = self.fresh() {
                    next.notify(self.bench.all_waiting(&review), Notice::Withdrawn);
                }
                next.request.state = State::Withdrawn;
            }
            Action::Override { .. } => {
                let facts = self.ground_seen(&self.request.facts, action.seen())?;
                let review = self.on_this_ground().ok_or_else(|| self.not_in_state())?;
                next.request.facts = facts;
                next.request.hash = content_hash(&next.request.subject, &next.request.content, &next.request.facts);
                let privacy = self.ground.directory.resolve(&Who::PrivacyOfficer).into_keys();
                let passed = self.bench.all_waiting(&review).into_iter().chain(review.votes().map(|vote| vote.by));
                next.notify(passed.chain(privacy).collect::<BTreeSet<_>>(), Notice::Overridden);
                self.grant(&mut next, Decided::Override { by: person, reason: text, review });
            }
        }
        Ok(next.end())
    }

    fn not_in_state(&self) -> Refusal {
        Refusal::NotInState { state: self.request.state.word() }
    }

    fn submit(&self, next: &mut Next<'_>) -> Result<(), Refusal> {
        let request = &mut next.request;
        let mut mistakes = request.content.mistakes(self.today);
        mistakes.extend(mistakes_of_reason(&request.reason));
        if !mistakes.is_empty() {
            return Err(Refusal::Wrong { mistakes });
        }
        self.can_be_granted(&request.content, self.ground.facts)?;
        request.facts = self.ground.facts.clone();
        request.subject.asset = request.facts.asset;
        request.hash = content_hash(&request.subject, &request.content, &request.facts);
        request.beneficiaries.extend(request.content.beneficiaries());
        let accounts = [request.requester, request.filed_by].map(|account| self.ground.directory.person(account));
        let humans = accounts.iter().filter_map(|account| self.ground.directory.people.get(account));
        request.filers_owners.extend(humans.flat_map(|human| &human.answered_for_by));
        let expires_at = self.now + TimeDelta::days(EXPIRES_DAYS);
        request.filed = Some(Filing { at: self.now, on: self.today, expires_at });
        let auto = self.ground.rules.auto(
            &request.content,
            &request.facts,
            self.ground.directory.person(request.requester),
            self.ground.past,
            self.now,
        );
        if let Some(rule) = auto {
            next.act = Act::ApproveByRule;
            self.grant(next, Decided::Rule { id: rule.id.clone(), version: self.ground.rules.version });
            return Ok(());
        }
        if request.subject.asset.is_some() {
            request.hold = PendingHold::of_filing(self.today, &self.ground.past.held);
            next.effects.extend(request.hold.map(Effect::Hold));
        }
        let review =
            Review::plan(self.ground, &next.request.content, &next.request.facts, &Review::default(), self.now);
        self.settle(next, review);
        let State::InReview(review) = &next.request.state else { return Ok(()) };
        let waiting = next.bench().all_waiting(review);
        next.notify(waiting, Notice::Decide);
        Ok(())
    }

    /// Asks for something else, or on other facts: nobody has voted on that.
    pub(super) fn ask_for(&self, next: &mut Next<'_>, content: Content, facts: Facts) {
        let request = &mut next.request;
        request.subject.asset = facts.asset;
        (request.content, request.facts) = (content, facts);
        request.hash = content_hash(&request.subject, &request.content, &request.facts);
        let Some(before) = self.request.state.review() else { return };
        let voters: BTreeSet<AssetId> = before.votes().map(|vote| vote.by).collect();
        next.strike(before, self.now);
        let review = Review::plan(self.ground, &next.request.content, &next.request.facts, before, self.now);
        self.settle(next, review);
        next.notify(voters.clone(), Notice::AskedAgain);
        if let State::InReview(review) = &next.request.state {
            let waiting = next.bench().all_waiting(review);
            next.notify(waiting.difference(&voters).copied(), Notice::Decide);
        }
    }

    /// Gives his vote in every open step in which he has a seat; a no in the first.
    fn vote(&self, next: &mut Next<'_>, person: AssetId, verdict: Verdict) -> Result<(), Refusal> {
        let Some(mut review) = next.request.state.review().cloned() else { return Err(self.not_in_state()) };
        let bench = Bench::new(&next.request, self.ground, self.now);
        let _ = bench.refresh(&mut review, &mut next.request.struck);
        let mut given = false;
        for at in 0..review.steps.len() {
            if bench.is_met(&review.steps[at]) || (given && verdict == Verdict::Decline) {
                continue;
            }
            let Some(seat) = bench.seat(&review, at, person) else { continue };
            let hash = next.request.hash.clone();
            next.on_behalf_of = next.on_behalf_of.or(seat.for_whom);
            let vote =
                Vote { by: person, for_whom: seat.for_whom, at: self.now, verdict, hash, evidence: seat.evidence };
            review.steps[at].votes.push(vote);
            given = true;
        }
        if !given {
            let may = bench.all_waiting(&review).into_iter().map(|one| self.ground.directory.name(one)).collect();
            return Err(Refusal::NotADecider { may });
        }
        self.settle(next, review);
        Ok(())
    }

    fn counter(&self, next: &mut Next<'_>, person: AssetId, content: Content, facts: Facts) -> Result<(), Refusal> {
        let content = content.as_offer_for(&self.request.content);
        if !content.is_less_than(&self.request.content) {
            return Err(Refusal::NotLess);
        }
        self.can_be_granted(&content, &facts)?;
        let Some((review, struck, _)) = self.fresh() else { return Err(self.not_in_state()) };
        next.request.struck.extend(struck);
        let seat = (0..review.steps.len())
            .filter(|at| !self.bench.is_met(&review.steps[*at]))
            .find_map(|at| Some((at, self.bench.seat(&review, at, person)?)));
        let Some((at, seat)) = seat else { return Err(Refusal::NotADecider { may: Vec::new() }) };
        next.on_behalf_of = seat.for_whom;
        let hash = content_hash(&self.request.subject, &content, &facts);
        let vote = Vote {
            by: person,
            for_whom: seat.for_whom,
            at: self.now,
            verdict: Verdict::Approve,
            hash,
            evidence: seat.evidence,
        };
        let until = self.ground.calendar.due(self.now, hours(OFFER_HOURS));
        let rule = review.steps[at].rule.clone();
        let offer = Box::new(Offer { content, facts, vote, rule, until });
        next.request.state = State::Offered { review, offer: offer.clone() };
        if self.request.content.accepts(&offer.content) {
            self.accept(next, &offer, offer.facts.clone());
        } else {
            next.notify([self.request.requester], Notice::Offer);
        }
        Ok(())
    }

    /// The offer is what is asked for now. Who made it has agreed to it; every other step that it needs is open.
    pub(super) fn accept(&self, next: &mut Next<'_>, offer: &Offer, facts: Facts) {
        let Some(before) = next.request.state.review().cloned() else { return };
        next.strike(&before, self.now);
        let request = &mut next.request;
        request.subject.asset = facts.asset;
        (request.content, request.facts) = (offer.content.clone(), facts);
        request.hash = content_hash(&request.subject, &request.content, &request.facts);
        let mut review = Review::plan(self.ground, &request.content, &request.facts, &before, self.now);
        match review.steps.iter_mut().find(|step| step.rule == offer.rule) {
            Some(step) if offer.vote.hash == request.hash => step.votes.push(offer.vote.clone()),
            _ => {}
        }
        self.settle(next, review);
        let State::InReview(review) = &next.request.state else { return };
        let waiting = next.bench().all_waiting(review);
        next.notify(waiting, Notice::AskedAgain);
    }

    fn ask(&self, next: &mut Next<'_>, person: AssetId) {
        if let State::InReview(review) = &mut next.request.state
            && !review.questions.iter().any(|question| question.by == person)
        {
            review.questions.push(Question { by: person, at: self.now });
        }
        next.notify([self.request.requester], Notice::Question);
    }

    /// The clock of the steps runs on where the first question stopped it.
    fn answer(&self, next: &mut Next<'_>) {
        let calendar = self.ground.calendar;
        let asked = match &mut next.request.state {
            State::Submitted(review) | State::InReview(review) | State::Offered { review, .. } => {
                let asked = std::mem::take(&mut review.questions);
                if let Some(first) = asked.first() {
                    for step in review.steps.iter_mut().filter(|step| step.due_at > first.at) {
                        step.due_at = calendar.due(self.now, calendar.business_between(first.at, step.due_at));
                    }
                }
                asked
            }
            _ => Vec::new(),
        };
        next.notify(asked.iter().map(|question| question.by), Notice::Answer);
    }

    /// Says what follows from how a review stands, and does it.
    pub(super) fn settle(&self, next: &mut Next<'_>, mut review: Review) {
        let bench = Bench::new(&next.request, self.ground, self.now);
        let requester = self.request.requester;
        match bench.refresh(&mut review, &mut next.request.struck) {
            Standing::Met => self.grant(next, Decided::Votes(review)),
            Standing::Declined => {
                next.request.state = State::Declined(review);
                next.notify([requester], Notice::Declined);
            }
            Standing::Waits => next.request.state = State::InReview(review),
            Standing::Stuck => {
                if self.request.state.word() != StateWord::Submitted {
                    let operators = self.ground.directory.resolve(&Who::Operators);
                    next.notify(operators.into_keys(), Notice::NobodyCanDecide);
                }
                next.request.state = State::Submitted(review);
            }
        }
    }

    fn grant(&self, next: &mut Next<'_>, by: Decided) {
        let content = &next.request.content;
        let until = content.until();
        // Of an agreement that is shorter than a notice is early, nobody is told at once.
        let left = until.map(|until| (until - self.today).num_days());
        let told = NOTICE_DAYS.into_iter().filter(|days| left.is_some_and(|left| left <= *days)).collect();
        next.request.state = State::Approved(Grant {
            at: self.now,
            by,
            hash: next.request.hash.clone(),
            days: content.days(),
            from: self.today,
            until,
            applied: None,
            verified_at: None,
            told,
        });
        next.effects.push(Effect::Apply);
        next.notify([self.request.requester], Notice::Approved);
    }
}

/// A transition as it is made.
pub(super) struct Next<'a> {
    case: &'a Case<'a>,
    pub act: Act,
    by: Option<AssetId>,
    on_behalf_of: Option<AssetId>,
    text: String,
    pub rung: Option<(String, usize)>,
    pub request: Request,
    pub effects: Vec<Effect>,
}

impl<'a> Next<'a> {
    pub(super) fn new(case: &'a Case<'a>, act: Act, by: Option<AssetId>, text: String) -> Self {
        let mut request = case.request.clone();
        request.version += 1;
        Self { case, act, by, on_behalf_of: None, text, rung: None, request, effects: Vec::new() }
    }

    pub(super) fn bench(&self) -> Bench<'a> {
        Bench::new(&self.request, self.case.ground, self.case.now)
    }

    pub(super) fn notify(&mut self, whom: impl IntoIterator<Item = AssetId>, notice: Notice) {
        let mut whom: BTreeSet<AssetId> =
            whom.into_iter().map(|person| self.case.ground.directory.person(person)).collect();
        // Nobody is told what he did himself.
        whom.retain(|person| Some(*person) != self.by);
        if !whom.is_empty() {
            self.effects.push(Effect::Notify { whom, notice });
        }
    }

    pub(super) fn strike(&mut self, review: &Review, at: DateTime<Utc>) {
        for step in &review.steps {
            self.request.struck.extend(step.votes.iter().map(|vote| StruckVote {
                rule: step.rule.clone(),
                vote: vote.clone(),
                at,
                why: Struck::OtherContent,
            }));
        }
    }

    /// Closes it: what is no longer open holds nothing.
    pub(super) fn end(mut self) -> Transition {
        let from = self.case.request.state.word();
        let to = self.request.state.word();
        if !to.is_open() && self.request.hold.take().is_some() {
            self.effects.push(Effect::Release);
        }
        // Another asset in the subject's place is held as the first was.
        let moved = self.case.request.filed.is_some() && self.case.request.subject.asset != self.request.subject.asset;
        self.effects.extend(self.request.hold.filter(|_| moved).map(Effect::Hold));
        self.request.last_seen = self.case.now;
        let entry = Entry {
            version: self.request.version,
            at: self.case.now,
            by: self.by,
            on_behalf_of: self.on_behalf_of,
            act: self.act,
            from,
            to,
            text: self.text,
            rung: self.rung,
        };
        if self.act != Act::Comment {
            self.request.last = Some(entry.clone());
        }
        Transition { request: self.request, entry, effects: self.effects }
    }
}
