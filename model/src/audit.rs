//! The audit log: who did what, on whose behalf, from where, and what it was before and after.

use chrono::{DateTime, Utc};
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
    // What people ask for, and how long data is kept
    RequestMade,
    /// By people, a rule, or time.
    RequestDecided,
    DelegationMade,
    DelegationEnded,
    PolicyChanged,
    ExemptionMade,
    ExemptionEnded,
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
    Request,
    Policy,
    Hold,
    Exemption,
    Delegation,
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

/// What is wrong with a chain, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FaultKind {
    /// The row is not what was hashed.
    Changed,
    /// The row is whole, and does not follow from the one before it.
    BrokenLink,
    /// Rows are missing.
    Gap,
    /// There is a row of this number already.
    Duplicate,
    /// The row was written as another number.
    Order,
    /// The log ends before its head, or before a checkpoint.
    Truncated,
    /// The row is behind the head of the log.
    Inserted,
    /// The content is gone and no row says who erased it.
    Erased,
    /// The chain is whole and is not the one that a checkpoint was made of.
    Rewritten,
    /// The signature of a checkpoint is not that of its key.
    BadSignature,
    /// Hashed in a way that this version does not know.
    UnknownVersion,
}

/// What the latest check of the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub at: DateTime<Utc>,
    /// The row that the check began behind: 0, or the last that was dropped.
    pub from: i64,
    /// The last row that was found right.
    pub last: i64,
    pub elapsed_ms: i64,
    /// Number of the first row that is wrong, and what is wrong with it.
    pub broken: Option<(i64, FaultKind)>,
}

/// A row of the log that is vouched for. Kept outside, one shows that everything up to it is as it was; inside, what is
/// before it may be dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Checkpoint {
    pub seq: i64,
    pub hash: String,
    /// UTC, RFC 3339.
    pub at: String,
    /// Public Ed25519 key, hexadecimal; the first of a log is not signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Since when nothing up to it is kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_at: Option<String>,
}

/// The log in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub rows: i64,
    pub first: i64,
    /// When the first row that is kept was written.
    pub since: Option<DateTime<Utc>>,
    /// Acts since midnight where the portal is, who acted, and what was refused.
    pub today: i64,
    pub actors_today: i64,
    pub refused_today: i64,
}
