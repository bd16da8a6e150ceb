use crate::http::api::revision::Revision;
use crate::http::error::Error;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How large an answer may be to get an entity tag; larger ones are passed on as they stream.
const TAGGED: usize = 4 << 20;

/// Entity tags on what the API answers, and 304 for what the caller has already.
pub(in crate::http) async fn etag(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = next.run(request).await;
    let revision = response.extensions().get::<Revision>().copied();
    if !(asks || revision.is_some()) || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let size = http_body::Body::size_hint(&body).exact().and_then(|size| usize::try_from(size).ok());
    if size.is_none_or(|size| size > TAGGED) {
        return Response::from_parts(parts, body);
    }
    let Ok(bytes) = to_bytes(body, TAGGED).await else {
        return Error::internal("an answer broke off").into_response();
    };
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let tag = match revision {
        Some(Revision(revision)) => format!("\"{revision}-{:016x}\"", hasher.finish()),
        None => format!("\"{:016x}\"", hasher.finish()),
    };
    let matches = |known: &str| known.split(',').any(|k| k.trim().trim_start_matches("W/") == tag || k.trim() == "*");
    let Ok(value) = HeaderValue::from_str(&tag) else { return Response::from_parts(parts, Body::from(bytes)) };
    parts.headers.insert(header::ETAG, value);
    if asks && known.as_ref().and_then(|known| known.to_str().ok()).is_some_and(matches) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
