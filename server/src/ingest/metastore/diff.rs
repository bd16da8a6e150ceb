//! What changed between two descriptions of a table, as history shows it. Pure.

use reeve_crawlers::ObservedTable;
use reeve_model::asset::{ChangeKind, Column};
use std::collections::{BTreeMap, HashMap};

/// The parts of a table that history speaks of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Definition {
    pub(super) columns: Vec<Column>,
    pub(super) partition_keys: Vec<Column>,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) owner: Option<String>,
    pub(super) location: Option<String>,
    pub(super) description: Option<String>,
    /// Type, format and view text: what a definition is besides its columns, by name.
    pub(super) attributes: Vec<(&'static str, Option<String>)>,
}

impl Definition {
    /// Whether it has the columns of this table, by name and type.
    pub(super) fn has_columns_of(&self, table: &ObservedTable) -> bool {
        let same = |old: &[Column], new: &[Column]| {
            let parts = |column: &Column| (column.name.clone(), column.data_type.clone());
            old.iter().map(parts).eq(new.iter().map(parts))
        };
        same(&self.columns, &table.columns) && same(&self.partition_keys, &table.partition_keys)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: ChangeKind,
    pub(super) field: Option<String>,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

impl Entry {
    pub(super) fn bare(kind: ChangeKind) -> Self {
        Self { kind, field: None, old: None, new: None }
    }
}

/// Everything that differs, in the order a reader would ask for it: columns, then attributes, then parameters.
pub(super) fn diff(old: &Definition, new: &Definition) -> Vec<Entry> {
    let mut entries = Vec::new();
    columns(&mut entries, &old.columns, &new.columns);
    columns(&mut entries, &old.partition_keys, &new.partition_keys);
    value(&mut entries, ChangeKind::OwnerChanged, None, old.owner.as_ref(), new.owner.as_ref());
    value(&mut entries, ChangeKind::LocationChanged, None, old.location.as_ref(), new.location.as_ref());
    value(&mut entries, ChangeKind::DescriptionChanged, None, old.description.as_ref(), new.description.as_ref());
    for ((name, was), (_, is)) in old.attributes.iter().zip(&new.attributes) {
        value(&mut entries, ChangeKind::DefinitionChanged, Some(name), was.as_ref(), is.as_ref());
    }
    parameters(&mut entries, &old.parameters, &new.parameters);
    entries
}

fn value(entries: &mut Vec<Entry>, kind: ChangeKind, field: Option<&str>, old: Option<&String>, new: Option<&String>) {
    if old != new {
        entries.push(Entry { kind, field: field.map(str::to_owned), old: old.cloned(), new: new.cloned() });
    }
}

fn columns(entries: &mut Vec<Entry>, old: &[Column], new: &[Column]) {
    if old == new {
        return;
    }
    let before: HashMap<&str, &Column> = old.iter().map(|c| (c.name.as_str(), c)).collect();
    let after: HashMap<&str, &Column> = new.iter().map(|c| (c.name.as_str(), c)).collect();
    let entry = |kind, name: &str, old: Option<&String>, new: Option<&String>| Entry {
        kind,
        field: Some(name.to_owned()),
        old: old.cloned(),
        new: new.cloned(),
    };
    for column in new {
        match before.get(column.name.as_str()) {
            None => entries.push(entry(ChangeKind::ColumnAdded, &column.name, None, Some(&column.data_type))),
            Some(was) => {
                if was.data_type != column.data_type {
                    let (old, new) = (Some(&was.data_type), Some(&column.data_type));
                    entries.push(entry(ChangeKind::ColumnRetyped, &column.name, old, new));
                }
                if was.comment != column.comment {
                    let (old, new) = (was.comment.as_ref(), column.comment.as_ref());
                    entries.push(entry(ChangeKind::ColumnRecommented, &column.name, old, new));
                }
            }
        }
    }
    for column in old {
        if !after.contains_key(column.name.as_str()) {
            entries.push(entry(ChangeKind::ColumnDropped, &column.name, Some(&column.data_type), None));
        }
    }
    // Reordered: those that stayed stand in another order. Additions and drops alone do not count.
    let stayed_old: Vec<&str> = old.iter().map(|c| c.name.as_str()).filter(|n| after.contains_key(n)).collect();
    let stayed_new: Vec<&str> = new.iter().map(|c| c.name.as_str()).filter(|n| before.contains_key(n)).collect();
    if stayed_old != stayed_new {
        entries.push(Entry {
            kind: ChangeKind::ColumnsReordered,
            field: None,
            old: Some(stayed_old.join(", ")),
            new: Some(stayed_new.join(", ")),
        });
    }
}

fn parameters(entries: &mut Vec<Entry>, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) {
    for (key, is) in new.iter().filter(|(key, _)| !is_volatile(key)) {
        let was = old.get(key);
        value(entries, ChangeKind::ParameterSet, Some(key), was, Some(is));
    }
    for (key, was) in old.iter().filter(|(key, _)| !is_volatile(key)) {
        if !new.contains_key(key) {
            value(entries, ChangeKind::ParameterRemoved, Some(key), Some(was), None);
        }
    }
}

/// Parameters that every load rewrites. They are kept and shown, but their story would drown all others.
fn is_volatile(key: &str) -> bool {
    const KEYS: [&str; 10] = [
        "transient_lastDdlTime",
        "last_modified_time",
        "totalSize",
        "rawDataSize",
        "numRows",
        "numFiles",
        "numPartitions",
        "numFilesErasureCoded",
        "COLUMN_STATS_ACCURATE",
        "comment", // told as the description
    ];
    KEYS.contains(&key) || key.starts_with("spark.sql.statistics.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use reeve_model::Word;

    fn column(name: &str, data_type: &str, comment: &str) -> Column {
        Column { name: name.into(), data_type: data_type.into(), comment: Some(comment.into()) }
    }

    #[test]
    fn every_sort_of_change_is_told_once() {
        let old = Definition {
            columns: vec![column("a", "int", "x"), column("b", "int", "y"), column("c", "int", "z")],
            parameters: BTreeMap::from([("retention".into(), "7".into()), ("totalSize".into(), "1".into())]),
            owner: Some("kim".into()),
            ..Definition::default()
        };
        let new = Definition {
            columns: vec![column("b", "bigint", "y"), column("a", "int", "주문"), column("d", "int", "")],
            parameters: BTreeMap::from([("pii".into(), "true".into()), ("totalSize".into(), "2".into())]),
            owner: Some("lee".into()),
            ..Definition::default()
        };
        let told: Vec<String> = diff(&old, &new)
            .into_iter()
            .map(|e| format!("{} {:?} {:?} -> {:?}", e.kind.as_str(), e.field, e.old, e.new))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn adding_in_the_middle_is_no_reordering() {
        let old = Definition { columns: vec![column("a", "int", ""), column("b", "int", "")], ..Definition::default() };
        let new = Definition {
            columns: vec![column("a", "int", ""), column("n", "int", ""), column("b", "int", "")],
            ..Definition::default()
        };
        let kinds: Vec<ChangeKind> = diff(&old, &new).into_iter().map(|e| e.kind).collect();
        assert_eq!(kinds, [ChangeKind::ColumnAdded]);
        assert!(diff(&new, &new).is_empty());
    }
}
