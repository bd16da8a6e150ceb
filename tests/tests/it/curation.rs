//! What people say of tables: edited, found at once, kept through every crawl.

use reeve_model::asset::{Change, ChangeKind, DatabaseSummary, Paged, TableDetail};
use reeve_model::curation::Author;
use reeve_model::permission::Role;
use reeve_model::personal_data::Class;
use reeve_model::search::SearchResponse;
use reeve_tests::{Answer, Metastore, Seat, TestApp, escaped, execute, on_both_databases, texts};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What would run if anything that people write were taken for markup.
const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>";

/// A crawled catalog.
pub(crate) async fn catalog(database: reeve_tests::Database) -> (TestApp, Metastore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let metastore = Metastore::generate(folder.path(), 120, 400).await;
    let app = TestApp::start(database, &metastore.source()).await;
    app.crawl("prod").await;
    app.until_indexed().await;
    (app, metastore, folder)
}

/// The first table by name with columns, as `/db/table`.
pub(crate) async fn a_table(metastore: &Metastore, at: usize) -> (String, String) {
    let tables = metastore.tables().await;
    let (database, table) = tables[at].split_once('.').expect("db.table");
    (database.to_owned(), table.to_owned())
}

fn api(place: &(String, String)) -> String {
    format!("/api/v1/tables/{}/{}", place.0, place.1)
}

/// Edits with the entity tag of what is read first.
async fn patch(seat: &Seat, path: &str, body: &Value) -> Answer {
    let tag = seat.get(path).await.header("etag").to_owned();
    seat.send_json_with(Method::PATCH, path, &[("if-match", &tag)], body).await
}

/// The kind of problem that an answer is.
fn problem(answer: &Answer) -> String {
    answer.json::<Value>()["type"].as_str().unwrap_or_default().trim_start_matches("/problems/").to_owned()
}

/// Searches until `found` says so; answers how long that took.
async fn searchable(app: &TestApp, q: &str, found: impl Fn(&SearchResponse) -> bool) -> Duration {
    let begun = Instant::now();
    while !found(&app.search(q).await) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{q} is not found: {:?}", app.search(q).await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

async fn tag(app: &TestApp, name: &str) {
    execute(
        &app.app.db,
        &format!("INSERT INTO tag (name, title_ko, title_en, created_by, created_at) VALUES ('{name}', '{name}', '{name}', 'test', '2026-01-01T00:00:00Z')"),
    )
    .await;
}

on_both_databases! {
    async fn an_edit_is_searchable_within_a_second_and_survives_every_crawl(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 3).await;
        let path = api(&place);
        tag(&app, "gold").await;
        let before: TableDetail = app.read(&path).await;
        let column = before.columns_list[0].clone();
        let answer = patch(&app, &path, &json!({
            "description": "**주문** 원장, see [the page](/databases). qwzxneedle",
            "tags": ["Gold"],
            "columns": { &column.name: { "comment": "vkjhcomment", "personal_data": "direct" } },
        })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let edited: TableDetail = answer.json();
        assert_eq!((edited.said.revision, edited.summary.description_from), (1, Some(Author::Portal)));
        assert!(edited.said.tags.contains(&"gold".to_owned()));
        assert_eq!(edited.said.source_description, before.summary.description);
        assert_eq!(edited.columns_list[0].comment.as_deref(), Some("vkjhcomment"));
        assert_eq!(edited.columns_list[0].other_comment, column.comment);
        let name = format!("{}.{}", place.0, place.1);
        let is_it = |answer: &SearchResponse| answer.hits.iter().any(|hit| hit.qualified_name == name);
        let took = searchable(&app, "qwzxneedle", is_it).await;
        assert!(took < Duration::from_secs(1), "searchable after {took:?}");
        assert!(is_it(&app.search("vkjhcomment").await));
        let hit = app.search("qwzxneedle tag:gold pii:direct").await.hits.remove(0);
        assert!(hit.tags.contains(&"gold".to_owned()), "{hit:?}");
        assert_eq!(hit.description.as_deref(), Some("주문 원장, see the page. qwzxneedle"));
        assert!(hit.personal_data >= Some(Class::Direct));

        // The source changes its own words, and what people said stays.
        metastore.change(&format!(
            "UPDATE COLUMNS_V2 SET COMMENT = 'from the source' WHERE COLUMN_NAME = '{}';
             UPDATE TABLE_PARAMS SET PARAM_VALUE = 'said anew' WHERE PARAM_KEY = 'comment'", column.name)).await;
        app.crawl("prod").await;
        app.until_indexed().await;
        let after: TableDetail = app.read(&path).await;
        assert_eq!((&after.summary.description, after.said.revision), (&edited.summary.description, 1));
        assert_eq!(after.columns_list[0].comment.as_deref(), Some("vkjhcomment"));
        assert_eq!(after.columns_list[0].other_comment.as_deref(), Some("from the source"));
        assert!(after.columns_list[0].personal_data.as_ref().is_some_and(|data| data.decided));
        assert!(after.said.tags.contains(&"gold".to_owned()) && is_it(&app.search("qwzxneedle tag:gold").await));

        // Everything is in the history, with who did it, and in the audit log.
        let history: Paged<Change> = app.read(&format!("{path}/history?limit=1000")).await;
        let kinds: Vec<ChangeKind> = history.items.iter().filter(|c| c.actor.as_deref() == Some("tester")).map(|c| c.kind).collect();
        for kind in [ChangeKind::DescriptionChanged, ChangeKind::TagsChanged, ChangeKind::CommentChanged, ChangeKind::ClassChanged] {
            assert!(kinds.contains(&kind), "{kind:?} is not in {kinds:?}");
        }
        let acts = texts(&app.app.db, "SELECT action FROM audit WHERE object_kind IN ('table', 'column') ORDER BY seq").await;
        assert_eq!(acts, ["description_changed", "tags_changed", "comment_changed", "class_changed"]);

        // Taken away, the source's words are there again.
        let answer = patch(&app, &path, &json!({ "description": null, "columns": { &column.name: { "comment": null } } })).await;
        let back: TableDetail = answer.json();
        assert_eq!(back.summary.description_from, back.summary.description.as_ref().map(|_| Author::Source));
        assert_eq!(back.columns_list[0].comment.as_deref(), Some("from the source"));
        app.stop().await;
    }

    async fn two_editors_never_overwrite_each_other(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 0).await;
        let path = api(&place);
        let tag = app.get(&path).await.header("etag").to_owned();
        let send = async |tag: Option<&str>, text: &str| {
            let headers: Vec<(&str, &str)> = tag.map(|tag| ("if-match", tag)).into_iter().collect();
            app.send_json_with(Method::PATCH, &path, &headers, &json!({ "description": text })).await
        };
        let without = send(None, "none").await;
        assert_eq!((without.status, problem(&without).as_str()), (StatusCode::PRECONDITION_REQUIRED, "precondition-needed"));
        let first = send(Some(&tag), "first").await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        let second = send(Some(&tag), "second").await;
        assert_eq!((second.status, problem(&second).as_str()), (StatusCode::PRECONDITION_FAILED, "edited-meanwhile"));
        assert_eq!(send(Some("\"nonsense\""), "third").await.status, StatusCode::PRECONDITION_FAILED);
        let now: TableDetail = app.read(&path).await;
        assert_eq!(now.summary.description.as_deref(), Some("first"));
        // The answer's own tag serves for the next edit, and a crawl between the two is no editor.
        let tag = first.header("etag").to_owned();
        app.crawl("prod").await;
        assert_eq!(send(Some(&tag), "fourth").await.status, StatusCode::OK);
        // Many at once: one of them wins.
        let tag = app.get(&path).await.header("etag").to_owned();
        let mut racers = tokio::task::JoinSet::new();
        for at in 0..8 {
            let (seat, path, tag) = (Seat::clone(&app), path.clone(), tag.clone());
            racers.spawn(async move {
                let body = json!({ "description": format!("racer {at}") });
                seat.send_json_with(Method::PATCH, &path, &[("if-match", &tag)], &body).await.status
            });
        }
        let all = racers.join_all().await;
        assert_eq!(all.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{all:?}");

        let database = format!("/api/v1/databases/{}", place.0);
        let answer = patch(&app, &database, &json!({ "description": "a *database*" })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.json::<DatabaseSummary>().description.as_deref(), Some("a *database*"));
        assert_eq!(app.send_json(Method::PATCH, &database, &json!({})).await.status, StatusCode::PRECONDITION_REQUIRED);
        app.stop().await;
    }

    async fn what_cannot_be_taken_is_refused_by_name(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 1).await;
        let path = api(&place);
        tag(&app, "gold").await;
        let own = format!("{}.{}", place.0, place.1);
        for (body, status, kind) in [
            (json!({ "tags": ["gould"] }), 422, "no-such-tag"),
            (json!({ "columns": { "nowhere": { "comment": "x" } } }), 422, "no-such-column"),
            (json!({ "deprecated": { "note": "x", "replacement": "no.where" } }), 422, "no-replacement"),
            (json!({ "deprecated": { "note": "x", "replacement": own } }), 422, "no-replacement"),
            (json!({ "description": "x".repeat(20_001) }), 422, "too-long"),
            (json!({ "descripton": "x" }), 400, "unreadable-field"),
            (json!({ "tags": "gold" }), 400, "unreadable-field"),
        ] {
            let answer = patch(&app, &path, &body).await;
            assert_eq!((answer.status.as_u16(), problem(&answer).as_str()), (status, kind), "{body}: {}", answer.body);
        }
        let now: TableDetail = app.read(&path).await;
        assert_eq!(now.said.revision, 0);
        // Whoever has no office and owns nothing edits nothing, and may not even with a tag.
        let kim = app.seat("kim", &[]).await;
        for body in [json!({ "description": "x" }), json!({ "tags": [] }), json!({ "certified": true }), json!({ "deprecated": null })] {
            assert_eq!(patch(&kim, &path, &body).await.status, StatusCode::FORBIDDEN, "{body}");
        }
        let officer = app.seat("han", &[Role::PrivacyOfficer]).await;
        let column = now.columns_list[0].name.clone();
        assert_eq!(patch(&officer, &path, &json!({ "columns": { &column: { "personal_data": "none" } } })).await.status, StatusCode::OK);
        assert_eq!(patch(&officer, &path, &json!({ "columns": { &column: { "comment": "x" } } })).await.status, StatusCode::FORBIDDEN);
        app.stop().await;
    }

    async fn nothing_that_people_write_is_markup(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 2).await;
        let path = api(&place);
        metastore.change(&format!("UPDATE TABLE_PARAMS SET PARAM_VALUE = '{EVIL}' WHERE PARAM_KEY = 'comment';
            UPDATE COLUMNS_V2 SET COMMENT = '{EVIL}'")).await;
        app.crawl("prod").await;
        app.until_indexed().await;
        let table: TableDetail = app.read(&path).await;
        let column = &table.columns_list[0].name;
        let page = format!("/tables/{}/{}", place.0, place.1);
        let pages = [page.clone(), format!("{page}/columns"), format!("{page}/history"), format!("/databases/{}", place.0), format!("/search?q={}", escaped(&place.1))];
        let clean = async |when: &str| {
            for address in &pages {
                let body = app.get(address).await.body;
                assert!(!body.contains("<script>alert") && !body.contains("<img src=x"), "{when}: {address}: {body}");
                assert!(body.contains("alert(1)"), "{when}: {address} shows it as text");
            }
        };
        clean("said by the source").await;
        let description = format!("{EVIL} [x](javascript:alert(1)) <a href=\"javascript:alert(1)\">y</a>");
        let answer = patch(&app, &path, &json!({ "description": description, "columns": { column: { "comment": EVIL } },
            "deprecated": { "note": EVIL } })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(answer.header("content-type").starts_with("application/json"));
        app.until_indexed().await;
        clean("said by people").await;
        assert!(!app.get(&page).await.body.contains("<a href=\"javascript"));
        // Nor is the name of whoever wrote it.
        let evil = app.seat(EVIL, &[Role::Administrator]).await;
        assert_eq!(patch(&evil, &path, &json!({ "description": "signed" })).await.status, StatusCode::OK);
        app.until_indexed().await;
        clean("by somebody of such a name").await;
        app.stop().await;
    }

    async fn whose_comments_go_first_is_a_setting(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 30, 100).await;
        let app = TestApp::start(database, &format!("{}[catalog]\ncomments = \"source\"\n", metastore.source())).await;
        metastore.change("UPDATE COLUMNS_V2 SET COMMENT = 'of the source xqvz'").await;
        app.crawl("prod").await;
        let place = a_table(&metastore, 0).await;
        let path = api(&place);
        let column = app.read::<TableDetail>(&path).await.columns_list[0].name.clone();
        let answer = patch(&app, &path, &json!({ "columns": { &column: { "comment": "of people zvqx" } } })).await;
        let first = answer.json::<TableDetail>().columns_list.remove(0);
        assert_eq!((first.comment.as_deref(), first.other_comment.as_deref()), (Some("of the source xqvz"), Some("of people zvqx")));
        assert_eq!(first.comment_from, Some(Author::Source));
        app.until_indexed().await;
        assert!(app.search("xqvz").await.total > 0);
        assert_eq!(app.search("zvqx").await.total, 0);
        app.stop().await;
    }
}
