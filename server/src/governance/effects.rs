//! What follows from a decision: made so in its own transaction, or left for who does it outside.

use super::apply::{Decision, object};
use super::{GovernanceError, Result};
use crate::app::App;
use crate::audit::Origin;
use crate::curation::CurationError;
use crate::curation::edit::{self, Editor};
use crate::db::{WriteTx, on};
use crate::owners::{self, Subject, Wanted};
use crate::{notify, retention};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::audit::Event as AuditEvent;
use reeve_model::curation::{Deprecate, Edit};
use reeve_model::owner::{OwnerSource, OwnerState};
use reeve_model::request::{Content, DeprecationChange, Effect, Event, OwnershipChange, OwnershipMove, Request};

/// Makes one so. Answers what became of it, where that is known now.
pub(super) async fn make(
    tx: &mut WriteTx,
    app: &App,
    origin: &Origin,
    decision: &Decision,
    effect: &Effect,
    now: DateTime<Utc>,
) -> Result<Option<Event>> {
    let request = &decision.request;
    match effect {
        Effect::Hold(hold) => {
            let Some(asset) = request.subject.asset else { return Ok(None) };
            on!(&mut *tx, c => sqlx::query(
                "INSERT INTO request_hold (request_id, asset_id, from_day, until_day) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (request_id) DO UPDATE SET asset_id = excluded.asset_id, until_day = excluded.until_day",
            ).bind(request.id).bind(asset).bind(hold.from).bind(hold.until).execute(c).await.map(drop))?;
            tx.touch(asset);
        }
        Effect::Release => {
            on!(&mut *tx, c => sqlx::query("UPDATE request_hold SET released_at = $2 WHERE request_id = $1 AND released_at IS NULL")
                .bind(request.id).bind(now).execute(c).await.map(drop))?;
            touch(tx, request);
        }
        Effect::Lapse => touch(tx, request),
        Effect::Notify { whom, notice } => {
            let today = decision.known.calendar.day(now);
            let what = (request, &decision.known.directory);
            notify::requests::tell(tx, &app.post, what, (whom, *notice), (now, today))
                .await
                .map_err(GovernanceError::Catalog)?;
        }
        Effect::Apply => return apply(tx, origin, decision, now).await,
        Effect::Check => return check(tx, app, decision, now).await,
    }
    Ok(None)
}

fn touch(tx: &mut WriteTx, request: &Request) {
    if let Some(asset) = request.subject.asset {
        tx.touch(asset);
    }
}

/// What was agreed, where Reeve itself can do it; else nothing is known yet, and an operator says when it is done.
pub(super) async fn apply(
    tx: &mut WriteTx,
    origin: &Origin,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<Option<Event>> {
    let request = &decision.request;
    let today = decision.known.calendar.day(now);
    let done = Some(Event::Applied { days: request.content.days() });
    let made = match &request.content {
        // An agreement is in force by being approved; what is deleted asks for it.
        Content::RetentionExtension(_) => {
            touch(tx, request);
            Ok(done)
        }
        Content::Ownership(change) => own(tx, origin, request, change, now).await.map(|()| done),
        Content::Deprecation(DeprecationChange::Deprecate { on, .. }) if *on > today => Ok(None),
        Content::Deprecation(DeprecationChange::Deprecate { note, replacement, .. }) => {
            let deprecated = Some(Deprecate { note: note.clone(), replacement: replacement.clone() });
            let change = Edit { deprecated: Some(deprecated), ..Edit::default() };
            edited(tx, origin, request, &change, now).await.map(|()| done)
        }
        Content::Deprecation(DeprecationChange::Withdraw) => {
            let change = Edit { deprecated: Some(None), ..Edit::default() };
            edited(tx, origin, request, &change, now).await.map(|()| done)
        }
        Content::Proposal(proposed) => edited(tx, origin, request, &proposed.change, now).await.map(|()| done),
        Content::PolicyChange(change) => {
            retention::policies::agreed(tx, origin, request.id, change, &request.reason, now).await.map(|()| done)
        }
        Content::Access(_) | Content::Restore(_) | Content::Ingestion(_) => Ok(None),
    };
    match made {
        // What stands in the way is told; a database that does not answer is no reason to give up.
        Err(GovernanceError::Effect(why)) => Ok(Some(Event::Failed { why })),
        other => other,
    }
}

/// Whether it is so now.
async fn check(tx: &mut WriteTx, app: &App, decision: &Decision, now: DateTime<Utc>) -> Result<Option<Event>> {
    let request = &decision.request;
    let is_so = match (&request.content, request.subject.asset) {
        (Content::RetentionExtension(asked), Some(asset)) => {
            retention::keeps(tx, app, asset, request.id, asked.days, decision.known.calendar.day(now)).await?
        }
        (Content::Ownership(change), _) => {
            let mut all = true;
            for asset in assets(request, change) {
                let owners = owners::of_asset(tx, asset).await?.owners;
                all &= owners.iter().any(|owner| owner.role == change.role && owner.holder.id == change.to);
            }
            all
        }
        (Content::Deprecation(change), Some(asset)) => {
            let wanted = matches!(change, DeprecationChange::Deprecate { .. });
            edit::standing(tx, asset).await.map_err(refused)?.is_some_and(|now| now.deprecated.is_some() == wanted)
        }
        (Content::Proposal(proposed), Some(asset)) => edit::standing(tx, asset)
            .await
            .map_err(refused)?
            .is_some_and(|now| now.difference(&proposed.change).is_empty()),
        (Content::PolicyChange(_), _) => true,
        _ => false,
    };
    Ok(is_so.then_some(Event::Verified))
}

/// The same edit by whoever decided; what he may not do a rule said that he may.
async fn edited(tx: &mut WriteTx, origin: &Origin, request: &Request, change: &Edit, now: DateTime<Utc>) -> Result<()> {
    let Some(asset) = request.subject.asset else { return Err(gone(request)) };
    let editor = Editor { login: &origin.actor, origin, now };
    edit::apply(tx, editor, asset, None, change).await.map(drop).map_err(refused)
}

fn refused(error: CurationError) -> GovernanceError {
    match error {
        CurationError::Refused(refusal) => GovernanceError::Effect(format!("{refusal:?}")),
        CurationError::Catalog(error) => error.into(),
    }
}

fn gone(request: &Request) -> GovernanceError {
    GovernanceError::Effect(format!("{} is no more in the catalog", request.subject.name))
}

fn assets(request: &Request, change: &OwnershipChange) -> Vec<AssetId> {
    match change.how {
        OwnershipMove::HandOver => change.assets.iter().copied().collect(),
        OwnershipMove::Claim | OwnershipMove::Transfer => request.subject.asset.into_iter().collect(),
    }
}

/// Makes him the owner in this role, in the place of who had it: of each whose own owner that was.
async fn own(
    tx: &mut WriteTx,
    origin: &Origin,
    request: &Request,
    change: &OwnershipChange,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(holder) = owners::by_id(tx, change.to).await? else { return Err(gone(request)) };
    if holder.state == OwnerState::Departed {
        return Err(GovernanceError::Effect(format!("{} has left", holder.title)));
    }
    let source = if change.how == OwnershipMove::Claim { OwnerSource::Claimed } else { OwnerSource::Assigned };
    let event = match change.how {
        OwnershipMove::Claim => AuditEvent::OwnerClaimed,
        OwnershipMove::Transfer => AuditEvent::OwnersChanged,
        OwnershipMove::HandOver => AuditEvent::HandedOver,
    };
    for asset in assets(request, change) {
        let Some(named) = edit::standing(tx, asset).await.map_err(refused)? else { continue };
        let subject = Subject { asset, is_database: !named.is_table, name: named.name };
        let mut wanted = owners::kept(tx, asset).await?;
        wanted.retain(|one| one.role != change.role);
        wanted.push(Wanted { role: change.role, holder: holder.clone(), source, evidence: vec![] });
        let reason = object(request);
        owners::set(tx, &subject, &wanted, event, origin, Some(&format!("request {}", reason.id)), now).await?;
    }
    Ok(())
}
