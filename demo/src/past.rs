//! What a metastore held earlier, made of what it holds now: so that the demo's crawls find what changes in a company.

use super::catalog::{DAY, NOW};
use anyhow::{Context, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;

/// How many days ago the earlier states of the demo are, oldest first.
pub const PAST: [i64; 2] = [70, 46];

/// Makes of a metastore's file as it is now what it was so many days ago: tables and partitions that came since are not
/// there, tables that were dropped since are, and definitions are as they were. The same file gives the same past.
///
/// # Errors
/// The file cannot be changed.
pub async fn rewind(file: &Path, days: i64) -> Result<()> {
    let then = NOW - days * DAY;
    let mut sql = vec![
        // A table that came since. One in three had a table of its name before, which was dropped.
        format!("DELETE FROM TBLS WHERE CREATE_TIME > {then} AND TBL_ID % 3 <> 0"),
        format!("CREATE TEMP TABLE again AS SELECT TBL_ID AS id FROM TBLS WHERE CREATE_TIME > {then}"),
        format!("UPDATE TBLS SET CREATE_TIME = CREATE_TIME - 300 * {DAY}, TBL_ID = -TBL_ID WHERE TBL_ID IN again"),
        format!("DELETE FROM PARTITIONS WHERE CREATE_TIME > {then} OR TBL_ID IN again"),
    ];
    for table in ["TABLE_PARAMS", "PARTITION_KEYS"] {
        sql.push(format!("UPDATE {table} SET TBL_ID = -TBL_ID WHERE TBL_ID IN again"));
    }
    for (index, _) in PAST.iter().enumerate().filter(|(_, since)| **since <= days) {
        sql.extend(undo(index as i64));
    }
    sql.extend(without_leftovers());
    run(file, &sql).await
}

/// Leaves of a metastore's file the databases of these names: what a metastore shows to somebody without grants for
/// the others.
///
/// # Errors
/// The file cannot be changed.
pub async fn hide(file: &Path, all_but: &[&str]) -> Result<()> {
    let names = all_but.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let mut sql = vec![
        format!("DELETE FROM DBS WHERE NAME NOT IN ({names})"),
        "DELETE FROM TBLS WHERE DB_ID NOT IN (SELECT DB_ID FROM DBS)".to_owned(),
        "DELETE FROM PARTITIONS WHERE TBL_ID NOT IN (SELECT TBL_ID FROM TBLS)".to_owned(),
    ];
    sql.extend(without_leftovers());
    run(file, &sql).await
}

/// Undoes what people did in the `step`-th part of the past. Which tables it was is decided by their numbers.
fn undo(step: i64) -> Vec<String> {
    // Spark's own tables have a second schema, in their parameters, and views follow their tables.
    let of_hive = "TBL_TYPE IN ('MANAGED_TABLE', 'EXTERNAL_TABLE') AND TBL_ID NOT IN
        (SELECT TBL_ID FROM TABLE_PARAMS WHERE PARAM_KEY IN ('spark.sql.sources.provider', 'table_type'))";
    let columns = |of: i64, rest: i64| {
        format!(
            "CD_ID IN (SELECT CD_ID FROM TBLS JOIN SDS USING (SD_ID) WHERE TBL_ID % {of} = {} AND {of_hive})",
            rest + step
        )
    };
    let tables = |of: i64, rest: i64| format!("TBL_ID % {of} = {}", rest + step);
    // Ids that no table of the company has.
    let (more_tables, more_storage) = ((step + 1) * 10_000_000, (step + 1) * 100_000_000);
    let dropped = format!(
        "SELECT TBL_ID FROM TBLS JOIN DBS USING (DB_ID) WHERE {} AND TBL_ID > 0 AND {of_hive}
         AND (NAME LIKE 'tmp%' OR NAME = 'sandbox')",
        tables(9, 1)
    );
    vec![
        // A column was added at the end, another was widened, a third was explained.
        format!(
            "DELETE FROM COLUMNS_V2 WHERE {} AND INTEGER_IDX > 3 AND INTEGER_IDX =
             (SELECT max(INTEGER_IDX) FROM COLUMNS_V2 AS all_of WHERE all_of.CD_ID = COLUMNS_V2.CD_ID)",
            columns(61, 7)
        ),
        format!("UPDATE COLUMNS_V2 SET TYPE_NAME = 'int' WHERE {} AND TYPE_NAME = 'bigint'", columns(97, 11)),
        format!("UPDATE COLUMNS_V2 SET COMMENT = NULL WHERE {} AND INTEGER_IDX IN (1, 2)", columns(83, 19)),
        // Somebody left, and a team took over.
        format!("UPDATE TBLS SET OWNER = 'minseok.kang' WHERE OWNER LIKE 'svc_%' AND {}", tables(71, 5)),
        // Tables were described, and given rules.
        format!("DELETE FROM TABLE_PARAMS WHERE PARAM_KEY = 'comment' AND {}", tables(89, 3)),
        format!("DELETE FROM TABLE_PARAMS WHERE PARAM_KEY = 'pii' AND {}", tables(37, 4)),
        format!("UPDATE TABLE_PARAMS SET PARAM_VALUE = '3650' WHERE PARAM_KEY = 'retention' AND {}", tables(29, 6)),
        // Scratch tables that were cleared away.
        format!("CREATE TEMP TABLE dropped_{step} AS {dropped}"),
        format!(
            "INSERT INTO SDS (SD_ID, CD_ID, INPUT_FORMAT, IS_COMPRESSED, IS_STOREDASSUBDIRECTORIES, LOCATION, NUM_BUCKETS,
             OUTPUT_FORMAT, SERDE_ID)
             SELECT SD_ID + {more_storage}, CD_ID, INPUT_FORMAT, IS_COMPRESSED, IS_STOREDASSUBDIRECTORIES,
             LOCATION || '_v{step}', NUM_BUCKETS, OUTPUT_FORMAT, SERDE_ID
             FROM TBLS JOIN SDS USING (SD_ID) WHERE TBL_ID IN dropped_{step}"
        ),
        format!(
            "INSERT INTO TABLE_PARAMS (TBL_ID, PARAM_KEY, PARAM_VALUE) SELECT TBL_ID + {more_tables}, PARAM_KEY, PARAM_VALUE
             FROM TABLE_PARAMS WHERE TBL_ID IN dropped_{step}"
        ),
        format!(
            "INSERT INTO TBLS (TBL_ID, CREATE_TIME, DB_ID, LAST_ACCESS_TIME, OWNER, RETENTION, SD_ID, TBL_NAME, TBL_TYPE,
             IS_REWRITE_ENABLED)
             SELECT TBL_ID + {more_tables}, CREATE_TIME, DB_ID, LAST_ACCESS_TIME, OWNER, RETENTION, SD_ID + {more_storage},
             TBL_NAME || '_v{step}', TBL_TYPE, IS_REWRITE_ENABLED FROM TBLS WHERE TBL_ID IN dropped_{step}"
        ),
    ]
}

/// What belongs to a table or partition that is not there.
fn without_leftovers() -> Vec<String> {
    let mut sql: Vec<String> = ["TABLE_PARAMS", "PARTITION_KEYS", "PARTITIONS"]
        .iter()
        .map(|table| format!("DELETE FROM {table} WHERE TBL_ID NOT IN (SELECT TBL_ID FROM TBLS)"))
        .collect();
    sql.extend(
        ["PARTITION_PARAMS", "PARTITION_KEY_VALS"]
            .map(|table| format!("DELETE FROM {table} WHERE PART_ID NOT IN (SELECT PART_ID FROM PARTITIONS)")),
    );
    sql.push(
        "DELETE FROM SDS WHERE SD_ID NOT IN (SELECT SD_ID FROM TBLS UNION ALL SELECT SD_ID FROM PARTITIONS)".to_owned(),
    );
    sql
}

async fn run(file: &Path, sql: &[String]) -> Result<()> {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false)
        .pragma("cache_size", "-65536")
        .connect()
        .await
        .with_context(|| format!("cannot open {}", file.display()))?;
    let sql = format!("BEGIN; {}; COMMIT", sql.join("; "));
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .with_context(|| format!("cannot change {}", file.display()))?;
    connection.close().await?;
    Ok(())
}
