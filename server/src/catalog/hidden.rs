//! What does not exist for whoever asks, as the databases' numbers.

use super::{Result, to_json};
use crate::db::{Tx, on};
use reeve_model::visibility::Hidden;

/// Rows for `json_each`: a query leaves these databases out.
pub(crate) async fn ids(tx: &mut Tx, hidden: &Hidden) -> Result<String> {
    if hidden.is_nothing() {
        return Ok("[]".to_owned());
    }
    let all: Vec<(i64, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT d.id, s.name, d.name FROM catalog_database d JOIN source s ON s.id = d.source_id",
    ).fetch_all(c).await)?;
    let ids = all.iter().filter(|(_, source, database)| hidden.hides(source, database)).map(|(id, ..)| [*id]);
    Ok(to_json(&ids.collect::<Vec<_>>()))
}
