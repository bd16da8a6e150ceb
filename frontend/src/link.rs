//! Addresses of pages, with everything in them encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reeve_model::CrawlId;
use reeve_model::asset::AssetKind;

/// What may stand in one segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

pub(crate) fn database(name: &str) -> String {
    format!("/databases/{}", segment(name))
}

pub(crate) fn table(database: &str, name: &str) -> String {
    format!("/tables/{}/{}", segment(database), segment(name))
}

/// Where the API answers about a table.
pub(crate) fn table_api(database: &str, name: &str) -> String {
    format!("/api/v1/tables/{}/{}", segment(database), segment(name))
}

pub(crate) fn source(name: &str) -> String {
    format!("/sources/{}", segment(name))
}

pub(crate) fn crawl(id: CrawlId) -> String {
    format!("/crawls/{id}")
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

/// The page of `db`, `db.table` or `db.table.column`; a column is on the page of its table.
pub(crate) fn asset(kind: AssetKind, qualified_name: &str) -> String {
    let mut names = qualified_name.splitn(3, '.');
    let of = names.next().unwrap_or_default();
    match (kind, names.next(), names.next()) {
        (AssetKind::Database, ..) | (_, None, _) => database(qualified_name),
        (AssetKind::Column, Some(name), Some(column)) => {
            query(&format!("{}/columns", table(of, name)), [("q", column)])
        }
        (_, Some(name), _) => table(of, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded() {
        assert_eq!(table("주문", "a/b c"), "/tables/%EC%A3%BC%EB%AC%B8/a%2Fb%20c");
        assert_eq!(asset(AssetKind::Column, "sales.orders.id"), "/tables/sales/orders/columns?q=id");
        assert_eq!(asset(AssetKind::View, "sales.orders_v"), "/tables/sales/orders_v");
        assert_eq!(asset(AssetKind::Database, "sales"), "/databases/sales");
    }

    #[test]
    fn one_parameter_changes_and_the_others_stay() {
        assert_eq!(with("/search?q=a+b&lang=en", "lang", Some("ko")), "/search?q=a+b&lang=ko");
        assert_eq!(with("/search?q=%26&cursor=x", "cursor", None), "/search?q=%26");
        assert_eq!(with("/", "lang", Some("ko")), "/?lang=ko");
    }
}
