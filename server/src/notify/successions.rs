//! Who is told that a succession was opened: those who can settle it and know what it is about.

use super::Post;
use super::outbox::{To, Told, put};
use crate::catalog::Result;
use crate::db::{WriteTx, on};
use crate::owners::succession;
use chrono::{DateTime, Utc};
use reeve_model::notice::Notice;
use reeve_model::owner::HolderKind;
use reeve_model::permission::Role;
use reeve_model::succession::HeirReason;
use reeve_model::{AssetId, Word};
use std::collections::BTreeSet;

/// Tells of a case, once: whom he reported to, who leads his team and who answers for the same things; where there is none
/// of them, the operators. Channels are told too.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn opened(
    tx: &mut WriteTx,
    post: &Post,
    case: i64,
    person: AssetId,
    now: DateTime<Utc>,
) -> Result<()> {
    if !post.is_on() {
        return Ok(());
    }
    let (name, items, due_at): (String, i64, DateTime<Utc>) = on!(&mut *tx, c => sqlx::query_as(
        "SELECT p.name, (SELECT count(*) FROM succession_item i WHERE i.succession_id = s.id AND i.role IS NOT NULL), s.due_at
         FROM succession s JOIN person p ON p.id = s.person_id WHERE s.id = $1",
    ).bind(case).fetch_one(c).await)?;
    let notice = Notice::SuccessionOpened { case, person: name, items, due_at };
    let mut readers = heirs(tx, case, person).await?;
    if readers.is_empty() {
        readers = operators(tx, person).await?;
    }
    let once = format!("case/{case}/opened");
    for to in readers.into_iter().map(To::Person).chain([To::Channels]) {
        put(tx, post, &Told { to, notice: &notice, once: &once, answers: None }, now).await?;
    }
    Ok(())
}

/// Those who know what he left; being in the same team is not enough to be disturbed.
async fn heirs(tx: &mut WriteTx, case: i64, person: AssetId) -> Result<BTreeSet<AssetId>> {
    let knows = |reason: &HeirReason| {
        matches!(reason, HeirReason::Manager | HeirReason::LeadsTeam | HeirReason::AlsoOwns { .. })
    };
    let heirs = succession::heirs(tx, case, person).await?;
    let people =
        heirs.into_iter().filter(|heir| heir.holder.kind == HolderKind::Person && heir.reasons.iter().any(knows));
    Ok(people.map(|heir| heir.holder.id).collect())
}

async fn operators(tx: &mut WriteTx, person: AssetId) -> Result<BTreeSet<AssetId>> {
    let operators: Vec<AssetId> = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT DISTINCT person_id FROM role_assignment WHERE role IN ($1, $2) AND person_id <> $3",
    ).bind(Role::Operator.as_str()).bind(Role::Administrator.as_str()).bind(person).fetch_all(c).await)?;
    Ok(operators.into_iter().collect())
}
