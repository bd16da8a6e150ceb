//! A request, and what has become of it.

use super::eligible::Right;
use super::facts::{Facts, Subject};
use super::hash::ContentHash;
use super::hold::PendingHold;
use super::kind::Content;
use super::rule::{Declining, Quorum, Who};
use crate::AssetId;
use crate::word::words;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// How it stands with a request, in a word.
    StateWord {
        Draft,
        /// Filed, and nobody can decide it now; operators are told.
        Submitted,
        InReview,
        /// Somebody offered less, and the requester has not answered.
        Offered,
        /// Decided. Nothing has happened yet.
        Approved,
        /// What was agreed is done.
        Applied,
        /// Somebody saw that it is so.
        Verified,
        /// It held until its end.
        Lapsed,
        /// It was approved and could not be done.
        Failed,
        Declined,
        Withdrawn,
        /// Nobody decided in time.
        Expired,
    }
}

words! {
    /// What happens to a request: the acts of people, then those of Reeve. Words of the history are for ever.
    Act {
        Submit,
        Edit,
        Approve,
        Decline,
        Counter,
        Accept,
        Refuse,
        Ask,
        Answer,
        Comment,
        Withdraw,
        Override,
        ApproveByRule,
        ChangeGround,
        /// Votes became void, or a step has other deciders.
        Reassess,
        Remind,
        Escalate,
        LapseOffer,
        ReleaseHold,
        Expire,
        Apply,
        Verify,
        Fail,
        GiveNotice,
        Lapse,
    }
}

/// What somebody asked for, and all that was decided of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub id: i64,
    /// Counts the transitions; a decision names the one it was made from.
    pub version: i64,
    pub subject: Subject,
    /// Who asks for it.
    pub requester: AssetId,
    /// Who filed it: he himself, or an account on his behalf.
    pub filed_by: AssetId,
    /// Whose that account was when it was filed: people and teams.
    pub filers_owners: BTreeSet<AssetId>,
    /// Of everything that was ever asked for in it.
    pub beneficiaries: BTreeSet<AssetId>,
    /// Who changed what is asked for, the requester left out.
    pub editors: BTreeSet<AssetId>,
    pub content: Content,
    pub reason: String,
    /// Those that the content was asked for on, or was asked again on.
    pub facts: Facts,
    pub hash: ContentHash,
    pub filed: Option<Filing>,
    /// Nothing of the subject is deleted meanwhile.
    pub hold: Option<PendingHold>,
    pub state: State,
    /// Votes that no longer count, in the order in which they became void.
    pub struck: Vec<StruckVote>,
    /// No transition happens before it: a clock that is set back revives nothing.
    pub last_seen: DateTime<Utc>,
    pub last: Option<Entry>,
}

/// When it was filed. An edit files nothing anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    pub at: DateTime<Utc>,
    /// By the company's calendar.
    pub on: NaiveDate,
    /// When it is over, if nobody decides.
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Draft,
    Submitted(Review),
    InReview(Review),
    Offered { review: Review, offer: Box<Offer> },
    Approved(Grant),
    Applied(Grant),
    Verified(Grant),
    Lapsed(Grant),
    Failed { grant: Grant, why: String },
    Declined(Review),
    Withdrawn,
    Expired,
}

/// Steps that have to be met, all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Version of the rules that they come from.
    pub rules: i64,
    pub steps: Vec<Step>,
    /// Open ones. The first stops the clock of all steps, the last answer lets it run on.
    pub questions: Vec<Question>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Id of its rule.
    pub rule: String,
    /// Who decides, and who in turn where they cannot or have not in time.
    pub chain: Vec<Who>,
    pub quorum: Quorum,
    pub distinct: bool,
    pub delegable: bool,
    pub overridable: bool,
    pub decline: Declining,
    /// So far the chain is asked; it only rises.
    pub rung: usize,
    pub due_hours: u32,
    pub due_at: DateTime<Utc>,
    pub reminded: bool,
    /// Those that count: of eligible persons, on this content.
    pub votes: Vec<Vote>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    pub by: AssetId,
    /// Whose place he took, where he decided as a delegate.
    pub for_whom: Option<AssetId>,
    pub at: DateTime<Utc>,
    pub verdict: Verdict,
    /// What it was given on.
    pub hash: ContentHash,
    pub evidence: Right,
}

words! { Verdict { Approve, Decline } }

words! {
    /// Why a vote no longer counts.
    Struck {
        /// Something else is asked for, or on other facts.
        OtherContent,
        /// He has a part in it.
        HasPart,
        /// He is no longer among those who decide.
        LostRight,
        /// Another vote is the same person's.
        SamePerson,
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StruckVote {
    pub rule: String,
    pub vote: Vote,
    pub at: DateTime<Utc>,
    pub why: Struck,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub by: AssetId,
    pub at: DateTime<Utc>,
}

/// Less than was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub content: Content,
    pub facts: Facts,
    /// Who offers it agrees to exactly this.
    pub vote: Vote,
    /// Id of the rule of his step.
    pub rule: String,
    /// Without an answer the request is over then.
    pub until: DateTime<Utc>,
}

/// What was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub at: DateTime<Utc>,
    pub by: Decided,
    pub hash: ContentHash,
    pub days: Option<u32>,
    pub from: NaiveDate,
    /// The last day on which it holds.
    pub until: Option<NaiveDate>,
    pub applied: Option<Applied>,
    pub verified_at: Option<DateTime<Utc>>,
    /// How many days before its end people were told.
    pub told: BTreeSet<i64>,
}

/// Who or what decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum Decided {
    Votes(Review),
    Rule { id: String, version: i64 },
    Override { by: AssetId, reason: String, review: Review },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    pub at: DateTime<Utc>,
    pub days: Option<u32>,
}

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Of the request after it.
    pub version: i64,
    pub at: DateTime<Utc>,
    /// `None`: Reeve itself.
    pub by: Option<AssetId>,
    pub on_behalf_of: Option<AssetId>,
    pub act: Act,
    pub from: StateWord,
    pub to: StateWord,
    /// What he wrote.
    pub text: String,
    /// Rule and rung of the step that went on to others.
    pub rung: Option<(String, usize)>,
}

/// What has to follow from a transition, in its own transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Make it so; exactly once in the life of a request.
    Apply,
    /// See that it is so.
    Check,
    Hold(PendingHold),
    Release,
    /// What was agreed no longer holds.
    Lapse,
    Notify {
        whom: BTreeSet<AssetId>,
        notice: Notice,
    },
}

words! {
    /// What people are told.
    Notice {
        /// It waits for their decision.
        Decide,
        Reminder,
        /// It went on to them because others did not decide.
        Escalated,
        /// What they decided on is different now.
        AskedAgain,
        Offer,
        OfferRefused,
        OfferLapsed,
        Question,
        Answer,
        NobodyCanDecide,
        Approved,
        Declined,
        Withdrawn,
        Expired,
        /// An administrator decided in their place.
        Overridden,
        Failed,
        /// It ends soon.
        Ends,
        Lapsed,
    }
}

impl State {
    pub fn word(&self) -> StateWord {
        match self {
            Self::Draft => StateWord::Draft,
            Self::Submitted(_) => StateWord::Submitted,
            Self::InReview(_) => StateWord::InReview,
            Self::Offered { .. } => StateWord::Offered,
            Self::Approved(_) => StateWord::Approved,
            Self::Applied(_) => StateWord::Applied,
            Self::Verified(_) => StateWord::Verified,
            Self::Lapsed(_) => StateWord::Lapsed,
            Self::Failed { .. } => StateWord::Failed,
            Self::Declined(_) => StateWord::Declined,
            Self::Withdrawn => StateWord::Withdrawn,
            Self::Expired => StateWord::Expired,
        }
    }

    /// Where somebody has yet to decide.
    pub fn review(&self) -> Option<&Review> {
        match self {
            Self::Submitted(review) | Self::InReview(review) | Self::Offered { review, .. } => Some(review),
            _ => None,
        }
    }

    /// What was agreed, whatever became of it.
    pub fn grant(&self) -> Option<&Grant> {
        match self {
            Self::Approved(grant) | Self::Applied(grant) | Self::Verified(grant) | Self::Lapsed(grant) => Some(grant),
            Self::Failed { grant, .. } => Some(grant),
            _ => None,
        }
    }
}

impl StateWord {
    /// Filed, and not decided.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::InReview | Self::Offered)
    }

    /// What was agreed counts, where its days include today.
    pub fn is_agreed(self) -> bool {
        matches!(self, Self::Approved | Self::Applied | Self::Verified)
    }

    /// Nothing follows.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Lapsed | Self::Failed | Self::Declined | Self::Withdrawn | Self::Expired)
    }
}

impl Request {
    /// Whether what was agreed holds on a day.
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.state.word().is_agreed()
            && self.state.grant().is_some_and(|grant| day >= grant.from && grant.until.is_none_or(|until| day <= until))
    }
}
