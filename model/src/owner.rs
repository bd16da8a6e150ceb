//! Who answers for a database or table: persons, teams and service accounts, in which role, since when and by which source.

use crate::AssetId;
use crate::person::PersonState;
use crate::word::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// For what one answers.
    OwnerRole {
        /// Decides: who reads it, how long it stays, what becomes of it.
        DataOwner,
        /// Keeps what is said of it true.
        DataSteward,
        /// Runs what writes it.
        TechnicalOwner,
    }
}

words! {
    /// How somebody came to answer for it.
    OwnerSource {
        /// Somebody who may do so said it.
        Assigned,
        /// He said it himself, where there was nobody.
        Claimed,
        /// The metastore names him, and somebody confirmed it.
        Metastore,
        /// It followed from what is known, and somebody confirmed it.
        Inferred,
    }
}

words! {
    /// How it stands with those who decide over an asset: with the best of several.
    OwnerState {
        Active,
        OnLeave,
        /// Missing from one complete crawl of people.
        Suspected,
        Departed,
        /// There is nobody.
        None,
    }
}

words! {
    HolderKind {
        Person,
        ServiceAccount,
        Team,
    }
}

words! {
    ProposalState {
        Open,
        Accepted,
        Declined,
    }
}

#[expect(clippy::derivable_impls, reason = "`words!` gives the same derives to all")]
impl Default for OwnerState {
    fn default() -> Self {
        Self::None
    }
}

impl OwnerState {
    /// Of a person or service account; one that was disabled acts no more than one who left.
    pub fn of_person(state: PersonState, is_disabled: bool) -> Self {
        match state {
            _ if is_disabled => Self::Departed,
            PersonState::Active | PersonState::Planned => Self::Active,
            PersonState::OnLeave => Self::OnLeave,
            PersonState::Suspected => Self::Suspected,
            PersonState::Departed => Self::Departed,
        }
    }
}

/// A person, service account or team that can answer for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holder {
    pub id: AssetId,
    pub kind: HolderKind,
    /// Login, or the team's name in its address.
    pub name: String,
    /// As people write it.
    pub title: String,
    /// Never `none`.
    pub state: OwnerState,
}

impl Holder {
    /// As forms, the API and searches name it: `jihoon.park`, `team/order`.
    pub fn word(&self) -> String {
        match self.kind {
            HolderKind::Team => format!("team/{}", self.name),
            HolderKind::Person | HolderKind::ServiceAccount => self.name.clone(),
        }
    }
}

/// One who answers for an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Owner {
    pub holder: Holder,
    pub role: OwnerRole,
    pub source: OwnerSource,
    pub since: DateTime<Utc>,
    /// Login of who said so.
    pub by: String,
    /// He answers for the database, and so for this table that nobody else answers for in this role.
    pub inherited: bool,
    /// What it was concluded from, where it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// What lets one think that somebody answers for an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The metastore names this owner, whose principal it is.
    MetastoreOwner { owner: String },
    /// A service account of the team made it.
    ServiceAccountOf { account: String },
    /// He answered for the table that this one was made in the place of.
    Predecessor,
}

/// Who might answer for it; nobody does until someone accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnerProposal {
    pub id: i64,
    pub holder: Holder,
    pub role: OwnerRole,
    pub evidence: Vec<Evidence>,
    pub made_at: DateTime<Utc>,
}

/// Who answers for an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Owners {
    /// Of its data owners.
    pub owner_state: OwnerState,
    /// By role, those who have been for longest first.
    pub owners: Vec<Owner>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<OwnerProposal>,
}

impl Owners {
    pub fn of_role(&self, role: OwnerRole) -> impl Iterator<Item = &Owner> {
        self.owners.iter().filter(move |owner| owner.role == role)
    }

    /// Nobody answers for it, whether for itself or for its database.
    pub fn is_nobodys(&self) -> bool {
        self.owner_state == OwnerState::None
    }
}

/// How it stands with those who decide: with the best of them.
pub fn state<'a>(owners: impl IntoIterator<Item = &'a Owner>) -> OwnerState {
    let deciding = owners.into_iter().filter(|owner| owner.role == OwnerRole::DataOwner);
    deciding.map(|owner| owner.holder.state).min().unwrap_or(OwnerState::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(role: OwnerRole, state: OwnerState) -> Owner {
        let holder =
            Holder { id: AssetId(1), kind: HolderKind::Person, name: "kim".into(), title: "김".into(), state };
        Owner {
            holder,
            role,
            source: OwnerSource::Assigned,
            since: DateTime::UNIX_EPOCH,
            by: "lee".into(),
            inherited: false,
            evidence: vec![],
        }
    }

    #[test]
    fn one_of_several_owners_who_is_here_is_enough_and_stewards_do_not_count() {
        use OwnerRole::{DataOwner, DataSteward};
        use OwnerState::{Active, Departed, OnLeave, Suspected};
        let of = |owners: &[(OwnerRole, OwnerState)]| {
            let owners: Vec<Owner> = owners.iter().map(|(role, state)| owner(*role, *state)).collect();
            state(&owners)
        };
        assert_eq!(of(&[]), OwnerState::None);
        assert_eq!(of(&[(DataSteward, Active)]), OwnerState::None);
        assert_eq!(of(&[(DataOwner, Departed), (DataSteward, Active)]), Departed);
        assert_eq!(of(&[(DataOwner, Departed), (DataOwner, Active)]), Active);
        assert_eq!(of(&[(DataOwner, Suspected), (DataOwner, OnLeave)]), OnLeave);
    }

    #[test]
    fn who_is_disabled_acts_no_more() {
        assert_eq!(OwnerState::of_person(PersonState::Active, true), OwnerState::Departed);
        assert_eq!(OwnerState::of_person(PersonState::Planned, false), OwnerState::Active);
    }
}
