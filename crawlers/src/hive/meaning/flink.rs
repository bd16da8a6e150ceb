//! Columns of Flink's own tables, which Hive's types cannot hold: `flink.schema.0.name`, `flink.schema.0.data-type`.

use super::schema::EngineSchema;
use super::sql_type;
use reeve_model::asset::Column;
use std::collections::BTreeMap;

/// `None` where there are none.
pub(in crate::hive) fn schema(parameters: &BTreeMap<String, String>) -> Option<EngineSchema> {
    let mut columns = numbered(parameters, "flink.schema", |name, prefix| {
        let of = |part: &str| parameters.get(&format!("{prefix}.{part}"));
        let data_type = of("data-type").or_else(|| of("type")).map(|text| sql_type::spelled(text));
        // A computed column may have its expression alone.
        Column { name, data_type: data_type.unwrap_or_default(), comment: of("comment").cloned() }
    });
    let keys = numbered(parameters, "flink.partition.keys", |name, _| name);
    let mut partition_keys = Vec::new();
    for key in keys {
        if let Some(position) = columns.iter().position(|column| column.name == key) {
            partition_keys.push(columns.remove(position));
        }
    }
    (!columns.is_empty()).then_some(EngineSchema { columns, partition_keys: Some(partition_keys) })
}

pub(in crate::hive) fn repeats_schema(parameter: &str) -> bool {
    ["flink.schema.", "flink.partition.keys."].into_iter().any(|prefix| parameter.starts_with(prefix))
}

/// What stands at `prefix.0`, `prefix.1` and so on, as far as each has a `name`.
fn numbered<T>(parameters: &BTreeMap<String, String>, prefix: &str, make: impl Fn(String, &str) -> T) -> Vec<T> {
    let numbered = (0..).map(|number| format!("{prefix}.{number}"));
    let named = numbered.map_while(|prefix| parameters.get(&format!("{prefix}.name")).map(|name| (name, prefix)));
    named.map(|(name, prefix)| make(name.clone(), &prefix)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_and_keys() {
        let pairs = [
            ("flink.connector", "kafka"),
            ("flink.schema.0.name", "id"),
            ("flink.schema.0.data-type", "BIGINT NOT NULL"),
            ("flink.schema.1.name", "이름"),
            ("flink.schema.1.data-type", "VARCHAR(2147483647)"),
            ("flink.schema.1.comment", "고객 이름"),
            ("flink.schema.2.name", "dt"),
            ("flink.schema.2.data-type", "STRING"),
            ("flink.schema.3.name", "at"),
            ("flink.schema.3.data-type", "TIMESTAMP(3) *ROWTIME*"),
            ("flink.schema.4.name", "twice"),
            ("flink.schema.4.expr", "`id` * 2"),
            ("flink.partition.keys.0.name", "dt"),
        ];
        let parameters = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let read = schema(&parameters).expect("a schema");
        let line = |column: &Column| format!("{} {} {:?}", column.name, column.data_type, column.comment);
        insta::assert_snapshot!(read.columns.iter().map(line).collect::<Vec<_>>().join("\n"), @r#"
        id bigint None
        이름 string Some("고객 이름")
        at TIMESTAMP(3) *ROWTIME* None
        twice  None
        "#);
        assert_eq!(read.partition_keys.expect("keys")[0].name, "dt");
        assert!(schema(&BTreeMap::new()).is_none());
    }

    proptest! {
        #[test]
        fn no_parameters_make_it_panic(values in proptest::collection::vec(".{0,20}", 4)) {
            let names = ["flink.schema.0.name", "flink.schema.0.data-type", "flink.schema.2.name", "flink.partition.keys.0.name"];
            let parameters = names.into_iter().map(str::to_owned).zip(values).collect();
            let _ = schema(&parameters);
        }
    }
}
