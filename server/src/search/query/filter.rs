//! What narrows a search besides words: the query's own filters, and the chosen values of facets.

use crate::search::analysis::words::{alike, pieces};
use crate::search::index::facets::{self, FACETS, Of};
use crate::search::index::segment::{Attributes, SegmentData, Values, Vocabulary};
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::asset::AssetKind;
use reeve_model::owner::OwnerState;
use reeve_model::query::{Filter, Is, ME, Part, Personal, Query, Term, What, When};
use reeve_model::search::FacetField;
use reeve_model::visibility::{Hidden, glob};
use std::collections::HashSet;

/// For each number of a facet's values whether it passes; for a flag whether `no` and `yes` do.
type Allowed = Vec<bool>;

/// The conditions on a document's attributes.
#[derive(Default)]
pub(crate) struct Filters {
    /// The query's own, by the place among the facets of one value.
    queried: Vec<(usize, Allowed)>,
    /// Each must hold for some tag, or for none where negated.
    tags: Vec<(Allowed, bool)>,
    /// Those wanted, of which one must hold, and those unwanted, of which none may.
    owners: Vec<(Owners, bool)>,
    /// Classes of personal data, any of which will do: their numbers.
    classes: Vec<Option<u32>>,
    excluded_kinds: Vec<AssetKind>,
    flags: Vec<(Flag, bool)>,
    ranges: Vec<(RangeOf, Option<i64>, Option<i64>, bool)>,
    /// The number of the state that there is no owner.
    nobody: Option<u32>,
    /// Kinds asked for, by the query or the facet.
    pub(crate) kinds: Vec<AssetKind>,
    /// Chosen values of facets other than the kind.
    chosen: Vec<(FacetField, Allowed)>,
    /// Databases that do not exist for whoever asks, and of which source.
    hidden: Vec<(Allowed, Option<Allowed>)>,
}

/// What `owner:` asks for: any of these.
struct Owners {
    /// By the numbers of owners.
    names: Allowed,
    /// `owner:me`: what is confirmed, not what the metastore says.
    mine: Allowed,
    /// `owner:departed`: by the numbers of owner states.
    states: Allowed,
    /// The number of the state that there is nobody.
    nobody: Option<u32>,
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
    Personal,
    /// The class of this number, or none where the index has no such value.
    Class(Option<u32>),
    Undecided,
    Certified,
    Deprecated,
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
        hidden: &Hidden,
        me: &[String],
        vocabulary: &Vocabulary,
        now: DateTime<Utc>,
    ) -> Self {
        let mut filters = Self::default();
        for rule in &hidden.0 {
            let databases: Vec<&String> = rule.databases.iter().collect();
            let of = rule.source.as_ref().map(|name| matching(vocabulary.of(FacetField::Source), &[name], false));
            filters.hidden.push((matching(vocabulary.of(FacetField::Db), &databases, false), of));
        }
        for term in &query.terms {
            if let What::Filter(filter) = &term.what {
                filters.add(filter, term.negated, vocabulary, now);
            }
        }
        // Several positive values of one field mean any of them; a negated one then still takes its own away.
        filters.nobody = vocabulary.of(FacetField::OwnerState).find(OwnerState::None.as_str());
        for negated in [false, true] {
            filters.owners.extend(Owners::of(query, negated, me, vocabulary).map(|owners| (owners, negated)));
        }
        for field in [FacetField::Db, FacetField::Format, FacetField::Source] {
            if let Some(allowed) = any_of(query, vocabulary.of(field), field) {
                filters.queried.push((facets::one(field), allowed));
            }
        }
        for (field, value) in chosen {
            filters.choose(*field, value, vocabulary);
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
            Filter::Tag(value) => self.tags.push((matching(vocabulary.of(FacetField::Tag), &[value], false), negated)),
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
            Filter::Personal(Personal::Class(class)) if !negated => {
                self.classes.push(vocabulary.of(FacetField::PersonalData).find(class.as_str()));
            }
            Filter::Personal(asked) => {
                let (flag, wanted) = match asked {
                    Personal::Any(yes) => (Flag::Personal, *yes),
                    Personal::Class(class) => {
                        (Flag::Class(vocabulary.of(FacetField::PersonalData).find(class.as_str())), true)
                    }
                    Personal::Undecided => (Flag::Undecided, true),
                };
                self.flags.push((flag, wanted != negated));
            }
            Filter::Is(what) => {
                let flag = match what {
                    Is::Certified => Flag::Certified,
                    Is::Deprecated => Flag::Deprecated,
                };
                self.flags.push((flag, !negated));
            }
            Filter::Db(_) | Filter::Owner(_) | Filter::Format(_) | Filter::Source(_) | Filter::Column(_) => {}
        }
    }

    /// A chosen value of a facet; several of one facet mean any of them.
    fn choose(&mut self, field: FacetField, value: &str, vocabulary: &Vocabulary) {
        let (count, number) = match FACETS[field as usize].1 {
            Of::Kind => return,
            Of::Flag(_) => (2, Some(usize::from(value == "yes"))),
            Of::One(..) | Of::Many(..) => {
                let values = vocabulary.of(field);
                (values.len(), values.find(value).map(|number| number as usize))
            }
        };
        let at = self.chosen.iter().position(|(known, _)| *known == field).unwrap_or_else(|| {
            self.chosen.push((field, vec![false; count]));
            self.chosen.len() - 1
        });
        if let Some(number) = number {
            self.chosen[at].1[number] = true;
        }
    }

    /// Whether [`Self::allows`] lets everything through.
    pub(crate) fn is_open(&self) -> bool {
        let Self { queried, tags, owners, classes, excluded_kinds, flags, ranges, hidden, .. } = self;
        hidden.is_empty()
            && queried.is_empty()
            && owners.is_empty()
            && tags.is_empty()
            && classes.is_empty()
            && excluded_kinds.is_empty()
            && flags.is_empty()
            && ranges.is_empty()
    }

    /// Whether values of facets other than the kind are chosen.
    pub(crate) fn any_chosen(&self) -> bool {
        !self.chosen.is_empty()
    }

    /// Whether a document passes all of them; a search for columns wants it to have some.
    pub(crate) fn pass(&self, document: u32, a: &Attributes, data: &SegmentData) -> bool {
        let kind = if self.only_columns() { a.bits.has_columns() } else { self.allows_kind(a.bits.kind()) };
        kind && self.allows(document, a, data) && self.shut_out(document, a, data) == 0
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
        !self.hides(a)
            && self.queried.iter().all(|(slot, allowed)| is_set(allowed, a.ones[*slot]))
            && self.owners.iter().all(|(owners, negated)| owners.hold(document, a, data) != *negated)
            && (self.classes.is_empty() || self.classes.contains(&Some(a.ones[facets::one(FacetField::PersonalData)])))
            && !self.excluded_kinds.contains(&a.bits.kind())
            && self.flags.iter().all(|(flag, wanted)| flag.holds(document, a, data, self.nobody) == *wanted)
            && self.tags.iter().all(|(allowed, negated)| has_tag(allowed, document, data) != *negated)
            && self.ranges.iter().all(|(of, min, max, negated)| of.holds(document, data, *min, *max) != *negated)
    }

    fn hides(&self, a: &Attributes) -> bool {
        let (database, source) = (a.ones[facets::one(FacetField::Db)], a.ones[facets::one(FacetField::Source)]);
        let is_of = |sources: &Option<Allowed>| sources.as_ref().is_none_or(|sources| is_set(sources, source));
        self.hidden.iter().any(|(databases, sources)| is_set(databases, database) && is_of(sources))
    }

    /// The facets whose chosen values shut a document out, as bits; the kind is not among them.
    pub(crate) fn shut_out(&self, document: u32, a: &Attributes, data: &SegmentData) -> u32 {
        let mut bits = 0;
        for (field, allowed) in &self.chosen {
            let passes = match FACETS[*field as usize].1 {
                Of::Kind => true,
                Of::One(..) => is_set(allowed, a.ones[facets::one(*field)]),
                Of::Many(..) => data.values(facets::many(*field), document).iter().any(|value| is_set(allowed, *value)),
                Of::Flag(bit) => allowed[usize::from(a.bits.has(bit))],
            };
            if !passes {
                bits |= facets::bit(*field);
            }
        }
        bits
    }
}

/// The number of a value that is not in the list is that of no value.
fn is_set(allowed: &Allowed, number: u32) -> bool {
    allowed.get(number as usize).copied().unwrap_or(false)
}

impl Flag {
    fn holds(self, document: u32, a: &Attributes, data: &SegmentData, nobody: Option<u32>) -> bool {
        match self {
            Self::Description => a.bits.has_description(),
            Self::Owner => Some(state_of(a)) != nobody,
            Self::Tag => !data.tags(document).is_empty(),
            Self::Format => a.ones[facets::one(FacetField::Format)] != 0,
            Self::Size => data.size.first(document).is_some(),
            Self::Created => data.created.first(document).is_some(),
            Self::Partitioned => a.bits.partitioned(),
            Self::Personal => a.ones[facets::one(FacetField::PersonalData)] != 0,
            Self::Class(number) => number.is_some_and(|number| a.ones[facets::one(FacetField::PersonalData)] == number),
            Self::Undecided => a.bits.undecided(),
            Self::Certified => a.bits.certified(),
            Self::Deprecated => a.bits.deprecated(),
        }
    }
}

/// The number of an asset's owner state.
fn state_of(a: &Attributes) -> u32 {
    a.ones[facets::one(FacetField::OwnerState)]
}

impl Owners {
    /// What the terms ask for, wanted or unwanted; `None` where none does.
    fn of(query: &Query, negated: bool, me: &[String], vocabulary: &Vocabulary) -> Option<Self> {
        let terms = query.terms.iter().filter(|term| term.negated == negated);
        let asked: Vec<&String> = terms
            .filter_map(|term| match &term.what {
                What::Filter(Filter::Owner(value)) => Some(value),
                _ => None,
            })
            .collect();
        if asked.is_empty() {
            return None;
        }
        let (names, states) = (vocabulary.of(FacetField::Owner), vocabulary.of(FacetField::OwnerState));
        let state = |value: &str| OwnerState::parse(&value.to_lowercase());
        let plain = |value: &&&String| !value.eq_ignore_ascii_case(ME) && state(value).is_none();
        let exact = |values: &Values, wanted: Vec<&str>| {
            let mut allowed = vec![false; values.len()];
            for number in wanted.into_iter().filter_map(|value| values.find(value)) {
                allowed[number as usize] = true;
            }
            allowed
        };
        let is_me = asked.iter().any(|value| value.eq_ignore_ascii_case(ME));
        let mine = if is_me { me.iter().map(String::as_str).collect() } else { Vec::new() };
        let wanted = asked.iter().filter_map(|value| state(value).map(Word::as_str)).collect();
        Some(Self {
            names: matching(names, &asked.iter().filter(plain).copied().collect::<Vec<_>>(), true),
            mine: exact(names, mine),
            states: exact(states, wanted),
            nobody: states.find(OwnerState::None.as_str()),
        })
    }

    fn hold(&self, document: u32, a: &Attributes, data: &SegmentData) -> bool {
        let owners = data.values(facets::many(FacetField::Owner), document);
        is_set(&self.states, state_of(a))
            || owners.iter().any(|owner| is_set(&self.names, *owner))
            || (Some(state_of(a)) != self.nobody && owners.iter().any(|owner| is_set(&self.mine, *owner)))
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
    data.tags(document).iter().any(|tag| is_set(allowed, *tag))
}

/// What a term wants of a facet.
fn value_of(term: &Term, field: FacetField) -> Option<&String> {
    match (&term.what, field) {
        (What::Filter(Filter::Db(value)), FacetField::Db)
        | (What::Filter(Filter::Format(value)), FacetField::Format)
        | (What::Filter(Filter::Source(value)), FacetField::Source) => Some(value),
        _ => None,
    }
}

fn any_of(query: &Query, values: &Values, field: FacetField) -> Option<Allowed> {
    let wanted = |negated: bool| -> Vec<&String> {
        query.terms.iter().filter(|term| term.negated == negated).filter_map(|term| value_of(term, field)).collect()
    };
    let (wanted, unwanted) = (wanted(false), wanted(true));
    if wanted.is_empty() && unwanted.is_empty() {
        return None;
    }
    let mut allowed = if wanted.is_empty() { vec![true; values.len()] } else { matching(values, &wanted, false) };
    if !unwanted.is_empty() {
        let unwanted = matching(values, &unwanted, false);
        allowed.iter_mut().zip(unwanted).for_each(|(allowed, unwanted)| *allowed &= !unwanted);
    }
    Some(allowed)
}

/// The values that any of a filter's values means: the same in any case and width, or as `*` allows, or by a word of
/// it (`kim` for `kim.minsu`). Each value of the index is prepared once, however many are wanted.
fn matching(values: &Values, wanted: &[&String], by_word: bool) -> Allowed {
    let wanted: HashSet<String> = wanted.iter().map(|value| alike(value)).collect();
    let patterns: Vec<&String> = wanted.iter().filter(|value| value.contains('*')).collect();
    let mut allowed = vec![false; values.len()];
    for (number, name) in values.iter() {
        let name = alike(name);
        allowed[number as usize] = wanted.contains(&name)
            || patterns.iter().any(|pattern| glob(pattern, &name))
            || (by_word && pieces(&name).iter().any(|piece| wanted.contains(&piece.text)));
    }
    allowed
}
