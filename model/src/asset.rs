//! The things a catalog lists: databases, tables, views, columns, partitions, and what changed in them.

use crate::curation::{Author, Deprecation, PersonalData, Said};
use crate::{AssetId, CrawlId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What kind of thing a hit, a history entry or a link stands for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
pub enum AssetKind {
    Database,
    Table,
    View,
    Column,
}

/// Hive's own `TBL_TYPE` (`org.apache.hadoop.hive.metastore.TableType`); anything newer is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    pub name: String,
    /// Hive's type string as the source spells it: `array<struct<sku:string,qty:int>>`.
    #[serde(rename = "type")]
    pub data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A column as the catalog knows it: as the source declares it, with what people say of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnDetail {
    /// Its comment is the one that wins.
    #[serde(flatten)]
    pub column: Column,
    /// The other one, where both the source and people say something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_comment: Option<String>,
    /// Who wrote the comment; `None` where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment_from: Option<Author>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_data: Option<PersonalData>,
}

impl ColumnDetail {
    /// The same with that author's comment first, where both have one.
    #[must_use]
    pub fn prefer(mut self, author: Author) -> Self {
        if self.comment_from.is_some_and(|from| from != author) && self.other_comment.is_some() {
            std::mem::swap(&mut self.column.comment, &mut self.other_comment);
            self.comment_from = Some(author);
        }
        self
    }
}

impl std::ops::Deref for ColumnDetail {
    type Target = Column;

    fn deref(&self) -> &Column {
        &self.column
    }
}

impl From<Column> for ColumnDetail {
    /// As the source alone has it.
    fn from(column: Column) -> Self {
        let comment_from = column.comment.as_ref().map(|_| Author::Source);
        Self { column, other_comment: None, comment_from, personal_data: None }
    }
}

/// Where a table's columns were found: Hive's own, or what an engine wrote into parameters because Hive's types cannot say it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SchemaFrom {
    /// The metastore's own columns (`StorageDescriptor.cols`), where Paimon's catalog writes its schema too (`HiveCatalog`).
    #[default]
    Hive,
    /// `spark.sql.sources.schema*`
    Spark,
    /// `avro.schema.literal`
    Avro,
    /// Iceberg's `current-schema`
    Iceberg,
    /// Flink's `flink.schema.*`
    Flink,
    /// The JSON in a Presto or Trino view.
    Presto,
    /// Nowhere: the metastore has no columns, only the data's own files or log do (Delta, Hudi, `avro.schema.url`).
    Files,
}

/// What of one object could not be taken as it came from the source. The object is in the catalog all the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Remark {
    pub kind: RemarkKind,
    /// Which part of the object: `transient_lastDdlTime`, `comment`, `spark.sql.sources.schema.part.1`.
    pub field: String,
    /// As the source had it, cut to 200 characters.
    pub raw: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RemarkKind {
    /// A time that is none, or absurd: taken for unknown.
    UnreadableTime,
    /// A number that is none, is negative or too large: taken for unknown.
    UnreadableNumber,
    /// Bytes that are no UTF-8, shown with replacement marks.
    ReplacedBytes,
    /// A schema that an engine keeps in parameters, incomplete or unreadable: the columns are another one's.
    BrokenSchema,
    /// Two engines describe different columns: the newer description is shown.
    SchemasDiffer,
    /// A view whose text could not be decoded.
    UnreadableView,
    /// The source said the same thing twice, or in two spellings: it is shown once.
    NamedTwice,
    /// A value too long to be kept whole: only its beginning is shown.
    Shortened,
}

/// A database, with counts of what is in it now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseSummary {
    pub id: AssetId,
    pub source: String,
    /// Another source has a database of this name too: addresses must name the source.
    pub ambiguous: bool,
    pub name: String,
    /// Markdown where people wrote it.
    pub description: Option<String>,
    pub description_from: Option<Author>,
    /// Where people wrote another one.
    pub source_description: Option<String>,
    /// Counts the edits; the first part of the entity tag.
    pub revision: i64,
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
    pub id: AssetId,
    pub source: String,
    /// Another source has a database of this name too: addresses must name the source.
    pub ambiguous: bool,
    pub database: String,
    pub name: String,
    pub kind: AssetKind,
    /// Markdown where people wrote it.
    pub description: Option<String>,
    pub description_from: Option<Author>,
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
    pub certified: bool,
    pub deprecated: Option<Deprecation>,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Everything the catalog knows of one table or view, but for its partitions and history, which are paged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableDetail {
    #[serde(flatten)]
    pub summary: TableSummary,
    #[serde(flatten)]
    pub said: Said,
    /// `db.table`
    pub qualified_name: String,
    pub table_type: TableType,
    pub columns_list: Vec<ColumnDetail>,
    pub partition_keys: Vec<ColumnDetail>,
    /// Where the columns were found.
    #[serde(default)]
    pub schema_from: SchemaFrom,
    /// What of it could not be taken as it came.
    #[serde(default)]
    pub remarks: Vec<Remark>,
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

impl TableDetail {
    /// The same with that author's comments of columns first, where both have one.
    #[must_use]
    pub fn prefer(mut self, author: Author) -> Self {
        let prefer = |columns: Vec<ColumnDetail>| columns.into_iter().map(|column| column.prefer(author)).collect();
        self.columns_list = prefer(self.columns_list);
        self.partition_keys = prefer(self.partition_keys);
        self
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ChangeKind {
    Created,
    Deleted,
    Restored,
    /// Dropped and made again: another thing of the same name, that carries on its story.
    Recreated,
    ColumnAdded,
    ColumnDropped,
    ColumnRetyped,
    ColumnRecommented,
    ColumnsReordered,
    ParameterSet,
    ParameterRemoved,
    OwnerChanged,
    /// Who answers for it, as people say: the field is the role.
    OwnersAssigned,
    LocationChanged,
    DescriptionChanged,
    DefinitionChanged,
    PartitionsChanged,
    // What people say of it.
    /// Of a column: the comment that people wrote beside the source's.
    CommentChanged,
    TagsChanged,
    /// Of a column: its class of personal data.
    ClassChanged,
    CertificationChanged,
    DeprecationChanged,
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
    pub crawl_id: Option<CrawlId>,
    /// Who did it, where it was a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

/// A change with the asset it happened to.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetChange {
    pub source: String,
    /// Another source has a database of this name too: addresses must name the source.
    pub ambiguous: bool,
    pub database: String,
    /// `None` where it happened to the database itself.
    pub table: Option<String>,
    pub change: Change,
}

/// One line of what happened last.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    Asset(AssetChange),
    /// A source was read for the first time.
    FirstCrawl {
        source: String,
        at: DateTime<Utc>,
        databases: i64,
        tables: i64,
        crawl_id: CrawlId,
    },
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

impl<T> Paged<T> {
    /// A page of at most `limit` items out of `limit + 1` that were asked for: the one too many says that there are more.
    pub fn from_rows(mut items: Vec<T>, limit: i64, total: i64, cursor_of: impl FnOnce(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(cursor_of) } else { None };
        Self { items, total, next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn one_row_too_many_makes_a_cursor() {
        let page = |rows: &[i64]| Paged::from_rows(rows.to_vec(), 2, 9, i64::to_string);
        assert_eq!(page(&[1, 2, 3]), Paged { items: vec![1, 2], total: 9, next_cursor: Some("2".to_owned()) });
        for rows in [&[][..], &[1], &[1, 2]] {
            assert_eq!(page(rows), Paged { items: rows.to_vec(), total: 9, next_cursor: None });
        }
    }

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
