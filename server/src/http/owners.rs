//! Owners of a database or table, as pages and API act on them: one decision for both.

use crate::app::App;
use crate::audit::Origin;
use crate::auth::Caller;
use crate::db::{Tx, WriteTx};
use crate::http::error::{Error, Result};
use crate::owners::{self, Subject, Unresolved, Wanted};
use reeve_model::Word;
use reeve_model::asset::{DatabaseSummary, TableDetail};
use reeve_model::audit::Event;
use reeve_model::owner::{Holder, OwnerRole, OwnerSource, OwnerState, Owners, ProposalState};
use reeve_model::permission::Action;
use reeve_model::problem::OwnerRefusal;

/// More than these nobody can ask.
pub(in crate::http) const MOST: usize = 20;

impl From<&TableDetail> for Subject {
    fn from(table: &TableDetail) -> Self {
        Self { asset: table.summary.id, is_database: false, name: table.qualified_name.clone() }
    }
}

impl From<&DatabaseSummary> for Subject {
    fn from(database: &DatabaseSummary) -> Self {
        Self { asset: database.id, is_database: true, name: database.name.clone() }
    }
}

/// Who answers for it, and what is proposed.
pub(in crate::http) async fn show(tx: &mut Tx, subject: &Subject) -> Result<Owners> {
    let owners = owners::of_asset(tx, subject.asset).await?;
    Ok(Owners { proposals: owners::open(tx, subject.asset).await?, ..owners })
}

/// Whom a text means, as one who is to answer for something: he is there.
///
/// # Errors
/// Nobody is called so, several are, or he has left.
pub(in crate::http) async fn holder(tx: &mut Tx, text: &str) -> Result<Holder> {
    let name = || crate::http::error::echo(text);
    match owners::resolve(tx, text).await? {
        Err(Unresolved::Nobody) => Err(OwnerRefusal::Nobody { name: name() }.into()),
        Err(Unresolved::Several) => Err(OwnerRefusal::Several { name: name() }.into()),
        Ok(holder) if holder.state == OwnerState::Departed => Err(OwnerRefusal::HasLeft { name: name() }.into()),
        Ok(holder) => Ok(holder),
    }
}

/// Makes these the asset's own owners, in place of those that it has.
///
/// # Errors
/// Forbidden, or one of them is nobody.
pub(in crate::http) async fn replace(
    app: &App,
    caller: &Caller,
    origin: &Origin,
    subject: &Subject,
    wanted: &[(String, String)],
    reason: Option<&str>,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    may_assign(&mut tx, caller, subject).await?;
    if wanted.len() > MOST {
        return Err(Error::out_of_range("owners", wanted.len(), 0, i64::try_from(MOST).unwrap_or(i64::MAX)));
    }
    let before = owners::of_asset(&mut tx, subject.asset).await?.owners;
    let mut all = Vec::with_capacity(wanted.len());
    for (at, (role, name)) in wanted.iter().enumerate() {
        let known = || Error::not_one_of(&format!("owners[{at}].role"), role, &OwnerRole::words());
        let role = OwnerRole::parse(role).ok_or_else(known)?;
        // Whoever has left may stay on the list; nobody who has left comes onto it.
        let stays = |owner: &&reeve_model::owner::Owner| {
            !owner.inherited && owner.role == role && owner.holder.word() == name.trim().to_lowercase()
        };
        all.push(match before.iter().find(stays) {
            Some(owner) => {
                Wanted { role, holder: owner.holder.clone(), source: owner.source, evidence: owner.evidence.clone() }
            }
            None => assigned(role, holder(&mut tx, name).await?),
        });
    }
    owners::set(&mut tx, subject, &all, Event::OwnersChanged, origin, reason, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Adds one to the asset's own owners.
///
/// # Errors
/// Forbidden, or he is nobody.
pub(in crate::http) async fn assign(
    app: &App,
    caller: &Caller,
    origin: &Origin,
    subject: &Subject,
    role: OwnerRole,
    name: &str,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    may_assign(&mut tx, caller, subject).await?;
    let one = assigned(role, holder(&mut tx, name).await?);
    owners::add(&mut tx, subject, one, Event::OwnersChanged, origin, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes one away from the asset's own owners.
///
/// # Errors
/// Forbidden.
pub(in crate::http) async fn take(
    app: &App,
    caller: &Caller,
    origin: &Origin,
    subject: &Subject,
    role: OwnerRole,
    name: &str,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    may_assign(&mut tx, caller, subject).await?;
    let own = owners::of_asset(&mut tx, subject.asset).await?.owners.into_iter();
    let Some(owner) = own.filter(|owner| owner.role == role).find(|owner| owner.holder.word() == name) else {
        return Ok(());
    };
    owners::take(&mut tx, subject, role, owner.holder.id, origin, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Whoever asks says that it is his, where it is nobody's.
///
/// # Errors
/// Forbidden, or it has an owner.
pub(in crate::http) async fn claim(app: &App, caller: &Caller, origin: &Origin, subject: &Subject) -> Result<()> {
    let mut tx = app.db.write().await?;
    let resource = owners::relation(&mut tx, &caller.actor, subject.asset).await?;
    caller.actor.may(Action::Claim, &resource)?;
    let Some(person) = caller.actor.person else { return Err(OwnerRefusal::NotAPerson.into()) };
    if !owners::of_asset(&mut tx, subject.asset).await?.is_nobodys() {
        return Err(OwnerRefusal::HasOwner { name: subject.name.clone() }.into());
    }
    let Some(holder) = owners::by_id(&mut tx, person).await? else { return Err(OwnerRefusal::NotAPerson.into()) };
    let one = Wanted { role: OwnerRole::DataOwner, holder, source: OwnerSource::Claimed, evidence: vec![] };
    owners::add(&mut tx, subject, one, Event::OwnerClaimed, origin, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Accepts or declines a proposal; one that was decided already stays as it is.
///
/// # Errors
/// Forbidden. Whoever is proposed himself may accept what is nobody's, and decline.
pub(in crate::http) async fn decide(
    app: &App,
    caller: &Caller,
    origin: &Origin,
    subject: &Subject,
    proposal: i64,
    decision: ProposalState,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let proposed = owners::open(&mut tx, subject.asset).await?.into_iter().find(|one| one.id == proposal);
    let Some(proposed) = proposed else {
        return Ok(());
    };
    let resource = owners::relation(&mut tx, &caller.actor, subject.asset).await?;
    let is_nobodys = owners::of_asset(&mut tx, subject.asset).await?.is_nobodys();
    let may_claim = is_nobodys || decision == ProposalState::Declined;
    let is_his = owners::is_answerable(&mut tx, &caller.actor, proposed.holder.id).await?;
    if !(is_his && may_claim && caller.actor.can(Action::Claim, &resource)) {
        caller.actor.may(Action::AssignOwner, &resource)?;
    }
    owners::decide(&mut tx, subject, proposal, decision, origin, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

fn assigned(role: OwnerRole, holder: Holder) -> Wanted {
    Wanted { role, holder, source: OwnerSource::Assigned, evidence: vec![] }
}

async fn may_assign(tx: &mut WriteTx, caller: &Caller, subject: &Subject) -> Result<()> {
    let resource = owners::relation(tx, &caller.actor, subject.asset).await?;
    Ok(caller.actor.may(Action::AssignOwner, &resource)?)
}
