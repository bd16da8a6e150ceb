//! Columns from where they are: of the metastore itself, or of the engine that keeps them in parameters.

use super::remarks::{Broken, Remarks};
use super::{avro, flink, iceberg, spark};
use reeve_model::asset::{Column, RemarkKind, SchemaFrom};
use serde_json::Value;
use std::collections::BTreeMap;

/// Longer schemas are not read: parsed, they would take many times their size.
const LONGEST: usize = 8 * 1024 * 1024;

/// What Hive writes for a column that only the serde knows of.
const FROM_DESERIALIZER: &str = "from deserializer";

/// What an engine says of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::hive) struct EngineSchema {
    pub columns: Vec<Column>,
    /// `None` where the engine leaves them to Hive.
    pub partition_keys: Option<Vec<Column>>,
}

/// What decides where the columns are.
pub(in crate::hive) struct Stored<'a> {
    pub columns: Vec<Column>,
    pub partition_keys: Vec<Column>,
    pub parameters: &'a BTreeMap<String, String>,
    pub serde_parameters: &'a BTreeMap<String, String>,
    /// Spark's word for the table's format, in lower case.
    pub provider: Option<&'a str>,
    pub is_view: bool,
    /// `iceberg`, `avro` ...
    pub format: Option<&'a str>,
    /// Of a view of Presto's that could be decoded.
    pub presto: Option<EngineSchema>,
    pub presto_marked: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::hive) struct Found {
    pub columns: Vec<Column>,
    pub partition_keys: Vec<Column>,
    pub from: SchemaFrom,
}

/// Whatever is broken is a remark, and the next place is looked into.
pub(in crate::hive) fn find(mut stored: Stored<'_>, remarks: &mut Remarks) -> Found {
    if is_placeholder(&stored) {
        stored.columns.clear();
    }
    let mut columns: Vec<Column> = std::mem::take(&mut stored.columns).into_iter().map(cleaned).collect();
    for (position, column) in columns.iter_mut().enumerate() {
        if column.name.trim().is_empty() {
            // Hive's own name for a column without one.
            column.name = format!("_c{position}");
            remarks.add(RemarkKind::BrokenSchema, "columns", &column.data_type);
        }
    }
    let keys: Vec<Column> = std::mem::take(&mut stored.partition_keys).into_iter().map(cleaned).collect();
    let engine = engine(&mut stored, columns.is_empty(), remarks);
    let (columns, keys, from) = match engine {
        Some((from, engine)) => {
            let keys = engine.partition_keys.filter(|keys| !keys.is_empty()).unwrap_or(keys);
            let mut of_engine = without_keys(engine.columns.into_iter().map(cleaned).collect(), &keys);
            let of_hive = without_keys(columns, &keys);
            match from {
                SchemaFrom::Spark => unite(&mut of_engine, of_hive, stored.provider != Some("hudi"), remarks),
                SchemaFrom::Iceberg => unite(&mut of_engine, of_hive, false, remarks),
                _ => compare(&of_engine, &of_hive, remarks),
            }
            (of_engine, keys, from)
        }
        None if columns.is_empty() && !stored.is_view => (columns, keys, SchemaFrom::Files),
        None => (without_keys(columns, &keys), keys, SchemaFrom::Hive),
    };
    let (mut columns, mut partition_keys) = (columns, keys);
    super::remarks::once(&mut columns, remarks);
    super::remarks::once(&mut partition_keys, remarks);
    Found { columns, partition_keys, from }
}

/// Whether a parameter only repeats the schema that was found there.
pub(in crate::hive) fn repeats_schema(parameter: &str, from: SchemaFrom) -> bool {
    spark::repeats_schema(parameter)
        || match from {
            SchemaFrom::Avro => parameter == avro::PARAMETER,
            SchemaFrom::Iceberg => parameter == iceberg::PARAMETER,
            SchemaFrom::Flink => flink::repeats_schema(parameter),
            _ => false,
        }
}

/// JSON that an engine keeps in a parameter.
pub(in crate::hive) fn json(parameter: &str, text: &str) -> Result<Value, Broken> {
    let read = if text.len() > LONGEST { None } else { serde_json::from_str(text).ok() };
    read.ok_or_else(|| Broken::new(parameter, text.chars().take(1_000).collect::<String>()))
}

/// The engine's own schema, where there is one that says something.
fn engine(stored: &mut Stored<'_>, hive_is_empty: bool, remarks: &mut Remarks) -> Option<(SchemaFrom, EngineSchema)> {
    let parameters = stored.parameters;
    if let Some(presto) = stored.presto.take().filter(|presto| !presto.columns.is_empty()) {
        return Some((SchemaFrom::Presto, presto));
    }
    let told = |from: SchemaFrom, read: Option<Result<EngineSchema, Broken>>, remarks: &mut Remarks| match read? {
        Ok(schema) if schema.columns.is_empty() && schema.partition_keys.as_ref().is_none_or(Vec::is_empty) => None,
        Ok(schema) => Some((from, schema)),
        Err(broken) => {
            remarks.broken(&broken);
            None
        }
    };
    if stored.format == Some("iceberg")
        && let Some(found) = told(SchemaFrom::Iceberg, iceberg::schema(parameters), remarks)
    {
        return Some(found);
    }
    let spark_native = !stored.is_view && stored.provider.is_some_and(|name| name != "hive");
    if spark_native || hive_is_empty {
        let read = spark::schema(parameters, remarks);
        if let Some(found) = told(SchemaFrom::Spark, read, remarks) {
            return Some(found);
        }
    }
    if stored.format == Some("avro") || hive_is_empty {
        let read = avro::schema(parameters, stored.serde_parameters);
        if let Some(found) = told(SchemaFrom::Avro, read, remarks) {
            return Some(found);
        }
    }
    if hive_is_empty {
        return flink::schema(parameters).map(|schema| (SchemaFrom::Flink, schema));
    }
    None
}

/// Adds what Hive has and the engine has not: Hive changes its own columns alone, so that its are never the older ones
/// where the engine wrote any. For the same reason a type that Hive has otherwise is Hive's.
fn unite(columns: &mut Vec<Column>, of_hive: Vec<Column>, types: bool, remarks: &mut Remarks) {
    if of_hive.is_empty() {
        return;
    }
    let mut differ = Vec::new();
    let mut missing: std::collections::HashSet<String> =
        columns.iter().map(|column| column.name.to_lowercase()).collect();
    for hive in of_hive {
        missing.remove(&hive.name.to_lowercase());
        let known = columns.iter_mut().find(|column| column.name.eq_ignore_ascii_case(&hive.name));
        match known {
            Some(known) => {
                if known.comment.is_none() {
                    known.comment = hive.comment;
                }
                if types && !same_type(&known.data_type, &hive.data_type) {
                    differ.push(format!("{} {} / {}", hive.name, known.data_type, hive.data_type));
                    known.data_type = hive.data_type;
                }
            }
            None => {
                differ.push(format!("+ {}", hive.name));
                columns.push(hive);
            }
        }
    }
    differ.extend(columns.iter().filter(|column| missing.contains(&column.name.to_lowercase())).map(only));
    if !differ.is_empty() {
        remarks.add(RemarkKind::SchemasDiffer, "columns", &differ.join(", "));
    }
}

/// Says so where Hive's columns are others, and leaves the engine's as they are.
fn compare(columns: &[Column], of_hive: &[Column], remarks: &mut Remarks) {
    let has = |columns: &[Column], name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let hive_only =
        of_hive.iter().filter(|column| !has(columns, &column.name)).map(|column| format!("+ {}", column.name));
    let engine_only = columns.iter().filter(|column| !has(of_hive, &column.name)).map(only);
    if !of_hive.is_empty() {
        let differ: Vec<String> = hive_only.chain(engine_only).collect();
        if !differ.is_empty() {
            remarks.add(RemarkKind::SchemasDiffer, "columns", &differ.join(", "));
        }
    }
}

fn only(column: &Column) -> String {
    format!("- {}", column.name)
}

/// Hive writes names of fields in lower case, and has one word where Spark has two.
fn same_type(spark: &str, hive: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace("timestamp_ntz", "timestamp").replace([' ', '`'], "");
    plain(spark) == plain(hive)
}

fn without_keys(mut columns: Vec<Column>, keys: &[Column]) -> Vec<Column> {
    columns.retain(|column| !keys.iter().any(|key| key.name.eq_ignore_ascii_case(&column.name)));
    columns
}

fn cleaned(mut column: Column) -> Column {
    column.comment = column.comment.filter(|text| !text.trim().is_empty() && text != FROM_DESERIALIZER);
    column
}

/// Columns that engines declare to Hive where Hive cannot have the real ones.
fn is_placeholder(stored: &Stored<'_>) -> bool {
    match stored.columns.as_slice() {
        // Spark's. A table may have such a column in earnest.
        [only] if only.name == "col" && only.data_type == "array<string>" => {
            only.comment.as_deref() == Some(FROM_DESERIALIZER)
                || stored.provider.is_some()
                || stored.parameters.keys().any(|name| spark::repeats_schema(name))
        }
        // Presto's and Trino's, for views and for tables of Delta.
        [only] if only.name == "dummy" => stored.presto_marked || stored.format == Some("delta"),
        // How Hive's serde for Avro says that it found no schema.
        [first, ..] => first.name.starts_with("error_error_error_error_error_error_error"),
        [] => false,
    }
}
