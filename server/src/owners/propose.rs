//! Who might answer for an asset, by what is known. A proposal is never more than that until someone accepts it.

use super::assign::{Subject, Wanted, add};
use super::holder::{HolderRow, join_holder, select_holder};
use crate::audit::{Act, Origin};
use crate::catalog::{Result, bad_word, json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::audit::Event;
use reeve_model::owner::{Evidence, OwnerProposal, OwnerRole, OwnerSource, ProposalState};
use reeve_model::{AssetId, Word};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    role: String,
    evidence: String,
    made_at: DateTime<Utc>,
    #[sqlx(flatten)]
    holder: HolderRow,
}

/// What is proposed for an asset and not decided, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn open(tx: &mut Tx, asset: AssetId) -> Result<Vec<OwnerProposal>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT p.id, p.role, p.evidence, p.made_at, ", select_holder!(),
        " FROM owner_proposal p", join_holder!("p.holder_id"), "WHERE p.asset_id = $1 AND p.state = 'open' ORDER BY p.id"
    )).bind(asset).fetch_all(c).await)?;
    rows.into_iter().map(Row::proposal).collect()
}

impl Row {
    fn proposal(self) -> Result<OwnerProposal> {
        const TABLE: &str = "owner_proposal";
        Ok(OwnerProposal {
            id: self.id,
            role: OwnerRole::parse(&self.role).ok_or_else(|| bad_word(TABLE, "role", self.id, &self.role))?,
            evidence: json(TABLE, "evidence", self.id, &self.evidence)?,
            made_at: self.made_at,
            holder: self.holder.holder()?,
        })
    }
}

/// Accepts or declines what is proposed for this asset; answers whether it still waited. One that was declined is not
/// made again.
///
/// # Errors
/// When the database does not answer.
pub async fn decide(
    tx: &mut WriteTx,
    subject: &Subject,
    id: i64,
    decision: ProposalState,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<bool> {
    let Some(proposal) = open(tx, subject.asset).await?.into_iter().find(|proposal| proposal.id == id) else {
        return Ok(false);
    };
    let done = on!(&mut *tx, c => sqlx::query(
        "UPDATE owner_proposal SET state = $2, decided_at = $3, decided_by = $4 WHERE id = $1 AND state = 'open'",
    ).bind(id).bind(decision.as_str()).bind(now).bind(&origin.actor).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 0 {
        return Ok(false);
    }
    if decision == ProposalState::Accepted {
        let from_metastore = proposal.evidence.iter().any(|one| matches!(one, Evidence::MetastoreOwner { .. }));
        let source = if from_metastore { OwnerSource::Metastore } else { OwnerSource::Inferred };
        let one = Wanted { role: proposal.role, holder: proposal.holder, source, evidence: proposal.evidence };
        add(tx, subject, one, Event::OwnersChanged, origin, now).await?;
    } else {
        let told = format!("{} {}", proposal.role.as_str(), proposal.holder.word());
        tx.record(Act::new(origin, now, Event::OwnershipDeclined, subject.object()).change(Some(told), None::<&str>));
    }
    Ok(true)
}
