//! Names and sentences split into pieces: on `_`, case, digits, punctuation and between scripts.

use super::hangul;
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A run of one script. `text` is lower case; the byte range is that of the text it was split from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) script: Script,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// Letters of any alphabet but Hangul.
    Alphabet,
    Digits,
    /// Syllables, and letters that stand alone.
    Hangul,
}

/// The longest word kept; what is longer is cut, as nobody types it.
const LONGEST: usize = 96;

/// Composed form (NFC): Hangul arrives decomposed from some systems and would match nothing.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    // Nearly all text here is of these, and none of them joins with another.
    if text.chars().all(|c| c.is_ascii() || hangul::is_syllable(c)) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// Splits composed text: `dwOrder_detail2026` gives `dw`, `order`, `detail`, `2026`.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut previous: Option<(char, Script)> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let Some(script) = script(c) else {
            previous = None;
            continue;
        };
        let end = at + c.len_utf8();
        let next = chars.peek().map(|(_, next)| *next);
        let joins = previous.is_some_and(|(before, was)| {
            was == script
                && !(c.is_uppercase()
                    && (before.is_lowercase() || (before.is_uppercase() && next.is_some_and(char::is_lowercase))))
        });
        previous = Some((c, script));
        if joins && let Some(piece) = pieces.last_mut() {
            piece.end = end;
            if piece.text.len() < LONGEST {
                piece.text.extend(c.to_lowercase());
            }
            continue;
        }
        pieces.push(Piece { text: c.to_lowercase().collect(), start: at, end, script });
    }
    pieces
}

/// The pieces of a name with nothing between them: `Order_Detail` gives `orderdetail`.
pub(crate) fn squashed(text: &str) -> String {
    pieces(text).into_iter().map(|piece| piece.text).collect()
}

fn script(c: char) -> Option<Script> {
    if c.is_ascii_alphabetic() {
        Some(Script::Alphabet)
    } else if c.is_numeric() {
        Some(Script::Digits)
    } else if hangul::is_syllable(c) || hangul::is_letter(c) {
        Some(Script::Hangul)
    } else {
        c.is_alphabetic().then_some(Script::Alphabet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<String> {
        pieces(text).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn names() {
        assert_eq!(split("dw_order_detail"), ["dw", "order", "detail"]);
        assert_eq!(split("orderDetail2026Q1"), ["order", "detail", "2026", "q", "1"]);
        assert_eq!(split("HTTPServer/mart.ORDER"), ["http", "server", "mart", "order"]);
        assert_eq!(split("주문상세_ID(주문 번호)"), ["주문상세", "id", "주문", "번호"]);
        assert_eq!(split("ㅈㅁㅅㅅ"), ["ㅈㅁㅅㅅ"]);
        assert_eq!(squashed("Order_Detail"), "orderdetail");
        assert_eq!(composed("주문"), "주문");
    }

    proptest! {
        #[test]
        fn ranges_are_of_the_text(text in ".{0,60}") {
            let mut before = 0;
            for piece in pieces(&text) {
                prop_assert!(piece.start >= before && piece.end > piece.start);
                prop_assert!(text.get(piece.start..piece.end).is_some());
                prop_assert!(!piece.text.is_empty());
                before = piece.end;
            }
        }
    }
}
