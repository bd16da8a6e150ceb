//! From what a metastore stores to what a reader means by it: one place for Thrift and for direct SQL.

use super::spark;
use crate::{ObservedPartition, ObservedTable};
use chrono::{DateTime, Utc};
use reeve_model::asset::{AssetKind, Column, TableType};
use std::collections::BTreeMap;

/// A table or view as the metastore stores it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct StoredTable {
    pub database: String,
    pub name: String,
    pub owner: Option<String>,
    /// Seconds since 1970; 0 is unknown.
    pub create_time: i64,
    pub table_type: String,
    pub columns: Vec<Column>,
    pub partition_keys: Vec<Column>,
    pub location: Option<String>,
    pub input_format: Option<String>,
    pub serde: Option<String>,
    pub serde_parameters: BTreeMap<String, String>,
    pub parameters: BTreeMap<String, String>,
    /// As the user wrote it.
    pub view_original_text: Option<String>,
    /// With all names resolved.
    pub view_expanded_text: Option<String>,
}

impl StoredTable {
    /// # Errors
    /// Says which parameter cannot be read, where the schema depends on it.
    pub(super) fn into_observed(self) -> Result<ObservedTable, String> {
        let table_type = TableType::from(self.table_type);
        let is_view = table_type.kind() == AssetKind::View;
        let provider = self.parameters.get("spark.sql.sources.provider").map(|name| name.to_lowercase());
        let spark_native = provider.as_deref().is_some_and(|name| name != "hive") || is_placeholder(&self.columns);
        let (columns, partition_keys) = match if spark_native { spark::schema(&self.parameters)? } else { None } {
            Some(schema) => (schema.columns, schema.partition_keys),
            None => (self.columns, self.partition_keys),
        };
        let format = if is_view {
            None
        } else {
            format(&self.parameters, provider.as_deref(), self.input_format.as_deref(), self.serde.as_deref())
        };
        let location = match self.location.filter(|text| !text.is_empty()) {
            // Spark names a folder that is not there where Hive cannot read the table, and keeps the real one aside.
            Some(location) if location.ends_with("-__PLACEHOLDER__") => {
                self.serde_parameters.get("path").cloned().or(Some(location))
            }
            location => location,
        };
        let statistics = Statistics::from(&self.parameters);
        Ok(ObservedTable {
            database: self.database,
            name: self.name,
            description: self.parameters.get("comment").filter(|text| !text.trim().is_empty()).cloned(),
            owner: self.owner.filter(|name| !name.is_empty()),
            columns: columns.into_iter().map(without_empty_comment).collect(),
            partition_keys: partition_keys.into_iter().map(without_empty_comment).collect(),
            location,
            format,
            input_format: self.input_format.filter(|name| !name.is_empty() && !is_view),
            serde: self.serde.filter(|name| !name.is_empty() && !is_view),
            created_at: time(self.create_time),
            changed_at: changed_at(&self.parameters),
            size_bytes: statistics.size_bytes,
            file_count: statistics.file_count,
            row_count: statistics.row_count,
            view_text: [self.view_original_text, self.view_expanded_text]
                .into_iter()
                .flatten()
                .find(|text| is_view && !text.is_empty()),
            parameters: self.parameters.into_iter().filter(|(name, _)| !spark::repeats_schema(name)).collect(),
            table_type,
        })
    }
}

/// A partition as the metastore stores it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct StoredPartition {
    pub name: String,
    /// Seconds since 1970; 0 is unknown.
    pub create_time: i64,
    pub location: Option<String>,
    pub parameters: BTreeMap<String, String>,
}

impl StoredPartition {
    pub(super) fn into_observed(self) -> ObservedPartition {
        let statistics = Statistics::from(&self.parameters);
        ObservedPartition {
            name: self.name,
            location: self.location.filter(|text| !text.is_empty()),
            created_at: time(self.create_time),
            changed_at: changed_at(&self.parameters),
            size_bytes: statistics.size_bytes,
            file_count: statistics.file_count,
            row_count: statistics.row_count,
            parameters: self.parameters,
        }
    }
}

/// What Spark declares to Hive for a table that Hive cannot read: `col array<string>`.
fn is_placeholder(columns: &[Column]) -> bool {
    columns.is_empty() || matches!(columns, [only] if only.name == "col" && only.data_type == "array<string>")
}

/// The format's short name, from the surest sign to the least sure.
fn format(
    parameters: &BTreeMap<String, String>,
    provider: Option<&str>,
    input_format: Option<&str>,
    serde: Option<&str>,
) -> Option<String> {
    if parameters.get("table_type").is_some_and(|value| value.eq_ignore_ascii_case("iceberg")) {
        return Some("iceberg".to_owned());
    }
    if let Some(provider) = provider.filter(|name| *name != "hive") {
        // A class instead of a short name: `org.apache.spark.sql.parquet`, `com.databricks.spark.csv`.
        return provider.rsplit('.').find(|word| *word != "defaultsource").map(str::to_owned);
    }
    let known = |class: &str, words: &[(&str, &str)]| {
        let class = class.to_lowercase();
        words.iter().find(|(word, _)| class.contains(word)).map(|(_, short)| (*short).to_owned())
    };
    let by_handler = parameters.get("storage_handler").and_then(|class| known(class, &STORAGE_HANDLERS));
    let by_serde = || serde.and_then(|class| known(class, &SERDES));
    by_handler.or_else(|| input_format.and_then(|class| known(class, &INPUT_FORMATS))).or_else(|| {
        let is_text = input_format.is_some_and(|class| class.ends_with("TextInputFormat"));
        by_serde().or_else(|| is_text.then(|| "text".to_owned()))
    })
}

/// Words in the class of `storage_handler`, in lower case.
const STORAGE_HANDLERS: [(&str, &str); 7] = [
    ("iceberg", "iceberg"),
    ("hbase", "hbase"),
    ("kudu", "kudu"),
    ("jdbc", "jdbc"),
    ("druid", "druid"),
    ("kafka", "kafka"),
    ("delta", "delta"),
];

/// Words in the class of the input format, in lower case. Text is left to the serde, which knows CSV and JSON.
const INPUT_FORMATS: [(&str, &str); 9] = [
    ("hoodie", "hudi"),
    ("iceberg", "iceberg"),
    ("delta", "delta"),
    ("parquet", "parquet"),
    ("orc", "orc"),
    ("avro", "avro"),
    ("rcfile", "rcfile"),
    ("sequencefile", "sequence"),
    ("kudu", "kudu"),
];

/// Words in the class of the serde, in lower case.
const SERDES: [(&str, &str); 6] =
    [("json", "json"), ("csv", "csv"), ("parquet", "parquet"), ("orc", "orc"), ("avro", "avro"), ("hbase", "hbase")];

struct Statistics {
    size_bytes: Option<i64>,
    file_count: Option<i64>,
    row_count: Option<i64>,
}

impl Statistics {
    /// Hive's, or Spark's where Hive has none or only zeros, as it has for what Spark wrote.
    fn from(parameters: &BTreeMap<String, String>) -> Self {
        // Hive writes -1 for unknown.
        let number = |name: &str| parameters.get(name)?.trim().parse().ok().filter(|number: &i64| *number >= 0);
        let either = |hive: &str, spark: &str| {
            let hive = number(hive);
            hive.filter(|number| *number > 0).or_else(|| number(spark)).or(hive)
        };
        Self {
            size_bytes: either("totalSize", "spark.sql.statistics.totalSize"),
            file_count: number("numFiles"),
            row_count: either("numRows", "spark.sql.statistics.numRows"),
        }
    }
}

fn changed_at(parameters: &BTreeMap<String, String>) -> Option<DateTime<Utc>> {
    ["transient_lastDdlTime", "last_modified_time"]
        .into_iter()
        .find_map(|name| time(parameters.get(name)?.trim().parse().ok()?))
}

/// Seconds since 1970; what is not after that was never set.
fn time(seconds: i64) -> Option<DateTime<Utc>> {
    if seconds > 0 { DateTime::from_timestamp(seconds, 0) } else { None }
}

fn without_empty_comment(mut column: Column) -> Column {
    column.comment = column.comment.filter(|text| !text.is_empty());
    column
}
