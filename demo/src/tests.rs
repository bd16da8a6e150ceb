//! What the golden queries and the benches rely on: the company has the size it was asked for, and stays the same.

use super::catalog::{Cluster, Company, NOW, Scale, Table};
use super::metastore::write;
use super::past::{PAST, rewind};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};
use std::collections::HashSet;
use std::fmt::Write as _;

const SMALL: Scale = Scale { cluster: Cluster::Prod, seed: 1, tables: 600, columns: None, partitions: 5_000 };

#[tokio::test]
async fn the_file_holds_exactly_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("metastore.db");
    let written = write(&file, Scale { columns: Some(20), ..SMALL }, |_| ()).await.unwrap();
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let mut count =
        async |sql: &'static str| -> i64 { sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap() };
    assert_eq!((written.tables, written.partitions), (600, 5_000));
    assert_eq!(count("SELECT count(*) FROM TBLS").await, 600);
    assert_eq!(count("SELECT count(*) FROM PARTITIONS").await, 5_000);
    assert_eq!(count("SELECT count(*) FROM PARTITION_PARAMS").await, 4 * 5_000);
    assert_eq!(count("SELECT count(*) FROM COLUMNS_V2").await, written.columns as i64);
    let whole = "SELECT count(*) FROM TBLS JOIN DBS USING (DB_ID) JOIN SDS USING (SD_ID) JOIN SERDES USING (SERDE_ID)";
    assert_eq!(count(whole).await, 600);
}

#[tokio::test]
async fn the_demo_has_the_size_that_the_readme_promises() {
    let mut tables = 0;
    let mut partitions = 0;
    let mut names = HashSet::new();
    company(Scale::default(), |company, table| {
        tables += 1;
        partitions += table.partitions.count;
        assert!(names.insert((table.database, table.name.clone())), "{} is there twice", table.name);
        assert!(table.created_at <= NOW, "{} is from the future", table.name);
        let last = table.partitions.iter().last();
        assert!(last.is_none_or(|last| last.created_at <= NOW), "{} has a partition from the future", table.name);
        let name = |table: &Table| format!("{}.{}", company.databases[table.database].name, table.name);
        match name(&table).as_str() {
            "ml_feature.user_feature_wide" => assert_eq!(table.columns.len(), 5_000),
            "clickstream.web_event_log" => assert_eq!(table.partitions.count, 20_000),
            _ => {}
        }
    })
    .await;
    assert_eq!((tables, partitions), (2_000, 200_000));
}

#[tokio::test]
async fn a_table_has_as_many_columns_as_asked_for() {
    company(Scale { columns: Some(20), ..SMALL }, |_, table| {
        let hidden = table.parameters.get("spark.sql.sources.provider").is_some_and(|provider| provider == "delta");
        assert_eq!(table.columns.len(), if hidden { 1 } else { 20 }, "{}", table.name);
    })
    .await;
}

#[tokio::test]
async fn spark_can_read_its_own_schemas() {
    let mut seen = 0;
    company(SMALL, |_, table| {
        let Some(parts) = table.parameters.get("spark.sql.sources.schema.numParts") else { return };
        let part = |index| table.parameters[&format!("spark.sql.sources.schema.part.{index}")].as_str();
        let schema: String = (0..parts.parse::<usize>().unwrap()).map(part).collect();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        assert!(schema["fields"].as_array().is_some_and(|fields| fields.len() > table.partition_keys.len()));
        seen += 1;
    })
    .await;
    assert!(seen > 20, "{seen} tables of Spark's own");
}

/// The golden queries name these: when this changes, so may their answers.
#[tokio::test]
async fn the_company_stays_the_same() {
    let mut shown = String::new();
    let mut index = 0;
    company(SMALL, |company, table| {
        index += 1;
        if index % 23 != 1 {
            return;
        }
        let database = &company.databases[table.database].name;
        writeln!(shown, "{database}.{} ({}, {})", table.name, table.table_type, table.owner).unwrap();
        let columns = table.columns.iter().chain(&table.partition_keys).take(5);
        let columns: Vec<_> = columns.map(|column| format!("{} {}", column.name, column.data_type)).collect();
        writeln!(shown, "  {} ...", columns.join(", ")).unwrap();
        for (key, value) in table.parameters.iter().filter(|(key, _)| !key.contains("schema")) {
            writeln!(shown, "  {key}: {value}").unwrap();
        }
        if let Some(last) = table.partitions.iter().last() {
            writeln!(shown, "  {} partitions, last {}", table.partitions.count, last.name).unwrap();
        }
    })
    .await;
    insta::assert_snapshot!(shown);
}

async fn company(scale: Scale, mut each: impl FnMut(&Company, Table)) {
    let company = Company::new(scale).unwrap();
    company
        .tables(async |table| {
            each(&company, table);
            Ok(())
        })
        .await
        .unwrap();
}

/// What the demo's "what changed" is made of, and that a past is one: the further back, the less there is.
#[tokio::test]
async fn the_past_differs_from_now_in_every_way_that_history_tells() {
    let folder = tempfile::tempdir().unwrap();
    let now = folder.path().join("now.db");
    write(&now, Scale { partitions: 20_000, ..Scale::default() }, |_| ()).await.unwrap();
    let mut before: Option<Vec<i64>> = None;
    for (step, days) in PAST.into_iter().enumerate() {
        let file = folder.path().join(format!("{days}.db"));
        std::fs::copy(&now, &file).unwrap();
        rewind(&file, days).await.unwrap();
        let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        sqlx::query("ATTACH $1 AS now").bind(now.to_str()).execute(&mut connection).await.unwrap();
        let mut counts = Vec::new();
        for (what, least, sql) in [
            (
                "tables since",
                1,
                "SELECT count(*) FROM now.TBLS n LEFT JOIN main.TBLS t USING (TBL_NAME, DB_ID) WHERE t.TBL_ID IS NULL",
            ),
            (
                "tables dropped since",
                3,
                "SELECT count(*) FROM main.TBLS t LEFT JOIN now.TBLS n USING (TBL_NAME, DB_ID) WHERE n.TBL_ID IS NULL",
            ),
            (
                "tables made again",
                1 - step as i64,
                "SELECT count(*) FROM main.TBLS t JOIN now.TBLS n USING (TBL_NAME, DB_ID) WHERE n.TBL_ID <> t.TBL_ID AND n.CREATE_TIME > t.CREATE_TIME",
            ),
            ("owners", 5, "SELECT count(*) FROM main.TBLS t JOIN now.TBLS n USING (TBL_ID) WHERE n.OWNER <> t.OWNER"),
            (
                "columns added",
                10,
                "SELECT count(*) FROM now.COLUMNS_V2 n LEFT JOIN main.COLUMNS_V2 c USING (CD_ID, INTEGER_IDX) WHERE c.CD_ID IS NULL",
            ),
            (
                "columns widened",
                10,
                "SELECT count(*) FROM now.COLUMNS_V2 n JOIN main.COLUMNS_V2 c USING (CD_ID, INTEGER_IDX) WHERE c.TYPE_NAME <> n.TYPE_NAME",
            ),
            (
                "partitions since",
                100,
                "SELECT (SELECT count(*) FROM now.PARTITIONS) - (SELECT count(*) FROM main.PARTITIONS)",
            ),
        ] {
            let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
            assert!(count >= least, "{count} {what}, {days} days ago");
            counts.push(count);
        }
        let orphans: i64 = sqlx::query_scalar("SELECT count(*) FROM main.PARTITIONS WHERE SD_ID NOT IN (SELECT SD_ID FROM main.SDS) OR TBL_ID NOT IN (SELECT TBL_ID FROM main.TBLS)")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(orphans, 0);
        if let Some(earlier) = before {
            assert!(earlier.iter().zip(&counts).all(|(earlier, later)| earlier >= later), "{earlier:?} {counts:?}");
        }
        before = Some(counts);
    }
}

#[tokio::test]
async fn the_legacy_cluster_shares_names_with_prod_and_has_places_of_its_own() {
    let mut prod = HashSet::new();
    let name = |company: &Company, table: &Table| format!("{}.{}", company.databases[table.database].name, table.name);
    company(Scale::default(), |company, table| {
        prod.insert(name(company, &table));
    })
    .await;
    let (mut tables, mut shared) = (0, Vec::new());
    company(Scale::legacy(), |company, table| {
        tables += 1;
        let location = table.storage.location.clone().unwrap_or_default();
        assert!(location.is_empty() || location.starts_with("hdfs://legacy-nn"), "{location}");
        shared.extend(Some(name(company, &table)).filter(|name| prod.contains(name)));
    })
    .await;
    assert_eq!(tables, 300);
    assert!(shared.contains(&"order.order_item".to_owned()), "{shared:?}");
    assert!((10..150).contains(&shared.len()), "{} of 300 names are shared", shared.len());
}
