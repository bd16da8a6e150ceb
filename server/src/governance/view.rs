//! All of a request for one who looks at it, and what he may do.

use super::apply::Known;
use super::{Result, list, store};
use crate::app::App;
use crate::db::{Tx, on};
use crate::owners;
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::problem::GovernanceRefusal;
use reeve_model::request::{
    self as model, Act, AgreementShown, Content, Decided, Decider, EntryShown, Named, OfferShown, PendingHold, Request,
    RequestDetail, RequestPreview, State, StepShown, Subject, Vote, VoteShown, facts_hash,
};
use reeve_model::visibility::Hidden;
use std::collections::{BTreeMap, BTreeSet};

/// A request with what may be done to it, and why not where it may not.
#[derive(Debug)]
pub struct Looked {
    pub request: Request,
    pub detail: RequestDetail,
    pub actions: Vec<(Act, std::result::Result<(), GovernanceRefusal>)>,
    pub known: Known,
}

/// Reads it for `person`; nothing where there is none, where it is about something hidden from him, or is another's draft.
///
/// # Errors
/// When the database does not answer, or holds what this version cannot read.
pub async fn look(
    tx: &mut Tx,
    app: &App,
    id: i64,
    person: AssetId,
    hidden: &Hidden,
    now: DateTime<Utc>,
) -> Result<Option<Looked>> {
    let Some(mut summary) = list::summary(tx, id, hidden).await? else { return Ok(None) };
    let Some(request) = store::find(tx, id).await? else { return Ok(None) };
    if matches!(request.state, State::Draft) && request.requester != person {
        return Ok(None);
    }
    let known = Known::read(tx, app, &request, None, Some(person), now).await?;
    let ground = known.ground();
    let decider = Decider { person, expects: Some(request.version), ground: &ground };
    let actions = model::actions(&request, &decider, now);
    let rested_on = match &request.state {
        State::Offered { offer, .. } => &offer.facts,
        _ => &request.facts,
    };
    let differences = if summary.state.is_open() { rested_on.differences(&known.facts) } else { vec![] };
    summary.is_changed = !differences.is_empty();
    let history = store::history(tx, id).await?;
    let waiting: BTreeMap<String, BTreeSet<AssetId>> = model::deciders(&request, &ground, now).into_iter().collect();
    let mut people: BTreeSet<AssetId> =
        history.iter().flat_map(|entry| [entry.by, entry.on_behalf_of]).flatten().collect();
    people.extend(waiting.values().flatten());
    people.extend(votes(&request).flat_map(|vote| [Some(vote.by), vote.for_whom]).flatten());
    if let Some(Decided::Override { by, .. }) = request.state.grant().map(|grant| &grant.by) {
        people.insert(*by);
    }
    if let State::Offered { offer, .. } = &request.state {
        people.insert(offer.vote.by);
    }
    let names = named(tx, &people).await?;
    let name = |id: AssetId| {
        names.get(&id).cloned().unwrap_or_else(|| Named { id, login: id.to_string(), name: id.to_string() })
    };
    let mut holders = BTreeMap::new();
    for id in request.content.beneficiaries() {
        if let Some(holder) = owners::by_id(tx, id).await? {
            holders.insert(id.0, holder);
        }
    }
    let detail = RequestDetail {
        facts: rested_on.clone(),
        facts_hash: facts_hash(&known.facts).0,
        differences,
        steps_list: steps(&request, &waiting, &name),
        offer: match &request.state {
            State::Offered { offer, .. } => Some(OfferShown::of(offer, name(offer.vote.by))),
            _ => None,
        },
        agreement: agreement(&request, &name),
        held_until: request.hold.map(|hold| hold.until),
        expires_at: request.filed.filter(|_| summary.state.is_open()).map(|filing| filing.expires_at),
        history: history
            .into_iter()
            .map(|entry| EntryShown {
                at: entry.at,
                act: entry.act,
                by: entry.by.map(&name),
                on_behalf_of: entry.on_behalf_of.map(&name),
                from: entry.from,
                to: entry.to,
                text: entry.text,
            })
            .collect(),
        actions: Vec::new(),
        holders,
        summary,
    };
    Ok(Some(Looked { request, detail, actions, known }))
}

/// What would become of a request that somebody thinks of filing. Nothing is written.
///
/// # Errors
/// What is wrong with it; or the database does not answer.
pub async fn preview(
    tx: &mut Tx,
    app: &App,
    person: AssetId,
    subject: Subject,
    content: Content,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<RequestPreview> {
    let calendar = app.calendar(now);
    let today = calendar.day(now);
    let mistakes = content.mistakes(today);
    if !mistakes.is_empty() {
        return Err(GovernanceRefusal::Wrong { mistakes }.into());
    }
    let facts = super::facts(tx, app, &subject, &content, today).await?;
    let mut request = Request::draft(0, subject, (person, person), content, facts, reason.to_owned(), now);
    let known = Known::read(tx, app, &request, None, Some(person), now).await?;
    let ground = known.ground();
    let (review, by_rule) = model::preview(&request, &ground, now);
    request.state = State::InReview(review);
    let waiting: BTreeMap<String, BTreeSet<AssetId>> = model::deciders(&request, &ground, now).into_iter().collect();
    let names = named(tx, &waiting.values().flatten().copied().collect()).await?;
    let name = |id: AssetId| {
        names.get(&id).cloned().unwrap_or_else(|| Named { id, login: id.to_string(), name: id.to_string() })
    };
    let hold = request.facts.asset.and_then(|_| PendingHold::of_filing(today, &known.past.held));
    let won_a_month = match request.facts.bytes {
        // A cloud's price has the copies in it.
        Some(bytes) => {
            crate::retention::price::monthly(tx, bytes / i64::from(app.config.governance.copies), today).await?
        }
        None => None,
    };
    Ok(RequestPreview {
        steps: steps(&request, &waiting, &name),
        by_rule,
        won_a_month,
        held_until: hold.map(|hold| hold.until),
        facts: request.facts,
        content: request.content,
    })
}

/// The votes of a request, those that no longer count too.
fn votes(request: &Request) -> impl Iterator<Item = &Vote> {
    let review = review(request);
    let counted = review.into_iter().flat_map(|review| &review.steps).flat_map(|step| &step.votes);
    counted.chain(request.struck.iter().map(|struck| &struck.vote))
}

/// The review that decided it, or has yet to.
fn review(request: &Request) -> Option<&model::Review> {
    match &request.state {
        State::Declined(review) => Some(review),
        state => state.review().or(match state.grant().map(|grant| &grant.by) {
            Some(Decided::Votes(review) | Decided::Override { review, .. }) => Some(review),
            _ => None,
        }),
    }
}

fn steps(
    request: &Request,
    waiting: &BTreeMap<String, BTreeSet<AssetId>>,
    name: &impl Fn(AssetId) -> Named,
) -> Vec<StepShown> {
    let is_open = request.state.word().is_open();
    let steps = review(request).into_iter().flat_map(|review| &review.steps);
    steps
        .map(|step| {
            let shown = |vote: &Vote, struck| VoteShown {
                by: name(vote.by),
                on_behalf_of: vote.for_whom.map(name),
                verdict: vote.verdict,
                at: vote.at,
                struck,
            };
            let struck = request.struck.iter().filter(|struck| struck.rule == step.rule);
            let votes = struck.map(|struck| shown(&struck.vote, Some(struck.why)));
            StepShown {
                rule: step.rule.clone(),
                who: step.chain.get(step.rung).or(step.chain.first()).cloned().unwrap_or(model::Who::Operators),
                is_met: is_open && !waiting.contains_key(&step.rule)
                    || step.votes.iter().any(|vote| vote.verdict == model::Verdict::Approve),
                waiting: waiting.get(&step.rule).into_iter().flatten().map(|id| name(*id)).collect(),
                due_at: is_open.then_some(step.due_at),
                votes: votes.chain(step.votes.iter().map(|vote| shown(vote, None))).collect(),
            }
        })
        .collect()
}

fn agreement(request: &Request, name: &impl Fn(AssetId) -> Named) -> Option<AgreementShown> {
    let grant = request.state.grant()?;
    Some(AgreementShown {
        at: grant.at,
        days: grant.days,
        from: grant.from,
        until: grant.until,
        applied_at: grant.applied.map(|applied| applied.at),
        verified_at: grant.verified_at,
        rule: match &grant.by {
            Decided::Rule { id, .. } => Some(id.clone()),
            _ => None,
        },
        overridden: match &grant.by {
            Decided::Override { by, reason, .. } => Some((name(*by), reason.clone())),
            _ => None,
        },
        failed: match &request.state {
            State::Failed { why, .. } => Some(why.clone()),
            _ => None,
        },
    })
}

/// What these persons and service accounts are called.
pub(crate) async fn named(tx: &mut Tx, people: &BTreeSet<AssetId>) -> Result<BTreeMap<AssetId, Named>> {
    let ids = crate::catalog::to_json(&people.iter().map(|id| [id]).collect::<Vec<_>>());
    let rows: Vec<(AssetId, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, login, name FROM person WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
    ).bind(ids).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, login, name)| (id, Named { id, login, name })).collect())
}
