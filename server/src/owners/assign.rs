//! Who answers for it, as people say it.

use super::succession;
use crate::audit::{Act, Object, Origin};
use crate::catalog::{Result, to_json};
use crate::db::{WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::asset::ChangeKind;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::owner::{Evidence, Holder, OwnerRole, OwnerSource};
use reeve_model::{AssetId, Word};
use std::collections::BTreeMap;

/// One who is to answer for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub role: OwnerRole,
    pub holder: Holder,
    pub source: OwnerSource,
    pub evidence: Vec<Evidence>,
}

/// A database or table that is acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub asset: AssetId,
    pub is_database: bool,
    /// `db` or `db.table`.
    pub name: String,
}

impl Subject {
    pub(crate) fn object(&self) -> Object {
        let kind = if self.is_database { ObjectKind::Database } else { ObjectKind::Table };
        Object::new(kind, self.asset, &self.name)
    }
}

/// What an asset's own owners were and are: `data_owner jihoon.park, data_steward team/order`.
type Own = BTreeMap<(OwnerRole, AssetId), String>;

/// Makes these the owners of the asset itself, and nobody else: with none it has those of its database. Writes history and
/// audit log, and has the index look at it and at all that inherits from it. Answers whether anything changed.
///
/// # Errors
/// When the database does not answer.
pub async fn set(
    tx: &mut WriteTx,
    subject: &Subject,
    wanted: &[Wanted],
    event: Event,
    origin: &Origin,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let before = own(tx, subject.asset).await?;
    let after: Own = wanted.iter().map(|one| ((one.role, one.holder.id), one.holder.word())).collect();
    if before.keys().eq(after.keys()) {
        return Ok(false);
    }
    for (role, holder) in before.keys().filter(|key| !after.contains_key(key)) {
        on!(&mut *tx, c => sqlx::query("DELETE FROM asset_owner WHERE asset_id = $1 AND role = $2 AND holder_id = $3")
            .bind(subject.asset).bind(role.as_str()).bind(holder).execute(c).await.map(drop))?;
        // Of those who have the role now, one who is new in it.
        let mut heirs: Vec<_> = after.keys().filter(|key| key.0 == *role).collect();
        heirs.sort_by_key(|key| before.contains_key(key));
        succession::decided(tx, subject.asset, *role, *holder, heirs.first().map(|key| key.1), origin, now).await?;
    }
    for one in wanted.iter().filter(|one| !before.contains_key(&(one.role, one.holder.id))) {
        let evidence = (!one.evidence.is_empty()).then(|| to_json(&one.evidence));
        on!(&mut *tx, c => sqlx::query(
            "INSERT INTO asset_owner (asset_id, role, holder_id, source, since, assigned_by, evidence)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (asset_id, role, holder_id) DO NOTHING",
        )
            .bind(subject.asset).bind(one.role.as_str()).bind(one.holder.id).bind(one.source.as_str()).bind(now)
            .bind(&origin.actor).bind(evidence).execute(c).await.map(drop))?;
    }
    // What was proposed and is so now needs no decision.
    on!(&mut *tx, c => sqlx::query(
        "UPDATE owner_proposal SET state = 'accepted', decided_at = $2, decided_by = $3
         WHERE asset_id = $1 AND state = 'open' AND EXISTS (SELECT 1 FROM asset_owner o
             WHERE o.asset_id = $1 AND o.role = owner_proposal.role AND o.holder_id = owner_proposal.holder_id)",
    ).bind(subject.asset).bind(now).bind(&origin.actor).execute(c).await.map(drop))?;
    for &role in OwnerRole::ALL {
        let of = |own: &Own| {
            let names: Vec<&str> =
                own.iter().filter(|((of, _), _)| *of == role).map(|(_, name)| name.as_str()).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let (old, new) = (of(&before), of(&after));
        if old != new {
            on!(&mut *tx, c => sqlx::query(
                "INSERT INTO history (asset_id, at, actor, kind, field, old_value, new_value)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
                .bind(subject.asset).bind(now).bind(&origin.actor).bind(ChangeKind::OwnersAssigned.as_str())
                .bind(role.as_str()).bind(old).bind(new).execute(c).await.map(drop))?;
        }
    }
    let act = Act::new(origin, now, event, subject.object()).change(told(&before), told(&after));
    tx.record(match reason {
        Some(reason) => act.because(reason),
        None => act,
    });
    touch(tx, subject).await?;
    Ok(true)
}

/// Adds one to the owners that the asset itself has.
///
/// # Errors
/// When the database does not answer.
pub async fn add(
    tx: &mut WriteTx,
    subject: &Subject,
    one: Wanted,
    event: Event,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut wanted = kept(tx, subject.asset).await?;
    wanted.push(one);
    set(tx, subject, &wanted, event, origin, None, now).await
}

/// Takes one away from those that the asset itself has.
///
/// # Errors
/// When the database does not answer.
pub async fn take(
    tx: &mut WriteTx,
    subject: &Subject,
    role: OwnerRole,
    holder: AssetId,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut wanted = kept(tx, subject.asset).await?;
    wanted.retain(|one| (one.role, one.holder.id) != (role, holder));
    set(tx, subject, &wanted, Event::OwnersChanged, origin, None, now).await
}

/// The owners that the asset itself has, to be kept.
pub(crate) async fn kept(tx: &mut WriteTx, asset: AssetId) -> Result<Vec<Wanted>> {
    let owners = super::of_asset(tx, asset).await?.owners.into_iter().filter(|owner| !owner.inherited);
    let kept = |owner: reeve_model::owner::Owner| Wanted {
        role: owner.role,
        holder: owner.holder,
        source: owner.source,
        evidence: owner.evidence,
    };
    Ok(owners.map(kept).collect())
}

/// Has the index look again at what a person or team answers for: how it stands with them has changed, or their name.
///
/// # Errors
/// When the database does not answer.
pub async fn changed_state(tx: &mut WriteTx, holder: AssetId) -> Result<()> {
    let touched: Vec<AssetId> = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT asset_id FROM asset_owner WHERE holder_id = $1
         UNION SELECT t.id FROM asset_owner o JOIN catalog_table t ON t.database_id = o.asset_id
         WHERE o.holder_id = $1 AND t.deleted_at IS NULL",
    ).bind(holder).fetch_all(c).await)?;
    touched.into_iter().for_each(|asset| tx.touch(asset));
    Ok(())
}

async fn touch(tx: &mut WriteTx, subject: &Subject) -> Result<()> {
    tx.touch(subject.asset);
    if subject.is_database {
        let tables: Vec<AssetId> = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT id FROM catalog_table WHERE database_id = $1 AND deleted_at IS NULL",
        ).bind(subject.asset).fetch_all(c).await)?;
        tables.into_iter().for_each(|asset| tx.touch(asset));
    }
    Ok(())
}

async fn own(tx: &mut WriteTx, asset: AssetId) -> Result<Own> {
    let kept = kept(tx, asset).await?;
    Ok(kept.into_iter().map(|one| ((one.role, one.holder.id), one.holder.word())).collect())
}

fn told(own: &Own) -> Option<String> {
    let one = |((role, _), name): (&(OwnerRole, AssetId), &String)| format!("{} {name}", role.as_str());
    (!own.is_empty()).then(|| own.iter().map(one).collect::<Vec<_>>().join(", "))
}
