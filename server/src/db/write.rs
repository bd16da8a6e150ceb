use super::{Tx, on};
use crate::audit::{self, Act};
use reeve_model::AssetId;
use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};

/// A transaction that may write, and that finishes itself: it collects what was done and which assets changed in it, and
/// tells the audit log and the change log as its last statements. Dropped without [`WriteTx::commit`], it leaves nothing behind.
#[derive(Debug)]
#[must_use = "what is not committed never happened"]
pub struct WriteTx {
    tx: Tx,
    changed: BTreeSet<AssetId>,
    acts: Vec<Act>,
}

impl WriteTx {
    pub(super) fn of(tx: Tx) -> Self {
        Self { tx, changed: BTreeSet::new(), acts: Vec::new() }
    }

    /// Notes that the index has to look at this asset again.
    pub fn touch(&mut self, asset: AssetId) {
        self.changed.insert(asset);
    }

    /// Notes who does what: no act without its row in the audit log.
    pub fn record(&mut self, act: Act) {
        self.acts.push(act);
    }

    /// Writes both logs and makes everything durable.
    ///
    /// # Errors
    /// When the database could not make the change durable; then nothing of it happened.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        audit::append(&mut self.tx, &self.acts).await?;
        self.tell_changes().await?;
        match self.tx {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
    }

    async fn tell_changes(&mut self) -> sqlx::Result<()> {
        if self.changed.is_empty() {
            return Ok(());
        }
        if let Tx::Postgres(pg) = &mut self.tx {
            // Sequence numbers must appear in the order of commits, or a reader of the log would step over a
            // number that is given out but not yet visible. SQLite has one writer anyway.
            sqlx::query("LOCK TABLE change_log IN EXCLUSIVE MODE").execute(&mut **pg).await?;
        }
        let sql = match &self.tx {
            Tx::Sqlite(_) => "INSERT INTO change_log (asset_id) SELECT value FROM json_each($1)",
            Tx::Postgres(_) => {
                "INSERT INTO change_log (asset_id)
                 SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS json)) AS rows (value)"
            }
        };
        let assets = serde_json::to_string(&self.changed).map_err(|error| sqlx::Error::Encode(error.into()))?;
        on!(&mut self.tx, c => sqlx::query(sql).bind(assets).execute(c).await.map(drop))
    }
}

impl Deref for WriteTx {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}
