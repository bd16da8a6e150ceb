//! From what a metastore stores to what a reader means by it: one place for Thrift and for direct SQL.

use super::spark;
use crate::{ObservedPartition, ObservedTable};
use chrono::{DateTime, Utc};
use reeve_model::asset::{AssetKind, Column, SchemaFrom, TableType};
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
            source_key: None,
            schema_from: SchemaFrom::default(),
            remarks: Vec::new(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As a metastore 2.3.9 keeps them after Spark 3.5.9 wrote them.
    fn stored(name: &str, table_type: &str, pairs: &[(&str, &str)]) -> StoredTable {
        StoredTable {
            database: "sales".to_owned(),
            name: name.to_owned(),
            owner: Some("root".to_owned()),
            create_time: 1_795_396_609,
            table_type: table_type.to_owned(),
            columns: columns(&[("col", "array<string>", Some("from deserializer"))]),
            location: Some(format!("hdfs://nn/warehouse/sales.db/{name}")),
            input_format: Some("org.apache.hadoop.mapred.SequenceFileInputFormat".to_owned()),
            serde: Some("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe".to_owned()),
            parameters: parameters(pairs),
            ..StoredTable::default()
        }
    }

    fn columns(rows: &[(&str, &str, Option<&str>)]) -> Vec<Column> {
        let column = |(name, data_type, comment): &(&str, &str, Option<&str>)| Column {
            name: (*name).to_owned(),
            data_type: (*data_type).to_owned(),
            comment: comment.map(str::to_owned),
        };
        rows.iter().map(column).collect()
    }

    fn parameters(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_spark_table_that_hive_cannot_read() {
        let mut table = stored(
            "baskets",
            "EXTERNAL_TABLE",
            &[
                ("EXTERNAL", "TRUE"),
                ("comment", "장바구니"),
                ("spark.sql.create.version", "3.5.9"),
                ("spark.sql.sources.provider", "json"),
                (
                    "spark.sql.sources.schema",
                    r#"{"type":"struct","fields":[{"name":"장바구니","type":{"type":"struct","fields":[{"name":"상품 코드","type":"string","nullable":true,"metadata":{"comment":"코드"}},{"name":"qty","type":"integer","nullable":true,"metadata":{}}]},"nullable":true,"metadata":{"comment":"담은 것"}},{"name":"Tags","type":{"type":"array","elementType":"string","containsNull":true},"nullable":true,"metadata":{}},{"name":"by","type":{"type":"map","keyType":"string","valueType":"long","valueContainsNull":true},"nullable":true,"metadata":{}},{"name":"price","type":"decimal(18,2)","nullable":true,"metadata":{}},{"name":"grade","type":"string","nullable":true,"metadata":{"__CHAR_VARCHAR_TYPE_STRING":"varchar(10)"}},{"name":"span","type":"interval day to second","nullable":true,"metadata":{}},{"name":"at","type":"timestamp_ntz","nullable":true,"metadata":{}}]}"#,
                ),
                ("transient_lastDdlTime", "1795396609"),
            ],
        );
        table.location = Some("hdfs://nn/warehouse/sales.db/baskets-__PLACEHOLDER__".to_owned());
        table.serde_parameters = parameters(&[("path", "hdfs://nn/ext/baskets"), ("serialization.format", "1")]);
        insta::assert_debug_snapshot!(table.into_observed());
    }

    #[test]
    fn a_schema_in_parts_with_partition_columns() {
        let table = stored(
            "daily",
            "MANAGED_TABLE",
            &[
                ("spark.sql.partitionProvider", "catalog"),
                ("spark.sql.sources.provider", "parquet"),
                ("spark.sql.sources.schema.numBuckets", "4"),
                ("spark.sql.sources.schema.numPartCols", "2"),
                ("spark.sql.sources.schema.partCol.0", "dt"),
                ("spark.sql.sources.schema.partCol.1", "region"),
                ("spark.sql.sources.schema.numParts", "2"),
                (
                    "spark.sql.sources.schema.part.0",
                    r#"{"type":"struct","fields":[{"name":"n","type":"long","nullable":true,"metadata":{}},{"name":"region","ty"#,
                ),
                (
                    "spark.sql.sources.schema.part.1",
                    r#"pe":"string","nullable":true,"metadata":{"comment":"지역"}},{"name":"dt","type":"string","nullable":true,"metadata":{}}]}"#,
                ),
            ],
        );
        let observed = table.into_observed().expect("readable");
        assert_eq!(observed.columns, columns(&[("n", "bigint", None)]));
        assert_eq!(observed.partition_keys, columns(&[("dt", "string", None), ("region", "string", Some("지역"))]));
        let kept: Vec<&str> = observed.parameters.keys().map(String::as_str).collect();
        assert_eq!(
            kept,
            ["spark.sql.partitionProvider", "spark.sql.sources.provider", "spark.sql.sources.schema.numBuckets"]
        );
    }

    #[test]
    fn hives_columns_stand_where_hive_can_read_the_table() {
        let schema = r#"{"type":"struct","fields":[{"name":"Old","type":"long","nullable":true,"metadata":{}}]}"#;
        let mut table = stored("customers", "MANAGED_TABLE", &[("spark.sql.sources.schema", schema)]);
        table.columns = columns(&[("name", "string", Some("이름")), ("phone", "string", Some(""))]);
        let observed = table.into_observed().expect("readable");
        assert_eq!(observed.columns, columns(&[("name", "string", Some("이름")), ("phone", "string", None)]));
    }

    #[test]
    fn an_unreadable_schema_is_an_error_and_not_a_wrong_one() {
        let pairs = [("spark.sql.sources.provider", "orc"), ("spark.sql.sources.schema.numParts", "1")];
        let error = stored("broken", "MANAGED_TABLE", &pairs).into_observed();
        assert_eq!(error, Err("parameter spark.sql.sources.schema.part.0 is missing".to_owned()));
    }

    #[test]
    fn views_have_a_text_and_no_format() {
        let mut view = stored("v_daily", "VIRTUAL_VIEW", &[]);
        view.columns = columns(&[("total", "decimal(28,2)", None)]);
        view.location = None;
        view.view_original_text = Some(String::new());
        view.view_expanded_text = Some("SELECT `orders`.`amount` FROM `sales`.`orders`".to_owned());
        let observed = view.into_observed().expect("readable");
        assert_eq!(observed.view_text.as_deref(), Some("SELECT `orders`.`amount` FROM `sales`.`orders`"));
        assert_eq!((observed.format, observed.input_format, observed.serde), (None, None, None));
    }

    #[test]
    fn formats_have_short_names() {
        let cases: [(&[(&str, &str)], &str, &str); 14] = [
            (&[], "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat", "org.apache.hadoop.hive.ql.io.orc.OrcSerde"),
            (&[], "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat", ""),
            (&[], "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat", ""),
            (&[], "org.apache.hadoop.mapred.SequenceFileInputFormat", ""),
            (&[], "org.apache.hadoop.hive.ql.io.RCFileInputFormat", ""),
            (&[], "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
            (&[], "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hive.hcatalog.data.JsonSerDe"),
            (&[], "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.serde2.OpenCSVSerde"),
            (&[], "org.apache.hudi.hadoop.HoodieParquetInputFormat", ""),
            (&[("table_type", "ICEBERG")], "org.apache.hadoop.mapred.FileInputFormat", ""),
            (&[("storage_handler", "org.apache.hadoop.hive.hbase.HBaseStorageHandler")], "", ""),
            (&[("spark.sql.sources.provider", "DELTA")], "org.apache.hadoop.mapred.SequenceFileInputFormat", ""),
            (&[("spark.sql.sources.provider", "com.databricks.spark.csv")], "", ""),
            (&[], "com.example.OurInputFormat", "com.example.OurSerDe"),
        ];
        let short = |(pairs, input_format, serde): &(&[(&str, &str)], &str, &str)| {
            let parameters = parameters(pairs);
            let provider = parameters.get("spark.sql.sources.provider").map(|name| name.to_lowercase());
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let (input_format, serde) = (some(input_format), some(serde));
            format(&parameters, provider.as_deref(), input_format.as_deref(), serde.as_deref())
                .unwrap_or_else(|| "?".to_owned())
        };
        let names: Vec<String> = cases.iter().map(short).collect();
        assert_eq!(names.join(" "), "orc parquet avro sequence rcfile text json csv hudi iceberg hbase delta csv ?");
    }

    #[test]
    fn statistics_of_either_engine() {
        let read = |pairs: &[(&str, &str)]| {
            let read = Statistics::from(&parameters(pairs));
            (read.size_bytes, read.file_count, read.row_count)
        };
        let hive = [("totalSize", "5462"), ("numFiles", "2"), ("numRows", "10")];
        assert_eq!(read(&hive), (Some(5462), Some(2), Some(10)));
        let spark = [("spark.sql.statistics.totalSize", "54766"), ("spark.sql.statistics.numRows", "100")];
        assert_eq!(read(&spark), (Some(54766), None, Some(100)));
        let both = [("totalSize", "0"), ("numRows", "-1"), ("spark.sql.statistics.totalSize", "7"), ("numFiles", "x")];
        assert_eq!(read(&both), (Some(7), None, None));
        assert_eq!(read(&[("totalSize", "0")]), (Some(0), None, None));
    }

    proptest! {
        #[test]
        fn no_parameters_make_it_panic(
            values in proptest::collection::vec(".{0,20}", 9),
            time in any::<i64>(),
            location in ".{0,20}",
        ) {
            let names = [
                "comment", "totalSize", "numRows", "transient_lastDdlTime", "table_type", "storage_handler",
                "spark.sql.sources.provider", "spark.sql.sources.schema.numParts", "spark.sql.sources.schema.part.0",
            ];
            let pairs: Vec<(&str, &str)> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
            let mut table = stored("t", "MANAGED_TABLE", &pairs);
            table.create_time = time;
            table.location = Some(location);
            let _ = table.into_observed();
        }
    }
}
