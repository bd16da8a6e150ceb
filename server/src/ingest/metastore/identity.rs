//! Whether a source is still the one it was. An empty or different metastore at the same address must not empty the
//! catalog: it is recognised before anything is read from it.

use super::Reconciler;
use crate::catalog::{CatalogError, crawls, json, removals, to_json};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_crawlers::{Identity, Landmark, SourceError};
use reeve_model::crawl::{CrawlState, Note, RemovalCause};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many of the oldest tables a source is known by.
const LANDMARKS: i64 = 20;

/// What is kept of a source's identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub uuid: Option<String>,
    pub settings: BTreeMap<String, String>,
}

/// How a source differs from the one that was there, in words that name both.
fn difference(known: Option<&Known>, now: &Identity, asked: &[Landmark]) -> Option<String> {
    if let (Some(was), Some(is)) = (known.and_then(|known| known.uuid.as_ref()), &now.uuid) {
        return (was != is).then(|| format!("uuid {was} -> {is}"));
    }
    // A lone table may be dropped or made again on any day.
    if asked.len() < 2 {
        return None;
    }
    let found = |mark: &Landmark| {
        now.landmarks.iter().find(|found| found.database == mark.database && found.table == mark.table)
    };
    let same = asked.iter().filter(|mark| found(mark).is_some_and(|found| is_same(mark, found))).count();
    if same * 2 >= asked.len() {
        return None;
    }
    let there = asked.iter().filter(|mark| found(mark).is_some()).count();
    let settings = known.map(|known| changed_settings(&known.settings, &now.settings)).unwrap_or_default();
    // Most of the oldest are gone, but some are there and unchanged, in the same house: that is a loss, not another source.
    if same > 0 && settings.is_empty() && there == same {
        return None;
    }
    let mut told = vec![format!("of the {} oldest tables {there} are there and {same} are the same", asked.len())];
    told.extend(settings);
    Some(told.join("; "))
}

/// The same create time, or the same place: a table made anew every night stays where it was.
fn is_same(one: &Landmark, other: &Landmark) -> bool {
    (one.created_at.is_some() && one.created_at == other.created_at)
        || (one.location.is_some() && one.location == other.location)
        || (one.created_at.is_none() && one.location.is_none())
}

fn changed_settings(was: &BTreeMap<String, String>, is: &BTreeMap<String, String>) -> Vec<String> {
    let both = was.iter().filter_map(|(name, was)| is.get(name).map(|is| (name, was, is)));
    both.filter(|(_, was, is)| was != is).map(|(name, was, is)| format!("{name} {was} -> {is}")).collect()
}

impl Reconciler<'_> {
    /// Whether the source is the one it was; otherwise a note that says how it differs, and a question for the operator.
    ///
    /// # Errors
    /// The outer one is our own database's, the inner one the source's.
    pub(super) async fn same_source(&self) -> Result<Result<Option<Note>, SourceError>, CatalogError> {
        let mut tx = self.db.read().await?;
        let known = stored(&mut tx, self.source_id.0).await?;
        let asked = self.landmarks(&mut tx).await?;
        drop(tx);
        let now = match self.crawler.identify(&asked).await {
            Ok(now) => now,
            Err(error) => return Ok(Err(error)),
        };
        let mut tx = self.begin().await?;
        let is = to_json(&Known { uuid: now.uuid.clone(), settings: now.settings.clone() });
        if let Some(detail) = difference(known.as_ref(), &now, &asked)
            && !removals::is_accepted_identity(&mut tx, self.source_id, &is).await?
        {
            removals::ask(
                &mut tx,
                self.source_id,
                self.crawl_id,
                self.clock.now(),
                &removals::Question {
                    cause: RemovalCause::AnotherSource,
                    place: "",
                    missing: 0,
                    total: 0,
                    allowed: 0,
                    identity: Some(&is),
                    detail: Some(&detail),
                },
            )
            .await?;
            tx.commit().await?;
            return Ok(Ok(Some(Note::AnotherSource { detail })));
        }
        if to_json(&known) != is {
            on!(&mut tx, c => sqlx::query("UPDATE source SET identity = $2 WHERE id = $1")
                .bind(self.source_id).bind(is).execute(c).await.map(drop))?;
        }
        tx.commit().await?;
        Ok(Ok(None))
    }

    /// Whether the crawl before this one ended without having read everything it began.
    pub(super) async fn broke_off_before(&self) -> Result<bool, CatalogError> {
        let mut tx = self.db.read().await?;
        let before = crawls::state_before(&mut tx, self.source_id, self.crawl_id).await?;
        Ok(before.is_some_and(|state| !matches!(state, CrawlState::Complete | CrawlState::Partial)))
    }

    /// The oldest tables of the source that are known.
    async fn landmarks(&self, tx: &mut Tx) -> Result<Vec<Landmark>, CatalogError> {
        let rows: Vec<(String, String, Option<DateTime<Utc>>, Option<String>)> = on!(tx, c => sqlx::query_as(
            "SELECT d.name, t.name, t.created_at, t.location FROM catalog_table t
             JOIN catalog_database d ON d.id = t.database_id
             WHERE d.source_id = $1 AND t.deleted_at IS NULL AND NOT t.is_view
             ORDER BY t.created_at IS NULL, t.created_at, t.id LIMIT $2",
        ).bind(self.source_id).bind(LANDMARKS).fetch_all(c).await)?;
        let landmark = |(database, table, created_at, location)| Landmark { database, table, created_at, location };
        Ok(rows.into_iter().map(landmark).collect())
    }
}

async fn stored(tx: &mut Tx, source: i64) -> Result<Option<Known>, CatalogError> {
    let text: Option<String> = on!(tx, c => sqlx::query_scalar("SELECT identity FROM source WHERE id = $1")
        .bind(source).fetch_one(c).await)?;
    text.map(|text| json("source", "identity", source, &text)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(table: &str, day: i64) -> Landmark {
        Landmark {
            database: "sales".into(),
            table: table.into(),
            created_at: DateTime::from_timestamp(1_700_000_000 + day * 86_400, 0),
            location: Some(format!("hdfs://nn/sales.db/{table}/{day}")),
        }
    }

    fn says(uuid: Option<&str>, warehouse: &str, landmarks: &[Landmark]) -> Identity {
        Identity {
            uuid: uuid.map(str::to_owned),
            settings: BTreeMap::from([("hive.metastore.warehouse.dir".to_owned(), warehouse.to_owned())]),
            landmarks: landmarks.to_vec(),
        }
    }

    fn known(uuid: Option<&str>) -> Known {
        let Identity { uuid, settings, .. } = says(uuid, "/warehouse", &[]);
        Known { uuid, settings }
    }

    #[test]
    fn a_uuid_decides_alone() {
        let asked = [mark("a", 1), mark("b", 2)];
        assert_eq!(difference(Some(&known(Some("x"))), &says(Some("x"), "/warehouse", &[]), &asked), None);
        let other = difference(Some(&known(Some("x"))), &says(Some("y"), "/warehouse", &asked), &asked);
        assert_eq!(other.as_deref(), Some("uuid x -> y"));
    }

    #[test]
    fn without_a_uuid_the_oldest_tables_tell() {
        let asked = [mark("a", 1), mark("b", 2), mark("c", 3)];
        let without = known(None);
        let told =
            |landmarks: &[Landmark], warehouse| difference(Some(&without), &says(None, warehouse, landmarks), &asked);
        assert_eq!(told(&asked, "/warehouse"), None);
        assert_eq!(told(&asked[..2], "/warehouse"), None, "one was dropped");
        assert_eq!(told(&asked[..1], "/warehouse"), None, "most were dropped: the threshold holds that back");
        assert!(told(&[], "/warehouse").is_some(), "an empty metastore");
        assert!(
            told(&[mark("a", 8), mark("b", 9), mark("c", 7)], "/warehouse").is_some(),
            "the same names, other tables"
        );
        let moved = told(&asked[..1], "/other");
        assert_eq!(
            moved.as_deref(),
            Some(
                "of the 3 oldest tables 1 are there and 1 are the same; hive.metastore.warehouse.dir /warehouse -> /other"
            )
        );
    }

    #[test]
    fn a_first_crawl_has_nothing_to_compare() {
        assert_eq!(difference(None, &says(Some("x"), "/warehouse", &[]), &[]), None);
    }
}
