//! Sign-in where it is required: sessions, links, tokens, and the attacks on them.

use reeve_model::permission::{Role, Scope};
use reeve_tests::{Answer, Database, Reeve, TestApp, escaped, http_client, texts};
use reqwest::{Method, StatusCode};
use std::collections::BTreeMap;

const SOURCE: &str = "[[sources]]\nname = \"prod\"\nkind = \"hive\"\nuris = [\"thrift://127.0.0.1:1\"]\n";
const PASSWORD: &str = "correct horse battery";

/// A browser as far as sign-in goes: it keeps cookies.
struct Visitor<'a> {
    app: &'a TestApp,
    cookies: BTreeMap<String, String>,
}

impl<'a> Visitor<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: BTreeMap::new() }
    }

    async fn send(&mut self, method: Method, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = http_client().request(method.clone(), format!("{}{path}", self.app.url));
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if method == Method::POST {
            let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body.join("&"));
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            assert!(text.contains("HttpOnly") || text.starts_with("lang"), "{text}");
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => drop(self.cookies.remove(name)),
                value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[]).await
    }

    /// Opens the page and sends the form of it, with its token.
    async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let html = self.get(page).await.body;
        let token = html.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let token = token.unwrap_or_else(|| panic!("no token in {page}: {html}")).to_owned();
        let mut all = fields.to_vec();
        all.push(("form_token", &token));
        self.send(Method::POST, path, &all).await
    }

    async fn sign_in(&mut self, login: &str, password: &str, next: &str) -> Answer {
        let page = format!("/sign-in?next={}", escaped(next));
        self.submit(&page, "/sign-in", &[("login", login), ("password", password), ("next", next)]).await
    }

    fn session(&self) -> Option<(&String, &String)> {
        self.cookies.iter().find(|(name, _)| !name.ends_with("_before") && !name.ends_with("_device"))
    }
}

/// Adds somebody by the command line and sets his password by the link that it prints; he is signed in then.
async fn somebody<'a>(app: &'a TestApp, reeve: &Reeve, login: &str, roles: &[Role]) -> Visitor<'a> {
    let mut arguments = vec!["user", "add", login];
    arguments.extend(roles.iter().flat_map(|role| ["--role", (*role).into()]));
    let ended = reeve.run(&arguments).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let path =
        format!("/sign-in/link/{}", ended.stdout.split("/sign-in/link/").nth(1).unwrap().lines().next().unwrap());
    let mut visitor = Visitor::new(app);
    let short = visitor.submit(&path, &path, &[("password", "short"), ("again", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = visitor.submit(&path, &path, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!((set.status, set.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", set.body);
    assert_eq!(visitor.get("/").await.status, StatusCode::OK);
    assert_eq!(Visitor::new(app).get(&path).await.status, StatusCode::NOT_FOUND, "the link is good once");
    visitor
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_further_than_the_sign_in() {
    for database in [Database::Sqlite, Database::Postgres] {
        let app = TestApp::start(database, SOURCE).await;
        for path in
            ["/", "/search?q=a", "/databases", "/tables/a/b", "/sources", "/crawls/1", "/style-guide", "/docs/api"]
        {
            let answer = app.stranger().get(path).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert_eq!(
                answer.header("location"),
                format!("/sign-in?next={}", path.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D"))
            );
        }
        for path in ["/api/v1/databases", "/api/v1/search?q=a", "/api/openapi.json", "/api/v1/nowhere", "/metrics"] {
            let answer = app.stranger().get(path).await;
            assert_eq!(
                (answer.status, answer.header("www-authenticate")),
                (StatusCode::UNAUTHORIZED, "Bearer"),
                "{path}"
            );
        }
        let post = app.stranger().post("/api/v1/sources/prod/crawls").await;
        assert_eq!(post.status, StatusCode::UNAUTHORIZED);
        for path in ["/healthz", "/readyz", "/sign-in"] {
            assert_eq!(app.stranger().get(path).await.status, StatusCode::OK, "{path}");
        }
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_begins_a_session_that_nothing_else_can() {
    for database in [Database::Sqlite, Database::Postgres] {
        let app = TestApp::start(database, SOURCE).await;
        let reeve = Reeve::beside(&app);
        let mut kim = somebody(&app, &reeve, "kim", &[]).await;
        // Sign-out ends it on the server, not only in the browser.
        let kept = kim.cookies.clone();
        assert_eq!(kim.submit("/", "/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
        kim.cookies = kept;
        assert_eq!(kim.get("/").await.status, StatusCode::SEE_OTHER);
        // Fixation: a token that was put into the browser is no session, and is not taken over.
        let planted = "0".repeat(64);
        let name = kim.session().unwrap().0.clone();
        kim.cookies = BTreeMap::from([(name.clone(), planted.clone())]);
        let entered = kim.sign_in("KIM", PASSWORD, "/search?q=a").await;
        assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/search?q=a"));
        let first = kim.cookies[&name].clone();
        assert!(first != planted && first.len() == 64);
        assert_eq!(kim.get("/").await.status, StatusCode::OK);
        // Only hashes are kept, and no answer repeats the token.
        let kept = texts(&app.app.db, "SELECT token_hash FROM session").await;
        assert!(!kept.contains(&first) && !kim.get("/").await.body.contains(&first));
        // A role is a change of privilege: one signs in anew.
        assert_eq!(reeve.run(&["user", "role", "kim", "operator"]).await.code, Some(0));
        assert_eq!(kim.get("/").await.status, StatusCode::SEE_OTHER);
        kim.sign_in("kim", PASSWORD, "/").await;
        // Disabled: out at the next request, and no way in; told as a wrong password is.
        assert_eq!(reeve.run(&["user", "disable", "kim"]).await.code, Some(0));
        assert_eq!(kim.get("/").await.status, StatusCode::SEE_OTHER);
        let disabled = kim.sign_in("kim", PASSWORD, "/").await;
        let unknown = kim.sign_in("kin", PASSWORD, "/").await;
        assert_eq!(
            (disabled.status, unknown.status),
            (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
        );
        let told = |answer: &Answer| answer.body.split("role=\"alert\"").nth(1).map(|rest| rest[..200].to_owned());
        assert_eq!(told(&disabled), told(&unknown));
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_others_and_ways_out_are_refused() {
    let app = TestApp::start(Database::Sqlite, SOURCE).await;
    let reeve = Reeve::beside(&app);
    let mut kim = somebody(&app, &reeve, "kim", &[Role::Operator]).await;
    let mut lee = somebody(&app, &reeve, "lee", &[Role::Operator]).await;
    // Each form without its token, with one made up, and with another session's.
    let html = lee.get("/sources").await.body;
    let of_lee = html.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for path in
        ["/sources/prod/crawl", "/sources/prod/removals/1", "/sign-out", "/sign-in", "/api/v1/sources/prod/crawls"]
    {
        for token in ["", "00", &of_lee] {
            let answer = kim.send(Method::POST, path, &[("form_token", token)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {token}: {}", answer.body);
        }
    }
    // Sign-in too: nobody is signed in as somebody else by a page elsewhere.
    let forged = Visitor::new(&app).send(Method::POST, "/sign-in", &[("login", "kim"), ("password", PASSWORD)]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let crawls: Vec<String> = texts(&app.app.db, "SELECT state FROM crawl").await;
    assert!(crawls.is_empty(), "{crawls:?}");
    // Open redirect: only paths of ours are a way back.
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/%5c/evil.example\\",
        "javascript:alert(1)",
        "/a\\b",
        "\\\\evil.example",
        "/\tevil",
    ] {
        let mut visitor = Visitor::new(&app);
        let entered = visitor.sign_in("kim", PASSWORD, next).await;
        assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/"), "{next:?}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_politely() {
    let app = TestApp::start(Database::Sqlite, SOURCE).await;
    let mut visitor = Visitor::new(&app);
    let mut statuses = Vec::new();
    for _ in 0..14 {
        let answer = visitor.sign_in("nobody", "wrong horse battery", "/").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
        }
        statuses.push(answer.status.as_u16());
    }
    assert_eq!(statuses[..10], [422; 10], "{statuses:?}");
    assert!(statuses[10..].contains(&429), "{statuses:?}");
    // Whoever signed in with his browser before is not slowed by what others try, not even from his own address.
    let reeve = Reeve::beside(&app);
    let mut kim = somebody(&app, &reeve, "kim", &[]).await;
    let mut lee = somebody(&app, &reeve, "lee", &[]).await;
    for one in [&mut kim, &mut lee] {
        assert_eq!(one.submit("/", "/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    }
    let mut elsewhere = Visitor::new(&app);
    while elsewhere.sign_in("kim", "wrong horse battery", "/").await.status != StatusCode::TOO_MANY_REQUESTS {}
    assert_eq!(lee.sign_in("kim", PASSWORD, "/").await.status, StatusCode::TOO_MANY_REQUESTS, "his browser is lee's");
    assert_eq!(kim.sign_in("kim", PASSWORD, "/").await.status, StatusCode::SEE_OTHER);
    app.stop().await;
}

/// Who has an account, who has none and who does not exist take as long to be refused.
#[tokio::test(flavor = "multi_thread")]
async fn time_tells_nobody_who_has_an_account() {
    let app = TestApp::start(Database::Sqlite, SOURCE).await;
    let reeve = Reeve::beside(&app);
    somebody(&app, &reeve, "kim", &[]).await;
    reeve.succeed(&["user", "add", "lee"]).await;
    let mut quickest = BTreeMap::from([("kim", f64::MAX), ("lee", f64::MAX), ("nobody", f64::MAX)]);
    for _ in 0..9 {
        // In turn, so that all see the same weather.
        for (login, quickest) in &mut quickest {
            // What slows guessing is not measured.
            app.advance(chrono::TimeDelta::minutes(5));
            let mut visitor = Visitor::new(&app);
            visitor.get("/sign-in").await;
            let begun = std::time::Instant::now();
            let refused = visitor.sign_in(login, "wrong horse battery", "/").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            *quickest = quickest.min(begun.elapsed().as_secs_f64());
        }
    }
    let (least, most) = quickest.values().fold((f64::MAX, 0.0_f64), |(a, b), one| (a.min(*one), b.max(*one)));
    assert!(most < 1.6 * least, "{quickest:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_do_what_their_scopes_and_their_owner_may() {
    for database in [Database::Sqlite, Database::Postgres] {
        let app = TestApp::start(database, SOURCE).await;
        let reeve = Reeve::beside(&app);
        let mut seen = String::new();
        for role in [Role::Analyst, Role::PrivacyOfficer, Role::Operator, Role::Administrator, Role::Service] {
            let word: &str = role.into();
            let mut add = vec!["user", "add", word, "--role", word];
            if role == Role::Service {
                add.push("--service");
            }
            assert_eq!(reeve.run(&add).await.code, Some(0));
            for scope in [Scope::CatalogRead, Scope::CrawlsRun] {
                let scope: &str = scope.into();
                let ended = reeve.run(&["token", "create", word, "--name", "test", "--scope", scope]).await;
                let bearer = format!("Bearer {}", ended.stdout.trim());
                assert!(bearer.starts_with("Bearer reeve_pat_"), "{ended:?}");
                let headers = [("authorization", bearer.as_str())];
                let read = app.stranger().send(Method::GET, "/api/v1/databases", &headers).await.status;
                let crawl = app.stranger().send(Method::POST, "/api/v1/sources/nowhere/crawls", &headers).await.status;
                seen += &format!("{word:<16} {scope:<14} list databases {read}, run a crawl of no source {crawl}\n");
            }
        }
        insta::assert_snapshot!("tokens_and_roles", seen);
        let ended = reeve.run(&["token", "create", "analyst", "--name", "dag"]).await;
        let token = ended.stdout.trim().to_owned();
        let bearer = format!("Bearer {token}");
        let ask =
            async || app.stranger().send(Method::GET, "/api/v1/databases", &[("authorization", bearer.as_str())]).await;
        assert_eq!(ask().await.status, StatusCode::OK);
        // A bad token is not made good by a cookie, and nothing repeats it.
        let forged =
            app.stranger().send(Method::GET, "/api/v1/databases", &[("authorization", &format!("{bearer}x"))]).await;
        assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
        assert!(!forged.body.contains(&token) && forged.header("www-authenticate").contains("invalid_token"));
        assert_eq!(
            app.stranger().get(&format!("/api/v1/databases?access_token={token}")).await.status,
            StatusCode::UNAUTHORIZED
        );
        let listed = reeve.run(&["token", "list", "analyst"]).await;
        assert!(!listed.stdout.contains(&token) && listed.stdout.contains("dag"), "{listed:?}");
        let id = listed.stdout.split('\t').next().unwrap().to_owned();
        assert_eq!(reeve.run(&["token", "revoke", "operator", &id]).await.code, Some(1));
        assert_eq!(reeve.run(&["token", "revoke", "analyst", &id]).await.code, Some(0));
        assert_eq!(ask().await.status, StatusCode::UNAUTHORIZED);
        app.stop().await;
    }
}
