//! The Thrift crawler against a real, seeded Hive metastore (`tests/peers/seed.py`), found by `REEVE_TEST_HMS`.

use reeve_crawlers::hive::HiveConfig;
use reeve_crawlers::{Crawler, Landmark, Missing, Observation, ObservedTable, Run, SourceError};
use reeve_model::asset::{Column, TableType};
use reeve_model::hive_type::HiveType;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tokio_util::sync::CancellationToken;

fn metastore(connections: usize) -> Box<dyn Crawler> {
    let uri = std::env::var("REEVE_TEST_HMS")
        .expect("REEVE_TEST_HMS is not set: it is the URI of a seeded metastore, and `cargo xtask test` starts one");
    config(vec![uri], connections).build().expect("a crawler")
}

fn config(uris: Vec<String>, connections: usize) -> HiveConfig {
    let uris = uris.into_iter().map(Into::into).collect();
    HiveConfig { uris, database: None, connections, timeout_seconds: 60 }
}

/// Everything a whole crawl says, in order.
async fn crawl(crawler: &dyn Crawler) -> Vec<Observation> {
    let (observations, result) = reeve_crawlers::observe(crawler).await;
    result.expect("the crawl ends well");
    observations
}

fn tables(observations: &[Observation]) -> BTreeMap<String, &ObservedTable> {
    let tables = observations.iter().filter_map(|observation| match observation {
        Observation::Table(table) => Some((format!("{}.{}", table.database, table.name), table.as_ref())),
        _ => None,
    });
    tables.collect()
}

fn column(name: &str, data_type: &str, comment: Option<&str>) -> Column {
    Column { name: name.to_owned(), data_type: data_type.to_owned(), comment: comment.map(str::to_owned) }
}

#[tokio::test]
async fn everything_listed_is_harvested_in_order() {
    let observations = crawl(&*metastore(4)).await;
    let Some(Observation::Databases { names }) = observations.first() else {
        panic!("the first observation is {:?}", observations.first());
    };
    for expected in ["default", "empty_db", "hr", "raw", "sales"] {
        assert!(names.iter().any(|name| name == expected), "{expected} is not in {names:?}");
    }
    let mut listed: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    let mut awaited: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut read: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for observation in &observations[1..] {
        match observation {
            Observation::DatabaseListed { database, tables } => {
                assert!(names.contains(&database.name));
                let tables = tables.iter().map(String::as_str).collect();
                assert_eq!(listed.insert(&database.name, tables), None, "{} twice", database.name);
            }
            Observation::Table(table) => {
                let left = listed.get_mut(table.database.as_str()).expect("listed before its tables");
                assert!(left.remove(table.name.as_str()), "{} twice", table.name);
                if !table.partition_keys.is_empty() {
                    awaited.insert((&table.database, &table.name));
                }
            }
            Observation::Partitions { database, table, partitions } => {
                assert!(awaited.contains(&(database.as_str(), table.as_str())));
                let names = partitions.iter().map(|partition| partition.name.as_str());
                read.entry((database, table)).or_default().extend(names);
            }
            Observation::PartitionsListed { database, table, names } => {
                assert!(awaited.remove(&(database.as_str(), table.as_str())));
                let names = names.iter().map(String::as_str).collect();
                assert_eq!(read.remove(&(database.as_str(), table.as_str())).unwrap_or_default(), names);
            }
            Observation::DatabaseDone { database } => {
                assert!(done.insert(database));
                assert!(!awaited.iter().any(|(of, _)| of == database), "{awaited:?} is still to come");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(done.len(), names.len());
    assert!(listed.values().all(HashSet::is_empty), "not harvested: {listed:?}");
    assert!(read.is_empty() && awaited.is_empty());
}

#[tokio::test]
async fn databases_and_tables_as_their_owner_described_them() {
    let observations = crawl(&*metastore(2)).await;
    let sales = observations
        .iter()
        .find_map(|observation| match observation {
            Observation::DatabaseListed { database, .. } if database.name == "sales" => Some(database),
            _ => None,
        })
        .expect("sales");
    assert_eq!(sales.description.as_deref(), Some("영업 데이터베이스"));
    assert_eq!(sales.parameters.get("owner_team").map(String::as_str), Some("영업팀"));
    assert!(sales.location.as_deref().is_some_and(|location| location.ends_with("/warehouse/sales.db")));
    assert!(sales.owner.is_some());

    let tables = tables(&observations);
    let orders = tables["sales.orders"];
    assert_eq!(orders.description.as_deref(), Some("주문 원장"));
    assert_eq!(
        orders.columns,
        [
            column("order_id", "bigint", Some("주문 번호")),
            column("customer_id", "bigint", Some("고객 번호")),
            column("amount", "decimal(18,2)", Some("금액(원)")),
            column("items", "array<struct<sku:string,qty:int>>", Some("주문 품목")),
            column("attrs", "map<string,string>", None),
            column("ts", "timestamp", None),
        ]
    );
    assert_eq!(orders.partition_keys, [column("dt", "string", Some("일자")), column("region", "string", Some("지역"))]);
    assert_eq!(orders.format.as_deref(), Some("parquet"));
    assert_eq!(orders.table_type, TableType::Managed);
    assert_eq!(orders.parameters.get("retention").map(String::as_str), Some("365"));
    assert!(!orders.parameters.keys().any(|name| name.contains("sources.schema")), "{:?}", orders.parameters);
    assert!(orders.owner.is_some() && orders.created_at.is_some() && orders.changed_at.is_some());

    let customers = tables["sales.customers"];
    assert_eq!(customers.format.as_deref(), Some("orc"));
    assert_eq!(customers.columns[3], column("grade", "varchar(10)", None));
    assert_eq!(customers.row_count, Some(7));
    assert!(customers.size_bytes.is_some_and(|bytes| bytes > 0));

    let csv = tables["raw.events_csv"];
    assert_eq!((csv.format.as_deref(), &csv.table_type), (Some("text"), &TableType::External));
    assert!(csv.location.as_deref().is_some_and(|location| location.ends_with("/ext/events_csv")));

    let view = tables["sales.v_orders_vip"];
    assert_eq!((&view.table_type, view.format.as_deref()), (&TableType::View, None));
    assert!(view.view_text.as_deref().is_some_and(|text| text.contains("JOIN sales.customers")));
    assert_eq!(view.columns[2], column("name", "string", Some("이름")));
}

#[tokio::test]
async fn spark_native_tables_have_their_real_columns() {
    let observations = crawl(&*metastore(1)).await;
    let tables = tables(&observations);
    let daily = tables["sales.daily"];
    assert_eq!(daily.columns, [column("n", "bigint", None)]);
    assert_eq!(daily.partition_keys, [column("dt", "string", None)]);
    assert_eq!((daily.format.as_deref(), daily.description.as_deref()), (Some("parquet"), Some("spark-native")));

    let baskets = tables["sales.baskets"];
    assert_eq!(baskets.format.as_deref(), Some("json"));
    assert!(baskets.location.as_deref().is_some_and(|location| location.ends_with("/ext/baskets")), "{baskets:?}");
    assert_eq!(
        baskets.columns,
        [
            column("장바구니", "struct<상품 코드:string COMMENT '코드',qty:int>", Some("담은 것")),
            column("Tags", "array<string>", None),
            column("price", "decimal(18,2)", None),
            column("grade", "varchar(10)", None),
            column("span", "interval day to second", None),
            column("at", "timestamp_ntz", None),
        ]
    );
    // So long a schema is kept in several parameters.
    let wide = tables["raw.wide_csv"];
    assert_eq!(wide.columns.len(), 300);
    assert_eq!(wide.columns[299], column("c299", "string", Some("열 299")));

    for table in tables.values() {
        for column in table.columns.iter().chain(&table.partition_keys) {
            let parsed = HiveType::parse(&column.data_type);
            assert_eq!(parsed.map(|parsed| parsed.to_string()), Ok(column.data_type.clone()));
        }
    }
}

#[tokio::test]
async fn partitions_keep_hives_spelling() {
    let observations = crawl(&*metastore(4)).await;
    let names = |of: &str| -> BTreeSet<&str> {
        let partitions = observations.iter().filter_map(|observation| match observation {
            Observation::Partitions { table, partitions, .. } if table == of => Some(partitions),
            _ => None,
        });
        partitions.flatten().map(|partition| partition.name.as_str()).collect()
    };
    assert_eq!(
        names("sensor_avro"),
        BTreeSet::from(["plant=ulsan/at=2026-01-01 10%3A00%3A00", "plant=a%2Fb%3Dc%25/at=__HIVE_DEFAULT_PARTITION__"])
    );
    let orders = names("orders");
    assert_eq!(orders.len(), 10);
    assert!(orders.contains("dt=2026-01-01/region=부산"), "{orders:?}");
    let seoul = observations
        .iter()
        .find_map(|observation| match observation {
            Observation::Partitions { table, partitions, .. } if table == "orders" => {
                partitions.iter().find(|partition| partition.name == "dt=2026-01-01/region=seoul")
            }
            _ => None,
        })
        .expect("the partition");
    assert!(seoul.location.as_deref().is_some_and(|location| location.ends_with("/dt=2026-01-01/region=seoul")));
    assert!(seoul.created_at.is_some() && seoul.changed_at.is_some());
    assert!(seoul.size_bytes.is_some_and(|bytes| bytes > 0));
    assert_eq!(seoul.row_count, Some(10));
}

#[tokio::test]
async fn one_connection_and_many_see_the_same() {
    let sorted = |observations: Vec<Observation>| {
        let mut lines: Vec<String> = observations.iter().map(|observation| format!("{observation:?}")).collect();
        lines.sort();
        lines
    };
    let one = crawl(&*metastore(1)).await;
    let many = crawl(&*metastore(8)).await;
    assert_eq!(sorted(one), sorted(many));
}

#[tokio::test]
async fn what_is_still_there_is_found_by_direct_look_up() {
    let crawler = metastore(1);
    let strings = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let there = async |missing: Missing| crawler.still_there(&missing).await;

    let names = strings(&["nowhere", "sales", "empty_db"]);
    assert_eq!(there(Missing::Databases { names }).await.expect("answers").as_slice(), ["sales", "empty_db"]);

    let tables = |database: &str| Missing::Tables {
        database: database.to_owned(),
        names: strings(&["orders", "gone", "v_daily"]),
    };
    assert_eq!(there(tables("sales")).await.expect("answers").as_slice(), ["orders", "v_daily"]);
    assert_eq!(there(tables("nowhere")).await.expect("answers"), Vec::<String>::new());

    let partitions = |table: &str| Missing::Partitions {
        database: "sales".to_owned(),
        table: table.to_owned(),
        names: strings(&["dt=2026-01-01/region=부산", "dt=2026-01-01/region=jeju"]),
    };
    let found = there(partitions("orders")).await.expect("answers");
    assert_eq!(found.as_slice(), ["dt=2026-01-01/region=부산"]);
    assert_eq!(there(partitions("gone")).await.expect("answers"), Vec::<String>::new());
}

#[tokio::test]
async fn the_metastore_is_known_by_its_settings_and_tables() {
    let crawler = metastore(1);
    let landmark = |database: &str, table: &str| Landmark {
        database: database.to_owned(),
        table: table.to_owned(),
        created_at: None,
        location: None,
    };
    let known = [landmark("sales", "orders"), landmark("sales", "gone"), landmark("nowhere", "orders")];
    let identity = crawler.identify(&known).await.expect("an identity");
    // 2.3 does not know the call.
    assert_eq!(identity.uuid, None);
    let warehouse = identity.settings.get("hive.metastore.warehouse.dir");
    assert!(warehouse.is_some_and(|value| value.contains("warehouse")), "{identity:?}");
    let [orders] = identity.landmarks.as_slice() else { panic!("{identity:?}") };
    assert_eq!((orders.database.as_str(), orders.table.as_str()), ("sales", "orders"));
    assert!(orders.created_at.is_some() && orders.location.is_some());
}

#[tokio::test]
async fn check_says_what_is_there() {
    let health = metastore(1).check().await.expect("healthy");
    // 2.3 does not tell its version.
    assert_eq!(health.version, None);
    let count: usize = health.summary.strip_suffix(" databases").expect("a count").parse().expect("a number");
    assert!(count >= 5, "{health:?}");
}

#[tokio::test]
async fn the_next_uri_is_tried_when_the_first_is_down() {
    let uri = std::env::var("REEVE_TEST_HMS").expect("REEVE_TEST_HMS");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let both = config(vec![format!("thrift://{closed}"), uri], 2).build().expect("a crawler");
    assert!(both.check().await.is_ok());
    let none = config(vec![format!("thrift://{closed}")], 1).build().expect("a crawler");
    let error = none.check().await.expect_err("nobody listens there");
    assert!(matches!(&error, SourceError::Unreachable { .. }), "{error}");
    assert!(error.to_string().starts_with(&format!("thrift://{closed}: cannot connect: ")), "{error}");
}

#[tokio::test]
async fn a_cancelled_crawl_ends_soon() {
    let cancel = CancellationToken::new();
    let (run, mut receiver) = Run::new(1, cancel.clone());
    let crawler = metastore(4);
    let crawled = tokio::spawn(async move { crawler.crawl(&run).await });
    assert!(matches!(receiver.recv().await, Some(Observation::Databases { .. })));
    cancel.cancel();
    let result = tokio::time::timeout(std::time::Duration::from_secs(10), crawled).await.expect("it ends");
    assert!(matches!(result, Ok(Err(SourceError::Cancelled))), "{result:?}");
}
