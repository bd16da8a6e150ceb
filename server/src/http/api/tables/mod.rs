pub mod columns;
pub mod edit;
pub mod history;
pub mod owners;
pub mod partitions;
pub mod show;

use crate::catalog::tables;
use crate::db::Tx;
use crate::http::error::{Error, Result};
use reeve_model::asset::TableDetail;
use reeve_model::problem::Thing;
use reeve_model::visibility::Hidden;

/// The table that the path names, or a 404 that says which.
pub(in crate::http) async fn find(
    tx: &mut Tx,
    hidden: &Hidden,
    database: &str,
    table: &str,
    source: Option<&str>,
) -> Result<TableDetail> {
    let found = tables::find(tx, database, table, source, hidden).await?;
    found.ok_or_else(|| Error::not_found(Thing::Table, format_args!("{database}.{table}")))
}
