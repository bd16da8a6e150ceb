//! What an asset is, and what a source is: nothing is inherited by chance, and nothing is emptied by mistake.

use reeve_model::asset::{Change, ChangeKind, DatabaseSummary, Paged, TableDetail};
use reeve_model::crawl::{CrawlDetail, CrawlState, Note, SourceStatus};
use reeve_tests::{Metastore, TestApp, on_both_databases, texts};
use reqwest::StatusCode;

/// The questions of a source that wait, by their numbers.
async fn waiting(app: &TestApp) -> Vec<String> {
    texts(&app.app.db, "SELECT CAST(id AS TEXT) FROM removal WHERE state = 'pending' ORDER BY id").await
}

/// Waits for the crawl after `before` to end.
async fn next_crawl(app: &TestApp, before: &CrawlDetail) -> CrawlDetail {
    let id = before.crawl.id.0 + 1;
    let path = format!("/api/v1/crawls/{id}");
    app.until("the crawl has ended", async |app| {
        let answer = app.get(&path).await;
        answer.status == StatusCode::OK && answer.json::<CrawlDetail>().crawl.state.is_over()
    })
    .await;
    app.read(&path).await
}

async fn live(app: &TestApp) -> i64 {
    let databases: Paged<DatabaseSummary> = app.read("/api/v1/databases?limit=1000").await;
    databases.items.iter().map(|database| database.tables + database.views).sum()
}

on_both_databases! {
    /// A whole database that is gone waits for an operator; a form without a reason comes back with what was typed; what
    /// he accepts is buried by the next crawl, what he refuses stays and is not asked again.
    async fn an_operator_decides_what_is_held_back(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 120, 400).await;
        let app = TestApp::start(database, &metastore.source()).await;
        app.crawl("prod").await;
        let before = live(&app).await;
        let big = metastore.text("SELECT NAME FROM DBS JOIN TBLS USING (DB_ID) GROUP BY DB_ID ORDER BY count(*) DESC, NAME LIMIT 1").await;
        let tables = metastore.number(&format!("SELECT count(*) FROM DBS JOIN TBLS USING (DB_ID) WHERE NAME = '{big}'")).await;

        metastore.change(&format!("UPDATE DBS SET NAME = 'somewhere_else' WHERE NAME = '{big}'")).await;
        let held = app.crawl("prod").await;
        assert_eq!(held.crawl.state, CrawlState::Partial, "{:?}", held.crawl.notes);
        assert_eq!((held.crawl.counts.deleted, held.crawl.counts.held_back), (0, tables));
        let question = waiting(&app).await.remove(0);
        let page = app.get("/sources/prod").await.body;
        assert!(page.contains(&format!("{big}.")) && page.contains(&format!("/sources/prod/removals/{question}")), "{page}");

        let path = format!("/sources/prod/removals/{question}");
        let again = app.submit(&path, &[("decision", "accept"), ("reason", " x")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("aria-invalid=\"true\""), "the field says that it is wrong");
        assert_eq!(waiting(&app).await, std::slice::from_ref(&question));

        let done = app.submit(&path, &[("decision", "refuse"), ("reason", "권한을 되돌리는 중")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let kept = app.crawl("prod").await;
        assert_eq!((kept.crawl.counts.deleted, waiting(&app).await.len()), (0, 0), "it is not asked again");
        assert_eq!((kept.crawl.state, kept.crawl.counts.held_back), (CrawlState::Complete, tables), "{:?}", kept.crawl.notes);

        // Another database goes too: what is new of it is asked, and this time accepted.
        let small = metastore.text("SELECT NAME FROM DBS JOIN TBLS USING (DB_ID) WHERE NAME <> 'somewhere_else' GROUP BY DB_ID HAVING count(*) >= 3 ORDER BY count(*) DESC, NAME LIMIT 1").await;
        metastore.change(&format!("DELETE FROM TBLS WHERE DB_ID = (SELECT DB_ID FROM DBS WHERE NAME = '{small}')")).await;
        let held = app.crawl("prod").await;
        assert_eq!(held.crawl.counts.deleted, 0);
        let question = waiting(&app).await.remove(0);
        app.submit(&format!("/sources/prod/removals/{question}"), &[("decision", "accept"), ("reason", "옮겼습니다")]).await;
        let crawl = next_crawl(&app, &held).await;
        assert!(crawl.crawl.counts.deleted > 0, "{crawl:?}");
        assert!(live(&app).await < before + tables);
        app.stop().await;
    }

    /// Another metastore at the same address is noticed before anything is taken from it; once the old one is back, the
    /// question has answered itself.
    async fn another_metastore_at_the_address_changes_nothing(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 60, 100).await;
        let app = TestApp::start(database, &metastore.source()).await;
        let first = app.crawl("prod").await;
        let before = live(&app).await;
        let away = folder.path().join("away.db");
        std::fs::rename(&metastore.file, &away).unwrap();
        let other = Metastore::generate(folder.path(), 20, 10).await;
        other.change("DELETE FROM TBLS").await;
        let swapped = app.crawl("prod").await;
        assert_eq!(swapped.crawl.state, CrawlState::Failed);
        assert!(matches!(swapped.crawl.notes[..], [Note::AnotherSource { .. }]), "{:?}", swapped.crawl.notes);
        assert_eq!(live(&app).await, before);
        assert_eq!(waiting(&app).await.len(), 1);
        let status: SourceStatus = app.read("/api/v1/sources/prod").await;
        assert_eq!(status.complete_at, first.crawl.finished_at, "it is as fresh as it was");

        std::fs::rename(&away, &metastore.file).unwrap();
        let back = app.crawl("prod").await;
        assert_eq!((back.crawl.state, back.crawl.counts.changed, back.crawl.counts.deleted), (CrawlState::Complete, 0, 0));
        assert_eq!(waiting(&app).await.len(), 0);
        app.stop().await;
    }

    /// A table that was dropped and made again is another asset, which carries on the story of the first.
    async fn a_table_made_again_is_a_new_thing_with_the_old_story(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 60, 100).await;
        let app = TestApp::start(database, &metastore.source()).await;
        app.crawl("prod").await;
        let name = metastore.tables().await.swap_remove(7);
        let (db, table) = name.split_once('.').unwrap();
        let path = format!("/api/v1/tables/{db}/{table}");
        let old: TableDetail = app.read(&path).await;
        let of = format!("TBL_ID = (SELECT TBL_ID FROM TBLS JOIN DBS USING (DB_ID) WHERE NAME = '{db}' AND TBL_NAME = '{table}')");
        metastore.change(&format!("UPDATE TBLS SET CREATE_TIME = CREATE_TIME + 60, OWNER = 'somebody_new' WHERE {of}")).await;
        let crawl = app.crawl("prod").await;
        assert_eq!((crawl.crawl.state, crawl.crawl.counts.changed), (CrawlState::Complete, 1), "{:?}", crawl.crawl.notes);
        let new: TableDetail = app.read(&path).await;
        assert_ne!(new.summary.id, old.summary.id);
        let history: Paged<Change> = app.read(&format!("{path}/history?limit=1000")).await;
        let kinds: Vec<ChangeKind> = history.items.iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [ChangeKind::OwnerChanged, ChangeKind::Recreated, ChangeKind::Created], "{history:?}");
        app.until_indexed().await;
        let found = app.search(&name).await;
        assert_eq!(found.hits.iter().filter(|hit| hit.qualified_name == name).count(), 1, "found once");
        let crawl = app.crawl("prod").await;
        assert_eq!((crawl.crawl.counts.changed, crawl.crawl.counts.added), (0, 0), "a second crawl finds nothing new");
        app.stop().await;
    }

    /// The same `db.table` in two sources is two assets, each with an address of its own.
    async fn two_sources_with_the_same_name_are_told_apart(database: Database) {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, second) = (Metastore::generate(one.path(), 40, 50).await, Metastore::generate(two.path(), 40, 50).await);
        let name = first.tables().await.swap_remove(3);
        let (db, table) = name.split_once('.').unwrap();
        second.change(&format!("UPDATE TBLS SET OWNER = 'of_the_second' WHERE TBL_NAME = '{table}'")).await;
        let sections = format!("{}{}", first.source(), second.source().replace("\"prod\"", "\"legacy\""));
        let app = TestApp::start(database, &sections).await;
        app.crawl("prod").await;
        app.crawl("legacy").await;
        let of = async |source: &str| -> TableDetail { app.read(&format!("/api/v1/tables/{db}/{table}?source={source}")).await };
        let (prod, legacy) = (of("prod").await, of("legacy").await);
        assert_ne!(prod.summary.id, legacy.summary.id);
        assert!(prod.summary.ambiguous && legacy.summary.ambiguous);
        assert_eq!(legacy.summary.owner.as_deref(), Some("of_the_second"));
        app.until_indexed().await;
        let found = app.search(&name).await;
        let mut sources: Vec<&str> =
            found.hits.iter().filter(|hit| hit.qualified_name == name).map(|hit| hit.source.as_str()).collect();
        sources.sort_unstable();
        assert_eq!(sources, ["legacy", "prod"]);
        let page = app.get(&format!("/search?q={name}")).await.body;
        assert!(page.contains("source=legacy") && page.contains("source=prod"), "each hit's link names its source");
        let page = app.get(&format!("/tables/{db}/{table}?source=legacy")).await.body;
        assert!(page.contains("of_the_second"));
        app.stop().await;
    }
}
