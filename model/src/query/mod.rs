//! The query language: `주문 owner:me size:>1tb created:<30d -tmp "order detail"`.
//!
//! Parsing never fails. What cannot be taken as meant becomes a [`QueryProblem`] with its place, and the rest is
//! searched all the same: an unknown `foo:bar` as words, a filter with an unreadable value left out, a text too long as
//! far as the limit goes.

mod parse;
mod pasted;
mod value;

#[cfg(test)]
mod tests;

pub use parse::{nearest, parse};
pub use pasted::{Pasted, pasted};

use crate::asset::AssetKind;
use crate::personal_data::Class;
use crate::search::QueryProblem;
use chrono::{DateTime, TimeDelta, Utc};

/// Characters of a query that are read. Nobody types more, and what is pasted names its table before that.
pub const MOST_CHARACTERS: usize = 1_000;
/// Different words, phrases and filter values of a query.
pub const MOST_TERMS: usize = 64;

/// A query in parts, in the order they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub terms: Vec<Term>,
    pub problems: Vec<QueryProblem>,
}

/// One part of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub negated: bool,
    pub what: What,
    /// Byte range in the query, with its sign, field and quotes.
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Text without white space, to be split into words by the search's own rules.
    Word(String),
    /// Words that follow each other.
    Phrase(String),
    Filter(Filter),
}

/// A restriction. `no:owner` is `Has(Part::Owner)`, negated.
///
/// Several of the same of `Db`, `Owner`, `Type`, `Format` and `Source` mean any of them; everything else must hold together.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Values may hold `*` for any characters; so may those of `Owner`, `Tag`, `Format` and `Source`.
    Db(String),
    /// A column whose name is or begins like this, or has these words.
    Column(String),
    Owner(String),
    Tag(String),
    Type(AssetKind),
    Format(String),
    Source(String),
    Partitioned(bool),
    Created(When),
    Changed(When),
    Size(Bytes),
    Has(Part),
    Personal(Personal),
    Is(Is),
}

/// What is asked of the personal data in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personal {
    /// Of any class but `none`, or of none.
    Any(bool),
    Class(Class),
    /// The rules suggest a class and nobody has decided.
    Undecided,
}

/// What people say of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Certified,
    Deprecated,
}

/// What an asset may have or lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Description,
    Owner,
    Tag,
    Format,
    Size,
    Created,
    Partitions,
}

/// A size in bytes, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

/// A time span, fixed or counted back from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// From `from` up to but not including `until`, in UTC.
    Between { from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>> },
    /// `<30d`: at most this long ago.
    Within(TimeDelta),
    /// `>30d`: longer ago than this.
    Before(TimeDelta),
}

impl When {
    /// The span as `(from, until)`, `until` not included.
    pub fn span(self, now: DateTime<Utc>) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        match self {
            Self::Between { from, until } => (from, until),
            Self::Within(age) => (now.checked_sub_signed(age), None),
            Self::Before(age) => (None, now.checked_sub_signed(age)),
        }
    }

    /// Whether the span moves as time passes.
    pub fn is_relative(self) -> bool {
        !matches!(self, Self::Between { .. })
    }
}

/// Whoever asks, as a value of `owner:`.
pub const ME: &str = "me";

impl Query {
    /// Whether the answer depends on who asks.
    pub fn asks_for_me(&self) -> bool {
        let is_me = |what: &What| matches!(what, What::Filter(Filter::Owner(value)) if value.eq_ignore_ascii_case(ME));
        self.terms.iter().any(|term| is_me(&term.what))
    }
}

/// The fields of the language with a value that shows their form.
pub const FIELDS: [(&str, &str); 15] = [
    ("db", "db:mart"),
    ("column", "column:order_id"),
    ("owner", "owner:kim"),
    ("tag", "tag:pii"),
    ("type", "type:view"),
    ("format", "format:orc"),
    ("source", "source:hive"),
    ("partitioned", "partitioned:yes"),
    ("created", "created:<30d"),
    ("changed", "changed:>2026-01-01"),
    ("size", "size:>1tb"),
    ("pii", "pii:direct"),
    ("is", "is:certified"),
    ("has", "has:description"),
    ("no", "no:owner"),
];
