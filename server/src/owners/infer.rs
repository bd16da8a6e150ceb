//! Proposals from what the catalog knows: never silent, and never twice.

use super::holder;
use crate::auth::person;
use crate::catalog::{Result, to_json};
use crate::db::{Db, Tx, on};
use crate::lease::Lease;
use crate::people::principals;
use chrono::{DateTime, Utc};
use reeve_model::owner::{Evidence, Holder, HolderKind, OwnerRole};
use reeve_model::principal::Outcome;
use reeve_model::{AssetId, Word};
use serde::Serialize;
use std::collections::HashMap;

/// How many proposals are written in one transaction.
const AT_ONCE: usize = 1_000;

/// A proposal before it is one.
#[derive(Debug, Serialize)]
struct Guess {
    asset: AssetId,
    role: &'static str,
    holder: AssetId,
    /// As JSON.
    evidence: String,
}

/// Makes the proposals that follow from what the catalog knows now; answers how many are new. What was proposed before,
/// whatever became of it, is not proposed again.
///
/// - The metastore names a person as owner: he might be the data owner, where there is none.
/// - It names a service account: that might be the technical owner, and its team the data owner.
/// - The table was made in the place of another: whoever answered for that one might answer for this one.
///
/// A table whose owner in the metastore is its database's too is left to the database.
///
/// # Errors
/// When the database does not answer, or the lease is over.
pub async fn infer(db: &Db, lease: Option<Lease>, now: DateTime<Utc>) -> Result<u64> {
    let mut tx = db.read().await?;
    let mut guesses = by_metastore(&mut tx).await?;
    guesses.extend(by_predecessor(&mut tx).await?);
    drop(tx);
    let mut made = 0;
    for chunk in guesses.chunks(AT_ONCE) {
        let mut tx = db.write().await?;
        if let Some(lease) = lease {
            lease.hold(&mut tx).await?;
        }
        made += on!(&mut tx, c => sqlx::query(
            "INSERT INTO owner_proposal (asset_id, role, holder_id, evidence, state, made_at)
             SELECT CAST(value->>'asset' AS BIGINT), value->>'role', CAST(value->>'holder' AS BIGINT), value->>'evidence',
                 'open', $2 FROM json_each($1) WHERE true ON CONFLICT (asset_id, role, holder_id) DO NOTHING",
        ).bind(to_json(chunk)).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        tx.commit().await?;
    }
    Ok(made)
}

/// The part of a Kerberos principal that names the account: of `etl_order/host@REALM` it is `etl_order`.
fn short_name(principal: &str) -> &str {
    principal.split(['/', '@']).next().unwrap_or_default()
}

async fn by_metastore(tx: &mut Tx) -> Result<Vec<Guess>> {
    let named: Vec<String> = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT owner FROM catalog_database WHERE deleted_at IS NULL AND owner IS NOT NULL
         UNION SELECT owner FROM catalog_table WHERE deleted_at IS NULL AND owner IS NOT NULL",
    ).fetch_all(c).await)?;
    let mut known: HashMap<String, (Holder, Option<AssetId>)> = HashMap::new();
    let outcomes = principals::outcomes(tx, &named).await?;
    for (owner, outcome) in named.into_iter().zip(outcomes) {
        let account = match outcome {
            Outcome::Person(id) | Outcome::Team(id) | Outcome::ServiceOfTeam(id) => Some(id),
            Outcome::Nobody => None,
            // No rule says anything: the account of that name.
            Outcome::Unknown => person::find(tx, short_name(&owner)).await?,
        };
        let Some(account) = account else { continue };
        let Some(holder) = holder::by_id(tx, account).await? else { continue };
        let team: Option<Option<AssetId>> = on!(&mut *tx, c => sqlx::query_scalar("SELECT team_id FROM person WHERE id = $1")
            .bind(account).fetch_optional(c).await)?;
        known.insert(owner, (holder, team.flatten()));
    }
    if known.is_empty() {
        return Ok(vec![]);
    }
    let names = to_json(&known.keys().map(|name| [name]).collect::<Vec<_>>());
    // 1 where there is somebody in the role already.
    let rows: Vec<(AssetId, String, i64, i64)> = on!(tx, c => sqlx::query_as(
        "WITH named (asset_id, database_id, owner) AS (
             SELECT id, id, owner FROM catalog_database
             WHERE deleted_at IS NULL AND owner IN (SELECT value->>0 FROM json_each($1))
             UNION ALL
             SELECT t.id, t.database_id, t.owner FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id
             WHERE t.deleted_at IS NULL AND t.owner IN (SELECT value->>0 FROM json_each($1))
                 AND (d.owner IS NULL OR d.owner <> t.owner))
         SELECT n.asset_id, n.owner,
             CASE WHEN EXISTS (SELECT 1 FROM asset_owner o WHERE o.asset_id IN (n.asset_id, n.database_id)
                 AND o.role = 'data_owner') THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END,
             CASE WHEN EXISTS (SELECT 1 FROM asset_owner o WHERE o.asset_id IN (n.asset_id, n.database_id)
                 AND o.role = 'technical_owner') THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END
         FROM named n WHERE NOT EXISTS (SELECT 1 FROM owner_proposal p WHERE p.asset_id = n.asset_id)",
    ).bind(names).fetch_all(c).await)?;
    let mut guesses = Vec::new();
    for (asset, owner, has_owner, has_technical) in rows {
        let Some((holder, team)) = known.get(&owner) else { continue };
        let mut guess = |role: OwnerRole, of: AssetId, evidence: Evidence| {
            guesses.push(Guess { asset, role: role.as_str(), holder: of, evidence: to_json(&[evidence]) });
        };
        match holder.kind {
            HolderKind::ServiceAccount => {
                if has_technical == 0 {
                    guess(OwnerRole::TechnicalOwner, holder.id, Evidence::MetastoreOwner { owner: owner.clone() });
                }
                if let (Some(team), 0) = (team, has_owner) {
                    let account = holder.name.clone();
                    guess(OwnerRole::DataOwner, *team, Evidence::ServiceAccountOf { account });
                }
            }
            HolderKind::Person | HolderKind::Team if has_owner == 0 => {
                guess(OwnerRole::DataOwner, holder.id, Evidence::MetastoreOwner { owner });
            }
            HolderKind::Person | HolderKind::Team => {}
        }
    }
    Ok(guesses)
}

async fn by_predecessor(tx: &mut Tx) -> Result<Vec<Guess>> {
    let rows: Vec<(AssetId, String, AssetId)> = on!(tx, c => sqlx::query_as(
        "SELECT t.id, o.role, o.holder_id FROM asset_owner o
         JOIN catalog_table p ON p.id = o.asset_id AND p.deleted_at IS NOT NULL
         JOIN catalog_table t ON t.story_id = p.story_id AND t.predecessor_id = p.id AND t.deleted_at IS NULL
         WHERE NOT EXISTS (SELECT 1 FROM asset_owner own WHERE own.asset_id = t.id AND own.role = o.role)",
    ).fetch_all(c).await)?;
    let guess = |(asset, role, holder): (AssetId, String, AssetId)| {
        let role = OwnerRole::parse(&role).map(Word::as_str)?;
        Some(Guess { asset, role, holder, evidence: to_json(&[Evidence::Predecessor]) })
    };
    Ok(rows.into_iter().filter_map(guess).collect())
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn a_principal_is_an_account_and_where_it_is() {
        for principal in ["etl_order", "etl_order@PROD", "etl_order/host1.corp@PROD"] {
            assert_eq!(short_name(principal), "etl_order");
        }
    }
}
