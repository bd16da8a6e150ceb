//! The only writer of a request's state. A decision, its history, its seats, what it holds, what has to follow and its row in
//! the audit log are one transaction.

use super::directory::directory;
use super::{Result, effects, facts, holds, past, rules, store};
use crate::app::App;
use crate::audit::{Act as Deed, Object, Origin};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Days, Utc};
use reeve_model::audit::{Event as AuditEvent, ObjectKind};
use reeve_model::problem::GovernanceRefusal;
use reeve_model::request::calendar::Calendar;
use reeve_model::request::{
    self as model, Act, Action, Content, Decider, Directory, Event, Facts, Ground, Past, Request, Rules, State,
    Subject, Transition,
};
use reeve_model::{AssetId, Word};
use std::collections::BTreeSet;

/// What a decision on one request rests on, read in the transaction in which it is made.
#[derive(Debug)]
pub struct Known {
    pub directory: Directory,
    pub rules: Rules,
    pub facts: Facts,
    pub calendar: Calendar,
    pub past: Past,
    pub is_held_by_law: bool,
}

impl Known {
    /// Reads it. `actor`: who looks or acts; `offered`: what is to be decided, where it is not what the request asks for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(
        tx: &mut Tx,
        app: &App,
        request: &Request,
        offered: Option<&Content>,
        actor: Option<AssetId>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let calendar = app.calendar(now);
        let rules = rules::rules(tx).await?;
        let content = offered.unwrap_or(match &request.state {
            State::Offered { offer, .. } => &offer.content,
            _ => &request.content,
        });
        let facts = facts(tx, app, &request.subject, content, calendar.day(now)).await?;
        let parties = parties(request, content).into_iter().chain(actor).collect();
        let directory = directory(tx, &app.config.auth, facts.asset, parties, &rules, now).await?;
        let past = past::past(tx, request, directory.person(request.requester), &calendar, now).await?;
        let is_held_by_law = match facts.asset {
            Some(asset) => !holds::on_asset(tx, asset, calendar.day(now)).await?.is_empty(),
            None => false,
        };
        Ok(Self { directory, rules, facts, calendar, past, is_held_by_law })
    }

    pub fn ground(&self) -> Ground<'_> {
        Ground {
            directory: &self.directory,
            rules: &self.rules,
            facts: &self.facts,
            calendar: &self.calendar,
            past: &self.past,
            is_held_by_law: self.is_held_by_law,
        }
    }
}

/// Persons, service accounts and teams that a request names.
fn parties(request: &Request, content: &Content) -> BTreeSet<AssetId> {
    let votes = request
        .state
        .review()
        .into_iter()
        .flat_map(model::Review::votes)
        .flat_map(|vote| [Some(vote.by), vote.for_whom]);
    let mut all: BTreeSet<AssetId> = votes.flatten().collect();
    all.extend([request.requester, request.filed_by]);
    all.extend(request.filers_owners.iter().chain(&request.beneficiaries).chain(&request.editors));
    all.extend(content.beneficiaries());
    all
}

/// What was decided, and what it rests on.
#[derive(Debug)]
pub struct Decision {
    pub request: Request,
    pub known: Known,
}

/// A request on its way to be filed.
#[derive(Debug)]
pub struct Made<'a> {
    pub subject: Subject,
    pub content: Content,
    pub reason: &'a str,
    /// Who asks: himself, or a service account.
    pub requester: AssetId,
}

/// Keeps a draft, which asks nobody.
///
/// # Errors
/// When the database does not answer.
pub async fn draft(
    tx: &mut WriteTx,
    app: &App,
    origin: &Origin,
    made: Made<'_>,
    now: DateTime<Utc>,
) -> Result<Request> {
    let id = store::reserve(tx, made.requester, now).await?;
    let today = app.calendar(now).day(now);
    let facts = facts(tx, app, &made.subject, &made.content, today).await?;
    let reason = made.reason.trim().to_owned();
    let request = Request::draft(id, made.subject, (made.requester, made.requester), made.content, facts, reason, now);
    store::save(tx, &request, -1, None).await?;
    let act = Deed::new(origin, now, AuditEvent::RequestMade, object(&request));
    tx.record(act.change(None::<&str>, Some(crate::catalog::to_json(&request.content))).because(&request.reason));
    Ok(request)
}

/// Does what somebody decides, by the rules of [`model::decide`], and what follows from it.
///
/// # Errors
/// A refusal, with nothing done; or the database does not answer.
pub async fn decide(
    tx: &mut WriteTx,
    app: &App,
    origin: &Origin,
    request: &Request,
    action: Action,
    (person, expects): (AssetId, Option<i64>),
    now: DateTime<Utc>,
) -> Result<Decision> {
    let action = with_facts(tx, app, request, action, now).await?;
    let known = Known::read(tx, app, request, None, Some(person), now).await?;
    let ground = known.ground();
    let decider = Decider { person, expects, ground: &ground };
    let transition = model::decide(request, action, &decider, now)?;
    let request = follow(tx, app, origin, request, transition, known, now).await?;
    Ok(request)
}

/// Facts are Reeve's to state, whatever the caller says of them.
async fn with_facts(tx: &mut Tx, app: &App, request: &Request, action: Action, now: DateTime<Utc>) -> Result<Action> {
    let today = app.calendar(now).day(now);
    Ok(match action {
        Action::Edit { content, reason, .. } => {
            Action::Edit { facts: facts(tx, app, &request.subject, &content, today).await?, content, reason }
        }
        Action::Counter { content, text, .. } => {
            Action::Counter { facts: facts(tx, app, &request.subject, &content, today).await?, content, text }
        }
        other => other,
    })
}

/// Writes what became of work that an approval asked for.
///
/// # Errors
/// As [`decide`].
pub async fn happened(
    tx: &mut WriteTx,
    app: &App,
    origin: &Origin,
    request: &Request,
    event: Event,
    now: DateTime<Utc>,
) -> Result<Decision> {
    let known = Known::read(tx, app, request, None, None, now).await?;
    let transition = model::happen(request, event, &known.ground(), now)?;
    follow(tx, app, origin, request, transition, known, now).await
}

/// Writes a transition, and makes what follows from it so.
pub(super) async fn follow(
    tx: &mut WriteTx,
    app: &App,
    origin: &Origin,
    before: &Request,
    transition: Transition,
    known: Known,
    now: DateTime<Utc>,
) -> Result<Decision> {
    write(tx, origin, before, &transition, &known, now).await?;
    let mut decision = Decision { request: transition.request, known };
    let mut effects = transition.effects;
    // An approval is applied at once where Reeve itself can do it, and that is seen to be so.
    while !effects.is_empty() {
        let mut later = Vec::new();
        for effect in effects {
            let Some(event) = effects::make(tx, app, origin, &decision, &effect, now).await? else { continue };
            let next = model::happen(&decision.request, event, &decision.known.ground(), now)?;
            write(tx, &Origin::system("governance"), &decision.request, &next, &decision.known, now).await?;
            decision.request = next.request;
            later.extend(next.effects);
        }
        effects = later;
    }
    Ok(decision)
}

async fn write(
    tx: &mut WriteTx,
    origin: &Origin,
    before: &Request,
    transition: &Transition,
    known: &Known,
    now: DateTime<Utc>,
) -> Result<()> {
    let Transition { request, entry, .. } = transition;
    let tomorrow = known.calendar.midnight(known.calendar.day(now) + Days::new(1));
    if !store::save(tx, request, before.version, store::next_tick(request, now, tomorrow)).await? {
        let by = last_of(tx, request.id).await?;
        let at = before.last.as_ref().map_or(now, |last| last.at);
        return Err(GovernanceRefusal::Overtaken { by, act: entry.act, at }.into());
    }
    store::tell(tx, transition).await?;
    let ground = known.ground();
    let seats = model::deciders(request, &ground, now);
    let seats: Vec<_> =
        seats.into_iter().flat_map(|(rule, who)| who.into_iter().map(move |one| (rule.clone(), one))).collect();
    store::seat(tx, request.id, &seats).await?;
    if entry.act == Act::Comment {
        return Ok(());
    }
    let mut origin = origin.clone();
    if let Some(giver) = entry.on_behalf_of {
        origin.on_behalf_of = Some(known.directory.name(giver));
    }
    let act = Deed::new(&origin, now, AuditEvent::RequestDecided, object(request));
    let act = act.change(Some(entry.from.as_str()), Some(format!("{} {}", entry.act.as_str(), entry.to.as_str())));
    tx.record(if entry.text.is_empty() { act } else { act.because(&entry.text) });
    Ok(())
}

/// The name of whoever changed it last.
async fn last_of(tx: &mut Tx, request: i64) -> Result<Option<String>> {
    let name: Option<Option<String>> = on!(tx, c => sqlx::query_scalar(
        "SELECT p.name FROM request_entry e LEFT JOIN person p ON p.id = e.by_id WHERE e.request_id = $1 ORDER BY e.id DESC LIMIT 1",
    ).bind(request).fetch_optional(c).await)?;
    Ok(name.flatten())
}

pub(super) fn object(request: &Request) -> Object {
    Object::new(ObjectKind::Request, request.id, &request.subject.name)
}
