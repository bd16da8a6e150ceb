//! Addresses of databases and tables. Pages and islands share them, so that both lead to that very object.

/// Where a database is found, or a table or view of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    pub(crate) database: &'a str,
    pub(crate) table: Option<&'a str>,
    /// There where another source has a database of this name too.
    pub(crate) source: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// `source` is part of the address only where the name is `ambiguous`.
    pub(crate) fn new(database: &'a str, table: Option<&'a str>, source: &'a str, ambiguous: bool) -> Self {
        Self { database, table, source: ambiguous.then_some(source) }
    }

    pub(crate) fn page(self) -> String {
        self.under("", "", None)
    }

    /// One of the tabs of a table: `columns`.
    #[cfg(feature = "ssr")]
    pub(crate) fn tab(self, name: &str) -> String {
        self.under("", name, None)
    }

    /// A column, on the page of its table.
    pub(crate) fn column(self, name: &str) -> String {
        self.under("", "columns", Some(("q", name)))
    }

    /// Where the API answers about it.
    #[cfg(feature = "ssr")]
    pub(crate) fn api(self, part: &str) -> String {
        self.under("/api/v1", part, None)
    }

    fn under(self, root: &str, part: &str, query: Option<(&str, &str)>) -> String {
        let mut url = match self.table {
            Some(table) => format!("{root}/tables/{}/{}", encoded(self.database), encoded(table)),
            None => format!("{root}/databases/{}", encoded(self.database)),
        };
        if !part.is_empty() {
            url.push('/');
            url.push_str(part);
        }
        let pairs = query.into_iter().chain(self.source.map(|source| ("source", source)));
        for (at, (name, value)) in pairs.enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.push_str(&encoded(value));
        }
        url
    }
}

/// A text as it stands in one segment of a path, or as a value of a query.
pub(crate) fn encoded(text: &str) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded() {
        let of = |database, table| Address::new(database, table, "prod", false).page();
        assert_eq!(of("주문", Some("a/b c")), "/tables/%EC%A3%BC%EB%AC%B8/a%2Fb%20c");
        assert_eq!(of("dot.db", Some("dot.name")), "/tables/dot.db/dot.name");
        assert_eq!(of("100%", Some("What?#")), "/tables/100%25/What%3F%23");
        assert_eq!(of("Sales", None), "/databases/Sales");
    }

    #[test]
    fn the_source_is_named_where_the_name_does_not_say_it() {
        let of = |table| Address::new("sales", table, "옛 것&", true);
        assert_eq!(of(None).page(), "/databases/sales?source=%EC%98%9B%20%EA%B2%83%26");
        assert_eq!(of(Some("t")).column("a&b"), "/tables/sales/t/columns?q=a%26b&source=%EC%98%9B%20%EA%B2%83%26");
        assert!(Address::new("sales", Some("t"), "prod", true).page().ends_with("/tables/sales/t?source=prod"));
    }
}
