//! Names of partitions as Hive spells them: `dt=2026-01-01/at=10%3A00`.

/// What Hive writes for a value that is NULL or empty.
pub const DEFAULT_PARTITION: &str = "__HIVE_DEFAULT_PARTITION__";

/// The name of the partition with these values, as Hive makes it from the table's partition keys.
pub fn build<'a>(keys: impl IntoIterator<Item = &'a str>, values: impl IntoIterator<Item = &'a str>) -> String {
    let mut name = String::new();
    for (key, value) in keys.into_iter().zip(values) {
        if !name.is_empty() {
            name.push('/');
        }
        escape(&key.to_lowercase(), &mut name);
        name.push('=');
        escape(if value.is_empty() { DEFAULT_PARTITION } else { value }, &mut name);
    }
    name
}

/// The values in a partition's name, unescaped, in the order of the partition keys. A part without `=` is a value.
pub fn values(name: &str) -> Vec<String> {
    name.split('/').map(|part| unescape(part.split_once('=').map_or(part, |(_, value)| value))).collect()
}

/// Part of a name as a person types it: escaped, but for the `=` and `/` between values and the `%` of what is escaped
/// already.
pub fn escaped_but_for_separators(typed: &str) -> String {
    let mut name = String::new();
    for part in typed.split_inclusive(['=', '/', '%']) {
        let (text, separator) = match part.char_indices().next_back() {
            Some((at, '=' | '/' | '%')) => part.split_at(at),
            _ => (part, ""),
        };
        escape(text, &mut name);
        name.push_str(separator);
    }
    name
}

/// `FileUtils.escapePathName` of Hive: only what paths cannot hold, so Korean stays readable.
fn escape(text: &str, into: &mut String) {
    for next in text.chars() {
        let escaped = matches!(next, '\u{1}'..='\u{1f}' | '\u{7f}')
            || matches!(next, '"' | '#' | '%' | '\'' | '*' | '/' | ':' | '=' | '?' | '\\' | '{' | '[' | ']' | '^');
        if escaped {
            into.push_str(&format!("%{:02X}", u32::from(next)));
        } else {
            into.push(next);
        }
    }
}

/// A `%` that two hex digits do not follow stands for itself. Other tools escape each byte of UTF-8, so bytes that
/// make no UTF-8 leave the text as it is.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = match after {
            [high, low, ..] if first == b'%' => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_as_hive_spells_them() {
        assert_eq!(
            build(["Dt", "region"], ["2026-01-01 10:00", "a/b=c% 부산"]),
            "dt=2026-01-01 10%3A00/region=a%2Fb%3Dc%25 부산"
        );
        assert_eq!(build(["dt"], [""]), "dt=__HIVE_DEFAULT_PARTITION__");
        assert_eq!(values("dt=2026-01-01 10%3A00/region=a%2Fb%3Dc%25 부산"), ["2026-01-01 10:00", "a/b=c% 부산"]);
        assert_eq!(values("region=%EB%B6%80%EC%82%B0"), ["부산"]);
        assert_eq!(values("a=100%/b=%zz/c=%EB"), ["100%", "%zz", "%EB"]);
        assert_eq!(values("plain"), ["plain"]);
    }

    #[test]
    fn a_filter_is_escaped_as_far_as_it_is_a_value() {
        assert_eq!(escaped_but_for_separators("dt=2026-01-01/at=10:00"), "dt=2026-01-01/at=10%3A00");
        assert_eq!(escaped_but_for_separators("10%3A"), "10%3A");
        assert_eq!(escaped_but_for_separators("지역"), "지역");
    }

    proptest! {
        #[test]
        fn values_survive_the_name(given in proptest::collection::vec(".{1,12}", 1..4)) {
            let keys = ["dt", "지역", "no"];
            let name = build(keys, given.iter().map(String::as_str));
            prop_assert_eq!(values(&name), given);
        }

        #[test]
        fn no_name_makes_it_panic(name in ".{0,40}", close in "[%0-9A-F=/가]{0,30}") {
            prop_assert_eq!(values(&name).len(), name.matches('/').count() + 1);
            prop_assert_eq!(values(&close).len(), close.matches('/').count() + 1);
        }
    }
}
