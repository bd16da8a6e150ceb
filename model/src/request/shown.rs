//! Requests as pages and the API show them.

use super::{Act, Content, Difference, Facts, Offer, RequestKind, StateWord, Struck, Verdict, Who};
use crate::AssetId;
use crate::owner::Holder;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A request in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestSummary {
    pub id: i64,
    pub kind: RequestKind,
    pub state: StateWord,
    pub version: i64,
    /// What it is about, as it was called when somebody asked: `db.table`.
    pub subject: String,
    /// Where that is in the catalog, where it is there.
    pub place: Option<Place>,
    pub requester: Named,
    /// What it asks for.
    pub content: Content,
    pub reason: String,
    /// What it adds on disk, in bytes, copies included; `None`: not known.
    pub bytes: Option<i64>,
    pub filed_at: Option<DateTime<Utc>>,
    /// When the first step that is open has to be decided.
    pub due_at: Option<DateTime<Utc>>,
    /// Steps that have been agreed to, and all of them.
    pub agreed: i64,
    pub steps: i64,
    /// What it rests on is different now.
    pub is_changed: bool,
    /// Anything of it tells who somebody is.
    pub is_personal: bool,
}

/// A table or database in the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    pub source: String,
    /// Another source has a database of this name too.
    pub ambiguous: bool,
    pub database: String,
    pub table: Option<String>,
}

/// A person or service account by his names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Named {
    pub id: AssetId,
    pub login: String,
    pub name: String,
}

/// All of a request, and what whoever asks may do now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestDetail {
    #[serde(flatten)]
    pub summary: RequestSummary,
    /// Those that it was asked on.
    pub facts: Facts,
    /// What of them is different now.
    pub differences: Vec<Difference>,
    /// Hash of the facts as they are now: whoever decides on changed ground sends it.
    pub facts_hash: String,
    pub steps_list: Vec<StepShown>,
    pub offer: Option<OfferShown>,
    pub agreement: Option<AgreementShown>,
    /// Nothing of it is deleted until the end of this day, while nobody has decided.
    pub held_until: Option<NaiveDate>,
    pub expires_at: Option<DateTime<Utc>>,
    pub history: Vec<EntryShown>,
    pub actions: Vec<ActionShown>,
    /// Persons, service accounts and teams that it names, by number.
    pub holders: BTreeMap<i64, Holder>,
}

/// A step of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepShown {
    /// Id of its rule.
    pub rule: String,
    /// Who is asked now: it went on to these where those before could not decide, or did not in time.
    pub who: Who,
    pub is_met: bool,
    /// Who can decide now.
    pub waiting: Vec<Named>,
    pub due_at: Option<DateTime<Utc>>,
    pub votes: Vec<VoteShown>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoteShown {
    pub by: Named,
    pub on_behalf_of: Option<Named>,
    pub verdict: Verdict,
    pub at: DateTime<Utc>,
    /// Why it no longer counts.
    pub struck: Option<Struck>,
}

/// Less than was asked for, until somebody answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferShown {
    pub content: Content,
    pub by: Named,
    pub bytes: Option<i64>,
    pub until: DateTime<Utc>,
}

/// What was agreed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgreementShown {
    pub at: DateTime<Utc>,
    pub days: Option<u32>,
    pub from: NaiveDate,
    /// The last day.
    pub until: Option<NaiveDate>,
    pub applied_at: Option<DateTime<Utc>>,
    pub verified_at: Option<DateTime<Utc>>,
    /// The rule that agreed, where nobody was asked.
    pub rule: Option<String>,
    /// Who decided in the place of others, and why.
    pub overridden: Option<(Named, String)>,
    /// Why it cannot be done.
    pub failed: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryShown {
    pub at: DateTime<Utc>,
    pub act: Act,
    /// `None`: Reeve itself.
    pub by: Option<Named>,
    pub on_behalf_of: Option<Named>,
    pub from: StateWord,
    pub to: StateWord,
    pub text: String,
}

/// Something that can be done to a request, and whether whoever asks may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionShown {
    pub action: Act,
    pub allowed: bool,
    /// Why not, in the caller's language.
    pub why: Option<String>,
}

/// What would become of a request, before anybody files it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestPreview {
    pub content: Content,
    pub facts: Facts,
    pub steps: Vec<StepShown>,
    /// The rule that would agree without asking.
    pub by_rule: Option<String>,
    /// Money a month in won, where the price is known.
    pub won_a_month: Option<i64>,
    /// Nothing is deleted meanwhile, at the longest until the end of this day.
    pub held_until: Option<NaiveDate>,
}

impl OfferShown {
    pub fn of(offer: &Offer, by: Named) -> Self {
        Self { content: offer.content.clone(), by, bytes: offer.facts.bytes, until: offer.until }
    }
}
