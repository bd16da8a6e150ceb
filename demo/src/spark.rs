//! Spark's data source tables: the schema as JSON in the table's parameters, cut into parts.

use super::catalog::Table;
use super::columns::Column;
use serde_json::{Value, json};

/// Characters of one part; Spark's `spark.sql.sources.schemaStringLengthThreshold`.
const PART_CHARS: usize = 4_000;

/// Makes a data source table of `table` as Spark's `HiveExternalCatalog` does. Where Hive cannot read the provider's
/// files, the metastore keeps one column `col` instead of the real ones.
pub(super) fn native(table: &mut Table, provider: &str, hive_reads_it: bool) {
    let fields: Vec<_> = table.columns.iter().chain(&table.partition_keys).map(field).collect();
    let schema: Vec<char> = json!({ "type": "struct", "fields": fields }).to_string().chars().collect();
    let mut set = |key: String, value: String| table.parameters.insert(key, value);
    set("spark.sql.create.version".to_owned(), "3.3.2".to_owned());
    set("spark.sql.sources.provider".to_owned(), provider.to_owned());
    let parts = schema.chunks(PART_CHARS);
    set("spark.sql.sources.schema.numParts".to_owned(), parts.len().to_string());
    for (index, part) in parts.enumerate() {
        set(format!("spark.sql.sources.schema.part.{index}"), part.iter().collect());
    }
    if !table.partition_keys.is_empty() {
        set("spark.sql.partitionProvider".to_owned(), "catalog".to_owned());
        set("spark.sql.sources.schema.numPartCols".to_owned(), table.partition_keys.len().to_string());
        for (index, key) in table.partition_keys.iter().enumerate() {
            set(format!("spark.sql.sources.schema.partCol.{index}"), key.name.clone());
        }
    }
    if !hive_reads_it {
        table.columns = vec![Column {
            name: "col".to_owned(),
            data_type: "array<string>".to_owned(),
            comment: Some("from deserializer".to_owned()),
        }];
    }
}

fn field(column: &Column) -> Value {
    let metadata = column.comment.as_ref().map_or_else(|| json!({}), |comment| json!({ "comment": comment }));
    json!({ "name": column.name, "type": data_type(&column.data_type), "nullable": true, "metadata": metadata })
}

/// Hive's type string as Spark's JSON.
fn data_type(hive: &str) -> Value {
    let inside = |name: &str| hive.strip_prefix(name).and_then(|rest| rest.strip_prefix('<')?.strip_suffix('>'));
    if let Some(element) = inside("array") {
        return json!({ "type": "array", "elementType": data_type(element), "containsNull": true });
    }
    if let Some(both) = inside("map") {
        let parts = split(both);
        let (key, value) = (data_type(parts[0]), data_type(parts.get(1).unwrap_or(&"string")));
        return json!({ "type": "map", "keyType": key, "valueType": value, "valueContainsNull": true });
    }
    if let Some(fields) = inside("struct") {
        let fields: Vec<_> = split(fields)
            .into_iter()
            .map(|field| {
                let (name, data) = field.split_once(':').unwrap_or((field, "string"));
                json!({ "name": name, "type": data_type(data), "nullable": true, "metadata": {} })
            })
            .collect();
        return json!({ "type": "struct", "fields": fields });
    }
    match hive {
        "bigint" => json!("long"),
        "int" => json!("integer"),
        other => json!(other),
    }
}

/// Cuts at the commas that are in no brackets.
fn split(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '<' | '(' => depth += 1,
            '>' | ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts
}
