//! People, service accounts and teams: what their sources say of them, and what follows from it. All of it is computed
//! from the rows that sources gave, so that a wrong merge or a corrected end date can be undone.

mod date;
mod merge;
mod record;
mod shown;
mod state;
mod tree;

pub use date::parse_date;
pub use merge::{Decision, Grouped, Loose, MergeKey, Question, QuestionReason, merge};
pub use record::{Department, Form, PersonKind, Record, Status, mangled_number};
pub use shown::{
    AccountQuestion, AnswersFor, AskedRecord, Facts, Member, Owned, PeopleCounts, PersonDetail, PersonEvent,
    PersonQuestion, PersonRecord, PersonRef, PersonSummary, TeamDetail, TeamRef, TeamSummary,
};
pub use state::{Attribute, Authority, Conflict, Person, Sighting, Value, Why, person};
pub use tree::{Tree, tree};

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How it stands with a person. Departure is a fact that a source states, or an absence that two complete crawls confirm.
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
pub enum PersonState {
    /// Starts on a later day.
    Planned,
    Active,
    /// Still answers for what is his; nobody succeeds him.
    OnLeave,
    /// Missing from one complete crawl: evidence about the crawl as much as about him.
    Suspected,
    Departed,
}
