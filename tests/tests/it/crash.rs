//! `kill -9` at any moment leaves a catalog and an index that the next run makes true.

use reeve::catalog::{changes, crawls};
use reeve::db::Db;
use reeve::indexer;
use reeve_model::crawl::CrawlState;
use reeve_model::search::SearchRequest;
use reeve_model::visibility::Hidden;
use reeve_tests::{Metastore, Reeve, on_both_databases, texts};

/// How often each process is killed, at moments spread over its undisturbed run time.
const KILLS: u32 = 6;

on_both_databases! {
    /// A crawl killed again and again, then let through, gives the catalog of one that was never disturbed.
    async fn a_killed_crawl_leaves_a_true_catalog(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 1_500, 15_000).await;
        let undisturbed = Reeve::new(database, &metastore.source()).await;
        undisturbed.succeed(&["migrate"]).await;
        let begun = std::time::Instant::now();
        undisturbed.succeed(&["crawl", "prod"]).await;
        let whole = begun.elapsed();

        let killed = Reeve::new(database, &metastore.source()).await;
        killed.succeed(&["migrate"]).await;
        let mut cut_short = 0;
        for kill in 1..=KILLS {
            let mut crawl = killed.start(&["crawl", "prod"]);
            tokio::time::sleep(whole * kill / (KILLS + 1)).await;
            cut_short += u32::from(crawl.try_wait().unwrap().is_none());
            crawl.kill().await.unwrap();
        }
        assert!(cut_short >= KILLS / 2, "only {cut_short} of {KILLS} crawls were still running when they were killed");
        killed.succeed(&["crawl", "prod"]).await;

        let (truth, found) = (undisturbed.open().await, killed.open().await);
        assert_eq!(contents(&found.db).await, contents(&truth.db).await);
        let mut tx = found.db.read().await.unwrap();
        let page = crawls::list(&mut tx, Some("prod"), None, 100, found.clock.now()).await.unwrap();
        drop(tx);
        let unfinished = page.items.iter().filter(|crawl| !crawl.state.is_over()).count();
        assert_eq!(unfinished, 0, "{:?}", page.items);
        let interrupted = page.items.iter().filter(|crawl| crawl.state == CrawlState::Interrupted).count();
        assert!(interrupted >= 1, "killed {cut_short} times, and none is told as interrupted: {:?}", page.items);
        let left = texts(&found.db, "SELECT concat_ws(' ', id, kind, state) FROM job WHERE kind = 'crawl' AND state IN ('queued', 'running')").await;
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(answers(&killed).await, answers(&undisturbed).await);
        found.db.close().await;
        truth.db.close().await;
        killed.remove().await;
        undisturbed.remove().await;
    }

    /// An index rebuild killed again and again leaves an index that answers, or one that is rebuilt by itself.
    async fn a_killed_rebuild_leaves_a_true_index(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 1_500, 1_500).await;
        let reeve = Reeve::new(database, &metastore.source()).await;
        reeve.succeed(&["migrate"]).await;
        reeve.succeed(&["crawl", "prod"]).await;
        let truth = answers(&reeve).await;
        let begun = std::time::Instant::now();
        reeve.succeed(&["index", "rebuild"]).await;
        let whole = begun.elapsed();
        for kill in 1..=KILLS {
            let mut rebuild = reeve.start(&["index", "rebuild"]);
            tokio::time::sleep(whole * kill / (KILLS + 1)).await;
            rebuild.kill().await.unwrap();
            assert_eq!(answers(&reeve).await, truth, "after kill {kill}");
        }
        reeve.succeed(&["index", "rebuild"]).await;
        assert_eq!(answers(&reeve).await, truth);
        let app = reeve.open().await;
        let mut tx = app.db.read().await.unwrap();
        let newest = changes::last_seq(&mut tx).await.unwrap();
        drop(tx);
        assert_eq!(app.index.ready().map(|index| index.last_seq()), Some(newest));
        app.db.close().await;
        reeve.remove().await;
    }
}

/// Every asset with what a crawl writes of it, but for ids and times of ours, which differ between two runs.
async fn contents(db: &Db) -> Vec<String> {
    let mut contents = Vec::new();
    for sql in [
        "SELECT concat_ws(' ', 'database', name, description, location, owner, CAST(parameters AS TEXT), table_count, view_count,
                size_bytes, CASE WHEN deleted_at IS NULL THEN 'live' ELSE 'gone' END)
         FROM catalog_database ORDER BY 1",
        "SELECT concat_ws(' ', 'table', d.name, t.name, table_type, t.description, t.owner, format, serde, t.location,
                t.created_at, t.changed_at, t.size_bytes, file_count, row_count, column_count, partition_count,
                CAST(columns AS TEXT), CAST(partition_keys AS TEXT), CAST(t.parameters AS TEXT), view_text,
                CASE WHEN t.deleted_at IS NULL THEN 'live' ELSE 'gone' END)
         FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id ORDER BY 1",
        "SELECT concat_ws(' ', 'partition', d.name, t.name, p.name, p.location, created_s, changed_s, p.size_bytes, p.file_count,
                p.row_count, CAST(p.parameters AS TEXT), CASE WHEN p.deleted_at IS NULL THEN 'live' ELSE 'gone' END)
         FROM catalog_partition p JOIN catalog_table t ON t.id = p.table_id JOIN catalog_database d ON d.id = t.database_id ORDER BY 1",
    ] {
        let rows: Result<Vec<String>, sqlx::Error> = match db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_all(read).await,
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await,
        };
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
        assert!(!rows.is_empty(), "nothing for {sql}");
        contents.extend(rows);
    }
    contents
}

/// Every table and view that the search knows, and how many it finds for some queries. Not their order: that depends
/// on how often words occur in each segment of the index, and an index that grew has other segments than a fresh one.
async fn answers(reeve: &Reeve) -> Vec<String> {
    let app = reeve.open().await;
    indexer::catch_up(&app).await.unwrap();
    let mut answers = Vec::new();
    let mut cursor = None;
    loop {
        let request = SearchRequest { q: "no:tag".to_owned(), limit: 100, cursor, ..SearchRequest::default() };
        let page = app.search(request, &Hidden::NOTHING).await.unwrap();
        answers.extend(page.hits.into_iter().map(|hit| hit.qualified_name));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    answers.sort();
    for q in ["주문", "order", "type:view", "db:ods customer", "column:id"] {
        let response =
            app.search(SearchRequest { q: q.to_owned(), ..SearchRequest::default() }, &Hidden::NOTHING).await.unwrap();
        answers.push(format!("{q}: {}", response.total));
    }
    app.db.close().await;
    answers
}
