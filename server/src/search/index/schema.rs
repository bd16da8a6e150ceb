//! The index's fields. One document per table, view and database; columns are searched in fields of their table's
//! document, because a million tables of twenty columns would otherwise be twenty-one million documents to rebuild.

use super::Error;
use super::doc::{self, IndexDoc};
use super::facets::{self, FACETS, Of};
use crate::search::analysis::tokens::Lines;
use crate::search::analysis::words::{composed, squashed};
use reeve_model::Word;
use reeve_model::asset::AssetKind;
use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{RAW_TOKENIZER_NAME, TextAnalyzer, TokenizerManager};
use tantivy::{Index, TantivyDocument, Term};

/// Raised whenever fields, terms or stored forms change; an index of another version is rebuilt.
pub(crate) const VERSION: u32 = 7;

/// The field handles, in the order of [`schema`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// What deletes a document: see [`key_term`].
    pub(crate) key: Field,
    pub(crate) words: [Field; WordField::COUNT],
    pub(crate) stored: Field,
    /// For each facet with values of its own.
    facets: [Option<Field>; facets::COUNT],
    name_key: Field,
    qualified: Field,
    bits: Field,
    size: Field,
    created: Field,
    changed: Field,
}

/// The fields that words are looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum WordField {
    Name,
    Database,
    Column,
    Description,
    Comment,
    Owner,
}

impl WordField {
    pub(crate) const COUNT: usize = 6;
    pub(crate) const ALL: [Self; Self::COUNT] =
        [Self::Name, Self::Database, Self::Column, Self::Description, Self::Comment, Self::Owner];

    /// Whether a match here is a match of a column.
    pub(crate) fn is_column(self) -> bool {
        matches!(self, Self::Column | Self::Comment)
    }
}

/// What is true of a document, in one number read with one load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits(pub(crate) u64);

impl Bits {
    const KIND: u64 = 0xff;
    pub(super) const PARTITIONED: u64 = 1 << 8;
    pub(super) const DESCRIPTION: u64 = 1 << 9;
    const OWNER: u64 = 1 << 10;
    pub(super) const DEPRECATED: u64 = 1 << 11;
    const COLUMNS: u64 = 1 << 12;
    pub(super) const CERTIFIED: u64 = 1 << 13;
    pub(super) const UNDECIDED: u64 = 1 << 14;

    fn of(doc: &IndexDoc, description: Option<&str>) -> Self {
        let kind = doc.kind as u64;
        let words = crate::search::analysis::words::pieces(&composed(&doc.name)).len().clamp(1, 255) as u64;
        let letters =
            description.map_or(0, |text| text.chars().filter(|c| c.is_alphanumeric()).take(255).count()) as u64;
        let flag = |on: bool, bit: u64| if on { bit } else { 0 };
        Self(
            kind | flag(doc.partitioned, Self::PARTITIONED)
                | flag(description.is_some(), Self::DESCRIPTION)
                | flag(doc.owner.as_deref().is_some_and(|owner| !owner.is_empty()), Self::OWNER)
                | flag(doc.deprecated, Self::DEPRECATED)
                | flag(doc.certified, Self::CERTIFIED)
                | flag(doc.undecided, Self::UNDECIDED)
                | flag(!doc.columns.is_empty(), Self::COLUMNS)
                | words << 16
                | letters << 24
                | u64::from(doc.usage) << 32,
        )
    }

    /// Whether the kind is one that this program knows.
    pub(super) fn has_known_kind(self) -> bool {
        self.kind_index() < AssetKind::ALL.len()
    }

    /// Segments with a kind that is not known are not read in the first place.
    pub(crate) fn kind(self) -> AssetKind {
        AssetKind::ALL[self.kind_index()]
    }

    pub(crate) fn kind_index(self) -> usize {
        (self.0 & Self::KIND) as usize
    }

    pub(crate) fn has(self, bit: u64) -> bool {
        self.0 & bit != 0
    }

    pub(crate) fn partitioned(self) -> bool {
        self.has(Self::PARTITIONED)
    }

    pub(crate) fn has_description(self) -> bool {
        self.has(Self::DESCRIPTION)
    }

    pub(crate) fn has_owner(self) -> bool {
        self.has(Self::OWNER)
    }

    pub(crate) fn deprecated(self) -> bool {
        self.has(Self::DEPRECATED)
    }

    pub(crate) fn certified(self) -> bool {
        self.has(Self::CERTIFIED)
    }

    pub(crate) fn undecided(self) -> bool {
        self.has(Self::UNDECIDED)
    }

    pub(crate) fn has_columns(self) -> bool {
        self.has(Self::COLUMNS)
    }

    /// Words in the name.
    pub(crate) fn name_words(self) -> u32 {
        (self.0 >> 16) as u32 & 0xff
    }

    /// Letters and digits in the description, 255 for more.
    pub(crate) fn description_letters(self) -> u32 {
        (self.0 >> 24) as u32 & 0xff
    }

    pub(crate) fn usage(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// A name, a text; names and texts that come many times over.
const NAME: &str = "name";
const TEXT: &str = "text";
const NAMES: &str = "names";
const TEXTS: &str = "texts";

pub(crate) fn schema() -> (Schema, Fields) {
    let mut build = SchemaBuilder::new();
    let words = |tokenizer: &str| {
        // No frequencies, positions or lengths: ranking is by where a word stands, and phrases are pairs of words.
        let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
        TextOptions::default().set_indexing_options(indexing.set_tokenizer(tokenizer))
    };
    let fast = || TextOptions::default().set_fast(RAW_TOKENIZER_NAME);
    let number = || NumericOptions::default().set_fast();
    let fields = Fields {
        key: build.add_u64_field("key", NumericOptions::default().set_indexed()),
        words: [
            build.add_text_field("name", words(NAME)),
            build.add_text_field("database_words", words(NAMES)),
            build.add_text_field("column", words(NAMES)),
            build.add_text_field("description", words(TEXT)),
            build.add_text_field("comment", words(TEXTS)),
            build.add_text_field("owner_words", words(NAMES)),
        ],
        stored: build.add_bytes_field("stored", BytesOptions::default().set_stored()),
        facets: FACETS.map(|(_, of)| match of {
            Of::One(name, _) | Of::Many(name, _) => Some(build.add_text_field(name, fast())),
            Of::Kind | Of::Flag(_) => None,
        }),
        name_key: build.add_text_field("name_key", fast()),
        qualified: build.add_text_field("qualified", fast()),
        bits: build.add_u64_field("bits", number()),
        size: build.add_i64_field("size", number()),
        created: build.add_i64_field("created", number()),
        changed: build.add_i64_field("changed", number()),
    };
    (build.build(), fields)
}

pub(crate) fn register_tokenizers(index: &Index) {
    let manager: &TokenizerManager = index.tokenizers();
    manager.register(NAME, TextAnalyzer::from(Lines::new(true, false)));
    manager.register(TEXT, TextAnalyzer::from(Lines::new(false, false)));
    manager.register(NAMES, TextAnalyzer::from(Lines::new(true, true)));
    manager.register(TEXTS, TextAnalyzer::from(Lines::new(false, true)));
}

/// Databases and tables count their ids apart; a table that becomes a view stays the same document.
///
/// # Errors
/// For what is no document.
pub(crate) fn key_term(fields: &Fields, kind: AssetKind, id: i64) -> Result<Term, Error> {
    Ok(Term::from_field_u64(fields.key, key(kind, id)?))
}

fn key(kind: AssetKind, id: i64) -> Result<u64, Error> {
    let is_database = match kind {
        AssetKind::Database => 1,
        AssetKind::Table | AssetKind::View => 0,
        AssetKind::Column => return Err(Error::NoDocument(kind)),
    };
    Ok((id as u64) << 1 | is_database)
}

/// What names are ordered and looked up by: `orderdetail`, then the name as written in lower case, so that one
/// dictionary answers "starts with", "is, but for separators" and "is to the letter".
pub(crate) fn name_key(name: &str) -> String {
    let name = composed(name);
    format!("{}\0{}", squashed(&name), name.to_lowercase())
}

pub(crate) fn document(fields: &Fields, doc: &IndexDoc) -> Result<TantivyDocument, Error> {
    let description = doc::kept_description(doc);
    let mut out = TantivyDocument::new();
    out.add_u64(fields.key, key(doc.kind, doc.id)?);
    let [name, database, column, text, comment, owner] = fields.words;
    out.add_text(name, &doc.name);
    if doc.kind != AssetKind::Database {
        out.add_text(database, &doc.database);
    }
    out.add_text(column, &doc.columns.names);
    out.add_text(comment, &doc.columns.comments);
    if let Some(description) = &description {
        out.add_text(text, description);
    }
    doc.found_by().iter().filter(|name| !name.is_empty()).for_each(|name| out.add_text(owner, name));
    for ((_, of), field) in FACETS.iter().zip(fields.facets) {
        let Some(field) = field else { continue };
        match of {
            Of::One(_, value) => {
                value(doc).filter(|value| !value.is_empty()).into_iter().for_each(|value| out.add_text(field, value));
            }
            Of::Many(_, values) => values(doc).iter().for_each(|value| out.add_text(field, value)),
            Of::Kind | Of::Flag(_) => {}
        }
    }
    out.add_text(fields.name_key, name_key(&doc.name));
    out.add_text(fields.qualified, format!("{}\0{}", doc.qualified_name(), doc.source));
    out.add_u64(fields.bits, Bits::of(doc, description.as_deref()).0);
    if let Some(size) = doc.size_bytes {
        out.add_i64(fields.size, size);
    }
    if let Some(at) = doc.created_at {
        out.add_i64(fields.created, at.timestamp());
    }
    if let Some(at) = doc.changed_at {
        out.add_i64(fields.changed, at.timestamp());
    }
    let mut stored = Vec::with_capacity(1024);
    doc::encode(doc, &mut stored);
    out.add_bytes(fields.stored, &stored);
    Ok(out)
}

/// What a commit says of itself; read by `Snapshot`.
pub(super) fn payload(seq: i64) -> String {
    format!("{} {seq}", VERSION)
}

/// The `change_log` sequence of a commit's payload, if it is of this schema.
pub(super) fn payload_seq(payload: Option<&str>) -> Option<i64> {
    let (version, seq) = payload?.split_once(' ')?;
    (version.parse() == Ok(VERSION)).then(|| seq.parse().ok())?
}
