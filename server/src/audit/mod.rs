//! The audit log: every act of a person or a service is one row, chained to the row before it by SHA-256.
//!
//! An act is written in the transaction of what it does ([`crate::db::WriteTx::record`]), as late as can be: whoever
//! writes to the chain holds its end until he commits. It shows tampering to whoever holds a checkpoint from outside;
//! it does not prevent it.

mod append;
pub mod chain;
pub mod check;
pub mod checkpoint;
pub mod list;
mod origin;
mod verify;

pub(crate) use append::append;
pub use origin::Origin;
pub use verify::{Outcome, Walk, verify};

use chrono::{DateTime, SecondsFormat, Utc};
use reeve_model::Word;
use reeve_model::audit::{Event, ObjectKind};

/// What somebody does, to be written down.
#[derive(Clone, Debug)]
pub struct Act {
    pub(crate) at: DateTime<Utc>,
    pub(crate) origin: Origin,
    pub(crate) event: Event,
    pub(crate) object: Object,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) reason: Option<String>,
}

/// What an act is about: a number or key that never names another thing, and what people call it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub(crate) kind: ObjectKind,
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Object {
    #[expect(clippy::needless_pass_by_value, reason = "numbers and borrowed words alike")]
    pub fn new(kind: ObjectKind, id: impl ToString, name: impl ToString) -> Self {
        Self { kind, id: id.to_string(), name: name.to_string() }
    }
}

impl Act {
    pub fn new(origin: &Origin, at: DateTime<Utc>, event: Event, object: Object) -> Self {
        Self { at, origin: origin.clone(), event, object, before: None, after: None, reason: None }
    }

    /// What was so before, and is after. Never a secret.
    #[must_use]
    pub fn change(mut self, before: Option<impl ToString>, after: Option<impl ToString>) -> Self {
        self.before = before.map(|value| value.to_string());
        self.after = after.map(|value| value.to_string());
        self
    }

    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }
}

/// A moment as it is hashed: UTC with microseconds.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Words of the log are texts of ours; a database refuses zero bytes.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn word(word: impl Word) -> String {
    word.as_str().to_owned()
}
