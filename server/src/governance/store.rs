//! Requests as rows: the whole of one is a JSON text, beside it what lists look for.

use super::Result;
use crate::catalog::{bad_word, json, to_json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::request::{Act, Entry, Request, State, StateWord, Transition};
use reeve_model::{AssetId, Word};

/// A request as it is now.
///
/// # Errors
/// When the database does not answer, or holds what this version cannot read.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<Request>> {
    let body: Option<String> = on!(tx, c => sqlx::query_scalar("SELECT body FROM request WHERE id = $1")
        .bind(id).fetch_optional(c).await)?;
    Ok(match body {
        Some(body) => Some(json("request", "body", id, &body)?),
        None => None,
    })
}

/// A new row for a draft, and its number.
pub(super) async fn reserve(tx: &mut WriteTx, requester: AssetId, now: DateTime<Utc>) -> Result<i64> {
    Ok(on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO request (kind, state, version, name, requester_id, body, made_at) VALUES ('', 'draft', -1, '', $1, '', $2)
         RETURNING id",
    ).bind(requester).bind(now).fetch_one(c).await)?)
}

/// Writes what became of a request, where it is still the version that it was made from. Answers whether it was.
pub(super) async fn save(
    tx: &mut WriteTx,
    request: &Request,
    from: i64,
    tick_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let due = request.state.review().and_then(|review| review.steps.iter().map(|step| step.due_at).min());
    let done = on!(&mut *tx, c => sqlx::query(
        "UPDATE request SET kind = $3, state = $4, version = $5, asset_id = $6, name = $7, body = $8, bytes = $9,
             filed_at = $10, due_at = $11, tick_at = $12
         WHERE id = $1 AND version = $2",
    )
        .bind(request.id).bind(from).bind(request.content.kind().as_str()).bind(request.state.word().as_str())
        .bind(request.version).bind(request.subject.asset).bind(&request.subject.name).bind(to_json(request))
        .bind(request.facts.bytes).bind(request.filed.map(|filing| filing.at)).bind(due).bind(tick_at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Writes a line of the history.
pub(super) async fn tell(tx: &mut WriteTx, transition: &Transition) -> Result<()> {
    let Transition { request, entry, .. } = transition;
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO request_entry (request_id, version, at, by_id, on_behalf_id, act, from_state, to_state, text, hash, rung)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
        .bind(request.id).bind(entry.version).bind(entry.at).bind(entry.by).bind(entry.on_behalf_of)
        .bind(entry.act.as_str()).bind(entry.from.as_str()).bind(entry.to.as_str()).bind(&entry.text)
        .bind(&request.hash.0).bind(entry.rung.as_ref().map(to_json))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Who may decide from now on.
pub(super) async fn seat(tx: &mut WriteTx, request: i64, seats: &[(String, AssetId)]) -> Result<()> {
    on!(&mut *tx, c => sqlx::query("DELETE FROM request_seat WHERE request_id = $1").bind(request).execute(c).await.map(drop))?;
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO request_seat (person_id, request_id, rule)
         SELECT CAST(value->>1 AS BIGINT), $1, value->>0 FROM json_each($2) WHERE true ON CONFLICT DO NOTHING",
    ).bind(request).bind(to_json(seats)).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    version: i64,
    at: DateTime<Utc>,
    by_id: Option<AssetId>,
    on_behalf_id: Option<AssetId>,
    act: String,
    from_state: String,
    to_state: String,
    text: String,
    rung: Option<String>,
}

/// All that became of it, the oldest first.
///
/// # Errors
/// When the database does not answer, or holds what this version cannot read.
pub async fn history(tx: &mut Tx, request: i64) -> Result<Vec<Entry>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT id, version, at, by_id, on_behalf_id, act, from_state, to_state, text, rung FROM request_entry
         WHERE request_id = $1 ORDER BY id",
    ).bind(request).fetch_all(c).await)?;
    rows.into_iter().map(Row::entry).collect()
}

impl Row {
    fn entry(self) -> Result<Entry> {
        const TABLE: &str = "request_entry";
        let state = |column, word: &str| StateWord::parse(word).ok_or_else(|| bad_word(TABLE, column, self.id, word));
        Ok(Entry {
            version: self.version,
            at: self.at,
            by: self.by_id,
            on_behalf_of: self.on_behalf_id,
            act: Act::parse(&self.act).ok_or_else(|| bad_word(TABLE, "act", self.id, &self.act))?,
            from: state("from_state", &self.from_state)?,
            to: state("to_state", &self.to_state)?,
            text: self.text,
            rung: match &self.rung {
                Some(rung) => Some(json(TABLE, "rung", self.id, rung)?),
                None => None,
            },
        })
    }
}

/// When something next happens to it that nobody does.
pub(super) fn next_tick(request: &Request, now: DateTime<Utc>, tomorrow: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let word = request.state.word();
    if let Some(review) = request.state.review() {
        let steps = review.steps.iter().flat_map(|step| [step.due_at - chrono::TimeDelta::hours(24), step.due_at]);
        let offer = match &request.state {
            State::Offered { offer, .. } => Some(offer.until),
            _ => None,
        };
        // People come and go, and holds end with a day: each open one is looked at daily besides.
        let at = steps.chain(offer).chain(request.filed.map(|filing| filing.expires_at)).filter(|at| *at > now).min();
        return Some(at.map_or(tomorrow, |at| at.min(tomorrow)));
    }
    (word.is_agreed() && request.state.grant().is_some_and(|grant| grant.until.is_some())).then_some(tomorrow)
}
