use chrono::{DateTime, Utc};
use reeve_model::asset::{Column, Remark, SchemaFrom, TableType};
use reeve_model::crawl::FailedPart;
use std::collections::BTreeMap;

/// One thing a crawler saw, or failed to see.
///
/// Order matters: `Databases` first; for each database `DatabaseListed` before its tables; for each
/// partitioned table its `Table`, then `Partitions` any number of times, then `PartitionsListed`;
/// `DatabaseDone` last. Several databases and tables may be under way at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// The complete listing of the source's databases.
    Databases {
        names: Vec<String>,
    },
    /// The complete listing of one database's tables and views. Never sent for a listing that broke off.
    DatabaseListed {
        database: ObservedDatabase,
        tables: Vec<String>,
    },
    Table(Box<ObservedTable>),
    /// Listed, and gone when it was to be read: dropped in between. No failure.
    Gone {
        database: String,
        table: String,
    },
    Partitions {
        database: String,
        table: String,
        partitions: Vec<ObservedPartition>,
    },
    /// The complete listing of one table's partition names; sent after the last batch of its partitions.
    PartitionsListed {
        database: String,
        table: String,
        names: Vec<String>,
    },
    /// Something could not be read: the database's listing where `table` is `None`, else that table, or its partitions.
    Failed {
        database: String,
        table: Option<String>,
        what: FailedPart,
        reason: String,
    },
    /// Nothing more will come of this database.
    DatabaseDone {
        database: String,
    },
}

impl Observation {
    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let texts = |texts: &[String]| texts.iter().map(|text| 24 + text.len()).sum::<usize>();
        match self {
            Self::Databases { names } | Self::PartitionsListed { names, .. } => texts(names),
            Self::DatabaseListed { database, tables } => map_bytes(&database.parameters) + texts(tables),
            Self::Table(table) => table.bytes(),
            Self::Partitions { partitions, .. } => partitions.iter().map(ObservedPartition::bytes).sum(),
            Self::Gone { .. } | Self::Failed { .. } | Self::DatabaseDone { .. } => 256,
        }
    }
}

impl ObservedTable {
    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let column = |column: &Column| 96 + column.data_type.len() + column.comment.as_ref().map_or(0, String::len);
        let columns: usize = self.columns.iter().chain(&self.partition_keys).map(column).sum();
        let texts = [&self.description, &self.location, &self.view_text];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        512 + columns + texts + map_bytes(&self.parameters)
    }
}

impl ObservedPartition {
    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        192 + self.name.len() + self.location.as_ref().map_or(0, String::len) + map_bytes(&self.parameters)
    }
}

fn map_bytes(map: &BTreeMap<String, String>) -> usize {
    map.iter().map(|(key, value)| 48 + key.len() + value.len()).sum()
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObservedDatabase {
    pub name: String,
    pub description: Option<String>,
    pub location: Option<String>,
    pub owner: Option<String>,
    pub parameters: BTreeMap<String, String>,
}

/// A table or view as its source describes it, already read out of engine-specific disguises: a Spark
/// data source table has its real columns here, not `col array<string>`.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct ObservedTable {
    pub database: String,
    pub name: String,
    pub table_type: TableType,
    pub description: Option<String>,
    pub owner: Option<String>,
    /// The source's own number for this very table (`TBLS.TBL_ID`, `Table.id` over Thrift), where it tells: one that was
    /// dropped and made again has another.
    pub source_key: Option<String>,
    /// Without the partition keys.
    pub columns: Vec<Column>,
    /// Where the columns were found.
    pub schema_from: SchemaFrom,
    pub partition_keys: Vec<Column>,
    pub location: Option<String>,
    /// Short lower-case name: `orc`, `parquet`, `avro`, `text`, `iceberg` ...; `None` for views and unknown.
    pub format: Option<String>,
    pub input_format: Option<String>,
    pub serde: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    /// `transient_lastDdlTime`, else `last_modified_time`.
    pub changed_at: Option<DateTime<Utc>>,
    /// Bytes before replication, files and rows from the statistics in the parameters (Hive's or Spark's).
    pub size_bytes: Option<i64>,
    pub file_count: Option<i64>,
    pub row_count: Option<i64>,
    pub view_text: Option<String>,
    /// All parameters but those that only repeat the schema (`spark.sql.sources.schema.*`).
    pub parameters: BTreeMap<String, String>,
    /// What of it could not be taken as it came.
    pub remarks: Vec<Remark>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObservedPartition {
    /// Hive's escaped name: `dt=2026-01-01/region=%EB%B6%80`. Hive's own spelling is kept.
    pub name: String,
    pub location: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    pub changed_at: Option<DateTime<Utc>>,
    pub size_bytes: Option<i64>,
    pub file_count: Option<i64>,
    pub row_count: Option<i64>,
    pub parameters: BTreeMap<String, String>,
}
