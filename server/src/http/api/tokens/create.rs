use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::auth::{Caller, person, token};
use crate::db::on;
use crate::http::error::{Error, Result};
use crate::http::extract::{self, Signed};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::TimeDelta;
use reeve_model::Word;
use reeve_model::account::{MadeToken, NewToken};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{AuthRefusal, Problem, RequestRefusal, Thing};

/// Create an API token; it is shown this once
#[utoipa::path(
    post, path = "/tokens", tag = "people", request_body = NewToken,
    responses(
        (status = 201, body = MadeToken),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    State(app): State<App>,
    caller: Signed,
    origin: Origin,
    extract::Json(asked): extract::Json<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>)> {
    Ok((StatusCode::CREATED, Json(make(&app, &caller, &origin, asked).await?)))
}

/// Makes a token; the page of the account does the same.
///
/// # Errors
/// Forbidden where the caller's own token has less than is asked for; a bad request says which field is wrong.
pub async fn make(app: &App, caller: &Caller, origin: &Origin, asked: NewToken) -> Result<MadeToken> {
    let actor = &caller.actor;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let person = match &asked.login {
        None => actor.person.ok_or_else(|| Error::from(AuthRefusal::SignInNeeded))?,
        Some(login) => {
            actor.may(Action::SeePeople, &Resource::portal())?;
            person::find(&mut tx, login).await?.ok_or_else(|| Error::not_found(Thing::Person, login))?
        }
    };
    let (login, kind): (String, String) = on!(&mut tx, c => sqlx::query_as(
        "SELECT p.login, a.kind FROM person p JOIN asset a ON a.id = p.id WHERE p.id = $1",
    ).bind(person).fetch_one(c).await)?;
    // Nobody makes a token that acts in another person's name.
    let action = if kind == "service_account" { Action::CreateServiceToken } else { Action::CreateToken };
    actor.may(action, &Resource::of_person(actor, person))?;
    if actor.scopes.as_ref().is_some_and(|own| !asked.scopes.is_subset(own)) {
        return Err(AuthRefusal::Forbidden.into());
    }
    let name = asked.name.trim();
    if !(1..=60).contains(&name.chars().count()) {
        let (parameter, value) = ("name".to_owned(), name.chars().take(80).collect());
        return Err(RequestRefusal::OutOfRange { parameter, value, from: 1, to: 60 }.into());
    }
    if !(1..=180).contains(&asked.days) {
        return Err(Error::out_of_range("days", asked.days, 1, 180));
    }
    let lives = TimeDelta::days(asked.days);
    let made = token::create(&mut tx, person, name, &asked.scopes, lives, &actor.login, now).await;
    let (id, token) = made.map_err(Error::internal)?;
    let scopes: Vec<&str> = asked.scopes.iter().map(|scope| scope.as_str()).collect();
    let act =
        Act::new(origin, now, Event::TokenCreated, Object::new(ObjectKind::Token, id, format!("{login}: {name}")));
    tx.record(act.change(None::<&str>, Some(scopes.join(" "))));
    tx.commit().await?;
    Ok(MadeToken { id, token, expires_at: now + lives })
}
