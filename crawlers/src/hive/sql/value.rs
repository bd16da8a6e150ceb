//! Values as the database gave them: bytes, whatever was written. Whatever they are, they become something, and what
//! could not be taken as it came is told.

use reeve_model::asset::{Remark, RemarkKind};
use serde::Deserialize;
use std::borrow::Cow;

/// Of one object so many replacements are told; a table of 5,000 columns in another encoding says the same 5,000 times.
const REPLACEMENTS_TOLD: usize = 10;
const RAW_CHARACTERS: usize = 200;

/// A text of which nobody promises that it is UTF-8, borrowed from the answer where it needs no unescaping.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Value<'a>(#[serde(borrow)] Cow<'a, [u8]>);

impl Value<'_> {
    /// The text; what is no UTF-8 and NUL, which no other database holds, with replacement marks.
    pub(super) fn text(&self) -> (String, bool) {
        match std::str::from_utf8(&self.0) {
            Ok(text) if !self.0.contains(&0) => (text.to_owned(), false),
            _ => (String::from_utf8_lossy(&self.0).replace('\0', "\u{fffd}"), true),
        }
    }

    /// A whole number, also where it was written as a text or with a fraction.
    pub(super) fn number(&self) -> Option<i64> {
        let text = std::str::from_utf8(&self.0).ok()?.trim();
        let fraction = || text.parse::<f64>().ok().filter(|number| number.abs() < 9e18);
        // Inside of the bounds of i64, so nothing is lost but the fraction.
        text.parse().ok().or_else(|| fraction().map(|number| number as i64))
    }

    /// As the source had it: bytes that are no UTF-8 as `\xb0`.
    pub(super) fn raw(&self) -> String {
        let mut raw = String::new();
        for chunk in self.0.utf8_chunks() {
            raw.extend(chunk.valid().chars().take(RAW_CHARACTERS).map(|c| if c == '\0' { '\u{fffd}' } else { c }));
            chunk.invalid().iter().for_each(|byte| raw.push_str(&format!("\\x{byte:02x}")));
            if raw.len() > 4 * RAW_CHARACTERS {
                break;
            }
        }
        raw.chars().take(RAW_CHARACTERS).collect()
    }
}

/// Takes the values of one object, and keeps what is to be told of them.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) remarks: Vec<Remark>,
}

impl Reader {
    pub(super) fn text(&mut self, value: &Value<'_>, field: impl FnOnce() -> String) -> String {
        let (text, replaced) = value.text();
        if replaced && self.remarks.len() < REPLACEMENTS_TOLD {
            self.remarks.push(Remark { kind: RemarkKind::ReplacedBytes, field: field(), raw: value.raw() });
        }
        text
    }

    pub(super) fn optional(&mut self, value: Option<&Value<'_>>, field: impl FnOnce() -> String) -> Option<String> {
        value.map(|value| self.text(value, field))
    }

    /// Seconds since 1970; 0 is unknown.
    pub(super) fn time(&mut self, value: Option<&Value<'_>>, field: &str) -> i64 {
        let Some(value) = value else { return 0 };
        value.number().unwrap_or_else(|| {
            self.remarks.push(Remark { kind: RemarkKind::UnreadableTime, field: field.to_owned(), raw: value.raw() });
            0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(bytes: &[u8]) -> Value<'_> {
        Value(Cow::Borrowed(bytes))
    }

    #[test]
    fn bytes_are_shown_as_far_as_they_are_text() {
        assert_eq!(value("주문".as_bytes()).text(), ("주문".to_owned(), false));
        // 주문 in EUC-KR, of which two bytes happen to be a letter in UTF-8.
        let korean = value(b"a\xc1\xd6\xb9\xae\0z");
        assert_eq!(korean.text(), ("a\u{fffd}\u{5b9}\u{fffd}\u{fffd}z".to_owned(), true));
        assert_eq!(korean.raw(), "a\\xc1\u{5b9}\\xae\u{fffd}z");
        assert_eq!(value(&[0xff; 5_000]).raw().len(), RAW_CHARACTERS);
    }

    #[test]
    fn numbers_in_any_form() {
        let cases: [(&[u8], Option<i64>); 9] = [
            (b"1767225600", Some(1_767_225_600)),
            (b" -7 ", Some(-7)),
            (b"1767225600.0", Some(1_767_225_600)),
            (b"9223372036854775807", Some(i64::MAX)),
            (b"9223372036854775808", None),
            (b"1e300", None),
            (b"NaN", None),
            (b"yesterday", None),
            (b"\xff", None),
        ];
        for (bytes, number) in cases {
            assert_eq!(value(bytes).number(), number, "{bytes:?}");
        }
    }

    #[test]
    fn json_of_any_bytes() {
        let json = b"[\"\xc1\xd6\",null,\"a\\\"b\\u0000\"]";
        let read: Vec<Option<Value>> = serde_json::from_slice(json).expect("JSON but for its bytes");
        assert_eq!(read, [Some(value(b"\xc1\xd6")), None, Some(value(b"a\"b\0"))]);
    }
}
