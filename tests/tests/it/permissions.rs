//! The OpenAPI document, walked with every role against every operation: what is allowed is the snapshot.

use reeve_model::Word;
use reeve_model::permission::{Role, Scope};
use reeve_tests::{Database, Metastore, Reeve, Seat, TestApp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What an operation is sent. One that takes a body and is not here fails the test: whoever adds it says so here.
fn body(operation: &str) -> Value {
    match operation {
        "POST /api/v1/tokens" => json!({ "name": "walk", "scopes": ["catalog:read"] }),
        "PATCH /api/v1/tables/{database}/{table}" | "PATCH /api/v1/databases/{database}" => {
            json!({ "description": "x" })
        }
        "PUT /api/v1/tags/{name}" => json!({ "title_ko": "핵심", "title_en": "Core" }),
        "PUT /api/v1/databases/{database}/owners" | "PUT /api/v1/tables/{database}/{table}/owners" => {
            json!({ "owners": [] })
        }
        "POST /api/v1/succession/{id}/handover" => json!({ "holder": "analyst" }),
        "POST /api/v1/requests" => json!({ "kind": "restore", "subject": "nowhere", "reason": "x" }),
        "POST /api/v1/requests/{id}/decisions" => json!({ "action": "approve" }),
        "POST /api/v1/holds" => json!({ "subject": "nowhere", "reason": "x" }),
        "POST /api/v1/holds/{id}/lift" => json!({ "reason": "x" }),
        "PUT /api/v1/policies/{name}" => json!({ "reason": "x", "policy": {
            "name": "walk", "scope": { "kind": "everything" }, "period": "keep", "basis": "the walk writes it as whoever may",
            "clock": { "kind": "last_write", "zone": "Asia/Seoul" }, "valid_from": "2026-01-01"
        } }),
        "POST /api/v1/retention/query" => json!({ "tables": [] }),
        other => panic!("{other} takes a body: say in tests/it/permissions.rs what it is sent"),
    }
}

/// What stands for a parameter of a path.
fn filled(path: &str, values: &BTreeMap<&str, String>) -> String {
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => filled += part,
            Some(name) => match (path, name) {
                (path, "id")
                    if path.starts_with("/api/v1/tokens")
                        || path.starts_with("/api/v1/requests")
                        || path.starts_with("/api/v1/holds") =>
                {
                    filled += "999999";
                }
                _ => filled += values.get(name).unwrap_or_else(|| panic!("{path}: no value for {name}")),
            },
        }
    }
    filled
}

fn word(status: StatusCode) -> String {
    match status.as_u16() {
        200..300 => "yes".to_owned(),
        // It was let through, and what it asked for is not so: a conflict, a precondition.
        404 | 409 | 412 | 422 | 428 => format!("yes ({})", status.as_u16()),
        403 => "no".to_owned(),
        other => other.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_at_every_operation() {
    let folder = tempfile::tempdir().unwrap();
    let metastore = Metastore::generate(folder.path(), 30, 300).await;
    let app = TestApp::start(Database::Sqlite, &metastore.source()).await;
    app.crawl("prod").await;
    app.until_indexed().await;
    let reeve = Reeve::beside(&app);
    let table = metastore.tables().await.swap_remove(0);
    let (database, table) = table.split_once('.').unwrap();
    let values = BTreeMap::from([
        ("database", database.to_owned()),
        ("table", table.to_owned()),
        ("name", "prod".to_owned()),
        ("id", "1".to_owned()),
        ("seq", "1".to_owned()),
        ("login", "analyst".to_owned()),
    ]);
    let document: Value = app.read("/api/openapi.json").await;
    let stranger = app.stranger();
    let mut bearers = Vec::new();
    for role in Role::ALL {
        let mut add = vec!["user", "add", role.as_str(), "--role", role.as_str()];
        if *role == Role::Service {
            add.push("--service");
        }
        reeve.succeed(&add).await;
        let mut create = vec!["token", "create", role.as_str(), "--name", "walk"];
        for scope in Scope::ALL {
            create.extend(["--scope", scope.as_str()]);
        }
        bearers.push(format!("Bearer {}", reeve.succeed(&create).await.stdout.trim()));
    }
    let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    let mut seen = format!("{:<56} {:<8} {}\n", "", "nobody", names.join("  "));
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (verb, operation) in operations.as_object().unwrap() {
            let method = Method::from_bytes(verb.to_uppercase().as_bytes()).unwrap();
            let line = format!("{method} {path}");
            let sent = operation.get("requestBody").map(|_| body(&line));
            let address = filled(path, &values);
            let nobody = ask(&stranger, &method, &address, sent.as_ref(), None).await;
            assert_eq!(nobody, StatusCode::UNAUTHORIZED, "{line}");
            seen += &format!("{line:<56} {:<8}", nobody.as_u16());
            for (bearer, name) in bearers.iter().zip(&names) {
                let status = ask(&stranger, &method, &address, sent.as_ref(), Some(bearer)).await;
                seen += &format!(" {:<width$} ", word(status), width = name.len());
            }
            seen = format!("{}\n", seen.trim_end());
        }
    }
    insta::assert_snapshot!(seen);
    // What was started is let end.
    app.until("no crawl runs", async |app| {
        app.read::<Value>("/api/v1/crawls").await["items"][0]["finished_at"].is_string()
    })
    .await;
    app.stop().await;
}

async fn ask(seat: &Seat, method: &Method, path: &str, body: Option<&Value>, bearer: Option<&str>) -> StatusCode {
    let headers: Vec<(&str, &str)> = bearer.map(|bearer| ("authorization", bearer)).into_iter().collect();
    match body {
        Some(body) => seat.send_json_with(method.clone(), path, &headers, body).await.status,
        None => seat.send(method.clone(), path, &headers).await.status,
    }
}
