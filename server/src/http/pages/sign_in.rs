//! In and out: a password, a one-time link that sets it, and the end of a session.

use super::Visit;
use crate::app::App;
use crate::auth::{Via, local, session};
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use crate::http::preferences::{self, before_cookie, session_cookie};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::sign_in::{AGAIN, LOGIN, NEXT, PASSWORD, Refused, SignInPage};
use reeve_model::AssetId;
use reeve_model::problem::{AuthRefusal, RequestRefusal};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    next: String,
}

pub(super) async fn show(Query(back): Query<Back>, visit: Visit) -> Result<Response> {
    let next = preferences::local(&back.next).to_owned();
    if visit.caller.actor.person.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    let page = SignInPage { form: Typed::default(), next, refused: None, sets_password_of: None };
    Ok(visit.render(visit.read().await?, &page).await?.into_response())
}

/// `POST /sign-in`
pub(super) async fn enter(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let mut form = Typed::new(pairs);
    let (login, password) = (form.value(LOGIN).to_owned(), form.value(PASSWORD).to_owned());
    let next = preferences::local(form.value(NEXT)).to_owned();
    let (address, now) = (visit.caller.address, app.clock.now());
    let verified = local::verify(&app.auth, &app.db, &login, password, address, now).await.map_err(Error::internal)?;
    let (status, refused) = match verified {
        Ok(Some(person)) => return begin(&app, &visit, person, &headers, &next).await,
        Ok(None) => (StatusCode::UNPROCESSABLE_ENTITY, Refused::Wrong),
        Err(AuthRefusal::SlowDown { seconds }) => (StatusCode::TOO_MANY_REQUESTS, Refused::SlowDown { seconds }),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Refused::Busy),
    };
    form = Typed::new([(LOGIN.to_owned(), login)]);
    let page = SignInPage { form, next, refused: Some(refused), sets_password_of: None };
    let mut response = (status, visit.render(visit.read().await?, &page).await?).into_response();
    if let Refused::SlowDown { seconds } = refused {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// A new session, whatever cookie came; the one before ends.
async fn begin(app: &App, visit: &Visit, person: AssetId, headers: &HeaderMap, next: &str) -> Result<Response> {
    let sign_in = session::SignIn {
        provider: "local",
        address: visit.caller.address.map(|address| address.to_string()),
        agent: headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()),
        ..session::SignIn::default()
    };
    let mut tx = app.db.write().await?;
    if let Via::Session(id) = visit.caller.via {
        session::end(&mut tx, id).await?;
    }
    let begun = session::begin(&mut tx, &app.config.auth, person, &sign_in, app.clock.now()).await;
    let token = begun.map_err(Error::internal)?;
    tx.commit().await?;
    let mut response = Redirect::to(next).into_response();
    let cookies = [
        preferences::set_session(&session_cookie(&app.config), &token),
        preferences::drop_session(&before_cookie(&app.config)),
    ];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn link_page(login: String, refused: Option<Refused>) -> SignInPage {
    SignInPage { form: Typed::default(), next: "/".to_owned(), refused, sets_password_of: Some(login) }
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
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let form = Typed::new(pairs);
    let password = form.value(PASSWORD);
    let found = local::find_link(&mut visit.read().await?, &token, app.clock.now()).await?;
    let (person, login) = found.ok_or_else(|| Error::from(RequestRefusal::NoSuchAddress))?;
    let refused = if !local::is_long_enough(password) {
        Some(Refused::TooShort)
    } else {
        (password != form.value(AGAIN)).then_some(Refused::NotTheSame)
    };
    if refused.is_some() {
        let page = visit.render(visit.read().await?, &link_page(login, refused)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let hash = app.auth.passwords.make(password.to_owned()).await.map_err(Error::internal)?;
    let mut tx = app.db.write().await?;
    if !local::use_link(&mut tx, &token).await? {
        return Err(RequestRefusal::NoSuchAddress.into());
    }
    local::set_password(&mut tx, person, &hash, app.clock.now()).await?;
    tx.commit().await?;
    begin(&app, &visit, person, &headers, "/").await
}

/// `POST /sign-out`
pub(super) async fn leave(State(app): State<App>, visit: Visit) -> Result<Response> {
    if let Via::Session(id) = visit.caller.via {
        let mut tx = app.db.write().await?;
        session::end(&mut tx, id).await?;
        tx.commit().await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    if let Some(cookie) = preferences::drop_session(&session_cookie(&app.config)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
