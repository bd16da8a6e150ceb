//! The facets, a line for each: what of a document it is, how it is kept, counted and filtered follow from that.

use super::doc::IndexDoc;
use super::schema::Bits;
use reeve_model::Word;
use reeve_model::search::FacetField;

/// What a facet's values are.
pub(crate) enum Of {
    /// The kind of the document. Columns are counted by the documents that have them.
    Kind,
    /// One value or none, in the fast field of this name.
    One(&'static str, fn(&IndexDoc) -> Option<&str>),
    /// Any number of values.
    Many(&'static str, fn(&IndexDoc) -> &[String]),
    /// `yes` or `no`, by a bit.
    Flag(u64),
}

/// In the order of [`FacetField::ALL`], which a test checks.
pub(crate) const FACETS: [(FacetField, Of); COUNT] = [
    (FacetField::Type, Of::Kind),
    (FacetField::Db, Of::One("database", |doc| Some(&doc.database))),
    (FacetField::Owner, Of::Many("owner", IndexDoc::found_by)),
    (FacetField::Tag, Of::Many("tag", |doc| &doc.tags)),
    (FacetField::Format, Of::One("format", |doc| doc.format.as_deref())),
    (FacetField::Source, Of::One("source", |doc| Some(&doc.source))),
    (FacetField::Partitioned, Of::Flag(Bits::PARTITIONED)),
    (FacetField::Description, Of::Flag(Bits::DESCRIPTION)),
    (FacetField::PersonalData, Of::One("personal_data", |doc| doc.personal_data.map(Word::as_str))),
    (FacetField::Undecided, Of::Flag(Bits::UNDECIDED)),
    (FacetField::Certified, Of::Flag(Bits::CERTIFIED)),
    (FacetField::Deprecated, Of::Flag(Bits::DEPRECATED)),
    (FacetField::OwnerState, Of::One("owner_state", |doc| Some(doc.owner_state.as_str()))),
];

pub(crate) const COUNT: usize = <FacetField as Word>::ALL.len();

/// Facets of one value, and of many.
pub(crate) const ONES: usize = slot(COUNT, true);
pub(crate) const MANYS: usize = slot(COUNT, false);

// A set of facets is 32 bits.
const _: () = assert!(COUNT <= 32);

/// How many facets of one value (or of many) come before this one: its place among them.
const fn slot(facet: usize, one: bool) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < facet {
        match FACETS[at].1 {
            Of::One(..) if one => count += 1,
            Of::Many(..) if !one => count += 1,
            _ => {}
        }
        at += 1;
    }
    count
}

static SLOTS: [[usize; 2]; COUNT] = {
    let (mut slots, mut at) = ([[0; 2]; COUNT], 0);
    while at < COUNT {
        slots[at] = [slot(at, true), slot(at, false)];
        at += 1;
    }
    slots
};

/// The place of a facet among those of one value.
pub(crate) fn one(facet: FacetField) -> usize {
    SLOTS[facet as usize][0]
}

/// The place of a facet among those of many values.
pub(crate) fn many(facet: FacetField) -> usize {
    SLOTS[facet as usize][1]
}

/// A facet as a bit of a set of facets.
pub(crate) fn bit(facet: FacetField) -> u32 {
    1 << facet as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_facet_stands_at_its_own_place() {
        for (at, ((field, _), known)) in FACETS.iter().zip(FacetField::ALL).enumerate() {
            assert_eq!((*field, *field as usize), (*known, at));
        }
        assert_eq!((ONES, MANYS, one(FacetField::Source)), (5, 2, 2));
    }
}
