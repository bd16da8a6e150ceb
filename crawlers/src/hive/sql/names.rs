//! What a metastore's database says twice, each once.

use reeve_model::asset::{Remark, RemarkKind};
use reeve_model::partition_name;
use std::collections::{BTreeMap, HashMap};

/// Keys and names of tables, each name once and by name, and what is to be told of some keys.
///
/// Given are keys, names as they can be shown, and names as the database has them. Of two rows with one name the younger
/// stands: the metastore itself would have refused it while the older was there.
pub(super) fn each_once(tables: Vec<(i64, String, String)>) -> (Vec<(i64, String)>, HashMap<i64, Vec<Remark>>) {
    let mut by_name: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for (key, name, raw) in tables {
        by_name.entry(name).or_default().push((key, raw));
    }
    let mut remarks = HashMap::new();
    let mut once = Vec::with_capacity(by_name.len());
    for (name, mut rows) in by_name {
        rows.sort_unstable();
        let Some((key, _)) = rows.pop() else { continue };
        if !rows.is_empty() {
            let twice = |(_, raw)| Remark { kind: RemarkKind::NamedTwice, field: "name".to_owned(), raw };
            remarks.insert(key, rows.into_iter().take(3).map(twice).collect());
        }
        once.push((key, name));
    }
    (once, remarks)
}

/// A partition's name as all of its spellings share it: keys in lower case, nothing escaped.
pub(super) fn partition_in_one_spelling(name: &str) -> String {
    if !name.contains('%') && !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return name.to_owned();
    }
    let keys = name.split('/').map(|part| part.split_once('=').map_or("", |(key, _)| key));
    let pairs = keys.zip(partition_name::values(name)).map(|(key, value)| format!("{}={value}", key.to_lowercase()));
    pairs.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_once_and_the_younger_table_has_it() {
        let row = |key, name: &str| (key, name.to_owned(), name.to_owned());
        let (tables, remarks) = each_once(vec![row(7, "b"), row(3, "b"), row(5, "a"), row(1, "B")]);
        let pairs: Vec<(i64, &str)> = tables.iter().map(|(key, name)| (*key, name.as_str())).collect();
        assert_eq!(pairs, [(1, "B"), (5, "a"), (7, "b")]);
        let told: Vec<(&i64, &str)> = remarks.iter().map(|(key, told)| (key, told[0].raw.as_str())).collect();
        assert_eq!(told, [(&7, "b")]);
    }

    #[test]
    fn spellings_of_one_partition() {
        let one = |name: &str| partition_in_one_spelling(name);
        assert_eq!(one("dt=2026-01-01/at=10%3A00"), "dt=2026-01-01/at=10:00");
        assert_eq!(one("DT=2026-01-01/at=10:00"), "dt=2026-01-01/at=10:00");
        assert_eq!(one("dt=2026-01-01/at=10%3a00"), "dt=2026-01-01/at=10:00");
        // A value's case says something.
        assert_eq!(one("region=Seoul"), "region=Seoul");
        assert_eq!(one("region=%EC%84%9C%EC%9A%B8"), "region=서울");
        assert_eq!(one("plain"), "plain");
    }
}
