//! From what a metastore stores to what a reader means by it: one place for Thrift and for direct SQL.

use super::meaning::number::Statistics;
use super::meaning::remarks::{Remarks, shorten};
use super::meaning::view::PrestoView;
use super::meaning::{format, schema, time, view};
use crate::{ObservedPartition, ObservedTable};
use reeve_model::asset::{AssetKind, Column, Remark, RemarkKind, TableType};
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
    /// The source's own number for this very table.
    pub source_key: Option<String>,
    /// What the reader could not take as it came: [`ObservedTable::remarks`] begins with it.
    pub remarks: Vec<Remark>,
}

impl StoredTable {
    /// Whatever the table holds: what cannot be read is a remark.
    pub(super) fn into_observed(self) -> ObservedTable {
        let mut remarks = Remarks::of(self.remarks);
        let parameters: BTreeMap<String, String> = self.parameters;
        let presto_marked = view::is_marked(&parameters);
        let texts = [self.view_original_text, self.view_expanded_text];
        let presto = presto_view(&texts, presto_marked, &mut remarks);
        let is_presto = presto_marked || texts.iter().flatten().any(|text| view::is_presto(text));
        let mut table_type = TableType::from(self.table_type);
        if is_presto && table_type.kind() != AssetKind::View {
            table_type = TableType::View;
        }
        let is_view = table_type.kind() == AssetKind::View;
        let provider = parameters.get("spark.sql.sources.provider").map(|name| name.to_lowercase());
        let format = if is_view {
            None
        } else {
            format::format(&parameters, provider.as_deref(), self.input_format.as_deref(), self.serde.as_deref())
        };
        let (presto_schema, presto_comment, presto_sql) = match presto {
            Some(presto) => (presto.schema, presto.comment, Some(presto.sql)),
            None => (None, None, None),
        };
        let found = schema::find(
            schema::Stored {
                columns: self.columns,
                partition_keys: self.partition_keys,
                parameters: &parameters,
                serde_parameters: &self.serde_parameters,
                provider: provider.as_deref(),
                is_view,
                format: format.as_deref(),
                presto: presto_schema,
                presto_marked: is_presto,
            },
            &mut remarks,
        );
        let location = match self.location.filter(|text| !text.is_empty()) {
            // Spark names a folder that is not there where Hive cannot read the table, and keeps the real one aside.
            Some(location) if location.ends_with("-__PLACEHOLDER__") => {
                self.serde_parameters.get("path").cloned().or(Some(location))
            }
            location => location,
        };
        let statistics = Statistics::of(&parameters, &mut remarks);
        let created_at = time::time("create_time", self.create_time, &mut remarks);
        let changed_at = time::changed_at(&parameters, &mut remarks);
        let parameters: BTreeMap<String, String> = parameters
            .into_iter()
            .filter(|(name, _)| !schema::repeats_schema(name, found.from))
            .map(|(name, value)| {
                let value = shorten(&name, value, &mut remarks);
                (name, value)
            })
            .collect();
        let own = parameters.get("comment").filter(|text| !text.trim().is_empty());
        let description = own.filter(|text| !is_presto || !view::is_presto_comment(text)).cloned();
        let view_text = texts.into_iter().flatten().find(|text| is_view && !text.is_empty() && !view::is_presto(text));
        ObservedTable {
            database: self.database,
            name: self.name,
            description: presto_comment.or(description),
            owner: self.owner.filter(|name| !name.is_empty()),
            source_key: self.source_key,
            schema_from: found.from,
            columns: found.columns,
            partition_keys: found.partition_keys,
            location,
            format,
            input_format: self.input_format.filter(|name| !name.is_empty() && !is_view),
            serde: self.serde.filter(|name| !name.is_empty() && !is_view),
            created_at,
            changed_at,
            size_bytes: statistics.size_bytes,
            file_count: statistics.file_count,
            row_count: statistics.row_count,
            view_text: presto_sql.or(view_text),
            parameters,
            table_type,
            remarks: remarks.into_vec(),
        }
    }
}

/// The view that Presto or Trino keeps in one of the two texts; a remark where it cannot be decoded.
fn presto_view(texts: &[Option<String>; 2], marked: bool, remarks: &mut Remarks) -> Option<PrestoView> {
    let read: Vec<_> = texts.iter().flatten().filter_map(|text| view::presto(text)).collect();
    let broken = read.iter().find_map(|read| read.as_ref().err().cloned());
    let view = read.into_iter().find_map(Result::ok);
    match (&view, broken) {
        (None, Some(broken)) => remarks.add(RemarkKind::UnreadableView, &broken.field, &broken.raw),
        (None, None) if marked && texts.iter().flatten().all(String::is_empty) => {
            remarks.add(RemarkKind::UnreadableView, "view_original_text", "");
        }
        _ => {}
    }
    view
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
    /// A partition has no remarks of its own: what cannot be read is unknown, and its raw form is in the parameters.
    pub(super) fn into_observed(self) -> ObservedPartition {
        let mut remarks = Remarks::default();
        let statistics = Statistics::of(&self.parameters, &mut remarks);
        ObservedPartition {
            name: self.name,
            location: self.location.filter(|text| !text.is_empty()),
            created_at: time::time("create_time", self.create_time, &mut remarks),
            changed_at: time::changed_at(&self.parameters, &mut remarks),
            size_bytes: statistics.size_bytes,
            file_count: statistics.file_count,
            row_count: statistics.row_count,
            parameters: self
                .parameters
                .into_iter()
                .map(|(name, value)| {
                    let value = shorten(&name, value, &mut remarks);
                    (name, value)
                })
                .collect(),
        }
    }
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
        let observed = table.into_observed();
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
        let observed = table.into_observed();
        assert_eq!(observed.columns, columns(&[("name", "string", Some("이름")), ("phone", "string", None)]));
    }

    /// What a table says, in few words.
    fn told(observed: &ObservedTable) -> String {
        let line = |column: &Column| {
            let comment = column.comment.as_deref().map(|comment| format!(" '{comment}'")).unwrap_or_default();
            format!("{} {}{comment}", column.name, column.data_type)
        };
        let lines = |columns: &[Column]| columns.iter().map(line).collect::<Vec<_>>().join(", ");
        let remarks =
            observed.remarks.iter().map(|remark| format!(" | {:?} {}: {}", remark.kind, remark.field, remark.raw));
        format!(
            "{:?}: {} / {}{}",
            observed.schema_from,
            lines(&observed.columns),
            lines(&observed.partition_keys),
            remarks.collect::<String>()
        )
    }

    #[test]
    fn a_broken_schema_leaves_hives_columns() {
        let pairs = [
            ("spark.sql.sources.provider", "orc"),
            ("spark.sql.sources.schema.numParts", "3"),
            ("spark.sql.sources.schema.part.0", "{\"type\":\"struct\","),
            ("spark.sql.sources.schema.part.2", "}"),
        ];
        let mut table = stored("broken", "MANAGED_TABLE", &pairs);
        table.columns = columns(&[("id", "bigint", Some("번호"))]);
        insta::assert_snapshot!(told(&table.into_observed()), @"Hive: id bigint '번호' /  | BrokenSchema spark.sql.sources.schema.part.1: ");
        let placeholder = stored("broken", "MANAGED_TABLE", &pairs);
        insta::assert_snapshot!(told(&placeholder.into_observed()), @"Files:  /  | BrokenSchema spark.sql.sources.schema.part.1: ");
    }

    #[test]
    fn columns_that_hive_got_later_are_added_to_sparks() {
        let schema = r#"{"type":"struct","fields":[{"name":"Id","type":"integer","metadata":{"comment":"번호"}},{"name":"at","type":"timestamp_ntz"},{"name":"dt","type":"string"}]}"#;
        let pairs = [
            ("spark.sql.sources.provider", "parquet"),
            ("spark.sql.sources.schema", schema),
            ("spark.sql.sources.schema.numPartCols", "1"),
            ("spark.sql.sources.schema.partCol.0", "dt"),
        ];
        let mut table = stored("t", "MANAGED_TABLE", &pairs);
        table.columns = columns(&[("id", "bigint", None), ("at", "timestamp", None), ("new", "string", Some("새 열"))]);
        table.partition_keys = columns(&[("dt", "string", None)]);
        let same = StoredTable { columns: columns(&[("id", "int", None), ("at", "timestamp", None)]), ..table.clone() };
        insta::assert_snapshot!(told(&table.into_observed()), @"Spark: Id bigint '번호', at timestamp_ntz, new string '새 열' / dt string | SchemasDiffer columns: id int / bigint, + new");
        insta::assert_snapshot!(told(&same.into_observed()), @"Spark: Id int '번호', at timestamp_ntz / dt string");
    }

    #[test]
    fn columns_from_where_they_are() {
        let avro = r#"{"type":"record","name":"R","fields":[{"name":"id","type":"long","doc":"번호"},{"name":"dt","type":"string"}]}"#;
        let iceberg = r#"{"type":"struct","fields":[{"id":1,"name":"Id","type":"long"}]}"#;
        let serde = "org.apache.hadoop.hive.serde2.avro.AvroSerDe".to_owned();
        let mut of_avro = stored("a", "EXTERNAL_TABLE", &[]);
        of_avro.serde = Some(serde);
        of_avro.input_format = Some("org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat".to_owned());
        of_avro.serde_parameters = parameters(&[("avro.schema.literal", avro)]);
        of_avro.columns =
            columns(&[("error_error_error_error_error_error_error", "string", Some("from deserializer"))]);
        of_avro.partition_keys = columns(&[("dt", "string", Some("from deserializer"))]);
        let mut by_url = StoredTable { serde_parameters: BTreeMap::new(), ..of_avro.clone() };
        by_url.parameters = parameters(&[("avro.schema.url", "hdfs://nn/schema.avsc")]);
        let mut of_iceberg = stored("i", "EXTERNAL_TABLE", &[("table_type", "ICEBERG"), ("current-schema", iceberg)]);
        of_iceberg.columns = columns(&[("id", "bigint", Some("번호")), ("later", "string", None)]);
        let mut of_flink = stored(
            "f",
            "MANAGED_TABLE",
            &[("flink.schema.0.name", "id"), ("flink.schema.0.data-type", "INT NOT NULL")],
        );
        of_flink.columns.clear();
        let empty = r#"{"type":"struct","fields":[]}"#;
        let delta = [("spark.sql.sources.provider", "delta"), ("spark.sql.sources.schema", empty)];
        let mut of_trino = stored("t", "EXTERNAL_TABLE", &[("spark.sql.sources.provider", "DELTA")]);
        of_trino.columns = columns(&[("dummy", "string", None)]);
        let mut in_earnest = stored("e", "MANAGED_TABLE", &[]);
        in_earnest.columns = columns(&[("col", "array<string>", None), ("", "int", None), ("COL", "int", None)]);
        let tables =
            [of_avro, by_url, of_iceberg, of_flink, stored("d", "EXTERNAL_TABLE", &delta), of_trino, in_earnest];
        let lines = tables.map(|table| told(&table.into_observed()));
        insta::assert_snapshot!(lines.join("\n"), @"
        Avro: id bigint '번호' / dt string
        Files:  / dt string
        Iceberg: Id bigint '번호', later string /  | SchemasDiffer columns: + later
        Flink: id int / 
        Files:  / 
        Files:  / 
        Hive: col array<string>, _c1 int /  | BrokenSchema columns: int | NamedTwice columns: COL
        ");
    }

    #[test]
    fn views_of_presto_are_decoded() {
        // {"originalSql":"SELECT id FROM sales.orders","columns":[{"name":"id","type":"varchar"}]}
        let text = "/* Presto View: eyJvcmlnaW5hbFNxbCI6IlNFTEVDVCBpZCBGUk9NIHNhbGVzLm9yZGVycyIsImNvbHVtbnMiOlt7Im5hbWUiOiJpZCIsInR5cGUiOiJ2YXJjaGFyIn1dfQ== */";
        let mut view = stored("v", "VIRTUAL_VIEW", &[("presto_view", "true"), ("comment", "Presto View")]);
        view.columns = columns(&[("dummy", "string", None)]);
        view.view_original_text = Some(text.to_owned());
        view.view_expanded_text = Some("/* Presto View */".to_owned());
        let broken = StoredTable { view_original_text: Some("/* Presto View: e30= */".to_owned()), ..view.clone() };
        let observed = view.into_observed();
        assert_eq!(observed.view_text.as_deref(), Some("SELECT id FROM sales.orders"));
        assert_eq!((observed.description.as_deref(), observed.table_type.as_str()), (None, "VIRTUAL_VIEW"));
        insta::assert_snapshot!(told(&observed), @"Presto: id string / ");
        let observed = broken.into_observed();
        assert_eq!(observed.view_text, None);
        insta::assert_snapshot!(told(&observed), @"Hive:  /  | UnreadableView view_original_text: /* Presto View: e30= */");
    }

    #[test]
    fn long_values_are_cut() {
        let long = "가".repeat(100_000);
        let observed = stored("t", "MANAGED_TABLE", &[("note", &long)]).into_observed();
        assert_eq!(observed.parameters["note"].len(), 65_535);
        assert_eq!((observed.remarks[0].kind, observed.remarks[0].raw.chars().count()), (RemarkKind::Shortened, 200));
    }

    #[test]
    fn views_have_a_text_and_no_format() {
        let mut view = stored("v_daily", "VIRTUAL_VIEW", &[]);
        view.columns = columns(&[("total", "decimal(28,2)", None)]);
        view.location = None;
        view.view_original_text = Some(String::new());
        view.view_expanded_text = Some("SELECT `orders`.`amount` FROM `sales`.`orders`".to_owned());
        let observed = view.into_observed();
        assert_eq!(observed.view_text.as_deref(), Some("SELECT `orders`.`amount` FROM `sales`.`orders`"));
        assert_eq!((observed.format, observed.input_format, observed.serde), (None, None, None));
    }

    /// Values that metastores were seen with, and whatever else there may be.
    fn odd_value() -> impl Strategy<Value = String> {
        let seen = [
            "-1",
            "0",
            "9223372036854775807",
            "1700000000000",
            "253402300800",
            "TRUE",
            "ICEBERG",
            "PAIMON",
            "DELTA",
            "hudi",
            "none",
            "2",
            "dt",
            "{\"fields\":[]}",
            "{\"fields\":[{\"name\":\"dt\",\"type\":\"long\"}]}",
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"R\"}]}",
            "/* Presto View: e30= */",
            "/* Presto View */",
            "{\"type\":\"struct\",",
            "\u{fffd}\u{fffd}",
        ];
        prop_oneof![".{0,20}", proptest::sample::select(seen.to_vec()).prop_map(str::to_owned)]
    }

    proptest! {
        #[test]
        fn no_table_makes_it_panic(
            values in proptest::collection::vec(proptest::option::of(odd_value()), 16),
            time in any::<i64>(),
            texts in proptest::collection::vec(odd_value(), 3),
            columns_are in 0..4usize,
        ) {
            let names = [
                "comment", "totalSize", "numRows", "transient_lastDdlTime", "table_type", "storage_handler", "presto_view",
                "spark.sql.sources.provider", "spark.sql.sources.schema", "spark.sql.sources.schema.numParts",
                "spark.sql.sources.schema.part.0", "spark.sql.sources.schema.numPartCols",
                "spark.sql.sources.schema.partCol.0", "avro.schema.literal", "current-schema", "flink.schema.0.name",
            ];
            let pairs: Vec<(&str, &str)> =
                names.into_iter().zip(&values).filter_map(|(name, value)| Some((name, value.as_deref()?))).collect();
            let mut table = stored("t", ["MANAGED_TABLE", "VIRTUAL_VIEW"][columns_are % 2], &pairs);
            table.create_time = time;
            match columns_are {
                0 => table.columns.clear(),
                1 => table.columns = columns(&[("dt", "string", Some("")), ("", "", None), ("DT", "x<", None)]),
                _ => {}
            }
            table.partition_keys = columns(&[("dt", "string", None)]);
            let [location, original, expanded] = texts.try_into().expect("three");
            table.location = Some(location);
            table.view_original_text = Some(original);
            table.view_expanded_text = Some(expanded);
            let observed = table.into_observed();
            prop_assert!(observed.remarks.iter().all(|remark| remark.raw.chars().count() <= 200));
            prop_assert!(observed.size_bytes.is_none_or(|bytes| bytes >= 0));
            prop_assert!(observed.columns.iter().all(|column| !column.name.eq_ignore_ascii_case("dt")));
            prop_assert!(!observed.view_text.unwrap_or_default().contains("/* Presto View"));
        }
    }
}
