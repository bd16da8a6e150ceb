//! From a request to its answer: evaluates the plan over every segment, counts, ranks and dresses what was found.

mod collect;
pub(super) mod cursor;
mod evaluate;
mod fuzzy;
mod hits;
mod most;
mod postings;
pub(super) mod suggest;

use crate::search::Error;
use crate::search::index::snapshot::Snapshot;
use crate::search::query::filter::Filters;
use crate::search::query::plan::{self, Plan};
use crate::search::query::synonyms::Synonyms;
use chrono::{DateTime, Utc};
use collect::{Collector, Top};
use cursor::Position;
use evaluate::{NameQuery, evaluate};
use hits::Dresser;
use reeve_model::query::{self, Query, Term, What};
use reeve_model::search::{QueryProblem, QueryProblemCode, SearchRequest, SearchResponse};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// From so many documents on, starting a thread costs less than it saves.
const SHARED_FROM: u64 = 100_000;

/// Most hits in one answer.
const MOST_HITS: usize = 100;

/// A search that takes longer than this ends with what it has: others wait for its turn.
const LONGEST: Duration = Duration::from_millis(1_500);

/// When a search has to end.
pub(crate) struct Deadline {
    at: Instant,
    passed: AtomicBool,
}

impl Deadline {
    pub(crate) fn after(time: Duration) -> Self {
        Self { at: Instant::now() + time, passed: AtomicBool::new(false) }
    }

    fn is_over(&self) -> bool {
        let over = Instant::now() >= self.at;
        if over {
            self.passed.store(true, Ordering::Relaxed);
        }
        over
    }

    /// Whether something was left undone for it.
    pub(crate) fn has_passed(&self) -> bool {
        self.passed.load(Ordering::Relaxed)
    }
}

impl Default for Deadline {
    fn default() -> Self {
        Self::after(LONGEST)
    }
}

/// What all steps of one answer share.
pub(crate) struct Answering<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) synonyms: &'a Synonyms,
    /// What relative times count from.
    pub(crate) now: DateTime<Utc>,
    pub(crate) deadline: &'a Deadline,
}

impl<'a> Answering<'a> {
    pub(crate) fn search(&self, request: &SearchRequest, query: &Query) -> Result<SearchResponse, Error> {
        let Some(pasted) = query::pasted(&request.q) else { return self.typed(request, query, Vec::new()) };
        let mut named = Vec::new();
        for (database, name) in pasted.names {
            if self.snapshot.has_table(&database, &name)? {
                named.push((database, name));
            }
        }
        let Some(instead) = pasted.instead else { return self.typed(request, query, named) };
        // The words of a statement are not words of the table that it is about.
        let what = What::Word(instead.clone());
        let terms = vec![Term { negated: false, what, start: 0, end: instead.len() }];
        let request = SearchRequest { q: instead.clone(), ..request.clone() };
        let mut answer = self.typed(&request, &Query { terms, problems: Vec::new() }, named)?;
        if !answer.also_searched.contains(&instead) {
            answer.also_searched.insert(0, instead);
        }
        Ok(answer)
    }

    /// A search for what is written, with the tables that it names besides.
    fn typed(
        &self,
        request: &SearchRequest,
        query: &Query,
        named: Vec<(String, String)>,
    ) -> Result<SearchResponse, Error> {
        let filters =
            Filters::of(query, &request.filters, &request.hidden, &request.me, &self.snapshot.vocabulary, self.now);
        let mut plan = plan::plan(query, self.synonyms);
        plan.named = named;
        let mut answer = self.answer(request, &plan, &filters, None)?;
        if answer.total == 0
            && !plan.clauses.is_empty()
            && plan.is_possible()
            && !self.has_the_words(request, &plan, &filters)?
        {
            if let Some(nearby) = self.by_near_spelling(request, query, &plan, &filters)? {
                answer = nearby;
            } else if let Some(most) = self.by_most_words(request, &mut plan, &filters)? {
                answer = most;
            }
        }
        answer.problems.clone_from(&query.problems);
        let limit = |problem: &QueryProblem| problem.code == QueryProblemCode::TooManyWords;
        if let Some((start, end)) = plan.beyond.filter(|_| !query.problems.iter().any(limit)) {
            answer.problems.push(QueryProblem {
                code: QueryProblemCode::TooManyWords,
                start,
                end,
                text: request.q.get(start..end).unwrap_or_default().to_owned(),
                suggestion: None,
                limit: Some(plan::MOST_WORDS as u32),
            });
        }
        if self.deadline.has_passed() {
            answer.problems.push(QueryProblem {
                code: QueryProblemCode::Unfinished,
                start: 0,
                end: 0,
                text: String::new(),
                suggestion: None,
                limit: None,
            });
        }
        Ok(answer)
    }

    fn by_near_spelling(
        &self,
        request: &SearchRequest,
        query: &Query,
        plan: &Plan,
        filters: &Filters,
    ) -> Result<Option<SearchResponse>, Error> {
        let near = fuzzy::near_spelling(self.snapshot, &request.q, query, plan, self.deadline)?;
        let Some(near) = near else { return Ok(None) };
        let near_plan = plan::plan(&query::parse(&near), self.synonyms);
        let answer = self.answer(request, &near_plan, filters, Some(&near))?;
        Ok((answer.total > 0).then_some(SearchResponse { did_you_mean: Some(near), ..answer }))
    }

    /// Leaves out of the plan what keeps the other words from being found.
    fn by_most_words(
        &self,
        request: &SearchRequest,
        plan: &mut Plan,
        filters: &Filters,
    ) -> Result<Option<SearchResponse>, Error> {
        // One name is not torn: where there is no `birth_dt`, one does not want all that has a `dt`.
        if plan.clauses.len() < 2 || !plan.name.contains(|c: char| c.is_whitespace() || matches!(c, '.' | '/')) {
            return Ok(None);
        }
        let Some(kept) = most::most_words(plan, filters, self.snapshot, self.deadline)? else { return Ok(None) };
        let left_out = plan.keep(kept);
        let answer = self.answer(request, plan, filters, None)?;
        Ok(Some(SearchResponse { left_out, ..answer }))
    }

    /// Whether it is the filters that leave nothing of what the words find.
    fn has_the_words(&self, request: &SearchRequest, plan: &Plan, filters: &Filters) -> Result<bool, Error> {
        if filters.is_open() && !filters.any_chosen() && filters.kinds.is_empty() {
            return Ok(false);
        }
        let words = SearchRequest { limit: 1, facets: false, filters: Vec::new(), ..request.clone() };
        let nothing_else = Query { terms: Vec::new(), problems: Vec::new() };
        let visible =
            Filters::of(&nothing_else, &[], &request.hidden, &request.me, &self.snapshot.vocabulary, self.now);
        Ok(self.answer(&words, plan, &visible, None)?.total > 0)
    }

    /// Evaluates every segment. In a large index the cores share them, because one broad query should not take long
    /// while another core is idle.
    fn parts(
        &self,
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
                let Some(data) = self.snapshot.segments.get(number) else { return Ok(part) };
                let from = match after {
                    Some(position) => Some((position.key, data.qualified_place(&format!("{}\0", position.name))?)),
                    None => None,
                };
                part.collector.begin(data, from);
                evaluate(plan, names, self.snapshot, number, self.deadline, &mut part.readings, &mut part.collector)?;
                for top in part.collector.end() {
                    let mut name = String::new();
                    data.qualified_name(top.document, &mut name)?;
                    part.best.push((top, number, name));
                }
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.snapshot.documents() < SHARED_FROM { 1 } else { cores.min(self.snapshot.segments.len()) };
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
        let names = NameQuery::of(plan, self.snapshot);
        // One more than shown says whether there is another page.
        let collector = || Collector::new(request, filters, plan, limit + 1, &self.snapshot.vocabulary);
        let Part { collector, readings, mut best } = self.parts(plan, names.as_ref(), after.as_ref(), collector)?;
        best.sort_by(|(a, _, a_name), (b, _, b_name)| b.key.cmp(&a.key).then_with(|| a_name.cmp(b_name)));
        let more = best.len() > limit;
        best.truncate(limit);
        let shown = after.map_or(0, |position| position.shown).saturating_add(best.len() as u32);
        let next_cursor = best
            .last()
            .filter(|_| more)
            .map(|(top, _, name)| Position { sort: request.sort, key: top.key, shown, name: name.clone() }.encode());
        let dresser = Dresser { snapshot: self.snapshot, plan, request, only_columns: filters.only_columns(), near };
        let hits = best.iter().map(|(top, segment, _)| dresser.hit(*segment, top)).collect::<Result<_, _>>()?;
        Ok(SearchResponse {
            total: collector.total,
            took_ms: 0.0,
            hits,
            facets: collector.facets(request, &self.snapshot.vocabulary),
            did_you_mean: None,
            next_cursor,
            problems: Vec::new(),
            left_out: Vec::new(),
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
