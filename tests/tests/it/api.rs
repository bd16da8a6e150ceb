//! `/api/v1` as programs see it.

use reeve_model::asset::{ColumnDetail, DatabaseSummary, Paged, Partition, TableDetail, TableSummary};
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

/// The problem that an answer must be: of this kind, whole, and in one of the two languages.
fn problem(answer: &Answer, status: StatusCode, kind: &str) -> Problem {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem: Problem = answer.json();
    assert_eq!((problem.status, problem.kind.as_str()), (status.as_u16(), format!("/problems/{kind}").as_str()));
    assert!([&problem.title, &problem.detail, &problem.advice].iter().all(|text| !text.is_empty()), "{problem:?}");
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
        let (columns, total) = all::<ColumnDetail>(&app, &format!("/api/v1/tables/{largest}/columns"), 2).await;
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
        let long = format!("/api/v1/databases?q={}", "x".repeat(2_001));
        for (path, status, kind, says) in [
            ("/api/v1/tables/nowhere/nothing", 404, "not-found", "There is no table nowhere.nothing."),
            ("/api/v1/databases/nowhere", 404, "not-found", "There is no database nowhere."),
            ("/api/v1/sources/nowhere", 404, "not-found", "There is no source nowhere."),
            ("/api/v1/crawls/9223372036854775807", 404, "not-found", "There is no crawl 9223372036854775807."),
            ("/api/v1/crawls/9223372036854775808", 404, "no-such-address", "There is nothing at this address."),
            ("/api/v1/no/such/thing", 404, "no-such-address", "There is nothing at this address."),
            ("/api/v1/databases?limit=0", 400, "out-of-range", "limit=0 is out of range."),
            ("/api/v1/databases?limit=9223372036854775807", 400, "out-of-range", "limit=9223372036854775807 is out of range."),
            ("/api/v1/databases?limit=many", 400, "unreadable-parameter", "limit=many cannot be read."),
            ("/api/v1/databases?cursor=nonsense", 400, "bad-cursor", "cursor=nonsense is not one that this list gave."),
            ("/api/v1/databases?cursor=%FF", 400, "not-text", "The address contains bytes that are not text."),
            ("/api/v1/databases?q=a%00", 400, "not-text", "The address contains bytes that are not text."),
            ("/api/v1/databases/a%00b", 400, "not-text", "The address contains bytes that are not text."),
            ("/api/v1/databases?limt=5", 400, "unknown-parameter", "This address has no parameter limt."),
            ("/api/v1/crawls?q=a", 400, "unknown-parameter", "This address has no parameter q."),
            ("/api/v1/databases?q=a&q=b", 400, "repeated-parameter", "q was given more than once."),
            (long.as_str(), 400, "parameter-too-long", "q is longer than 2,000 characters."),
            ("/api/v1/search?q=x&limit=100000", 400, "out-of-range", "limit=100000 is out of range."),
        ] {
            let answer = app.get(path).await;
            let problem = problem(&answer, StatusCode::from_u16(status).unwrap(), kind);
            assert_eq!(problem.detail, says, "{path}");
            assert_eq!(problem.instance.as_deref(), path.split('?').next(), "{path}");
        }
        let slip = app.send(Method::GET, "/api/v1/databases?limt=5", &[("accept-language", "ko")]).await;
        let slip = problem(&slip, StatusCode::BAD_REQUEST, "unknown-parameter");
        assert!(slip.title.contains("요청") && slip.advice.contains("limit"), "{slip:?}");
        let nothing = app.post("/api/v1/sources/nowhere/crawls").await;
        problem(&nothing, StatusCode::NOT_FOUND, "not-found");
        app.stop().await;
    }

    /// What a refusal says in its headers reaches the caller, whoever gives it its body.
    async fn headers_of_errors_survive(database: Database) {
        let app = TestApp::start(database, "").await;
        let wrong_method = app.send(Method::DELETE, "/api/v1/databases", &[]).await;
        problem(&wrong_method, StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed");
        assert_eq!(wrong_method.header("allow"), "GET,HEAD");
        let page = app.get("/tables/nowhere/nothing?lang=ko").await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"));
        assert_eq!(page.header("set-cookie"), "lang=ko; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000");
        assert!(page.body.contains("nowhere.nothing 테이블이 없습니다."), "{}", page.body);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'nonce-") && page.header("x-frame-options") == "DENY", "{policy}");
        let form = app.send(Method::POST, "/preferences/theme", &[("content-type", "text/csv")]).await;
        assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", form.body);
        assert!(form.body.contains("What was sent is of the wrong type."), "{}", form.body);
        app.stop().await;
    }

    /// Who is turned away at the door is told why, in his language.
    async fn the_guard_says_why(database: Database) {
        let app = TestApp::start(database, "").await;
        let korean = ("accept-language", "ko-KR,ko;q=0.9");
        let foreign = app.send(Method::GET, "/api/v1/databases", &[("host", "evil.example"), korean]).await;
        let foreign = problem(&foreign, StatusCode::FORBIDDEN, "foreign-host");
        assert!(foreign.detail.contains("evil.example") && foreign.advice.contains("external_url"), "{foreign:?}");
        let page = app.send(Method::GET, "/", &[("host", "evil.example"), korean]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains("허용되지 않습니다") && page.body.contains("evil.example"), "{}", page.body);
        let site = app.send(Method::POST, "/api/v1/sources/prod/crawls", &[("sec-fetch-site", "cross-site")]).await;
        let site = problem(&site, StatusCode::FORBIDDEN, "foreign-site");
        assert!(!site.advice.contains("external_url"), "{site:?}");
        app.stop().await;
    }

    /// `q` narrows every list that documents it.
    async fn filters_do_what_they_say(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let (app, _) = crawled(database, &folder).await;
        let (databases, _) = all::<DatabaseSummary>(&app, "/api/v1/databases", 100).await;
        let part: String = databases[0].name.chars().take(3).collect();
        let wanted: Vec<&str> = databases.iter().map(|one| one.name.as_str()).filter(|name| name.contains(&part)).collect();
        assert!(wanted.len() < databases.len(), "{part} is in every name");
        let found: Paged<DatabaseSummary> = app.read(&format!("/api/v1/databases?q={}", part.to_uppercase())).await;
        assert_eq!(found.items.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), wanted);
        assert_eq!(found.total, i64::try_from(wanted.len()).unwrap());
        let nothing: Paged<DatabaseSummary> = app.read("/api/v1/databases?q=%25_!").await;
        assert_eq!((nothing.items.len(), nothing.total), (0, 0));
        app.stop().await;
    }

    /// Whatever stands in a parameter or in a path, it is answered or refused, never an error of ours.
    async fn nothing_makes_it_stumble(database: Database) {
        let app = TestApp::start(database, "").await;
        let document: serde_json::Value = app.read("/api/openapi.json").await;
        let long = "%25".repeat(1_900);
        let nasty = [
            "", "0", "-1", "9223372036854775807", "9223372036854775808", "1e9", "%00", "%FF%FE", "%ED%A0%80", "%F0%9F%A6%84",
            "'%22%3B--", "%25_!%5C", "null", "true", "a@b", "@", "*", "%EA%B0%80", long.as_str(),
        ];
        let mut asked = 0;
        for (path, operation) in document["paths"].as_object().unwrap() {
            for parameter in operation["get"]["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                for value in nasty {
                    let url = match parameter["in"].as_str() {
                        Some("path") if value.is_empty() => continue,
                        Some("path") => path.replace(&format!("{{{name}}}"), value),
                        _ => format!("{path}?{name}={value}"),
                    };
                    let url = url.replace("{id}", "1").replace("{", "").replace("}", "");
                    for url in [url.replace("/api/v1", ""), url] {
                        let answer = app.get(&url).await;
                        let status = answer.status.as_u16();
                        assert!(matches!(status, 200 | 303 | 400 | 404 | 405), "{url}: {status}: {}", answer.body);
                        asked += 1;
                    }
                }
            }
        }
        assert!(asked > 500, "only {asked} requests");
        let metrics = app.get("/metrics").await.body;
        assert!(metrics.contains("method=\"GET\""), "{metrics}");
        app.send(Method::from_bytes(b"BREW").unwrap(), "/", &[]).await;
        let metrics = app.get("/metrics").await.body;
        assert!(metrics.contains("method=\"other\"") && !metrics.contains("BREW"), "{metrics}");
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
        let second = problem(&second, StatusCode::CONFLICT, "crawl-under-way");
        assert_eq!(second.detail, "prod is being crawled already.");
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
            .replace("{id}", "1")
            .replace("{seq}", "1")
            .replace("{login}", "tester");
        assert!(!path.contains('{'), "{path}: teach this test the parameter");
        let parameters = methods["get"]["parameters"].as_array();
        let takes_q = parameters.is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "q"));
        let answer = app.get(&format!("{path}{}", if takes_q { "?q=a" } else { "" })).await;
        // Nobody here is in a team, nobody has left, and nobody asked for anything.
        let empty = ["/api/v1/teams/", "/api/v1/succession/", "/api/v1/requests/"];
        let nothing = empty.iter().any(|empty| path.starts_with(empty));
        let expected = if nothing { StatusCode::NOT_FOUND } else { StatusCode::OK };
        assert_eq!(answer.status, expected, "{path}: {}", answer.body);
    }
    app.stop().await;
}
