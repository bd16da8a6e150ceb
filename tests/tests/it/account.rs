//! What acts in one's name: sessions and tokens, one's own and, for an administrator, another's.

use reeve_model::account::{MadeToken, Me, Token};
use reeve_model::permission::{Role, Scope};
use reeve_tests::{Answer, Database, Reeve, Seat, TestApp, on_both_databases, texts};
use reqwest::{Method, StatusCode};

async fn bearer(seat: &Seat, method: Method, path: &str, token: &str) -> Answer {
    seat.send(method, path, &[("authorization", &format!("Bearer {token}"))]).await
}

on_both_databases! {
    async fn a_token_is_made_shown_once_used_and_revoked(database: Database) {
        let app = TestApp::start(database, "").await;
        let park = app.seat("jihoon.park", &[]).await;
        let me: Me = park.read("/api/v1/me").await;
        assert_eq!((me.login.as_str(), me.kind.as_str(), me.via.as_str()), ("jihoon.park", "person", "session"));
        assert_eq!(me.roles, [Role::Analyst].into());

        let page = park.submit("/account/tokens", &[("name", "<b>DAG</b>"), ("days", "90"), ("scope", "catalog:read")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let token = page.body.split("value=\"reeve_pat_").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
        let token = format!("reeve_pat_{token}");
        assert!(page.body.contains("&lt;b&gt;DAG") && !page.body.contains("<b>DAG"), "{}", page.body);
        assert!(!park.get("/account").await.body.contains(&token), "it is shown once");
        assert!(!texts(&app.app.db, "SELECT token_hash FROM api_token").await.contains(&token));

        let stranger = app.stranger();
        let me: Me = bearer(&stranger, Method::GET, "/api/v1/me", &token).await.json();
        assert_eq!((me.via.as_str(), me.scopes), ("token", Some([Scope::CatalogRead].into())));
        // A token makes none that may more than itself, and lists none without the scope for it.
        assert_eq!(bearer(&stranger, Method::GET, "/api/v1/tokens", &token).await.status, StatusCode::FORBIDDEN);
        let tokens: Vec<Token> = park.read("/api/v1/tokens").await;
        assert_eq!(tokens.len(), 1);

        let lee = app.seat("haeun.lee", &[]).await;
        let of_another = format!("/api/v1/tokens/{}", tokens[0].id);
        assert_eq!(lee.send(Method::DELETE, &of_another, &[]).await.status, StatusCode::NOT_FOUND);
        let of_park = format!("{of_another}?login=jihoon.park");
        assert_eq!(lee.send(Method::DELETE, &of_park, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(lee.get("/api/v1/tokens?login=jihoon.park").await.status, StatusCode::FORBIDDEN);
        assert_eq!(lee.get("/account?of=jihoon.park").await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.send(Method::DELETE, &of_park, &[]).await.status, StatusCode::NO_CONTENT);
        assert_eq!(bearer(&stranger, Method::GET, "/api/v1/me", &token).await.status, StatusCode::UNAUTHORIZED);
        app.stop().await;
    }

    async fn tokens_for_machines_are_an_administrators(database: Database) {
        let app = TestApp::start(database, "").await;
        Reeve::beside(&app).succeed(&["user", "add", "etl", "--service"]).await;
        let lee = app.seat("haeun.lee", &[]).await;
        let asked = serde_json::json!({ "name": "nightly", "scopes": ["catalog:read", "people:manage"], "login": "etl" });
        assert_eq!(lee.send_json(Method::POST, "/api/v1/tokens", &asked).await.status, StatusCode::FORBIDDEN);
        let for_another = serde_json::json!({ "name": "x", "scopes": ["catalog:read"], "login": "haeun.lee" });
        assert_eq!(app.send_json(Method::POST, "/api/v1/tokens", &for_another).await.status, StatusCode::FORBIDDEN);
        let made: MadeToken = app.send_json(Method::POST, "/api/v1/tokens", &asked).await.json();
        let me: Me = bearer(&app.stranger(), Method::GET, "/api/v1/me", &made.token).await.json();
        assert_eq!((me.kind.as_str(), me.roles), ("service_account", [Role::Service].into()));
        for (body, field) in [
            (serde_json::json!({ "name": "x" }), "scopes"),
            (serde_json::json!({ "name": "x", "scopes": ["all"] }), "scopes[0]"),
            (serde_json::json!({ "name": "x", "scopes": [], "days": 999 }), "days"),
            (serde_json::json!({ "name": " ", "scopes": [] }), "name"),
            (serde_json::json!({ "name": "x", "scopes": [], "forever": true }), "forever"),
        ] {
            let refused = app.send_json(Method::POST, "/api/v1/tokens", &body).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}: {}", refused.body);
            assert!(refused.body.contains(field), "{body}: {}", refused.body);
        }
        app.stop().await;
    }

    async fn sessions_are_ended_by_their_owner_and_by_an_administrator(database: Database) {
        let app = TestApp::start(database, "").await;
        let (here, phone, other) =
            (app.seat("haeun.lee", &[]).await, app.seat("haeun.lee", &[]).await, app.seat("eunchae.noh", &[]).await);
        let sessions = |of: &str| format!("SELECT CAST(s.id AS TEXT) FROM session s JOIN person p ON p.id = s.person_id WHERE p.login = '{of}' ORDER BY s.id");
        let lees = texts(&app.app.db, &sessions("haeun.lee")).await;
        let refused = other.post(&format!("/account/sessions/{}/end", lees[1])).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "nobody ends another's session");
        assert_eq!(here.post(&format!("/account/sessions/{}/end", lees[1])).await.status, StatusCode::SEE_OTHER);
        assert_eq!(phone.get("/").await.status, StatusCode::SEE_OTHER);
        assert_eq!(here.get("/account").await.status, StatusCode::OK);
        assert_eq!(other.post("/account/sessions/end?of=haeun.lee").await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.post("/account/sessions/end?of=haeun.lee").await.status, StatusCode::SEE_OTHER);
        assert_eq!(here.get("/account").await.status, StatusCode::SEE_OTHER);
        let acts = texts(&app.app.db, "SELECT concat_ws(' ', actor, action, object_name, old_value) FROM audit ORDER BY seq").await;
        assert_eq!(acts, ["haeun.lee session_revoked haeun.lee 1", "tester session_revoked haeun.lee 1"]);
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_lets_in_by_one_click_and_only_where_nothing_is_real() {
    let sections = "[auth.demo]\npeople = [\"haeun.lee\", \"minjae.seo\"]\n";
    let app = TestApp::start(Database::Sqlite, sections).await;
    app.seat("haeun.lee", &[]).await;
    app.seat("minjae.seo", &[Role::Administrator]).await;
    let stranger = app.stranger();
    let page = stranger.get("/sign-in").await;
    assert!(page.body.contains("This is a demo") && page.body.contains("minjae.seo"), "{}", page.body);
    let before = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let token = page.body.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let click = async |login: &str| {
        stranger.submit_with(&before, "/sign-in/demo", &[("form_token", token), ("as", login)]).await
    };
    let entered = click("minjae.seo").await;
    assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", entered.body);
    // Nobody but those whom the demo has.
    assert_eq!(click("tester").await.status, StatusCode::NOT_FOUND);
    app.stop().await;

    let app = TestApp::start(Database::Sqlite, "").await;
    let page = app.stranger().get("/sign-in").await;
    let before = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let token = page.body.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let refused =
        app.stranger().submit_with(&before, "/sign-in/demo", &[("form_token", token), ("as", "tester")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    app.stop().await;

    let real = "[[sources]]\nname = \"prod\"\nkind = \"hive\"\nuris = [\"thrift://metastore.example:9083\"]\n";
    let reeve = Reeve::new(Database::Sqlite, &format!("{sections}{real}")).await;
    let ended = reeve.run(&["serve"]).await;
    assert!(ended.code == Some(1) && ended.stderr.contains("`prod` is not on this machine"), "{ended:?}");
    let reeve = Reeve::new(Database::Sqlite, sections).await;
    reeve.succeed(&["migrate"]).await;
    let opened = reeve.open().await;
    reeve_tests::execute(&opened.db, "INSERT INTO asset (kind) VALUES ('person')").await;
    reeve_tests::execute(
        &opened.db,
        "INSERT INTO person (id, login, name, state, state_since, created_at)
         SELECT max(id), 'kim', 'kim', 'active', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z' FROM asset",
    )
    .await;
    reeve_tests::execute(
        &opened.db,
        "INSERT INTO account (person_id, password_hash, changed_at) SELECT max(id), 'x', '2026-01-01T00:00:00Z' FROM asset",
    )
    .await;
    opened.db.close().await;
    let ended = reeve.run(&["serve"]).await;
    assert!(ended.code == Some(1) && ended.stderr.contains("real accounts (1)"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_comes_by_a_link_that_serve_prints() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let reeve = Reeve::new(Database::Sqlite, "").await;
    let mut child = reeve.start(&["serve"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        let is_link = line.contains("/sign-in/link/");
        said.push(line);
        if is_link {
            break;
        }
    }
    child.kill().await.unwrap();
    assert!(said.iter().any(|line| line.contains("There is no administrator yet")), "{said:?}");
    let listed = reeve.succeed(&["user", "list"]).await;
    assert!(listed.stdout.starts_with("admin\t") && listed.stdout.contains("administrator"), "{listed:?}");
}
