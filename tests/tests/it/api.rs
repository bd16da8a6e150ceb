//! `/api/v1` as programs see it.

use reeve_model::asset::{Column, DatabaseSummary, Paged, Partition, TableDetail, TableSummary};
use reeve_model::problem::Problem;
use reeve_model::search::SearchResponse;
use reeve_tests::{Answer, Metastore, TestApp, escaped, on_both_databases};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// A crawled catalog of a small company.
async fn crawled(database: reeve_tests::Database, folder: &tempfile::TempDir) -> (TestApp, Metastore) {
    let metastore = Metastore::generate(folder.path(), 150, 1_500).await;
    let app = TestApp::start(database, &metastore.source()).await;
    app.crawl("prod").await;
    app.until_indexed().await;
    (app, metastore)
}

/// Every item of a list, by its cursors, `limit` at a time.
async fn all<T: DeserializeOwned>(app: &TestApp, path: &str, limit: usize) -> (Vec<T>, i64) {
    let (mut items, mut total) = (Vec::new(), None);
    let mut cursor = String::new();
    for page in 0.. {
        assert!(page < 10_000, "{path} never ends");
        let answer: Paged<T> = app.read(&format!("{path}?limit={limit}{cursor}")).await;
        assert_eq!(*total.get_or_insert(answer.total), answer.total, "{path}: the total changes from page to page");
        assert!(answer.items.len() <= limit, "{path}");
        items.extend(answer.items);
        match answer.next_cursor {
            Some(next) => cursor = format!("&cursor={}", escaped(&next)),
            None => break,
        }
    }
    (items, total.unwrap_or_default())
}

fn problem(answer: &Answer, status: StatusCode) -> Problem {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem: Problem = answer.json();
    assert_eq!(problem.status, status.as_u16());
    assert!(problem.kind.starts_with("/problems/"), "{problem:?}");
    problem
}

on_both_databases! {
    /// Page by page, every list gives each item once, as many as its total says.
    async fn cursors_visit_everything_once(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let (app, metastore) = crawled(database, &folder).await;
        let (databases, total) = all::<DatabaseSummary>(&app, "/api/v1/databases", 3).await;
        assert_eq!(databases.len(), usize::try_from(total).unwrap());
        let mut names = Vec::new();
        for database in &databases {
            let (tables, total) = all::<TableSummary>(&app, &format!("/api/v1/databases/{}/tables", database.name), 7).await;
            assert_eq!(i64::try_from(tables.len()).unwrap(), total);
            names.extend(tables.into_iter().map(|table| format!("{}.{}", table.database, table.name)));
        }
        names.sort();
        assert_eq!(names, metastore.tables().await);

        let largest: String = {
            let mut tables = Vec::new();
            for database in &databases {
                tables.extend(all::<TableSummary>(&app, &format!("/api/v1/databases/{}/tables", database.name), 100).await.0);
            }
            let largest = tables.into_iter().max_by_key(|table| table.partitions).unwrap();
            format!("{}/{}", largest.database, largest.name)
        };
        let (partitions, total) = all::<Partition>(&app, &format!("/api/v1/tables/{largest}/partitions"), 9).await;
        assert!(total > 9, "{largest} has only {total} partitions");
        let distinct: BTreeSet<&str> = partitions.iter().map(|partition| partition.name.as_str()).collect();
        assert_eq!((distinct.len(), partitions.len()), (partitions.len(), usize::try_from(total).unwrap()));
        let (columns, total) = all::<Column>(&app, &format!("/api/v1/tables/{largest}/columns"), 2).await;
        let detail: TableDetail = app.read(&format!("/api/v1/tables/{largest}")).await;
        assert_eq!(i64::try_from(columns.len()).unwrap(), total);
        assert_eq!(columns, [detail.columns_list, detail.partition_keys].concat());
        app.stop().await;
    }

    /// Search pages by cursor too, each hit once.
    async fn search_pages_visit_every_hit_once(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let (app, _) = crawled(database, &folder).await;
        let mut seen = BTreeSet::new();
        let mut path = "/api/v1/search?q=type:table&limit=20".to_owned();
        let total = loop {
            let page: SearchResponse = app.read(&path).await;
            for hit in &page.hits {
                assert!(seen.insert(hit.qualified_name.clone()), "{} twice", hit.qualified_name);
            }
            match page.next_cursor {
                Some(cursor) => path = format!("/api/v1/search?q=type:table&limit=20&cursor={}", escaped(&cursor)),
                None => break page.total,
            }
        };
        assert_eq!(seen.len() as u64, total);
        app.stop().await;
    }

    /// Errors are problem details that say what, where and what to do.
    async fn errors_are_problem_details(database: Database) {
        let app = TestApp::start(database, "").await;
        for (path, status, says) in [
            ("/api/v1/tables/nowhere/nothing", StatusCode::NOT_FOUND, "nowhere.nothing"),
            ("/api/v1/databases/nowhere", StatusCode::NOT_FOUND, "nowhere"),
            ("/api/v1/sources/nowhere", StatusCode::NOT_FOUND, "nowhere"),
            ("/api/v1/crawls/9223372036854775807", StatusCode::NOT_FOUND, "9223372036854775807"),
            ("/api/v1/no/such/thing", StatusCode::NOT_FOUND, ""),
            ("/api/v1/databases?limit=0", StatusCode::BAD_REQUEST, "limit"),
            ("/api/v1/databases?limit=many", StatusCode::BAD_REQUEST, "limit"),
            ("/api/v1/databases?cursor=%FF%00nonsense", StatusCode::BAD_REQUEST, "cursor"),
            ("/api/v1/search?q=x&cursor=nonsense", StatusCode::BAD_REQUEST, "cursor"),
            ("/api/v1/search?q=x&limit=100000", StatusCode::BAD_REQUEST, "limit"),
        ] {
            let answer = app.get(path).await;
            let problem = problem(&answer, status);
            assert!(problem.detail.as_ref().is_none_or(|detail| detail.contains(says)), "{path}: {problem:?}");
            assert_eq!(problem.instance.as_deref(), path.split('?').next(), "{path}");
        }
        let wrong_method = app.send(Method::DELETE, "/api/v1/databases", &[]).await;
        problem(&wrong_method, StatusCode::METHOD_NOT_ALLOWED);
        let nothing = app.post("/api/v1/sources/nowhere/crawls").await;
        problem(&nothing, StatusCode::NOT_FOUND);
        app.stop().await;
    }

    /// What the caller has already is not sent again; what changed is.
    async fn entity_tags_spare_what_the_caller_has(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 60, 60).await;
        let app = TestApp::start(database, &metastore.source()).await;
        let path = "/api/v1/databases?limit=1000";
        let empty = app.get(path).await;
        let tag = empty.header("etag").to_owned();
        assert!(tag.starts_with('"') || tag.starts_with("W/\""), "{tag:?}");
        let known = app.send(Method::GET, path, &[("if-none-match", &tag)]).await;
        assert_eq!((known.status, known.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        app.crawl("prod").await;
        let changed = app.send(Method::GET, path, &[("if-none-match", &tag)]).await;
        assert_eq!(changed.status, StatusCode::OK);
        assert_ne!(changed.header("etag"), tag);
        app.stop().await;
    }

    /// One crawl of a source at a time: the second is told which is under way.
    async fn a_source_is_crawled_once_at_a_time(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 400, 4_000).await;
        let app = TestApp::start(database, &metastore.source()).await;
        let first = app.post("/api/v1/sources/prod/crawls").await;
        assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.body);
        let second = app.post("/api/v1/sources/prod/crawls").await;
        problem(&second, StatusCode::CONFLICT);
        let id = first.json::<reeve_model::crawl::Crawl>().id;
        app.until("the first crawl is over", async |app| {
            app.read::<reeve_model::crawl::CrawlDetail>(&format!("/api/v1/crawls/{id}")).await.crawl.state.is_over()
        })
        .await;
        app.stop().await;
    }

    /// Health, readiness and numbers for a supervisor and Prometheus.
    async fn supervisors_are_answered(database: Database) {
        let app = TestApp::start(database, "").await;
        assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
        assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
        app.get("/api/v1/databases").await;
        let metrics = app.get("/metrics").await;
        assert!(metrics.body.contains("reeve_http_requests_total"), "{}", metrics.body);
        app.stop().await;
    }
}

/// The document that other programs are written against: a change of it is a decision.
#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_is_as_agreed() {
    let app = TestApp::start(reeve_tests::Database::Sqlite, "").await;
    let document: serde_json::Value = app.read("/api/openapi.json").await;
    insta::assert_json_snapshot!(document);
    app.stop().await;
}

/// Every path in the document answers, and nothing under `/api/v1` is missing from it.
#[tokio::test(flavor = "multi_thread")]
async fn every_documented_path_answers() {
    let folder = tempfile::tempdir().unwrap();
    let (app, metastore) = crawled(reeve_tests::Database::Sqlite, &folder).await;
    let document: serde_json::Value = app.read("/api/openapi.json").await;
    let (db, table) = {
        let first = metastore.tables().await.remove(0);
        let (db, table) = first.split_once('.').unwrap();
        (db.to_owned(), table.to_owned())
    };
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() >= 10, "{paths:?}");
    for (path, methods) in paths {
        if methods.get("get").is_none() {
            continue;
        }
        let database_or_name = if path.starts_with("/api/v1/sources") { "prod" } else { &db };
        let path = path
            .replace("{database}", &db)
            .replace("{table}", &table)
            .replace("{name}", database_or_name)
            .replace("{id}", "1");
        assert!(!path.contains('{'), "{path}: teach this test the parameter");
        let answer = app.get(&format!("{path}?q=a")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    }
    app.stop().await;
}
