//! Databases that only some may know of: for everyone else they do not exist, wherever one looks.

use reeve_model::asset::Paged;
use reeve_model::audit::Entry;
use reeve_model::crawl::CrawlDetail;
use reeve_model::permission::Role;
use reeve_model::search::SearchResponse;
use reeve_tests::{Answer, Metastore, Seat, TestApp, escaped, execute, on_both_databases};
use reqwest::{Method, StatusCode};
use serde_json::json;

const SECRET: &str = "zz_secret_pay";
/// As long, and never there.
const NEVER: &str = "zz_never_was_";

/// What does not exist is answered as what never did: only the name that was asked for differs.
async fn is_not_there(seat: &Seat, path: &str) {
    let answer = seat.get(path).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.body);
    let other = seat.get(&path.replace(SECRET, NEVER)).await;
    let plain = |body: &str| body.replace(SECRET, "*").replace(NEVER, "*").len();
    assert!(plain(&answer.body).abs_diff(plain(&other.body)) < 64, "{path}: {}", answer.body);
}

/// The audit log, for one who may read it and may not know of the table: its rows are not there for him.
async fn what_was_done_to_it_is_not_told(app: &TestApp, insider: &Seat, table: &str) {
    let path = format!("/api/v1/tables/{SECRET}/{table}");
    let tag = insider.get(&path).await.header("etag").to_owned();
    let columns: serde_json::Value = insider.read(&format!("{path}/columns")).await;
    let column = columns["items"][0]["name"].as_str().unwrap().to_owned();
    execute(
        &app.app.db,
        &format!(
            "INSERT INTO asset_owner (asset_id, role, holder_id, source, since, assigned_by)
         SELECT t.id, 'data_owner', p.id, 'assigned', '2026-01-01T00:00:00Z', 'test' FROM catalog_table t
         JOIN catalog_database d ON d.id = t.database_id, person p
         WHERE d.name = '{SECRET}' AND t.name = '{table}' AND p.login = 'insider'"
        ),
    )
    .await;
    let change = json!({ "description": "급여", "columns": { column: { "comment": "금액" } } });
    let done = insider.send_json_with(Method::PATCH, &path, &[("if-match", &tag)], &change).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    // What was asked for of it, too.
    let asked = json!({ "kind": "restore", "subject": format!("{SECRET}.{table}"), "reason": "복구 요청" });
    let asked = insider.send_json(Method::POST, "/api/v1/requests", &asked).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    let request = format!("/requests/{}", asked.json::<serde_json::Value>()["id"]);
    let (auditor, other) = (app.seat("insider", &[Role::PrivacyOfficer]).await, app.seat("tester", &[]).await);
    let seen: Paged<Entry> = auditor.read("/api/v1/audit?q=%EA%B8%88%EC%95%A1").await;
    assert_eq!(seen.items.len(), 1, "{seen:?}");
    for question in ["/audit?q=%EA%B8%88%EC%95%A1", "/audit?object=column", "/audit"] {
        let told = other.get(question).await;
        assert_eq!(told.status, StatusCode::OK, "{question}");
        assert!(!told.body.contains(SECRET) && !told.body.contains("급여"), "{question}");
        assert!(auditor.get(question).await.body.contains(SECRET), "{question}");
    }
    for page in ["/requests", "/inbox", "/api/v1/requests", "/api/v1/inbox"] {
        let told = other.get(page).await;
        assert_eq!(told.status, StatusCode::OK, "{page}");
        assert!(!told.body.contains(SECRET), "{page}: {}", told.body);
    }
    for path in [request.clone(), format!("/api/v1{request}")] {
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(insider.get(&path).await.status, StatusCode::OK, "{path}");
    }
    let kept: Paged<Entry> = other.read("/api/v1/audit?q=%EA%B8%88%EC%95%A1").await;
    assert_eq!((kept.total, kept.items.len()), (0, 0));
    let one = format!("/api/v1/audit/{}", seen.items[0].seq);
    assert_eq!(other.get(&one).await.status, StatusCode::NOT_FOUND);
    assert_eq!(auditor.get(&one).await.status, StatusCode::OK);
    assert_eq!(other.submit("/audit/export", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(auditor.submit("/audit/export", &[]).await.status, StatusCode::OK);
}

on_both_databases! {
    async fn what_is_hidden_does_not_exist_for_others(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 150, 1_500).await;
        let id = metastore
            .number("SELECT DB_ID FROM TBLS JOIN PARTITIONS USING (TBL_ID) GROUP BY DB_ID ORDER BY count(*) DESC LIMIT 1")
            .await;
        metastore.change(&format!("UPDATE DBS SET NAME = '{SECRET}' WHERE DB_ID = {id}")).await;
        let tables = metastore.number(&format!("SELECT count(*) FROM TBLS WHERE DB_ID = {id}")).await;
        let table = metastore
            .text(&format!("SELECT TBL_NAME FROM TBLS JOIN PARTITIONS USING (TBL_ID) WHERE DB_ID = {id} LIMIT 1"))
            .await;
        let hidden = "[[auth.hidden]]\ndatabases = [\"ZZ_secret*\"]\ngroups = [\"hr\"]\npeople = [\"insider\"]\n";
        let app = TestApp::start(database, &format!("{hidden}{}", metastore.source())).await;
        let crawl = app.crawl("prod").await;
        app.until_indexed().await;
        let insider = app.seat("insider", &[]).await;
        // One with every role is as much an outsider as anyone.
        for (name, outsider) in [("analyst", app.seat("outsider", &[]).await), ("every role", app.seat("tester", &[]).await)] {
            let questions = [
                format!("/api/v1/search?q={SECRET}.{table}&facets=true"),
                format!("/api/v1/search?q={table}&facets=true&limit=100"),
                format!("/api/v1/search?q=db:{SECRET}&facets=true"),
                format!("/api/v1/search?q=&facets=true&db={SECRET}"),
                format!("/api/v1/search?q={}&facets=true", escaped(&format!("SELECT * FROM {SECRET}.{table}"))),
                "/api/v1/search?q=&facets=true&limit=100".to_owned(),
                format!("/api/v1/suggest?q={SECRET}.{table}"),
                format!("/api/v1/suggest?q={}", &SECRET[..6]),
            ];
            for question in &questions {
                // Who may know asks first, so that an answer is kept.
                let known = insider.get(question).await.body;
                assert!(known.contains(SECRET), "{question}: {known}");
                let told = outsider.get(question).await;
                assert_eq!(told.status, StatusCode::OK);
                // What exists and is hidden is answered as what never was; the question itself may be repeated.
                let never = outsider.get(&question.replace(SECRET, NEVER)).await;
                let plain = |answer: &Answer, name: &str| {
                    let body: serde_json::Value = answer.json();
                    let parts = ["total", "hits", "facets", "suggestions", "did_you_mean"].map(|part| &body[part]);
                    serde_json::to_string(&parts).unwrap().replace(name, "*")
                };
                assert_eq!(plain(&told, SECRET), plain(&never, NEVER), "{name}, {question}");
                if !question.contains(SECRET) {
                    assert!(!told.body.contains(SECRET), "{name}, {question}: {}", told.body);
                }
            }
            let count = async |seat: &Seat| seat.read::<SearchResponse>("/api/v1/search?q=type:table&facets=true").await.total;
            assert!(count(&outsider).await < count(&insider).await);
            let databases = async |seat: &Seat| seat.read::<serde_json::Value>("/api/v1/databases").await["total"].as_i64().unwrap();
            assert_eq!(databases(&outsider).await + 1, databases(&insider).await);
            let detail: CrawlDetail = outsider.read(&format!("/api/v1/crawls/{}", crawl.crawl.id)).await;
            assert!(!detail.databases.is_empty() && detail.databases.iter().all(|database| database.name != SECRET));

            for page in ["/", "/databases", "/search", "/sources", "/sources/prod", &format!("/crawls/{}", crawl.crawl.id)] {
                let told = outsider.get(page).await;
                assert_eq!(told.status, StatusCode::OK, "{page}");
                assert!(!told.body.contains(SECRET), "{name}: {page} tells of {SECRET}");
            }
            for path in ["", "/columns", "/partitions", "/history"] {
                is_not_there(&outsider, &format!("/tables/{SECRET}/{table}{path}")).await;
                is_not_there(&outsider, &format!("/api/v1/tables/{SECRET}/{table}{path}")).await;
            }
            for path in [format!("/databases/{SECRET}"), format!("/api/v1/databases/{SECRET}"), format!("/api/v1/databases/{SECRET}/tables")] {
                is_not_there(&outsider, &path).await;
                assert_eq!(insider.get(&path).await.status, StatusCode::OK);
            }
        }
        what_was_done_to_it_is_not_told(&app, &insider, &table).await;
        let home = insider.get("/").await.body;
        assert!(home.contains(SECRET), "{home}");
        let listed: serde_json::Value = insider.read(&format!("/api/v1/databases/{SECRET}/tables")).await;
        assert_eq!(listed["total"], tables);
        app.stop().await;
    }
}
