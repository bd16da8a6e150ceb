//! What one is told of oneself: who one is here, and what acts in one's name.

use crate::permission::{Role, Scope};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who asks, as the portal sees him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub login: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// `person` or `service_account`.
    pub kind: String,
    pub roles: BTreeSet<Role>,
    /// As the directory or the OpenID provider names them.
    pub groups: BTreeSet<String>,
    /// His department and those above it, and the teams he is a member of, by name.
    pub teams: Vec<String>,
    /// `session` or `token`.
    pub via: String,
    /// Of the token; absent for a session, which is bounded by the roles alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<BTreeSet<Scope>>,
}

/// An API token as its owner sees it; never the token itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    pub id: i64,
    /// Where it is used, in its maker's words.
    pub name: String,
    /// Its first characters.
    pub hint: String,
    pub scopes: BTreeSet<Scope>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Where it will be used, 1 to 60 characters.
    pub name: String,
    /// What it may be used for; it never may more than its owner.
    pub scopes: BTreeSet<Scope>,
    /// In how many days it expires, 1 to 180.
    #[serde(default = "ninety")]
    pub days: i64,
    /// The service account it is for; absent: oneself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

/// A token that was just made: the only time that it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeToken {
    pub id: i64,
    /// Sent as `Authorization: Bearer`; kept as a hash only.
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

fn ninety() -> i64 {
    90
}
