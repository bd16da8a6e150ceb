//! Addresses of pages, with everything in them encoded.

use crate::address::{Address, encoded};
use reeve_model::CrawlId;
use reeve_model::asset::{AssetChange, AssetKind, DatabaseSummary, TableSummary};
use reeve_model::search::Hit;

pub(crate) fn database(database: &DatabaseSummary) -> Address<'_> {
    Address::new(&database.name, None, &database.source, database.ambiguous)
}

pub(crate) fn table(table: &TableSummary) -> Address<'_> {
    Address::new(&table.database, Some(&table.name), &table.source, table.ambiguous)
}

/// A page of a table: the overview where `part` is empty.
pub fn table_page(of: &TableSummary, part: &str) -> String {
    table(of).tab(part)
}

/// The address of a table by its names; `source` where several have such a database.
pub fn table_address(database: &str, table: &str, source: Option<&str>) -> String {
    Address::new(database, Some(table), source.unwrap_or_default(), source.is_some()).page()
}

/// A page of a database.
pub fn database_page(of: &DatabaseSummary, part: &str) -> String {
    database(of).tab(part)
}

/// The database that a table is in.
pub(crate) fn database_of(table: &TableSummary) -> Address<'_> {
    Address::new(&table.database, None, &table.source, table.ambiguous)
}

pub(crate) fn changed(change: &AssetChange) -> Address<'_> {
    Address::new(&change.database, change.table.as_deref(), &change.source, change.ambiguous)
}

/// The page of a hit; a column is on the page of its table.
pub(crate) fn hit(hit: &Hit) -> String {
    let address = Address::new(&hit.database, hit.table.as_deref(), &hit.source, hit.ambiguous);
    match column_of(hit) {
        Some(column) => address.column(column),
        None => address.page(),
    }
}

/// The column's own name: names may have dots, so it is what follows the names of database and table.
fn column_of(hit: &Hit) -> Option<&str> {
    let table = hit.table.as_deref().filter(|_| hit.kind == AssetKind::Column)?;
    hit.qualified_name.get(hit.database.len() + table.len() + 2..)
}

pub(crate) fn source(name: &str) -> String {
    format!("/sources/{}", encoded(name))
}

pub(crate) fn crawl(id: CrawlId) -> String {
    format!("/crawls/{id}")
}

pub(crate) fn person(login: &str) -> String {
    format!("/people/{}", encoded(login))
}

pub(crate) fn team(name: &str) -> String {
    format!("/teams/{}", encoded(name))
}

/// A path with a query.
pub(crate) fn query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The address `uri` with the parameter `name` set to `value`, or taken out; its fragment goes.
pub(crate) fn with(uri: &str, name: &str, value: Option<&str>) -> String {
    let (path, old) = uri.split_once('?').unwrap_or((uri, ""));
    let pairs: Vec<_> = form_urlencoded::parse(old.as_bytes()).filter(|(key, _)| key != name).collect();
    let kept = pairs.iter().map(|(key, value)| (key.as_ref(), value.as_ref()));
    query(path, kept.chain(value.map(|value| (name, value))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_parameter_changes_and_the_others_stay() {
        assert_eq!(with("/search?q=a+b&lang=en", "lang", Some("ko")), "/search?q=a+b&lang=ko");
        assert_eq!(with("/search?q=%26&cursor=x", "cursor", None), "/search?q=%26");
        assert_eq!(with("/", "lang", Some("ko")), "/?lang=ko");
    }
}
