//! Avro's schema in `avro.schema.literal`, of the table or of its serde, in Hive's types: as Hive's own serde reads it,
//! whatever the metastore's columns say.

use super::remarks::Broken;
use super::schema::EngineSchema;
use reeve_model::asset::Column;
use reeve_model::hive_type::{HiveType, StructField};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

pub(in crate::hive) const PARAMETER: &str = "avro.schema.literal";

/// Named types may be used again and again, and in each other: so many types say enough.
const MOST_TYPES: usize = 20_000;
const MAX_DEPTH: usize = 64;

/// `None` where there is none; Hive writes `none` for that.
pub(in crate::hive) fn schema(
    parameters: &BTreeMap<String, String>,
    serde_parameters: &BTreeMap<String, String>,
) -> Option<Result<EngineSchema, Broken>> {
    let written = |text: &&String| !matches!(text.trim(), "" | "none");
    let literal = [parameters, serde_parameters].into_iter().find_map(|map| map.get(PARAMETER).filter(written))?;
    let read = super::schema::json(PARAMETER, literal).and_then(|json| {
        let mut reader = Reader { named: HashMap::new(), left: MOST_TYPES };
        reader.collect(&json, "");
        let fields = reader.fields(&json, "", 0).ok_or_else(|| Broken::new(PARAMETER, literal.clone()))?;
        let columns = fields.into_iter().map(|field| Column {
            name: field.name,
            data_type: field.data_type.to_string(),
            comment: field.comment,
        });
        Ok(EngineSchema { columns: columns.collect(), partition_keys: None })
    });
    Some(read)
}

struct Reader<'a> {
    /// Records, enums and fixed by their full names.
    named: HashMap<String, (&'a Value, String)>,
    left: usize,
}

impl<'a> Reader<'a> {
    /// Finds the named types, wherever they are first written.
    fn collect(&mut self, json: &'a Value, namespace: &str) {
        match json {
            Value::Array(members) => members.iter().for_each(|member| self.collect(member, namespace)),
            Value::Object(object) => {
                let inside = match object.get("name").and_then(Value::as_str) {
                    Some(name) if object.get("type").is_some_and(is_named_kind) => {
                        let own = object.get("namespace").and_then(Value::as_str).unwrap_or(namespace);
                        let full = full_name(name, own);
                        let inside = full.rsplit_once('.').map_or("", |(space, _)| space).to_owned();
                        self.named.entry(full).or_insert_with(|| (json, inside.clone()));
                        inside
                    }
                    _ => namespace.to_owned(),
                };
                for part in ["fields", "type", "items", "values"] {
                    if let Some(part) = object.get(part) {
                        self.collect(part, &inside);
                    }
                }
            }
            _ => {}
        }
    }

    fn fields(&mut self, json: &'a Value, namespace: &str, depth: usize) -> Option<Vec<StructField>> {
        let fields = json.get("fields")?.as_array()?;
        let inside = match json.get("name").and_then(Value::as_str) {
            Some(name) => {
                let own = json.get("namespace").and_then(Value::as_str).unwrap_or(namespace);
                full_name(name, own).rsplit_once('.').map_or("", |(space, _)| space).to_owned()
            }
            None => namespace.to_owned(),
        };
        let mut read = Vec::new();
        for field in fields {
            let name = field.get("name")?.as_str()?.to_owned();
            let data_type = self.hive_type(field.get("type")?, &inside, depth + 1)?;
            let comment = field.get("doc").and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
            read.push(StructField { name, data_type, comment });
        }
        Some(read)
    }

    fn hive_type(&mut self, json: &'a Value, namespace: &str, depth: usize) -> Option<HiveType> {
        self.left = self.left.checked_sub(1)?;
        if depth > MAX_DEPTH {
            return None;
        }
        match json {
            Value::String(name) => match primitive(name) {
                Some(word) => Some(HiveType::Primitive(word.to_owned())),
                None => {
                    let named = self.named.get(&full_name(name, namespace)).or_else(|| self.named.get(name));
                    let (json, inside) = named.cloned()?;
                    self.hive_type(json, &inside, depth + 1)
                }
            },
            Value::Array(members) => {
                // That a value may be missing is so of every column of Hive.
                let mut read = Vec::new();
                for member in members.iter().filter(|member| member.as_str() != Some("null")) {
                    read.push(self.hive_type(member, namespace, depth + 1)?);
                }
                match read.len() {
                    0 => Some(HiveType::Primitive("void".to_owned())),
                    1 => read.pop(),
                    _ => Some(HiveType::Union(read)),
                }
            }
            Value::Object(object) => {
                if let Some(logical) = logical(json) {
                    return Some(HiveType::Primitive(logical));
                }
                match object.get("type")? {
                    Value::String(kind) => match kind.as_str() {
                        "record" | "error" => self.fields(json, namespace, depth).map(HiveType::Struct),
                        "array" => {
                            let items = self.hive_type(object.get("items")?, namespace, depth + 1)?;
                            Some(HiveType::Array(Box::new(items)))
                        }
                        "map" => {
                            let values = self.hive_type(object.get("values")?, namespace, depth + 1)?;
                            Some(HiveType::Map(Box::new(HiveType::Primitive("string".to_owned())), Box::new(values)))
                        }
                        "enum" => Some(HiveType::Primitive("string".to_owned())),
                        "fixed" => Some(HiveType::Primitive("binary".to_owned())),
                        _ => self.hive_type(object.get("type")?, namespace, depth + 1),
                    },
                    nested => self.hive_type(nested, namespace, depth + 1),
                }
            }
            _ => None,
        }
    }
}

fn is_named_kind(kind: &Value) -> bool {
    kind.as_str().is_some_and(|kind| matches!(kind, "record" | "error" | "enum" | "fixed"))
}

fn full_name(name: &str, namespace: &str) -> String {
    if name.contains('.') || namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") }
}

fn primitive(name: &str) -> Option<&'static str> {
    Some(match name {
        "null" => "void",
        "boolean" => "boolean",
        "int" => "int",
        "long" => "bigint",
        "float" => "float",
        "double" => "double",
        "bytes" => "binary",
        "string" => "string",
        _ => return None,
    })
}

/// The logical types that Hive knows, of the types it knows them for.
fn logical(json: &Value) -> Option<String> {
    let number = |name: &str| json.get(name).and_then(Value::as_u64);
    match (json.get("type")?.as_str()?, json.get("logicalType")?.as_str()?) {
        ("bytes" | "fixed", "decimal") => {
            Some(format!("decimal({},{})", number("precision")?, number("scale").unwrap_or(0)))
        }
        ("string", kind @ ("char" | "varchar")) => Some(format!("{kind}({})", number("maxLength")?)),
        ("int", "date") => Some("date".to_owned()),
        ("long", "timestamp-millis") => Some("timestamp".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> Option<Result<EngineSchema, Broken>> {
        schema(&BTreeMap::new(), &[(PARAMETER.to_owned(), json.to_owned())].into())
    }

    #[test]
    fn types_as_hive_reads_them() {
        let json = r#"{"type":"record","name":"Order","namespace":"com.example","fields":[
            {"name":"id","type":"long","doc":"주문 번호"},
            {"name":"memo","type":["null","string"],"default":null},
            {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":2}},
            {"name":"day","type":["null",{"type":"int","logicalType":"date"}]},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
            {"name":"grade","type":{"type":"enum","name":"Grade","symbols":["A","B"]}},
            {"name":"before","type":"Grade"},
            {"name":"items","type":{"type":"array","items":{"type":"record","name":"Item","fields":[
                {"name":"sku","type":"string"},{"name":"grade","type":["null","com.example.Grade"]}]}}},
            {"name":"first","type":"Item"},
            {"name":"by","type":{"type":"map","values":"int"}},
            {"name":"either","type":["null","int","string"]},
            {"name":"code","type":{"type":"string","logicalType":"varchar","maxLength":10}}]}"#;
        let read = read(json).expect("there").expect("readable");
        let line = |column: &Column| format!("{} {} {:?}", column.name, column.data_type, column.comment);
        insta::assert_snapshot!(read.columns.iter().map(line).collect::<Vec<_>>().join("\n"), @r#"
        id bigint Some("주문 번호")
        memo string None
        amount decimal(18,2) None
        day date None
        at timestamp None
        grade string None
        before string None
        items array<struct<sku:string,grade:string>> None
        first struct<sku:string,grade:string> None
        by map<string,int> None
        either uniontype<int,string> None
        code varchar(10) None
        "#);
    }

    #[test]
    fn a_type_inside_itself_ends() {
        let json = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"R"},{"name":"b","type":"R"}]}"#;
        assert!(matches!(read(json), Some(Err(_))));
        assert!(read("none").is_none());
        assert!(matches!(read(&"x".repeat(100)), Some(Err(_))));
    }

    proptest! {
        #[test]
        fn no_schema_makes_it_panic(any in ".{0,60}", close in "[\\[\\]{}:,\"a-z]{0,60}", cut in 0..90usize) {
            let whole = r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null","string"]}]}"#;
            for json in [&any, &close, &whole[..cut.min(whole.len())]] {
                let _ = read(json);
            }
        }
    }
}
