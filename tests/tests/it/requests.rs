//! Requests by the API: asked, offered less, accepted, in force, over. Nobody decides his own.

use crate::metastore_at;
use chrono::TimeDelta;
use reeve_model::asset::Paged;
use reeve_model::permission::Role;
use reeve_model::request::{Act, RequestDetail, RequestPreview, RequestSummary, StateWord};
use reeve_tests::{Answer, FakeMetastore, Seat, Table, TestApp, World, execute, on_both_databases, texts};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TABLE: &str = "clickstream.page_view";

/// Database `clickstream` with a table of a partition a day, owned by `owner`, kept 7 days by a policy.
async fn portal(database: reeve_tests::Database) -> (TestApp, FakeMetastore) {
    let days = (1..=20).map(|day| format!("2026-11-{day:02}")).collect();
    let table = Table {
        created_at: 1_700_000_000,
        columns: vec!["member_no".to_owned(), "url".to_owned()],
        partitions: Some(days),
    };
    let databases = BTreeMap::from([("clickstream".to_owned(), BTreeMap::from([("page_view".to_owned(), table)]))]);
    let metastore = FakeMetastore::start(World { warehouse: "hdfs://nn/w".to_owned(), databases, uuid: None }).await;
    let app = TestApp::start(database, &metastore_at(&metastore.uri)).await;
    app.crawl("prod").await;
    // What a metastore with statistics would have said.
    execute(&app.app.db, "UPDATE catalog_table SET size_bytes = 200000000000").await;
    app.seat("owner", &[]).await;
    let owners = json!({ "owners": [{ "role": "data_owner", "holder": "owner" }] });
    let path = "/api/v1/tables/clickstream/page_view/owners";
    assert_eq!(app.send_json(Method::PUT, path, &owners).await.status, StatusCode::OK);
    let policy = json!({ "reason": "the test begins with it", "policy": {
        "name": "clickstream", "scope": { "kind": "database", "name": "clickstream" }, "period": "7d",
        "clock": { "kind": "partition_value", "zone": "Asia/Seoul" }, "basis": "the platform keeps what it can in a week",
        "valid_from": "2026-01-01"
    } });
    let written = app.send_json(Method::PUT, "/api/v1/policies/clickstream", &policy).await;
    assert_eq!(written.status, StatusCode::OK, "{}", written.body);
    (app, metastore)
}

fn day(app: &TestApp, days: i64) -> String {
    app.app.calendar(app.app.clock.now()).day(app.app.clock.now() + TimeDelta::days(days)).to_string()
}

async fn ask(app: &TestApp, seat: &Seat, days: u32) -> Answer {
    let body = json!({
        "kind": "retention_extension", "subject": TABLE, "reason": "재방문 코호트 분석", "days": days, "until": day(app, 60),
    });
    seat.send_json(Method::POST, "/api/v1/requests", &body).await
}

async fn decide(seat: &Seat, id: i64, body: &Value) -> Answer {
    let path = format!("/api/v1/requests/{id}");
    let tag = seat.get(&path).await.header("etag").to_owned();
    seat.send_json_with(Method::POST, &format!("{path}/decisions"), &[("if-match", &tag)], body).await
}

async fn retention(app: &TestApp) -> Value {
    app.read("/api/v1/retention/clickstream/page_view").await
}

on_both_databases! {
    async fn more_days_are_asked_for_offered_accepted_in_force_and_over(database: Database) {
        let (app, _metastore) = portal(database).await;
        let (analyst, owner) = (app.seat("analyst", &[]).await, app.seat("owner", &[]).await);
        let before = retention(&app).await;
        assert_eq!((before["days"].as_i64(), before["hold"].as_bool()), (Some(7), Some(false)), "{before}");
        // What would become of it, before anybody is asked.
        let body = json!({ "kind": "retention_extension", "subject": TABLE, "reason": "", "days": 90, "until": day(&app, 60) });
        let preview = analyst.send_json(Method::POST, "/api/v1/requests?preview=true", &body).await;
        assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
        let preview: RequestPreview = preview.json();
        assert_eq!(preview.steps.iter().map(|step| step.rule.as_str()).collect::<Vec<_>>(), ["owner"]);
        assert_eq!(preview.steps[0].waiting.iter().map(|one| one.login.as_str()).collect::<Vec<_>>(), ["owner"]);
        assert!(texts(&app.app.db, "SELECT state FROM request").await.is_empty());

        let filed = ask(&app, &analyst, 90).await;
        assert_eq!(filed.status, StatusCode::CREATED, "{}", filed.body);
        let request: RequestDetail = filed.json();
        let id = request.summary.id;
        assert_eq!(request.summary.state, StateWord::InReview);
        let held = retention(&app).await;
        assert_eq!((held["days"].as_i64(), held["hold"].as_bool()), (None, Some(true)), "{held}");
        // Nobody decides his own; whoever has no part in it does not either.
        let approve = json!({ "action": "approve" });
        for other in [&analyst, &app.seat("somebody", &[]).await] {
            assert_eq!(decide(other, id, &approve).await.status, StatusCode::FORBIDDEN);
        }
        let waiting: Paged<RequestSummary> = owner.read("/api/v1/inbox").await;
        assert_eq!(waiting.items.iter().map(|one| one.id).collect::<Vec<_>>(), [id]);
        // Without saying what he has seen he decides nothing.
        let blind = owner.send_json(Method::POST, &format!("/api/v1/requests/{id}/decisions"), &approve).await;
        assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED, "{}", blind.body);
        let seen: RequestDetail = owner.read(&format!("/api/v1/requests/{id}")).await;
        let may: Vec<Act> = seen.actions.iter().filter(|action| action.allowed).map(|action| action.action).collect();
        assert!(may.contains(&Act::Approve) && may.contains(&Act::Counter) && !may.contains(&Act::Withdraw), "{may:?}");

        let offer = decide(&owner, id, &json!({ "action": "counter", "days": 30, "comment": "30일이면 충분합니다" })).await;
        assert_eq!(offer.status, StatusCode::OK, "{}", offer.body);
        let offered: RequestDetail = analyst.read(&format!("/api/v1/requests/{id}")).await;
        assert_eq!(offered.summary.state, StateWord::Offered);
        let taken = decide(&analyst, id, &json!({ "action": "accept" })).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
        let agreed: RequestDetail = taken.json();
        assert_eq!(agreed.summary.state, StateWord::Verified, "{agreed:?}");
        let now = retention(&app).await;
        assert_eq!((now["days"].as_i64(), now["agreement"].as_i64(), now["hold"].as_bool()), (Some(30), Some(id), Some(false)), "{now}");
        assert!(now["explanation"].as_str().unwrap().contains(&format!("R-{id}")), "{now}");
        // It ends by itself.
        app.advance(TimeDelta::days(62));
        app.until("it is over", async |app| texts(&app.app.db, "SELECT state FROM request").await == ["lapsed"]).await;
        // Every session is over by then, too.
        let after: Value = app.seat("later", &[]).await.read("/api/v1/retention/clickstream/page_view").await;
        assert_eq!((after["days"].as_i64(), after["agreement"].as_i64()), (Some(7), None), "{after}");
        let acts = texts(&app.app.db, "SELECT act FROM request_entry ORDER BY id").await;
        assert_eq!(acts[..5], ["submit", "counter", "accept", "apply", "verify"]);
        assert_eq!(acts.last().map(String::as_str), Some("lapse"), "{acts:?}");
        let audited = texts(&app.app.db, "SELECT action FROM audit WHERE object_kind = 'request' ORDER BY seq").await;
        assert_eq!(audited.len(), acts.len() + 1, "{audited:?}");
        app.stop().await;
    }

    async fn of_two_decisions_at_once_one_counts_and_the_other_is_told(database: Database) {
        let (app, _metastore) = portal(database).await;
        let analyst = app.seat("analyst", &[]).await;
        let second = json!({ "owners": [{ "holder": "owner" }, { "holder": "second" }] });
        let (owner, other) = (app.seat("owner", &[]).await, app.seat("second", &[]).await);
        let path = "/api/v1/tables/clickstream/page_view/owners";
        assert_eq!(app.send_json(Method::PUT, path, &second).await.status, StatusCode::OK);
        let request: RequestDetail = ask(&app, &analyst, 30).await.json();
        let id = request.summary.id;
        let (approve, decline) = (json!({ "action": "approve" }), json!({ "action": "decline", "comment": "너무 깁니다" }));
        let (one, two) = tokio::join!(decide(&owner, id, &approve), decide(&other, id, &decline));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", one.body, two.body);
        let ended = texts(&app.app.db, "SELECT state FROM request").await;
        assert!(ended == ["verified"] || ended == ["declined"], "{ended:?}");
        assert!(texts(&app.app.db, "SELECT rule FROM request_seat").await.is_empty());
        app.stop().await;
    }

    async fn what_rests_on_other_ground_is_asked_again(database: Database) {
        let (app, _metastore) = portal(database).await;
        let (analyst, owner) = (app.seat("analyst", &[]).await, app.seat("owner", &[]).await);
        app.seat("privacy", &[Role::PrivacyOfficer]).await;
        let request: RequestDetail = ask(&app, &analyst, 30).await.json();
        let id = request.summary.id;
        execute(&app.app.db,
            "UPDATE column_note SET class = 'direct', class_by = 'privacy', class_at = '2026-01-01T00:00:00Z'
             WHERE name = 'member_no'",
        )
        .await;
        let approve = json!({ "action": "approve" });
        let stopped = decide(&owner, id, &approve).await;
        assert_eq!(stopped.status, StatusCode::CONFLICT, "{}", stopped.body);
        let now: RequestDetail = owner.read(&format!("/api/v1/requests/{id}")).await;
        assert!(now.summary.is_changed && !now.differences.is_empty());
        let again = decide(&owner, id, &json!({ "action": "approve", "seen": now.facts_hash })).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.body);
        // Personal data past 7 days is the privacy officer's word besides.
        let waits: RequestDetail = again.json();
        assert_eq!(waits.summary.state, StateWord::InReview);
        let capped = retention(&app).await;
        assert_eq!(capped["hold"], true, "{capped}");
        let privacy = app.seat("privacy", &[]).await;
        let done = decide(&privacy, id, &approve).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert_eq!(retention(&app).await["days"], 30);
        app.stop().await;
    }

    async fn what_cannot_be_asked_for_is_said_by_field(database: Database) {
        let (app, _metastore) = portal(database).await;
        let analyst = app.seat("analyst", &[]).await;
        let post = async |body: Value| analyst.send_json(Method::POST, "/api/v1/requests", &body).await;
        let whole = json!({ "kind": "retention_extension", "subject": TABLE, "reason": "why", "days": 30, "until": day(&app, 60) });
        let with = |field: &str, value: Value| {
            let mut body = whole.clone();
            body[field] = value;
            body
        };
        for (body, status) in [
            (with("days", json!(0)), 422),
            (with("until", json!("2020-01-01")), 422),
            (with("reason", json!(" ")), 422),
            (with("days", json!("many")), 400),
            (with("subject", json!("no.where")), 404),
            (with("kind", json!("wish")), 400),
        ] {
            let answer = post(body.clone()).await;
            assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
        }
        assert!(texts(&app.app.db, "SELECT state FROM request").await.is_empty());
        app.stop().await;
    }

    async fn an_owner_is_asked_for_and_made(database: Database) {
        let (app, _metastore) = portal(database).await;
        let (analyst, owner) = (app.seat("analyst", &[]).await, app.seat("owner", &[]).await);
        let body = json!({ "kind": "ownership", "subject": TABLE, "reason": "제가 씁니다", "how": "transfer", "role": "data_owner", "to": "analyst" });
        let filed = analyst.send_json(Method::POST, "/api/v1/requests", &body).await;
        assert_eq!(filed.status, StatusCode::CREATED, "{}", filed.body);
        let id = filed.json::<RequestDetail>().summary.id;
        let done = decide(&owner, id, &json!({ "action": "approve" })).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert_eq!(done.json::<RequestDetail>().summary.state, StateWord::Verified);
        let owners: Value = app.read("/api/v1/tables/clickstream/page_view/owners").await;
        assert_eq!(owners["owners"][0]["holder"]["name"], "analyst", "{owners}");
        let body = json!({ "kind": "deprecation", "subject": TABLE, "reason": "새 표가 있습니다", "how": "deprecate", "on": day(&app, 0), "note": "page_view_v2" });
        // Whom the asker's side has made owner does not decide for it.
        let filed: RequestDetail = owner.send_json(Method::POST, "/api/v1/requests", &body).await.json();
        let partial = decide(&analyst, filed.summary.id, &json!({ "action": "approve" })).await;
        assert_eq!(partial.status, StatusCode::FORBIDDEN, "{}", partial.body);
        let third = app.seat("third", &[]).await;
        let filed = third.send_json(Method::POST, "/api/v1/requests", &body).await;
        assert_eq!(filed.status, StatusCode::CREATED, "{}", filed.body);
        let id = filed.json::<RequestDetail>().summary.id;
        let done = decide(&analyst, id, &json!({ "action": "approve" })).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        let table: Value = app.read("/api/v1/tables/clickstream/page_view").await;
        assert_eq!(table["deprecated"]["note"], "page_view_v2", "{table}");
        app.stop().await;
    }

    async fn a_legal_hold_beats_all_and_only_the_officer_lifts_it(database: Database) {
        let (app, _metastore) = portal(database).await;
        let (analyst, privacy) = (app.seat("analyst", &[]).await, app.seat("privacy", &[Role::PrivacyOfficer]).await);
        let operator = app.seat("operator", &[Role::Operator, Role::Administrator]).await;
        let hold = json!({ "subject": "clickstream", "reason": "소송 2026가합1182" });
        for other in [&analyst, &operator] {
            assert_eq!(other.send_json(Method::POST, "/api/v1/holds", &hold).await.status, StatusCode::FORBIDDEN);
        }
        let empty = json!({ "subject": "clickstream", "reason": " " });
        assert_eq!(privacy.send_json(Method::POST, "/api/v1/holds", &empty).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let placed = privacy.send_json(Method::POST, "/api/v1/holds", &hold).await;
        assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.body);
        let id = placed.json::<Value>()["id"].as_i64().unwrap();
        // Of a database it holds its tables.
        let held = retention(&app).await;
        assert_eq!((held["days"].as_i64(), held["hold"].as_bool()), (None, Some(true)), "{held}");
        assert_eq!(app.read::<Value>("/api/v1/holds").await["items"][0]["name"], "clickstream");
        let lift = format!("/api/v1/holds/{id}/lift");
        let reason = json!({ "reason": "취하" });
        assert_eq!(operator.send_json(Method::POST, &lift, &reason).await.status, StatusCode::FORBIDDEN);
        assert_eq!(privacy.send_json(Method::POST, &lift, &reason).await.status, StatusCode::NO_CONTENT);
        assert_eq!(privacy.send_json(Method::POST, &lift, &reason).await.status, StatusCode::NOT_FOUND);
        assert_eq!(retention(&app).await["days"], 7);
        let acts = texts(&app.app.db, "SELECT action FROM audit WHERE object_kind = 'hold' ORDER BY seq").await;
        assert_eq!(acts, ["hold_placed", "hold_lifted"]);
        app.stop().await;
    }

    async fn programs_hear_of_every_table_whose_retention_changed(database: Database) {
        let (app, _metastore) = portal(database).await;
        let all: Value = app.read("/api/v1/retention/changes").await;
        assert_eq!((all["items"].as_array().map(Vec::len), all["complete"].as_bool()), (Some(1), Some(true)), "{all}");
        assert_eq!(all["items"][0]["days"], 7);
        let next = async |cursor: &Value| app.read::<Value>(&format!("/api/v1/retention/changes?cursor={}", cursor.as_str().unwrap())).await;
        // What follows from a crawl may come a moment later.
        let mut none = next(&all["cursor"]).await;
        for _ in 0..50 {
            if none["items"].as_array().is_some_and(Vec::is_empty) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            none = next(&none["cursor"]).await;
        }
        assert_eq!(none["items"].as_array().map(Vec::len), Some(0), "{none}");
        let privacy = app.seat("privacy", &[Role::PrivacyOfficer]).await;
        let hold = json!({ "subject": TABLE, "reason": "소송 2026가합1182" });
        assert_eq!(privacy.send_json(Method::POST, "/api/v1/holds", &hold).await.status, StatusCode::CREATED);
        let held = next(&none["cursor"]).await;
        assert_eq!(held["items"][0]["hold"], true, "{held}");
        // Another version of a policy concerns whatever it holds for: all is told again.
        let policy = json!({ "reason": "longer", "policy": {
            "name": "clickstream", "scope": { "kind": "database", "name": "clickstream" }, "period": "30d",
            "clock": { "kind": "partition_value", "zone": "Asia/Seoul" }, "basis": "the platform keeps what it can in a month",
            "valid_from": "2026-01-01"
        } });
        assert_eq!(app.send_json(Method::PUT, "/api/v1/policies/clickstream", &policy).await.status, StatusCode::OK);
        let again = next(&held["cursor"]).await;
        assert_eq!(again["items"].as_array().map(Vec::len), Some(1), "{again}");
        let bulk = app.send_json(Method::POST, "/api/v1/retention/query", &json!({ "tables": [TABLE, "no.where"] })).await;
        let bulk: Value = bulk.json();
        assert_eq!((bulk["items"][0]["hold"].as_bool(), bulk["unknown"][0].as_str()), (Some(true), Some("no.where")), "{bulk}");
        app.stop().await;
    }
}
