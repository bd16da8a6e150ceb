//! Names and sentences split into pieces: on `_`, case, digits, punctuation and between scripts.

use super::hangul;
use std::borrow::Cow;
use std::iter::once;
use unicode_normalization::char::compose;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfkc_quick};

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
    /// Chinese characters and kana.
    Cjk,
}

impl Script {
    /// Whether words run into each other: these are found by their pairs of characters, wherever a word is cut.
    pub(crate) fn runs_on(self) -> bool {
        matches!(self, Self::Hangul | Self::Cjk)
    }
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

/// Splits composed text: `dwOrder_detail2026` gives `dw`, `order`, `detail`, `2026`; full and half width are one.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut previous: Option<(char, Script)> = None;
    for (at, original) in text.char_indices() {
        let c = folded(original);
        let end = at + original.len_utf8();
        // Half-width kana write their voice mark apart.
        if matches!(c, '\u{3099}' | '\u{309a}')
            && let (Some((before, Script::Cjk)), Some(piece)) = (previous, pieces.last_mut())
            && let Some(voiced) = compose(before, c)
        {
            piece.text.pop();
            piece.text.push(voiced);
            piece.end = end;
            previous = Some((voiced, Script::Cjk));
            continue;
        }
        let Some(script) = script(c) else {
            previous = None;
            continue;
        };
        let joins = previous.is_some_and(|(before, was)| {
            let begins =
                c.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && begins_lower(&text[end..])));
            was == script && !begins
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

/// Whether a capital before `rest` begins a word of its own, as in `HTTPServer`; the `s` of `IDs` ends one.
fn begins_lower(rest: &str) -> bool {
    let mut rest = rest.chars();
    match rest.next() {
        Some('s') => rest.next().is_some_and(char::is_lowercase),
        next => next.is_some_and(char::is_lowercase),
    }
}

/// A character as searches see it: full and half width, circled and raised forms as the plain one.
pub(crate) fn folded(c: char) -> char {
    if c.is_ascii() || hangul::is_syllable(c) || hangul::is_letter(c) || is_nfkc_quick(once(c)) == IsNormalized::Yes {
        return c;
    }
    let mut plain = once(c).nfkc();
    match (plain.next(), plain.next()) {
        (Some(one), None) if !is_dot(c) => one,
        _ => c,
    }
}

/// A value in the form in which values are compared: any case, any width.
pub(crate) fn alike(text: &str) -> String {
    composed(text).chars().map(folded).flat_map(char::to_lowercase).collect()
}

/// Dots between words that Unicode counts among the letters.
fn is_dot(c: char) -> bool {
    matches!(c, '\u{318d}' | '\u{119e}' | '\u{a78f}' | '\u{1427}')
}

/// The pieces of a name with nothing between them: `Order_Detail` gives `orderdetail`.
pub(crate) fn squashed(text: &str) -> String {
    pieces(text).into_iter().map(|piece| piece.text).collect()
}

pub(crate) fn script(c: char) -> Option<Script> {
    if c.is_ascii_alphabetic() {
        Some(Script::Alphabet)
    } else if c.is_numeric() && !is_cjk(c) {
        Some(Script::Digits)
    } else if hangul::is_syllable(c) || hangul::is_letter(c) {
        Some(Script::Hangul)
    } else if is_cjk(c) {
        Some(Script::Cjk)
    } else {
        (c.is_alphabetic() && !is_dot(c)).then_some(Script::Alphabet)
    }
}

fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{312f}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
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

    #[test]
    fn widths_dots_and_plurals_of_capitals() {
        assert_eq!(split("ｏｒｄｅｒｓ ｔｂ＿２０２３"), ["orders", "tb", "2023"]);
        assert_eq!(split("ＯｒｄｅｒＤｅｔａｉｌ"), ["order", "detail"]);
        assert_eq!(split("ﾃﾞｰﾀ ﾊﾟｽ"), ["データ", "パス"]);
        assert_eq!(split("②㎡"), ["2"]);
        for dot in ["ㆍ", "·", "・", "･", "•", "‧", "ꞏ", "ᐧ", "ᆞ"] {
            assert_eq!(split(&format!("접수{dot}처리")), ["접수", "처리"], "{dot:?}");
        }
        assert_eq!(split("userIDs"), ["user", "ids"]);
        assert_eq!(split("URLsByID_PCs"), ["urls", "by", "id", "pcs"]);
        assert_eq!(split("顧客マスタ_v2データ"), ["顧客マスタ", "v", "2", "データ"]);
        assert_eq!(alike("ＭＡＲＴ＿x"), "mart_x");
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
