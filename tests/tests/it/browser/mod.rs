//! The portal in a real Chromium.

mod flows;
mod pages;
mod requests;
mod roles;

use reeve_tests::browser::{Browser, Settings};
use reeve_tests::{Database, Metastore, TestApp};

/// A crawled catalog to look at.
struct Portal {
    app: TestApp,
    metastore: Metastore,
    _folder: tempfile::TempDir,
}

impl Portal {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 300, 2_000).await;
        let app = TestApp::start(Database::Sqlite, &metastore.source()).await;
        app.crawl("prod").await;
        app.until_indexed().await;
        Self { app, metastore, _folder: folder }
    }

    /// A browser that is signed in.
    async fn browser(&self, settings: Settings) -> Browser {
        let browser = Browser::open(settings).await;
        self.open(&browser, "/healthz").await;
        let (name, token) = self.app.cookie();
        browser.set_cookie(name, token).await;
        browser
    }

    async fn open(&self, browser: &Browser, path: &str) {
        let url = format!("{}{path}", self.app.url);
        browser.goto(&url).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// The partitioned table with the most columns, as `db` and `table`.
    async fn richest_table(&self) -> (String, String) {
        let id = self
            .metastore
            .number(
                "SELECT TBL_ID FROM TBLS JOIN SDS USING (SD_ID) JOIN COLUMNS_V2 USING (CD_ID)
                 WHERE TBL_ID IN (SELECT TBL_ID FROM PARTITIONS) GROUP BY TBL_ID ORDER BY count(*) DESC, TBL_ID LIMIT 1",
            )
            .await;
        let name = self
            .metastore
            .text(&format!("SELECT NAME || '.' || TBL_NAME FROM TBLS JOIN DBS USING (DB_ID) WHERE TBL_ID = {id}"))
            .await;
        let (database, table) = name.split_once('.').expect("db.table");
        (database.to_owned(), table.to_owned())
    }
}
