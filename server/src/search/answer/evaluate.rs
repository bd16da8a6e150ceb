//! Runs a plan over one segment, window by window.
//!
//! A window is 4,096 documents, so that what is noted of them stays in the first-level cache. Each clause writes for
//! each document the best code of its matches, the rarest clause first; after each one only the documents that have
//! every clause so far are of interest, and what is left at the end goes to the collector. A window in which the
//! rarest clause has nothing is skipped, and the others' postings with it by their skip lists.

use super::Deadline;
use super::collect::Collector;
use super::postings::{Binder, Bound, Marks, WINDOW, Wanted};
use crate::search::analysis::hangul;
use crate::search::analysis::words::{composed, squashed};
use crate::search::index::schema::{WordField, name_key};
use crate::search::index::segment::SegmentData;
use crate::search::index::snapshot::Snapshot;
use crate::search::query::plan::{Clause, Plan};
use crate::search::rank::weights::Found;
use crate::search::rank::{self, Extent, Tier, Voice};
use reeve_model::asset::AssetKind;
use std::collections::BTreeSet;
use std::ops::Range;
use tantivy::{TERMINATED, TantivyError};

/// So few documents are looked up one by one in the postings of the next word.
const FEW: usize = 256;

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
    pasted: bool,
    exact: Range<u32>,
    literal: Option<u32>,
    prefixes: Vec<Range<u32>>,
}

/// What of a query is the same for all segments.
pub(crate) struct NameQuery {
    whole: String,
    literal: String,
    /// Ways to read the query as database and name.
    qualified: Vec<Qualified>,
}

struct Qualified {
    databases: Vec<u32>,
    whole: String,
    key: String,
    /// A table that was pasted in another form: a hit whatever its words are.
    pasted: bool,
}

/// Places at which a query is taken apart into database and name.
const MOST_READINGS: usize = 16;

impl NameQuery {
    pub(crate) fn of(plan: &Plan, snapshot: &Snapshot) -> Option<Self> {
        let text = composed(&plan.name);
        let whole = squashed(&text);
        if whole.is_empty() && plan.named.is_empty() {
            return None;
        }
        let mut qualified = Vec::new();
        let mut read = |database: &str, name: &str, pasted: bool| {
            let whole = squashed(name);
            if let Some(numbers) = snapshot.databases_called(&squashed(database))
                && !whole.is_empty()
            {
                qualified.push(Qualified { databases: numbers.to_vec(), whole, key: name_key(name.trim()), pasted });
            }
        };
        let separators = text.char_indices().filter(|(_, c)| c.is_whitespace() || matches!(c, '.' | '/'));
        for (at, c) in separators.take(MOST_READINGS) {
            read(&text[..at], &text[at + c.len_utf8()..], false);
        }
        for (database, name) in &plan.named {
            read(&composed(database), &composed(name), true);
        }
        Some(Self { whole, literal: name_key(text.trim()), qualified })
    }

    fn in_segment(&self, data: &SegmentData) -> Result<NamedRanges, TantivyError> {
        let (exact, literal, prefixes) = match self.whole.is_empty() {
            true => Default::default(),
            false => ranges(data, &self.whole, &self.literal)?,
        };
        let mut qualified = Vec::new();
        for Qualified { databases, whole, key, pasted } in &self.qualified {
            let (exact, literal, mut prefixes) = ranges(data, whole, key)?;
            if *pasted {
                // What is pasted is whole.
                prefixes.clear();
            }
            qualified.push(QualifiedRange { databases: databases.clone(), pasted: *pasted, exact, literal, prefixes });
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
    /// Whether the query names nothing in the segment.
    fn is_empty(&self) -> bool {
        let none =
            |exact: &Range<u32>, prefixes: &[Range<u32>]| exact.is_empty() && prefixes.iter().all(Range::is_empty);
        none(&self.exact, &self.prefixes) && self.qualified.iter().all(|way| none(&way.exact, &way.prefixes))
    }

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

/// What is noted of a window's documents.
struct Notes {
    clauses: Vec<ClauseNotes>,
    excluded: Marks,
    beside: Marks,
    subject: Marks,
    /// A name that begins with the query makes a hit whatever its words are.
    named: Marks,
    scratch: Marks,
    /// The documents that have every clause so far, in rising order.
    left: Vec<u16>,
}

/// The best code of each document, by the sort of match: as typed, as typed in a column, and by a synonym likewise.
struct ClauseNotes([Marks; 4]);

impl Notes {
    fn new(clauses: usize) -> Box<Self> {
        let none = || [0; WINDOW];
        Box::new(Self {
            clauses: (0..clauses).map(|_| ClauseNotes([[0; WINDOW]; 4])).collect(),
            excluded: none(),
            beside: none(),
            subject: none(),
            named: none(),
            scratch: none(),
            left: Vec::with_capacity(WINDOW),
        })
    }
}

impl ClauseNotes {
    fn has(&self, at: usize) -> bool {
        self.0.iter().any(|marks| marks[at] != 0)
    }

    /// As typed, by a synonym, and whether either is in a column.
    fn codes(&self, at: usize) -> (u8, u8, bool) {
        let [typed, typed_column, synonym, synonym_column] = &self.0;
        let in_column = typed_column[at] | synonym_column[at] != 0;
        (typed[at].max(typed_column[at]), synonym[at].max(synonym_column[at]), in_column)
    }

    /// The documents of the window with a code, and those that are named.
    fn all(&self, named: &Marks, out: &mut Vec<u16>) {
        const STEP: usize = size_of::<u64>();
        let eight =
            |marks: &Marks, step: usize| marks.as_chunks().0.get(step).map_or(0, |eight| u64::from_le_bytes(*eight));
        let [typed, typed_column, synonym, synonym_column] = &self.0;
        for step in 0..WINDOW / STEP {
            let mut any = eight(typed, step)
                | eight(typed_column, step)
                | eight(synonym, step)
                | eight(synonym_column, step)
                | eight(named, step);
            while any != 0 {
                let at = any.trailing_zeros() as usize / 8;
                out.push((step * STEP + at) as u16);
                any &= !(0xff << (at * 8));
            }
        }
    }
}

/// Feeds the collector with every document of the segment that matches; less of it when the time is up.
pub(crate) fn evaluate(
    plan: &Plan,
    names: Option<&NameQuery>,
    snapshot: &Snapshot,
    segment: usize,
    deadline: &Deadline,
    readings: &mut BTreeSet<String>,
    collector: &mut Collector<'_>,
) -> Result<(), TantivyError> {
    if !plan.is_possible() {
        return Ok(());
    }
    let reader = snapshot.searcher.segment_reader(segment as u32);
    let data = &*snapshot.segments[segment];
    let mut binder = Binder::new(reader, &snapshot.fields, plan.clauses.len(), deadline)?;
    let mut bind = |clauses: &[Clause], readings: &mut BTreeSet<String>| -> Result<Vec<Bound>, TantivyError> {
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
    if names.is_some() && !collector.only_columns() {
        if plan.plain {
            for range in named.prefixes.iter().chain([&named.exact]) {
                by_name.extend(data.named(range));
            }
        }
        for way in named.qualified.iter().filter(|way| way.pasted) {
            let is_table = |document: &&u32| {
                let a = &data.attributes[**document as usize];
                way.databases.contains(&a.database()) && a.bits.kind() != AssetKind::Database
            };
            by_name.extend(data.named(&way.exact).iter().filter(is_table));
        }
        by_name.sort_unstable();
        by_name.dedup();
    }
    let mut by_name = by_name.into_iter().peekable();

    // Rarest first: it decides which windows are looked at.
    let mut order: Vec<usize> = (0..clauses.len()).collect();
    order.sort_by_key(|clause| clauses[*clause].cost);
    let name_code = rank::code(WordField::Name, Voice::Plain, Extent::Prefix);
    let (only_columns, names_nothing) = (collector.only_columns(), named.is_empty());
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
        if base >= documents || deadline.is_over() {
            break;
        }
        let window = (base, (base + WINDOW as u32).min(documents));
        let Notes { clauses: noted, excluded: out, beside: near, subject, named: by_its_name, scratch, left } =
            &mut *notes;
        left.clear();
        by_its_name.fill(0);
        while let Some(document) = by_name.next_if(|document| *document < window.1) {
            if document >= base {
                by_its_name[(document - base) as usize] = 1;
            }
        }
        if order.is_empty() {
            left.extend(0..(window.1 - base) as u16);
        }
        for (turn, clause) in order.iter().enumerate() {
            let (bound, noted) = (&mut clauses[*clause], &mut noted[*clause]);
            for (marks, used) in noted.0.iter_mut().zip(bound.marks_used) {
                if used {
                    marks.fill(0);
                }
            }
            let wanted = if turn > 0 && left.len() <= FEW { Wanted::Few(left) } else { Wanted::All };
            for m in &mut bound.matches {
                if m.next() >= window.1 || (only_columns && !m.column) {
                    continue;
                }
                m.mark(window, wanted, scratch, m.code, &mut noted.0[m.sort()]);
            }
            if turn == 0 {
                noted.all(by_its_name, left);
            } else {
                left.retain(|at| noted.has(usize::from(*at)) || by_its_name[usize::from(*at)] != 0);
            }
            if left.is_empty() {
                break;
            }
        }
        base = window.1;
        if left.is_empty() {
            continue;
        }
        let wanted = if left.len() <= FEW { Wanted::Few(left) } else { Wanted::All };
        if !excluded.is_empty() {
            out.fill(0);
            for m in excluded.iter_mut().flat_map(|bound| &mut bound.matches) {
                m.mark(window, wanted, scratch, 1, out);
            }
        }
        if !beside.is_empty() {
            near.fill(0);
            subject.fill(0);
            for m in &mut beside {
                match m.extent() {
                    Extent::Part => m.mark(window, wanted, scratch, rank::SUBJECT_IN_NAME, subject),
                    _ => m.mark(window, wanted, scratch, rank::BESIDE_IN_FULL, near),
                }
            }
        }
        for at in left.iter().map(|at| usize::from(*at)) {
            let document = window.0 + at as u32;
            if out[at] != 0 || alive.is_some_and(|alive| !alive.is_alive(document)) {
                continue;
            }
            let mut column = true;
            for (noted, codes) in noted.iter().zip(codes.chunks_exact_mut(2)) {
                let in_column;
                (codes[0], codes[1], in_column) = noted.codes(at);
                column &= in_column;
                if codes[0] | codes[1] == 0 {
                    codes[0] = name_code;
                }
            }
            let attributes = &data.attributes[document as usize];
            let (tier, letter) = match names_nothing {
                true => (None, 0.0),
                false => {
                    let is_database = attributes.bits.kind() == AssetKind::Database;
                    named.tier(data.name_ord[document as usize], attributes.database(), is_database)
                }
            };
            collector.collect(&Found {
                document,
                attributes,
                codes: &codes,
                column,
                beside: near[at] | subject[at],
                tier,
                letter,
            });
        }
    }
    Ok(())
}
