//! Takes the documents that match: filters, counts facets, keeps the best.

use crate::search::index::segment::{Attributes, SegmentData, Values, Vocabulary};
use crate::search::query::filter::{Filters, bit};
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
    pub(crate) beside: bool,
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

struct Counts {
    /// By [`Bits::facets`]: kind, partitioned and described in one.
    bits: [u64; 16],
    kinds: [u64; 4],
    databases: Vec<u32>,
    owners: Vec<u32>,
    tags: Vec<u32>,
    formats: Vec<u32>,
    sources: Vec<u32>,
    partitioned: [u64; 2],
    described: [u64; 2],
}

impl<'a> Collector<'a> {
    pub(crate) fn new(
        request: &SearchRequest,
        filters: &'a Filters,
        plan: &Plan,
        keep: usize,
        vocabulary: &Vocabulary,
    ) -> Self {
        let counts = request.facets.then(|| Counts {
            bits: [0; 16],
            kinds: [0; 4],
            databases: vec![0; vocabulary.databases.len()],
            owners: vec![0; vocabulary.owners.len()],
            tags: vec![0; vocabulary.tags.len()],
            formats: vec![0; vocabulary.formats.len()],
            sources: vec![0; vocabulary.sources.len()],
            partitioned: [0; 2],
            described: [0; 2],
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
        let shut_out = chosen | bit(FacetField::Type, !kind_fits);
        if let Some(counts) = &mut self.counts
            && (shut_out == 0 || shut_out.is_power_of_two())
        {
            counts.add(shut_out, document, a, has_column, data);
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
        let listed = |field: FacetField, counted: Vec<(&str, u64)>| facet(field, counted, &chosen(field));
        let yes_no = |counted: [u64; 2]| vec![("yes", counted[1]), ("no", counted[0])];
        let (kinds, partitioned, described) = counts.spread();
        let kinds = AssetKind::ALL.iter().zip(kinds).map(|(kind, count)| (kind.as_str(), count)).collect();
        vec![
            listed(FacetField::Type, kinds),
            listed(FacetField::Db, named(&counts.databases, &vocabulary.databases)),
            listed(FacetField::Owner, named(&counts.owners, &vocabulary.owners)),
            listed(FacetField::Tag, named(&counts.tags, &vocabulary.tags)),
            listed(FacetField::Format, named(&counts.formats, &vocabulary.formats)),
            listed(FacetField::Source, named(&counts.sources, &vocabulary.sources)),
            listed(FacetField::Partitioned, yes_no(partitioned)),
            listed(FacetField::Description, yes_no(described)),
        ]
    }
}

impl Counts {
    /// Counts a document in the facets whose own choice does not matter: all, or the only one that shuts it out.
    fn add(&mut self, shut_out: u8, document: u32, a: &Attributes, has_column: bool, data: &SegmentData) {
        let counts = |field: FacetField| shut_out & !bit(field, true) == 0;
        if shut_out == 0 {
            self.bits[a.bits.facets()] += 1;
        } else if counts(FacetField::Type) {
            self.kinds[a.bits.kind_index()] += 1;
        }
        if counts(FacetField::Type) {
            self.kinds[3] += u64::from(has_column);
        }
        if counts(FacetField::Db) {
            self.databases[a.database as usize] += 1;
        }
        if counts(FacetField::Owner) {
            self.owners[a.owner as usize] += 1;
        }
        if counts(FacetField::Tag) {
            for tag in data.tags(document) {
                self.tags[*tag as usize] += 1;
            }
        }
        if counts(FacetField::Format) {
            self.formats[usize::from(a.format)] += 1;
        }
        if counts(FacetField::Source) {
            self.sources[usize::from(a.source)] += 1;
        }
        if shut_out == 0 {
            return;
        }
        if counts(FacetField::Partitioned) {
            self.partitioned[usize::from(a.bits.partitioned())] += 1;
        }
        if counts(FacetField::Description) {
            self.described[usize::from(a.bits.has_description())] += 1;
        }
    }

    /// Adds what another collector has counted.
    fn absorb(&mut self, other: &Self) {
        fn add<N: Copy + std::ops::AddAssign>(to: &mut [N], from: &[N]) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += *from);
        }
        add(&mut self.bits, &other.bits);
        add(&mut self.kinds, &other.kinds);
        add(&mut self.databases, &other.databases);
        add(&mut self.owners, &other.owners);
        add(&mut self.tags, &other.tags);
        add(&mut self.formats, &other.formats);
        add(&mut self.sources, &other.sources);
        add(&mut self.partitioned, &other.partitioned);
        add(&mut self.described, &other.described);
    }

    /// Kinds, partitioned and described, of all documents counted.
    fn spread(&self) -> ([u64; 4], [u64; 2], [u64; 2]) {
        let (mut kinds, mut partitioned, mut described) = (self.kinds, self.partitioned, self.described);
        for (facets, count) in self.bits.iter().enumerate() {
            kinds[facets & 3] += count;
            partitioned[facets >> 2 & 1] += count;
            described[facets >> 3] += count;
        }
        (kinds, partitioned, described)
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
