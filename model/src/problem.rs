//! Problem details for HTTP APIs (RFC 9457), and the refusals behind them: an enum for each domain, whose variants
//! decide status and kind. A new domain is its enum, a line in [`Reason`] and its texts in the frontend's `reason.rs`.

use crate::request::{Act, Difference, Mistake, Part, StateWord};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The body of every error the API answers with, as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable name for the kind of problem, relative to the portal: `/problems/not-found`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What sort of problem this is, in the caller's language.
    pub title: String,
    pub status: u16,
    /// What went wrong this time, and where.
    pub detail: String,
    /// What to do about it.
    pub advice: String,
    /// The path that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// Why a request could not be answered. The words for it are the portal's, in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    Request(RequestRefusal),
    Guard(GuardRefusal),
    Auth(AuthRefusal),
    Crawl(CrawlRefusal),
    Owner(OwnerRefusal),
    Search(SearchRefusal),
    Curation(CurationRefusal),
    Governance(GovernanceRefusal),
    /// What it was is in the log.
    Internal,
}

/// The request itself is wrong: what it names, or how it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestRefusal {
    NotFound {
        what: Thing,
        name: String,
    },
    /// No page and no resource has this path.
    NoSuchAddress,
    MethodNotAllowed {
        method: String,
    },
    BadCursor {
        cursor: String,
    },
    OutOfRange {
        parameter: String,
        value: String,
        from: i64,
        to: i64,
    },
    NotOneOf {
        parameter: String,
        value: String,
        known: String,
    },
    /// The value has not the parameter's type.
    UnreadableParameter {
        parameter: String,
        value: String,
    },
    /// `near` is the known name that was probably meant; `known` lists all of them.
    UnknownParameter {
        parameter: String,
        near: Option<String>,
        known: String,
    },
    RepeatedParameter {
        parameter: String,
    },
    ParameterTooLong {
        parameter: String,
        most: i64,
    },
    /// The address holds a zero byte, or bytes that are no UTF-8.
    NotText,
    BodyTooLarge,
    WrongMediaType,
    UnreadableBody,
    /// A field of a JSON body, by its path: missing, unknown or of another type.
    UnreadableField {
        field: String,
        why: String,
    },
    /// The web framework refused it, for a reason that has no words of its own here.
    NotUnderstood {
        status: u16,
    },
}

/// What was asked for and is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Table,
    Database,
    Source,
    Crawl,
    /// Of the audit log.
    Act,
    Case,
    File,
    Person,
    Token,
    Session,
    Team,
    Request,
    Policy,
    Hold,
}

/// Who may reach the portal, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuardRefusal {
    /// Addressed by a name that is not this machine's.
    ForeignHost { host: String },
    /// Sent by a page of another site.
    ForeignSite,
}

/// Who one is, and what he may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthRefusal {
    /// Nobody is signed in, or his session is over.
    SignInNeeded,
    /// The token is unknown, revoked or expired, or its owner may not sign in any more.
    BadToken,
    /// He is known, and may not do this.
    Forbidden,
    /// The form was not made for this session, or is older than it.
    StaleForm,
    /// Too many attempts.
    SlowDown { seconds: u32 },
    /// More passwords to check than this machine can.
    Busy,
}

/// What people say of an asset, and why it cannot be taken so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CurationRefusal {
    /// Somebody else has edited it meanwhile.
    Stale {
        name: String,
    },
    /// The request does not say which state it was made from.
    NoPrecondition,
    /// Not on the governed list; `near` is the name that was probably meant.
    NoSuchTag {
        tag: String,
        near: Option<String>,
    },
    TooManyTags {
        most: i64,
    },
    NoSuchColumn {
        column: String,
    },
    /// What is to be used instead is not there, or is the table itself.
    NoReplacement {
        name: String,
    },
    TooLong {
        field: String,
        most: i64,
    },
    /// The proposal was decided or taken back already.
    Decided,
    /// The bulk edit was undone already.
    Undone,
    /// Not a name that a tag can have.
    NoTagName {
        name: String,
    },
    /// A tag of this name is on the list.
    TagTaken {
        tag: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CrawlRefusal {
    UnderWay { source: String },
}

/// Who is to answer for something, and cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerRefusal {
    /// No person, service account or team is called so.
    Nobody {
        name: String,
    },
    /// Several people have this name.
    Several {
        name: String,
    },
    HasLeft {
        name: String,
    },
    /// It cannot be claimed: somebody answers for it.
    HasOwner {
        name: String,
    },
    /// Who acts is nobody that could answer for anything: the command line.
    NotAPerson,
}

/// What somebody wants to do to a request, and may not or cannot now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GovernanceRefusal {
    /// The decision does not say which version of the request it was made from.
    NoVersion,
    /// Something happened to it meanwhile: by whom, where it was not Reeve itself.
    Overtaken {
        by: Option<String>,
        act: Act,
        at: DateTime<Utc>,
    },
    /// It is not the time for it.
    NotInState {
        state: StateWord,
    },
    /// He has a part in it; `may` are those who decide, by name.
    HasPart {
        why: Part,
        may: Vec<String>,
    },
    /// He is not among those who decide now, or has decided.
    NotADecider {
        may: Vec<String>,
    },
    /// Only whoever asked for it.
    NotYours {
        of: String,
    },
    /// A service account, or somebody who has left.
    Machine,
    /// What it was made on is different now.
    GroundChanged {
        differences: Vec<Difference>,
    },
    Wrong {
        mistakes: Vec<Mistake>,
    },
    /// A request becomes no request of another kind.
    OtherKind,
    /// An offer that is not less than what was asked for.
    NotLess,
    /// More days than anybody can agree to, or than were agreed.
    OverCap {
        days: i64,
        cap: i64,
    },
    /// It needs a reason, a question or an answer.
    TextNeeded,
    HeldByLaw,
    /// A step of it is the privacy officer's alone.
    NotOverridable,
    /// He whose request it is has lately decided past others for this administrator.
    MutualOverride {
        name: String,
    },
    TooManyTogether {
        most: i64,
    },
    MixedTogether,
    PersonalTogether,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchRefusal {
    IndexBuilding,
}

impl Reason {
    pub fn status(&self) -> u16 {
        match self {
            Self::Request(refusal) => refusal.status(),
            Self::Guard(GuardRefusal::ForeignHost { .. } | GuardRefusal::ForeignSite) => 403,
            Self::Auth(refusal) => match refusal {
                AuthRefusal::SignInNeeded | AuthRefusal::BadToken => 401,
                AuthRefusal::Forbidden | AuthRefusal::StaleForm => 403,
                AuthRefusal::SlowDown { .. } => 429,
                AuthRefusal::Busy => 503,
            },
            Self::Crawl(CrawlRefusal::UnderWay { .. }) | Self::Owner(OwnerRefusal::HasOwner { .. }) => 409,
            Self::Owner(_) => 422,
            Self::Search(SearchRefusal::IndexBuilding) => 503,
            Self::Curation(refusal) => match refusal {
                CurationRefusal::Stale { .. } => 412,
                CurationRefusal::NoPrecondition => 428,
                CurationRefusal::Decided | CurationRefusal::Undone | CurationRefusal::TagTaken { .. } => 409,
                _ => 422,
            },
            Self::Governance(refusal) => refusal.status(),
            Self::Internal => 500,
        }
    }

    /// The stable name of this kind of problem: `not-found`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Request(refusal) => refusal.kind(),
            Self::Guard(GuardRefusal::ForeignHost { .. }) => "foreign-host",
            Self::Guard(GuardRefusal::ForeignSite) => "foreign-site",
            Self::Auth(refusal) => match refusal {
                AuthRefusal::SignInNeeded => "sign-in-needed",
                AuthRefusal::BadToken => "bad-token",
                AuthRefusal::Forbidden => "forbidden",
                AuthRefusal::StaleForm => "stale-form",
                AuthRefusal::SlowDown { .. } => "slow-down",
                AuthRefusal::Busy => "busy",
            },
            Self::Crawl(CrawlRefusal::UnderWay { .. }) => "crawl-under-way",
            Self::Owner(refusal) => match refusal {
                OwnerRefusal::Nobody { .. } => "nobody",
                OwnerRefusal::Several { .. } => "several",
                OwnerRefusal::HasLeft { .. } => "has-left",
                OwnerRefusal::HasOwner { .. } => "has-owner",
                OwnerRefusal::NotAPerson => "not-a-person",
            },
            Self::Search(SearchRefusal::IndexBuilding) => "index-building",
            Self::Curation(refusal) => match refusal {
                CurationRefusal::Stale { .. } => "edited-meanwhile",
                CurationRefusal::NoPrecondition => "precondition-needed",
                CurationRefusal::NoSuchTag { .. } => "no-such-tag",
                CurationRefusal::TooManyTags { .. } => "too-many-tags",
                CurationRefusal::NoSuchColumn { .. } => "no-such-column",
                CurationRefusal::NoReplacement { .. } => "no-replacement",
                CurationRefusal::TooLong { .. } => "too-long",
                CurationRefusal::Decided => "decided-already",
                CurationRefusal::Undone => "undone-already",
                CurationRefusal::NoTagName { .. } => "no-tag-name",
                CurationRefusal::TagTaken { .. } => "tag-taken",
            },
            Self::Governance(refusal) => refusal.kind(),
            Self::Internal => "internal",
        }
    }

    /// In how many seconds it is worth trying again, where that can be told.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::Search(SearchRefusal::IndexBuilding) => Some(5),
            Self::Auth(AuthRefusal::SlowDown { seconds }) => Some(*seconds),
            Self::Auth(AuthRefusal::Busy) => Some(2),
            _ => None,
        }
    }
}

impl RequestRefusal {
    fn status(&self) -> u16 {
        match self {
            Self::NotFound { .. } | Self::NoSuchAddress => 404,
            Self::MethodNotAllowed { .. } => 405,
            Self::BodyTooLarge => 413,
            Self::WrongMediaType => 415,
            Self::NotUnderstood { status } => *status,
            _ => 400,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not-found",
            Self::NoSuchAddress => "no-such-address",
            Self::MethodNotAllowed { .. } => "method-not-allowed",
            Self::BadCursor { .. } => "bad-cursor",
            Self::OutOfRange { .. } => "out-of-range",
            Self::NotOneOf { .. } => "not-one-of",
            Self::UnreadableParameter { .. } => "unreadable-parameter",
            Self::UnknownParameter { .. } => "unknown-parameter",
            Self::RepeatedParameter { .. } => "repeated-parameter",
            Self::ParameterTooLong { .. } => "parameter-too-long",
            Self::NotText => "not-text",
            Self::BodyTooLarge => "body-too-large",
            Self::WrongMediaType => "wrong-media-type",
            Self::UnreadableBody => "unreadable-body",
            Self::UnreadableField { .. } => "unreadable-field",
            Self::NotUnderstood { .. } => "not-understood",
        }
    }
}

impl GovernanceRefusal {
    fn status(&self) -> u16 {
        match self {
            Self::NoVersion => 428,
            Self::Overtaken { .. } | Self::NotInState { .. } | Self::GroundChanged { .. } => 409,
            Self::HasPart { .. } | Self::NotADecider { .. } | Self::NotYours { .. } | Self::Machine => 403,
            Self::HeldByLaw | Self::NotOverridable | Self::MutualOverride { .. } => 403,
            _ => 422,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::NoVersion => "version-needed",
            Self::Overtaken { .. } => "decided-meanwhile",
            Self::NotInState { .. } => "not-in-this-state",
            Self::HasPart { .. } => "has-a-part",
            Self::NotADecider { .. } => "not-a-decider",
            Self::NotYours { .. } => "not-yours",
            Self::Machine => "not-a-person-who-is-here",
            Self::GroundChanged { .. } => "ground-changed",
            Self::Wrong { .. } => "request-wrong",
            Self::OtherKind => "other-kind",
            Self::NotLess => "not-less",
            Self::OverCap { .. } => "over-cap",
            Self::TextNeeded => "text-needed",
            Self::HeldByLaw => "held-by-law",
            Self::NotOverridable => "not-overridable",
            Self::MutualOverride { .. } => "mutual-override",
            Self::TooManyTogether { .. } => "too-many-together",
            Self::MixedTogether => "mixed-together",
            Self::PersonalTogether => "personal-together",
        }
    }
}

impl From<GovernanceRefusal> for Reason {
    fn from(refusal: GovernanceRefusal) -> Self {
        Self::Governance(refusal)
    }
}

impl From<RequestRefusal> for Reason {
    fn from(refusal: RequestRefusal) -> Self {
        Self::Request(refusal)
    }
}

impl From<GuardRefusal> for Reason {
    fn from(refusal: GuardRefusal) -> Self {
        Self::Guard(refusal)
    }
}

impl From<AuthRefusal> for Reason {
    fn from(refusal: AuthRefusal) -> Self {
        Self::Auth(refusal)
    }
}

impl From<CrawlRefusal> for Reason {
    fn from(refusal: CrawlRefusal) -> Self {
        Self::Crawl(refusal)
    }
}

impl From<OwnerRefusal> for Reason {
    fn from(refusal: OwnerRefusal) -> Self {
        Self::Owner(refusal)
    }
}

impl From<SearchRefusal> for Reason {
    fn from(refusal: SearchRefusal) -> Self {
        Self::Search(refusal)
    }
}

impl From<CurationRefusal> for Reason {
    fn from(refusal: CurationRefusal) -> Self {
        Self::Curation(refusal)
    }
}
