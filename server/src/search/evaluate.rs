//! Runs a plan over one segment, window by window.
//!
//! A window is 4,096 documents, so that what is noted of them stays in the first-level cache. Each clause writes for
//! each document the best code of its matches; who has one of every clause goes to the collector. A window in which
//! the rarest clause has nothing is skipped, and the others' postings with it by their skip lists.

use super::analysis::hangul;
use super::analysis::words::{composed, squashed};
use super::collect::{Collector, Found};
use super::plan::{Alt, Clause, Lookup, Plan};
use super::rank::{self, Extent, Tier, Voice};
use super::schema::{Fields, WordField, name_key};
use super::segment::SegmentData;
use super::snapshot::Snapshot;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use tantivy::index::{InvertedIndexReader, SegmentReader};
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{TERMINATED, TantivyError};

const WINDOW: usize = 4_096;
/// Of a range of terms, the most frequent so many are followed in each field.
const MOST_TERMS: usize = 64;
/// And so many looked at.
const MOST_TERMS_SEEN: usize = 512;

/// Which documents of a segment the query names, beyond its words.
#[derive(Default)]
struct NamedRanges {
    exact: Range<u32>,
    literal: Option<u32>,
    prefixes: Vec<Range<u32>>,
    qualified: Vec<QualifiedRange>,
}

struct QualifiedRange {
    databases: Vec<u32>,
    exact: Range<u32>,
    literal: Option<u32>,
    prefixes: Vec<Range<u32>>,
}

/// What of a query is the same for all segments.
pub(crate) struct NameQuery {
    whole: String,
    literal: String,
    /// Ways to read the query as database and name.
    qualified: Vec<(Vec<u32>, String, String)>,
}

impl NameQuery {
    pub(crate) fn of(plan: &Plan, snapshot: &Snapshot) -> Option<Self> {
        let text = composed(&plan.name);
        let whole = squashed(&text);
        if whole.is_empty() {
            return None;
        }
        let separators = text.char_indices().filter(|(_, c)| c.is_whitespace() || matches!(c, '.' | '/'));
        let mut qualified = Vec::new();
        for (at, c) in separators {
            let (database, name) = (squashed(&text[..at]), &text[at + c.len_utf8()..]);
            if let Some(numbers) = snapshot.databases_called(&database)
                && !squashed(name).is_empty()
            {
                qualified.push((numbers.to_vec(), squashed(name), name_key(name.trim())));
            }
        }
        Some(Self { whole, literal: name_key(text.trim()), qualified })
    }

    fn in_segment(&self, data: &SegmentData) -> Result<NamedRanges, TantivyError> {
        let (exact, literal, prefixes) = ranges(data, &self.whole, &self.literal)?;
        let mut qualified = Vec::new();
        for (databases, whole, key) in &self.qualified {
            let (exact, literal, prefixes) = ranges(data, whole, key)?;
            qualified.push(QualifiedRange { databases: databases.clone(), exact, literal, prefixes });
        }
        Ok(NamedRanges { exact, literal, prefixes, qualified })
    }
}

type NameRanges = (Range<u32>, Option<u32>, Vec<Range<u32>>);

fn ranges(data: &SegmentData, whole: &str, key: &str) -> Result<NameRanges, TantivyError> {
    let exact = data.name_range(&format!("{whole}\0"), &format!("{whole}\u{1}"))?;
    let letter = data.name_range(key, &format!("{key}\0"))?;
    let mut prefixes = Vec::new();
    for (from, until) in hangul::completions(whole) {
        prefixes.push(data.name_range(&from, &until)?);
    }
    Ok((exact, (!letter.is_empty()).then_some(letter.start), prefixes))
}

impl NamedRanges {
    /// The tier that a document's name earns, and points for being it to the letter.
    fn tier(&self, name: u32, database: u32, is_database: bool) -> (Option<Tier>, f32) {
        let letter = |literal: Option<u32>| if literal == Some(name) { rank::TO_THE_LETTER } else { 0.0 };
        let mut begins = false;
        if !is_database {
            for way in self.qualified.iter().filter(|way| way.databases.contains(&database)) {
                if way.exact.contains(&name) {
                    return (Some(Tier::ExactQualifiedName), letter(way.literal));
                }
                begins |= way.prefixes.iter().any(|range| range.contains(&name));
            }
        }
        if self.exact.contains(&name) {
            return (Some(Tier::ExactName), letter(self.literal));
        }
        begins |= self.prefixes.iter().any(|range| range.contains(&name));
        (begins.then_some(Tier::NamePrefix), 0.0)
    }
}

/// A posting list with the place in it.
struct Cursor {
    block: BlockSegmentPostings,
    at: usize,
}

impl Cursor {
    /// The document it stands on; `TERMINATED` behind the last.
    fn doc(&self) -> u32 {
        self.block.docs().get(self.at).copied().unwrap_or(TERMINATED)
    }

    /// Calls `f` with each document of `base..end`, as its place from `base`.
    fn each(&mut self, base: u32, end: u32, mut f: impl FnMut(usize)) {
        if self.doc() < base {
            self.at = self.block.seek(base);
        }
        loop {
            let docs = self.block.docs();
            while let Some(doc) = docs.get(self.at) {
                if *doc >= end {
                    return;
                }
                f((*doc - base) as usize);
                self.at += 1;
            }
            if docs.is_empty() {
                return;
            }
            self.block.advance();
            self.at = 0;
        }
    }
}

/// Postings whose documents match if they are in each group.
struct Match {
    groups: Vec<Vec<Cursor>>,
    code: u8,
    synonym: bool,
    column: bool,
}

impl Match {
    fn next(&self) -> u32 {
        let first = |group: &Vec<Cursor>| group.iter().map(Cursor::doc).min().unwrap_or(TERMINATED);
        self.groups.iter().map(first).max().unwrap_or(TERMINATED)
    }

    fn cost(&self) -> u64 {
        let group = |group: &Vec<Cursor>| group.iter().map(|c| u64::from(c.block.doc_freq())).sum::<u64>();
        self.groups.iter().map(group).min().unwrap_or(0)
    }

    /// Calls `f` with each document of the window that matches, as its place in it, perhaps several times.
    fn each(&mut self, base: u32, end: u32, scratch: &mut [u8; WINDOW], mut f: impl FnMut(usize)) {
        let last = self.groups.len() - 1;
        if last == 0 {
            for cursor in &mut self.groups[0] {
                cursor.each(base, end, &mut f);
            }
            return;
        }
        // Counts the groups passed in order; more than 250 of them are taken as enough.
        scratch.fill(0);
        for (number, group) in self.groups.iter_mut().enumerate().take(250) {
            let passed = number as u8;
            let is_last = number == last.min(249);
            for cursor in group {
                cursor.each(base, end, |at| {
                    if scratch[at] == passed {
                        scratch[at] = passed + 1;
                        if is_last {
                            f(at);
                        }
                    }
                });
            }
        }
    }
}

/// A clause in one segment.
struct Bound {
    matches: Vec<Match>,
    cost: u64,
}

impl Bound {
    fn next(&self) -> u32 {
        self.matches.iter().map(Match::next).min().unwrap_or(TERMINATED)
    }
}

/// The segment's dictionaries and postings.
struct Binder {
    fields: [Arc<InvertedIndexReader>; WordField::COUNT],
}

impl Binder {
    fn new(segment: &SegmentReader, fields: &Fields) -> Result<Self, TantivyError> {
        let mut readers = Vec::with_capacity(WordField::COUNT);
        for field in fields.words {
            readers.push(segment.inverted_index(field)?);
        }
        let fields = <[_; WordField::COUNT]>::try_from(readers)
            .map_err(|_| TantivyError::InternalError("word fields are miscounted".into()))?;
        Ok(Self { fields })
    }

    /// The alternatives of a clause that have any document, with the readings that led to one.
    fn clause(&self, clause: &Clause, readings: &mut BTreeSet<String>) -> Result<Bound, TantivyError> {
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
        let cost = matches.iter().map(Match::cost).sum();
        Ok(Bound { matches, cost })
    }

    fn alt(&self, alt: &Alt, matches: &mut Vec<Match>) -> Result<(), TantivyError> {
        if alt.groups.is_empty() {
            return Ok(());
        }
        'fields: for field in alt.fields {
            let reader = &self.fields[*field as usize];
            let mut groups = Vec::with_capacity(alt.groups.len());
            for group in &alt.groups {
                let mut cursors = Vec::new();
                for lookup in group {
                    for info in find(reader, lookup)? {
                        let block = reader.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
                        cursors.push(Cursor { block, at: 0 });
                    }
                }
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
}

fn find(reader: &InvertedIndexReader, lookup: &Lookup) -> Result<Vec<TermInfo>, TantivyError> {
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
            while found.len() < MOST_TERMS_SEEN && stream.advance() {
                found.push(stream.value().clone());
            }
            if found.len() > MOST_TERMS {
                found.sort_by_key(|info| std::cmp::Reverse(info.doc_freq));
                found.truncate(MOST_TERMS);
            }
            Ok(found)
        }
    }
}

/// What is noted of a window's documents: by clause the best code as typed, and the best by a synonym.
struct Notes {
    typed: Vec<[u8; WINDOW]>,
    synonym: Vec<[u8; WINDOW]>,
    /// Bit `i`: clause `i` matches, anywhere or in a column.
    any: [u16; WINDOW],
    column: [u16; WINDOW],
    excluded: [bool; WINDOW],
    beside: [u8; WINDOW],
    scratch: [u8; WINDOW],
    touched: Vec<u16>,
}

impl Notes {
    fn new(clauses: usize) -> Box<Self> {
        Box::new(Self {
            typed: vec![[0; WINDOW]; clauses],
            synonym: vec![[0; WINDOW]; clauses],
            any: [0; WINDOW],
            column: [0; WINDOW],
            excluded: [false; WINDOW],
            beside: [0; WINDOW],
            scratch: [0; WINDOW],
            touched: Vec::with_capacity(WINDOW),
        })
    }

    fn clear(&mut self) {
        self.typed.iter_mut().chain(&mut self.synonym).for_each(|codes| codes.fill(0));
        self.any.fill(0);
        self.column.fill(0);
        self.excluded.fill(false);
        self.beside.fill(0);
        self.touched.clear();
    }
}

/// Feeds the collector with every document of the segment that matches.
pub(crate) fn evaluate(
    plan: &Plan,
    names: Option<&NameQuery>,
    snapshot: &Snapshot,
    segment: usize,
    readings: &mut BTreeSet<String>,
    collector: &mut Collector<'_>,
) -> Result<(), TantivyError> {
    let reader = snapshot.searcher.segment_reader(segment as u32);
    let data = &*snapshot.segments[segment];
    let binder = Binder::new(reader, &snapshot.fields)?;
    let bind = |clauses: &[Clause], readings: &mut BTreeSet<String>| -> Result<Vec<Bound>, TantivyError> {
        clauses.iter().map(|clause| binder.clause(clause, readings)).collect()
    };
    let mut clauses = bind(&plan.clauses, readings)?;
    let mut excluded = bind(&plan.excluded, &mut BTreeSet::new())?;
    let mut beside = Vec::new();
    for alt in &plan.beside {
        let mut matches = Vec::new();
        binder.alt(alt, &mut matches)?;
        beside.extend(matches);
    }
    let named = match names {
        Some(names) => names.in_segment(data)?,
        None => NamedRanges::default(),
    };
    // A name that begins like all the words run together is a hit even where its words are cut otherwise.
    let mut by_name: Vec<u32> = Vec::new();
    if plan.plain && names.is_some() && !collector.only_columns() {
        for range in named.prefixes.iter().chain([&named.exact]) {
            by_name.extend(data.named(range));
        }
        by_name.sort_unstable();
        by_name.dedup();
    }
    let mut by_name = by_name.into_iter().peekable();

    // Rarest first: it decides which windows are looked at.
    let mut order: Vec<usize> = (0..clauses.len()).collect();
    order.sort_by_key(|clause| clauses[*clause].cost);
    let all: u16 = ((1u32 << clauses.len()) - 1) as u16;
    let name_code = rank::code(WordField::Name, Voice::Plain, Extent::Prefix);
    let only_columns = collector.only_columns();
    let alive = reader.alive_bitset();
    let mut notes = Notes::new(clauses.len());
    let mut codes = vec![0u8; clauses.len() * 2];
    let documents = data.attributes.len() as u32;
    let mut base = 0u32;
    loop {
        if let Some(first) = order.first() {
            let next = clauses[*first].next().min(by_name.peek().copied().unwrap_or(TERMINATED));
            base = base.max(next / WINDOW as u32 * WINDOW as u32);
        }
        if base >= documents {
            break;
        }
        let end = (base + WINDOW as u32).min(documents);
        notes.clear();
        let Notes { typed, synonym, any, column, excluded: out, beside: near, scratch, touched } = &mut *notes;
        if order.is_empty() {
            touched.extend(0..(end - base) as u16);
        }
        for (turn, clause) in order.iter().enumerate() {
            let bit = 1u16 << clause;
            let (typed, synonym) = (&mut typed[*clause], &mut synonym[*clause]);
            for m in &mut clauses[*clause].matches {
                if m.next() >= end {
                    continue;
                }
                let (code, is_column) = (m.code, m.column);
                let codes = if m.synonym { &mut *synonym } else { &mut *typed };
                let column_bit = if is_column { bit } else { 0 };
                let counted = !only_columns || is_column;
                m.each(base, end, scratch, |at| {
                    if turn == 0 && any[at] == 0 {
                        touched.push(at as u16);
                    }
                    any[at] |= bit;
                    column[at] |= column_bit;
                    if counted {
                        codes[at] = codes[at].max(code);
                    }
                });
            }
        }
        while let Some(document) = by_name.next_if(|document| *document < end) {
            if document < base {
                continue;
            }
            let at = (document - base) as usize;
            let first = order.first().map_or(0, |clause| 1u16 << clause);
            if any[at] & first == 0 {
                touched.push(at as u16);
            }
            for clause in &order {
                if any[at] & (1 << clause) == 0 {
                    typed[*clause][at] = name_code;
                }
            }
            any[at] = all;
        }
        for m in excluded.iter_mut().flat_map(|bound| &mut bound.matches) {
            m.each(base, end, scratch, |at| out[at] = true);
        }
        for m in &mut beside {
            m.each(base, end, scratch, |at| near[at] = 1);
        }
        for at in touched.iter().map(|at| usize::from(*at)) {
            let document = base + at as u32;
            if any[at] != all || out[at] || alive.is_some_and(|alive| !alive.is_alive(document)) {
                continue;
            }
            for clause in 0..clauses.len() {
                codes[clause * 2] = typed[clause][at];
                codes[clause * 2 + 1] = synonym[clause][at];
            }
            let attributes = &data.attributes[document as usize];
            let is_database = attributes.bits.kind_index() == 0;
            let (tier, letter) = named.tier(data.name_ord[document as usize], attributes.database, is_database);
            collector.collect(&Found {
                document,
                attributes,
                codes: &codes,
                column: column[at] == all,
                beside: near[at] != 0,
                tier,
                letter,
            });
        }
        base = end;
    }
    Ok(())
}
