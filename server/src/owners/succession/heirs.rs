use crate::catalog::Result;
use crate::db::{Tx, on};
use crate::owners::holder;
use reeve_model::AssetId;
use reeve_model::owner::{HolderKind, OwnerState};
use reeve_model::succession::{Heir, HeirReason};
use std::collections::HashMap;

/// How many are proposed.
const SHOWN: usize = 8;

/// Who might take over what this person left, the likeliest first: whom he reported to, his team and who leads it, who
/// answers for the same things or for their databases, and who changed most of what is said of them.
///
/// # Errors
/// When the database does not answer.
pub async fn heirs(tx: &mut Tx, case: i64, person: AssetId) -> Result<Vec<Heir>> {
    let mut reasons: HashMap<AssetId, Vec<HeirReason>> = HashMap::new();
    let place: Option<(Option<AssetId>, Option<AssetId>, Option<AssetId>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT p.manager_id, p.team_id, t.lead_id FROM person p LEFT JOIN team t ON t.id = p.team_id WHERE p.id = $1",
    ).bind(person).fetch_optional(c).await)?;
    let (manager, team, lead) = place.unwrap_or_default();
    for (holder, reason) in [(manager, HeirReason::Manager), (team, HeirReason::Team), (lead, HeirReason::LeadsTeam)] {
        if let Some(holder) = holder {
            reasons.entry(holder).or_default().push(reason);
        }
    }
    let owners: Vec<(AssetId, i64)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT o.holder_id, count(DISTINCT i.asset_id) FROM succession_item i
         LEFT JOIN catalog_table t ON t.id = i.asset_id
         JOIN asset_owner o ON o.asset_id = i.asset_id OR o.asset_id = t.database_id
         WHERE i.succession_id = $1 AND i.role IS NOT NULL AND o.holder_id <> $2 GROUP BY o.holder_id",
    ).bind(case).bind(person).fetch_all(c).await)?;
    for (holder, assets) in owners {
        reasons.entry(holder).or_default().push(HeirReason::AlsoOwns { assets });
    }
    let editors: Vec<(AssetId, i64)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT p.id, count(*) FROM succession_item i JOIN history h ON h.asset_id = i.asset_id
         JOIN person p ON p.login = h.actor WHERE i.succession_id = $1 AND i.role IS NOT NULL AND p.id <> $2
             AND h.kind <> 'owners_assigned' GROUP BY p.id",
    ).bind(case).bind(person).fetch_all(c).await)?;
    for (holder, times) in editors {
        reasons.entry(holder).or_default().push(HeirReason::Edited { times });
    }
    let mut heirs = Vec::new();
    for (id, mut reasons) in reasons {
        let Some(holder) = holder::by_id(tx, id).await? else { continue };
        let is_there = matches!(holder.state, OwnerState::Active | OwnerState::OnLeave);
        if id == person || !is_there || holder.kind == HolderKind::ServiceAccount {
            continue;
        }
        if let Some(team) = team
            && holder.kind == HolderKind::Person
            && !reasons.contains(&HeirReason::LeadsTeam)
            && is_in(tx, id, team).await?
        {
            reasons.push(HeirReason::SameTeam);
        }
        reasons.sort_unstable();
        heirs.push(Heir { holder, reasons });
    }
    let weight = |heir: &Heir| heir.reasons.iter().map(HeirReason::weight).sum::<i64>();
    // Who is away cannot begin now.
    heirs.sort_by_key(|heir| (heir.holder.state, -weight(heir), heir.holder.name.clone()));
    heirs.truncate(SHOWN);
    Ok(heirs)
}

async fn is_in(tx: &mut Tx, person: AssetId, team: AssetId) -> Result<bool> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM person WHERE id = $1 AND (team_id = $2
             OR EXISTS (SELECT 1 FROM team_member WHERE person_id = $1 AND team_id = $2))",
    ).bind(person).bind(team).fetch_one(c).await)?;
    Ok(count > 0)
}
