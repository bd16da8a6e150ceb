//! The documents of the terms that a clause looks up, in the form that costs least to walk through.

use super::Deadline;
use crate::search::index::schema::{Fields, WordField};
use crate::search::query::plan::{Alt, Clause, Lookup};
use crate::search::rank::{self, Extent, Voice};
use std::collections::BTreeSet;
use std::sync::Arc;
use tantivy::index::{InvertedIndexReader, SegmentReader};
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{TERMINATED, TantivyError};

/// Documents looked at together: what is noted of them stays in the first-level cache.
pub(super) const WINDOW: usize = 4_096;
/// Of a range of terms so many are followed, in their order. Words that begin with two given letters are fewer.
const MOST_TERMS: usize = 2_048;
/// The same for all words of a query, so that many of them cost no more than a few.
const MOST_TERMS_IN_ALL: usize = 8 * MOST_TERMS;
/// Terms in at most so many documents are put together as they are bound: a reader each would cost more than they hold.
const RARE: u32 = 256;
/// Rare terms of more documents than this are put together as bits, of fewer as a list.
const LONG_LIST: usize = 4_096;
/// Looking up one document costs about as much as walking past so many.
const LOOK_UP: usize = 16;

/// A byte for each document of a window.
pub(super) type Marks = [u8; WINDOW];

/// Documents in rising order, with the place in them.
enum Cursor {
    /// A posting list, block by block. `usual`: how many of its documents a window holds on average.
    Postings {
        blocks: Box<BlockSegmentPostings>,
        at: usize,
        usual: usize,
    },
    List {
        documents: Vec<u32>,
        at: usize,
    },
    Bits {
        words: Vec<u64>,
        next: u32,
    },
}

impl Cursor {
    fn list(mut documents: Vec<u32>, all: u32) -> Self {
        if documents.len() > LONG_LIST {
            let mut words = vec![0u64; (all as usize).div_ceil(64)];
            for document in documents {
                words[document as usize / 64] |= 1 << (document % 64);
            }
            let next = first_bit(&words, 0);
            return Self::Bits { words, next };
        }
        documents.sort_unstable();
        documents.dedup();
        Self::List { documents, at: 0 }
    }

    /// The document it stands on; `TERMINATED` behind the last.
    fn next(&self) -> u32 {
        match self {
            Self::Postings { blocks, at, .. } => blocks.docs().get(*at).copied().unwrap_or(TERMINATED),
            Self::List { documents, at } => documents.get(*at).copied().unwrap_or(TERMINATED),
            Self::Bits { next, .. } => *next,
        }
    }

    /// How many documents there are, at most.
    fn count(&self) -> u64 {
        match self {
            Self::Postings { blocks, .. } => u64::from(blocks.doc_freq()),
            Self::List { documents, .. } => documents.len() as u64,
            Self::Bits { words, .. } => words.iter().map(|word| u64::from(word.count_ones())).sum(),
        }
    }

    fn seek(&mut self, document: u32) {
        if self.next() >= document {
            return;
        }
        match self {
            Self::Postings { blocks, at, .. } => *at = blocks.seek(document),
            Self::List { documents, at } => *at += documents[*at..].partition_point(|d| *d < document),
            Self::Bits { words, next } => *next = first_bit(words, document),
        }
    }

    /// Calls `f` with each document of the window from `base` to before `end`, as its place in it.
    #[inline]
    fn each(&mut self, base: u32, end: u32, mut f: impl FnMut(usize)) {
        self.seek(base);
        match self {
            Self::Postings { blocks, at, .. } => loop {
                let documents = blocks.docs();
                while let Some(document) = documents.get(*at) {
                    if *document >= end {
                        return;
                    }
                    f((*document - base) as usize % WINDOW);
                    *at += 1;
                }
                if documents.is_empty() {
                    return;
                }
                blocks.advance();
                *at = 0;
            },
            Self::List { documents, at } => {
                while let Some(document) = documents.get(*at).filter(|document| **document < end) {
                    f((*document - base) as usize % WINDOW);
                    *at += 1;
                }
            }
            Self::Bits { words, next } => {
                // Windows begin at a multiple of 64, and no bit stands behind the last document.
                for (at, word) in words[base as usize / 64..(end as usize).div_ceil(64)].iter().enumerate() {
                    let mut word = *word;
                    while word != 0 {
                        f((at * 64 + word.trailing_zeros() as usize) % WINDOW);
                        word &= word - 1;
                    }
                }
                *next = first_bit(words, end);
            }
        }
    }

    /// The same for the wanted documents of the window, where that costs less, and perhaps for others.
    #[inline]
    fn walk(&mut self, base: u32, end: u32, wanted: Wanted<'_>, mut f: impl FnMut(usize)) {
        match wanted {
            Wanted::Few(few) if self.prefers_look_up(few.len()) => {
                for at in few {
                    let document = base + u32::from(*at);
                    self.seek(document);
                    if self.next() == document {
                        f(usize::from(*at) % WINDOW);
                    }
                }
            }
            _ => self.each(base, end, f),
        }
    }

    /// Whether looking so many documents up costs less than walking through a window.
    fn prefers_look_up(&self, wanted: usize) -> bool {
        match self {
            Self::Postings { usual, .. } => wanted * LOOK_UP < *usual,
            Self::List { .. } | Self::Bits { .. } => false,
        }
    }
}

fn first_bit(words: &[u64], from: u32) -> u32 {
    let at = from as usize / 64;
    let Some(first) = words.get(at) else { return TERMINATED };
    let rest = first & (u64::MAX << (from % 64));
    if rest != 0 {
        return (at * 64) as u32 + rest.trailing_zeros();
    }
    match words[at + 1..].iter().position(|word| *word != 0) {
        None => TERMINATED,
        Some(more) => ((at + 1 + more) * 64) as u32 + words[at + 1 + more].trailing_zeros(),
    }
}

/// The documents of a window that are worth looking at.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    All,
    /// These, rising.
    Few(&'a [u16]),
}

/// Documents match if they are in each group.
pub(super) struct Match {
    groups: Vec<Vec<Cursor>>,
    pub(super) code: u8,
    synonym: bool,
    pub(super) column: bool,
}

impl Match {
    /// As typed or by a synonym, in a column or not: a number below 4.
    pub(super) fn sort(&self) -> usize {
        usize::from(self.synonym) * 2 + usize::from(self.column)
    }

    pub(super) fn extent(&self) -> Extent {
        rank::level(self.code).extent
    }

    pub(super) fn next(&self) -> u32 {
        let first = |group: &Vec<Cursor>| group.iter().map(Cursor::next).min().unwrap_or(TERMINATED);
        self.groups.iter().map(first).max().unwrap_or(TERMINATED)
    }

    fn cost(&self) -> u64 {
        let group = |group: &Vec<Cursor>| group.iter().map(Cursor::count).sum::<u64>();
        self.groups.iter().map(group).min().unwrap_or(0)
    }

    /// Writes `value` for each document of the window that matches, or at least for the wanted ones of them.
    pub(super) fn mark(
        &mut self,
        (base, end): (u32, u32),
        wanted: Wanted<'_>,
        scratch: &mut Marks,
        value: u8,
        into: &mut Marks,
    ) {
        let last = self.groups.len() - 1;
        if last == 0 {
            for cursor in &mut self.groups[0] {
                cursor.walk(base, end, wanted, |at| into[at] = value);
            }
            return;
        }
        // Counts the groups passed in order; more than 250 of them are taken as enough.
        scratch.fill(0);
        for (number, group) in self.groups.iter_mut().enumerate().take(250) {
            let passed = number as u8;
            let is_last = number == last.min(249);
            for cursor in group {
                cursor.walk(base, end, wanted, |at| {
                    if scratch[at] == passed {
                        scratch[at] = passed + 1;
                        if is_last {
                            into[at] = value;
                        }
                    }
                });
            }
        }
    }
}

/// A clause in one segment.
pub(super) struct Bound {
    /// Those worth least first, so that the best has the last word on a document.
    pub(super) matches: Vec<Match>,
    pub(super) cost: u64,
    /// Which sorts of match there are: see `ClauseNotes`.
    pub(super) marks_used: [bool; 4],
}

impl Bound {
    pub(super) fn next(&self) -> u32 {
        self.matches.iter().map(Match::next).min().unwrap_or(TERMINATED)
    }
}

/// The segment's dictionaries and postings.
pub(super) struct Binder<'a> {
    fields: [Arc<InvertedIndexReader>; WordField::COUNT],
    documents: u32,
    /// To read one rare term after the other into.
    reused: Option<BlockSegmentPostings>,
    /// Terms followed of one range.
    most_terms: usize,
    deadline: &'a Deadline,
}

impl<'a> Binder<'a> {
    pub(super) fn new(
        segment: &SegmentReader,
        fields: &Fields,
        clauses: usize,
        deadline: &'a Deadline,
    ) -> Result<Self, TantivyError> {
        let mut readers = Vec::with_capacity(WordField::COUNT);
        for field in fields.words {
            readers.push(segment.inverted_index(field)?);
        }
        let fields = <[_; WordField::COUNT]>::try_from(readers)
            .map_err(|_| TantivyError::InternalError("word fields are miscounted".into()))?;
        let most_terms = (MOST_TERMS_IN_ALL / clauses.max(1)).min(MOST_TERMS);
        Ok(Self { fields, documents: segment.max_doc(), reused: None, most_terms, deadline })
    }

    /// The alternatives of a clause that have any document, with the readings that led to one.
    pub(super) fn clause(&mut self, clause: &Clause, readings: &mut BTreeSet<String>) -> Result<Bound, TantivyError> {
        let mut matches = Vec::new();
        for alt in &clause.alts {
            let before = matches.len();
            self.alt(alt, &mut matches)?;
            if matches.len() > before
                && let Some(reading) = &alt.reading
            {
                readings.insert(reading.clone());
            }
        }
        matches.sort_by_key(|m| m.code);
        let cost = matches.iter().map(Match::cost).sum();
        let mut marks_used = [false; 4];
        matches.iter().for_each(|m| marks_used[m.sort()] = true);
        Ok(Bound { matches, cost, marks_used })
    }

    pub(super) fn alt(&mut self, alt: &Alt, matches: &mut Vec<Match>) -> Result<(), TantivyError> {
        // A way that is not looked up in time is one that finds nothing.
        if alt.groups.is_empty() || self.deadline.is_over() {
            return Ok(());
        }
        'fields: for field in alt.fields {
            let mut groups = Vec::with_capacity(alt.groups.len());
            for group in &alt.groups {
                let cursors = self.group(*field, group)?;
                if cursors.is_empty() {
                    continue 'fields;
                }
                groups.push(cursors);
            }
            matches.push(Match {
                groups,
                code: rank::code(*field, alt.voice, alt.extent),
                synonym: alt.voice == Voice::Synonym,
                column: field.is_column(),
            });
        }
        Ok(())
    }

    fn group(&mut self, field: WordField, lookups: &[Lookup]) -> Result<Vec<Cursor>, TantivyError> {
        let reader = &self.fields[field as usize];
        let (mut cursors, mut rare) = (Vec::new(), Vec::new());
        for lookup in lookups {
            for term in find(reader, lookup, self.most_terms)? {
                if term.doc_freq > RARE {
                    let blocks = Box::new(reader.read_block_postings_from_terminfo(&term, IndexRecordOption::Basic)?);
                    let usual = u64::from(term.doc_freq) * WINDOW as u64 / u64::from(self.documents.max(1));
                    cursors.push(Cursor::Postings { blocks, at: 0, usual: usual as usize });
                    continue;
                }
                let blocks = match &mut self.reused {
                    Some(blocks) => {
                        reader.reset_block_postings_from_terminfo(&term, blocks)?;
                        blocks
                    }
                    none => none.insert(reader.read_block_postings_from_terminfo(&term, IndexRecordOption::Basic)?),
                };
                while !blocks.docs().is_empty() {
                    rare.extend_from_slice(blocks.docs());
                    blocks.advance();
                }
            }
        }
        if !rare.is_empty() {
            cursors.push(Cursor::list(rare, self.documents));
        }
        Ok(cursors)
    }
}

fn find(reader: &InvertedIndexReader, lookup: &Lookup, most: usize) -> Result<Vec<TermInfo>, TantivyError> {
    let terms = reader.terms();
    match lookup {
        Lookup::Term(term) => Ok(terms.get(term.as_bytes())?.into_iter().collect()),
        Lookup::Range(from, until) => {
            // Pairs that begin with a whole word stand beside that word: it is found by itself, and they are many.
            if let Some(word) = from.strip_prefix('+').map(|pair| pair.trim_end_matches('\u{1}'))
                && terms.get(word.as_bytes())?.is_some()
            {
                return Ok(Vec::new());
            }
            let mut stream = terms.range().ge(from.as_bytes()).lt(until.as_bytes()).into_stream()?;
            let mut found = Vec::new();
            while found.len() < most && stream.advance() {
                found.push(stream.value().clone());
            }
            Ok(found)
        }
    }
}
