//! Somebody at a browser of his own.

use crate::http_client;
use reeve::app::App;
use reeve::auth::{person, secret, session};
use reeve_model::permission::Role;
use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;

/// Who asks: signed in by a session of the real table, or nobody.
#[derive(Clone, Debug)]
pub struct Seat {
    pub(crate) url: String,
    pub(crate) client: reqwest::Client,
    /// The session's cookie: its name and the token that forms are made from.
    pub(crate) cookie: Option<(String, String)>,
}

/// What the server answered, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seat {
    /// A person of this login, made where there is none, with these roles, signed in.
    pub(crate) async fn signed_in(app: &App, url: &str, login: &str, roles: &[Role]) -> Self {
        let now = app.clock.now();
        let found = person::find(&mut app.db.read().await.expect("the database answers"), login).await;
        let mut tx = app.db.write().await.expect("the database answers");
        let id = match found.expect("people can be read") {
            Some(id) => id,
            None => person::create(&mut tx, "person", login, login, None, now).await.expect("a new person"),
        };
        for role in roles {
            person::assign(&mut tx, id, *role, true, "test", now).await.expect("a role");
        }
        let sign_in = session::SignIn { provider: "test", ..session::SignIn::default() };
        let token = session::begin(&mut tx, &app.config.auth, id, &sign_in, now).await.expect("a session");
        tx.commit().await.expect("the database answers");
        let cookie = Some((reeve::http::session_cookie(&app.config), token));
        Self { url: url.to_owned(), client: http_client(), cookie }
    }

    /// Name and value of the session's cookie, for a browser.
    ///
    /// # Panics
    /// Where nobody is signed in.
    pub fn cookie(&self) -> (&str, &str) {
        let (name, value) = self.cookie.as_ref().expect("somebody is signed in");
        (name, value)
    }

    fn request(&self, method: &Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method.clone(), format!("{}{path}", self.url));
        match &self.cookie {
            Some((name, token)) if *method == Method::GET => request.header("cookie", format!("{name}={token}")),
            Some((name, token)) => {
                request.header("cookie", format!("{name}={token}")).header("x-form-token", secret::form_token(token))
            }
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[]).await
    }

    pub async fn post(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[]).await
    }

    /// Sends a form as a browser does.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let request = self.request(&Method::POST, path).body(body.join("&"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        answer(path, request).await
    }

    /// Sends a form with cookies of the caller's own.
    pub async fn submit_with(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let request = self.request(&Method::POST, path).header("cookie", cookie).body(body.join("&"));
        answer(path, request.header("content-type", "application/x-www-form-urlencoded")).await
    }

    /// Sends JSON.
    pub async fn send_json(&self, method: Method, path: &str, body: &serde_json::Value) -> Answer {
        self.send_json_with(method, path, &[], body).await
    }

    pub async fn send_json_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &serde_json::Value,
    ) -> Answer {
        let request = self.request(&method, path).json(body);
        answer(path, headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(&method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(path, request).await
    }

    /// The JSON that a path answers with 200.
    pub async fn read<T: DeserializeOwned>(&self, path: &str) -> T {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
    }
}

async fn answer(path: &str, request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap_or_else(|error| panic!("{path}: {error}")) }
}

impl Answer {
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or_default())
    }
}

/// A value as it stands in a query string.
pub fn escaped(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    value.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
