use crate::audit::Origin;
use crate::catalog::{Result, bad_word};
use crate::db::{Tx, WriteTx, on};
use crate::owners::{Subject, Wanted, assign, is_answerable, set};
use chrono::{DateTime, Utc};
use reeve_model::audit::Event;
use reeve_model::owner::{Holder, OwnerRole, OwnerSource};
use reeve_model::permission::{Actor, Relation, Resource};
use reeve_model::succession::CaseDetail;
use reeve_model::{AssetId, Word};

/// A case as something that this actor acts on: he led the one who left, or might take over what he left.
///
/// # Errors
/// When the database does not answer.
pub async fn resource(tx: &mut Tx, actor: &Actor, case: &CaseDetail) -> Result<Resource> {
    let mut relations = Vec::new();
    let leads = |holder: &Option<Holder>| holder.as_ref().map(|holder| holder.id);
    if actor.person.is_some() && leads(&case.case.manager) == actor.person {
        relations.push(Relation::Manager);
    }
    if let Some(team) = leads(&case.case.team)
        && is_answerable(tx, actor, team).await?
    {
        relations.push(Relation::Manager);
    }
    for heir in &case.heirs {
        if is_answerable(tx, actor, heir.holder.id).await? {
            relations.push(Relation::Heir);
            break;
        }
    }
    Ok(Resource::with(relations))
}

/// Gives open items of a case to somebody: these, or all. He answers for them from now on, in the same roles. Answers how
/// many they were.
///
/// # Errors
/// When the database does not answer.
pub async fn hand_over(
    tx: &mut WriteTx,
    case: &CaseDetail,
    items: Option<&[i64]>,
    heir: &Holder,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<u64> {
    let person = case.case.person.id;
    // Read again: others may have decided since the page was made.
    let open: Vec<(i64, AssetId, String, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT i.id, i.asset_id, i.role, i.name FROM succession_item i JOIN succession s ON s.id = i.succession_id
         WHERE i.succession_id = $1 AND i.state = 'open' AND i.role IS NOT NULL AND s.state = 'open' ORDER BY i.id",
    ).bind(case.case.id).fetch_all(c).await)?;
    let mut done = 0;
    for (id, asset, role, name) in open {
        // What is hidden from whoever asks is not in the case that he was given.
        if !case.items_list.iter().any(|item| item.id == id) || items.is_some_and(|items| !items.contains(&id)) {
            continue;
        }
        let role = OwnerRole::parse(&role).ok_or_else(|| bad_word("succession_item", "role", id, &role))?;
        let kind: String = on!(&mut *tx, c => sqlx::query_scalar("SELECT kind FROM asset WHERE id = $1")
            .bind(asset).fetch_one(c).await)?;
        let subject = Subject { asset, is_database: kind == "database", name };
        let mut wanted = assign::kept(tx, asset).await?;
        let before = wanted.len();
        wanted.retain(|one| (one.role, one.holder.id) != (role, person));
        if wanted.len() == before {
            // Somebody took it away from him meanwhile, without a word of who has it.
            super::decided(tx, asset, role, person, None, origin, now).await?;
            continue;
        }
        if !wanted.iter().any(|one| (one.role, one.holder.id) == (role, heir.id)) {
            let source = OwnerSource::Assigned;
            wanted.push(Wanted { role, holder: heir.clone(), source, evidence: vec![] });
        }
        let reason = format!("succession {}", case.case.id);
        set(tx, &subject, &wanted, Event::HandedOver, origin, Some(&reason), now).await?;
        done += 1;
    }
    Ok(done)
}
