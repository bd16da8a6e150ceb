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

/// Goes through the log from its first row to its head, part by part: memory does not grow with the log.
#[derive(Debug)]
pub struct Walk {
    verifier: Verifier,
    from: i64,
    seq: i64,
    broken: Option<Broken>,
}

impl Walk {
    /// With what was vouched for elsewhere besides the log's own checkpoints.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(tx: &mut Tx, outside: &[Checkpoint]) -> sqlx::Result<Self> {
        let own = checkpoint::list(tx).await?;
        let start = own.iter().rfind(|checkpoint| checkpoint.dropped_at.is_some());
        let (from, hash) = start.map_or((0, String::new()), |start| (start.seq, start.hash.clone()));
        let mut verifier = Verifier::after(from, hash);
        let known = own.iter().chain(outside).try_for_each(|checkpoint| {
            checkpoint::signature_holds(checkpoint)?;
            verifier.know(checkpoint.seq, checkpoint.hash.clone())
        });
        Ok(Self { verifier, from, seq: from, broken: known.err() })
    }

    /// The rows that follow, each found right; none at the end. What is wrong is told once the rows before it were given.
    ///
    /// # Errors
    /// When the database fails. What is wrong with the log is the inner error.
    pub async fn next(&mut self, tx: &mut Tx) -> sqlx::Result<Result<Vec<Entry>, Broken>> {
        if let Some(broken) = self.broken {
            return Ok(Err(broken));
        }
        let mut rows = after(tx, self.seq, BATCH).await?;
        self.seq = rows.last().map_or(self.seq, |last| last.seq);
        for at in 0..rows.len() {
            if let Err(broken) = self.verifier.push(&rows[at]) {
                self.broken = Some(broken);
                rows.truncate(at);
                break;
            }
        }
        match self.broken {
            Some(broken) if rows.is_empty() => Ok(Err(broken)),
            _ => Ok(Ok(rows)),
        }
    }

    /// Compares the end with the head of the log.
    ///
    /// # Errors
    /// When the database fails. What is wrong with the log is the inner error.
    pub async fn end(self, tx: &mut Tx) -> sqlx::Result<Result<Outcome, Broken>> {
        let (head, hash): (i64, String) =
            on!(tx, c => sqlx::query_as("SELECT seq, hash FROM audit_head").fetch_one(c).await)?;
        let from = self.from;
        Ok(self.verifier.end(Some((head, &hash))).map(|(last, hash, rows)| Outcome { from, last, hash, rows }))
    }
}

/// Checks the whole log in one moment of the database, and shows each row to `each` after it was found right.
///
/// # Errors
/// When the database fails. What is wrong with the log is the inner error.
pub async fn verify(
    db: &Db,
    outside: &[Checkpoint],
    mut each: impl FnMut(&Entry),
) -> sqlx::Result<Result<Outcome, Broken>> {
    let mut tx = db.read().await?;
    let mut walk = Walk::begin(&mut tx, outside).await?;
    loop {
        match walk.next(&mut tx).await? {
            Ok(rows) if rows.is_empty() => return walk.end(&mut tx).await,
            Ok(rows) => rows.iter().for_each(&mut each),
            Err(broken) => return Ok(Err(broken)),
        }
    }
}

/// The rows behind a number, in their order.
async fn after(tx: &mut Tx, seq: i64, limit: i64) -> sqlx::Result<Vec<Entry>> {
    on!(tx, c => sqlx::query_as(
        "SELECT seq, version, at, actor, actor_id, on_behalf_of, via, address, request, action, object_kind, object_id,
                object_name, old_value, new_value, reason, salt, content, prev, hash
         FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
    ).bind(seq).bind(limit).fetch_all(c).await)
}
