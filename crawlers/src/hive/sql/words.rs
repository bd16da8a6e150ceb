//! The words in which databases differ. The queries are put together from these at compile time, here for SQLite; the
//! same queries serve the others with these words:
//!
//! | here | SQLite | PostgreSQL | MySQL, MariaDB |
//! |---|---|---|---|
//! | `text!` | `CAST(x AS TEXT)` | `x::text` | `CAST(x AS CHAR)` |
//! | `array!` | `json_array` | `json_build_array(..)::text` | `JSON_ARRAY` |
//! | `array_of!` | `json_group_array` | `coalesce(json_agg(..), '[]')::text` | `COALESCE(JSON_ARRAYAGG(..), '[]')` |
//! | `joined!` | <code>a &#124;&#124; b</code> | <code>a &#124;&#124; b</code> | `CONCAT(a, b)` |
//! | `array_of_json!` | `group_concat(x, ',')` | `string_agg(x, ',')` | `GROUP_CONCAT(x)`, with `group_concat_max_len` raised |
//! | `bytes!` | `CAST(x AS BLOB)` | `x::bytea` | `CAST(x AS BINARY)` |
//! | `keys!` | `SELECT value FROM json_each($1)` | `SELECT value::bigint FROM json_array_elements_text($1)` | `SELECT k FROM JSON_TABLE(?, '$[*]' COLUMNS (k BIGINT PATH '$'))` |
//! | `columns_of!` | `pragma_table_info` | `information_schema.columns` | `information_schema.columns` |
//!
//! Names are quoted with `"`, which MySQL reads with `sql_mode = ANSI_QUOTES`.
//!
//! Every value becomes a text before it becomes JSON: SQLite keeps whatever type was written, and JSON cannot hold its
//! BLOBs. SQLite copies bytes that are no UTF-8 into its JSON as they are, so an answer is read as bytes.

/// A value of any type as a text; NULL stays NULL.
macro_rules! text {
    ($value:literal) => {
        concat!("CAST(", $value, " AS TEXT)")
    };
}

/// One JSON array of these values of one row, each as a text or null.
macro_rules! array {
    ($first:literal $(, $value:literal)*) => {
        concat!("json_array(", text!($first) $(, ", ", text!($value))*, ")")
    };
}

/// One JSON array of the values of all rows; empty where there are none.
macro_rules! array_of {
    ($value:expr) => {
        concat!("json_group_array(", $value, ")")
    };
}

/// A JSON array of these JSON texts of one row.
macro_rules! joined {
    ($first:expr $(, $value:expr)* $(,)?) => {
        concat!("('[' || ", $first $(, " || ',' || ", $value)*, " || ']')")
    };
}

/// One JSON array of the JSON that all rows have already; empty where there are none.
macro_rules! array_of_json {
    ($value:expr) => {
        concat!("('[' || coalesce(group_concat(", $value, ", ','), '') || ']')")
    };
}

/// A text as its bytes.
macro_rules! bytes {
    ($value:expr) => {
        concat!("CAST(", $value, " AS BLOB)")
    };
}

/// The keys in a JSON array that is handed over as a parameter, so that a query's text does not depend on how many there are.
macro_rules! keys {
    ($parameter:literal) => {
        concat!("(SELECT value FROM json_each(", $parameter, "))")
    };
}

/// The names of a table's columns; none where there is no such table.
macro_rules! columns_of {
    ($table:literal) => {
        concat!("SELECT name FROM pragma_table_info('", $table, "')")
    };
}
