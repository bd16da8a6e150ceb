//! axum's extractors with refusals of ours: what cannot be read is said in the caller's language, and by name.

use super::error::{Error, echo};
use super::preferences::Preferences;
use crate::auth::Caller;
use axum::body::Bytes;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use reeve_model::problem::{AuthRefusal, Reason, RequestRefusal};
use reeve_model::reader::Lang;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

/// The query of the address.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

/// The variable parts of the path.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

/// A form that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<T>(pub(super) T);

/// A body in JSON. What is wrong with it is said by the path of the field.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// Who asks, signed in: `signed.actor.may(Action::RunCrawl, &Resource::portal())?`.
#[derive(Clone, Debug)]
pub struct Signed(pub Arc<Caller>);

/// The language of whoever asks.
#[derive(Clone, Copy, Debug)]
pub struct Spoken(pub Lang);

impl<S: Sync> FromRequestParts<S> for Spoken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Preferences::of(&parts.headers, &parts.uri).lang))
    }
}

impl Deref for Signed {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Error;

    /// `layers::identify` put him there; without him nothing that needs him runs.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let caller = parts.extensions.get::<Arc<Caller>>();
        caller.cloned().map(Self).ok_or_else(|| Reason::from(AuthRefusal::SignInNeeded).into())
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Of what stands twice the last counts: the API has refused it already, and a page should open.
fn read<T: DeserializeOwned>(query: &str) -> Result<T, Error> {
    let once: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(&once).finish();
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let name = error.path().to_string();
        let value = once.get(name.as_str()).map(AsRef::as_ref).unwrap_or_default();
        Error::unreadable(&name, value)
    })
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    /// A number that is none names nothing: there is no such address.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(rejection) if rejection.status().is_client_error() => Err(RequestRefusal::NoSuchAddress.into()),
            Err(rejection) => Err(Error::internal(rejection)),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match axum::Form::from_request(request, state).await {
            Ok(axum::Form(form)) => Ok(Self(form)),
            Err(FormRejection::InvalidFormContentType(_)) => Err(RequestRefusal::WrongMediaType.into()),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(RequestRefusal::BodyTooLarge.into())
            }
            Err(_) => Err(RequestRefusal::UnreadableBody.into()),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let sent = request.headers().get(header::CONTENT_TYPE).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
        let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" && !essence.ends_with("+json") {
            return Err(RequestRefusal::WrongMediaType.into());
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            Error::from(if too_large { RequestRefusal::BodyTooLarge } else { RequestRefusal::UnreadableBody })
        })?;
        let mut json = serde_json::Deserializer::from_slice(&body);
        let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let field = echo(error.path().to_string());
            Error::from(RequestRefusal::UnreadableField { field, why: echo(error.into_inner().to_string()) })
        })?;
        json.end().map_err(|_| Error::from(RequestRefusal::UnreadableBody))?;
        Ok(Self(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    #[derive(Debug, serde::Deserialize)]
    struct Asked {
        limit: i64,
        #[serde(default)]
        q: String,
    }

    #[test]
    fn a_wrong_type_is_refused_by_name_and_value() {
        let response = read::<Asked>("q=a&limit=many").unwrap_err().into_response();
        let expected = RequestRefusal::UnreadableParameter { parameter: "limit".into(), value: "many".into() };
        assert_eq!(response.extensions().get::<Reason>(), Some(&Reason::from(expected)));
    }

    #[test]
    fn what_is_unknown_or_twice_opens_all_the_same() {
        let asked: Asked = read("limit=1&old=1&q=a&limit=2&q=%EC%A3%BC+%26").unwrap();
        assert_eq!((asked.limit, asked.q.as_str()), (2, "주 &"));
    }
}
