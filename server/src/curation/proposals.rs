//! What somebody proposes who may not edit: kept with what was so then, until an owner or steward decides.

use super::Result;
use super::edit::{Editor, apply, standing, written};
use crate::audit::{Act, Object};
use crate::catalog::{CatalogError, json, to_json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::curation::{Edit, LONGEST_NOTE, Proposal, ProposalState};
use reeve_model::problem::CurationRefusal;
use reeve_model::{AssetId, Word};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    change: String,
    before: String,
    note: String,
    state: String,
    made_by: String,
    made_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    answer: Option<String>,
}

impl Row {
    fn proposal(self) -> Result<Proposal> {
        const TABLE: &str = "proposal";
        let state = ProposalState::parse(&self.state).ok_or_else(|| CatalogError::BadRow {
            table: TABLE,
            column: "state",
            id: self.id,
            reason: format!("`{}` is not known", self.state),
        })?;
        Ok(Proposal {
            id: self.id,
            change: json(TABLE, "change", self.id, &self.change)?,
            before: json(TABLE, "before", self.id, &self.before)?,
            note: self.note,
            state,
            made_by: self.made_by,
            made_at: self.made_at,
            decided_by: self.decided_by,
            decided_at: self.decided_at,
            answer: self.answer,
        })
    }
}

/// Of an asset, those that wait first, then the newest of those that were decided.
pub async fn list(tx: &mut Tx, asset: AssetId) -> Result<Vec<Proposal>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT id, change, before, note, state, made_by, made_at, decided_by, decided_at, answer FROM proposal
         WHERE asset_id = $1 ORDER BY state <> 'pending', id DESC LIMIT 20",
    ).bind(asset).fetch_all(c).await)?;
    rows.into_iter().map(Row::proposal).collect()
}

/// Keeps a proposal; `None` where nothing of it differs from what is said already.
///
/// # Errors
/// Refused where the edit itself would be.
pub async fn make(tx: &mut WriteTx, by: Editor<'_>, asset: AssetId, edit: &Edit, note: &str) -> Result<Option<i64>> {
    let note: String = written(note).chars().take(LONGEST_NOTE).collect();
    let Some(now) = standing(tx, asset).await? else { return Ok(None) };
    let edit = &now.difference(edit);
    if edit.is_empty() {
        return Ok(None);
    }
    let before = now.as_edit(edit);
    let id: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO proposal (asset_id, change, before, note, state, made_by, person_id, made_at)
         VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7) RETURNING id",
    )
        .bind(asset).bind(to_json(edit)).bind(to_json(&before)).bind(&note).bind(by.login).bind(by.origin.person)
        .bind(by.now).fetch_one(c).await)?;
    let object = Object::new(ObjectKind::Proposal, id, &now.name);
    let act = Act::new(by.origin, by.now, Event::ProposalMade, object).change(None::<String>, Some(to_json(edit)));
    tx.record(if note.is_empty() { act } else { act.because(&note) });
    Ok(Some(id))
}

/// Takes, declines or withdraws a proposal of an asset. One that is taken is applied, from the revision that whoever
/// decides has seen.
///
/// # Errors
/// Refused where it was decided already, or what is said of the asset has changed since it was seen.
pub async fn decide(
    tx: &mut WriteTx,
    by: Editor<'_>,
    asset: AssetId,
    id: i64,
    state: ProposalState,
    answer: &str,
    seen: Option<i64>,
) -> Result<()> {
    let answer: String = written(answer).chars().take(LONGEST_NOTE).collect();
    let row: Option<Row> = on!(&mut *tx, c => sqlx::query_as(
        "UPDATE proposal SET state = $3, decided_by = $4, decided_at = $5, answer = $6
         WHERE id = $1 AND asset_id = $2 AND state = 'pending'
         RETURNING id, change, before, note, state, made_by, made_at, decided_by, decided_at, answer",
    )
        .bind(id).bind(asset).bind(state.as_str()).bind(by.login).bind(by.now).bind(&answer).fetch_optional(c).await)?;
    let proposal = row.ok_or(CurationRefusal::Decided)?.proposal()?;
    if state == ProposalState::Accepted {
        apply(tx, by, asset, seen, &proposal.change).await?;
    }
    let name = standing(tx, asset).await?.map(|now| now.name).unwrap_or_default();
    let event = if state == ProposalState::Accepted { Event::ProposalAccepted } else { Event::ProposalDeclined };
    let act = Act::new(by.origin, by.now, event, Object::new(ObjectKind::Proposal, id, name));
    let act = act.change(Some(ProposalState::Pending.as_str()), Some(state.as_str()));
    tx.record(if answer.is_empty() { act } else { act.because(&answer) });
    Ok(())
}

/// Who made a proposal that waits.
pub async fn maker(tx: &mut Tx, asset: AssetId, id: i64) -> Result<Option<String>> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT made_by FROM proposal WHERE id = $1 AND asset_id = $2")
        .bind(id).bind(asset).fetch_optional(c).await)?)
}
