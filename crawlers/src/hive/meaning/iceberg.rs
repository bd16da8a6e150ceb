//! Iceberg's schema in the parameter `current-schema`.

use super::remarks::Broken;
use super::schema::EngineSchema;
use reeve_model::asset::Column;
use reeve_model::hive_type::{HiveType, StructField};
use serde_json::Value;
use std::collections::BTreeMap;

pub(in crate::hive) const PARAMETER: &str = "current-schema";

/// `None` where the table has none: it is left out where it is too long for the metastore.
pub(in crate::hive) fn schema(parameters: &BTreeMap<String, String>) -> Option<Result<EngineSchema, Broken>> {
    let text = parameters.get(PARAMETER).filter(|text| !text.trim().is_empty())?;
    let read = super::schema::json(PARAMETER, text).and_then(|json| {
        let fields = fields(&json).ok_or_else(|| Broken::new(PARAMETER, text.clone()))?;
        let columns = fields.into_iter().map(|field| Column {
            name: field.name,
            data_type: field.data_type.to_string(),
            comment: field.comment,
        });
        Ok(EngineSchema { columns: columns.collect(), partition_keys: None })
    });
    Some(read)
}

/// Recursion is bounded by the depth serde_json reads (128).
fn fields(json: &Value) -> Option<Vec<StructField>> {
    json.get("fields")?.as_array()?.iter().map(field).collect()
}

fn field(json: &Value) -> Option<StructField> {
    let name = json.get("name")?.as_str()?.to_owned();
    let comment = json.get("doc").and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(StructField { name, data_type: hive_type(json.get("type")?)?, comment })
}

fn hive_type(json: &Value) -> Option<HiveType> {
    if let Some(name) = json.as_str() {
        return Some(HiveType::Primitive(in_hives_words(name)));
    }
    let part = |name: &str| hive_type(json.get(name)?).map(Box::new);
    match json.get("type")?.as_str()? {
        "struct" => fields(json).map(HiveType::Struct),
        "list" => part("element").map(HiveType::Array),
        "map" => Some(HiveType::Map(part("key")?, part("value")?)),
        _ => None,
    }
}

/// As Iceberg's own writer of Hive's columns spells them.
fn in_hives_words(name: &str) -> String {
    match name {
        "long" => "bigint".to_owned(),
        "timestamp" | "timestamp_ns" => "timestamp".to_owned(),
        "timestamptz" | "timestamptz_ns" => "timestamp with local time zone".to_owned(),
        "time" | "uuid" => "string".to_owned(),
        "unknown" => "void".to_owned(),
        _ if name.starts_with("fixed[") => "binary".to_owned(),
        _ => name.replace(' ', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> Option<Result<EngineSchema, Broken>> {
        schema(&[(PARAMETER.to_owned(), json.to_owned())].into())
    }

    #[test]
    fn types_in_hives_spelling() {
        let json = r#"{"type":"struct","schema-id":3,"fields":[
            {"id":1,"name":"id","required":true,"type":"long","doc":"번호"},
            {"id":2,"name":"at","required":false,"type":"timestamptz"},
            {"id":3,"name":"price","required":false,"type":"decimal(18, 2)"},
            {"id":4,"name":"key","required":false,"type":"fixed[16]"},
            {"id":5,"name":"items","required":false,"type":{"type":"list","element-id":6,"element-required":false,
                "element":{"type":"struct","fields":[{"id":7,"name":"sku","required":false,"type":"string","doc":"코드"}]}}},
            {"id":8,"name":"by","required":false,"type":{"type":"map","key-id":9,"key":"string","value-id":10,"value":"uuid"}}]}"#;
        let read = read(json).expect("there").expect("readable");
        let line = |column: &Column| format!("{} {} {:?}", column.name, column.data_type, column.comment);
        insta::assert_snapshot!(read.columns.iter().map(line).collect::<Vec<_>>().join("\n"), @r#"
        id bigint Some("번호")
        at timestamp with local time zone None
        price decimal(18,2) None
        key binary None
        items array<struct<sku:string COMMENT '코드'>> None
        by map<string,string> None
        "#);
    }

    proptest! {
        #[test]
        fn no_schema_makes_it_panic(any in ".{0,60}", close in "[\\[\\]{}:,\"a-z]{0,60}", cut in 0..90usize) {
            let whole = r#"{"type":"struct","fields":[{"name":"a","type":{"type":"list","element":"long"}}]}"#;
            for json in [&any, &close, &whole[..cut.min(whole.len())]] {
                let read = read(json);
                prop_assert!(json.len() == whole.len() || !matches!(read, Some(Ok(schema)) if !schema.columns.is_empty()));
            }
        }
    }
}
