//! The things a catalog lists: databases, tables, views, columns, partitions, and what changed in them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What kind of thing a hit, a history entry or a link stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    Database,
    Table,
    View,
    Column,
}

impl AssetKind {
    pub const ALL: [Self; 4] = [Self::Database, Self::Table, Self::View, Self::Column];

    /// The name used in URLs, in the query language (`type:view`) and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Table => "table",
            Self::View => "view",
            Self::Column => "column",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text))
    }
}

/// Hive's own `TBL_TYPE` (`org.apache.hadoop.hive.metastore.TableType`); anything newer is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "String", into = "String")]
pub enum TableType {
    Managed,
    External,
    View,
    MaterializedView,
    Other(String),
}

impl TableType {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Managed => "MANAGED_TABLE",
            Self::External => "EXTERNAL_TABLE",
            Self::View => "VIRTUAL_VIEW",
            Self::MaterializedView => "MATERIALIZED_VIEW",
            Self::Other(name) => name,
        }
    }

    /// Views of both sorts are views to a reader; everything else holds data of its own.
    pub fn kind(&self) -> AssetKind {
        match self {
            Self::View | Self::MaterializedView => AssetKind::View,
            _ => AssetKind::Table,
        }
    }
}

impl From<String> for TableType {
    fn from(name: String) -> Self {
        match name.as_str() {
            "MANAGED_TABLE" => Self::Managed,
            "EXTERNAL_TABLE" => Self::External,
            "VIRTUAL_VIEW" => Self::View,
            "MATERIALIZED_VIEW" => Self::MaterializedView,
            _ => Self::Other(name),
        }
    }
}

impl From<TableType> for String {
    fn from(kind: TableType) -> Self {
        kind.as_str().to_owned()
    }
}

/// The tags that a table's own parameters carry: those listed in `tags`, and `pii` where `pii=true`.
pub fn tags_of(parameters: &std::collections::BTreeMap<String, String>) -> Vec<String> {
    let listed = parameters.get("tags").map(String::as_str).unwrap_or_default();
    let mut tags: Vec<String> =
        listed.split(',').map(|tag| tag.trim().to_lowercase()).filter(|tag| !tag.is_empty()).collect();
    if is_true(parameters, "pii") {
        tags.push("pii".to_owned());
    }
    tags.sort();
    tags.dedup();
    tags
}

/// Whether a table's own parameters say that it should no longer be used: `deprecated=true`.
pub fn is_deprecated(parameters: &std::collections::BTreeMap<String, String>) -> bool {
    is_true(parameters, "deprecated")
}

fn is_true(parameters: &std::collections::BTreeMap<String, String>, key: &str) -> bool {
    parameters.get(key).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// One column or partition key, in the order the source declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    pub name: String,
    /// Hive's type string as the source spells it: `array<struct<sku:string,qty:int>>`.
    #[serde(rename = "type")]
    pub data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A database, with counts of what is in it now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseSummary {
    pub id: i64,
    pub source: String,
    pub name: String,
    pub description: Option<String>,
    pub location: Option<String>,
    pub owner: Option<String>,
    pub tables: i64,
    pub views: i64,
    /// Bytes before replication, from the statistics the source keeps; `None` where no table has any.
    pub size_bytes: Option<i64>,
    pub parameters: std::collections::BTreeMap<String, String>,
    pub first_seen_at: DateTime<Utc>,
    /// When Reeve found it gone; `None` while it exists.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A table or view as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableSummary {
    pub id: i64,
    pub source: String,
    pub database: String,
    pub name: String,
    pub kind: AssetKind,
    pub description: Option<String>,
    pub owner: Option<String>,
    /// `orc`, `parquet`, `avro`, `text`, `sequence`, `json`, `iceberg` ... ; `None` for views.
    pub format: Option<String>,
    pub columns: i64,
    pub partitions: i64,
    pub partitioned: bool,
    /// Bytes before replication, from the statistics the source keeps.
    pub size_bytes: Option<i64>,
    pub created_at: Option<DateTime<Utc>>,
    /// The last change of data or definition that the source knows of.
    pub changed_at: Option<DateTime<Utc>>,
    pub deprecated: bool,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Everything the catalog knows of one table or view, but for its partitions and history, which are paged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableDetail {
    #[serde(flatten)]
    pub summary: TableSummary,
    /// `db.table`
    pub qualified_name: String,
    pub table_type: TableType,
    pub columns_list: Vec<Column>,
    pub partition_keys: Vec<Column>,
    pub location: Option<String>,
    pub input_format: Option<String>,
    pub serde: Option<String>,
    pub file_count: Option<i64>,
    pub row_count: Option<i64>,
    pub view_text: Option<String>,
    pub parameters: std::collections::BTreeMap<String, String>,
    pub first_seen_at: DateTime<Utc>,
    /// When a crawl last compared this table with its source.
    pub checked_at: Option<DateTime<Utc>>,
}

/// One partition of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partition {
    /// Hive's name, with values escaped as Hive escapes them: `dt=2026-01-01/region=seoul`.
    pub name: String,
    /// The values in the order of the partition keys, unescaped.
    pub values: Vec<String>,
    pub location: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    pub changed_at: Option<DateTime<Utc>>,
    pub size_bytes: Option<i64>,
    pub file_count: Option<i64>,
    pub row_count: Option<i64>,
    pub parameters: std::collections::BTreeMap<String, String>,
}

/// What happened to an asset; `field` and the two values say to which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Created,
    Deleted,
    Restored,
    ColumnAdded,
    ColumnDropped,
    ColumnRetyped,
    ColumnRecommented,
    ColumnsReordered,
    ParameterSet,
    ParameterRemoved,
    OwnerChanged,
    LocationChanged,
    DescriptionChanged,
    DefinitionChanged,
    PartitionsChanged,
}

impl ChangeKind {
    pub const ALL: [Self; 15] = [
        Self::Created,
        Self::Deleted,
        Self::Restored,
        Self::ColumnAdded,
        Self::ColumnDropped,
        Self::ColumnRetyped,
        Self::ColumnRecommented,
        Self::ColumnsReordered,
        Self::ParameterSet,
        Self::ParameterRemoved,
        Self::OwnerChanged,
        Self::LocationChanged,
        Self::DescriptionChanged,
        Self::DefinitionChanged,
        Self::PartitionsChanged,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::ColumnAdded => "column_added",
            Self::ColumnDropped => "column_dropped",
            Self::ColumnRetyped => "column_retyped",
            Self::ColumnRecommented => "column_recommented",
            Self::ColumnsReordered => "columns_reordered",
            Self::ParameterSet => "parameter_set",
            Self::ParameterRemoved => "parameter_removed",
            Self::OwnerChanged => "owner_changed",
            Self::LocationChanged => "location_changed",
            Self::DescriptionChanged => "description_changed",
            Self::DefinitionChanged => "definition_changed",
            Self::PartitionsChanged => "partitions_changed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One entry of an asset's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub kind: ChangeKind,
    /// The column, parameter or attribute concerned: `order_id`, `retention`, `serde`.
    pub field: Option<String>,
    pub old: Option<String>,
    pub new: Option<String>,
    pub crawl_id: Option<i64>,
}

/// One page of a list; `next_cursor` asks for the following one and is opaque to callers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paged<T> {
    pub items: Vec<T>,
    /// How many there are in all under the same filter.
    pub total: i64,
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn parameters_tell_tags_and_deprecation() {
        let with = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let marked = with(&[("pii", "TRUE"), ("tags", "매출, Gold,,gold"), ("deprecated", "true")]);
        assert_eq!(tags_of(&marked), ["gold", "pii", "매출"]);
        assert!(is_deprecated(&marked));
        let plain = with(&[("pii", "false"), ("deprecated", "no")]);
        assert!(tags_of(&plain).is_empty() && !is_deprecated(&plain));
    }
}
