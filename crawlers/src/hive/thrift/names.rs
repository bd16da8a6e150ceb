//! Names as a listing gives them, each object once. The metastore takes names in any case, so that a name that comes in
//! two is one.

use reeve_model::partition_name;
use std::collections::BTreeMap;

/// The catalog of a Hive 3 metastore that old calls mean.
const DEFAULT_CATALOG: &str = "hive";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub name: String,
    /// As it is asked for.
    pub asked: String,
    /// Another spelling that was listed too, or the same one again.
    pub twice: Option<String>,
}

/// Databases; those of another catalog than the default, `@spark#sales`, are called `spark.sales`.
pub(super) fn databases(names: Vec<String>) -> Vec<Listed> {
    once(names.into_iter().map(|asked| match in_catalog(&asked) {
        Some((DEFAULT_CATALOG, name)) => (name.to_owned(), name.to_owned()),
        Some((catalog, name)) => (format!("{catalog}.{name}"), asked),
        None => (asked.clone(), asked),
    }))
}

pub(super) fn tables(names: Vec<String>) -> Vec<Listed> {
    once(names.into_iter().map(|name| (name.clone(), name)))
}

/// How a database of another catalog is asked for, that is called `spark.sales` here.
pub(super) fn in_other_catalog(name: &str) -> Option<String> {
    let (catalog, name) = name.split_once('.')?;
    Some(format!("@{catalog}#{name}"))
}

/// Of several spellings of the same values Hive's own, else the first in order; sorted.
pub(super) fn partitions(names: Vec<String>, keys: &[String]) -> Vec<String> {
    let mut spelled: Vec<(String, String)> = names
        .into_iter()
        .map(|name| {
            let values = partition_name::values(&name);
            let hives = (values.len() == keys.len())
                .then(|| partition_name::build(keys.iter().map(String::as_str), values.iter().map(String::as_str)));
            (hives.unwrap_or_else(|| name.clone()), name)
        })
        .collect();
    spelled.sort_unstable_by(|(hives, name), (other_hives, other)| {
        (hives, hives != name, name).cmp(&(other_hives, other_hives != other, other))
    });
    spelled.dedup_by(|(later, _), (earlier, _)| later == earlier);
    spelled.into_iter().map(|(_, name)| name).collect()
}

/// `hive` and `sales` of `@hive#sales`.
fn in_catalog(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix('@')?.split_once('#').filter(|(catalog, name)| !catalog.is_empty() && !name.is_empty())
}

/// The spelling must not depend on the order of the listing: the lower-case one, else the first in order.
fn once(names: impl Iterator<Item = (String, String)>) -> Vec<Listed> {
    let mut spellings: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, asked) in names {
        spellings.entry(name.to_lowercase()).or_default().push((name, asked));
    }
    let listed = spellings.into_iter().filter_map(|(lower, mut spellings)| {
        spellings.sort_unstable_by(|(one, _), (other, _)| (*one != lower, one).cmp(&(*other != lower, other)));
        let mut spellings = spellings.into_iter();
        let (name, asked) = spellings.next()?;
        Some(Listed { name, asked, twice: spellings.next().map(|(name, _)| name) })
    });
    listed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_database_once() {
        let names = ["sales", "@hive#sales", "@spark#sales", "HR", "Hr", "sales"];
        let lines: Vec<String> = databases(strings(&names))
            .into_iter()
            .map(|listed| format!("{} as {} {:?}", listed.name, listed.asked, listed.twice))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        HR as HR Some("Hr")
        sales as sales Some("sales")
        spark.sales as @spark#sales None
        "#);
        assert_eq!(in_other_catalog("spark.sales").as_deref(), Some("@spark#sales"));
    }

    #[test]
    fn each_partition_once() {
        let keys = strings(&["dt", "region"]);
        let names = [
            "dt=1/region=부산",
            "dt=1/region=%EB%B6%80%EC%82%B0",
            "DT=2/region=a",
            "dt=2/region=a",
            "dt=1/region=A",
            "odd",
        ];
        let once = partitions(strings(&names), &keys);
        assert_eq!(once, ["dt=1/region=A", "dt=1/region=부산", "dt=2/region=a", "odd"]);
    }

    proptest! {
        #[test]
        fn the_order_of_a_listing_does_not_matter(mut names in proptest::collection::vec("[a-cA-C=/%@#.]{0,4}", 0..20)) {
            let keys = strings(&["dt"]);
            let (listed, parts) = (databases(names.clone()), partitions(names.clone(), &keys));
            names.reverse();
            prop_assert_eq!(&listed, &databases(names.clone()));
            prop_assert_eq!(parts, partitions(names, &keys));
            let lower: std::collections::HashSet<String> = listed.iter().map(|listed| listed.name.to_lowercase()).collect();
            prop_assert_eq!(lower.len(), listed.len());
        }
    }
}
