//! In and out: a password, a one-time link that sets it, one click in a demo, and the end of a session.

use super::{Visit, sign_in_oidc};
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::auth::session::SignIn;
use crate::auth::{Outcome, Via, by_password, demo, device, local, person, refusal, session};
use crate::db::Tx;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use crate::http::preferences::{self, before_cookie, device_cookie, session_cookie};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::sign_in::{AGAIN, AS, DemoPerson, LOGIN, NEXT, PASSWORD, Provider, Refused, SignInPage};
use reeve_model::AssetId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::problem::{AuthRefusal, RequestRefusal};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    pub(super) next: String,
    /// The form for those with an account, in a demo too.
    #[serde(default)]
    form: String,
}

pub(super) async fn show(State(app): State<App>, Query(back): Query<Back>, visit: Visit) -> Result<Response> {
    let next = preferences::local(&back.next).to_owned();
    let mut tx = visit.read().await?;
    let mut page = page(&app, &mut tx, Typed::default(), next).await?;
    if !back.form.is_empty() {
        page.demo.clear();
    }
    // In a demo one changes who one is.
    if visit.caller.actor.person.is_some() && page.demo.is_empty() {
        return Ok(Redirect::to(&page.next).into_response());
    }
    Ok(visit.render(tx, &page).await?.into_response())
}

/// The page that asks who one is, with every way in.
pub(super) async fn page(app: &App, tx: &mut Tx, form: Typed, next: String) -> Result<SignInPage> {
    let people = demo::people(tx, app).await?.into_iter();
    let demo = people.map(|actor| DemoPerson {
        login: actor.login,
        name: actor.name,
        roles: actor.roles.into_iter().collect(),
    });
    Ok(SignInPage {
        form,
        next,
        refused: None,
        sets_password_of: None,
        providers: providers(app),
        has_passwords: app.config.auth.has_passwords(),
        demo: demo.collect(),
    })
}

/// Every provider with its button. Whoever was silent is asked again, and nobody waits for that.
fn providers(app: &App) -> Vec<Provider> {
    let links = app.auth.providers.iter().map(|provider| {
        let is_silent = provider.is_silent();
        if is_silent {
            let (provider, now) = (Arc::clone(provider), app.clock.now());
            tokio::spawn(async move { provider.look(now).await });
        }
        let path = format!("/sign-in/oidc/{}", provider.config.name);
        Provider { title: provider.title().to_owned(), path, is_silent }
    });
    let kerberos = app.auth.spnego.as_ref().map(|_| Provider {
        title: "Kerberos".to_owned(),
        path: "/sign-in/spnego".to_owned(),
        is_silent: false,
    });
    links.chain(kerberos).collect()
}

/// `POST /sign-in`
pub(super) async fn enter(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let form = Typed::new(pairs);
    let (login, password) = (form.value(LOGIN).to_owned(), form.value(PASSWORD).to_owned());
    let next = preferences::local(form.value(NEXT)).to_owned();
    if !app.config.auth.has_passwords() {
        return Err(RequestRefusal::NoSuchAddress.into());
    }
    let device = preferences::cookie(&headers, &device_cookie(&app.config));
    let outcome = by_password(&app, &origin, device.as_deref(), (&login, &password)).await.map_err(Error::internal)?;
    let (status, refused) = match outcome {
        Outcome::In { person, provider } => {
            let sign_in = SignIn { provider: &provider, ..SignIn::default() };
            return begin(&app, &visit, &origin, person, sign_in, &headers, &next).await;
        }
        Outcome::Wrong => {
            let provider = if app.auth.directories.is_empty() { "local" } else { "password" };
            refusal::record(&app, &origin, &login, provider);
            (StatusCode::UNPROCESSABLE_ENTITY, Refused::Wrong)
        }
        Outcome::Departed => (StatusCode::UNPROCESSABLE_ENTITY, Refused::Wrong),
        Outcome::Question => (StatusCode::FORBIDDEN, Refused::Question),
        Outcome::NoAnswer => (StatusCode::SERVICE_UNAVAILABLE, Refused::NoAnswer),
        Outcome::Refused(AuthRefusal::SlowDown { seconds }) => {
            (StatusCode::TOO_MANY_REQUESTS, Refused::SlowDown { seconds })
        }
        Outcome::Refused(_) => (StatusCode::SERVICE_UNAVAILABLE, Refused::Busy),
    };
    let mut tx = visit.read().await?;
    let typed = Typed::new([(LOGIN.to_owned(), login)]);
    let page = SignInPage { refused: Some(refused), demo: Vec::new(), ..page(&app, &mut tx, typed, next).await? };
    let mut response = (status, visit.render(tx, &page).await?).into_response();
    if let Refused::SlowDown { seconds } = refused {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// `POST /sign-in/demo`: as one of those whom the demo has.
pub(super) async fn enter_demo(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let form = Typed::new(pairs);
    let people = demo::people(&mut visit.read().await?, &app).await?;
    let chosen = people.into_iter().find(|actor| actor.login == form.value(AS)).and_then(|actor| actor.person);
    let person = chosen.ok_or_else(|| Error::from(RequestRefusal::NoSuchAddress))?;
    let sign_in = SignIn { provider: "demo", ..SignIn::default() };
    begin(&app, &visit, &origin, person, sign_in, &headers, preferences::local(form.value(NEXT))).await
}

/// A new session, whatever cookie came; the one before ends.
pub(super) async fn begin(
    app: &App,
    visit: &Visit,
    origin: &Origin,
    person: AssetId,
    sign_in: SignIn<'_>,
    headers: &HeaderMap,
    next: &str,
) -> Result<Response> {
    let sign_in = SignIn {
        address: visit.caller.address.map(|address| address.to_string()),
        agent: headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()),
        ..sign_in
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if let Via::Session(id) = visit.caller.via {
        session::end(&mut tx, id).await?;
    }
    let token = session::begin(&mut tx, &app.config.auth, person, &sign_in, now).await.map_err(Error::internal)?;
    // He may have been disabled since his password was looked at.
    let actor = person::actor(&mut tx, &app.config.auth, person).await?;
    let actor = actor.ok_or_else(|| Error::from(AuthRefusal::SignInNeeded))?;
    let object = Object::new(ObjectKind::Person, person, &actor.login);
    let act = Act::new(&origin.clone().by(&actor), now, Event::SignedIn, object);
    tx.record(act.change(None::<&str>, Some(sign_in.provider)));
    let device = match preferences::cookie(headers, &device_cookie(&app.config)) {
        Some(device) => device::find(&mut tx, &device, &actor.login).await?,
        None => None,
    };
    let device = match device {
        Some(_) => None,
        None => Some(device::remember(&mut tx, &actor.login, now).await.map_err(Error::internal)?),
    };
    tx.commit().await?;
    let mut response = Redirect::to(next).into_response();
    let cookies = [
        preferences::set_session(&session_cookie(&app.config), &token),
        preferences::drop_session(&before_cookie(&app.config)),
        device.and_then(|device| preferences::set_device(&device_cookie(&app.config), &device)),
    ];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn link_page(login: String, refused: Option<Refused>) -> SignInPage {
    SignInPage {
        form: Typed::default(),
        next: "/".to_owned(),
        refused,
        providers: Vec::new(),
        sets_password_of: Some(login),
        has_passwords: true,
        demo: Vec::new(),
    }
}

/// `GET /sign-in/link/{token}`
pub(super) async fn link(State(app): State<App>, Path(token): Path<String>, visit: Visit) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let found = local::find_link(&mut tx, &token, app.clock.now()).await?;
    let (_, login) = found.ok_or_else(|| Error::from(RequestRefusal::NoSuchAddress))?;
    visit.render(tx, &link_page(login, None)).await
}

/// `POST /sign-in/link/{token}`
pub(super) async fn set_password(
    State(app): State<App>,
    Path(token): Path<String>,
    visit: Visit,
    origin: Origin,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let form = Typed::new(pairs);
    let password = form.value(PASSWORD);
    let found = local::find_link(&mut visit.read().await?, &token, app.clock.now()).await?;
    let (person, login) = found.ok_or_else(|| Error::from(RequestRefusal::NoSuchAddress))?;
    if let Some(refused) = new_password_refused(password, form.value(AGAIN)) {
        let page = visit.render(visit.read().await?, &link_page(login, Some(refused))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let hash = app.auth.passwords.make(password.to_owned()).await.map_err(Error::internal)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if !local::use_link(&mut tx, &token).await? {
        return Err(RequestRefusal::NoSuchAddress.into());
    }
    local::set_password(&mut tx, person, &hash, now).await?;
    // The link's own address is in no log: it was good once, and still.
    let origin = Origin { request: Some("POST /sign-in/link".to_owned()), ..origin };
    let object = Object::new(ObjectKind::Person, person, login);
    tx.record(Act::new(&origin, now, Event::PasswordChanged, object).because("link"));
    tx.commit().await?;
    let sign_in = SignIn { provider: "local", ..SignIn::default() };
    begin(&app, &visit, &origin, person, sign_in, &headers, "/").await
}

/// Why a password that somebody chose will not do.
pub(super) fn new_password_refused(password: &str, again: &str) -> Option<Refused> {
    if !local::is_long_enough(password) {
        return Some(Refused::TooShort);
    }
    (password != again).then_some(Refused::NotTheSame)
}

/// `POST /sign-out`
pub(super) async fn leave(State(app): State<App>, visit: Visit, origin: Origin) -> Result<Response> {
    let mut there = None;
    if let Via::Session(id) = visit.caller.via {
        let actor = &visit.caller.actor;
        let mut tx = app.db.write().await?;
        there = sign_in_oidc::end_there(&app, &mut tx, id).await?;
        session::end(&mut tx, id).await?;
        let object = Object::new(ObjectKind::Session, id, &actor.login);
        tx.record(Act::new(&origin, app.clock.now(), Event::SignedOut, object));
        tx.commit().await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    if let Some(cookie) = preferences::drop_session(&session_cookie(&app.config)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(match there {
        Some(there) => there.send(&app, response).await,
        None => response,
    })
}
