//! What the values of a metastore mean: times, numbers, formats, views, and the columns that engines keep elsewhere
//! than in the metastore's own. What cannot be read is a remark, never an error.

pub(super) mod avro;
pub(super) mod flink;
pub(super) mod format;
pub(super) mod iceberg;
pub(super) mod number;
pub(super) mod remarks;
pub(super) mod schema;
pub(super) mod spark;
pub(super) mod sql_type;
pub(super) mod time;
pub(super) mod view;
