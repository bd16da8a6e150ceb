//! The audit log: who did what, on whose behalf, from where, and what it was before and after.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What was done. Words of the log are for ever: none is renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    // Sources
    CrawlStarted,
    RemovalDecided,
    // Sign-in, sessions and tokens
    SignedIn,
    SignInRefused,
    SignedOut,
    SessionRevoked,
    LinkMade,
    PasswordChanged,
    TokenCreated,
    TokenRevoked,
    AccessRefused,
    /// More happened at once than was written; the new value is how much.
    Overflow,
    // People
    AccountMade,
    AccountDisabled,
    AccountEnabled,
    IdentityJoined,
    RoleGiven,
    RoleTaken,
    PersonDeparted,
    PersonReturned,
    PeopleMerged,
    PeopleParted,
    RulesChanged,
    // Who answers for what
    OwnersChanged,
    OwnerClaimed,
    OwnershipDeclined,
    CaseOpened,
    CaseClosed,
    HandedOver,
    HoldPlaced,
    HoldLifted,
    // What is said of an asset
    DescriptionChanged,
    CommentChanged,
    TagsChanged,
    ClassChanged,
    CertificationChanged,
    DeprecationChanged,
    ProposalMade,
    ProposalAccepted,
    ProposalDeclined,
    BulkEdited,
    BulkUndone,
    TagDefined,
    TagRemoved,
    // The log itself
    AuditExported,
    AuditCheckpoint,
    AuditDropped,
    /// The content of the row that the object names was erased.
    AuditErased,
    SettingChanged,
}

/// By which way somebody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Via {
    /// In the portal, signed in.
    Session,
    /// By the API, with a token.
    Token,
    CommandLine,
    /// By itself: a schedule, a rule, a crawl.
    System,
    /// Before anybody is signed in.
    SignIn,
}

/// What an act is about. Together with its id it names the same thing for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum ObjectKind {
    Source,
    Crawl,
    Removal,
    Database,
    Table,
    Column,
    Person,
    Team,
    ServiceAccount,
    Session,
    Token,
    Role,
    PrincipalRules,
    Case,
    Tag,
    Proposal,
    BulkEdit,
    Audit,
    Setting,
}

/// One row of the log. Every field is a text as it is hashed; how is in the server's `audit/chain.rs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Entry {
    /// Without gaps, from 1.
    pub seq: i64,
    /// Of the way it is hashed.
    pub version: i64,
    /// UTC, RFC 3339 with microseconds.
    pub at: String,
    /// Login name; of the command line the name of the operating system's user.
    pub actor: String,
    /// Number of the person or service account, where it is one.
    pub actor_id: Option<i64>,
    pub on_behalf_of: Option<String>,
    /// `session`, `token`, `command_line`, `system` or `sign_in`.
    pub via: String,
    /// IP address that the request came from.
    pub address: Option<String>,
    /// Method and path.
    pub request: Option<String>,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// As it was called then. It and the next four are `null` where the content was erased.
    pub object_name: Option<String>,
    #[cfg_attr(feature = "sql", sqlx(rename = "old_value"))]
    pub before: Option<String>,
    #[cfg_attr(feature = "sql", sqlx(rename = "new_value"))]
    pub after: Option<String>,
    pub reason: Option<String>,
    /// Hexadecimal; random.
    pub salt: Option<String>,
    /// SHA-256 over salt, object's name, before, after and reason; hexadecimal.
    pub content: String,
    /// Hash of the row before.
    pub prev: String,
    pub hash: String,
}

impl Entry {
    pub fn is_erased(&self) -> bool {
        self.salt.is_none()
    }
}
