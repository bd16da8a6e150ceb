//! What people say of databases, tables and columns: descriptions, tags, classes of personal data, certification,
//! deprecation. It stands beside what the source says, and no crawl touches it.

use crate::personal_data::Class;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Longest description, in characters of Markdown.
pub const LONGEST_DESCRIPTION: usize = 20_000;
/// Longest comment of a column, in characters.
pub const LONGEST_COMMENT: usize = 2_000;
/// Longest note of a deprecation, and reason of a proposal, in characters.
pub const LONGEST_NOTE: usize = 500;
/// Tags that one table takes from the governed list.
pub const MOST_TAGS: usize = 30;

/// Who wrote a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Author {
    /// People in the portal, as Markdown.
    Portal,
    /// The source, as plain text.
    Source,
}

/// That a table should no longer be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deprecation {
    /// `None` where only the source says so, by its parameter `deprecated`.
    pub note: Option<String>,
    /// `db.table` to use instead.
    pub replacement: Option<String>,
    pub by: Option<String>,
    pub at: Option<DateTime<Utc>>,
}

/// The word of whoever answers for a table that it can be relied on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Certification {
    pub by: String,
    pub at: DateTime<Utc>,
}

/// What of a table only people say, and lists do not show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Said {
    /// Names, those of the source's own parameters among them.
    #[serde(default)]
    pub tags: Vec<String>,
    pub certification: Option<Certification>,
    /// Where people wrote another one.
    pub source_description: Option<String>,
    /// The strictest class of its columns, decided or suggested; `None` where none is personal.
    pub personal_data: Option<Class>,
    /// Counts the edits; the first part of the entity tag.
    #[serde(default)]
    pub revision: i64,
}

/// What a column holds of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalData {
    /// As decided, or else as suggested.
    pub class: Class,
    /// Whether a person decided it.
    pub decided: bool,
    pub by: Option<String>,
    pub at: Option<DateTime<Utc>>,
    /// What the rules say, where that is not `none`.
    pub suggestion: Option<Suggestion>,
}

/// What the rules make of name, comment and type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestion {
    pub class: Class,
    pub reason_ko: String,
    pub reason_en: String,
    /// Version of the rules.
    pub rules: i64,
}

/// A tag of the governed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tag {
    pub id: i64,
    /// What API, search and addresses call it: lower case, without blanks.
    pub name: String,
    pub title_ko: String,
    pub title_en: String,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    /// Databases and tables that have it.
    pub uses: i64,
}

/// What people read of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TagTitles {
    pub title_ko: String,
    pub title_en: String,
}

/// Changes to what is said of one table or database. What is left out stays; `null` takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Edit {
    /// Markdown. `null` shows the source's own again.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 20_000))]
    pub description: Option<Option<String>>,
    /// Names of the governed list; all that it is to have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified: Option<bool>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Deprecate>))]
    pub deprecated: Option<Option<Deprecate>>,
    /// By the column's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnEdit>,
}

/// As [`Edit`], of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseEdit {
    /// Markdown. `null` shows the source's own again.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 20_000))]
    pub description: Option<Option<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Deprecate {
    /// Why, and what to do.
    #[serde(default)]
    pub note: String,
    /// `db.table` to use instead.
    #[serde(default)]
    pub replacement: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ColumnEdit {
    /// Kept beside the source's.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 2_000))]
    pub comment: Option<Option<String>>,
    /// `null`: nobody has decided.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Class>))]
    pub personal_data: Option<Option<Class>>,
}

/// `null` is a value, and not the same as what is left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(input).map(Some)
}

impl Edit {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl ColumnEdit {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProposalState {
    Pending,
    Accepted,
    Declined,
    /// Taken back by whoever made it.
    Withdrawn,
}

/// What somebody proposes who may not edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposal {
    pub id: i64,
    pub change: Edit,
    /// What was so of it when it was proposed.
    pub before: Edit,
    /// Why.
    pub note: String,
    pub state: ProposalState,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub answer: Option<String>,
}

/// One change to each of many tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BulkChange {
    AddTag(String),
    RemoveTag(String),
    /// Of every column of this name.
    Classify {
        column: String,
        class: Class,
    },
    Deprecate {
        note: String,
    },
    Undeprecate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays_and_null_takes_away() {
        let edit: Edit = serde_json::from_str(
            r#"{"description":null,"deprecated":null,"columns":{"a":{"personal_data":null},"b":{"comment":"x"}}}"#,
        )
        .unwrap();
        assert_eq!(
            (edit.description.clone(), edit.deprecated.clone(), edit.tags.clone()),
            (Some(None), Some(None), None)
        );
        assert_eq!(edit.columns["a"], ColumnEdit { comment: None, personal_data: Some(None) });
        assert_eq!(serde_json::from_str::<Edit>(&serde_json::to_string(&edit).unwrap()).unwrap(), edit);
        assert!(serde_json::from_str::<Edit>("{}").unwrap().is_empty());
        assert!(serde_json::from_str::<Edit>(r#"{"descripton":"x"}"#).is_err());
    }
}
