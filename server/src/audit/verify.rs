use super::chain::{Broken, Verifier};
use super::checkpoint::{self, Checkpoint};
use crate::db::{Db, Tx, on};
use reeve_model::audit::Entry;

/// Rows that are read at once.
const BATCH: i64 = 5_000;

/// A chain that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The row that the check begins behind: 0, or the last that was dropped.
    pub from: i64,
    pub last: i64,
    /// The hash of the last row.
    pub hash: String,
    pub rows: u64,
}

/// Checks the whole log in one moment of the database, and shows each row to `each` after it was found right. Rows are not
/// kept: memory does not grow with the log.
///
/// # Errors
/// When the database fails. What is wrong with the log is the inner error.
pub async fn verify(
    db: &Db,
    outside: &[Checkpoint],
    mut each: impl FnMut(&Entry),
) -> sqlx::Result<Result<Outcome, Broken>> {
    let mut tx = db.read().await?;
    let own = checkpoint::list(&mut tx).await?;
    let start = own.iter().rfind(|checkpoint| checkpoint.dropped_at.is_some());
    let (from, hash) = start.map_or((0, String::new()), |start| (start.seq, start.hash.clone()));
    let mut verifier = Verifier::after(from, hash);
    for checkpoint in own.iter().chain(outside) {
        if let Err(broken) = verifier.know(checkpoint.seq, checkpoint.hash.clone()) {
            return Ok(Err(broken));
        }
    }
    let mut seq = from;
    loop {
        let rows = after(&mut tx, seq, BATCH).await?;
        for row in &rows {
            if let Err(broken) = verifier.push(row) {
                return Ok(Err(broken));
            }
            each(row);
        }
        match rows.last() {
            Some(last) => seq = last.seq,
            None => break,
        }
    }
    let (head, hash): (i64, String) =
        on!(&mut tx, c => sqlx::query_as("SELECT seq, hash FROM audit_head").fetch_one(c).await)?;
    Ok(verifier.end(Some((head, &hash))).map(|(last, hash, rows)| Outcome { from, last, hash, rows }))
}

/// The rows behind a number, in their order.
async fn after(tx: &mut Tx, seq: i64, limit: i64) -> sqlx::Result<Vec<Entry>> {
    on!(tx, c => sqlx::query_as(
        "SELECT seq, version, at, actor, actor_id, on_behalf_of, via, address, request, action, object_kind, object_id,
                object_name, old_value, new_value, reason, salt, content, prev, hash
         FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
    ).bind(seq).bind(limit).fetch_all(c).await)
}
