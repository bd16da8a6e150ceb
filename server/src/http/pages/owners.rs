//! The forms about owners and watching, on the pages of tables, databases and searches.

use super::{ListQuery, Visit};
use crate::app::App;
use crate::audit::Origin;
use crate::catalog::databases;
use crate::db::Tx;
use crate::http::api::OfSource;
use crate::http::api::tables::find;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use crate::http::owners as acts;
use crate::owners::watch::{self, Watched};
use crate::owners::{self, Subject};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use reeve_frontend::form::{Form as Typed, Mistake};
use reeve_frontend::owners::{
    ACCEPT, ACT, CLAIM, DECLINE, HOLDER, OwnersPanel, PROPOSAL, QUERY, ROLE, TAKE, WATCH, WATCH_FROM, database_page,
    saved_search, table_page,
};
use reeve_model::Word;
use reeve_model::asset::DatabaseSummary;
use reeve_model::owner::{OwnerRole, ProposalState};
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{OwnerRefusal, Reason, Thing};

/// What the panel of owners shows to this reader.
pub(super) async fn panel(tx: &mut Tx, visit: &Visit, subject: &Subject, form: Typed) -> Result<OwnersPanel> {
    let actor = &visit.caller.actor;
    let resource = owners::relation(tx, actor, subject.asset).await?;
    let owners = acts::show(tx, subject).await?;
    let is_watched = match actor.person {
        Some(person) => watch::is_watched(tx, person, subject.asset).await?,
        None => false,
    };
    Ok(OwnersPanel {
        form,
        may_assign: actor.can(Action::AssignOwner, &resource),
        may_claim: actor.person.is_some() && owners.is_nobodys() && actor.can(Action::Claim, &resource),
        is_watched,
        may_watch: actor.person.is_some() && actor.can(Action::Watch, &resource),
        owners,
    })
}

/// `POST /tables/{database}/{table}/owners`
pub(super) async fn of_table(
    State(app): State<App>,
    Path((database, name)): Path<(String, String)>,
    Query(of): Query<OfSource>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let table = find(&mut visit.read().await?, &visit.caller.hidden, &database, &name, of.name()).await?;
    let subject = Subject::from(&table);
    let Some(form) = act(&app, &visit, &origin, &subject, Typed::new(pairs)).await? else {
        return Ok(Redirect::to(&table_page(&table.summary)).into_response());
    };
    let mut tx = visit.read().await?;
    let owners = panel(&mut tx, &visit, &subject, form).await?;
    let page = super::table::overview_page(&mut tx, &visit, table, owners).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(tx, &page).await?).into_response())
}

/// `POST /databases/{database}/owners`
pub(super) async fn of_database(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(of): Query<OfSource>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let database = find_database(&visit, &name, of.name()).await?;
    let subject = Subject::from(&database);
    let Some(form) = act(&app, &visit, &origin, &subject, Typed::new(pairs)).await? else {
        return Ok(Redirect::to(&database_page(&database)).into_response());
    };
    let mut tx = visit.read().await?;
    let owners = panel(&mut tx, &visit, &subject, form).await?;
    let page = super::database::page(&mut tx, &visit, database, ListQuery::default(), owners).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(tx, &page).await?).into_response())
}

/// Does what the form asks for; answers the form where it has to be shown again.
async fn act(app: &App, visit: &Visit, origin: &Origin, subject: &Subject, mut form: Typed) -> Result<Option<Typed>> {
    let caller = &visit.caller;
    match form.value(ACT) {
        CLAIM => acts::claim(app, caller, origin, subject).await?,
        TAKE => {
            let Some(role) = OwnerRole::parse(form.value(ROLE)) else { return Ok(None) };
            acts::take(app, caller, origin, subject, role, form.value(HOLDER)).await?;
        }
        ACCEPT | DECLINE => {
            let accepts = form.value(ACT) == ACCEPT;
            let decision = if accepts { ProposalState::Accepted } else { ProposalState::Declined };
            let Ok(id) = form.value(PROPOSAL).parse() else { return Ok(None) };
            acts::decide(app, caller, origin, subject, id, decision).await?;
        }
        _ => {
            let role = form.choice(ROLE, OwnerRole::parse);
            let name = form.text(HOLDER, 1, 200);
            let Some(role) = role.filter(|_| form.is_right()) else { return Ok(Some(form)) };
            let assigned = acts::assign(app, caller, origin, subject, role, &name).await;
            let mistake = match assigned.as_ref().err().map(Error::reason) {
                None => return Ok(None),
                Some(Reason::Owner(OwnerRefusal::Nobody { .. })) => Mistake::Nobody,
                Some(Reason::Owner(OwnerRefusal::Several { .. })) => Mistake::Several,
                Some(Reason::Owner(OwnerRefusal::HasLeft { .. })) => Mistake::HasLeft,
                Some(_) => return assigned.map(|()| None),
            };
            form.refuse(HOLDER, mistake);
            return Ok(Some(form));
        }
    }
    Ok(None)
}

/// `POST /tables/{database}/{table}/watch`
pub(super) async fn watch_table(
    State(app): State<App>,
    Path((database, name)): Path<(String, String)>,
    Query(of): Query<OfSource>,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    let table = find(&mut visit.read().await?, &visit.caller.hidden, &database, &name, of.name()).await?;
    let subject = Subject::from(&table);
    set_watch(&app, &visit, Watched::Asset(subject.asset), &subject.name, &Typed::new(pairs)).await?;
    Ok(Redirect::to(&table_page(&table.summary)))
}

/// `POST /databases/{database}/watch`
pub(super) async fn watch_database(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(of): Query<OfSource>,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    let database = find_database(&visit, &name, of.name()).await?;
    let subject = Subject::from(&database);
    set_watch(&app, &visit, Watched::Asset(subject.asset), &subject.name, &Typed::new(pairs)).await?;
    Ok(Redirect::to(&database_page(&database)))
}

/// `POST /search/watch`: the search whose address the form carries.
pub(super) async fn watch_search(
    State(app): State<App>,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    let form = Typed::new(pairs);
    let query = form.value(QUERY);
    // Only what a search reads of it, so that one search is one watch.
    let asked = crate::http::api::search::parse(query)?;
    let query = saved_search(&asked);
    let name = if asked.q.is_empty() { query.as_str() } else { asked.q.as_str() };
    set_watch(&app, &visit, Watched::Search(&query), name, &form).await?;
    let back = if form.value(WATCH_FROM) == "home" { "/".to_owned() } else { format!("/search?{query}") };
    Ok(Redirect::to(&back))
}

async fn set_watch(app: &App, visit: &Visit, watched: Watched<'_>, name: &str, form: &Typed) -> Result<()> {
    let actor = &visit.caller.actor;
    actor.may(Action::Watch, &Resource::portal())?;
    let Some(person) = actor.person else { return Err(OwnerRefusal::NotAPerson.into()) };
    let mut tx = app.db.write().await?;
    watch::set(&mut tx, person, watched, name, form.value(WATCH) == "yes", app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn find_database(visit: &Visit, name: &str, source: Option<&str>) -> Result<DatabaseSummary> {
    let found = databases::find(&mut visit.read().await?, name, source, &visit.caller.hidden).await?;
    found.ok_or_else(|| Error::not_found(Thing::Database, name))
}
