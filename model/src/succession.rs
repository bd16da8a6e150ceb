//! What somebody who left answered for, and who has it now.

use crate::owner::{Holder, OwnerRole};
use crate::person::Why;
use crate::word::words;
use crate::{AssetId, asset::AssetKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    CaseState {
        /// Something has nobody yet; nothing of it may be deleted.
        Open,
        /// All of it has somebody else.
        Settled,
        /// He came back, and has what nobody took.
        Returned,
    }
}

words! {
    /// What one can answer for.
    ItemKind {
        Database,
        Table,
        /// Of the API: it acts for him alone.
        Token,
        Watch,
    }
}

words! {
    ItemState {
        Open,
        HandedOver,
        /// It cannot be handed over, and acts no more.
        Ended,
    }
}

/// A case in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    pub id: i64,
    /// Who left.
    pub person: Holder,
    pub team: Option<Holder>,
    /// Whom he reported to.
    pub manager: Option<Holder>,
    pub state: CaseState,
    /// Why he counts as having left; nothing where an administrator disabled him.
    pub cause: Option<Why>,
    pub opened_at: DateTime<Utc>,
    /// Until when it should be handed over.
    pub due_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<String>,
    /// Databases and tables, each in one role.
    pub items: i64,
    /// Those that have somebody else.
    pub decided: i64,
}

/// A case with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseDetail {
    #[serde(flatten)]
    pub case: Case,
    pub items_list: Vec<CaseItem>,
    /// The likeliest first. None is taken by itself.
    pub heirs: Vec<Heir>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseItem {
    pub id: i64,
    pub kind: ItemKind,
    /// As it was called when the case was opened: `db`, `db.table`, the token's name.
    pub name: String,
    pub role: Option<OwnerRole>,
    pub state: ItemState,
    /// Who has it now.
    pub heir: Option<Holder>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    /// Of databases and tables that are in the catalog.
    pub asset: Option<ItemAsset>,
}

/// Where the asset of an item is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemAsset {
    pub id: AssetId,
    pub kind: AssetKind,
    pub source: String,
    /// Another source has a database of that name.
    pub ambiguous: bool,
    pub database: String,
    pub table: Option<String>,
    /// Bytes before replication.
    pub size_bytes: Option<i64>,
    /// It is no longer in its source.
    pub is_gone: bool,
}

/// Who might take it over, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heir {
    pub holder: Holder,
    pub reasons: Vec<HeirReason>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HeirReason {
    /// He reported to him.
    Manager,
    /// It was his team.
    Team,
    LeadsTeam,
    /// Is in the team too.
    SameTeam,
    /// Answers for so many of them, or their databases, too.
    AlsoOwns {
        assets: i64,
    },
    /// Changed what is said of them so many times.
    Edited {
        times: i64,
    },
}

impl HeirReason {
    /// How much it speaks for somebody.
    pub fn weight(&self) -> i64 {
        match self {
            Self::Manager => 40,
            Self::Team => 35,
            Self::LeadsTeam => 25,
            Self::SameTeam => 10,
            Self::AlsoOwns { assets } => 15 + 5 * (*assets).min(5),
            Self::Edited { times } => 5 + 2 * (*times).min(10),
        }
    }
}

/// Why an asset may not be deleted now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hold {
    /// The case that holds it.
    pub case: i64,
    /// Who left.
    pub person: String,
    pub due_at: DateTime<Utc>,
}
