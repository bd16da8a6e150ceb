//! What of one object could not be taken as it came, as it is found.

use reeve_model::asset::{Column, Remark, RemarkKind};

/// What is shown of a raw value.
const RAW_CHARACTERS: usize = 200;
/// So many remarks say enough of one object.
const AT_MOST: usize = 50;
/// Longer values of parameters are cut: nobody reads them, and ten such tables would fill the memory.
const LONGEST_VALUE: usize = 64 * 1024;

/// An engine's schema that cannot be read: which parameter, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::hive) struct Broken {
    pub field: String,
    pub raw: String,
}

impl Broken {
    pub(in crate::hive) fn new(field: impl Into<String>, raw: impl Into<String>) -> Self {
        Self { field: field.into(), raw: raw.into() }
    }
}

#[derive(Clone, Debug, Default)]
pub(in crate::hive) struct Remarks(Vec<Remark>);

impl Remarks {
    pub(in crate::hive) fn of(remarks: Vec<Remark>) -> Self {
        Self(remarks)
    }

    pub(in crate::hive) fn add(&mut self, kind: RemarkKind, field: &str, raw: &str) {
        if self.0.len() < AT_MOST {
            self.0.push(remark(kind, field, raw));
        }
    }

    pub(in crate::hive) fn broken(&mut self, broken: &Broken) {
        self.add(RemarkKind::BrokenSchema, &broken.field, &broken.raw);
    }

    pub(in crate::hive) fn into_vec(self) -> Vec<Remark> {
        self.0
    }
}

pub(in crate::hive) fn remark(kind: RemarkKind, field: &str, raw: &str) -> Remark {
    Remark { kind, field: field.to_owned(), raw: raw.chars().take(RAW_CHARACTERS).collect() }
}

/// A value of a parameter that is too long to be kept whole.
pub(in crate::hive) fn shorten(field: &str, value: String, remarks: &mut Remarks) -> String {
    if value.len() <= LONGEST_VALUE {
        return value;
    }
    remarks.add(RemarkKind::Shortened, field, &value);
    // A copy, since a cut text keeps all of its memory.
    value[..value.floor_char_boundary(LONGEST_VALUE)].to_owned()
}

/// Each name once, as the catalog needs it; names of columns mean the same in any case.
pub(in crate::hive) fn once(columns: &mut Vec<Column>, remarks: &mut Remarks) {
    let mut seen = std::collections::HashSet::new();
    columns.retain(|column| {
        let first = seen.insert(column.name.to_lowercase());
        if !first {
            remarks.add(RemarkKind::NamedTwice, "columns", &column.name);
        }
        first
    });
}
