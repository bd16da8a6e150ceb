//! What became of people: rows that succession and the person's page read, written in the transaction of the change itself.

use crate::catalog::to_json;
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::person::{PersonState, Why};
use reeve_model::{AssetId, CrawlId, Word};
use serde::Serialize;

/// One thing that happened to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    person: AssetId,
    state: &'static str,
    why: Option<String>,
    into: Option<AssetId>,
}

impl Event {
    /// He is in this state from now on.
    pub fn state(person: AssetId, state: PersonState, why: &Why) -> Self {
        Self { person, state: state.as_str(), why: Some(to_json(why)), into: None }
    }

    /// He was the same as another all along, and is no person of his own any more.
    pub fn merged(person: AssetId, into: AssetId) -> Self {
        Self { person, state: "merged", why: None, into: Some(into) }
    }
}

/// Writes down what happened, in the transaction in which it happens.
///
/// # Errors
/// When the database does not answer.
pub async fn record(tx: &mut Tx, crawl: Option<CrawlId>, at: DateTime<Utc>, events: &[Event]) -> sqlx::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    on!(tx, c => sqlx::query(
        "INSERT INTO person_event (person_id, state, at, crawl_id, why, into_id)
         SELECT CAST(value->>'person' AS BIGINT), value->>'state', $2, $3, value->>'why', CAST(value->>'into' AS BIGINT)
         FROM json_each($1)",
    ).bind(to_json(events)).bind(at).bind(crawl).execute(c).await.map(drop))
}
