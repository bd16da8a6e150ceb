//! How fast a metastore's own database is crawled, with nobody but a counter at the other end:
//! `cargo bench -p reeve-crawlers --bench hive_sql -- --tables 100000 --columns 20 --partitions 100000`.
//!
//! The metastore is the demo company at that size, made once and kept below `target`. A second part crawls ten tables
//! with 15 MB of parameters each, and says what memory that took.

use reeve_crawlers::hive::HiveConfig;
use reeve_crawlers::hive::sql::SQLITE_SCHEMA;
use reeve_crawlers::{Observation, Run};
use reeve_demo::Scale;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const ROUNDS: usize = 3;
/// How much may wait, in KiB, as in the server.
const WAITING: u32 = 8 * 1_024;

const BIG: &str = r#"
    INSERT INTO "DBS" VALUES (1, NULL, 'hdfs://nn/big', 'big', NULL, NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
    INSERT INTO "TBLS" ("TBL_ID", "CREATE_TIME", "DB_ID", "TBL_NAME", "TBL_TYPE")
        SELECT i, 1767225600, 1, 'table_' || i, 'EXTERNAL_TABLE' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 149)
    INSERT INTO "TABLE_PARAMS" SELECT 1 + i % 10, 'part.' || i, hex(zeroblob(500000)) FROM n;
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --all-targets` runs benches without `--bench`: there it is enough that they compile.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let number = |name: &str, usual: u64| -> Result<u64, Box<dyn Error>> {
        let at = arguments.iter().position(|argument| argument == name);
        let given = at.map(|at| arguments.get(at + 1).ok_or(format!("{name} needs a number"))).transpose()?;
        Ok(given.map(|number| number.parse()).transpose()?.unwrap_or(usual))
    };
    let tables = number("--tables", 20_000)?;
    let columns = number("--columns", 20)?;
    let partitions = number("--partitions", tables)?;
    let runtime = tokio::runtime::Runtime::new()?;

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("metastore-{tables}-{columns}-{partitions}.db"));
    if !file.exists() {
        let scale = Scale { tables, columns: Some(usize::try_from(columns)?), partitions, ..Scale::default() };
        runtime.block_on(reeve_demo::write(&file, scale, |_| ()))?;
    }
    writeln!(out, "{tables} tables of {columns} columns, {partitions} partitions")?;
    report(&mut out, &runtime, &file)?;

    let big = folder.join("metastore-big.db");
    if !big.exists() {
        runtime.block_on(write_big(&big))?;
    }
    writeln!(out, "ten tables with 15 MB of parameters each")?;
    report(&mut out, &runtime, &big)
}

fn report(out: &mut impl Write, runtime: &tokio::runtime::Runtime, file: &Path) -> Result<(), Box<dyn Error>> {
    for round in 1..=ROUNDS {
        // The kernel's own mark of the highest memory begins anew.
        std::fs::write("/proc/self/clear_refs", "5")?;
        let (took, found) = runtime.block_on(crawl(file))?;
        writeln!(
            out,
            "round {round}: {:.2} s, {} tables, {} columns, {} partitions, {} failures, {} MiB at most",
            took.as_secs_f64(),
            found.tables,
            found.columns,
            found.partitions,
            found.failures,
            highest_memory()?
        )?;
    }
    Ok(())
}

#[derive(Default)]
struct Found {
    tables: usize,
    columns: usize,
    partitions: usize,
    failures: usize,
}

/// One crawl, its observations counted.
async fn crawl(file: &Path) -> Result<(Duration, Found), Box<dyn Error>> {
    let database = Some(format!("sqlite://{}", file.display()).into());
    let crawler = HiveConfig { uris: Vec::new(), database, connections: 4, timeout_seconds: 600 }.build()?;
    let started = Instant::now();
    let (run, mut receiver) = Run::new(WAITING, CancellationToken::new());
    // A task of its own, as in the server.
    let crawled = tokio::spawn(async move { crawler.crawl(&run).await });
    let mut found = Found::default();
    while let Some(observation) = receiver.recv().await {
        match observation {
            Observation::Table(table) => {
                found.tables += 1;
                found.columns += table.columns.len() + table.partition_keys.len();
            }
            Observation::Partitions { partitions, .. } => found.partitions += partitions.len(),
            Observation::Failed { .. } => found.failures += 1,
            _ => {}
        }
    }
    crawled.await??;
    Ok((started.elapsed(), found))
}

async fn write_big(file: &PathBuf) -> Result<(), Box<dyn Error>> {
    let building = file.with_extension("building");
    let mut connection = SqliteConnectOptions::new().filename(&building).create_if_missing(true).connect().await?;
    for sql in [SQLITE_SCHEMA, BIG] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    }
    connection.close().await?;
    std::fs::rename(building, file)?;
    Ok(())
}

fn highest_memory() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM")).ok_or("no VmHWM in /proc/self/status")?;
    Ok(line.split_whitespace().nth(1).ok_or("no figure of VmHWM")?.parse::<u64>()? / 1024)
}
