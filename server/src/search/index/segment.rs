//! What a search needs of each document, laid out so that one load answers filters, facets and ranking.

use super::facets::{self, FACETS, Of};
use super::schema::Bits;
use reeve_model::search::FacetField;
use rustc_hash::FxHashSet;
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::columnar::{Column, StrColumn, TermOrdHit};
use tantivy::index::SegmentId;
use tantivy::{SegmentReader, TantivyError};

/// One document's attributes. Values are numbers of the [`Values`] they belong to; 0 stands for none.
#[derive(Clone, Copy, Default)]
pub(crate) struct Attributes {
    pub(crate) bits: Bits,
    /// The values of the facets of one value.
    pub(crate) ones: [u32; facets::ONES],
    /// Place among this segment's documents by qualified name.
    pub(crate) qualified: u32,
}

impl Attributes {
    pub(crate) fn database(&self) -> u32 {
        self.ones[facets::one(FacetField::Db)]
    }

    pub(crate) fn source(&self) -> u32 {
        self.ones[facets::one(FacetField::Source)]
    }
}

/// The distinct values of one facet over the whole index. Numbers are only ever added, so what a segment has read stays true.
#[derive(Clone, Default)]
pub(crate) struct Values {
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Values {
    fn number(&mut self, name: &str) -> u32 {
        if self.names.is_empty() {
            self.names.push("".into());
        }
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let name: Arc<str> = name.into();
        let number = self.names.len() as u32;
        self.names.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    /// How many numbers there are, with the 0 for none.
    pub(crate) fn len(&self) -> usize {
        self.names.len().max(1)
    }

    /// The number of a value.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// Number and name of each value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.names.iter().enumerate().skip(1).map(|(number, name)| (number as u32, name.as_ref()))
    }
}

/// The values of every facet.
#[derive(Clone, Default)]
pub(crate) struct Vocabulary([Values; facets::COUNT]);

impl Vocabulary {
    pub(crate) fn of(&self, facet: FacetField) -> &Values {
        &self.0[facet as usize]
    }
}

/// Values of document `i` are `values[starts[i]..starts[i + 1]]`; `starts` is empty if no document has any.
#[derive(Default)]
struct Lists {
    starts: Vec<u32>,
    values: Vec<u32>,
}

/// A segment's attributes, read once when the segment appears; deletions come and go without it.
pub(crate) struct SegmentData {
    pub(crate) id: SegmentId,
    pub(crate) attributes: Vec<Attributes>,
    /// For each document its place among the name keys.
    pub(crate) name_ord: Vec<u32>,
    /// Documents by name key.
    pub(crate) by_name: Vec<u32>,
    /// How many documents have a smaller name key, for each name key, and one more at the end.
    pub(crate) name_starts: Vec<u32>,
    pub(crate) name_key: Option<StrColumn>,
    pub(crate) qualified: Option<StrColumn>,
    /// The values of the facets of many values.
    many: [Lists; facets::MANYS],
    /// Each database with each source that has it, by their numbers, deleted documents among them.
    pub(crate) places: Vec<(u32, u32)>,
    pub(crate) size: Column<i64>,
    pub(crate) created: Column<i64>,
    pub(crate) changed: Column<i64>,
}

impl SegmentData {
    pub(crate) fn read(segment: &SegmentReader, vocabulary: &mut Vocabulary) -> Result<Self, TantivyError> {
        let fast = segment.fast_fields();
        let documents = segment.max_doc();
        let mut attributes = vec![Attributes::default(); documents as usize];
        let bits = fast.u64("bits")?;
        for (at, attribute) in attributes.iter_mut().enumerate() {
            attribute.bits = Bits(bits.first(at as u32).unwrap_or(0));
        }
        if attributes.iter().any(|attribute| !attribute.bits.has_known_kind()) {
            return Err(TantivyError::InternalError("an asset of a kind that this program does not know".into()));
        }
        let mut many: [Lists; facets::MANYS] = Default::default();
        for ((field, of), values) in FACETS.iter().zip(&mut vocabulary.0) {
            match of {
                Of::One(name, _) => {
                    let Some(column) = fast.str(name)? else { continue };
                    let numbers = numbers(&column, values)?;
                    for (at, attribute) in attributes.iter_mut().enumerate() {
                        if let Some(ord) = column.ords().first(at as u32) {
                            attribute.ones[facets::one(*field)] = numbers[ord as usize];
                        }
                    }
                }
                Of::Many(name, _) => {
                    let Some(column) = fast.str(name)? else { continue };
                    let numbers = numbers(&column, values)?;
                    let lists = &mut many[facets::many(*field)];
                    lists.starts.push(0);
                    for document in 0..documents {
                        lists.values.extend(column.ords().values_for_doc(document).map(|ord| numbers[ord as usize]));
                        lists.starts.push(lists.values.len() as u32);
                    }
                }
                Of::Kind | Of::Flag(_) => {}
            }
        }
        let places: FxHashSet<(u32, u32)> = attributes.iter().map(|a| (a.database(), a.source())).collect();
        let qualified = fast.str("qualified")?;
        if let Some(column) = &qualified {
            for (at, attribute) in attributes.iter_mut().enumerate() {
                attribute.qualified = column.ords().first(at as u32).unwrap_or(0) as u32;
            }
        }
        let name_key = fast.str("name_key")?;
        let mut name_ord = vec![0u32; documents as usize];
        let mut name_starts = vec![0u32; 1];
        let mut by_name = vec![0u32; documents as usize];
        if let Some(column) = &name_key {
            name_starts = vec![0u32; column.dictionary().num_terms() + 1];
            for (at, ord) in name_ord.iter_mut().enumerate() {
                *ord = column.ords().first(at as u32).unwrap_or(0) as u32;
                name_starts[*ord as usize + 1] += 1;
            }
            for at in 1..name_starts.len() {
                name_starts[at] += name_starts[at - 1];
            }
            let mut next = name_starts.clone();
            for (at, ord) in name_ord.iter().enumerate() {
                let place = &mut next[*ord as usize];
                by_name[*place as usize] = at as u32;
                *place += 1;
            }
        }
        Ok(Self {
            id: segment.segment_id(),
            attributes,
            name_ord,
            by_name,
            name_starts,
            name_key,
            qualified,
            many,
            places: places.into_iter().collect(),
            size: fast.i64("size")?,
            created: fast.i64("created")?,
            changed: fast.i64("changed")?,
        })
    }

    /// The values of a facet of many values.
    pub(crate) fn values(&self, slot: usize, document: u32) -> &[u32] {
        let (Lists { starts, values }, at) = (&self.many[slot], document as usize);
        match starts.get(at + 1) {
            Some(end) => &values[starts[at] as usize..*end as usize],
            None => &[],
        }
    }

    pub(crate) fn tags(&self, document: u32) -> &[u32] {
        self.values(facets::many(FacetField::Tag), document)
    }

    /// The name keys in `from <= key < until`, as a range of places.
    pub(crate) fn name_range(&self, from: &str, until: &str) -> Result<std::ops::Range<u32>, TantivyError> {
        let Some(column) = &self.name_key else { return Ok(0..0) };
        Ok(place(column, from)?..place(column, until)?)
    }

    /// The documents whose name keys are in this range of places, by name key.
    pub(crate) fn named(&self, range: &std::ops::Range<u32>) -> &[u32] {
        let starts = &self.name_starts;
        let (Some(from), Some(until)) = (starts.get(range.start as usize), starts.get(range.end as usize)) else {
            return &[];
        };
        self.by_name.get(*from as usize..*until as usize).unwrap_or(&[])
    }

    /// How many qualified names come before this one, and whether it is there.
    pub(crate) fn qualified_place(&self, name: &str) -> Result<u32, TantivyError> {
        self.qualified.as_ref().map_or(Ok(0), |column| place(column, name))
    }

    pub(crate) fn qualified_name(&self, document: u32, out: &mut String) -> Result<(), TantivyError> {
        out.clear();
        if let Some(column) = &self.qualified {
            column.ord_to_str(u64::from(self.attributes[document as usize].qualified), out)?;
        }
        Ok(())
    }
}

/// How many terms of the column come before `key`.
fn place(column: &StrColumn, key: &str) -> Result<u32, TantivyError> {
    let found = match column.dictionary().term_ord_or_next(key)? {
        TermOrdHit::Exact(ord) | TermOrdHit::Next(ord) => ord,
    };
    Ok(found.min(column.dictionary().num_terms() as u64) as u32)
}

/// The index-wide number of each of the column's terms.
fn numbers(column: &StrColumn, values: &mut Values) -> Result<Vec<u32>, TantivyError> {
    let mut numbers = Vec::with_capacity(column.dictionary().num_terms());
    let mut terms = column.dictionary().stream()?;
    while terms.advance() {
        let name = std::str::from_utf8(terms.key())
            .map_err(|_| TantivyError::InternalError("a value of the index is not UTF-8".into()))?;
        numbers.push(values.number(name));
    }
    Ok(numbers)
}
