//! What narrows a search besides words: the query's own filters, and the chosen values of facets.

use crate::search::analysis::words::pieces;
use crate::search::index::segment::{Attributes, SegmentData, Values, Vocabulary};
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::asset::AssetKind;
use reeve_model::query::{Filter, Part, Query, What, When};
use reeve_model::search::FacetField;

/// For each number of a facet's values whether it passes.
type Allowed = Vec<bool>;

/// The conditions on a document's attributes.
#[derive(Default)]
pub(crate) struct Filters {
    databases: Option<Allowed>,
    owners: Option<Allowed>,
    formats: Option<Allowed>,
    sources: Option<Allowed>,
    /// Each must hold for some tag, or for none where negated.
    tags: Vec<(Allowed, bool)>,
    excluded_kinds: Vec<AssetKind>,
    flags: Vec<(Flag, bool)>,
    ranges: Vec<(RangeOf, Option<i64>, Option<i64>, bool)>,
    /// Kinds asked for, by the query or the facet.
    pub(crate) kinds: Vec<AssetKind>,
    chosen: Chosen,
}

#[derive(Default)]
struct Chosen {
    databases: Option<Allowed>,
    owners: Option<Allowed>,
    formats: Option<Allowed>,
    sources: Option<Allowed>,
    tags: Option<Allowed>,
    partitioned: Option<[bool; 2]>,
    described: Option<[bool; 2]>,
}

#[derive(Clone, Copy)]
enum Flag {
    Description,
    Owner,
    Tag,
    Format,
    Size,
    Created,
    Partitioned,
}

#[derive(Clone, Copy)]
enum RangeOf {
    Size,
    Created,
    Changed,
}

/// Whether the query counts from the present moment.
pub(crate) fn is_relative(query: &Query) -> bool {
    query.terms.iter().any(|term| match &term.what {
        What::Filter(Filter::Created(when) | Filter::Changed(when)) => When::is_relative(*when),
        _ => false,
    })
}

impl Filters {
    pub(crate) fn of(
        query: &Query,
        chosen: &[(FacetField, String)],
        vocabulary: &Vocabulary,
        now: DateTime<Utc>,
    ) -> Self {
        let mut filters = Self::default();
        for term in &query.terms {
            if let What::Filter(filter) = &term.what {
                filters.add(filter, term.negated, vocabulary, now);
            }
        }
        // Several positive values of one field mean any of them; a negated one then still takes its own away.
        filters.databases = any_of(query, &vocabulary.databases, false, |f| match f {
            Filter::Db(value) => Some(value),
            _ => None,
        });
        filters.owners = any_of(query, &vocabulary.owners, true, |f| match f {
            Filter::Owner(value) => Some(value),
            _ => None,
        });
        filters.formats = any_of(query, &vocabulary.formats, false, |f| match f {
            Filter::Format(value) => Some(value),
            _ => None,
        });
        filters.sources = any_of(query, &vocabulary.sources, false, |f| match f {
            Filter::Source(value) => Some(value),
            _ => None,
        });
        for (field, value) in chosen {
            filters.chosen.add(*field, value, vocabulary);
            if *field == FacetField::Type
                && let Some(kind) = AssetKind::parse(value)
            {
                filters.kinds.push(kind);
            }
        }
        filters
    }

    fn add(&mut self, filter: &Filter, negated: bool, vocabulary: &Vocabulary, now: DateTime<Utc>) {
        let span = |when: When| {
            let (from, until) = when.span(now);
            // `until` is not included.
            (from.map(|at| at.timestamp()), until.map(|at| at.timestamp() - 1))
        };
        match filter {
            Filter::Type(kind) if negated => self.excluded_kinds.push(*kind),
            Filter::Type(kind) => self.kinds.push(*kind),
            Filter::Tag(value) => self.tags.push((matching(&vocabulary.tags, value, false), negated)),
            Filter::Partitioned(yes) => self.flags.push((Flag::Partitioned, *yes != negated)),
            Filter::Created(when) => {
                let (from, until) = span(*when);
                self.ranges.push((RangeOf::Created, from, until, negated));
            }
            Filter::Changed(when) => {
                let (from, until) = span(*when);
                self.ranges.push((RangeOf::Changed, from, until, negated));
            }
            Filter::Size(bytes) => self.ranges.push((RangeOf::Size, bytes.min, bytes.max, negated)),
            Filter::Has(part) => {
                let flag = match part {
                    Part::Description => Flag::Description,
                    Part::Owner => Flag::Owner,
                    Part::Tag => Flag::Tag,
                    Part::Format => Flag::Format,
                    Part::Size => Flag::Size,
                    Part::Created => Flag::Created,
                    Part::Partitions => Flag::Partitioned,
                };
                self.flags.push((flag, !negated));
            }
            Filter::Db(_) | Filter::Owner(_) | Filter::Format(_) | Filter::Source(_) | Filter::Column(_) => {}
        }
    }

    /// Whether [`Self::allows`] lets everything through.
    pub(crate) fn is_open(&self) -> bool {
        let Self { databases, owners, formats, sources, tags, excluded_kinds, flags, ranges, .. } = self;
        [databases, owners, formats, sources].iter().all(|allowed| allowed.is_none())
            && tags.is_empty()
            && excluded_kinds.is_empty()
            && flags.is_empty()
            && ranges.is_empty()
    }

    /// Whether values of facets other than the kind are chosen.
    pub(crate) fn any_chosen(&self) -> bool {
        let Chosen { databases, owners, formats, sources, tags, partitioned, described } = &self.chosen;
        [databases, owners, formats, sources, tags].iter().any(|allowed| allowed.is_some())
            || [partitioned, described].iter().any(|allowed| allowed.is_some())
    }

    /// Whether a search is for columns alone.
    pub(crate) fn only_columns(&self) -> bool {
        !self.kinds.is_empty() && self.kinds.iter().all(|kind| *kind == AssetKind::Column)
    }

    /// Whether this kind of document is asked for; columns are decided by what matched.
    pub(crate) fn allows_kind(&self, kind: AssetKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    /// Whether the query's own filters, but for the kind, let a document through.
    pub(crate) fn allows(&self, document: u32, a: &Attributes, data: &SegmentData) -> bool {
        let number = |allowed: &Option<Allowed>, n: u32| {
            allowed.as_ref().is_none_or(|allowed| allowed.get(n as usize).copied().unwrap_or(false))
        };
        number(&self.databases, a.database)
            && number(&self.owners, a.owner)
            && number(&self.formats, u32::from(a.format))
            && number(&self.sources, u32::from(a.source))
            && !self.excluded_kinds.contains(&a.bits.kind())
            && self.flags.iter().all(|(flag, wanted)| flag.holds(document, a, data) == *wanted)
            && self.tags.iter().all(|(allowed, negated)| has_tag(allowed, document, data) != *negated)
            && self.ranges.iter().all(|(of, min, max, negated)| of.holds(document, data, *min, *max) != *negated)
    }

    /// The facets whose chosen values shut a document out, as bits by place in [`FacetField::ALL`]; the kind is not among them.
    pub(crate) fn shut_out(&self, document: u32, a: &Attributes, data: &SegmentData) -> u8 {
        let chosen = &self.chosen;
        let number = |allowed: &Option<Allowed>, n: u32| {
            allowed.as_ref().is_some_and(|allowed| !allowed.get(n as usize).copied().unwrap_or(false))
        };
        let flag = |allowed: &Option<[bool; 2]>, on: bool| allowed.is_some_and(|allowed| !allowed[usize::from(on)]);
        let tag = chosen.tags.as_ref().is_some_and(|allowed| !has_tag(allowed, document, data));
        bit(FacetField::Db, number(&chosen.databases, a.database))
            | bit(FacetField::Owner, number(&chosen.owners, a.owner))
            | bit(FacetField::Tag, tag)
            | bit(FacetField::Format, number(&chosen.formats, u32::from(a.format)))
            | bit(FacetField::Source, number(&chosen.sources, u32::from(a.source)))
            | bit(FacetField::Partitioned, flag(&chosen.partitioned, a.bits.partitioned()))
            | bit(FacetField::Description, flag(&chosen.described, a.bits.has_description()))
    }
}

/// The bit of a facet where `on`.
pub(crate) fn bit(field: FacetField, on: bool) -> u8 {
    u8::from(on) << field as u8
}

impl Chosen {
    fn add(&mut self, field: FacetField, value: &str, vocabulary: &Vocabulary) {
        let set = |slot: &mut Option<Allowed>, values: &Values| {
            let allowed = slot.get_or_insert_with(|| vec![false; values.len()]);
            if let Some((number, _)) = values.iter().find(|(_, name)| *name == value) {
                allowed[number as usize] = true;
            }
        };
        let flag = |slot: &mut Option<[bool; 2]>| {
            slot.get_or_insert_default()[usize::from(value == "yes")] = true;
        };
        match field {
            FacetField::Type => {}
            FacetField::Db => set(&mut self.databases, &vocabulary.databases),
            FacetField::Owner => set(&mut self.owners, &vocabulary.owners),
            FacetField::Tag => set(&mut self.tags, &vocabulary.tags),
            FacetField::Format => set(&mut self.formats, &vocabulary.formats),
            FacetField::Source => set(&mut self.sources, &vocabulary.sources),
            FacetField::Partitioned => flag(&mut self.partitioned),
            FacetField::Description => flag(&mut self.described),
        }
    }
}

impl Flag {
    fn holds(self, document: u32, a: &Attributes, data: &SegmentData) -> bool {
        match self {
            Self::Description => a.bits.has_description(),
            Self::Owner => a.bits.has_owner(),
            Self::Tag => !data.tags(document).is_empty(),
            Self::Format => a.format != 0,
            Self::Size => data.size.first(document).is_some(),
            Self::Created => data.created.first(document).is_some(),
            Self::Partitioned => a.bits.partitioned(),
        }
    }
}

impl RangeOf {
    fn holds(self, document: u32, data: &SegmentData, min: Option<i64>, max: Option<i64>) -> bool {
        let column = match self {
            Self::Size => &data.size,
            Self::Created => &data.created,
            Self::Changed => &data.changed,
        };
        // What has no value is in no range.
        let Some(value) = column.first(document) else { return false };
        min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
    }
}

fn has_tag(allowed: &Allowed, document: u32, data: &SegmentData) -> bool {
    data.tags(document).iter().any(|tag| allowed.get(*tag as usize).copied().unwrap_or(false))
}

fn any_of<'q>(
    query: &'q Query,
    values: &Values,
    by_word: bool,
    value_of: impl Fn(&'q Filter) -> Option<&'q String>,
) -> Option<Allowed> {
    let mut wanted: Option<Allowed> = None;
    let mut unwanted: Option<Allowed> = None;
    for term in &query.terms {
        let What::Filter(filter) = &term.what else { continue };
        let Some(value) = value_of(filter) else { continue };
        let slot = if term.negated { &mut unwanted } else { &mut wanted };
        let found = matching(values, value, by_word);
        match slot {
            None => *slot = Some(found),
            Some(known) => known.iter_mut().zip(found).for_each(|(known, found)| *known |= found),
        }
    }
    if wanted.is_none() && unwanted.is_none() {
        return None;
    }
    let mut allowed = wanted.unwrap_or_else(|| vec![true; values.len()]);
    for (allowed, unwanted) in allowed.iter_mut().zip(unwanted.unwrap_or_default()) {
        *allowed &= !unwanted;
    }
    Some(allowed)
}

/// The values that a filter's value means: the same in any case, or as `*` allows, or by a word of it (`kim` for `kim.minsu`).
fn matching(values: &Values, wanted: &str, by_word: bool) -> Allowed {
    let wanted = wanted.to_lowercase();
    let mut allowed = vec![false; values.len()];
    for (number, name) in values.iter() {
        let name = name.to_lowercase();
        allowed[number as usize] = name == wanted
            || (wanted.contains('*') && glob(&wanted, &name))
            || (by_word && pieces(&name).iter().any(|piece| piece.text == wanted));
    }
    allowed
}

/// Whether `text` is `pattern`, where `*` is any characters.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn stars() {
        assert!(
            glob("mart*", "mart_order") && glob("*order*", "mart_order_x") && glob("a*b*c", "axxbyyc") && glob("*", "")
        );
        assert!(!glob("mart*", "dmart") && !glob("a*b*c", "axxc") && !glob("mart", "marts") && !glob("*ab", "a"));
    }
}
