//! Writes the company into a file: a Hive metastore's database, with Hive's own schema, as SQLite.

use super::bulk::{Bulk, Value};
use super::catalog::{Company, Scale, Table};
use super::partitions::Partition;
use anyhow::{Context, Result};
use reeve_crawlers::hive::sql::SQLITE_SCHEMA;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use std::path::Path;

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub databases: u64,
    pub tables: u64,
    /// Without partition keys.
    pub columns: u64,
    pub partitions: u64,
}

/// Writes the company at this scale into `file`, in place of what was there. The same scale writes the same rows.
/// `progress` hears of every thousandth table.
///
/// # Errors
/// The file cannot be written.
pub async fn write(file: &Path, scale: Scale, progress: impl Fn(&Written)) -> Result<Written> {
    // Built under another name, so that a file of the right name is always whole.
    let building = file.with_extension("building");
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    if building.exists() {
        std::fs::remove_file(&building).with_context(|| format!("cannot remove {}", building.display()))?;
    }
    let written = fill(&building, scale, progress)
        .await
        .with_context(|| format!("cannot write the metastore {}", building.display()))?;
    std::fs::rename(&building, file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(written)
}

async fn fill(file: &Path, scale: Scale, progress: impl Fn(&Written)) -> Result<Written> {
    let company = Company::new(scale)?;
    // A file that is thrown away when this fails needs neither a journal nor a sync for each page.
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false)
        .page_size(8_192)
        .pragma("cache_size", "-65536")
        .pragma("locking_mode", "EXCLUSIVE")
        .connect()
        .await?;
    let (tables, indexes) = split_schema();
    sqlx::raw_sql(AssertSqlSafe(tables)).execute(&mut connection).await?;
    sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
    let mut writer = Writer::new(&mut connection);
    writer.databases(&company).await?;
    company
        .tables(async |table| {
            writer.table(&company, &table).await?;
            if writer.written.tables.is_multiple_of(1_000) {
                progress(&writer.written);
            }
            Ok(())
        })
        .await?;
    let written = writer.finish().await?;
    sqlx::raw_sql(AssertSqlSafe(indexes)).execute(&mut connection).await?;
    sqlx::raw_sql("COMMIT").execute(&mut connection).await?;
    connection.close().await?;
    Ok(written)
}

/// Hive's tables, and the indexes that are faster made when the rows are there.
fn split_schema() -> (String, String) {
    let index = |line: &&str| line.starts_with("CREATE INDEX") || line.starts_with("CREATE UNIQUE INDEX");
    let (indexes, tables): (Vec<_>, Vec<_>) = SQLITE_SCHEMA.lines().partition(index);
    (tables.join("\n"), indexes.join("\n"))
}

/// One bulk for each of Hive's tables, and the last id of each sort.
struct Writer<'c> {
    connection: &'c mut SqliteConnection,
    written: Written,
    sds: i64,
    dbs: Bulk,
    cds: Bulk,
    columns_v2: Bulk,
    serdes: Bulk,
    serde_params: Bulk,
    storage: Bulk,
    tbls: Bulk,
    table_params: Bulk,
    partition_keys: Bulk,
    partitions: Bulk,
    partition_key_vals: Bulk,
    partition_params: Bulk,
}

impl<'c> Writer<'c> {
    fn new(connection: &'c mut SqliteConnection) -> Self {
        Self {
            connection,
            written: Written::default(),
            sds: 0,
            dbs: Bulk::new("DBS", &["DB_ID", "\"DESC\"", "DB_LOCATION_URI", "NAME", "OWNER_NAME", "OWNER_TYPE"]),
            cds: Bulk::new("CDS", &["CD_ID"]),
            columns_v2: Bulk::new("COLUMNS_V2", &["CD_ID", "COMMENT", "COLUMN_NAME", "TYPE_NAME", "INTEGER_IDX"]),
            serdes: Bulk::new("SERDES", &["SERDE_ID", "NAME", "SLIB"]),
            serde_params: Bulk::new("SERDE_PARAMS", &["SERDE_ID", "PARAM_KEY", "PARAM_VALUE"]),
            storage: Bulk::new(
                "SDS",
                &[
                    "SD_ID",
                    "CD_ID",
                    "INPUT_FORMAT",
                    "IS_COMPRESSED",
                    "IS_STOREDASSUBDIRECTORIES",
                    "LOCATION",
                    "NUM_BUCKETS",
                    "OUTPUT_FORMAT",
                    "SERDE_ID",
                ],
            ),
            tbls: Bulk::new(
                "TBLS",
                &[
                    "TBL_ID",
                    "CREATE_TIME",
                    "DB_ID",
                    "LAST_ACCESS_TIME",
                    "OWNER",
                    "RETENTION",
                    "SD_ID",
                    "TBL_NAME",
                    "TBL_TYPE",
                    "VIEW_EXPANDED_TEXT",
                    "VIEW_ORIGINAL_TEXT",
                    "IS_REWRITE_ENABLED",
                ],
            ),
            table_params: Bulk::new("TABLE_PARAMS", &["TBL_ID", "PARAM_KEY", "PARAM_VALUE"]),
            partition_keys: Bulk::new(
                "PARTITION_KEYS",
                &["TBL_ID", "PKEY_COMMENT", "PKEY_NAME", "PKEY_TYPE", "INTEGER_IDX"],
            ),
            partitions: Bulk::new(
                "PARTITIONS",
                &["PART_ID", "CREATE_TIME", "LAST_ACCESS_TIME", "PART_NAME", "SD_ID", "TBL_ID"],
            ),
            partition_key_vals: Bulk::new("PARTITION_KEY_VALS", &["PART_ID", "PART_KEY_VAL", "INTEGER_IDX"]),
            partition_params: Bulk::new("PARTITION_PARAMS", &["PART_ID", "PARAM_KEY", "PARAM_VALUE"]),
        }
    }

    async fn databases(&mut self, company: &Company) -> Result<()> {
        let mut version = Bulk::new("VERSION", &["VER_ID", "SCHEMA_VERSION", "VERSION_COMMENT"]);
        version.push(self.connection, &[1.into(), "2.3.0".into(), "Hive release version 2.3.0".into()]).await?;
        version.flush(self.connection).await?;
        for (index, database) in company.databases.iter().enumerate() {
            let name_node = company.scale.cluster.name_node();
            let location = format!("{name_node}/user/hive/warehouse/{}.db", database.name);
            let row: &[Value] = &[
                (index as i64 + 1).into(),
                database.description.as_deref().into(),
                location.as_str().into(),
                database.name.as_str().into(),
                database.owner.as_str().into(),
                "USER".into(),
            ];
            self.dbs.push(self.connection, row).await?;
            self.written.databases += 1;
        }
        Ok(())
    }

    async fn table(&mut self, company: &Company, table: &Table) -> Result<()> {
        self.written.tables += 1;
        // A table, its column descriptor and its serde have one number; its partitions share both with it.
        let id = self.written.tables as i64;
        debug_assert!(table.database < company.databases.len());
        self.cds.push(self.connection, &[id.into()]).await?;
        for (index, column) in table.columns.iter().enumerate() {
            let row: &[Value] = &[
                id.into(),
                column.comment.as_deref().into(),
                column.name.as_str().into(),
                column.data_type.as_str().into(),
                (index as i64).into(),
            ];
            self.columns_v2.push(self.connection, row).await?;
            self.written.columns += 1;
        }
        self.serdes.push(self.connection, &[id.into(), Value::Null, table.storage.serde.into()]).await?;
        for (key, value) in &table.storage.serde_parameters {
            self.serde_params.push(self.connection, &[id.into(), (*key).into(), value.as_str().into()]).await?;
        }
        let sd = self.store(id, table, table.storage.location.as_deref()).await?;
        let row: &[Value] = &[
            id.into(),
            table.created_at.into(),
            (table.database as i64 + 1).into(),
            0.into(),
            table.owner.as_str().into(),
            0.into(),
            sd.into(),
            table.name.as_str().into(),
            table.table_type.into(),
            table.view_text.as_deref().into(),
            table.view_text.as_deref().into(),
            0.into(),
        ];
        self.tbls.push(self.connection, row).await?;
        for (key, value) in &table.parameters {
            self.table_params.push(self.connection, &[id.into(), key.as_str().into(), value.as_str().into()]).await?;
        }
        for (index, key) in table.partition_keys.iter().enumerate() {
            let row: &[Value] = &[
                id.into(),
                key.comment.as_deref().into(),
                key.name.as_str().into(),
                key.data_type.as_str().into(),
                (index as i64).into(),
            ];
            self.partition_keys.push(self.connection, row).await?;
        }
        for partition in table.partitions.iter() {
            self.partition(id, table, &partition).await?;
        }
        Ok(())
    }

    async fn partition(&mut self, table_id: i64, table: &Table, partition: &Partition) -> Result<()> {
        self.written.partitions += 1;
        let id = self.written.partitions as i64;
        let location = table.storage.location.as_ref().map(|location| format!("{location}/{}", partition.name));
        let sd = self.store(table_id, table, location.as_deref()).await?;
        let row: &[Value] = &[
            id.into(),
            partition.created_at.into(),
            0.into(),
            partition.name.as_str().into(),
            sd.into(),
            table_id.into(),
        ];
        self.partitions.push(self.connection, row).await?;
        for (index, value) in partition.values.iter().enumerate() {
            let row = [id.into(), value.as_str().into(), (index as i64).into()];
            self.partition_key_vals.push(self.connection, &row).await?;
        }
        let parameters = [
            ("numFiles", partition.files),
            ("numRows", partition.rows),
            ("totalSize", partition.bytes),
            ("transient_lastDdlTime", partition.created_at as u64),
        ];
        for (key, value) in parameters {
            let value = value.to_string();
            self.partition_params.push(self.connection, &[id.into(), key.into(), value.as_str().into()]).await?;
        }
        Ok(())
    }

    /// Writes a storage descriptor and answers its id.
    async fn store(&mut self, table_id: i64, table: &Table, location: Option<&str>) -> Result<i64> {
        self.sds += 1;
        let row: &[Value] = &[
            self.sds.into(),
            table_id.into(),
            table.storage.input_format.into(),
            0.into(),
            0.into(),
            location.into(),
            (-1).into(),
            table.storage.output_format.into(),
            table_id.into(),
        ];
        self.storage.push(self.connection, row).await?;
        Ok(self.sds)
    }

    async fn finish(self) -> Result<Written> {
        let bulks = [
            self.dbs,
            self.cds,
            self.columns_v2,
            self.serdes,
            self.serde_params,
            self.storage,
            self.tbls,
            self.table_params,
            self.partition_keys,
            self.partitions,
            self.partition_key_vals,
            self.partition_params,
        ];
        for mut bulk in bulks {
            bulk.flush(self.connection).await?;
        }
        Ok(self.written)
    }
}
