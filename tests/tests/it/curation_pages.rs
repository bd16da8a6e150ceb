//! What people say of tables, by the portal's forms: edited, proposed, decided many at a time, and undone.

use crate::curation::{a_table, catalog};
use reeve_model::asset::TableDetail;
use reeve_model::permission::Role;
use reeve_model::personal_data::Class;
use reeve_tests::{Seat, TestApp, escaped, execute, on_both_databases, texts};
use reqwest::StatusCode;

/// The revision that a form carries.
fn revision(body: &str) -> String {
    let rest = body.split("name=\"revision\" value=\"").nth(1).expect("a form with a revision");
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn detail(app: &TestApp, place: &(String, String)) -> TableDetail {
    app.read(&format!("/api/v1/tables/{}/{}", place.0, place.1)).await
}

/// Makes somebody the owner of a table.
async fn own(app: &TestApp, login: &str, table: i64) {
    execute(
        &app.app.db,
        &format!(
            "INSERT INTO asset_owner (asset_id, role, holder_id, source, since, assigned_by)
             SELECT {table}, 'data_owner', id, 'assigned', '2026-01-01T00:00:00Z', 'test' FROM person WHERE login = '{login}'"
        ),
    )
    .await;
}

async fn define_tag(app: &TestApp, name: &str) {
    let answer = app.submit("/tags", &[("name", name), ("title_ko", "핵심"), ("title_en", "Core")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

on_both_databases! {
    async fn a_form_edits_and_a_conflict_shows_both_texts(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 4).await;
        let page = format!("/tables/{}/{}/edit", place.0, place.1);
        define_tag(&app, "core").await;
        let first = app.get(&page).await;
        assert_eq!(first.status, StatusCode::OK);
        let seen = revision(&first.body);
        let saved = app.submit(&page, &[("revision", &seen), ("description", "one row per order"), ("tag.core", "on")]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        let table = detail(&app, &place).await;
        assert_eq!(table.summary.description.as_deref(), Some("one row per order"));
        assert!(table.said.tags.contains(&"core".to_owned()));
        // The second editor had the page open before: he sees both, and nothing is lost.
        let stale = app.submit(&page, &[("revision", &seen), ("description", "one row per item")]).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
        assert!(stale.body.contains("one row per order") && stale.body.contains("one row per item"), "{}", stale.body);
        let again = app.submit(&page, &[("revision", &revision(&stale.body)), ("description", "one row per item")]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        let table = detail(&app, &place).await;
        assert_eq!(table.summary.description.as_deref(), Some("one row per item"));
        assert!(!table.said.tags.contains(&"core".to_owned()), "{:?}", table.said.tags);
        // Columns by their own form.
        let columns = format!("/tables/{}/{}/columns/edit", place.0, place.1);
        let seen = revision(&app.get(&columns).await.body);
        let name = table.columns_list[0].name.clone();
        let (comment, class) = (format!("comment.{name}"), format!("class.{name}"));
        let saved = app.submit(&columns, &[("revision", &seen), (&comment, "its number"), (&class, "indirect")]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        let stale = app.submit(&columns, &[("revision", &seen), (&comment, "another")]).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
        let table = detail(&app, &place).await;
        assert_eq!(table.columns_list[0].comment.as_deref(), Some("its number"));
        assert_eq!(table.columns_list[0].personal_data.as_ref().map(|data| (data.class, data.decided)), Some((Class::Indirect, true)));
        app.stop().await;
    }

    async fn who_may_not_edit_proposes_and_who_may_decides(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 5).await;
        let table = detail(&app, &place).await;
        let home = format!("/tables/{}/{}", place.0, place.1);
        let (kim, lee) = (app.seat("kim", &[]).await, app.seat("lee", &[]).await);
        let propose = async |seat: &Seat, text: &str| {
            let page = seat.get(&format!("{home}/edit")).await;
            let answer = seat.submit(&format!("{home}/edit"), &[("revision", &revision(&page.body)), ("description", text), ("why", "it is wrong")]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        };
        propose(&kim, "proposed by kim").await;
        propose(&lee, "proposed by lee").await;
        assert_ne!(detail(&app, &place).await.summary.description.as_deref(), Some("proposed by kim"));
        let ids = texts(&app.app.db, "SELECT CAST(id AS TEXT) FROM proposal ORDER BY id").await;
        let asset = table.summary.id.to_string();
        let decide = async |seat: &Seat, id: &str, decision: &str| {
            let seen = detail(&app, &place).await.said.revision.to_string();
            let fields = [("asset", asset.as_str()), ("revision", &seen), ("decision", decision), ("answer", "checked"), ("back", &home)];
            seat.submit(&format!("/proposals/{id}"), &fields).await
        };
        for seat in [&kim, &lee] {
            assert_eq!(decide(seat, &ids[0], "accept").await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(decide(&kim, &ids[1], "withdraw").await.status, StatusCode::FORBIDDEN);
        assert!(app.get(&home).await.body.contains("proposed by kim"));
        let accepted = decide(&app, &ids[0], "accept").await;
        assert_eq!(accepted.header("location"), home, "{}", accepted.body);
        assert_eq!(detail(&app, &place).await.summary.description.as_deref(), Some("proposed by kim"));
        assert_eq!(decide(&app, &ids[0], "decline").await.status, StatusCode::CONFLICT);
        assert_eq!(decide(&lee, &ids[1], "withdraw").await.status, StatusCode::SEE_OTHER);
        let acts = texts(&app.app.db, "SELECT action FROM audit WHERE object_kind = 'proposal' ORDER BY seq").await;
        assert_eq!(acts, ["proposal_made", "proposal_made", "proposal_accepted", "proposal_declined"]);
        app.stop().await;
    }

    async fn an_owner_decides_proposals_and_certifies(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 5).await;
        let table = detail(&app, &place).await;
        let home = format!("/tables/{}/{}", place.0, place.1);
        let (kim, owner) = (app.seat("kim", &[]).await, app.seat("owner", &[]).await);
        own(&app, "owner", table.summary.id.0).await;
        let edit = async |seat: &Seat, fields: &[(&str, &str)]| {
            let page = seat.get(&format!("{home}/edit")).await;
            let seen = revision(&page.body);
            let mut all = vec![("revision", seen.as_str())];
            all.extend(fields);
            assert_eq!(seat.submit(&format!("{home}/edit"), &all).await.status, StatusCode::SEE_OTHER);
        };
        edit(&kim, &[("description", "proposed by kim")]).await;
        let id = texts(&app.app.db, "SELECT CAST(id AS TEXT) FROM proposal").await.remove(0);
        let seen = detail(&app, &place).await.said.revision.to_string();
        let asset = table.summary.id.to_string();
        let fields = [("asset", asset.as_str()), ("revision", &seen), ("decision", "accept"), ("back", &home)];
        assert_eq!(kim.submit(&format!("/proposals/{id}"), &fields).await.status, StatusCode::FORBIDDEN);
        assert_eq!(owner.submit(&format!("/proposals/{id}"), &fields).await.status, StatusCode::SEE_OTHER);
        assert_eq!(detail(&app, &place).await.summary.description.as_deref(), Some("proposed by kim"));
        // No office certifies; who answers for it does.
        edit(&app, &[("description", "proposed by kim"), ("certified", "on")]).await;
        assert!(!detail(&app, &place).await.summary.certified);
        edit(&owner, &[("description", "proposed by kim"), ("certified", "on")]).await;
        let said = detail(&app, &place).await;
        assert_eq!(said.said.certification.map(|said| said.by).as_deref(), Some("owner"));
        app.until_indexed().await;
        let found = app.search(&format!("{}.{} is:certified", place.0, place.1)).await;
        assert_eq!(found.hits.first().map(|hit| hit.certified), Some(true), "{found:?}");
        app.stop().await;
    }

    async fn suggestions_are_decided_in_bulk_and_the_decision_wins(database: Database) {
        let (app, _metastore, _folder) = catalog(database).await;
        let page = app.get("/personal-data?lang=en").await;
        let keys: Vec<String> = page.body.split("name=\"column\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).take(3).map(str::to_owned).collect();
        assert_eq!(keys.len(), 3, "{}", page.body);
        let mut fields = vec![("decision", "confirm"), ("back", "/personal-data")];
        fields.extend(keys[..2].iter().map(|key| ("column", key.as_str())));
        let kim = app.seat("kim", &[]).await;
        assert!(kim.submit("/personal-data", &fields).await.header("location").ends_with("decided=0&forbidden=2"));
        let officer = app.seat("han", &[Role::PrivacyOfficer]).await;
        assert!(officer.submit("/personal-data", &fields).await.header("location").ends_with("decided=2&forbidden=0"));
        let reject = [("decision", "reject"), ("back", "//evil.example"), ("column", keys[2].as_str())];
        assert!(officer.submit("/personal-data", &reject).await.header("location").starts_with("/?"));
        let open = app.get("/personal-data").await.body;
        assert!(keys.iter().all(|key| !open.contains(&format!("value=\"{key}\""))));
        let decided = app.get("/personal-data?state=decided").await.body;
        assert!(keys.iter().all(|key| decided.contains(&format!("value=\"{key}\""))), "{decided}");
        let classes = texts(&app.app.db, "SELECT class FROM column_note WHERE class IS NOT NULL").await;
        assert_eq!(classes.iter().filter(|class| *class == "none").count(), 1, "{classes:?}");
        app.crawl("prod").await;
        assert_eq!(texts(&app.app.db, "SELECT class FROM column_note WHERE class IS NOT NULL").await.len(), 3);
        app.stop().await;
    }

    async fn a_bulk_edit_is_previewed_made_and_undone_but_for_what_has_changed_since(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 0).await;
        define_tag(&app, "core").await;
        let query = format!("q={}", escaped(&format!("db:{}", place.0)));
        let open = app.get(&format!("/search/edit?{query}")).await;
        assert_eq!(open.status, StatusCode::OK, "{}", open.body);
        let preview = app.submit("/search/edit", &[("query", &query), ("what", "add_tag"), ("tag", "core")]).await;
        assert_eq!(preview.status, StatusCode::OK);
        let count = preview.body.split("name=\"count\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a count").to_owned();
        assert!(count.parse::<usize>().unwrap() >= 2, "{count}");
        // Another number than the preview's makes nothing.
        let fields = |count: &'static str| [("query", query.clone()), ("what", "add_tag".to_owned()), ("tag", "core".to_owned()), ("count", count.to_owned())];
        let wrong = fields("99999");
        let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(app.submit("/search/edit/make", &wrong).await.status, StatusCode::OK);
        assert!(texts(&app.app.db, "SELECT CAST(id AS TEXT) FROM bulk_edit").await.is_empty());
        let made = app.submit("/search/edit/make", &[("query", &query), ("what", "add_tag"), ("tag", "core"), ("count", &count)]).await;
        let address = made.header("location").to_owned();
        assert_eq!((made.status, address.starts_with("/search/edit/")), (StatusCode::SEE_OTHER, true), "{}", made.body);
        let tagged = async || texts(&app.app.db, "SELECT CAST(asset_id AS TEXT) FROM asset_tag").await.len();
        assert_eq!(tagged().await.to_string(), count);
        app.until_indexed().await;
        assert_eq!(app.search("tag:core").await.total.to_string(), count);
        // Whoever owns nothing changes nothing.
        let kim = app.seat("kim", &[]).await;
        let none = kim.submit("/search/edit", &[("query", &query), ("what", "remove_tag"), ("tag", "core")]).await;
        assert!(!none.body.contains("name=\"count\""), "{}", none.body);
        assert_eq!(kim.submit(&format!("{address}/undo"), &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(kim.get(&address).await.status, StatusCode::FORBIDDEN);
        // One table is changed by hand since.
        let edit = format!("/tables/{}/{}/edit", place.0, place.1);
        let seen = revision(&app.get(&edit).await.body);
        assert_eq!(app.submit(&edit, &[("revision", &seen), ("description", "by hand")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(app.submit(&format!("{address}/undo"), &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(tagged().await, 0);
        assert_eq!(texts(&app.app.db, "SELECT CAST(kept AS TEXT) FROM bulk_edit").await, ["1"]);
        assert_eq!(app.submit(&format!("{address}/undo"), &[]).await.status, StatusCode::CONFLICT);
        let acts = texts(&app.app.db, "SELECT action FROM audit WHERE object_kind = 'bulk_edit' ORDER BY seq").await;
        assert_eq!(acts, ["bulk_edited", "bulk_undone"]);
        app.stop().await;
    }

    async fn a_table_made_anew_keeps_what_is_said_of_it(database: Database) {
        let (app, metastore, _folder) = catalog(database).await;
        let place = a_table(&metastore, 6).await;
        let page = format!("/tables/{}/{}/edit", place.0, place.1);
        define_tag(&app, "core").await;
        let seen = revision(&app.get(&page).await.body);
        assert_eq!(app.submit(&page, &[("revision", &seen), ("description", "kept"), ("tag.core", "on"), ("deprecated", "on"), ("deprecation_note", "old")]).await.status, StatusCode::SEE_OTHER);
        let before = detail(&app, &place).await;
        metastore.change(&format!(
            "UPDATE TBLS SET CREATE_TIME = CREATE_TIME + 1 WHERE TBL_NAME = '{}' AND DB_ID = (SELECT DB_ID FROM DBS WHERE NAME = '{}')",
            place.1, place.0)).await;
        app.crawl("prod").await;
        let after = detail(&app, &place).await;
        assert_ne!(after.summary.id, before.summary.id);
        assert_eq!(after.summary.description.as_deref(), Some("kept"));
        assert!(after.said.tags.contains(&"core".to_owned()) && after.summary.deprecated.is_some());
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_tags_is_an_administrators() {
    let app = TestApp::start(reeve_tests::Database::Sqlite, "").await;
    define_tag(&app, "Core").await;
    let taken = app.submit("/tags", &[("name", "core"), ("title_ko", "a"), ("title_en", "b")]).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    for name in ["two words", "", "a,b", &"x".repeat(41), "<script>"] {
        let wrong = app.submit("/tags", &[("name", name), ("title_ko", "a"), ("title_en", "b")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
    let evil = "<script>alert(1)</script>";
    assert_eq!(
        app.submit("/tags", &[("name", "evil"), ("title_ko", evil), ("title_en", evil)]).await.status,
        StatusCode::SEE_OTHER
    );
    let page = app.get("/tags").await.body;
    assert!(!page.contains(evil) && page.contains("alert(1)"));
    let kim = app.seat("kim", &[Role::Operator]).await;
    assert_eq!(kim.get("/tags").await.status, StatusCode::OK);
    assert_eq!(
        kim.submit("/tags", &[("name", "x"), ("title_ko", "a"), ("title_en", "b")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(kim.submit("/tags/remove", &[("name", "core")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.submit("/tags/remove", &[("name", "core")]).await.status, StatusCode::SEE_OTHER);
    assert!(!app.get("/tags").await.body.contains("core<"));
    app.stop().await;
}
