//! Styles, icons and the browser bundle: embedded, named by their content, kept forever by whoever has them.

use super::error::{Error, Result};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use reeve_frontend::assets::{self, Asset};
use reeve_model::problem::Thing;

/// `GET /assets/{name}-{hash}.{ext}`
pub(super) async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Result<Response> {
    let asset = assets::find(&path).ok_or_else(|| Error::not_found(Thing::File, &path))?;
    Ok(answer(asset, &headers, "public, max-age=31536000, immutable"))
}

/// `GET /favicon.ico`: browsers ask for it whatever the page says.
pub(super) async fn favicon(headers: HeaderMap) -> Result<Response> {
    let url = assets::url("favicon.svg");
    let asset = assets::find(url.trim_start_matches("/assets/")).ok_or_else(|| Error::not_found(Thing::File, url))?;
    Ok(answer(asset, &headers, "public, max-age=86400"))
}

/// The smallest form the caller takes; all were compressed when Reeve was built.
fn answer(asset: &'static Asset, headers: &HeaderMap, cache: &'static str) -> Response {
    let takes = |encoding: &str| {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        accepted.split(',').any(|one| one.split(';').next().is_some_and(|name| name.trim() == encoding))
    };
    let (bytes, encoding) = match (asset.brotli, asset.gzip) {
        (Some(brotli), _) if takes("br") => (brotli, Some("br")),
        (_, Some(gzip)) if takes("gzip") => (gzip, Some("gzip")),
        _ => (asset.bytes, None),
    };
    let mut response = bytes.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}
