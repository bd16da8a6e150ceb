//! Requests: what people ask for, who decides, and what follows. Nothing here reads a clock or a database: who people are,
//! what holds now and what time it is are given, and what has to happen is said.

mod act;
pub mod calendar;
mod check;
mod decide;
mod eligible;
mod facts;
mod field;
mod hash;
mod hold;
mod ingestion;
mod kind;
mod review;
mod rule;
mod shown;
mod state;
#[cfg(test)]
mod tests;
mod tick;

pub use act::{EXPIRES_DAYS, NOTICE_DAYS, OFFER_HOURS};
pub use check::{Record, Violation, World, check};
pub use decide::{
    ACTS, Action, Decider, Ground, MOST_TOGETHER, Transition, actions, decide, deciders, preview, together,
};
pub use eligible::{APPOINTED_DAYS, Appointment, Delegation, Directory, Human, MOST_DELEGATED_DAYS, Part, Right};
pub use facts::{ByRule, Difference, Facts, Overridden, Past, SAME_BYTES_PERCENT, Subject};
pub use field::{Field, Flaw, Mistake};
pub use hash::{ContentHash, content_hash, facts_hash};
pub use hold::{LegalHold, Lifted, MOST_HOLD_DAYS, MOST_HOLD_DAYS_A_YEAR, PendingHold};
pub use ingestion::{
    Bots, Compression, EventDay, FileFormat, Ingestion, IngestionColumn, IngestionSchedule, IngestionSource,
    IngestionTable, JdbcEngine, Load, Partitioning, Rotation, SHORTEST_PURPOSE,
};
pub use kind::{
    AccessGrant, Content, DeprecationChange, Extent, LONGEST_REASON, MOST_DAYS, MOST_DAYS_AHEAD, MOST_NAMED,
    OwnershipChange, OwnershipMove, PolicyChange, ProposedEdit, RequestKind, Restoration, RetentionExtension,
    mistakes_of_reason,
};
pub use rule::{AutoRule, Declining, MOST_DUE_HOURS, Quorum, Rules, StepRule, When, Who};
pub use shown::{
    ActionShown, AgreementShown, EntryShown, Named, OfferShown, Place, RequestDetail, RequestPreview, RequestSummary,
    StepShown, VoteShown,
};
pub use state::{
    Act, Applied, Decided, Effect, Entry, Filing, Grant, Notice, Offer, Question, Request, Review, State, StateWord,
    Step, Struck, StruckVote, Verdict, Vote,
};
pub use tick::{Event, happen, tick};

use crate::AssetId;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

impl Request {
    /// A draft, which holds nothing and asks nobody. `filing`: who asks, and who files it for him.
    pub fn draft(
        id: i64,
        subject: Subject,
        (requester, filed_by): (AssetId, AssetId),
        content: Content,
        facts: Facts,
        reason: String,
        at: DateTime<Utc>,
    ) -> Self {
        let hash = content_hash(&subject, &content, &facts);
        Self {
            id,
            version: 0,
            subject,
            requester,
            filed_by,
            filers_owners: BTreeSet::new(),
            beneficiaries: content.beneficiaries(),
            editors: BTreeSet::new(),
            content,
            reason,
            facts,
            hash,
            filed: None,
            hold: None,
            state: State::Draft,
            struck: Vec::new(),
            last_seen: at,
            last: None,
        }
    }
}
