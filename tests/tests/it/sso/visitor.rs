use reeve_tests::{Answer, TestApp, escaped, http_client};
use reqwest::{Method, StatusCode, Url};
use std::collections::BTreeMap;

/// A browser as far as sign-in goes, here and at others: it keeps the cookies of each place, and follows redirects when told.
pub(super) struct Visitor {
    client: reqwest::Client,
    /// By host with port, and name.
    pub(super) cookies: BTreeMap<(String, String), String>,
    /// Sent with everything.
    pub(super) headers: Vec<(&'static str, String)>,
    home: String,
}

impl Visitor {
    pub(super) fn new(app: &TestApp) -> Self {
        Self::by(http_client(), &app.url)
    }

    pub(super) fn by(client: reqwest::Client, home: &str) -> Self {
        Self { client, cookies: BTreeMap::new(), headers: Vec::new(), home: home.to_owned() }
    }

    /// An address, or a path of the portal.
    pub(super) fn url(&self, to: &str) -> Url {
        Url::parse(&self.home).unwrap().join(to).unwrap()
    }

    pub(super) async fn send(&mut self, method: Method, to: &str, fields: &[(&str, &str)]) -> Answer {
        let url = self.url(to);
        let place = url.authority().to_owned();
        let mut request = self.client.request(method.clone(), url);
        let cookies = self.cookies.iter().filter(|((at, _), _)| *at == place);
        let cookies: Vec<String> = cookies.map(|((_, name), value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if method == Method::POST {
            let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body.join("&"));
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{to}: {error:?}"));
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            let key = (place.clone(), name.to_owned());
            match value {
                "" => drop(self.cookies.remove(&key)),
                value => drop(self.cookies.insert(key, value.to_owned())),
            }
        }
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub(super) async fn get(&mut self, to: &str) -> Answer {
        self.send(Method::GET, to, &[]).await
    }

    /// Opens the page and sends the form of it, with its token.
    pub(super) async fn submit(&mut self, page: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let html = self.get(page).await.body;
        let token = html.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let token = token.unwrap_or_else(|| panic!("no token in {page}: {html}")).to_owned();
        let mut all = fields.to_vec();
        all.push(("form_token", &token));
        self.send(Method::POST, to, &all).await
    }

    pub(super) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.submit("/sign-in", "/sign-in", &[("login", login), ("password", password), ("next", "/")]).await
    }

    pub(super) async fn is_in(&mut self) -> bool {
        self.get("/").await.status == StatusCode::OK
    }
}

/// What the page says went wrong.
pub(super) fn told(answer: &Answer) -> String {
    let alert = answer.body.split("role=\"alert\"").nth(1).and_then(|rest| rest.split("</p>").next());
    alert.unwrap_or_default().split("<p>").nth(1).unwrap_or_default().to_owned()
}
