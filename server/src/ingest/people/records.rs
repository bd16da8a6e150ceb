//! Records and departments as a source has them: compared by print, written where anything differs.

use super::{ROWS_AT_ONCE, Reconciler, State};
use crate::catalog::{CatalogError, removals, to_json};
use crate::db::on;
use chrono::{DateTime, Utc};
use reeve_crawlers::people::Listing;
use reeve_model::AssetId;
use reeve_model::crawl::{Note, RemovalCause};
use reeve_model::person::{Department, Record};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A record as it is known before the crawl.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Known {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) person_id: Option<AssetId>,
    pub(super) fingerprint: i64,
    pub(super) missing_since: Option<DateTime<Utc>>,
    pub(super) gone_at: Option<DateTime<Utc>>,
    pub(super) said: String,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    said: &'a Record,
    print: i64,
}

/// What is compared of what a source was asked, kept in `source.identity`.
#[derive(Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
struct Asked {
    asked: String,
}

impl Reconciler<'_> {
    /// Whether the source is asked what it was asked before. Where it is not, whoever is absent from the answer is not
    /// missing, and who is there may be somebody else's employee: an operator says whether that is meant.
    pub(super) async fn another_question(&self, listing: &Listing) -> Result<Option<Note>, CatalogError> {
        let is = to_json(&Asked { asked: listing.asked.clone() });
        let mut tx = self.begin().await?;
        let was: Option<String> = on!(&mut tx, c => sqlx::query_scalar("SELECT identity FROM source WHERE id = $1")
            .bind(self.source_id).fetch_one(c).await)?;
        if was.as_ref() == Some(&is) {
            return Ok(None);
        }
        if let Some(was) = was
            && !removals::is_accepted_identity(&mut tx, self.source_id, &is).await?
        {
            let was = serde_json::from_str(&was).map_or(was, |Asked { asked }| asked);
            let detail = format!("{was} → {}", listing.asked);
            let question = removals::Question {
                cause: RemovalCause::AnotherSource,
                place: "",
                missing: 0,
                total: 0,
                allowed: 0,
                identity: Some(&is),
                detail: Some(&detail),
            };
            removals::ask(&mut tx, self.source_id, self.crawl_id, self.clock.now(), &question).await?;
            tx.commit().await?;
            return Ok(Some(Note::AnotherSource { detail }));
        }
        on!(&mut tx, c => sqlx::query("UPDATE source SET identity = $2 WHERE id = $1")
            .bind(self.source_id).bind(is).execute(c).await.map(drop))?;
        tx.commit().await?;
        Ok(None)
    }

    pub(super) async fn known(&self) -> Result<HashMap<String, Known>, CatalogError> {
        let mut tx = self.db.read().await?;
        let rows: Vec<Known> = on!(&mut tx, c => sqlx::query_as(
            "SELECT id, key, person_id, fingerprint, missing_since, gone_at, said FROM person_record WHERE source_id = $1",
        ).bind(self.source_id).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|row| (row.key.clone(), row)).collect())
    }

    /// Writes what is new, what differs, and what is back.
    pub(super) async fn save_records(
        &self,
        state: &mut State,
        known: &HashMap<String, Known>,
        records: &BTreeMap<String, Record>,
    ) -> Result<(), CatalogError> {
        let mut rows = Vec::new();
        for (key, said) in records {
            let print = fingerprint(said);
            match known.get(key) {
                None => state.counts.added += 1,
                Some(known) if known.fingerprint != print => state.counts.changed += 1,
                Some(known) if known.missing_since.is_some() || known.gone_at.is_some() => {}
                Some(_) => continue,
            }
            rows.push(Row { key, said, print });
        }
        let now = self.clock.now();
        for rows in rows.chunks(ROWS_AT_ONCE) {
            let mut tx = self.begin().await?;
            on!(&mut tx, c => sqlx::query(
                "INSERT INTO person_record (source_id, key, said, fingerprint, first_seen_at, seen_crawl_id)
                 SELECT $1, value->>'key', value->>'said', CAST(value->>'print' AS BIGINT), $3, $4
                 FROM json_each($2) WHERE true
                 ON CONFLICT (source_id, key) DO UPDATE SET said = excluded.said, fingerprint = excluded.fingerprint,
                     seen_crawl_id = excluded.seen_crawl_id, missing_since = NULL, gone_at = NULL",
            ).bind(self.source_id).bind(to_json(rows)).bind(now).bind(self.crawl_id).execute(c).await.map(drop))?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Departments as they are now; those that a listing which is not whole does not name stay.
    pub(super) async fn save_departments(
        &self,
        departments: &[Department],
        is_whole: bool,
    ) -> Result<(), CatalogError> {
        let by_key: BTreeMap<&str, &Department> =
            departments.iter().map(|department| (department.key.as_str(), department)).collect();
        let rows: Vec<(&str, &Department)> = by_key.into_iter().collect();
        let mut tx = self.begin().await?;
        if is_whole {
            on!(&mut tx, c => sqlx::query("DELETE FROM department_record WHERE source_id = $1")
                .bind(self.source_id).execute(c).await.map(drop))?;
        }
        for rows in rows.chunks(ROWS_AT_ONCE) {
            on!(&mut tx, c => sqlx::query(
                "INSERT INTO department_record (source_id, key, said)
                 SELECT $1, value->>0, value->>1 FROM json_each($2) WHERE true
                 ON CONFLICT (source_id, key) DO UPDATE SET said = excluded.said",
            ).bind(self.source_id).bind(to_json(rows)).execute(c).await.map(drop))?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Tells whether a record differs, without keeping another of it; it need not survive a new compiler.
fn fingerprint(record: &Record) -> i64 {
    let mut hasher = DefaultHasher::new();
    record.hash(&mut hasher);
    hasher.finish().cast_signed()
}
