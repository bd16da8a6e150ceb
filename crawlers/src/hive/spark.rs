//! Schemas that Spark keeps in the parameters of a table, since the metastore's own columns cannot hold them.

use reeve_model::asset::Column;
use reeve_model::hive_type::{HiveType, StructField};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Columns and partition keys of a table as Spark sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SparkSchema {
    pub columns: Vec<Column>,
    pub partition_keys: Vec<Column>,
}

/// Reads the schema from `spark.sql.sources.schema`, whole or in parts; `None` where there is none.
///
/// # Errors
/// Says which parameter is missing or cannot be read.
pub(super) fn schema(parameters: &BTreeMap<String, String>) -> Result<Option<SparkSchema>, String> {
    let Some(json) = schema_json(parameters)? else { return Ok(None) };
    let schema: Schema = serde_json::from_str(&json).map_err(|error| format!("spark.sql.sources.schema: {error}"))?;
    let mut columns = schema.fields.into_iter().map(Field::into_column).collect::<Result<Vec<_>, _>>()?;
    let count = number(parameters, "spark.sql.sources.schema.numPartCols")?.unwrap_or(0);
    let mut partition_keys = Vec::new();
    for index in 0..count {
        let parameter = format!("spark.sql.sources.schema.partCol.{index}");
        let name = parameters.get(&parameter).ok_or_else(|| format!("parameter {parameter} is missing"))?;
        let position = columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| format!("{parameter}: no column {name} in spark.sql.sources.schema"))?;
        partition_keys.push(columns.remove(position));
    }
    Ok(Some(SparkSchema { columns, partition_keys }))
}

/// Whether a parameter only repeats the schema.
pub(super) fn repeats_schema(parameter: &str) -> bool {
    parameter.strip_prefix("spark.sql.sources.schema").is_some_and(|rest| {
        matches!(rest, "" | ".numParts" | ".numPartCols") || rest.starts_with(".part.") || rest.starts_with(".partCol.")
    })
}

fn schema_json(parameters: &BTreeMap<String, String>) -> Result<Option<String>, String> {
    if let Some(whole) = parameters.get("spark.sql.sources.schema") {
        return Ok(Some(whole.clone()));
    }
    let Some(parts) = number(parameters, "spark.sql.sources.schema.numParts")? else { return Ok(None) };
    let mut json = String::new();
    for index in 0..parts {
        let parameter = format!("spark.sql.sources.schema.part.{index}");
        json.push_str(parameters.get(&parameter).ok_or_else(|| format!("parameter {parameter} is missing"))?);
    }
    Ok(Some(json))
}

fn number(parameters: &BTreeMap<String, String>, name: &str) -> Result<Option<usize>, String> {
    let Some(text) = parameters.get(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| format!("parameter {name} is not a number: {text}"))
}

/// `StructType` in Spark's JSON.
#[derive(Deserialize)]
struct Schema {
    fields: Vec<Field>,
}

/// Whether it may be null is left out: Spark says yes for everything it reads from files.
#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    data_type: Value,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    comment: Option<String>,
    /// The declared `varchar(10)` or `char(10)`, for which the type itself says `string`.
    #[serde(default, rename = "__CHAR_VARCHAR_TYPE_STRING")]
    declared: Option<String>,
}

impl Field {
    fn into_column(self) -> Result<Column, String> {
        let field = self.into_field()?;
        Ok(Column { name: field.name, data_type: field.data_type.to_string(), comment: field.comment })
    }

    fn into_field(self) -> Result<StructField, String> {
        let data_type = match self.metadata.declared {
            Some(declared) => HiveType::parse(&declared).map_err(|error| format!("column {}: {error}", self.name))?,
            None => hive_type(self.data_type).map_err(|error| format!("column {}: {error}", self.name))?,
        };
        Ok(StructField { name: self.name, data_type, comment: self.metadata.comment.filter(|text| !text.is_empty()) })
    }
}

/// Spark's JSON for a type as a Hive type. Recursion is bounded by the depth serde_json reads (128).
fn hive_type(json: Value) -> Result<HiveType, String> {
    let unreadable = |error: serde_json::Error| format!("unreadable type: {error}");
    let mut object = match json {
        Value::String(name) => return HiveType::parse(hive_name(&name)).map_err(|error| format!("{name}: {error}")),
        Value::Object(object) => object,
        other => return Err(format!("unreadable type: {other}")),
    };
    let mut part = |name: &str| object.remove(name).ok_or_else(|| format!("a type without {name}"));
    let kind = part("type")?;
    match kind.as_str() {
        Some("array") => Ok(HiveType::Array(Box::new(hive_type(part("elementType")?)?))),
        Some("map") => {
            Ok(HiveType::Map(Box::new(hive_type(part("keyType")?)?), Box::new(hive_type(part("valueType")?)?)))
        }
        Some("struct") => {
            let fields: Vec<Field> = serde_json::from_value(part("fields")?).map_err(unreadable)?;
            Ok(HiveType::Struct(fields.into_iter().map(Field::into_field).collect::<Result<_, _>>()?))
        }
        Some("udt") => hive_type(part("sqlType")?),
        _ => Err(format!("unknown type {kind}")),
    }
}

/// Hive's word where Spark's JSON has another one.
fn hive_name(spark: &str) -> &str {
    match spark {
        "byte" => "tinyint",
        "short" => "smallint",
        "integer" => "int",
        "long" => "bigint",
        "null" => "void",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parameters(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_missing_or_broken_is_named() {
        let cases: [&[(&str, &str)]; 6] = [
            &[("spark.sql.sources.schema.numParts", "two")],
            &[("spark.sql.sources.schema.numParts", "2"), ("spark.sql.sources.schema.part.0", "{")],
            &[("spark.sql.sources.schema", "{\"fields\":[")],
            &[("spark.sql.sources.schema", "{\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"array\"}}]}")],
            &[("spark.sql.sources.schema", "{\"fields\":[{\"name\":\"a\",\"type\":7}]}")],
            &[
                ("spark.sql.sources.schema", "{\"fields\":[]}"),
                ("spark.sql.sources.schema.numPartCols", "1"),
                ("spark.sql.sources.schema.partCol.0", "dt"),
            ],
        ];
        let told: Vec<String> =
            cases.iter().map(|pairs| schema(&parameters(pairs)).expect_err("nothing to read")).collect();
        insta::assert_snapshot!(told.join("\n"), @"
        parameter spark.sql.sources.schema.numParts is not a number: two
        parameter spark.sql.sources.schema.part.1 is missing
        spark.sql.sources.schema: EOF while parsing a list at line 1 column 11
        column a: a type without elementType
        column a: unreadable type: 7
        spark.sql.sources.schema.partCol.0: no column dt in spark.sql.sources.schema
        ");
        assert_eq!(schema(&parameters(&[("comment", "x")])), Ok(None));
    }

    proptest! {
        #[test]
        fn no_schema_makes_it_panic(json in ".{0,60}", sort in "[\\[\\]{}:,\"a-z]{0,60}", depth in 0..200usize) {
            for json in [json, sort] {
                let _ = schema(&parameters(&[("spark.sql.sources.schema", &json)]));
            }
            let nested = format!(
                "{{\"fields\":[{{\"name\":\"a\",\"type\":{}\"long\"{}}}]}}",
                "{\"type\":\"array\",\"elementType\":".repeat(depth),
                "}".repeat(depth)
            );
            let read = schema(&parameters(&[("spark.sql.sources.schema", &nested)]));
            prop_assert_eq!(read.is_ok(), depth < 125, "{}: {:?}", depth, read);
        }
    }
}
