//! Nobody beyond this machine in clear, and no other site may act through a reader's browser.

use reeve_tests::{Database, Reeve, TestApp};
use reqwest::{Method, StatusCode};

#[tokio::test(flavor = "multi_thread")]
async fn any_address_but_loopback_is_refused_in_clear() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let reeve = Reeve::new(Database::Sqlite, "").await;
        std::fs::write(reeve.folder().join("reeve.toml"), format!("[server]\nlisten = \"{listen}\"\n")).unwrap();
        let ended = reeve.run(&["serve"]).await;
        assert_eq!(ended.code, Some(1), "{listen}: {ended:?}");
        assert!(
            ended.stderr.contains("reeve.toml:2") && ended.stderr.contains("in clear"),
            "{listen}: {}",
            ended.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_names_and_other_sites_are_refused() {
    let app = TestApp::start(Database::Sqlite, &crate::metastore_at("thrift://127.0.0.1:1")).await;
    let rebound = app.send(Method::GET, "/api/v1/databases", &[("host", "catalog.example")]).await;
    assert_eq!(rebound.status, StatusCode::FORBIDDEN, "{}", rebound.body);
    let foreign = [("origin", "http://catalog.example"), ("sec-fetch-site", "cross-site")];
    let forged = app.send(Method::POST, "/api/v1/sources/prod/crawls", &foreign).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.body);
    let crawls: serde_json::Value = app.read("/api/v1/crawls").await;
    assert_eq!(crawls["total"], 0, "the forged request started nothing: {crawls}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_a_strict_policy() {
    let app = TestApp::start(Database::Sqlite, "").await;
    for path in ["/", "/search", "/sources", "/nowhere", "/api/v1/databases", "/api/v1/nowhere"] {
        let answer = app.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy:?}");
        assert!(!policy.contains("http:") && !policy.contains("https:"), "{path}: {policy:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    app.stop().await;
}
