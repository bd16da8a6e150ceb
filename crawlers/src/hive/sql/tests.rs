//! The direct-SQL crawler on small databases made here with Hive's own schema.

use super::SQLITE_SCHEMA;
use crate::hive::HiveConfig;
use crate::{Crawler, Missing, Observation, SourceError, observe};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::path::Path;

/// Two databases, a table with partitions and comments, a view, and a Spark table.
const SMALL: &str = r#"
INSERT INTO "VERSION" VALUES (1, '2.3.0', 'Hive release version 2.3.0');
INSERT INTO "DBS" VALUES
    (1, 'Default Hive database', 'hdfs://nn/warehouse', 'default', 'public', 'ROLE'),
    (2, '영업', 'hdfs://nn/warehouse/sales.db', 'sales', 'kim', 'USER');
INSERT INTO "DATABASE_PARAMS" VALUES (2, 'owner_team', '영업팀'), (2, 'empty', NULL);
INSERT INTO "CDS" VALUES (1), (2), (3);
INSERT INTO "COLUMNS_V2" VALUES
    (1, '금액', 'amount', 'decimal(18,2)', 1), (1, '주문 번호', 'order_id', 'bigint', 0),
    (2, NULL, 'total', 'decimal(28,2)', 0), (3, 'from deserializer', 'col', 'array<string>', 0);
INSERT INTO "SERDES" VALUES
    (1, NULL, 'org.apache.hadoop.hive.ql.io.orc.OrcSerde'),
    (2, NULL, 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe');
INSERT INTO "SERDE_PARAMS" VALUES (2, 'path', 'hdfs://nn/ext/events');
INSERT INTO "SDS" ("SD_ID", "CD_ID", "INPUT_FORMAT", "LOCATION", "SERDE_ID") VALUES
    (1, 1, 'org.apache.hadoop.hive.ql.io.orc.OrcInputFormat', 'hdfs://nn/warehouse/sales.db/orders', 1),
    (2, 2, 'org.apache.hadoop.mapred.TextInputFormat', NULL, NULL),
    (3, 3, 'org.apache.hadoop.mapred.SequenceFileInputFormat', 'hdfs://nn/x-__PLACEHOLDER__', 2),
    (4, 1, 'org.apache.hadoop.hive.ql.io.orc.OrcInputFormat', 'hdfs://nn/warehouse/sales.db/orders/dt=2026-01-01', 1),
    (5, 1, 'org.apache.hadoop.hive.ql.io.orc.OrcInputFormat', 'hdfs://nn/elsewhere', 1);
INSERT INTO "TBLS" ("TBL_ID", "CREATE_TIME", "DB_ID", "OWNER", "SD_ID", "TBL_NAME", "TBL_TYPE", "VIEW_ORIGINAL_TEXT")
VALUES
    (1, 1767225600, 2, 'kim', 1, 'orders', 'MANAGED_TABLE', NULL),
    (2, 1767225601, 2, 'lee', 2, 'v_total', 'VIRTUAL_VIEW', 'SELECT sum(amount) AS total FROM sales.orders'),
    (3, 1767225602, 2, 'lee', 3, 'events', 'EXTERNAL_TABLE', NULL);
INSERT INTO "TABLE_PARAMS" VALUES
    (1, 'comment', '주문 원장'), (1, 'totalSize', '300'), (1, 'numFiles', '3'), (1, 'transient_lastDdlTime', '1767312000'),
    (3, 'spark.sql.sources.provider', 'json'),
    (3, 'spark.sql.sources.schema', '{"type":"struct","fields":[{"name":"at","type":"timestamp","metadata":{}}]}');
INSERT INTO "PARTITION_KEYS" VALUES (1, '일자', 'dt', 'string', 0);
INSERT INTO "PARTITIONS" VALUES
    (1, 1767225700, 0, 'dt=2026-01-01', 4, 1), (2, 1767312100, 0, 'dt=2026-01-02', 5, 1);
INSERT INTO "PARTITION_PARAMS" VALUES (1, 'totalSize', '100'), (1, 'numRows', '10'), (2, 'numFiles', '2');
"#;

/// A metastore database in `folder` with these rows.
async fn database(folder: &Path, rows: &str) -> Box<dyn Crawler> {
    let path = folder.join("metastore.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection: SqliteConnection = options.connect().await.expect("a database");
    for sql in [SQLITE_SCHEMA, rows] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("valid SQL");
    }
    let url = format!("sqlite://{}", path.display());
    let config = HiveConfig { uris: Vec::new(), database: Some(url.into()), connections: 4, timeout_seconds: 5 };
    config.build().expect("a crawler")
}

#[tokio::test]
async fn a_small_metastore() {
    let folder = tempfile::tempdir().expect("a folder");
    let crawler = database(folder.path(), SMALL).await;
    let (observations, result) = observe(&*crawler).await;
    assert!(result.is_ok(), "{result:?}");
    insta::assert_debug_snapshot!(observations);

    let health = crawler.check().await.expect("healthy");
    assert_eq!((health.version.as_deref(), health.summary.as_str()), (Some("2.3.0"), "2 databases"));
}

#[tokio::test]
async fn many_tables_and_partitions_in_chunks() {
    let rows = r#"
        INSERT INTO "DBS" VALUES (1, NULL, 'hdfs://nn/w', 'bulk', NULL, NULL), (2, NULL, 'hdfs://nn/o', 'other', NULL, NULL);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 501)
        INSERT INTO "TBLS" ("TBL_ID", "CREATE_TIME", "DB_ID", "TBL_NAME", "TBL_TYPE")
            SELECT i, 1767225600, 1 + i % 2, 'table_' || i, 'MANAGED_TABLE' FROM n;
        INSERT INTO "PARTITION_KEYS" VALUES (7, NULL, 'no', 'int', 0);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        INSERT INTO "PARTITIONS" SELECT i * 3, 1767225600, 0, 'no=' || i, NULL, 7 FROM n;
    "#;
    let folder = tempfile::tempdir().expect("a folder");
    let (observations, result) = observe(&*database(folder.path(), rows).await).await;
    assert!(result.is_ok(), "{result:?}");
    let (mut tables, mut batches, mut partitions) = (0, Vec::new(), 0);
    for observation in &observations {
        match observation {
            Observation::Table(_) => tables += 1,
            Observation::Partitions { partitions, .. } => batches.push(partitions.len()),
            Observation::PartitionsListed { names, .. } => partitions += names.len(),
            Observation::Failed { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }
    assert_eq!((tables, batches, partitions), (501, vec![1000, 1000, 500], 2500));
}

#[tokio::test]
async fn one_unreadable_row_costs_one_table() {
    let spoilt = r#"
        INSERT INTO "TABLE_PARAMS" VALUES (2, 'comment', CAST(x'ff' AS TEXT));
        INSERT INTO "PARTITION_PARAMS" VALUES (2, 'owner', CAST(x'ff' AS TEXT));
    "#;
    let folder = tempfile::tempdir().expect("a folder");
    let (observations, result) = observe(&*database(folder.path(), &format!("{SMALL}{spoilt}")).await).await;
    assert!(result.is_ok(), "{result:?}");
    let told: Vec<String> = observations
        .iter()
        .filter_map(|observation| match observation {
            Observation::Table(table) => Some(format!("read {}", table.name)),
            Observation::Failed { table, what, .. } => Some(format!("failed {what:?} of {table:?}")),
            Observation::PartitionsListed { table, .. } => Some(format!("partitions of {table}")),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        ["read events", "read orders", r#"failed Partitions of Some("orders")"#, r#"failed Object of Some("v_total")"#]
    );
}

#[tokio::test]
async fn what_is_still_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let crawler = database(folder.path(), SMALL).await;
    let strings = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let (database, table) = ("sales".to_owned(), "orders".to_owned());
    let cases = [
        (Missing::Databases { names: strings(&["gone", "sales"]) }, strings(&["sales"])),
        (Missing::Tables { database: database.clone(), names: strings(&["orders", "gone"]) }, strings(&["orders"])),
        (Missing::Tables { database: "gone".to_owned(), names: strings(&["orders"]) }, Vec::new()),
        (
            Missing::Partitions { database, table, names: strings(&["dt=2026-01-02", "dt=2026-01-03"]) },
            strings(&["dt=2026-01-02"]),
        ),
    ];
    for (missing, there) in cases {
        assert_eq!(crawler.still_there(&missing).await.expect("answers"), there, "{missing:?}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_read_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("absent.db");
    let at = |path: &Path| HiveConfig {
        uris: Vec::new(),
        database: Some(format!("sqlite://{}", path.display()).into()),
        connections: 1,
        timeout_seconds: 5,
    };
    let absent = at(&path).build().expect("a crawler").check().await;
    assert!(matches!(&absent, Err(SourceError::Unreachable { .. })), "{absent:?}");
    assert!(!path.exists(), "a crawler never writes to its source");

    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").expect("a file");
    let (observations, result) = observe(&*at(&empty).build().expect("a crawler")).await;
    assert_eq!(observations, Vec::new());
    let told = result.expect_err("no tables").to_string();
    assert!(told.starts_with("sqlite://") && told.contains("DBS: ") && told.contains("no such table"), "{told}");
    assert_eq!(std::fs::metadata(&empty).expect("a file").len(), 0);
}
