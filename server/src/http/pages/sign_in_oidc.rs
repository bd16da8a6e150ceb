//! In and out by an OpenID provider.

use super::Visit;
use super::sign_in::{self, Back};
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::auth::oidc::{self, Callback, Flow, OidcFailure, Provider};
use crate::auth::{Admitted, enter, refusal, session};
use crate::db::{Tx, on};
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use crate::http::preferences;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::sign_in::{Refused, SignInPage};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::problem::RequestRefusal;
use serde::Deserialize;
use std::sync::Arc;

fn provider(app: &App, name: &str) -> Result<Arc<Provider>> {
    app.auth.provider(name).cloned().ok_or_else(|| RequestRefusal::NoSuchAddress.into())
}

/// `GET /sign-in/oidc/{name}`: a link, since no form of ours may lead away from here.
pub(super) async fn begin(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(back): Query<Back>,
    visit: Visit,
) -> Result<Response> {
    let provider = provider(&app, &name)?;
    let next = preferences::local(&back.next).to_owned();
    if visit.caller.actor.person.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    match oidc::begin(&provider, &app.db, &visit.form_token, &next, app.clock.now()).await {
        Ok(url) => Ok(private(Redirect::to(url.as_str()).into_response())),
        Err(failure) => refused(&app, &visit, &provider, failure, next).await,
    }
}

/// What a provider sends a browser back with.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// `GET /sign-in/oidc/{name}/callback`
pub(super) async fn callback(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(answer): Query<Answer>,
    mut visit: Visit,
    origin: Origin,
    headers: HeaderMap,
) -> Result<Response> {
    let provider = provider(&app, &name)?;
    // Links of the page lead to the sign-in again, and repeat nothing of what came.
    visit.uri = "/sign-in".to_owned();
    // Back from there a second time, or in a second tab.
    if visit.caller.actor.person.is_some() {
        return Ok(private(Redirect::to("/").into_response()));
    }
    let now = app.clock.now();
    let state = answer.state.as_deref().unwrap_or_default();
    let flow = match Flow::take(&provider, &app.db, state, &visit.form_token, now).await {
        Ok(flow) => flow,
        Err(failure) => return refused(&app, &visit, &provider, failure, "/".to_owned()).await,
    };
    let back = Callback { code: answer.code.as_deref(), iss: answer.iss.as_deref(), error: answer.error.as_deref() };
    let verified = match provider.finish(&flow, back, now).await {
        Ok(verified) => verified,
        Err(failure) => {
            refusal::record_unproven(&app, &origin, &name, word(&failure));
            return refused(&app, &visit, &provider, failure, flow.next).await;
        }
    };
    let person = match enter(&app, &origin, &verified).await.map_err(Error::internal)? {
        Admitted::Person(person) => person,
        Admitted::Question { .. } => return told(&app, &visit, Refused::Question, flow.next).await,
        Admitted::Refused(_) => return told(&app, &visit, Refused::NotAllowed, flow.next).await,
    };
    let proof = session::SignIn {
        provider: &verified.provider,
        issuer: Some(&verified.issuer),
        sid: verified.sid.as_deref(),
        id_token: verified.id_token.as_deref(),
        ..session::SignIn::default()
    };
    Ok(private(sign_in::begin(&app, &visit, &origin, person, proof, &headers, &flow.next).await?))
}

/// `POST /sign-in/oidc/{name}/backchannel-logout`: from the provider itself, without a browser (OpenID Connect Back-Channel
/// Logout 1.0). What proves it is the token, so that it needs no cookie and no form token.
pub(super) async fn back_channel(
    State(app): State<App>,
    Path(name): Path<String>,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let provider = provider(&app, &name)?;
    let form = Typed::new(pairs);
    let now = app.clock.now();
    let ends = match provider.read_logout_token(form.value("logout_token"), now).await {
        Ok(ends) => ends,
        Err(why) => {
            tracing::warn!("{name}: a logout token is refused: {why}");
            return Ok(bad_request());
        }
    };
    let mut tx = app.db.write().await?;
    let Some(ended) = oidc::end(&mut tx, &ends, now).await? else {
        tracing::warn!("{name}: a logout token is refused: it was used before");
        return Ok(bad_request());
    };
    for person in ended {
        let object = Object::new(ObjectKind::Person, person, &name);
        tx.record(Act::new(&origin, now, Event::SessionRevoked, object).because("signed_out_at_provider"));
    }
    tx.commit().await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], StatusCode::OK).into_response())
}

fn bad_request() -> Response {
    let body = axum::Json(serde_json::json!({"error": "invalid_request"}));
    (StatusCode::BAD_REQUEST, [(header::CACHE_CONTROL, "no-store")], body).into_response()
}

/// Where a browser goes whose session ends here, to end it at the provider too.
pub(super) async fn end_there(app: &App, tx: &mut Tx, session: i64) -> Result<Option<Ending>> {
    let row: Option<(String, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT provider, id_token FROM session WHERE id = $1 AND issuer IS NOT NULL",
    ).bind(session).fetch_optional(c).await)?;
    let found = row.and_then(|(provider, id_token)| Some((Arc::clone(app.auth.provider(&provider)?), id_token)));
    Ok(found.map(|(provider, id_token)| Ending { provider, id_token }))
}

/// A session at a provider that is to end.
pub(super) struct Ending {
    provider: Arc<Provider>,
    id_token: Option<String>,
}

impl Ending {
    /// An answer that leads there by itself: a redirect would count as the form's, which may not lead away from here.
    pub(super) async fn send(&self, app: &App, response: Response) -> Response {
        let Some(url) = self.provider.end_session(self.id_token.as_deref(), app.clock.now()).await else {
            return response;
        };
        let Ok(refresh) = HeaderValue::from_str(&format!("0; url={url}")) else { return response };
        let mut response = private(response);
        *response.status_mut() = StatusCode::OK;
        response.headers_mut().remove(header::LOCATION);
        response.headers_mut().insert(header::REFRESH, refresh);
        response
    }
}

/// Nobody keeps it, and nobody is told where it came from: the address held a code.
fn private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn word(failure: &OidcFailure) -> &'static str {
    match failure {
        OidcFailure::NoAnswer(_) | OidcFailure::Database(_) => "no_answer",
        OidcFailure::Cancelled(_) => "cancelled",
        OidcFailure::Expired => "expired",
        OidcFailure::Unproven(_) => "unproven",
        OidcFailure::NotAllowed(_) => "not_allowed",
    }
}

async fn refused(
    app: &App,
    visit: &Visit,
    provider: &Provider,
    failure: OidcFailure,
    next: String,
) -> Result<Response> {
    let refused = match failure {
        OidcFailure::Database(error) => return Err(error.into()),
        OidcFailure::NoAnswer(_) => Refused::NoAnswer,
        OidcFailure::Cancelled(_) => Refused::Cancelled,
        OidcFailure::Expired => Refused::Expired,
        OidcFailure::Unproven(_) => Refused::Unproven,
        OidcFailure::NotAllowed(_) => Refused::NotAllowed,
    };
    tracing::warn!("sign-in by {}: {failure}", provider.config.name);
    told(app, visit, refused, next).await
}

async fn told(app: &App, visit: &Visit, refused: Refused, next: String) -> Result<Response> {
    let status = match refused {
        Refused::NoAnswer => StatusCode::SERVICE_UNAVAILABLE,
        Refused::Expired => StatusCode::BAD_REQUEST,
        _ => StatusCode::FORBIDDEN,
    };
    let mut tx = visit.read().await?;
    let page = sign_in::page(app, &mut tx, Typed::default(), next).await?;
    let page = SignInPage { refused: Some(refused), demo: Vec::new(), ..page };
    Ok(private((status, visit.render(tx, &page).await?).into_response()))
}
