//! One state of the index as searches see it, complete in itself: a newer one replaces it while it still answers.

use super::analysis::words::{composed, squashed};
use super::collect::{Collector, Top};
use super::cursor::Position;
use super::evaluate::{NameQuery, evaluate};
use super::filter::Filters;
use super::hits::Dresser;
use super::plan::{self, Plan};
use super::schema::{self, Fields};
use super::segment::{SegmentData, Vocabulary};
use super::synonyms::Synonyms;
use super::writer::payload_seq;
use super::{Error, fuzzy};
use chrono::{DateTime, Utc};
use reeve_model::query::{self, Query, What};
use reeve_model::search::{SearchRequest, SearchResponse};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tantivy::index::SegmentComponent;
use tantivy::{Directory, Index, IndexReader, Opstamp, ReloadPolicy, Searcher};

pub(crate) struct Snapshot {
    pub(crate) version: String,
    pub(crate) index: Index,
    pub(crate) fields: Fields,
    pub(crate) searcher: Searcher,
    pub(crate) last_seq: i64,
    /// In the searcher's order.
    pub(crate) segments: Vec<Arc<SegmentData>>,
    vocabulary: Vocabulary,
    /// Numbers of the databases by their names without separators.
    databases: HashMap<String, Vec<u32>>,
    reader: IndexReader,
    opstamp: Opstamp,
}

/// The files that every segment has.
const PARTS: [SegmentComponent; 5] = [
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::Terms,
    SegmentComponent::Store,
    SegmentComponent::FastFields,
];

/// From so many documents on, starting a thread costs less than it saves.
const SHARED_FROM: u64 = 100_000;

/// Most hits in one answer.
const MOST_HITS: usize = 100;

impl Snapshot {
    /// Opens a version.
    ///
    /// # Errors
    /// Anything that is not as it should be; the index has to be built anew then.
    pub(crate) fn open(path: &Path, version: &str) -> Result<Self, Error> {
        let index = Index::open_in_dir(path)?;
        let (expected, fields) = schema::schema();
        if index.schema() != expected {
            return Err(Error::Damaged("its fields are not those of this program".into()));
        }
        schema::register_tokenizers(&index);
        // tantivy opens some files only when they are needed; a missing or cut one is to be known now.
        for segment in index.searchable_segment_metas()? {
            for component in PARTS {
                index.directory().open_read(&segment.relative_path(component)).map_err(tantivy::TantivyError::from)?;
            }
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Self::of(version.to_owned(), index, fields, reader, &[], Vocabulary::default())
    }

    /// The same version with what was committed since, or `None` if nothing was.
    pub(crate) fn reloaded(&self) -> Result<Option<Self>, Error> {
        if self.index.load_metas()?.opstamp == self.opstamp {
            return Ok(None);
        }
        self.reader.reload()?;
        let (index, reader) = (self.index.clone(), self.reader.clone());
        let vocabulary = self.vocabulary.clone();
        Self::of(self.version.clone(), index, self.fields, reader, &self.segments, vocabulary).map(Some)
    }

    fn of(
        version: String,
        index: Index,
        fields: Fields,
        reader: IndexReader,
        known: &[Arc<SegmentData>],
        mut vocabulary: Vocabulary,
    ) -> Result<Self, Error> {
        let meta = index.load_metas()?;
        let Some(last_seq) = payload_seq(meta.payload.as_deref()) else {
            return Err(Error::Damaged("its last commit is not one of this program's".into()));
        };
        let searcher = reader.searcher();
        let mut segments = Vec::new();
        for segment in searcher.segment_readers() {
            let data = match known.iter().find(|known| known.id == segment.segment_id()) {
                Some(known) => Arc::clone(known),
                None => Arc::new(SegmentData::read(segment, &mut vocabulary)?),
            };
            segments.push(data);
        }
        let mut databases: HashMap<String, Vec<u32>> = HashMap::new();
        for (number, name) in vocabulary.databases.iter() {
            databases.entry(squashed(&composed(name))).or_default().push(number);
        }
        Ok(Self {
            version,
            index,
            fields,
            searcher,
            last_seq,
            segments,
            vocabulary,
            databases,
            reader,
            opstamp: meta.opstamp,
        })
    }

    pub(crate) fn documents(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// The databases of this name without separators.
    pub(crate) fn databases_called(&self, squashed: &str) -> Option<&[u32]> {
        self.databases.get(squashed).map(Vec::as_slice)
    }

    pub(crate) fn search(
        &self,
        request: &SearchRequest,
        query: &Query,
        synonyms: &Synonyms,
        now: DateTime<Utc>,
    ) -> Result<SearchResponse, Error> {
        let filters = Filters::of(query, &request.filters, &self.vocabulary, now);
        let plan = plan::plan(query, synonyms);
        let mut answer = self.answer(request, &plan, &filters, None)?;
        if answer.total == 0
            && !plan.clauses.is_empty()
            && request.cursor.is_none()
            && !self.has_the_words(request, &plan, &filters)?
            && let Some(near) = fuzzy::near_spelling(self, &request.q, query, &plan)?
        {
            let near_plan = plan::plan(&query::parse(&near), synonyms);
            let near_answer = self.answer(request, &near_plan, &filters, Some(&near))?;
            if near_answer.total > 0 {
                answer = SearchResponse { did_you_mean: Some(near), ..near_answer };
            }
        }
        answer.problems.clone_from(&query.problems);
        Ok(answer)
    }

    /// Whether it is the filters that leave nothing of what the words find.
    fn has_the_words(&self, request: &SearchRequest, plan: &Plan, filters: &Filters) -> Result<bool, Error> {
        if filters.is_open() && !filters.any_chosen() && filters.kinds.is_empty() {
            return Ok(false);
        }
        let words = SearchRequest { limit: 1, facets: false, filters: Vec::new(), ..request.clone() };
        Ok(self.answer(&words, plan, &Filters::default(), None)?.total > 0)
    }

    /// Evaluates every segment. In a large index the cores share them, because one broad query should not take long
    /// while another core is idle.
    fn parts<'a>(
        &'a self,
        plan: &Plan,
        names: Option<&NameQuery>,
        after: Option<&Position>,
        collector: impl Fn() -> Collector<'a> + Sync,
    ) -> Result<Part<'a>, Error> {
        let next = AtomicUsize::new(0);
        let some = || -> Result<Part<'a>, Error> {
            let mut part = Part { collector: collector(), readings: BTreeSet::new(), best: Vec::new() };
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(data) = self.segments.get(number) else { return Ok(part) };
                let from = match after {
                    Some(position) => Some((position.key, data.qualified_place(&format!("{}\0", position.name))?)),
                    None => None,
                };
                part.collector.begin(data, from);
                evaluate(plan, names, self, number, &mut part.readings, &mut part.collector)?;
                for top in part.collector.end() {
                    let mut name = String::new();
                    data.qualified_name(top.document, &mut name)?;
                    part.best.push((top, number, name));
                }
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.documents() < SHARED_FROM { 1 } else { cores.min(self.segments.len()) };
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(some)).collect();
            let mut whole = some()?;
            for other in others {
                let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
                whole.collector.absorb(&other.collector);
                whole.readings.extend(other.readings);
                whole.best.extend(other.best);
            }
            Ok(whole)
        })
    }

    fn answer(
        &self,
        request: &SearchRequest,
        plan: &Plan,
        filters: &Filters,
        near: Option<&str>,
    ) -> Result<SearchResponse, Error> {
        let limit = request.limit.clamp(1, MOST_HITS);
        let after = request.cursor.as_deref().and_then(|cursor| Position::decode(cursor, request.sort));
        let names = NameQuery::of(plan, self);
        // One more than shown says whether there is another page.
        let collector = || Collector::new(request, filters, plan, limit + 1, &self.vocabulary);
        let Part { collector, readings, mut best } = self.parts(plan, names.as_ref(), after.as_ref(), collector)?;
        best.sort_by(|(a, _, a_name), (b, _, b_name)| b.key.cmp(&a.key).then_with(|| a_name.cmp(b_name)));
        let more = best.len() > limit;
        best.truncate(limit);
        let shown = after.map_or(0, |position| position.shown).saturating_add(best.len() as u32);
        let next_cursor = best
            .last()
            .filter(|_| more)
            .map(|(top, _, name)| Position { sort: request.sort, key: top.key, shown, name: name.clone() }.encode());
        let dresser = Dresser { snapshot: self, plan, request, only_columns: filters.only_columns(), near };
        let hits = best.iter().map(|(top, segment, _)| dresser.hit(*segment, top)).collect::<Result<_, _>>()?;
        Ok(SearchResponse {
            total: collector.total,
            took_ms: 0.0,
            hits,
            facets: collector.facets(request, &self.vocabulary),
            did_you_mean: None,
            next_cursor,
            problems: Vec::new(),
            also_searched: readings.into_iter().collect(),
        })
    }
}

/// What was found in some of the segments.
struct Part<'a> {
    collector: Collector<'a>,
    readings: BTreeSet<String>,
    /// With segment and qualified name.
    best: Vec<(Top, usize, String)>,
}

/// The words of a query that a near spelling may replace.
pub(crate) fn plain_words(query: &Query) -> impl Iterator<Item = (usize, usize, &str)> {
    query.terms.iter().filter(|term| !term.negated).filter_map(|term| match &term.what {
        What::Word(text) => Some((term.start, term.end, text.as_str())),
        _ => None,
    })
}
