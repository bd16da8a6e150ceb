//! What a metastore's change does to the catalog: history for what changed, tombstones only for what is surely gone.

use reeve_model::asset::{Change, ChangeKind, DatabaseSummary, Paged, TableDetail};
use reeve_model::crawl::CrawlState;
use reeve_tests::{Metastore, TestApp, on_both_databases};
use reqwest::StatusCode;

/// The metastore's first database by name that has at least so many tables, and its tables in order.
async fn database_of(metastore: &Metastore, at_least: usize) -> (String, Vec<String>) {
    let mut databases: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for qualified in metastore.tables().await {
        let (database, table) = qualified.split_once('.').expect("db.table");
        databases.entry(database.to_owned()).or_default().push(table.to_owned());
    }
    databases.into_iter().find(|(_, tables)| tables.len() >= at_least).expect("a database of that size")
}

fn id_of(database: &str, table: &str) -> String {
    format!("(SELECT TBL_ID FROM TBLS JOIN DBS USING (DB_ID) WHERE NAME = '{database}' AND TBL_NAME = '{table}')")
}

async fn history(app: &TestApp, database: &str, table: &str) -> Vec<Change> {
    let history: Paged<Change> = app.read(&format!("/api/v1/tables/{database}/{table}/history?limit=1000")).await;
    history.items
}

on_both_databases! {
    /// A table that Hive dropped keeps its page and history, is found no more, and comes back when Hive has it again.
    async fn a_dropped_table_becomes_a_tombstone_and_may_return(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 120, 400).await;
        let app = TestApp::start(database, &metastore.source()).await;
        assert_eq!(app.crawl("prod").await.crawl.state, CrawlState::Complete);
        let (db, tables) = database_of(&metastore, 6).await;
        let gone = &tables[2];

        let away = format!("UPDATE TBLS SET DB_ID = -DB_ID WHERE TBL_ID = {}", id_of(&db, gone));
        metastore.change(&away).await;
        let crawl = app.crawl("prod").await;
        assert_eq!(crawl.crawl.state, CrawlState::Complete, "{:?}", crawl.crawl.notes);
        assert_eq!((crawl.crawl.counts.deleted, crawl.crawl.counts.held_back), (1, 0));
        let table: TableDetail = app.read(&format!("/api/v1/tables/{db}/{gone}")).await;
        assert!(table.summary.deleted_at.is_some());
        assert_eq!(history(&app, &db, gone).await.first().map(|change| change.kind), Some(ChangeKind::Deleted));
        app.until_indexed().await;
        let found = app.search(&format!("{db}.{gone}")).await;
        assert!(found.hits.iter().all(|hit| hit.qualified_name != format!("{db}.{gone}")), "{found:?}");

        metastore.change("UPDATE TBLS SET DB_ID = -DB_ID WHERE DB_ID < 0").await;
        assert_eq!(app.crawl("prod").await.crawl.state, CrawlState::Complete);
        let table: TableDetail = app.read(&format!("/api/v1/tables/{db}/{gone}")).await;
        assert_eq!(table.summary.deleted_at, None);
        assert_eq!(history(&app, &db, gone).await.first().map(|change| change.kind), Some(ChangeKind::Restored));
        app.until_indexed().await;
        let found = app.search(&format!("{db}.{gone}")).await;
        assert_eq!(found.hits.first().map(|hit| hit.qualified_name.clone()), Some(format!("{db}.{gone}")));
        app.stop().await;
    }

    /// When most of a database is missing at once, nothing is taken for deleted and the crawl says so.
    async fn too_much_missing_at_once_is_held_back(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 120, 400).await;
        let app = TestApp::start(database, &metastore.source()).await;
        app.crawl("prod").await;
        let (db, tables) = database_of(&metastore, 6).await;
        let before: DatabaseSummary = app.read(&format!("/api/v1/databases/{db}")).await;

        metastore.change(&format!("UPDATE TBLS SET DB_ID = -DB_ID WHERE DB_ID = (SELECT DB_ID FROM DBS WHERE NAME = '{db}') AND TBL_NAME <> '{}'", tables[0])).await;
        let crawl = app.crawl("prod").await;
        assert_eq!(crawl.crawl.counts.deleted, 0);
        assert_eq!(crawl.crawl.counts.held_back, i64::try_from(tables.len() - 1).unwrap());
        assert!(crawl.crawl.notes.iter().any(|note| note.to_string().contains(&db)), "the crawl says where it held back");
        let after: DatabaseSummary = app.read(&format!("/api/v1/databases/{db}")).await;
        assert_eq!((after.tables, after.views, after.deleted_at), (before.tables, before.views, None));
        app.stop().await;
    }

    /// Each change of a definition is one line of history, with the old value and the new.
    async fn every_change_of_a_definition_is_history(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 120, 400).await;
        let app = TestApp::start(database, &metastore.source()).await;
        app.crawl("prod").await;
        let (db, tables) = database_of(&metastore, 6).await;
        let table = &tables[1];
        let detail: TableDetail = app.read(&format!("/api/v1/tables/{db}/{table}")).await;
        let (first, second) = (&detail.columns_list[0], &detail.columns_list[1]);
        let id = id_of(&db, table);
        let cd = format!("(SELECT CD_ID FROM SDS JOIN TBLS USING (SD_ID) WHERE TBL_ID = {id})");
        metastore
            .change(&format!(
                "UPDATE COLUMNS_V2 SET TYPE_NAME = 'decimal(38,9)' WHERE CD_ID = {cd} AND COLUMN_NAME = '{}';
                 UPDATE COLUMNS_V2 SET COMMENT = '바뀐 설명' WHERE CD_ID = {cd} AND COLUMN_NAME = '{}';
                 INSERT INTO COLUMNS_V2 (CD_ID, COMMENT, COLUMN_NAME, TYPE_NAME, INTEGER_IDX) VALUES ({cd}, '새 열', 'brand_new', 'string', 9999);
                 UPDATE TBLS SET OWNER = 'someone_else' WHERE TBL_ID = {id};
                 INSERT OR REPLACE INTO TABLE_PARAMS (TBL_ID, PARAM_KEY, PARAM_VALUE) VALUES ({id}, 'retention', '7')",
                first.name, second.name
            ))
            .await;
        let crawl = app.crawl("prod").await;
        assert_eq!((crawl.crawl.state, crawl.crawl.counts.changed), (CrawlState::Complete, 1));
        let history = history(&app, &db, table).await;
        let of = |kind: ChangeKind| history.iter().find(|change| change.kind == kind).unwrap_or_else(|| panic!("no {kind:?} in {history:?}"));
        let retyped = of(ChangeKind::ColumnRetyped);
        assert_eq!((retyped.field.as_ref(), retyped.old.as_ref()), (Some(&first.name), Some(&first.data_type)));
        assert_eq!(retyped.new.as_deref(), Some("decimal(38,9)"));
        assert_eq!(of(ChangeKind::ColumnRecommented).new.as_deref(), Some("바뀐 설명"));
        assert_eq!(of(ChangeKind::ColumnAdded).field.as_deref(), Some("brand_new"));
        assert_eq!(of(ChangeKind::OwnerChanged).old, detail.summary.owner);
        assert_eq!(of(ChangeKind::OwnerChanged).new.as_deref(), Some("someone_else"));
        assert_eq!(of(ChangeKind::ParameterSet).field.as_deref(), Some("retention"));
        assert!(history.iter().all(|change| change.crawl_id.is_some()));

        app.until_indexed().await;
        let found = app.search("column:brand_new").await;
        assert_eq!(found.hits.iter().map(|hit| hit.table.clone()).collect::<Vec<_>>(), [Some(table.clone())]);
        app.stop().await;
    }

    /// A metastore that cannot be read at all is a failed crawl with a reason, not an empty catalog.
    async fn a_source_that_is_gone_deletes_nothing(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 60, 100).await;
        let app = TestApp::start(database, &metastore.source()).await;
        let before = app.crawl("prod").await;
        std::fs::rename(&metastore.file, folder.path().join("away.db")).unwrap();
        let failed = app.crawl("prod").await;
        assert_eq!(failed.crawl.state, CrawlState::Failed);
        assert!(failed.crawl.notes.iter().any(|note| note.to_string().contains("metastore.db")), "the reason names the file");
        assert!(!metastore.file.exists(), "a crawler never writes to its source, so it makes no file either");
        let databases: Paged<DatabaseSummary> = app.read("/api/v1/databases?limit=1000").await;
        assert_eq!(databases.items.iter().map(|d| d.tables + d.views).sum::<i64>(), before.crawl.counts.harvested);
        assert_eq!(app.get("/api/v1/sources/nowhere").await.status, StatusCode::NOT_FOUND);
        app.stop().await;
    }
}
