//! One's own sessions, tokens and password; an administrator ends another's.

use super::Visit;
use super::sign_in::{begin, new_password_refused};
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::auth::session::SignIn;
use crate::auth::{From, Via, local, person, session, token};
use crate::db::{Tx, on};
use crate::http::api::tokens::create::make;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::{Form as Typed, Mistake};
use reeve_frontend::pages::account::{
    AccountPage, CURRENT, DAYS, PasswordAnswer, Session, TOKEN_DAYS, TOKEN_NAME, TOKEN_SCOPE,
};
use reeve_frontend::pages::sign_in::{AGAIN, PASSWORD, Refused};
use reeve_model::account::NewToken;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::permission::{Action, Actor, Resource, Scope};
use reeve_model::problem::{AuthRefusal, Thing};
use reeve_model::{AssetId, Word};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Whose account; absent: one's own.
#[derive(Debug, Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    of: String,
}

impl Whose {
    /// The person, with what he may.
    async fn find(&self, app: &App, tx: &mut Tx, visit: &Visit) -> Result<(AssetId, Actor)> {
        let own = &visit.caller.actor;
        if self.of.is_empty() {
            let id = own.person.ok_or_else(|| Error::from(AuthRefusal::SignInNeeded))?;
            return Ok((id, own.clone()));
        }
        own.may(Action::SeeSessions, &Resource::portal())?;
        let not_found = || Error::not_found(Thing::Person, &self.of);
        let id = person::find(tx, &self.of).await?.ok_or_else(not_found)?;
        let actor = person::actor(tx, &app.config.auth, id).await?.ok_or_else(not_found)?;
        Ok((id, actor))
    }

    fn back(&self, place: &str) -> Redirect {
        if self.of.is_empty() {
            return Redirect::to(&format!("/account#{place}"));
        }
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("of", &self.of).finish();
        Redirect::to(&format!("/account?{query}#{place}"))
    }
}

/// `GET /account`
pub(super) async fn show(State(app): State<App>, Query(whose): Query<Whose>, visit: Visit) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let page = load(&app, &mut tx, &visit, &whose).await?;
    visit.render(tx, &page).await
}

async fn load(app: &App, tx: &mut Tx, visit: &Visit, whose: &Whose) -> Result<AccountPage> {
    let (id, actor) = whose.find(app, tx, visit).await?;
    let resource = Resource::of_person(&visit.caller.actor, id);
    visit.caller.actor.may(Action::SeeTokens, &resource)?;
    let this = match visit.caller.via {
        Via::Session(id) => Some(id),
        _ => None,
    };
    let sessions = session::list(tx, &app.config.auth, id, app.clock.now()).await?.into_iter();
    let sessions = sessions.map(|session| Session {
        id: session.id,
        is_this: Some(session.id) == this,
        agent: session.agent,
        address: session.address,
        provider: session.provider,
        last_seen_at: session.last_seen_at,
    });
    let (mail, has_password): (Option<String>, i64) = on!(&mut *tx, c => sqlx::query_as(
        "SELECT p.mail, (SELECT count(*) FROM account a WHERE a.person_id = p.id) FROM person p WHERE p.id = $1",
    ).bind(id).fetch_one(c).await)?;
    Ok(AccountPage {
        login: actor.login,
        name: actor.name,
        mail,
        roles: actor.roles.into_iter().collect(),
        is_own: visit.caller.actor.person == Some(id),
        sessions: sessions.collect(),
        tokens: token::list(tx, id).await?,
        made: None,
        token_form: Typed::new([(TOKEN_DAYS.to_owned(), "90".to_owned())]),
        has_password: has_password > 0,
        password: None,
    })
}

/// `POST /account/sessions/{id}/end`
pub(super) async fn end_session(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(whose): Query<Whose>,
    visit: Visit,
    origin: Origin,
) -> Result<Redirect> {
    end(&app, &whose, &visit, &origin, Some(id)).await
}

/// `POST /account/sessions/end`: all but the one that asks.
pub(super) async fn end_others(
    State(app): State<App>,
    Query(whose): Query<Whose>,
    visit: Visit,
    origin: Origin,
) -> Result<Redirect> {
    end(&app, &whose, &visit, &origin, None).await
}

async fn end(app: &App, whose: &Whose, visit: &Visit, origin: &Origin, one: Option<i64>) -> Result<Redirect> {
    let (person, actor) = whose.find(app, &mut visit.read().await?, visit).await?;
    visit.caller.actor.may(Action::RevokeSession, &Resource::of_person(&visit.caller.actor, person))?;
    let this = match visit.caller.via {
        Via::Session(id) => Some(id),
        _ => None,
    };
    let mut tx = app.db.write().await?;
    let ended = session::end_some(&mut tx, person, one, this).await?;
    if let (Some(id), 0) = (one, ended) {
        return Err(Error::not_found(Thing::Session, id));
    }
    let object = Object::new(ObjectKind::Person, person, &actor.login);
    tx.record(Act::new(origin, app.clock.now(), Event::SessionRevoked, object).change(Some(ended), None::<i64>));
    tx.commit().await?;
    Ok(whose.back("sessions"))
}

/// `POST /account/tokens`: answers with the page that shows the token, this once.
pub(super) async fn make_token(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let scopes = pairs.iter().filter(|(name, _)| name == TOKEN_SCOPE).filter_map(|(_, scope)| Scope::parse(scope));
    let scopes: BTreeSet<Scope> = scopes.collect();
    let mut form = Typed::new(pairs);
    let name = form.text(TOKEN_NAME, 1, 60);
    if scopes.is_empty() {
        form.refuse(TOKEN_SCOPE, Mistake::NoChoice);
    }
    let days = form.choice(TOKEN_DAYS, |text| DAYS.iter().find(|(word, _)| *word == text).map(|(_, days)| *days));
    let own = Whose { of: String::new() };
    let (Some(days), true) = (days, form.is_right()) else {
        let mut tx = visit.read().await?;
        let page = AccountPage { token_form: form, ..load(&app, &mut tx, &visit, &own).await? };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(tx, &page).await?).into_response());
    };
    let made = make(&app, &visit.caller, &origin, NewToken { name: name.clone(), scopes, days, login: None }).await?;
    let mut tx = visit.read().await?;
    let page = AccountPage { made: Some((name, made.token)), ..load(&app, &mut tx, &visit, &own).await? };
    Ok(visit.render(tx, &page).await?.into_response())
}

/// `POST /account/tokens/{id}/revoke`
pub(super) async fn revoke_token(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(whose): Query<Whose>,
    visit: Visit,
    origin: Origin,
) -> Result<Redirect> {
    let (person, _) = whose.find(&app, &mut visit.read().await?, &visit).await?;
    crate::http::api::tokens::revoke::end(&app, &visit.caller, &origin, person, id).await?;
    Ok(whose.back("tokens"))
}

/// `POST /account/password`: who knows the one before sets a new one. Every session ends; this browser gets a new one.
pub(super) async fn change_password(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let form = Typed::new(pairs);
    let actor = &visit.caller.actor;
    let person = actor.person.ok_or_else(|| Error::from(AuthRefusal::SignInNeeded))?;
    actor.may(Action::ChangePassword, &Resource::of_person(actor, person))?;
    let (address, now) = (visit.caller.address, app.clock.now());
    let current = form.value(CURRENT).to_owned();
    let verified = local::verify(&app.auth, &app.db, &actor.login, current, &From::Address(address), now)
        .await
        .map_err(Error::internal)?;
    let refused = match verified {
        Ok(Some(_)) => new_password_refused(form.value(PASSWORD), form.value(AGAIN)),
        Ok(None) => Some(Refused::Wrong),
        Err(AuthRefusal::SlowDown { seconds }) => Some(Refused::SlowDown { seconds }),
        Err(_) => Some(Refused::Busy),
    };
    if let Some(refused) = refused {
        let mut tx = visit.read().await?;
        let own = Whose { of: String::new() };
        let page = AccountPage {
            password: Some(PasswordAnswer::Refused(refused)),
            ..load(&app, &mut tx, &visit, &own).await?
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(tx, &page).await?).into_response());
    }
    let hash = app.auth.passwords.make(form.value(PASSWORD).to_owned()).await.map_err(Error::internal)?;
    let mut tx = app.db.write().await?;
    local::set_password(&mut tx, person, &hash, now).await?;
    let object = Object::new(ObjectKind::Person, person, &actor.login);
    tx.record(Act::new(&origin, now, Event::PasswordChanged, object));
    tx.commit().await?;
    let sign_in = SignIn { provider: "local", ..SignIn::default() };
    begin(&app, &visit, &origin, person, sign_in, &headers, "/account").await
}
