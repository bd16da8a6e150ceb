//! In by a Kerberos ticket that the browser has already.

use super::Visit;
use super::sign_in::{self, Back};
use crate::app::App;
use crate::audit::Origin;
use crate::auth::session::SignIn;
use crate::auth::{Admitted, Ticket, enter, refusal};
use crate::http::error::{Error, Result};
use crate::http::extract::Query;
use crate::http::preferences;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::sign_in::{Refused, SignInPage};
use reeve_model::problem::RequestRefusal;

/// `GET /sign-in/spnego`: the only address that asks a browser for a ticket; elsewhere it might ask people for a password.
pub(super) async fn negotiate(
    State(app): State<App>,
    Query(back): Query<Back>,
    visit: Visit,
    origin: Origin,
    headers: HeaderMap,
) -> Result<Response> {
    let spnego = app.auth.spnego.as_ref().ok_or_else(|| Error::from(RequestRefusal::NoSuchAddress))?;
    let next = preferences::local(&back.next).to_owned();
    if visit.caller.actor.person.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    let Some(sent) = negotiated(&headers) else {
        // Who has no ticket reads the page, with the other ways in.
        let mut response = told(&app, &visit, StatusCode::UNAUTHORIZED, None, next).await?;
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Negotiate"));
        return Ok(response);
    };
    let directory = app.config.auth.spnego.as_ref().and_then(|config| config.directory.as_deref());
    let directory = directory.and_then(|name| app.auth.directories.iter().find(|directory| directory.name() == name));
    let (refused, why) = match spnego.accept(sent, directory, app.clock.now()).await {
        Ticket::Of { verified, answer } => match enter(&app, &origin, &verified).await.map_err(Error::internal)? {
            Admitted::Person(person) => {
                let sign_in = SignIn { provider: &verified.provider, ..SignIn::default() };
                let mut response = sign_in::begin(&app, &visit, &origin, person, sign_in, &headers, &next).await?;
                if let Ok(answer) = HeaderValue::from_str(&format!("Negotiate {answer}")) {
                    response.headers_mut().insert(header::WWW_AUTHENTICATE, answer);
                }
                return Ok(response);
            }
            // Both are written down already.
            Admitted::Question { .. } => {
                return told(&app, &visit, StatusCode::FORBIDDEN, Some(Refused::Question), next).await;
            }
            Admitted::Refused(_) => {
                return told(&app, &visit, StatusCode::FORBIDDEN, Some(Refused::NotAllowed), next).await;
            }
        },
        Ticket::Bad => (Refused::Unproven, "bad_ticket"),
        Ticket::NotAllowed => (Refused::NotAllowed, "not_allowed"),
        Ticket::NoAnswer => {
            return told(&app, &visit, StatusCode::SERVICE_UNAVAILABLE, Some(Refused::NoAnswer), next).await;
        }
    };
    refusal::record_unproven(&app, &origin, "spnego", why);
    told(&app, &visit, StatusCode::FORBIDDEN, Some(refused), next).await
}

fn negotiated(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("negotiate").then_some(token)
}

async fn told(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    refused: Option<Refused>,
    next: String,
) -> Result<Response> {
    let mut tx = visit.read().await?;
    let page = sign_in::page(app, &mut tx, Typed::default(), next).await?;
    let page = SignInPage { refused, demo: Vec::new(), ..page };
    Ok((status, visit.render(tx, &page).await?).into_response())
}
