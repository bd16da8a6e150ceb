//! Values of partitions as days.
//!
//! A format is found from all values of a table, and shown; what cannot be read is unknown, and stays. Where a value
//! could be two days, and where two keys could each be the date, nobody guesses. `D` is the last local day of the time
//! that a partition's values name.

mod company;
mod keys;
mod pattern;
mod plain;
mod span;

#[cfg(test)]
mod tests;

pub use company::EpochEach;
pub use pattern::{EpochUnit, Pattern, PatternError};

use crate::partition_name;
use chrono::NaiveDate;
use chrono_tz::Tz;
use company::Window;
use keys::{Columns, How};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// No data is older: what says so is a default or a mistake.
const FIRST_YEAR: i32 = 1990;

/// A key that a table is partitioned by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: String,
    /// As Hive spells it: `string`, `int`, `date`.
    pub data_type: String,
}

/// Whose clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zones {
    /// By which the values were written.
    pub values: Tz,
    /// By which days are counted.
    pub clock: Tz,
}

/// How somebody says the values are to be read: a pattern for each of these keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    pub keys: Vec<String>,
    pub patterns: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeclaredError {
    #[error("the table has no partition key {0:?}")]
    NoSuchKey(String),
    #[error("{keys} keys and {patterns} patterns: give one for each key, and an epoch alone")]
    Patterns { keys: usize, patterns: usize },
    #[error("{pattern:?}: {problem}")]
    Pattern { pattern: String, problem: PatternError },
}

/// The day of a partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The last day of its time.
    Day(NaiveDate),
    /// Its time begins after today: it stays.
    Future,
    /// It stays.
    Unknown { why: Why },
}

/// Why the day of a partition is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    /// The value is what Hive writes for none.
    DefaultPartition {
        key: String,
    },
    Empty {
        key: String,
    },
    /// A word in the place of a date: `latest`, `all`.
    NoDay {
        key: String,
    },
    /// Before 1990: `0`, `19000101`.
    BeforeAnyData,
    /// In no format that is known, or no day that there is.
    Unreadable {
        key: String,
    },
    /// It could be read in each of these formats.
    Ambiguous {
        key: String,
        formats: Vec<String>,
    },
    /// No key's values are dates.
    NoDateKey,
    /// The values of each of these are dates, and differ.
    SeveralDateKeys {
        keys: Vec<String>,
    },
    /// The name is not made of the table's keys.
    OtherKeys,
}

/// What was found of a table's partition keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Found {
    /// These keys together are the date.
    Read {
        keys: Vec<FoundKey>,
        declared: bool,
    },
    /// The values of this key could be read in each of these formats: somebody must say which.
    Ambiguous {
        key: String,
        formats: Vec<String>,
    },
    /// Each of these is a date: somebody must say which counts.
    SeveralDateKeys {
        keys: Vec<String>,
    },
    NoDateKey,
}

/// A key, and the formats of its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundKey {
    pub key: String,
    /// As they can be declared; more than one where values are written in several ways.
    pub formats: Vec<String>,
    /// What each number of an epoch stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<EpochEach>,
}

/// How many partitions have which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coverage {
    pub partitions: u64,
    /// With a day, or in the future.
    pub read: u64,
    /// Default partitions, `latest`, and what is before 1990.
    pub stand_ins: u64,
    pub unread: u64,
}

/// How the values of a table's partitions are read.
#[derive(Clone, Debug)]
pub struct Reader {
    keys: Vec<Key>,
    zones: Zones,
    found: Found,
    how: How,
}

impl Reader {
    /// Finds the format from the names of partitions: of all, or of some that have the smallest, largest, shortest and
    /// longest values among them. Their order does not matter.
    pub fn find<'a>(keys: &[Key], names: impl IntoIterator<Item = &'a str>, zones: Zones, today: NaiveDate) -> Self {
        let rows: Vec<_> = names.into_iter().map(|name| values_of(keys, name)).collect();
        let (found, how) = keys::find(keys, &columns(keys, &rows), &rows, zones, Window::around(today));
        Self { keys: keys.to_vec(), zones, found, how }
    }

    /// Reads by what was declared, whatever the values look like. The names tell what numbers of an epoch stand for.
    ///
    /// # Errors
    /// A key that the table has not, or not one pattern for each key.
    pub fn declared<'a>(
        keys: &[Key],
        declared: &Declared,
        names: impl IntoIterator<Item = &'a str>,
        zones: Zones,
    ) -> Result<Self, DeclaredError> {
        let rows: Vec<_> = names.into_iter().map(|name| values_of(keys, name)).collect();
        let (found, how) = keys::declared(keys, &columns(keys, &rows), declared, zones)?;
        Ok(Self { keys: keys.to_vec(), zones, found, how })
    }

    pub fn found(&self) -> &Found {
        &self.found
    }

    /// The day of the partition of this name.
    pub fn verdict(&self, name: &str, today: NaiveDate) -> Verdict {
        match values_of(&self.keys, name) {
            Some(row) => self.how.verdict(&row, &self.keys, self.zones, today),
            None => Verdict::Unknown { why: Why::OtherKeys },
        }
    }
}

impl Declared {
    /// From keys, and their patterns with `/` between them as in a partition's name: `yyyy-MM-dd/HH`. Of one key, `/`
    /// is a part of its pattern.
    ///
    /// # Errors
    /// A pattern that says nothing, or not one for each key.
    pub fn new(keys: &[String], format: &str) -> Result<Self, DeclaredError> {
        let texts: Vec<&str> = if keys.len() == 1 { vec![format] } else { split(format) };
        if texts.len() != keys.len() {
            return Err(DeclaredError::Patterns { keys: keys.len(), patterns: texts.len() });
        }
        let parsed = texts
            .into_iter()
            .map(|text| text.parse().map_err(|problem| DeclaredError::Pattern { pattern: text.to_owned(), problem }));
        Ok(Self { keys: keys.to_vec(), patterns: parsed.collect::<Result<_, _>>()? })
    }
}

impl Key {
    pub fn new(name: &str, data_type: &str) -> Self {
        Self { name: name.to_owned(), data_type: data_type.to_owned() }
    }

    /// Its type has no room for one.
    fn holds_no_dates(&self) -> bool {
        let lower = self.data_type.to_lowercase();
        ["boolean", "float", "double", "binary", "tinyint"].iter().any(|name| lower.starts_with(name))
    }
}

impl Verdict {
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) => Some(*day),
            Self::Future | Self::Unknown { .. } => None,
        }
    }
}

impl Coverage {
    pub fn of<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Self {
        let mut coverage = Self::default();
        for verdict in verdicts {
            coverage.partitions += 1;
            let counted = match verdict {
                Verdict::Day(_) | Verdict::Future => &mut coverage.read,
                Verdict::Unknown { why } if why.is_stand_in() => &mut coverage.stand_ins,
                Verdict::Unknown { .. } => &mut coverage.unread,
            };
            *counted += 1;
        }
        coverage
    }
}

impl Why {
    fn is_stand_in(&self) -> bool {
        matches!(self, Self::DefaultPartition { .. } | Self::Empty { .. } | Self::NoDay { .. } | Self::BeforeAnyData)
    }
}

/// Nine of ten.
fn enough(read: usize, of: usize) -> bool {
    of > 0 && read * 10 >= of * 9
}

/// The values in a partition's name, in the order of the keys; by their names where it has them.
fn values_of(keys: &[Key], name: &str) -> Option<Vec<String>> {
    let values = partition_name::values(name);
    if values.len() != keys.len() {
        return None;
    }
    let names: Vec<Option<&str>> = name.split('/').map(|part| part.split_once('=').map(|(name, _)| name)).collect();
    if names.iter().any(Option::is_none) {
        let all_plain = names.iter().all(Option::is_none);
        return all_plain.then(|| values.iter().map(|value| keys::clean(value)).collect());
    }
    let named: Vec<String> = names.into_iter().flatten().map(|name| partition_name::values(name).concat()).collect();
    let place = |key: &Key| named.iter().position(|name| name.eq_ignore_ascii_case(&key.name));
    keys.iter().map(|key| place(key).map(|at| keys::clean(&values[at]))).collect()
}

fn columns(keys: &[Key], rows: &[Option<Vec<String>>]) -> Columns {
    let of_key = |at: usize| rows.iter().flatten().map(|row| row[at].clone()).collect::<BTreeSet<String>>();
    (0..keys.len()).map(of_key).collect()
}

/// Splits at `/`, but within quotes.
fn split(format: &str) -> Vec<&str> {
    let mut is_quoted = false;
    format
        .split(move |c| {
            is_quoted ^= c == '\'';
            c == '/' && !is_quoted
        })
        .collect()
}
