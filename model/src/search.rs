//! What one asks the search and what it answers; the API, the pages, the islands and the CLI share it.

use crate::asset::AssetKind;
use crate::personal_data::Class;
use crate::visibility::Hidden;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A search as a caller states it. Filters come from facets, on top of what the query itself says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SearchRequest {
    /// The query language of `query`; plain words always search.
    pub q: String,
    /// Chosen facet values: within a field any of them, across fields all of them.
    pub filters: Vec<(FacetField, String)>,
    pub sort: Sort,
    /// 1 to 100.
    pub limit: usize,
    /// Position to continue from, from `next_cursor`.
    pub cursor: Option<String>,
    pub facets: bool,
    /// Fill [`Why::contribution`] for each hit.
    pub explain: bool,
    /// What does not exist for whoever asks; never of the request itself.
    #[serde(skip)]
    pub hidden: Hidden,
    /// What `owner:me` means: the reader's login and the teams that he leads. Empty unless the query asks for it, so that
    /// one answer serves all others.
    #[serde(skip)]
    pub me: Vec<String>,
}

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Sort {
    #[default]
    Relevance,
    Name,
    /// Largest first.
    Size,
    /// Newest first, by creation at the source.
    Created,
    /// Most recently changed first.
    Changed,
}

/// The fields hits can be counted and narrowed by. The name is also the URL parameter.
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
pub enum FacetField {
    Type,
    Db,
    Owner,
    Tag,
    Format,
    Source,
    /// `yes` or `no`
    Partitioned,
    /// `yes` or `no`
    Description,
    /// `sensitive`, `direct` or `indirect`
    PersonalData,
    /// `yes` or `no`: columns whose class nobody has decided though the rules suggest one
    Undecided,
    /// `yes` or `no`
    Certified,
    /// `yes` or `no`
    Deprecated,
    /// How it stands with who decides: a word of [`crate::owner::OwnerState`].
    OwnerState,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchResponse {
    /// How many assets match in all.
    pub total: u64,
    /// Time the search itself took, in milliseconds.
    pub took_ms: f64,
    pub hits: Vec<Hit>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<Facet>,
    /// Set when nothing matched as typed and these hits come from a near spelling.
    pub did_you_mean: Option<String>,
    pub next_cursor: Option<String>,
    /// What was odd in the query; the rest of it was searched all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<QueryProblem>,
    /// Words of the query that no hit needs to have, because nothing has all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// Other readings that were searched too: synonyms, the other keyboard layout, the name in a pasted statement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_searched: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hit {
    pub kind: AssetKind,
    /// `db`, `db.table` or `db.table.column`
    pub qualified_name: String,
    pub source: String,
    /// Another source has a database of this name too: addresses must name the source.
    pub ambiguous: bool,
    pub database: String,
    /// The table for tables, views and columns.
    pub table: Option<String>,
    pub description: Option<String>,
    pub score: f32,
    pub why: Vec<Why>,
    /// Columns of this table that matched, best first, at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<MatchedColumn>,
    /// Byte ranges of `qualified_name` that matched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_marks: Vec<Mark>,
    /// Byte ranges of `description` that matched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub description_marks: Vec<Mark>,
    pub owner: Option<String>,
    /// Of the data owners; `none` where only the metastore names somebody.
    #[serde(default)]
    pub owner_state: crate::owner::OwnerState,
    pub format: Option<String>,
    pub size_bytes: Option<i64>,
    pub partitioned: bool,
    pub created_at: Option<DateTime<Utc>>,
    pub changed_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The strictest class of its columns, decided or suggested.
    pub personal_data: Option<Class>,
    pub certified: bool,
    pub deprecated: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatchedColumn {
    pub name: String,
    pub comment: Option<String>,
    pub name_marks: Vec<Mark>,
    pub comment_marks: Vec<Mark>,
}

/// A byte range `start..end` of the text it belongs to, on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mark {
    pub start: usize,
    pub end: usize,
}

/// One reason why a hit is where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Why {
    pub rule: WhyRule,
    /// What of the asset it is about: the matching word, column or owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What it added to (or took from) the score; only with `explain=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contribution: Option<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhyRule {
    ExactQualifiedName,
    ExactName,
    NamePrefix,
    NameWord,
    ColumnName,
    ColumnComment,
    Description,
    Database,
    Owner,
    Synonym,
    InitialConsonants,
    KeyboardLayout,
    Fuzzy,
    Used,
    HasOwner,
    HasDescription,
    Deprecated,
    /// It matched by filters alone.
    Filter,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facet {
    pub field: FacetField,
    /// Largest count first; chosen values are always among them.
    pub values: Vec<FacetValue>,
    /// How many different values there are in all.
    pub distinct: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetValue {
    pub value: String,
    /// Hits with this value under the query and the filters of the *other* fields.
    pub count: u64,
    pub selected: bool,
}

/// A part of the query that could not be taken as meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryProblem {
    pub code: QueryProblemCode,
    /// Byte range of `q`.
    pub start: usize,
    pub end: usize,
    /// The offending text.
    pub text: String,
    /// What would have been right: a field or a form such as `>1tb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// How much would have been searched, for `too_long` (characters) and `too_many_words`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueryProblemCode {
    UnknownField,
    BadValue,
    EmptyValue,
    UnclosedQuote,
    /// `-` or `db:` with nothing after it, and the like.
    Dangling,
    /// Only the first so many characters were searched.
    TooLong,
    /// Only the first so many different words were searched.
    TooManyWords,
    /// It took too long; the answer has what was found until then.
    Unfinished,
}

/// One line of the list that opens while typing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestion {
    pub kind: AssetKind,
    pub qualified_name: String,
    pub source: String,
    /// Another source has a database of this name too: addresses must name the source.
    pub ambiguous: bool,
    pub database: String,
    /// The table for tables, views and columns.
    pub table: Option<String>,
    pub description: Option<String>,
    /// Byte ranges of `qualified_name` that matched.
    pub name_marks: Vec<Mark>,
}
