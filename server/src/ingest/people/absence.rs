//! Who is missing from a listing. Absence is evidence about the crawl: too much of it counts nothing, and what is left is a
//! suspicion until a second whole listing, a day or more later, agrees.

use super::records::Known;
use super::{ROWS_AT_ONCE, Reconciler, State, count};
use crate::catalog::{CatalogError, json, removals, to_json};
use crate::db::{Tx, on};
use chrono::{DateTime, NaiveDate, TimeDelta};
use reeve_model::AssetId;
use reeve_model::crawl::{Note, RemovalCause};
use reeve_model::person::{Record, Status};
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many may be missing whatever their share, but never half of all.
const ALWAYS_ALLOWED: i64 = 50;
/// A suspicion is older than this before it can become a departure, by the server's clock.
const BETWEEN: TimeDelta = TimeDelta::hours(24);
/// How long the answer that the missing are still here is good.
const KEPT: TimeDelta = TimeDelta::days(7);

/// How many of `total` records may be missing without anybody being asked.
fn allowed(total: i64, percent: u8) -> i64 {
    (total.saturating_mul(i64::from(percent)) / 100).max(ALWAYS_ALLOWED.min((total - 1) / 2))
}

impl Reconciler<'_> {
    /// The records that the listing does not name and that may be taken for missing; `None` where so many are that it
    /// counts nothing.
    pub(super) async fn judge(
        &self,
        state: &mut State,
        known: &HashMap<String, Known>,
        records: &BTreeMap<String, Record>,
        is_whole: bool,
    ) -> Result<Option<Vec<Known>>, CatalogError> {
        let today = self.clock.now().with_timezone(&self.config.server.time_zone).date_naive();
        let mut missing = Vec::new();
        let (mut total, mut lost) = (0, Vec::new());
        let mut tx = self.db.read().await?;
        let accepted = self.decided(&mut tx, Decided::Accepted).await?;
        let refused = self.decided(&mut tx, Decided::Refused).await?;
        drop(tx);
        for one in known.values() {
            let has = |people: &HashSet<AssetId>| one.person_id.is_some_and(|person| people.contains(&person));
            let is_missing = !records.contains_key(&one.key);
            // What is over says nothing more by its absence: HR systems drop those who left long ago.
            let counts = one.gone_at.is_none() && !is_over(one, today)?;
            total += i64::from(counts);
            if is_missing && !has(&refused) {
                if counts && !has(&accepted) {
                    lost.push(one.clone());
                }
                missing.push(one.clone());
            }
        }
        let allowed = allowed(total, self.max_removed_percent);
        if count(lost.len()) <= allowed || self.accept_removals {
            return Ok(Some(missing));
        }
        state.counts.held_back = count(lost.len());
        self.hold_back(state, &lost, total, allowed, is_whole).await?;
        Ok(None)
    }

    async fn hold_back(
        &self,
        state: &mut State,
        lost: &[Known],
        total: i64,
        allowed: i64,
        is_whole: bool,
    ) -> Result<(), CatalogError> {
        let (cause, missing) = (RemovalCause::PeopleMissing, count(lost.len()));
        state.notes.push(Note::HeldBack { cause, place: String::new(), missing, total, allowed });
        if !is_whole {
            // A listing that broke off is nothing to decide about.
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let question = removals::Question { cause, place: "", missing, total, allowed, identity: None, detail: None };
        let id = removals::ask(&mut tx, self.source_id, self.crawl_id, self.clock.now(), &question).await?;
        tx.commit().await?;
        let people: Vec<(AssetId,)> = lost.iter().filter_map(|one| one.person_id).map(|person| (person,)).collect();
        for people in people.chunks(ROWS_AT_ONCE) {
            let mut tx = self.begin().await?;
            on!(&mut tx, c => sqlx::query(
                "INSERT INTO removal_item (removal_id, asset_id, partition_name)
                 SELECT $1, CAST(value->>0 AS BIGINT), '' FROM json_each($2) WHERE true ON CONFLICT DO NOTHING",
            ).bind(id).bind(to_json(people)).execute(c).await.map(drop))?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// People about whom an operator has decided: that they really went, which is good for the next listing that is taken
    /// in; or that they are here, which is good for a week.
    async fn decided(&self, tx: &mut Tx, decided: Decided) -> Result<HashSet<AssetId>, CatalogError> {
        let (word, since) = match decided {
            Decided::Accepted => ("accepted", DateTime::UNIX_EPOCH),
            Decided::Refused => ("refused", self.clock.now() - KEPT),
        };
        let people: Vec<AssetId> = on!(tx, c => sqlx::query_scalar(
            "SELECT DISTINCT i.asset_id FROM removal r JOIN removal_item i ON i.removal_id = r.id
             JOIN source s ON s.id = r.source_id
             WHERE r.source_id = $1 AND r.cause = 'people_missing' AND r.state = $2 AND r.decided_at > $3
               AND ($2 = 'refused' OR s.complete_at IS NULL OR r.decided_at > s.complete_at)",
        ).bind(self.source_id).bind(word).bind(since).fetch_all(c).await)?;
        Ok(people.into_iter().collect())
    }

    /// Marks who is missing, since when, and for whom a second listing agrees now.
    pub(super) async fn mark_missing(&self, state: &mut State, missing: &[Known]) -> Result<(), CatalogError> {
        let now = self.clock.now();
        let mut marks: Vec<(i64, bool)> = Vec::new();
        for one in missing {
            match one.missing_since {
                None => marks.push((one.id, false)),
                Some(since) if one.gone_at.is_none() && now - since >= BETWEEN => {
                    state.counts.deleted += 1;
                    marks.push((one.id, true));
                }
                Some(_) => {}
            }
        }
        for marks in marks.chunks(ROWS_AT_ONCE) {
            let mut tx = self.begin().await?;
            on!(&mut tx, c => sqlx::query(
                "UPDATE person_record SET missing_since = coalesce(person_record.missing_since, $2),
                     gone_at = CASE WHEN mark.gone = 1 THEN $2 ELSE person_record.gone_at END
                 FROM (SELECT CAST(value->>0 AS BIGINT) AS id, CAST(value->>1 AS BIGINT) AS gone FROM json_each($1)) AS mark
                 WHERE person_record.id = mark.id",
            )
                .bind(to_json(&marks.iter().map(|(id, gone)| (id, i64::from(*gone))).collect::<Vec<_>>()))
                .bind(now).execute(c).await.map(drop))?;
            tx.commit().await?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Decided {
    Accepted,
    Refused,
}

/// Whether the record itself says that it has ended.
fn is_over(known: &Known, today: NaiveDate) -> Result<bool, CatalogError> {
    let record: Record = json("person_record", "said", known.id, &known.said)?;
    Ok(says_over(&record, today))
}

/// Whether a record says of itself that it has ended: a fact, and no absence.
pub(super) fn says_over(record: &Record, today: NaiveDate) -> bool {
    record.ends_on.is_some_and(|day| day < today) || matches!(record.status, Status::Left | Status::Disabled)
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn a_few_of_many_may_be_missing_and_never_half_of_few() {
        assert_eq!([0, 1, 2, 3, 11, 101, 1_000, 50_003].map(|total| allowed(total, 5)), [0, 0, 0, 1, 5, 50, 50, 2_500]);
        assert_eq!(allowed(-1, 5), 0);
    }
}
