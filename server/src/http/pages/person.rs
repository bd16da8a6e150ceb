//! `/people/{login}`: one person, and what administrators may do to him.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::db::Tx;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path};
use crate::jobs::{Work, enqueue};
use crate::owners::succession;
use crate::people::{manage, show};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::person::{
    DISABLE, ENABLE, GIVE, HAS, Managed, PersonPage, REASON, ROLE, STATE, TAKE, given_role,
};
use reeve_model::permission::{Action, Resource};
use reeve_model::person::PersonDetail;
use reeve_model::problem::Thing;

pub(super) async fn person(Path(login): Path<String>, visit: Visit) -> Result<Html<String>> {
    visit.caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let mut tx = visit.read().await?;
    let person = find(&visit, &mut tx, &login).await?;
    let page = page(&visit, &mut tx, person, Typed::default()).await?;
    visit.render(tx, &page).await
}

async fn find(visit: &Visit, tx: &mut Tx, login: &str) -> Result<PersonDetail> {
    show::person(tx, login, &visit.caller.hidden).await?.ok_or_else(|| Error::not_found(Thing::Person, login))
}

async fn page(visit: &Visit, tx: &mut Tx, person: PersonDetail, form: Typed) -> Result<PersonPage> {
    let may = visit.caller.actor.can(Action::ManagePeople, &Resource::portal());
    let managed = match may {
        true => Some(Managed { roles: show::roles(tx, person.summary.id).await?, form }),
        false => None,
    };
    Ok(PersonPage { person, managed })
}

/// `POST /people/{login}/roles`
pub(super) async fn role(
    State(app): State<App>,
    Path(login): Path<String>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    visit.caller.actor.may(Action::ManageRoles, &Resource::portal())?;
    let form = Typed::new(pairs);
    let role = given_role(form.value(ROLE));
    let role = role
        .ok_or_else(|| Error::not_one_of(ROLE, form.value(ROLE), &["privacy_officer", "operator", "administrator"]))?;
    let has = match form.value(HAS) {
        GIVE => true,
        TAKE => false,
        other => return Err(Error::not_one_of(HAS, other, &[GIVE, TAKE])),
    };
    let person = find(&visit, &mut visit.read().await?, &login).await?.summary;
    let mut tx = app.db.write().await?;
    manage::set_role(&mut tx, &origin, (person.id, &person.login), role, has, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&address(&person.login)))
}

/// `POST /people/{login}/state`: keeps him out, or lets him in again. Without a reason the page comes back.
pub(super) async fn state(
    State(app): State<App>,
    Path(login): Path<String>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    visit.caller.actor.may(Action::ManagePeople, &Resource::portal())?;
    let mut form = Typed::new(pairs);
    let disabled = match form.value(STATE) {
        DISABLE => true,
        ENABLE => false,
        other => return Err(Error::not_one_of(STATE, other, &[DISABLE, ENABLE])),
    };
    let reason = form.text(REASON, 3, 500);
    let mut read = visit.read().await?;
    let person = find(&visit, &mut read, &login).await?;
    if !form.is_right() {
        let page = page(&visit, &mut read, person, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(read, &page).await?).into_response());
    }
    drop(read);
    let person = person.summary;
    let mut tx = app.db.write().await?;
    manage::set_disabled(&mut tx, &origin, (person.id, &person.login), disabled, &reason, app.clock.now()).await?;
    // What he answers for gets a case, or has it closed.
    succession::review(&mut tx, &app.post, app.config.people.succession_days, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&address(&person.login)).into_response())
}

/// `POST /people/{login}/records/{id}`: a record is somebody else's.
pub(super) async fn part(
    State(app): State<App>,
    Path((login, record)): Path<(String, i64)>,
    visit: Visit,
    origin: Origin,
) -> Result<Redirect> {
    visit.caller.actor.may(Action::ManagePeople, &Resource::portal())?;
    let person = find(&visit, &mut visit.read().await?, &login).await?.summary;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if manage::part(&mut tx, &origin, (person.id, &person.login), record, now).await? {
        enqueue(&mut tx, &Work::People, now, now).await.map_err(Error::internal)?;
    }
    tx.commit().await?;
    app.job_bell.notify_one();
    Ok(Redirect::to(&address(&person.login)))
}

fn address(login: &str) -> String {
    let login = percent_encoding::utf8_percent_encode(login, percent_encoding::NON_ALPHANUMERIC);
    format!("/people/{login}")
}
