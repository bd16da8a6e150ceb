//! What the index is given of an asset, and the compact form in which it keeps it for display.

use crate::search::analysis::words::composed;
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::asset::AssetKind;
use reeve_model::owner::OwnerState;
use reeve_model::personal_data::Class;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// A table, view or database as the index takes it in. Columns belong to their table's document.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexDoc {
    /// The row's id; databases have ids of their own, tables and views share theirs.
    pub id: i64,
    /// Not [`AssetKind::Column`].
    pub kind: AssetKind,
    pub source: String,
    /// The database's own name for databases.
    pub database: String,
    /// Same as `database` for databases.
    pub name: String,
    pub description: Option<String>,
    /// Whom a hit names: a data owner, or else the metastore's owner.
    pub owner: Option<String>,
    /// All data owners; empty where there are none.
    pub owners: Vec<String>,
    pub owner_state: OwnerState,
    /// With the partition keys, which are searched as columns are.
    pub columns: ColumnLines,
    pub partitioned: bool,
    pub format: Option<String>,
    pub size_bytes: Option<i64>,
    pub created_at: Option<DateTime<Utc>>,
    pub changed_at: Option<DateTime<Utc>>,
    pub tags: Vec<String>,
    /// The strictest class of its columns, decided or suggested.
    pub personal_data: Option<Class>,
    /// It has columns whose class the rules suggest and nobody has decided.
    pub undecided: bool,
    pub certified: bool,
    pub deprecated: bool,
    /// How much it is used, in reads per 30 days; 0 until usage is harvested.
    pub usage: u32,
    /// A deleted asset is taken out of the index.
    pub deleted: bool,
}

impl IndexDoc {
    /// A document with nothing but its place and name.
    pub fn new(id: i64, kind: AssetKind, source: &str, database: &str, name: &str) -> Self {
        Self {
            id,
            kind,
            source: source.into(),
            database: database.into(),
            name: name.into(),
            description: None,
            owner: None,
            owners: Vec::new(),
            owner_state: OwnerState::None,
            columns: ColumnLines::default(),
            partitioned: false,
            format: None,
            size_bytes: None,
            created_at: None,
            changed_at: None,
            tags: Vec::new(),
            personal_data: None,
            undecided: false,
            certified: false,
            deprecated: false,
            usage: 0,
            deleted: false,
        }
    }

    /// Whom `owner:` finds it by.
    pub(crate) fn found_by(&self) -> &[String] {
        if self.owners.is_empty() { self.owner.as_slice() } else { &self.owners }
    }

    pub(crate) fn qualified_name(&self) -> String {
        match self.kind {
            AssetKind::Database => self.name.clone(),
            _ => format!("{}.{}", self.database, self.name),
        }
    }
}

/// Names and comments of columns, a line for each, as they are indexed and kept: a million tables have too many columns
/// for strings of their own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnLines {
    pub(crate) names: String,
    /// As many lines as there are names; empty ones where there is no comment.
    pub(crate) comments: String,
}

/// An element of a table's list of columns; types are not searched.
#[derive(Deserialize)]
pub struct ColumnLine<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    comment: Option<Text<'a>>,
}

/// Borrowed wherever nothing in it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl ColumnLines {
    pub fn push(&mut self, name: &str, comment: Option<&str>) {
        push_line(&mut self.names, name);
        push_line(&mut self.comments, comment.unwrap_or(""));
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.lines().any(|known| known == name)
    }

    /// The same columns with these comments by name: in the place of the source's own, or only where it has none.
    pub fn with_comments(&self, comments: &HashMap<String, String>, first: bool) -> Self {
        let mut lines = Self::default();
        for (name, comment) in self.names.split_terminator('\n').zip(self.comments.split_terminator('\n')) {
            let own = comments.get(name).map(String::as_str);
            let source = (!comment.is_empty()).then_some(comment);
            lines.push(name, if first { own.or(source) } else { source.or(own) });
        }
        lines
    }
}

impl<'a> Extend<ColumnLine<'a>> for ColumnLines {
    fn extend<I: IntoIterator<Item = ColumnLine<'a>>>(&mut self, lines: I) {
        for line in lines {
            self.push(&line.name.0, line.comment.as_ref().map(|text| &*text.0));
        }
    }
}

/// A text of several lines stays one line.
fn push_line(to: &mut String, text: &str) {
    if text.contains('\n') {
        to.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c }));
    } else {
        to.push_str(text);
    }
    to.push('\n');
}

/// Longest text kept of a description, in bytes; the whole of it is in the database.
const DESCRIPTION_KEPT: usize = 4_000;
/// Longest text shown of a column's comment, in bytes.
const COMMENT_SHOWN: usize = 400;

/// What a hit shows. Texts are in composed form, so that byte ranges of matches hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct StoredDoc {
    pub(crate) source: String,
    pub(crate) database: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) owner_state: OwnerState,
    pub(crate) format: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) personal_data: Option<Class>,
    /// Names with comments.
    pub(crate) columns: Vec<(String, Option<String>)>,
}

/// The part of `text` within `most` bytes, at a character's end.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

pub(crate) fn kept_description(doc: &IndexDoc) -> Option<String> {
    let text = composed(doc.description.as_deref()?);
    Some(cut(&text, DESCRIPTION_KEPT).to_owned()).filter(|text| !text.trim().is_empty())
}

/// Writes the stored form: strings with their length, lists with their count.
pub(crate) fn encode(doc: &IndexDoc, out: &mut Vec<u8>) {
    put(out, &doc.source);
    put(out, &doc.database);
    put(out, &doc.name);
    put(out, kept_description(doc).as_deref().unwrap_or(""));
    put(out, doc.owner.as_deref().unwrap_or(""));
    put(out, doc.owner_state.as_str());
    put(out, doc.format.as_deref().unwrap_or(""));
    put_count(out, doc.tags.len());
    for tag in &doc.tags {
        put(out, tag);
    }
    put(out, doc.personal_data.map_or("", Word::as_str));
    put(out, &composed(&doc.columns.names));
    put(out, &composed(&doc.columns.comments));
}

fn put_count(out: &mut Vec<u8>, mut count: usize) {
    while count >= 0x80 {
        out.push(count as u8 | 0x80);
        count >>= 7;
    }
    out.push(count as u8);
}

fn put(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Reads the stored form; `None` if it is damaged.
pub(crate) fn decode(bytes: &[u8]) -> Option<StoredDoc> {
    let mut input = Input(bytes);
    let source = input.text()?.to_owned();
    let database = input.text()?.to_owned();
    let name = input.text()?.to_owned();
    let description = input.optional()?;
    let owner = input.optional()?;
    let owner_state = OwnerState::parse(input.text()?)?;
    let format = input.optional()?;
    let tags = (0..input.count()?).map(|_| input.text().map(str::to_owned)).collect::<Option<_>>()?;
    let personal_data = Class::parse(input.text()?);
    let (names, comments) = (input.text()?.split_terminator('\n'), input.text()?.split_terminator('\n'));
    let shown = |comment: &str| (!comment.is_empty()).then(|| cut(comment, COMMENT_SHOWN).to_owned());
    let columns = names.zip(comments).map(|(name, comment)| (name.to_owned(), shown(comment))).collect();
    Some(StoredDoc { source, database, name, description, owner, owner_state, format, tags, personal_data, columns })
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn count(&mut self) -> Option<usize> {
        let mut count = 0usize;
        for shift in (0..35).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            count |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(count);
            }
        }
        None
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.count()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn optional(&mut self) -> Option<Option<String>> {
        self.text().map(|text| (!text.is_empty()).then(|| text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_stored_is_read_back(name in ".{1,20}", about in "[가-힣 a-z]{1,40}", columns in prop::collection::vec("[a-z가-힣]{1,9}", 0..200)) {
            let mut doc = IndexDoc::new(1, AssetKind::Table, "hive", "mart", &name);
            doc.description = Some(about.clone());
            for name in &columns {
                doc.columns.push(name, (name.len() > 3).then_some(about.as_str()));
            }
            let mut bytes = Vec::new();
            encode(&doc, &mut bytes);
            let back = decode(&bytes).expect("readable");
            prop_assert_eq!(back.name, name);
            let back_about = back.description.unwrap_or_default();
            prop_assert_eq!(back_about.trim(), about.trim());
            let told = |name: &String| (name.clone(), (name.len() > 3 && !about.is_empty()).then(|| about.clone()));
            prop_assert_eq!(back.columns, columns.iter().map(told).collect::<Vec<_>>());
        }

        #[test]
        fn damage_is_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            decode(&bytes);
        }
    }
}
