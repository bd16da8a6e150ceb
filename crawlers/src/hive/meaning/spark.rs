//! Schemas that Spark keeps in the parameters of a table, since the metastore's own columns cannot hold them.

use super::remarks::{Broken, Remarks};
use super::schema::EngineSchema;
use reeve_model::asset::Column;
use reeve_model::hive_type::{HiveType, StructField};
use serde_json::Value;
use std::collections::BTreeMap;

const PREFIX: &str = "spark.sql.sources.schema";

/// The schema in `spark.sql.sources.schema`, whole or in parts; `None` where there is none. A single type that cannot
/// be read is shown as it is, with a remark.
pub(in crate::hive) fn schema(
    parameters: &BTreeMap<String, String>,
    remarks: &mut Remarks,
) -> Option<Result<EngineSchema, Broken>> {
    let read = match schema_json(parameters)? {
        Err(broken) => Err(broken),
        Ok(text) => super::schema::json(PREFIX, &text).and_then(|json| {
            let fields = json.get("fields").and_then(Value::as_array);
            let fields = fields.ok_or_else(|| Broken::new(PREFIX, text.clone()))?;
            fields.iter().map(|field| column(field, remarks)).collect()
        }),
    };
    Some(read.map(|mut columns: Vec<Column>| {
        let partition_keys = match partition_keys(parameters, &mut columns) {
            Ok(keys) => keys,
            Err(broken) => {
                remarks.broken(&broken);
                None
            }
        };
        EngineSchema { columns, partition_keys }
    }))
}

/// Whether a parameter only repeats the schema.
pub(in crate::hive) fn repeats_schema(parameter: &str) -> bool {
    parameter.strip_prefix(PREFIX).is_some_and(|rest| {
        matches!(rest, "" | ".numParts" | ".numPartCols") || rest.starts_with(".part.") || rest.starts_with(".partCol.")
    })
}

fn schema_json(parameters: &BTreeMap<String, String>) -> Option<Result<String, Broken>> {
    if let Some(whole) = parameters.get(PREFIX) {
        return Some(Ok(whole.clone()));
    }
    let parts = match number(parameters, "numParts")? {
        Ok(parts) => parts,
        Err(broken) => return Some(Err(broken)),
    };
    let mut json = String::new();
    for index in 0..parts {
        let parameter = format!("{PREFIX}.part.{index}");
        match parameters.get(&parameter) {
            Some(part) => json.push_str(part),
            None => return Some(Err(Broken::new(parameter, ""))),
        }
    }
    Some(Ok(json))
}

/// Takes the partition keys out of the columns; `None` where Spark keeps none. The columns are whole when one is not
/// there.
fn partition_keys(
    parameters: &BTreeMap<String, String>,
    columns: &mut Vec<Column>,
) -> Result<Option<Vec<Column>>, Broken> {
    let Some(count) = number(parameters, "numPartCols") else { return Ok(None) };
    let mut left = columns.clone();
    let mut keys = Vec::new();
    for index in 0..count? {
        let parameter = format!("{PREFIX}.partCol.{index}");
        let name = parameters.get(&parameter).ok_or_else(|| Broken::new(&parameter, ""))?;
        let position = left.iter().position(|column| column.name.eq_ignore_ascii_case(name));
        keys.push(left.remove(position.ok_or_else(|| Broken::new(&parameter, name.clone()))?));
    }
    *columns = left;
    Ok(Some(keys))
}

fn number(parameters: &BTreeMap<String, String>, name: &str) -> Option<Result<usize, Broken>> {
    let parameter = format!("{PREFIX}.{name}");
    let text = parameters.get(&parameter)?;
    Some(text.trim().parse().map_err(|_| Broken::new(parameter, text.clone())))
}

fn column(json: &Value, remarks: &mut Remarks) -> Result<Column, Broken> {
    let broken = || Broken::new(PREFIX, json.to_string());
    let (name, data_type) = match field(json) {
        Some(field) => (field.name, field.data_type.to_string()),
        None => {
            let name = json.get("name").and_then(Value::as_str).ok_or_else(broken)?.to_owned();
            remarks.broken(&broken());
            // As Spark says it, where Hive's words do not.
            let data_type = match json.get("type") {
                Some(Value::String(word)) => word.clone(),
                other => other.map(Value::to_string).unwrap_or_default(),
            };
            (name, data_type)
        }
    };
    Ok(Column { name, data_type, comment: comment(json) })
}

fn comment(field: &Value) -> Option<String> {
    let comment = field.get("metadata")?.get("comment")?.as_str()?;
    Some(comment.to_owned()).filter(|text| !text.is_empty())
}

/// Whether it may be null is left out: Spark says yes for everything it reads from files.
fn field(json: &Value) -> Option<StructField> {
    // The declared `varchar(10)` or `char(10)`, for which the type itself says `string`.
    let declared = json.get("metadata").and_then(|metadata| metadata.get("__CHAR_VARCHAR_TYPE_STRING"));
    let declared = declared.and_then(Value::as_str).and_then(|declared| HiveType::parse(declared).ok());
    let data_type = match declared {
        Some(declared) => declared,
        None => hive_type(json.get("type")?)?,
    };
    Some(StructField { name: json.get("name")?.as_str()?.to_owned(), data_type, comment: comment(json) })
}

/// Spark's JSON for a type as a Hive type. Recursion is bounded by the depth serde_json reads (128).
fn hive_type(json: &Value) -> Option<HiveType> {
    if let Some(name) = json.as_str() {
        return HiveType::parse(in_hives_words(name)).ok();
    }
    let part = |name: &str| hive_type(json.get(name)?).map(Box::new);
    match json.get("type")?.as_str()? {
        "array" => part("elementType").map(HiveType::Array),
        "map" => Some(HiveType::Map(part("keyType")?, part("valueType")?)),
        "struct" => json.get("fields")?.as_array()?.iter().map(field).collect::<Option<_>>().map(HiveType::Struct),
        // A class of the user's, kept as the type it is stored as.
        "udt" => hive_type(json.get("sqlType")?),
        _ => None,
    }
}

/// Hive's word where Spark's JSON has another one.
fn in_hives_words(spark: &str) -> &str {
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

    fn read(pairs: &[(&str, &str)]) -> (Option<Result<EngineSchema, Broken>>, Vec<String>) {
        let parameters = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut remarks = Remarks::default();
        let read = schema(&parameters, &mut remarks);
        (read, remarks.into_vec().into_iter().map(|remark| format!("{}: {}", remark.field, remark.raw)).collect())
    }

    #[test]
    fn what_is_missing_or_broken_is_named() {
        let cases: [&[(&str, &str)]; 4] = [
            &[("spark.sql.sources.schema.numParts", "two")],
            &[("spark.sql.sources.schema.numParts", "2"), ("spark.sql.sources.schema.part.0", "{")],
            &[("spark.sql.sources.schema", "{\"fields\":[")],
            &[("spark.sql.sources.schema", "{\"fields\":[{\"type\":\"long\"}]}")],
        ];
        let told = cases.map(|pairs| match read(pairs).0 {
            Some(Err(broken)) => format!("{}: {}", broken.field, broken.raw),
            other => format!("{other:?}"),
        });
        insta::assert_snapshot!(told.join("\n"), @r#"
        spark.sql.sources.schema.numParts: two
        spark.sql.sources.schema.part.1: 
        spark.sql.sources.schema: {"fields":[
        spark.sql.sources.schema: {"type":"long"}
        "#);
        assert_eq!(read(&[("comment", "x")]), (None, vec![]));
    }

    #[test]
    fn odd_types_cost_no_other_column_its_place() {
        let json = r#"{"type":"struct","fields":[
            {"name":"a","type":{"type":"udt","class":"org.example.Point","sqlType":{"type":"array","elementType":"double","containsNull":false}}},
            {"name":"b","type":"interval year to month","metadata":null},
            {"name":"c","type":"string","metadata":{"__CHAR_VARCHAR_TYPE_STRING":"char(3)","comment":7}},
            {"name":"d","type":"timestamp_ntz","metadata":{"comment":"언제"}},
            {"name":"e","type":"variant"},
            {"name":"f","type":{"type":"array"}},
            {"name":"g","type":7},
            {"name":"h"},
            {"name":"i","type":"null"}]}"#;
        let (read, remarks) = read(&[("spark.sql.sources.schema", json)]);
        let columns = read.expect("there").expect("readable").columns;
        let line = |column: &Column| format!("{} {} {:?}", column.name, column.data_type, column.comment);
        insta::assert_snapshot!(columns.iter().map(line).collect::<Vec<_>>().join("\n"), @r#"
        a array<double> None
        b interval year to month None
        c char(3) None
        d timestamp_ntz Some("언제")
        e variant None
        f {"type":"array"} None
        g 7 None
        h  None
        i void None
        "#);
        assert_eq!(remarks.len(), 3, "{remarks:?}");
    }

    #[test]
    fn a_missing_partition_column_is_a_remark() {
        let pairs = [
            ("spark.sql.sources.schema", "{\"fields\":[{\"name\":\"a\",\"type\":\"long\"}]}"),
            ("spark.sql.sources.schema.numPartCols", "1"),
            ("spark.sql.sources.schema.partCol.0", "dt"),
        ];
        let (read, remarks) = read(&pairs);
        let read = read.expect("there").expect("readable");
        assert_eq!((read.columns.len(), read.partition_keys), (1, None));
        assert_eq!(remarks, ["spark.sql.sources.schema.partCol.0: dt"]);
    }

    proptest! {
        #[test]
        fn no_schema_makes_it_panic(json in ".{0,60}", sort in "[\\[\\]{}:,\"a-z]{0,60}", depth in 0..200usize) {
            for json in [json, sort] {
                let _ = read(&[("spark.sql.sources.schema", &json)]);
            }
            let nested = format!(
                "{{\"fields\":[{{\"name\":\"a\",\"type\":{}\"long\"{}}}]}}",
                "{\"type\":\"array\",\"elementType\":".repeat(depth),
                "}".repeat(depth)
            );
            let (read, _) = read(&[("spark.sql.sources.schema", &nested)]);
            prop_assert_eq!(read.expect("there").is_ok(), depth < 125, "{}", depth);
        }
    }
}
