//! A real Hive metastore, crawled completely. What it holds is written in `tests/peers/seed.py`.

use crate::metastore_at;
use reeve_model::asset::{AssetKind, DatabaseSummary, Paged, Partition, TableDetail, TableSummary, TableType};
use reeve_model::crawl::{CrawlState, SourceStatus};
use reeve_tests::{CutOff, Metastore, TestApp, escaped, on_both_databases, peers};

/// The databases of the seed with their tables and views, in order.
const SEEDED: [(&str, &[&str]); 4] = [
    ("empty_db", &[]),
    ("hr", &["employees"]),
    ("raw", &["events_csv", "sensor_avro", "wide", "wide_csv"]),
    ("sales", &["baskets", "customers", "daily", "orders", "v_daily", "v_orders_vip"]),
];

on_both_databases! {
    /// Every table of the seed arrives, counted, and a second crawl finds nothing new.
    async fn the_metastore_arrives_completely(database: Database) {
        let app = TestApp::start(database, &metastore_at(&peers::metastore())).await;
        let crawl = app.crawl("prod").await;
        assert_eq!(crawl.crawl.state, CrawlState::Complete, "{:?} {:?}", crawl.crawl.notes, crawl.failures);
        let counts = crawl.crawl.counts;
        assert_eq!((counts.failed, counts.deleted, counts.held_back), (0, 0, 0));
        assert_eq!(counts.listed, counts.harvested);
        assert_eq!(counts.added, counts.listed);
        assert_eq!(counts.partitions_listed, counts.partitions_harvested);
        assert_eq!(crawl.crawl.databases_listed, crawl.crawl.databases_done);

        for (name, tables) in SEEDED {
            let seen = crawl.databases.iter().find(|database| database.name == name).unwrap_or_else(|| panic!("no {name}"));
            assert!(seen.complete);
            assert_eq!(seen.counts.listed, i64::try_from(tables.len()).unwrap(), "{name}");
            let listed: Paged<TableSummary> = app.read(&format!("/api/v1/databases/{name}/tables?limit=1000")).await;
            let mut names: Vec<&str> = listed.items.iter().map(|table| table.name.as_str()).collect();
            names.sort_unstable();
            assert_eq!(names, *tables, "{name}");
        }

        let again = app.crawl("prod").await;
        assert_eq!(again.crawl.state, CrawlState::Complete);
        let counts = again.crawl.counts;
        assert_eq!((counts.added, counts.changed, counts.deleted, counts.partitions_changed), (0, 0, 0, 0));
        let status: SourceStatus = app.read("/api/v1/sources/prod").await;
        assert_eq!(status.latest.map(|crawl| crawl.id), Some(again.crawl.id));
        app.stop().await;
    }

    /// Nested types, comments in Korean, partition values, formats, views and Spark's own tables.
    async fn a_table_keeps_all_that_the_metastore_says(database: Database) {
        let app = TestApp::start(database, &metastore_at(&peers::metastore())).await;
        app.crawl("prod").await;

        let sales: DatabaseSummary = app.read("/api/v1/databases/sales").await;
        assert_eq!(sales.description.as_deref(), Some("영업 데이터베이스"));
        assert_eq!((sales.tables, sales.views), (4, 2));
        assert_eq!(sales.parameters.get("owner_team").map(String::as_str), Some("영업팀"));

        let orders: TableDetail = app.read("/api/v1/tables/sales/orders").await;
        assert_eq!(orders.qualified_name, "sales.orders");
        assert_eq!(orders.table_type, TableType::Managed);
        assert_eq!(orders.summary.format.as_deref(), Some("parquet"));
        let items = orders.columns_list.iter().find(|column| column.name == "items").expect("a column `items`");
        assert_eq!(items.data_type, "array<struct<sku:string,qty:int>>");
        assert_eq!(items.comment.as_deref(), Some("주문 품목"));
        let keys: Vec<&str> = orders.partition_keys.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(keys, ["dt", "region"]);
        assert_eq!(orders.parameters.get("retention").map(String::as_str), Some("365"));

        let partitions: Paged<Partition> = app.read("/api/v1/tables/sales/orders/partitions?limit=1000").await;
        assert_eq!(partitions.total, 10);
        let busan = partitions.items.iter().filter(|partition| partition.values.get(1).is_some_and(|v| v == "부산")).count();
        assert_eq!(busan, 5, "{:?}", partitions.items);
        assert!(partitions.items.iter().all(|partition| partition.file_count > Some(0)), "{:?}", partitions.items[0]);
        let one: Paged<Partition> =
            app.read(&format!("/api/v1/tables/sales/orders/partitions?q={}", escaped("2026-01-03"))).await;
        assert_eq!(one.total, 2);

        let daily: TableDetail = app.read("/api/v1/tables/sales/daily").await;
        let columns: Vec<(&str, &str)> =
            daily.columns_list.iter().chain(&daily.partition_keys).map(|c| (c.name.as_str(), c.data_type.as_str())).collect();
        assert_eq!(columns, [("n", "bigint"), ("dt", "string")]);

        let view: TableDetail = app.read("/api/v1/tables/sales/v_orders_vip").await;
        assert_eq!(view.summary.kind, AssetKind::View);
        assert!(view.view_text.is_some_and(|text| text.contains("customers")));

        let wide: TableDetail = app.read("/api/v1/tables/raw/wide").await;
        assert_eq!(wide.columns_list.len(), 300);
        assert_eq!(wide.columns_list[299].comment.as_deref(), Some("열 299"));

        let avro: TableDetail = app.read("/api/v1/tables/raw/sensor_avro").await;
        assert_eq!(avro.summary.format.as_deref(), Some("avro"));
        assert!(avro.columns_list.iter().any(|column| column.name == "reading"), "{:?}", avro.columns_list);
        app.stop().await;
    }

    /// What was crawled is found by name and in Korean, as soon as the crawl is over.
    async fn what_was_crawled_is_found(database: Database) {
        let app = TestApp::start(database, &metastore_at(&peers::metastore())).await;
        app.crawl("prod").await;
        app.until_indexed().await;
        for (query, first) in [
            ("sales.orders", "sales.orders"),
            ("SALES ORDERS", "sales.orders"),
            ("sales/orders", "sales.orders"),
            ("orders", "sales.orders"),
            ("employees", "hr.employees"),
            ("고객 마스터", "sales.customers"),
            ("customers type:table", "sales.customers"),
        ] {
            let found = app.search(query).await;
            let hit = found.hits.first().unwrap_or_else(|| panic!("{query} finds nothing"));
            assert_eq!(hit.qualified_name, first, "{query}: {:?}", found.hits.iter().map(|h| &h.qualified_name).collect::<Vec<_>>());
            assert_eq!(hit.source, "prod");
        }
        for (query, among) in [("주문", "sales.orders"), ("주민등록번호", "hr.employees"), ("ㅅㅇ", "hr.employees"), ("rhror", "sales.customers")] {
            let found = app.search(query).await;
            assert!(found.hits.iter().any(|hit| hit.qualified_name.starts_with(among)), "{query}: {found:?}");
        }
        let views = app.search("db:sales type:view").await;
        assert_eq!(views.total, 2, "{views:?}");
        app.stop().await;
    }

    /// Wherever the connection breaks, the crawl says so and nothing is taken for deleted.
    async fn a_crawl_that_broke_off_deletes_nothing(database: Database) {
        let metastore = CutOff::before(&peers::metastore()).await;
        let app = TestApp::start(database, &metastore_at(&metastore.uri)).await;
        let whole = app.crawl("prod").await;
        assert_eq!(whole.crawl.state, CrawlState::Complete);
        let bytes = metastore.passed();
        assert!(bytes > 10_000, "{bytes} bytes are no crawl");

        for part in 0..6 {
            metastore.after(bytes * part / 6);
            let broken = app.crawl("prod").await;
            let state = broken.crawl.state;
            assert!(matches!(state, CrawlState::Partial | CrawlState::Failed), "cut off after {part}/6: {state:?}");
            assert_eq!(broken.crawl.counts.deleted, 0, "cut off after {part}/6");
            assert!(!broken.crawl.notes.is_empty() || !broken.failures.is_empty(), "cut off after {part}/6: no reason given");
            for (name, tables) in SEEDED {
                let there: DatabaseSummary = app.read(&format!("/api/v1/databases/{name}")).await;
                assert_eq!(there.deleted_at, None, "{name}, cut off after {part}/6");
                assert_eq!(there.tables + there.views, i64::try_from(tables.len()).unwrap(), "{name}, cut off after {part}/6");
            }
            let orders: Paged<Partition> = app.read("/api/v1/tables/sales/orders/partitions").await;
            assert_eq!(orders.total, 10, "cut off after {part}/6");
        }

        metastore.after(u64::MAX);
        let mended = app.crawl("prod").await;
        assert_eq!(mended.crawl.state, CrawlState::Complete, "{:?}", mended.failures);
        app.stop().await;
    }
}

on_both_databases! {
    /// Who writes something while a crawl writes waits for one short batch: the figures are printed, and the bound here is
    /// loose, since the machine may be busy with other things.
    async fn nobody_waits_long_behind_a_crawl(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 1_500, 20_000).await;
        let app = TestApp::start(database, &metastore.source()).await;
        let answer = app.post("/api/v1/sources/prod/crawls").await;
        let id = answer.json::<reeve_model::crawl::Crawl>().id;
        let mut waits = Vec::new();
        loop {
            let crawl: reeve_model::crawl::CrawlDetail = app.read(&format!("/api/v1/crawls/{id}")).await;
            if crawl.crawl.state.is_over() {
                assert_eq!(crawl.crawl.state, CrawlState::Complete);
                break;
            }
            let begun = std::time::Instant::now();
            app.app.db.write().await.unwrap().commit().await.unwrap();
            waits.push(begun.elapsed());
        }
        waits.sort_unstable();
        let [median, p99] = [waits.len() / 2, waits.len() * 99 / 100].map(|at| waits[at.min(waits.len() - 1)]);
        println!("{} writes beside the crawl: median {median:?}, p99 {p99:?}, max {:?}", waits.len(), waits[waits.len() - 1]);
        assert!(median < std::time::Duration::from_millis(100), "median {median:?}");
        app.stop().await;
    }
}
