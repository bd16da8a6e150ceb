//! Direct SQL on the metastore's own database, read-only.

/// Hive's own schema for SQLite, as far as it is read here: creates an empty metastore database.
pub const SQLITE_SCHEMA: &str = include_str!("schema.sqlite.sql");
