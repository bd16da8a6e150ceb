use super::ClientAddress;
use crate::app::App;
use crate::auth::{Caller, Via, person, secret, session, token};
use crate::http::error::{Error, Result};
use crate::http::path_and_query;
use crate::http::preferences;
use crate::notify::unsubscribe;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use reeve_frontend::FORM_TOKEN;
use reeve_model::permission::{Action, Actor, Resource};
use reeve_model::problem::{AuthRefusal, RequestRefusal};
use std::sync::Arc;

/// What the forms of this request's answer carry.
#[derive(Clone, Debug)]
pub(in crate::http) struct FormToken(pub(in crate::http) String);

/// How large a form may be whose token is looked for.
const LARGEST_FORM: usize = 2 << 20;

/// Finds out who asks: by an API token, which no cookie is looked at beside, or by a session. Forms that are posted by a
/// session carry its token. Whoever is nobody comes no further than the sign-in.
pub(in crate::http) async fn identify(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if ["/assets/", "/healthz", "/readyz", "/favicon.ico"].iter().any(|open| path.starts_with(open)) {
        return next.run(request).await;
    }
    match admit(&app, request).await {
        Ok(Step::On(request, before)) => {
            let mut response = next.run(*request).await;
            if let Some(cookie) = before {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Ok(Step::Back(response)) => response,
        Err(error) => error.into_response(),
    }
}

enum Step {
    /// To the handler; with a cookie to set where one who is nobody is shown a form.
    On(Box<Request>, Option<HeaderValue>),
    Back(Response),
}

async fn admit(app: &App, mut request: Request) -> Result<Step> {
    let address = request.extensions().get::<ClientAddress>().map(|client| client.0);
    let now = app.clock.now();
    if let Some(bearer) = bearer(request.headers()) {
        let mut tx = app.db.read().await?;
        let Some(used) = token::find(&mut tx, &bearer, now).await? else { return Ok(Step::Back(bad_token())) };
        let actor = person::actor(&mut tx, &app.config.auth, used.person).await?;
        drop(tx);
        let Some(actor) = actor else { return Ok(Step::Back(bad_token())) };
        token::used(&app.db, &used, address.map(|address| address.to_string()), now);
        let actor = Actor { scopes: Some(used.scopes.clone()), ..actor };
        let path = request.uri().path();
        // Pages are for people. What is read of the catalog takes a scope; what else there is, its handler asks for.
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let is_own = path == "/metrics"
            || ["/api/v1/audit", "/api/v1/me", "/api/v1/tokens"].iter().any(|own| path.starts_with(own));
        if !is_own && !path.starts_with("/api/") {
            return Err(AuthRefusal::Forbidden.into());
        }
        if !is_own && reads {
            actor.may(Action::See, &Resource::portal())?;
        }
        let hidden = app.config.auth.hidden_from(&actor);
        request.extensions_mut().insert(Arc::new(Caller { actor, address, via: Via::Token(used.id), hidden }));
        return Ok(Step::On(Box::new(request), None));
    }
    let cookie = preferences::cookie(request.headers(), &preferences::session_cookie(&app.config));
    let mut signed = None;
    if let Some(cookie) = &cookie {
        let mut tx = app.db.read().await?;
        if let Some(session) = session::find(&mut tx, &app.config.auth, cookie, now).await? {
            signed = person::actor(&mut tx, &app.config.auth, session.person).await?.map(|actor| (session, actor));
        }
    }
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let path = request.uri().path();
    let at_the_door = path == "/sign-in" || path.starts_with("/sign-in/");
    // A theme is nobody's secret, and its form stands on pages of those who have no session.
    // A provider's own call proves itself by its token.
    // So does the link in a mail that ends digests; the mail program's own button sends no form of ours.
    let proves_itself = path.starts_with(unsubscribe::PATH);
    let checked = writes && path != "/preferences/theme" && !path.ends_with("/backchannel-logout") && !proves_itself;
    let (caller, form_of, set) = match signed {
        Some((session, actor)) => {
            session::seen(&app.db, session, now);
            let hidden = app.config.auth.hidden_from(&actor);
            (Caller { actor, address, via: Via::Session(session.id), hidden }, cookie, None)
        }
        None if at_the_door => {
            let name = preferences::before_cookie(&app.config);
            let (before, set) = match preferences::cookie(request.headers(), &name) {
                Some(before) => (before, None),
                None => {
                    let before = secret::random().map_err(Error::internal)?;
                    let set = preferences::set_session(&name, &before);
                    (before, set)
                }
            };
            (Caller { address, ..Caller::nobody() }, Some(before), set)
        }
        None if path == "/preferences/theme" || proves_itself => (Caller { address, ..Caller::nobody() }, None, None),
        None if path.starts_with("/api/") || path == "/metrics" => {
            let mut response = Error::from(AuthRefusal::SignInNeeded).into_response();
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return Ok(Step::Back(response));
        }
        None => {
            let next = if writes { "/" } else { path_and_query(request.uri()) };
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
            return Ok(Step::Back(Redirect::to(&format!("/sign-in?{query}")).into_response()));
        }
    };
    request.extensions_mut().insert(Arc::new(caller));
    if let Some(form_of) = form_of {
        let form_token = secret::form_token(&form_of);
        request.extensions_mut().insert(FormToken(form_token.clone()));
        if checked {
            request = with_form_token(request, &form_token).await?;
        }
    }
    Ok(Step::On(Box::new(request), set))
}

/// Reads the form, looks for the token in it or in the header that scripts send, and puts the body back.
async fn with_form_token(request: Request, expected: &str) -> Result<Request> {
    let sent = request.headers().get("x-form-token").and_then(|sent| sent.to_str().ok());
    if sent.is_some_and(|sent| secret::is_same(sent, expected)) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_FORM).await.map_err(|_| Error::from(RequestRefusal::BodyTooLarge))?;
    let mut fields = form_urlencoded::parse(&body);
    if fields.any(|(name, value)| name == FORM_TOKEN && secret::is_same(&value, expected)) {
        return Ok(Request::from_parts(parts, Body::from(body)));
    }
    Err(AuthRefusal::StaleForm.into())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = sent.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn bad_token() -> Response {
    let mut response = Error::from(AuthRefusal::BadToken).into_response();
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}
