//! What the API takes and answers of owners, for tables and databases alike.

use serde::Deserialize;
use utoipa::ToSchema;

/// The whole list of the asset's own owners.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOwners {
    /// With none, a table has those of its database.
    owners: Vec<NewOwner>,
    /// For the audit log.
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOwner {
    /// `data_owner`, `data_steward` or `technical_owner`.
    #[serde(default = "data_owner")]
    role: String,
    /// A login, `team/NAME`, a mail address, or a name that one person alone has.
    holder: String,
}

fn data_owner() -> String {
    "data_owner".to_owned()
}

impl NewOwners {
    /// Role and holder of each, as they were sent.
    pub(in crate::http) fn pairs(&self) -> Vec<(String, String)> {
        self.owners.iter().map(|one| (one.role.clone(), one.holder.clone())).collect()
    }

    pub(in crate::http) fn reason(&self) -> Option<&str> {
        self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty())
    }
}
