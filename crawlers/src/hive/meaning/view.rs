//! Views of Presto and Trino, which keep theirs as JSON in base64: `/* Presto View: eyJvcmlnaW5hbFNxbCI6... */`.

use super::remarks::Broken;
use super::schema::EngineSchema;
use super::sql_type;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use reeve_model::asset::Column;
use serde_json::Value;
use std::collections::BTreeMap;

/// The marks of views and of materialized views, which Trino took over from Presto.
const MARKS: [&str; 2] = ["/* Presto View", "/* Presto Materialized View"];
/// What both write as the comment of every view.
const COMMENTS: [&str; 2] = ["Presto View", "Presto Materialized View"];

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::hive) struct PrestoView {
    pub sql: String,
    pub comment: Option<String>,
    /// `None` where the JSON names none.
    pub schema: Option<EngineSchema>,
}

pub(in crate::hive) fn is_presto(text: &str) -> bool {
    MARKS.iter().any(|mark| text.trim_start().starts_with(mark))
}

pub(in crate::hive) fn is_presto_comment(comment: &str) -> bool {
    COMMENTS.contains(&comment)
}

/// Whether the parameters say that it is a view of Presto's, whatever the type of table says.
pub(in crate::hive) fn is_marked(parameters: &BTreeMap<String, String>) -> bool {
    parameters.get("presto_view").is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// `None` for a text without the mark.
pub(in crate::hive) fn presto(text: &str) -> Option<Result<PrestoView, Broken>> {
    is_presto(text).then(|| decode(text).ok_or_else(|| Broken::new("view_original_text", text)))
}

fn decode(text: &str) -> Option<PrestoView> {
    let (_, encoded) = text.trim().strip_suffix("*/")?.split_once(':')?;
    let encoded: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(encoded).ok()?;
    let json: Value = serde_json::from_slice(&bytes).ok()?;
    let sql = json.get("originalSql")?.as_str()?.to_owned();
    let comment = json.get("comment").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let columns = json.get("columns").and_then(Value::as_array).map(|columns| columns.iter().filter_map(column));
    Some(PrestoView {
        sql,
        comment: comment.map(str::to_owned),
        schema: columns.map(|columns| EngineSchema { columns: columns.collect(), partition_keys: Some(Vec::new()) }),
    })
}

fn column(json: &Value) -> Option<Column> {
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let data_type = text("type").map(sql_type::spelled).unwrap_or_default();
    Some(Column { name: text("name")?.to_owned(), data_type, comment: text("comment").map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(mark: &str, json: &str) -> String {
        format!("{mark}: {} */", BASE64.encode(json))
    }

    #[test]
    fn views_of_presto_and_trino() {
        let json = r#"{"originalSql":"SELECT 1 AS id, '가' AS name","catalog":"hive","schema":"sales","comment":"고객 보기",
            "columns":[{"name":"id","type":"integer"},{"name":"name","type":"varchar(1)","comment":"이름"}],"owner":"kim","runAsInvoker":false}"#;
        for mark in MARKS {
            let view = presto(&encoded(mark, json)).expect("marked").expect("readable");
            assert_eq!(view.sql, "SELECT 1 AS id, '가' AS name");
            assert_eq!(view.comment.as_deref(), Some("고객 보기"));
            let columns = view.schema.expect("columns").columns;
            let line = |column: &Column| format!("{} {} {:?}", column.name, column.data_type, column.comment);
            let lines: Vec<String> = columns.iter().map(line).collect();
            assert_eq!(lines, ["id int None", "name varchar(1) Some(\"이름\")"]);
        }
        // As a real Presto 0.2xx wrote it: without padding it is as good.
        let bare = encoded(MARKS[0], r#"{"originalSql":"select 12"}"#).replace('=', "");
        assert_eq!(presto(&bare).expect("marked").expect("readable").sql, "select 12");
    }

    #[test]
    fn what_cannot_be_decoded_is_told() {
        for text in
            ["/* Presto View */", "/* Presto View: AAAA */", "/* Presto View: !!! */", "/* Presto View: e30= */"]
        {
            assert_eq!(presto(text), Some(Err(Broken::new("view_original_text", text))));
        }
        assert_eq!(presto("SELECT 1"), None);
    }

    proptest! {
        #[test]
        fn no_view_makes_it_panic(any in ".{0,60}", base64 in "[A-Za-z0-9+/=]{0,60}", sql in ".{0,40}") {
            let _ = presto(&any);
            let _ = presto(&format!("/* Presto View: {any} */"));
            let _ = presto(&format!("/* Presto View: {base64} */"));
            let json = serde_json::json!({"originalSql": sql}).to_string();
            let view = presto(&encoded(MARKS[1], &json)).expect("marked").expect("readable");
            prop_assert_eq!(view.sql, sql);
        }
    }
}
