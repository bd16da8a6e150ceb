//! People, computed from what all sources say of them, and written where anything differs.
//!
//! Whoever begins last computes: it has read what the others read, and more. Who notices that another has begun stops.

use super::draft::{Draft, Drafts, Everything, StoredDecision, StoredPerson, StoredRecord, by_state, drafts};
use super::teams::StoredTeam;
use crate::catalog::{CatalogError, json};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Tx, WriteTx, on};
use crate::lease::Lease;
use chrono::{DateTime, Utc};
use reeve_model::person::{Department, Record};
use reeve_model::{AssetId, CrawlId};

/// How often it begins anew where a login was taken meanwhile.
const ATTEMPTS: usize = 3;

/// Whoever computes people.
#[derive(Clone, Copy)]
pub struct Computation<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    pub config: &'a Config,
    pub lease: Lease,
    /// `None` where nothing was read: a day began, or somebody decided.
    pub crawl_id: Option<CrawlId>,
}

/// Another has begun to compute people.
pub(super) struct Superseded;

/// A write of a computation: done, or for another to do.
pub(super) type Written<T> = Result<Result<T, Superseded>, CatalogError>;

/// Computes all people. That another computation has begun meanwhile is no error: it does the same, and more.
///
/// # Errors
/// When our own database fails, or the claim on the job is over.
pub async fn compute(by: Computation<'_>) -> Result<(), CatalogError> {
    for attempt in 1.. {
        match by.run().await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Superseded)) => {
                tracing::info!("people are being computed by another crawl");
                return Ok(());
            }
            Err(CatalogError::Sql(sqlx::Error::Database(error)))
                if error.is_unique_violation() && attempt < ATTEMPTS =>
            {
                tracing::info!("somebody came in while people were computed: begun anew ({error})");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl Computation<'_> {
    async fn run(&self) -> Written<()> {
        let generation = self.claim().await?;
        let (everything, teams) = self.read().await?;
        let computed = tokio::task::spawn_blocking(move || {
            let drafts = drafts(&everything);
            (everything.people, drafts)
        });
        let (people, drafts): (Vec<StoredPerson>, Drafts) =
            computed.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()));
        tracing::info!(people = drafts.people.len(), teams = drafts.teams.len(), states = ?by_state(&drafts.people), "people");
        match self.write(generation, people, teams, drafts).await? {
            Ok(()) => self.principals(generation).await,
            Err(superseded) => Ok(Err(superseded)),
        }
    }

    async fn claim(&self) -> Result<i64, CatalogError> {
        let mut tx = self.db.write().await?;
        self.lease.hold(&mut tx).await?;
        let generation: i64 = on!(&mut tx, c => sqlx::query_scalar(
            "UPDATE people_computation SET generation = generation + 1 WHERE id = 1 RETURNING generation",
        ).fetch_one(c).await)?;
        tx.commit().await?;
        Ok(generation)
    }

    /// Every write of the computation begins here.
    pub(super) async fn begin(&self, generation: i64) -> Written<WriteTx> {
        let mut tx = self.db.write().await?;
        self.lease.hold(&mut tx).await?;
        let sql = match &*tx {
            Tx::Sqlite(_) => "SELECT generation FROM people_computation WHERE id = 1",
            Tx::Postgres(_) => "SELECT generation FROM people_computation WHERE id = 1 FOR UPDATE",
        };
        let now: i64 = on!(&mut tx, c => sqlx::query_scalar(sql).fetch_one(c).await)?;
        Ok(if now == generation { Ok(tx) } else { Err(Superseded) })
    }

    async fn read(&self) -> Result<(Everything, Vec<StoredTeam>), CatalogError> {
        type RecordRow = (i64, String, Option<AssetId>, String, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
        let mut tx = self.db.read().await?;
        let records: Vec<RecordRow> = on!(&mut tx, c => sqlx::query_as(
            "SELECT r.id, s.name, r.person_id, r.said, r.missing_since, r.gone_at
             FROM person_record r JOIN source s ON s.id = r.source_id ORDER BY r.id",
        ).fetch_all(c).await)?;
        let departments: Vec<(String, String)> = on!(&mut tx, c => sqlx::query_as(
            "SELECT s.name, d.said FROM department_record d JOIN source s ON s.id = d.source_id ORDER BY s.name, d.key",
        ).fetch_all(c).await)?;
        let people: Vec<StoredPerson> = on!(&mut tx, c => sqlx::query_as(
            "SELECT id, login, name, mail, employee_number, title, team_id, manager_id, starts_on, ends_on, state,
                    state_reason, kind, conflicts
             FROM person WHERE merged_into_id IS NULL ORDER BY id",
        ).fetch_all(c).await)?;
        let decisions: Vec<StoredDecision> = on!(&mut tx, c => sqlx::query_as("SELECT record_id, person_id, same FROM person_decision ORDER BY decided_at")
                .fetch_all(c).await)?;
        let teams: Vec<StoredTeam> = on!(&mut tx, c => sqlx::query_as(
            "SELECT id, name, title, parent_id, lead_id, source_key, deleted_at IS NOT NULL AS is_deleted, parent_missing,
                    is_cut
             FROM team ORDER BY id",
        ).fetch_all(c).await)?;
        drop(tx);
        let records = records.into_iter().map(|(id, source, person, said, missing_since, gone_at)| {
            let record: Record = json("person_record", "said", id, &said)?;
            Ok(StoredRecord { id, source, person, record, missing_since, gone_at })
        });
        let departments = departments.into_iter().map(|(source, said)| {
            let department: Department = json("department_record", "said", 0, &said)?;
            Ok((source, department))
        });
        let everything = Everything {
            records: records.collect::<Result<_, CatalogError>>()?,
            departments: departments.collect::<Result<_, CatalogError>>()?,
            people,
            decisions,
            keys: self.config.people.merge.clone(),
            authority: self.config.people.authority(self.config.people_sources().map(|source| source.name.as_str())),
            now: self.clock.now(),
            zone: self.config.server.time_zone,
        };
        Ok((everything, teams))
    }
}

/// A draft that the catalog has not so yet.
pub(super) fn differs(draft: &Draft, stored: Option<&StoredPerson>, team: Option<AssetId>) -> bool {
    stored.is_none_or(|stored| !draft.is(stored, team))
}
