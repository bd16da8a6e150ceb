use crate::catalog::{Result, bad_word};
use crate::db::{Tx, on};
use reeve_model::owner::OwnerRole;
use reeve_model::permission::{Actor, Holding, Relation, Resource};
use reeve_model::{AssetId, Word};
use std::collections::BTreeSet;

#[derive(sqlx::FromRow)]
struct Row {
    is_own: bool,
    role: String,
    holder_id: AssetId,
    lead_id: Option<AssetId>,
}

/// A database, table or view as something that this actor acts on.
///
/// # Errors
/// When the database does not answer.
pub async fn relation(tx: &mut Tx, actor: &Actor, asset: AssetId) -> Result<Resource> {
    Ok(Resource::with(relations(tx, actor, asset).await?))
}

/// How the actor stands to a database, table or view. Who leads a team has what it has; its members are members.
///
/// # Errors
/// When the database does not answer.
pub async fn relations(tx: &mut Tx, actor: &Actor, asset: AssetId) -> Result<BTreeSet<Relation>> {
    if actor.person.is_none() && actor.teams.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT o.asset_id = $1 AS is_own, o.role, o.holder_id, t.lead_id FROM asset_owner o
         LEFT JOIN team t ON t.id = o.holder_id
         WHERE o.asset_id = $1 OR o.asset_id = (SELECT database_id FROM catalog_table WHERE id = $1)",
    ).bind(asset).fetch_all(c).await)?;
    let mut found = BTreeSet::new();
    let mut parsed = Vec::with_capacity(rows.len());
    for row in rows {
        let role = OwnerRole::parse(&row.role).ok_or_else(|| bad_word("asset_owner", "role", asset.0, &row.role))?;
        parsed.push((role, row));
    }
    for &role in OwnerRole::ALL {
        let of_role = || parsed.iter().filter(move |(of, _)| *of == role).map(|(_, row)| row);
        let has_own = of_role().any(|row| row.is_own);
        for row in of_role() {
            let holding = match row.lead_id {
                Some(lead) if actor.person == Some(lead) => Some(Holding::Himself),
                _ => actor.holds(row.holder_id),
            };
            let Some(holding) = holding else { continue };
            if row.is_own || !has_own {
                found.insert(to_it(role, holding));
            } else if (role, holding) == (OwnerRole::DataOwner, Holding::Himself) {
                found.insert(Relation::DatabaseOwner);
            }
        }
    }
    Ok(found)
}

/// What `owner:me` means for this actor: himself, and the teams that he leads.
///
/// # Errors
/// When the database does not answer.
pub async fn words_of(tx: &mut Tx, actor: &Actor) -> Result<Vec<String>> {
    let Some(person) = actor.person else { return Ok(vec![]) };
    let led: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT 'team/' || name FROM team WHERE lead_id = $1 AND deleted_at IS NULL ORDER BY name",
    ).bind(person).fetch_all(c).await)?;
    Ok(std::iter::once(actor.login.clone()).chain(led).collect())
}

/// Whether the actor answers for what this holder has: it is himself, or a team that he leads.
///
/// # Errors
/// When the database does not answer.
pub async fn is_answerable(tx: &mut Tx, actor: &Actor, holder: AssetId) -> Result<bool> {
    if actor.person.is_none() || actor.person == Some(holder) {
        return Ok(actor.person.is_some());
    }
    let lead: Option<Option<AssetId>> = on!(tx, c => sqlx::query_scalar("SELECT lead_id FROM team WHERE id = $1")
        .bind(holder).fetch_optional(c).await)?;
    Ok(lead.flatten() == actor.person)
}

fn to_it(role: OwnerRole, holding: Holding) -> Relation {
    match (role, holding) {
        (OwnerRole::DataOwner, Holding::Himself) => Relation::Owner,
        (OwnerRole::DataSteward, Holding::Himself) => Relation::Steward,
        // A team that runs what writes it decides nothing about it, and so do its members.
        (OwnerRole::TechnicalOwner, _) => Relation::TechnicalOwner,
        (OwnerRole::DataOwner | OwnerRole::DataSteward, Holding::AsMember) => Relation::Member,
    }
}
