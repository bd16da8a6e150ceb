//! What is wrong with a field of a request, for forms and the API alike.

use crate::word::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words! {
    /// A field of a request, as the API calls it.
    Field {
        Reason, Days, Until, FewestDays, Partitions, From, To, MaskedColumns, Assets, On, Note, Replacement, Change, Text,
        Simulation,
        // Of an ingestion
        Address, Database, User, PasswordFile, Event, SchemaName, Producer, Topic, Key, EventTime, Zone, LateHours, Rate, Hosts,
        Glob, Charset, Agent, Tables, Source, Target, Columns, Name, Type, Comment, SplitBy, Mappers, CheckColumn, Cron,
        ReadyBy, Format, Compression, PartitionColumn, RetentionDays, Purpose, Consumers,
        // Of a delegation or a legal hold
        Taker,
        // Of a rule
        Steps, DueHours, Quorum, Who,
    }
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "flaw", content = "detail", rename_all = "snake_case")]
pub enum Flaw {
    Missing,
    /// In characters.
    TooShort {
        fewest: u32,
    },
    TooLong {
        most: u32,
    },
    TooMany {
        most: u32,
    },
    OutOfRange {
        from: i64,
        to: i64,
    },
    Past,
    TooFar {
        last: NaiveDate,
    },
    Before(Field),
    /// Not of the form that it has to have.
    Unreadable,
    /// `{{`, `{%` or a control character, which other programs would take for an order.
    Unsafe,
    Repeated,
    /// It does not belong to what is asked.
    NotHere,
    /// The format does not know this compression.
    NotWith(Field),
}

/// One mistake, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mistake {
    pub field: Field,
    /// Which table, and which column of it, counted from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<usize>,
    pub flaw: Flaw,
}

#[derive(Default)]
pub(super) struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    /// `wrong`: whether it is so.
    pub(super) fn when(&mut self, wrong: bool, field: Field, flaw: Flaw) {
        self.when_at(wrong, &[], field, flaw);
    }

    pub(super) fn when_at(&mut self, wrong: bool, at: &[usize], field: Field, flaw: Flaw) {
        if wrong {
            self.0.push(Mistake { field, at: at.to_vec(), flaw });
        }
    }

    /// A text that has to be there.
    pub(super) fn text(&mut self, field: Field, text: &str, most: usize) {
        self.when(text.trim().is_empty(), field, Flaw::Missing);
        self.when(text.chars().count() > most, field, Flaw::TooLong { most: u32::try_from(most).unwrap_or(u32::MAX) });
    }

    pub(super) fn number(&mut self, field: Field, number: i64, from: i64, to: i64) {
        self.when(!(from..=to).contains(&number), field, Flaw::OutOfRange { from, to });
    }

    pub(super) fn count(&mut self, field: Field, count: usize, most: usize) {
        self.when(count > most, field, Flaw::TooMany { most: u32::try_from(most).unwrap_or(u32::MAX) });
    }
}

/// Whether it is `db.table`.
pub(super) fn is_table_name(name: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    name.split_once('.').is_some_and(|(database, table)| is_part(database) && is_part(table))
}

/// Whether another program could take some of it for an order: templates of Jinja, control characters.
pub(super) fn is_unsafe(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|order| text.contains(order))
        || text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}
