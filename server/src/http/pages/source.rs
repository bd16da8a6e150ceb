use super::{ListQuery, Visit};
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::catalog::{crawls as catalog, removals, sources};
use crate::db::Tx;
use crate::http::api::sources::crawl::request;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Signed};
use crate::jobs::{EnqueueError, JobError, enqueue_crawl};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::source::SourcePage;
use reeve_frontend::pages::source::removal::{Question, answer};
use reeve_model::Word;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::crawl::RemovalState;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Thing;
use reeve_model::visibility::Hidden;

pub(super) async fn source(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let page = load(&app, &mut tx, &name, query.cursor(), &visit.caller.hidden).await?;
    visit.render(tx, &page).await
}

async fn load(app: &App, tx: &mut Tx, name: &str, cursor: Option<&str>, hidden: &Hidden) -> Result<SourcePage> {
    let source = app.config.source(name).ok_or_else(|| Error::not_found(Thing::Source, name))?;
    let now = app.clock.now();
    let source = sources::status(tx, source, now).await?;
    let crawls = catalog::list(tx, Some(name), cursor, 20, now).await?;
    let latest = match &source.latest {
        Some(crawl) => catalog::detail(tx, crawl.id, now, hidden).await?,
        None => None,
    };
    let removals = removals::list(tx, Some(name), hidden).await?.into_iter();
    let removals = removals.map(|removal| Question { removal, form: Typed::default() }).collect();
    Ok(SourcePage { source, crawls, latest, removals })
}

/// `POST /sources/{name}/crawl`: the button "Run now".
pub(super) async fn crawl(
    State(app): State<App>,
    Path(name): Path<String>,
    caller: Signed,
    origin: Origin,
) -> Result<Redirect> {
    let id = request(&app, &caller, &origin, &name).await?;
    Ok(Redirect::to(&format!("/crawls/{id}")))
}

/// `POST /sources/{name}/removals/{id}`: what an operator says to what a crawl held back. Without a reason the page
/// comes back as it was typed; with an acceptance comes a crawl. One that was decided already stays as it is, and the page
/// shows by whom.
pub(super) async fn decide(
    State(app): State<App>,
    Path((name, id)): Path<(String, i64)>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let actor = &visit.caller.actor;
    actor.may(Action::DecideRemoval, &Resource::portal())?;
    let source = app.config.source(&name).ok_or_else(|| Error::not_found(Thing::Source, &name))?;
    let mut form = Typed::new(pairs);
    let Some((decision, reason)) = answer(&mut form) else {
        let mut tx = visit.read().await?;
        let mut page = load(&app, &mut tx, &name, None, &visit.caller.hidden).await?;
        if let Some(question) = page.removals.iter_mut().find(|question| question.removal.id == id) {
            question.form = form;
        }
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(tx, &page).await?).into_response());
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let decided = removals::decide(&mut tx, &name, id, decision, &actor.login, &reason, now).await?;
    if decided {
        let object = Object::new(ObjectKind::Removal, id, &name);
        let act = Act::new(&origin, now, Event::RemovalDecided, object);
        tx.record(act.change(Some(RemovalState::Pending.as_str()), Some(decision.as_str())).because(&reason));
    }
    if decided && decision == RemovalState::Accepted {
        // What is accepted is looked up and buried by a crawl; one that is under way already was begun without it.
        match enqueue_crawl(&mut tx, source, false, now).await {
            Ok(_) | Err(EnqueueError::Job(JobError::AlreadyActive { .. })) => {}
            Err(other) => return Err(Error::internal(other)),
        }
    }
    tx.commit().await?;
    app.job_bell.notify_one();
    Ok(Redirect::to(&format!("/sources/{name}")).into_response())
}
