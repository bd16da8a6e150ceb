use super::holder::{HolderRow, join_holder, select_holder};
use crate::catalog::{Result, bad_word, json, to_json};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::owner::{Owner, OwnerRole, OwnerSource, Owners, state};
use reeve_model::{AssetId, Word};
use std::collections::{BTreeSet, HashMap};

#[derive(sqlx::FromRow)]
struct Row {
    asset_id: AssetId,
    role: String,
    source: String,
    since: DateTime<Utc>,
    assigned_by: String,
    evidence: Option<String>,
    #[sqlx(flatten)]
    holder: HolderRow,
}

impl Row {
    fn owner(self) -> Result<Owner> {
        const TABLE: &str = "asset_owner";
        let id = self.asset_id.0;
        Ok(Owner {
            holder: self.holder.holder()?,
            role: OwnerRole::parse(&self.role).ok_or_else(|| bad_word(TABLE, "role", id, &self.role))?,
            source: OwnerSource::parse(&self.source).ok_or_else(|| bad_word(TABLE, "source", id, &self.source))?,
            since: self.since,
            by: self.assigned_by,
            inherited: false,
            evidence: self.evidence.map_or(Ok(vec![]), |text| json(TABLE, "evidence", id, &text))?,
        })
    }
}

/// Who answers for a database, table or view, without what is merely proposed.
pub async fn of_asset(tx: &mut Tx, asset: AssetId) -> Result<Owners> {
    let database: Option<AssetId> = on!(&mut *tx, c => sqlx::query_scalar("SELECT database_id FROM catalog_table WHERE id = $1")
        .bind(asset).fetch_optional(c).await)?;
    let mut all = of_assets(tx, &[(asset, database)]).await?;
    Ok(all.remove(&asset).unwrap_or_else(|| Owners { owner_state: state([]), owners: vec![], proposals: vec![] }))
}

/// [`of_asset`] of many at once, each with the database that it is in; those that nobody answers for are left out.
pub async fn of_assets(tx: &mut Tx, assets: &[(AssetId, Option<AssetId>)]) -> Result<HashMap<AssetId, Owners>> {
    let ids: BTreeSet<AssetId> =
        assets.iter().flat_map(|(asset, database)| [Some(*asset), *database]).flatten().collect();
    let ids = to_json(&ids.iter().map(|id| [id]).collect::<Vec<_>>());
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT o.asset_id, o.role, o.source, o.since, o.assigned_by, o.evidence, ", select_holder!(),
        " FROM asset_owner o", join_holder!("o.holder_id"),
        "WHERE o.asset_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1)) ORDER BY o.since, o.holder_id"
    )).bind(ids).fetch_all(c).await)?;
    let mut own: HashMap<AssetId, Vec<Owner>> = HashMap::new();
    for row in rows {
        own.entry(row.asset_id).or_default().push(row.owner()?);
    }
    let mut all = HashMap::new();
    if own.is_empty() {
        return Ok(all);
    }
    let of = |asset: AssetId| own.get(&asset).map(Vec::as_slice).unwrap_or_default();
    for (asset, database) in assets {
        let owners = joined(of(*asset), database.map(of).unwrap_or_default());
        if !owners.is_empty() {
            all.insert(*asset, Owners { owner_state: state(&owners), owners, proposals: vec![] });
        }
    }
    Ok(all)
}

/// An asset's own, and for each role that it has nobody in, those of its database.
fn joined(own: &[Owner], of_database: &[Owner]) -> Vec<Owner> {
    let mut all = Vec::with_capacity(own.len() + of_database.len());
    for &role in OwnerRole::ALL {
        let mine = || own.iter().filter(move |owner| owner.role == role);
        if mine().next().is_some() {
            all.extend(mine().cloned());
        } else {
            let theirs = of_database.iter().filter(|owner| owner.role == role);
            all.extend(theirs.map(|owner| Owner { inherited: true, ..owner.clone() }));
        }
    }
    all
}
