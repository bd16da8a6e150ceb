//! Takes the documents that match: filters, counts facets, keeps the best.

use crate::search::index::facets::{self, FACETS, Of};
use crate::search::index::segment::{SegmentData, Values, Vocabulary};
use crate::search::query::filter::Filters;
use crate::search::query::plan::Plan;
use crate::search::rank::weights::{Found, Weights};
use reeve_model::Word;
use reeve_model::asset::AssetKind;
use reeve_model::search::{Facet, FacetField, FacetValue, SearchRequest, Sort};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// One of the best.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Top {
    /// Greater is better.
    pub(crate) key: u64,
    /// Place by qualified name in its segment; smaller is better.
    pub(crate) place: u32,
    pub(crate) document: u32,
    pub(crate) codes: Box<[u8]>,
    pub(crate) beside: u8,
    pub(crate) letter: bool,
}

impl Ord for Top {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.key, Reverse(self.place)).cmp(&(other.key, Reverse(other.place)))
    }
}

impl PartialOrd for Top {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Counts over all segments, and the best of the present one.
pub(crate) struct Collector<'a> {
    filters: &'a Filters,
    sort: Sort,
    keep: usize,
    only_columns: bool,
    weights: Weights,
    counts: Option<Counts>,
    pub(crate) total: u64,
    best: BinaryHeap<Reverse<Top>>,
    /// The query has no filters of its own.
    open: bool,
    /// Values of facets are chosen.
    chosen: bool,
    /// By kind whether it is asked for.
    kinds: Vec<bool>,
    data: Option<&'a SegmentData>,
    /// Hits up to this key and place were shown before.
    after: Option<(u64, u32)>,
}

/// For each facet how often each of its values was counted, by the numbers of the values.
struct Counts {
    by_facet: Vec<Vec<u32>>,
    /// Documents to be counted in every facet: a facet at a time over many of them is quicker than all over one.
    waiting: Vec<u32>,
}

/// Documents counted together.
const TOGETHER: usize = 1_024;

impl<'a> Collector<'a> {
    pub(crate) fn new(
        request: &SearchRequest,
        filters: &'a Filters,
        plan: &Plan,
        keep: usize,
        vocabulary: &Vocabulary,
    ) -> Self {
        let values = |(field, of): &(FacetField, Of)| match of {
            Of::Kind => AssetKind::ALL.len(),
            Of::One(..) | Of::Many(..) => vocabulary.of(*field).len(),
            Of::Flag(_) => 2,
        };
        let counts = request.facets.then(|| Counts {
            by_facet: FACETS.iter().map(|facet| vec![0; values(facet)]).collect(),
            waiting: Vec::with_capacity(TOGETHER),
        });
        Self {
            filters,
            sort: request.sort,
            keep,
            only_columns: filters.only_columns(),
            weights: Weights::new(plan.clauses.len(), plan.letters(), filters.only_columns()),
            counts,
            total: 0,
            best: BinaryHeap::with_capacity(keep + 1),
            open: filters.is_open(),
            chosen: filters.any_chosen(),
            kinds: AssetKind::ALL.iter().map(|kind| filters.allows_kind(*kind)).collect(),
            data: None,
            after: None,
        }
    }

    pub(crate) fn only_columns(&self) -> bool {
        self.only_columns
    }

    pub(crate) fn begin(&mut self, data: &'a SegmentData, after: Option<(u64, u32)>) {
        self.data = Some(data);
        self.after = after;
        self.best.clear();
        self.weights.set_floor(None);
    }

    /// The best of the segment, in order.
    pub(crate) fn end(&mut self) -> Vec<Top> {
        if let (Some(counts), Some(data)) = (&mut self.counts, self.data) {
            counts.count_waiting(data);
        }
        let mut best: Vec<Top> = self.best.drain().map(|Reverse(top)| top).collect();
        best.sort_by(|a, b| b.cmp(a));
        best
    }

    /// Adds what another collector has counted of other segments.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.total += other.total;
        if let (Some(counts), Some(others)) = (&mut self.counts, &other.counts) {
            counts.absorb(others);
        }
    }

    pub(crate) fn collect(&mut self, found: &Found<'_>) {
        let Some(data) = self.data else { return };
        let (document, a) = (found.document, found.attributes);
        if !self.open && !self.filters.allows(document, a, data) {
            return;
        }
        let has_column = found.column && a.bits.has_columns();
        let kind_fits = if self.only_columns { has_column } else { self.kinds[a.bits.kind_index()] };
        let chosen = if self.chosen { self.filters.shut_out(document, a, data) } else { 0 };
        let shut_out = if kind_fits { chosen } else { chosen | facets::bit(FacetField::Type) };
        if let Some(counts) = &mut self.counts
            && (shut_out == 0 || shut_out.is_power_of_two())
        {
            counts.add(shut_out, document, has_column, data);
        }
        if shut_out != 0 {
            return;
        }
        self.total += 1;
        if self.keep == 0 {
            return;
        }
        let key = match self.sort {
            Sort::Relevance if self.weights.is_below_floor(found) => return,
            Sort::Relevance => self.weights.relevance(found),
            Sort::Name => 0,
            Sort::Size => ordered(data.size.first(document)),
            Sort::Created => ordered(data.created.first(document)),
            Sort::Changed => ordered(data.changed.first(document)),
        };
        let place = a.qualified;
        if self.after.is_some_and(|(last, from)| key > last || (key == last && place < from)) {
            return;
        }
        if self.best.len() >= self.keep
            && self.best.peek().is_some_and(|Reverse(worst)| (key, Reverse(place)) <= (worst.key, Reverse(worst.place)))
        {
            return;
        }
        let (beside, letter) = (found.beside, found.letter > 0.0);
        self.best.push(Reverse(Top { key, place, document, codes: found.codes.into(), beside, letter }));
        if self.best.len() > self.keep {
            self.best.pop();
        }
        if self.best.len() == self.keep {
            self.weights.set_floor(self.best.peek().map(|Reverse(worst)| worst.key));
        }
    }

    /// The facets, largest counts first; chosen values are always there.
    pub(crate) fn facets(&self, request: &SearchRequest, vocabulary: &Vocabulary) -> Vec<Facet> {
        let Some(counts) = &self.counts else { return Vec::new() };
        let chosen = |field: FacetField| -> Vec<&str> {
            request.filters.iter().filter(|(f, _)| *f == field).map(|(_, value)| value.as_str()).collect()
        };
        let listed = |((field, of), counts): (&(FacetField, Of), &Vec<u32>)| {
            let counted = match of {
                Of::Kind => {
                    AssetKind::ALL.iter().zip(counts).map(|(kind, count)| (kind.as_str(), u64::from(*count))).collect()
                }
                Of::One(..) | Of::Many(..) => named(counts, vocabulary.of(*field)),
                Of::Flag(_) => vec![("yes", counts[1].into()), ("no", counts[0].into())],
            };
            facet(*field, counted, &chosen(*field))
        };
        FACETS.iter().zip(&counts.by_facet).map(listed).collect()
    }
}

impl Counts {
    /// Counts a document in the facets whose own choice does not matter: all, or the only one that shuts it out.
    fn add(&mut self, shut_out: u32, document: u32, has_column: bool, data: &SegmentData) {
        if has_column && shut_out & !facets::bit(FacetField::Type) == 0 {
            self.by_facet[FacetField::Type as usize][AssetKind::Column as usize] += 1;
        }
        if shut_out != 0 {
            self.count(shut_out.trailing_zeros() as usize, &[document], data);
            return;
        }
        self.waiting.push(document);
        if self.waiting.len() >= TOGETHER {
            self.count_waiting(data);
        }
    }

    fn count_waiting(&mut self, data: &SegmentData) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for facet in 0..FACETS.len() {
            self.count(facet, &waiting, data);
        }
        waiting.clear();
        self.waiting = waiting;
    }

    fn count(&mut self, facet: usize, documents: &[u32], data: &SegmentData) {
        let (field, of) = &FACETS[facet];
        let counts = &mut self.by_facet[facet];
        let of_each = documents.iter().map(|document| &data.attributes[*document as usize]);
        match of {
            Of::Kind => of_each.for_each(|a| counts[a.bits.kind_index()] += 1),
            Of::One(..) => {
                let slot = facets::one(*field);
                of_each.for_each(|a| counts[a.ones[slot] as usize] += 1);
            }
            Of::Many(..) => {
                let slot = facets::many(*field);
                for document in documents {
                    data.values(slot, *document).iter().for_each(|value| counts[*value as usize] += 1);
                }
            }
            Of::Flag(bit) => {
                let yes = of_each.filter(|a| a.bits.has(*bit)).count() as u32;
                counts[1] += yes;
                counts[0] += documents.len() as u32 - yes;
            }
        }
    }

    /// Adds what another collector has counted.
    fn absorb(&mut self, other: &Self) {
        for (to, from) in self.by_facet.iter_mut().zip(&other.by_facet) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += *from);
        }
    }
}

/// Values shown of a facet.
const MOST_VALUES: usize = 50;

fn named<'v>(counts: &[u32], values: &'v Values) -> Vec<(&'v str, u64)> {
    let counted = values.iter().map(|(number, name)| (name, u64::from(counts[number as usize])));
    counted.filter(|(_, count)| *count > 0).collect()
}

fn facet<'v>(field: FacetField, mut counted: Vec<(&'v str, u64)>, chosen: &[&'v str]) -> Facet {
    counted.retain(|(_, count)| *count > 0);
    let distinct = counted.len() as u64;
    counted.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    let late: Vec<(&str, u64)> =
        counted.iter().skip(MOST_VALUES).filter(|(name, _)| chosen.contains(name)).copied().collect();
    counted.truncate(MOST_VALUES);
    counted.extend(late);
    for name in chosen {
        if !counted.iter().any(|(known, _)| known == name) {
            counted.push((name, 0));
        }
    }
    let value = |(name, count): (&str, u64)| FacetValue { value: name.into(), count, selected: chosen.contains(&name) };
    Facet { field, values: counted.into_iter().map(value).collect(), distinct }
}

/// Greatest first, and what has no value last.
fn ordered(value: Option<i64>) -> u64 {
    value.map_or(0, |value| ((value as u64) ^ (1 << 63)).max(1))
}
