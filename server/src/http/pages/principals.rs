//! `/people/principals`: the rules from names of other systems to people and teams.

use super::Visit;
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::catalog::to_json;
use crate::db::{Tx, on};
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Query};
use crate::jobs::{Work, enqueue};
use crate::people::list::word;
use crate::people::principals::{self, Everyone, Rules, compiled};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::principals::{
    ACTION, DOWN, PLACE, PREVIEW, Preview, PrincipalsPage, REASON, REMOVE, REPLACES, SAVE, Tried, TriedAs, UP, VERSION,
    filled, typed,
};
use reeve_model::AssetId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::permission::{Action, Resource};
use reeve_model::person::{PersonRef, TeamRef};
use reeve_model::principal::{Compiled, Outcome, Rule, RuleKind, TargetKind, resolve};
use serde::Deserialize;

/// So many names are tried at once, and so many that are nobody's are shown.
const TRIED: usize = 20;
const UNKNOWN: i64 = 50;
/// More rules than anybody can read.
const RULES: usize = 500;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    r#try: String,
    /// The place of a rule to edit.
    edit: Option<usize>,
    /// A name to make a rule of.
    add: String,
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Html<String>> {
    visit.caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let mut tx = visit.read().await?;
    let rules = principals::rules(&mut tx).await?;
    let mut page = page(&visit, &mut tx, &rules).await?;
    if let Some((place, rule)) = asked.edit.and_then(|place| Some((place, rules.rules.get(place.checked_sub(1)?)?))) {
        page.form = filled(rule, place, true);
    } else if !asked.add.is_empty() {
        let rule = Rule { kind: RuleKind::Exact, pattern: asked.add, target: TargetKind::Team, value: String::new() };
        page.form = filled(&rule, 1, false);
    }
    page.tried = tried(&mut tx, &asked.r#try, &compiled(&rules.rules)).await?;
    page.typed = asked.r#try;
    visit.render(tx, &page).await
}

async fn page(visit: &Visit, tx: &mut Tx, rules: &Rules) -> Result<PrincipalsPage> {
    let counts = principals::counts(tx, &visit.caller.hidden).await?;
    let hits = principals::hits(tx, &visit.caller.hidden).await?;
    let with_hits =
        rules.rules.iter().zip(1..).map(|(rule, place)| (rule.clone(), hits.get(&place).copied().unwrap_or(0)));
    Ok(PrincipalsPage {
        version: rules.version,
        changed: rules.changed.clone(),
        rules: with_hits.collect(),
        names: counts.names,
        mapped: counts.mapped,
        unknown_tables: counts.unknown_tables,
        unknown: principals::unknown(tx, UNKNOWN, &visit.caller.hidden).await?,
        typed: String::new(),
        tried: Vec::new(),
        may_manage: visit.caller.actor.can(Action::ManageRules, &Resource::portal()),
        form: Typed::default(),
        wrong: None,
        preview: None,
        is_stale: false,
    })
}

async fn tried(tx: &mut Tx, text: &str, rules: &[Compiled]) -> Result<Vec<Tried>> {
    let names: Vec<&str> = text.lines().map(str::trim).filter(|name| !name.is_empty()).take(TRIED).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let everyone: Everyone = principals::everyone(tx).await?;
    let mut tried = Vec::with_capacity(names.len());
    for name in names {
        let name: String = name.chars().take(500).collect();
        let found = resolve(&name, rules, &everyone);
        let is = named(tx, found.outcome).await?;
        tried.push(Tried { name, rule: found.rule, is, steps: found.steps });
    }
    Ok(tried)
}

async fn named(tx: &mut Tx, outcome: Outcome) -> Result<TriedAs> {
    Ok(match outcome {
        Outcome::Nobody => TriedAs::Nobody,
        Outcome::Unknown => TriedAs::Unknown,
        Outcome::Person(id) => {
            let (login, name, state): (String, String, String) = on!(tx, c => sqlx::query_as(
                "SELECT login, name, state FROM person WHERE id = $1",
            ).bind(id).fetch_one(c).await)?;
            TriedAs::Person(PersonRef { login, name, state: word("state", id, &state)? })
        }
        Outcome::Team(id) => TriedAs::Team(team(tx, id).await?),
        Outcome::ServiceOfTeam(id) => TriedAs::ServiceOfTeam(team(tx, id).await?),
    })
}

async fn team(tx: &mut Tx, id: AssetId) -> Result<TeamRef> {
    let (name, title): (String, String) =
        on!(tx, c => sqlx::query_as("SELECT name, title FROM team WHERE id = $1").bind(id).fetch_one(c).await)?;
    Ok(TeamRef { name, title })
}

/// What a form asks for.
enum Change {
    /// These are to be the rules.
    To(Vec<Rule>),
    /// The rule that was typed is wrong, or is to be looked at first.
    Shown { wrong: Option<String>, rules: Vec<Rule> },
}

/// `POST /people/principals`: a rule moved, taken out, added or changed; or looked at before it is saved.
pub(super) async fn change(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    visit.caller.actor.may(Action::ManageRules, &Resource::portal())?;
    let mut form = Typed::new(pairs);
    let mut tx = visit.read().await?;
    let rules = principals::rules(&mut tx).await?;
    let version: i64 = form.value(VERSION).parse().unwrap_or(-1);
    if version != rules.version {
        return stale(&visit, tx, &rules).await;
    }
    match changed(&mut form, &rules.rules)? {
        Change::Shown { wrong, rules: new } => {
            let is_wrong = wrong.is_some() || !form.is_right();
            let mut page = page(&visit, &mut tx, &rules).await?;
            if !is_wrong {
                let run = principals::dry_run(&mut tx, &compiled(&new), &visit.caller.hidden).await?;
                page.preview = Some(Preview { newly: run.newly, lost: run.lost, moved: run.moved });
            }
            page.form = form;
            page.wrong = wrong;
            let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            Ok((status, visit.render(tx, &page).await?).into_response())
        }
        Change::To(new) => {
            drop(tx);
            let (now, reason) = (app.clock.now(), form.value(REASON).trim().chars().take(500).collect::<String>());
            let mut tx = app.db.write().await?;
            if !principals::save(&mut tx, &new, version, &visit.caller.actor.login, &reason, now).await? {
                drop(tx);
                let mut tx = visit.read().await?;
                let rules = principals::rules(&mut tx).await?;
                return stale(&visit, tx, &rules).await;
            }
            let object = Object::new(ObjectKind::PrincipalRules, version + 1, "principal rules");
            let act = Act::new(&origin, now, Event::RulesChanged, object);
            let act = act.change(Some(to_json(&rules.rules)), Some(to_json(&new)));
            tx.record(if reason.is_empty() { act } else { act.because(&reason) });
            enqueue(&mut tx, &Work::People, now, now).await.map_err(Error::internal)?;
            tx.commit().await?;
            app.job_bell.notify_one();
            Ok(Redirect::to("/people/principals").into_response())
        }
    }
}

async fn stale(visit: &Visit, mut tx: Tx, rules: &Rules) -> Result<Response> {
    let mut page = page(visit, &mut tx, rules).await?;
    page.is_stale = true;
    Ok((StatusCode::CONFLICT, visit.render(tx, &page).await?).into_response())
}

fn changed(form: &mut Typed, rules: &[Rule]) -> Result<Change> {
    let mut new = rules.to_vec();
    let place: Option<usize> = form.value(PLACE).trim().parse().ok().filter(|place| *place > 0);
    let index = place.map(|place| place - 1).filter(|index| *index < rules.len());
    let action = form.value(ACTION).to_owned();
    match (action.as_str(), index) {
        (UP, Some(index)) if index > 0 => new.swap(index, index - 1),
        (DOWN, Some(index)) if index + 1 < rules.len() => new.swap(index, index + 1),
        (REMOVE, Some(index)) => drop(new.remove(index)),
        (UP | DOWN | REMOVE, _) => {
            let last = i64::try_from(rules.len()).unwrap_or(i64::MAX);
            return Err(Error::out_of_range(PLACE, form.value(PLACE), 1, last));
        }
        (PREVIEW | SAVE, _) => {
            let rule = typed(form);
            let replaces: Option<usize> =
                form.value(REPLACES).parse().ok().filter(|place| (1..=rules.len()).contains(place));
            if let Some(replaces) = replaces {
                new.remove(replaces - 1);
            }
            let at = place.map_or(new.len(), |place| (place - 1).min(new.len()));
            let wrong = if form.is_right() { rule.compile().err() } else { None };
            let is_right = wrong.is_none() && form.is_right();
            new.insert(at, rule);
            if new.len() > RULES {
                return Err(Error::out_of_range("rules", new.len(), 1, i64::try_from(RULES).unwrap_or(i64::MAX)));
            }
            if !is_right || action == PREVIEW {
                return Ok(Change::Shown { wrong, rules: new });
            }
        }
        _ => return Err(Error::not_one_of(ACTION, &action, &[SAVE, PREVIEW, UP, DOWN, REMOVE])),
    }
    Ok(Change::To(new))
}
