//! Which words of a query go together, when no document has them all.

use super::Deadline;
use super::postings::{Binder, WINDOW, Wanted};
use crate::search::index::snapshot::Snapshot;
use crate::search::query::filter::Filters;
use crate::search::query::plan::Plan;
use std::collections::HashSet;
use tantivy::TantivyError;

/// The most words, as bits of the plan's clauses, that some document has together; among as many, the rarer ones.
/// `None` where no document has half of them.
pub(crate) fn most_words(
    plan: &Plan,
    filters: &Filters,
    snapshot: &Snapshot,
    deadline: &Deadline,
) -> Result<Option<u32>, TantivyError> {
    let mut often = vec![0u64; plan.clauses.len()];
    let mut together = Together { required: plan.required(), words: 0, sets: HashSet::new() };
    for segment in 0..snapshot.segments.len() {
        in_segment(plan, filters, snapshot, segment, deadline, &mut often, &mut together)?;
    }
    let frequency = |set: u32| -> u64 {
        often.iter().enumerate().filter(|(at, _)| set & 1 << at != 0).map(|(_, documents)| documents).sum()
    };
    let best = together.sets.into_iter().min_by_key(|set| (frequency(*set), *set));
    Ok(best.filter(|_| together.words as usize * 2 >= plan.clauses.len()))
}

/// The sets of as many words as any document has.
struct Together {
    required: u32,
    words: u32,
    sets: HashSet<u32>,
}

impl Together {
    fn is_of_interest(&self, set: u32) -> bool {
        set != 0 && set.count_ones() >= self.words && set & self.required == self.required
    }

    fn add(&mut self, set: u32) {
        if set.count_ones() > self.words {
            self.words = set.count_ones();
            self.sets.clear();
        }
        self.sets.insert(set);
    }
}

fn in_segment(
    plan: &Plan,
    filters: &Filters,
    snapshot: &Snapshot,
    segment: usize,
    deadline: &Deadline,
    often: &mut [u64],
    together: &mut Together,
) -> Result<(), TantivyError> {
    let reader = snapshot.searcher.segment_reader(segment as u32);
    let data = &*snapshot.segments[segment];
    let alive = reader.alive_bitset();
    let mut binder = Binder::new(reader, &snapshot.fields, plan.clauses.len(), deadline)?;
    let mut bound = Vec::with_capacity(plan.clauses.len());
    for (clause, often) in plan.clauses.iter().zip(often) {
        let one = binder.clause(clause, &mut Default::default())?;
        *often += one.cost;
        bound.push(one);
    }
    let mut excluded = Vec::new();
    for clause in &plan.excluded {
        excluded.push(binder.clause(clause, &mut Default::default())?);
    }
    let documents = data.attributes.len() as u32;
    let (mut marks, mut scratch) = (Box::new([0u8; WINDOW]), Box::new([0u8; WINDOW]));
    let mut sets = Box::new([0u32; WINDOW]);
    for base in (0..documents).step_by(WINDOW) {
        if deadline.is_over() {
            break;
        }
        let window = (base, (base + WINDOW as u32).min(documents));
        sets.fill(0);
        for (at, clause) in bound.iter_mut().enumerate() {
            marks.fill(0);
            for m in &mut clause.matches {
                m.mark(window, Wanted::All, &mut scratch, 1, &mut marks);
            }
            sets.iter_mut().zip(marks.iter()).for_each(|(set, mark)| *set |= u32::from(*mark) << at);
        }
        marks.fill(0);
        for m in excluded.iter_mut().flat_map(|clause| &mut clause.matches) {
            m.mark(window, Wanted::All, &mut scratch, 1, &mut marks);
        }
        for (at, set) in sets.iter().enumerate().filter(|(at, _)| marks[*at] == 0) {
            if !together.is_of_interest(*set) || (set.count_ones() == together.words && together.sets.contains(set)) {
                continue;
            }
            let document = base + at as u32;
            let is_alive = alive.is_none_or(|alive| alive.is_alive(document));
            if is_alive && filters.pass(document, &data.attributes[document as usize], data) {
                together.add(*set);
            }
        }
    }
    Ok(())
}
