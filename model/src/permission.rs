//! Who acts. What he may do is decided here and nowhere else.

use crate::AssetId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What somebody is for the platform as a whole. Owner and steward are no roles: they are had towards an asset.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Everyone signed in.
    Analyst,
    PrivacyOfficer,
    Operator,
    Administrator,
    /// A machine's account.
    Service,
}

/// Somebody who acts: a person, a service account, or whoever runs the command line on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `None` for the command line.
    pub person: Option<AssetId>,
    pub login: String,
    pub name: String,
    pub roles: BTreeSet<Role>,
    /// His department and those above it, and the teams he is a member of: assets.
    pub teams: BTreeSet<AssetId>,
    /// Of the directory or the OIDC provider, as they name them.
    pub groups: BTreeSet<String>,
}
