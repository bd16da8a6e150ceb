//! What is held back is a question that waits for an operator, with the list of what it is about.

use super::{Reconciler, State, count};
use crate::catalog::{CatalogError, removals, to_json};
use crate::db::{Tx, on};
use reeve_model::AssetId;
use reeve_model::crawl::{Note, RemovalCause};
use std::collections::HashSet;

/// Objects that may not go without somebody having looked.
pub(super) struct Held {
    pub(super) cause: RemovalCause,
    /// The database, `db.table`, or empty for the source.
    pub(super) place: String,
    /// Objects missing, objects there were, and objects that might have gone without asking.
    pub(super) missing: i64,
    pub(super) total: i64,
    pub(super) allowed: i64,
    /// The assets; for a partition its table and its name.
    pub(super) items: Vec<(AssetId, String)>,
}

/// Items of a question written by one transaction.
const ITEMS_AT_ONCE: usize = 2_000;

impl Reconciler<'_> {
    /// What operators have said really went, since the source was last read completely: what comes back and goes again is
    /// asked about again.
    pub(super) async fn accepted(&self, tx: &mut Tx) -> Result<HashSet<AssetId>, CatalogError> {
        let accepted: Vec<AssetId> = on!(tx, c => sqlx::query_scalar(
            "SELECT DISTINCT i.asset_id FROM removal r JOIN removal_item i ON i.removal_id = r.id
             JOIN source s ON s.id = r.source_id
             WHERE r.source_id = $1 AND r.state = 'accepted' AND i.partition_name = ''
               AND (s.complete_at IS NULL OR r.decided_at > s.complete_at)",
        ).bind(self.source_id).fetch_all(c).await)?;
        Ok(accepted.into_iter().collect())
    }

    pub(super) async fn accepted_partitions(
        &self,
        tx: &mut Tx,
        table: AssetId,
    ) -> Result<HashSet<String>, CatalogError> {
        let accepted: Vec<String> = on!(tx, c => sqlx::query_scalar(
            "SELECT DISTINCT i.partition_name FROM removal r JOIN removal_item i ON i.removal_id = r.id
             JOIN source s ON s.id = r.source_id
             WHERE r.source_id = $1 AND r.state = 'accepted' AND i.asset_id = $2
               AND (s.complete_at IS NULL OR r.decided_at > s.complete_at)",
        ).bind(self.source_id).bind(table).fetch_all(c).await)?;
        Ok(accepted.into_iter().collect())
    }

    /// Asks the operator about what is held back, unless somebody has answered about all of it already. Questions of the
    /// same kind about the same place are asked once, with the newest list.
    pub(super) async fn hold_back(&self, state: &mut State, held: Vec<Held>) -> Result<(), CatalogError> {
        for held in held {
            let mut tx = self.begin().await?;
            if self.is_refused(&mut tx, &held).await? {
                // Somebody has looked: it is kept, and the crawl is none the less complete for it.
                continue;
            }
            state.notes.push(held.note());
            let id = removals::ask(
                &mut tx,
                self.source_id,
                self.crawl_id,
                self.clock.now(),
                &removals::Question {
                    cause: held.cause,
                    place: &held.place,
                    missing: held.missing,
                    total: held.total,
                    allowed: held.allowed,
                    identity: None,
                    detail: None,
                },
            )
            .await?;
            tx.commit().await?;
            for items in held.items.chunks(ITEMS_AT_ONCE) {
                let mut tx = self.begin().await?;
                let items = to_json(&items);
                on!(&mut tx, c => sqlx::query(
                    "INSERT INTO removal_item (removal_id, asset_id, partition_name)
                     SELECT $1, CAST(value->>0 AS BIGINT), value->>1 FROM json_each($2) WHERE true
                     ON CONFLICT DO NOTHING",
                ).bind(id).bind(items).execute(c).await.map(drop))?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Whether an operator has looked at every one of these and said to keep it.
    async fn is_refused(&self, tx: &mut Tx, held: &Held) -> Result<bool, CatalogError> {
        let mut refused = 0;
        for items in held.items.chunks(ITEMS_AT_ONCE) {
            let items = to_json(&items);
            let known: i64 = on!(&mut *tx, c => sqlx::query_scalar(
                "SELECT count(*) FROM json_each($2) AS wanted WHERE EXISTS (
                     SELECT 1 FROM removal r JOIN removal_item i ON i.removal_id = r.id
                     WHERE r.source_id = $1 AND r.state = 'refused' AND i.asset_id = CAST(wanted.value->>0 AS BIGINT)
                       AND i.partition_name = wanted.value->>1)",
            ).bind(self.source_id).bind(items).fetch_one(c).await)?;
            refused += known;
        }
        Ok(refused == count(held.items.len()))
    }
}

impl Held {
    fn note(&self) -> Note {
        let (place, cause) = (self.place.clone(), self.cause);
        Note::HeldBack { cause, place, missing: self.missing, total: self.total, allowed: self.allowed }
    }
}
