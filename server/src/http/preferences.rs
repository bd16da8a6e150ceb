//! The reader's language and theme: a cookie each, else what the browser asks for.

use super::error::Result;
use super::extract::Form;
use super::path_and_query;
use crate::auth::secret;
use crate::config::Config;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use reeve_model::Word;
use reeve_model::reader::{Lang, Theme};
use serde::Deserialize;

/// How long a choice is remembered.
const REMEMBERED: Duration = Duration::days(365);

#[derive(Clone, Debug)]
pub(super) struct Preferences {
    pub(super) lang: Lang,
    /// `None`: as the system says.
    pub(super) theme: Option<Theme>,
}

impl Preferences {
    /// `?lang=` goes first, then the cookie, then `Accept-Language`; English where nothing fits.
    pub(super) fn of(headers: &HeaderMap, uri: &Uri) -> Self {
        let asked = lang_in(uri.query());
        let lang = asked.or_else(|| cookie(headers, "lang").and_then(|l| Lang::parse(&l)));
        Self {
            lang: lang.unwrap_or_else(|| accepted(headers)),
            theme: cookie(headers, "theme").and_then(|theme| Theme::parse(&theme)),
        }
    }
}

/// Remembers a language chosen by `?lang=`.
pub(super) async fn remember_lang(request: Request, next: Next) -> Response {
    let chosen = lang_in(request.uri().query());
    let mut response = next.run(request).await;
    if let Some(lang) = chosen {
        set_cookie(&mut response, "lang", lang.as_str());
    }
    response
}

#[derive(Debug, Deserialize)]
pub(super) struct ThemeForm {
    theme: String,
    #[serde(default)]
    next: String,
}

/// `POST /preferences/theme`
pub(super) async fn set_theme(Form(form): Form<ThemeForm>) -> Result<Response> {
    let mut response = Redirect::to(local(&form.next)).into_response();
    if let Some(theme) = Theme::parse(&form.theme) {
        set_cookie(&mut response, "theme", theme.as_str());
    }
    Ok(response)
}

/// Only a path of our own: `//evil.example` and `https://…` lead home.
pub(super) fn local(next: &str) -> &str {
    let ours = next.is_ascii()
        && !next.contains('\\')
        && next.starts_with('/')
        && !next.starts_with("//")
        && !next.starts_with("/\\");
    match next.parse::<Uri>() {
        Ok(uri) if ours && uri.authority().is_none() && path_and_query(&uri) == next => next,
        _ => "/",
    }
}

fn lang_in(query: Option<&str>) -> Option<Lang> {
    let (_, value) = form_urlencoded::parse(query?.as_bytes()).find(|(key, _)| key == "lang")?;
    Lang::parse(&value)
}

fn accepted(headers: &HeaderMap) -> Lang {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first =
        text.split(',').filter_map(|part| part.split([';', '-']).next()).find_map(|tag| Lang::parse(tag.trim()));
    first.unwrap_or(Lang::En)
}

pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = sent.flat_map(Cookie::split_parse).flatten();
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// The cookie of a session. Cookies know no ports: each portal of a machine has a name of its own.
pub fn session_cookie(config: &Config) -> String {
    let place = match &config.database.url {
        Some(url) => url.expose().to_owned(),
        None => config.data_dir().display().to_string(),
    };
    // `__Host-`: from https, of this host alone, and for all of it; nobody beside us can plant one (RFC 6265bis, 4.1.3.2).
    let prefix = if config.server.is_https() { "__Host-" } else { "" };
    format!("{prefix}reeve_{}", &secret::hash(&place)[..8])
}

/// The cookie of who is about to sign in.
pub(super) fn before_cookie(config: &Config) -> String {
    format!("{}_before", session_cookie(config))
}

/// The cookie of a browser that somebody has signed in with.
pub(super) fn device_cookie(config: &Config) -> String {
    format!("{}_device", session_cookie(config))
}

/// Sets a cookie that ends with the browser, or with its session.
pub(super) fn set_session(name: &str, value: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&own_cookie(name, value).to_string()).ok()
}

/// Sets a cookie that outlives the browser.
pub(super) fn set_device(name: &str, value: &str) -> Option<HeaderValue> {
    let mut cookie = own_cookie(name, value);
    cookie.set_max_age(REMEMBERED);
    HeaderValue::from_str(&cookie.to_string()).ok()
}

fn own_cookie<'a>(name: &'a str, value: &'a str) -> Cookie<'a> {
    let cookie = Cookie::build((name, value)).path("/").same_site(SameSite::Lax).http_only(true);
    cookie.secure(is_for_https(name)).build()
}

fn is_for_https(name: &str) -> bool {
    name.starts_with("__Host-")
}

/// Takes a cookie away.
pub(super) fn drop_session(name: &str) -> Option<HeaderValue> {
    let cookie = Cookie::build((name, "")).path("/").max_age(Duration::ZERO).http_only(true);
    let cookie = cookie.secure(is_for_https(name)).build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}

fn set_cookie(response: &mut Response, name: &'static str, value: &'static str) {
    let cookie =
        Cookie::build((name, value)).path("/").max_age(REMEMBERED).same_site(SameSite::Lax).http_only(true).build();
    if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_here() {
        assert_eq!(local("/search?q=주문"), "/");
        assert_eq!(local("/search?q=%EC%A3%BC"), "/search?q=%EC%A3%BC");
        for bad in ["", "https://evil.example/", "//evil.example", "/\\evil.example", "/a\\b", "search"] {
            assert_eq!(local(bad), "/", "{bad}");
        }
    }

    #[test]
    fn language_by_url_cookie_and_browser() {
        let mut headers = HeaderMap::new();
        let lang = |headers: &HeaderMap, uri: &str| Preferences::of(headers, &uri.parse().unwrap()).lang;
        assert_eq!(lang(&headers, "/"), Lang::En);
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("fr, ko-KR;q=0.9, en;q=0.8"));
        assert_eq!(lang(&headers, "/"), Lang::Ko);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; lang=en"));
        assert_eq!(lang(&headers, "/"), Lang::En);
        assert_eq!(lang(&headers, "/search?q=x&lang=ko"), Lang::Ko);
    }
}
