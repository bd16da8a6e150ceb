//! Takes the documents that match: filters, counts facets, keeps the best.

use super::filter::{Filters, bit};
use super::plan::Plan;
use super::rank::{self, Tier};
use super::segment::{Attributes, SegmentData, Values, Vocabulary};
use reeve_model::asset::AssetKind;
use reeve_model::search::{Facet, FacetField, FacetValue, SearchRequest, Sort};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// A document that has every word.
pub(crate) struct Found<'a> {
    pub(crate) document: u32,
    pub(crate) attributes: &'a Attributes,
    /// For each clause the best code as typed and the best by synonym.
    pub(crate) codes: &'a [u8],
    /// Every clause matches a column.
    pub(crate) column: bool,
    /// Some words of the query stand side by side in it.
    pub(crate) beside: bool,
    /// What its name earns.
    pub(crate) tier: Option<Tier>,
    pub(crate) letter: f32,
}

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
    /// Words are searched, not filters alone.
    words: usize,
    /// Letters and digits in these words.
    letters: usize,
    only_columns: bool,
    points: [f32; 256],
    counts: Option<Counts>,
    pub(crate) total: u64,
    best: BinaryHeap<Reverse<Top>>,
    /// The tier of the last of the best, once there are as many as are kept: what is below it need not be weighed.
    worst_tier: Tier,
    /// The query has no filters of its own.
    open: bool,
    /// Values of facets are chosen.
    chosen: bool,
    /// By kind whether it is asked for.
    kinds: [bool; AssetKind::ALL.len()],
    data: Option<&'a SegmentData>,
    /// Hits up to this key and place were shown before.
    after: Option<(u64, u32)>,
}

struct Counts {
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
            words: plan.clauses.len(),
            letters: plan.letters(),
            only_columns: filters.only_columns(),
            points: rank::points_by_code(),
            counts,
            total: 0,
            best: BinaryHeap::with_capacity(keep + 1),
            worst_tier: Tier::Near,
            open: filters.is_open(),
            chosen: filters.any_chosen(),
            kinds: AssetKind::ALL.map(|kind| filters.allows_kind(kind)),
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
        self.worst_tier = Tier::Near;
    }

    /// The best of the segment, in order.
    pub(crate) fn end(&mut self) -> Vec<Top> {
        let mut best: Vec<Top> = self.best.drain().map(|Reverse(top)| top).collect();
        best.sort_by(|a, b| b.cmp(a));
        best
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
            // Most matches are far below what is shown already.
            Sort::Relevance if !self.only_columns && found.tier.unwrap_or(Tier::Words) < self.worst_tier => return,
            Sort::Relevance => self.relevance(found),
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
        if self.best.len() == self.keep
            && self.sort == Sort::Relevance
            && let Some(Reverse(worst)) = self.best.peek()
        {
            self.worst_tier = rank::unkey(worst.key).0;
        }
    }

    fn relevance(&self, found: &Found<'_>) -> u64 {
        let bits = found.attributes.bits;
        if self.words == 0 {
            return rank::key(Tier::Words, rank::quality(bits));
        }
        if let Some(tier) = found.tier.filter(|tier| tier.is_exact() && !self.only_columns) {
            return rank::key(tier, rank::quality(bits) + found.letter);
        }
        let mut points = 0.0;
        let mut tier = Tier::Words;
        for codes in found.codes.chunks_exact(2) {
            let (typed, synonym) = (self.points[usize::from(codes[0])], self.points[usize::from(codes[1])]);
            if codes[0] == 0 {
                tier = Tier::Synonym;
                points += synonym;
            } else {
                points += typed + synonym * rank::SYNONYM_BESIDE;
            }
        }
        points /= self.words as f32;
        points += rank::coverage(rank::covered(found.codes), self.words, self.letters, bits);
        if found.beside {
            points += rank::SIDE_BY_SIDE;
        }
        points += rank::quality(bits);
        if self.only_columns {
            let whole = found.codes.chunks_exact(2).all(|codes| rank::level(codes[0]).extent == rank::Extent::Whole);
            let exact = whole && found.codes.iter().step_by(2).all(|code| *code != 0);
            return rank::key(if exact { Tier::ExactName } else { tier }, points);
        }
        rank::key(found.tier.unwrap_or(tier), points)
    }

    /// The facets, largest counts first; chosen values are always there.
    pub(crate) fn facets(&self, request: &SearchRequest, vocabulary: &Vocabulary) -> Vec<Facet> {
        let Some(counts) = &self.counts else { return Vec::new() };
        let chosen = |field: FacetField| -> Vec<&str> {
            request.filters.iter().filter(|(f, _)| *f == field).map(|(_, value)| value.as_str()).collect()
        };
        let listed = |field: FacetField, counted: Vec<(&str, u64)>| facet(field, counted, &chosen(field));
        let yes_no = |counted: [u64; 2]| vec![("yes", counted[1]), ("no", counted[0])];
        let kinds = AssetKind::ALL.iter().zip(counts.kinds).map(|(kind, count)| (kind.as_str(), count)).collect();
        vec![
            listed(FacetField::Type, kinds),
            listed(FacetField::Db, named(&counts.databases, &vocabulary.databases)),
            listed(FacetField::Owner, named(&counts.owners, &vocabulary.owners)),
            listed(FacetField::Tag, named(&counts.tags, &vocabulary.tags)),
            listed(FacetField::Format, named(&counts.formats, &vocabulary.formats)),
            listed(FacetField::Source, named(&counts.sources, &vocabulary.sources)),
            listed(FacetField::Partitioned, yes_no(counts.partitioned)),
            listed(FacetField::Description, yes_no(counts.described)),
        ]
    }
}

impl Counts {
    /// Counts a document in the facets whose own choice does not matter: all, or the only one that shuts it out.
    fn add(&mut self, shut_out: u8, document: u32, a: &Attributes, has_column: bool, data: &SegmentData) {
        let counts = |field: FacetField| shut_out & !bit(field, true) == 0;
        if counts(FacetField::Type) {
            self.kinds[a.bits.kind_index()] += 1;
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
        if counts(FacetField::Partitioned) {
            self.partitioned[usize::from(a.bits.partitioned())] += 1;
        }
        if counts(FacetField::Description) {
            self.described[usize::from(a.bits.has_description())] += 1;
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
