//! The direct-SQL crawler on small databases made here with Hive's own schema.

use super::SQLITE_SCHEMA;
use crate::hive::HiveConfig;
use crate::{Crawler, Identity, Landmark, Missing, Observation, ObservedTable, SourceError, observe};
use chrono::DateTime;
use reeve_model::asset::{Remark, RemarkKind};
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

/// All that a crawl of a database with these rows says; it comes to its end.
async fn crawled(rows: &str) -> Vec<Observation> {
    let folder = tempfile::tempdir().expect("a folder");
    let (observations, result) = observe(&*database(folder.path(), rows).await).await;
    assert!(result.is_ok(), "{result:?}");
    observations
}

fn tables(observations: &[Observation]) -> Vec<&ObservedTable> {
    observations
        .iter()
        .filter_map(|observation| match observation {
            Observation::Table(table) => Some(&**table),
            _ => None,
        })
        .collect()
}

fn remark(kind: RemarkKind, field: &str, raw: &str) -> Remark {
    Remark { kind, field: field.to_owned(), raw: raw.to_owned() }
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
    let observations = crawled(rows).await;
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
    assert_eq!((tables, batches, partitions), (501, vec![250, 1000, 1000, 250], 2500));
}

#[tokio::test]
async fn no_value_costs_an_object_its_place() {
    // 주문 in EUC-KR wherever a text belongs, BLOBs, texts for numbers, and NULLs.
    let spoilt = r#"
        PRAGMA foreign_keys = OFF;
        UPDATE "DBS" SET "DESC" = CAST(x'c1d6b9ae' AS TEXT), "OWNER_NAME" = x'6b696d' WHERE "DB_ID" = 2;
        UPDATE "DATABASE_PARAMS" SET "PARAM_VALUE" = x'ff00' WHERE "PARAM_KEY" = 'owner_team';
        INSERT INTO "TBLS" ("TBL_ID", "CREATE_TIME", "DB_ID", "SD_ID", "TBL_NAME", "TBL_TYPE") VALUES
            (4, 1767225603, 2, 2, CAST(x'745fc1d6' AS TEXT), NULL), (5, 1767225604, 2, NULL, NULL, NULL),
            (6, 1767225605, 2, 99, x'626c6f62', 'MANAGED_TABLE');
        UPDATE "TBLS" SET "CREATE_TIME" = 'yesterday', "OWNER" = NULL WHERE "TBL_ID" = 1;
        UPDATE "TBLS" SET "CREATE_TIME" = '1767225601.0', "VIEW_ORIGINAL_TEXT" = x'53454c45435420312c20ff' WHERE "TBL_ID" = 2;
        UPDATE "TABLE_PARAMS" SET "PARAM_VALUE" = CAST(x'c1d6b9ae' AS TEXT) WHERE "PARAM_KEY" = 'comment';
        UPDATE "TABLE_PARAMS" SET "PARAM_VALUE" = 300 WHERE "PARAM_KEY" = 'totalSize';
        UPDATE "COLUMNS_V2" SET "COMMENT" = CAST(x'c1d6' AS TEXT), "TYPE_NAME" = NULL WHERE "COLUMN_NAME" = 'amount';
        UPDATE "COLUMNS_V2" SET "INTEGER_IDX" = 'last' WHERE "COLUMN_NAME" = 'order_id';
        UPDATE "SDS" SET "LOCATION" = x'c1' WHERE "SD_ID" = 5;
        INSERT INTO "PARTITIONS" VALUES (3, 'never', 0, NULL, NULL, 1), (4, 'never', 0, CAST(x'64743dff' AS TEXT), NULL, 1);
        INSERT INTO "PARTITION_PARAMS" VALUES (2, 'owner', x'ff');
    "#;
    let observations = crawled(&format!("{SMALL}{spoilt}")).await;
    insta::assert_debug_snapshot!(observations);

    assert!(!observations.iter().any(|observation| matches!(observation, Observation::Failed { .. })));
    let tables = tables(&observations);
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["orders", "v_total", "events", "t_\u{fffd}\u{fffd}", "blob"]);
    assert_eq!((tables[0].description.as_deref(), tables[0].size_bytes), (Some("\u{fffd}\u{5b9}\u{fffd}"), Some(300)));
    let told = [
        remark(RemarkKind::UnreadableTime, "create_time", "yesterday"),
        remark(RemarkKind::ReplacedBytes, "amount.comment", r"\xc1\xd6"),
        remark(RemarkKind::ReplacedBytes, "comment", "\\xc1\u{5b9}\\xae"),
    ];
    assert_eq!(tables[0].remarks, told);
    assert_eq!(tables[1].created_at, DateTime::from_timestamp(1_767_225_601, 0));
    assert_eq!(tables[3].remarks, [remark(RemarkKind::ReplacedBytes, "name", r"t_\xc1\xd6")]);
}

#[tokio::test]
async fn what_is_there_twice_stands_once() {
    let twice = r#"
        DROP INDEX "UNIQUE_DATABASE";
        DROP INDEX "UNIQUETABLE";
        INSERT INTO "DBS" VALUES (3, 'again', 'hdfs://nn/elsewhere', 'sales', 'lee', 'USER');
        INSERT INTO "TBLS" ("TBL_ID", "CREATE_TIME", "DB_ID", "TBL_NAME", "TBL_TYPE") VALUES
            (4, 1767225603, 2, 'events', 'MANAGED_TABLE'), (5, 1767225604, 3, 'of_the_other_row', 'MANAGED_TABLE'),
            (6, 1767225605, 2, CAST(x'c1' AS TEXT), 'MANAGED_TABLE'), (7, 1767225605, 2, CAST(x'c2' AS TEXT), 'MANAGED_TABLE');
        INSERT INTO "PARTITIONS" VALUES
            (3, 1767225700, 0, 'DT=2026-01-01', 4, 1), (4, 1767225700, 0, 'dt=a%3Ab', 4, 1), (5, 1767225700, 0, 'dt=a:b', 4, 1);
    "#;
    let observations = crawled(&format!("{SMALL}{twice}")).await;
    let listed: Vec<(&str, Vec<&str>)> = observations
        .iter()
        .filter_map(|observation| match observation {
            Observation::Databases { names } => Some(("", names.iter().map(String::as_str).collect())),
            Observation::DatabaseListed { database, tables } => {
                Some((&*database.name, tables.iter().map(String::as_str).collect()))
            }
            Observation::PartitionsListed { table, names, .. } => {
                Some((&**table, names.iter().map(String::as_str).collect()))
            }
            _ => None,
        })
        .collect();
    let expected = [
        ("", vec!["default", "sales"]),
        ("default", vec![]),
        ("sales", vec!["events", "of_the_other_row", "orders", "v_total", "\u{fffd}"]),
        ("orders", vec!["dt=2026-01-01", "dt=2026-01-02", "dt=a%3Ab"]),
    ];
    assert_eq!(listed, expected);
    let told: Vec<(&str, Option<&str>, &[Remark])> = tables(&observations)
        .into_iter()
        .filter(|table| !table.remarks.is_empty())
        .map(|table| (&*table.name, table.source_key.as_deref(), &*table.remarks))
        .collect();
    let of_mark = [remark(RemarkKind::ReplacedBytes, "name", r"\xc2"), remark(RemarkKind::NamedTwice, "name", r"\xc1")];
    assert_eq!(
        told,
        [
            ("events", Some("4"), [remark(RemarkKind::NamedTwice, "name", "events")].as_slice()),
            ("\u{fffd}", Some("7"), of_mark.as_slice())
        ]
    );
}

/// What Hive 3 adds.
const WITH_CATALOGS: &str = r#"
    DROP INDEX "UNIQUE_DATABASE";
    ALTER TABLE "DBS" ADD COLUMN "CTLG_NAME" TEXT NOT NULL DEFAULT 'hive';
    INSERT INTO "DBS" VALUES
        (3, NULL, 'hdfs://nn/iceberg/sales', 'sales', 'lee', 'USER', 'iceberg'),
        (4, NULL, 'hdfs://nn/dotted', 'iceberg.sales', 'kim', 'USER', 'hive');
    UPDATE "TBLS" SET "DB_ID" = 3 WHERE "TBL_ID" = 3;
    CREATE TABLE "METASTORE_DB_PROPERTIES" ("PROPERTY_KEY" TEXT NOT NULL PRIMARY KEY, "PROPERTY_VALUE" TEXT NOT NULL);
    INSERT INTO "METASTORE_DB_PROPERTIES" VALUES ('guid', '2f6e8a0e-5a4f-4a4e-9a77-1de1d2b7a9f1');
    UPDATE "VERSION" SET "VERSION_COMMENT" = 'Set by MetaStore hive@10.0.0.1';
"#;

#[tokio::test]
async fn catalogs_of_hive_3() {
    let observations = crawled(&format!("{SMALL}{WITH_CATALOGS}")).await;
    let names = ["default", "iceberg.sales", "sales"].map(str::to_owned).to_vec();
    assert_eq!(observations[0], Observation::Databases { names });
    let places: Vec<(&str, &str)> =
        tables(&observations).iter().map(|table| (&*table.database, &*table.name)).collect();
    assert_eq!(places, [("iceberg.sales", "events"), ("sales", "orders"), ("sales", "v_total")]);
    let locations: Vec<&str> = observations
        .iter()
        .filter_map(|observation| match observation {
            Observation::DatabaseListed { database, .. } => database.location.as_deref(),
            _ => None,
        })
        .collect();
    // A database of the usual catalog keeps its name, whatever it is.
    assert_eq!(locations, ["hdfs://nn/warehouse", "hdfs://nn/dotted", "hdfs://nn/warehouse/sales.db"]);
}

#[tokio::test]
async fn who_the_metastore_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let landmark = |database: &str, table: &str, second: i64, location: Option<&str>| Landmark {
        database: database.to_owned(),
        table: table.to_owned(),
        created_at: DateTime::from_timestamp(second, 0),
        location: location.map(str::to_owned),
    };
    let asked = [
        landmark("sales", "orders", 1, None),
        landmark("sales", "gone", 1, None),
        landmark("gone", "orders", 1, None),
        landmark("iceberg.sales", "events", 1, None),
    ];
    let crawler = database(folder.path(), &format!("{SMALL}{WITH_CATALOGS}")).await;
    let settings =
        [("location of default", "hdfs://nn/warehouse"), ("VERSION_COMMENT", "Set by MetaStore hive@10.0.0.1")];
    let identity = Identity {
        uuid: Some("2f6e8a0e-5a4f-4a4e-9a77-1de1d2b7a9f1".to_owned()),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        landmarks: vec![
            landmark("iceberg.sales", "events", 1_767_225_602, Some("hdfs://nn/ext/events")),
            landmark("sales", "orders", 1_767_225_600, Some("hdfs://nn/warehouse/sales.db/orders")),
        ],
    };
    assert_eq!(crawler.identify(&asked).await.expect("an answer"), identity);

    let folder = tempfile::tempdir().expect("a folder");
    let older = database(folder.path(), SMALL).await.identify(&[]).await.expect("an answer");
    let settings = [("location of default".to_owned(), "hdfs://nn/warehouse".to_owned())].into();
    assert_eq!(older, Identity { uuid: None, settings, landmarks: Vec::new() });
}

#[tokio::test]
async fn pages_of_partitions_go_across_tables_and_are_bounded_by_bytes() {
    let rows = r#"
        INSERT INTO "DBS" VALUES (1, NULL, 'hdfs://nn/w', 'bulk', NULL, NULL);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
        INSERT INTO "TBLS" ("TBL_ID", "CREATE_TIME", "DB_ID", "TBL_NAME", "TBL_TYPE")
            SELECT i, 1767225600, 1, 'table_' || i, 'MANAGED_TABLE' FROM n;
        INSERT INTO "PARTITION_KEYS" SELECT "TBL_ID", NULL, 'no', 'int', 0 FROM "TBLS";
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
        INSERT INTO "PARTITIONS" SELECT i, 1767225600, 0, 'no=' || i, NULL, CASE WHEN i < 500 THEN 1 ELSE i % 7 * 5 + 2 END FROM n;
        INSERT INTO "PARTITION_PARAMS" SELECT "PART_ID", 'note', hex(zeroblob(10000)) FROM "PARTITIONS" WHERE "TBL_ID" = 1;
    "#;
    let observations = crawled(rows).await;
    let (mut listed, mut read, mut pages) = (0, Vec::new(), Vec::new());
    for observation in &observations {
        match observation {
            Observation::Partitions { table, partitions, .. } => {
                read.extend(partitions.iter().map(|partition| (table.clone(), partition.name.clone())));
                if table == "table_1" {
                    pages.push(partitions.len());
                }
            }
            Observation::PartitionsListed { table, names, .. } => {
                listed += 1;
                let of_table: Vec<&String> = read.iter().filter(|(of, _)| of == table).map(|(_, name)| name).collect();
                assert_eq!(of_table, names.iter().collect::<Vec<_>>(), "{table}");
            }
            _ => {}
        }
    }
    assert_eq!((listed, read.len()), (40, 900));
    // 20 KB each: the first page is as long as one may be at first, the next ones are of a megabyte.
    assert_eq!(pages, [250, 52, 52, 52, 52, 41]);
}

#[tokio::test]
async fn what_is_still_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let strange = r#"
        INSERT INTO "TBLS" ("TBL_ID", "CREATE_TIME", "DB_ID", "TBL_NAME") VALUES (4, 0, 2, CAST(x'745fff' AS TEXT));
        INSERT INTO "PARTITIONS" VALUES (3, 0, 0, CAST(x'64743dff' AS TEXT), NULL, 1);
    "#;
    let crawler = database(folder.path(), &format!("{SMALL}{strange}")).await;
    let strings = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let (database, table) = ("sales".to_owned(), "orders".to_owned());
    let cases = [
        (Missing::Databases { names: strings(&["gone", "sales"]) }, strings(&["sales"])),
        (Missing::Tables { database: database.clone(), names: strings(&["orders", "gone"]) }, strings(&["orders"])),
        (Missing::Tables { database: "gone".to_owned(), names: strings(&["orders"]) }, Vec::new()),
        // As it is shown, which is not as the database has it.
        (Missing::Tables { database: database.clone(), names: strings(&["t_\u{fffd}"]) }, strings(&["t_\u{fffd}"])),
        (
            Missing::Partitions { database: database.clone(), table: table.clone(), names: strings(&["dt=\u{fffd}"]) },
            strings(&["dt=\u{fffd}"]),
        ),
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
