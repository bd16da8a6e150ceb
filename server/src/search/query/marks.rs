//! Where in a text a query's words stand, by the same rules that found them.

use crate::search::analysis::words::{Piece, Script, folded, pieces, script};
use crate::search::analysis::{hangul, tokens};
use crate::search::rank::Voice;
use reeve_model::search::Mark;
use std::cell::OnceCell;

/// What to look for in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Needle {
    /// Lower case; matches where a word, or words run together, begin with it.
    Word(String),
    /// Lower case; matches words, or words run together, that are this to their end.
    Whole(String),
    /// In a script that runs on: matches anywhere, across spaces, its end perhaps half-typed.
    Part(String),
    /// Initial consonants.
    Initials(String),
}

impl Needle {
    /// Cheaply false for most texts that do not have it.
    fn may_be_in(&self, text: &str) -> bool {
        match self {
            Self::Word(word) | Self::Whole(word) => {
                let Some(first) = word.as_bytes().first() else { return false };
                // What is not ASCII may be the same in another width.
                text.bytes().any(|b| b.to_ascii_lowercase() == *first || !b.is_ascii())
            }
            Self::Part(_) | Self::Initials(_) => !text.is_ascii(),
        }
    }
}

/// A composed text, split when the first needle wants it.
pub(crate) struct Haystack<'t> {
    text: &'t str,
    pieces: OnceCell<Vec<Piece>>,
}

impl<'t> Haystack<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, pieces: OnceCell::new() }
    }

    fn pieces(&self) -> &[Piece] {
        self.pieces.get_or_init(|| pieces(self.text))
    }

    /// Byte ranges that match, in order and apart, and for each needle whether it was found.
    pub(crate) fn find<'n>(&self, needles: impl Iterator<Item = &'n (Voice, Needle)>) -> (Vec<Mark>, Vec<bool>) {
        let mut marks: Vec<Mark> = Vec::new();
        let mut found = Vec::new();
        for (_, needle) in needles {
            let before = marks.len();
            if needle.may_be_in(self.text) {
                match needle {
                    Needle::Word(word) => words(word, false, self.pieces(), &mut marks),
                    Needle::Whole(word) => words(word, true, self.pieces(), &mut marks),
                    Needle::Part(word) => syllables(word, self.text, self.pieces(), &mut marks),
                    Needle::Initials(letters) => initials(letters, self.text, self.pieces(), &mut marks),
                }
            }
            found.push(marks.len() > before);
        }
        (merged(marks), found)
    }

    /// Whether the whole of the text is one of the needles, separators aside.
    pub(crate) fn is_whole(&self, needles: &[(Voice, Needle)]) -> bool {
        let squashed: String = self.pieces().iter().map(|piece| piece.text.as_str()).collect();
        needles.iter().any(|(_, needle)| match needle {
            Needle::Word(word) | Needle::Whole(word) | Needle::Part(word) => *word == squashed,
            Needle::Initials(_) => false,
        })
    }
}

/// In order, those that touch as one.
pub(crate) fn merged(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_by_key(|mark| (mark.start, mark.end));
    let mut merged: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        match merged.last_mut() {
            Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
            _ => merged.push(mark),
        }
    }
    merged
}

fn words(word: &str, whole: bool, pieces: &[Piece], marks: &mut Vec<Mark>) {
    for (at, first) in pieces.iter().enumerate() {
        let mut left = word;
        for piece in &pieces[at..] {
            if let Some(rest) = left.strip_prefix(piece.text.as_str()) {
                left = rest;
                if rest.is_empty() {
                    marks.push(Mark { start: first.start, end: piece.end });
                    break;
                }
                continue;
            }
            if !whole && piece.text.starts_with(left) {
                // Lower case may be longer than what it was made of; then the whole word is marked.
                let same = piece.text.len() == piece.end - piece.start;
                let end = if same { piece.start + left.len() } else { piece.end };
                marks.push(Mark { start: first.start, end });
            }
            break;
        }
    }
}

/// Each run of a script with where each of its characters stands.
fn runs(text: &str, pieces: &[Piece], of: Script) -> Vec<Vec<(char, usize)>> {
    let run = |run: &[Piece]| -> Vec<(char, usize)> {
        let chars = run.iter().flat_map(|p| text[p.start..p.end].char_indices().map(|(at, c)| (c, p.start + at)));
        chars.collect()
    };
    tokens::runs(pieces).filter(|part| part[0].script == of).map(run).collect()
}

fn syllables(word: &str, text: &str, pieces: &[Piece], marks: &mut Vec<Mark>) {
    let mut typed = String::new();
    hangul::letters_into(word, &mut typed);
    let count = word.chars().count();
    let mut letters = String::new();
    let Some(of) = word.chars().next().and_then(script) else { return };
    for run in runs(text, pieces, of) {
        for from in 0..run.len() {
            // A half-typed end may reach into the next syllable.
            let candidates = &run[from..run.len().min(from + count + 1)];
            letters.clear();
            for (n, (c, at)) in candidates.iter().enumerate() {
                hangul::letters_into(folded(*c).encode_utf8(&mut [0; 4]), &mut letters);
                if letters.starts_with(&typed) {
                    // A finished word that ends in the middle of a syllable is another word: 사라 in 사람.
                    if n + 1 >= count {
                        marks.push(Mark { start: candidates[0].1, end: at + c.len_utf8() });
                    }
                    break;
                }
                if !typed.starts_with(&letters) {
                    break;
                }
            }
        }
    }
}

fn initials(wanted: &str, text: &str, pieces: &[Piece], marks: &mut Vec<Mark>) {
    let wanted: Vec<char> = wanted.chars().collect();
    for run in runs(text, pieces, Script::Hangul) {
        for part in run.windows(wanted.len()) {
            if part.iter().zip(&wanted).all(|((c, _), want)| hangul::initial_of(*c) == Some(*want)) {
                let (last, at) = part[part.len() - 1];
                marks.push(Mark { start: part[0].1, end: at + last.len_utf8() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(text: &str, needle: Needle) -> Vec<&str> {
        let (marks, _) = Haystack::new(text).find([(Voice::Plain, needle)].iter());
        marks.into_iter().map(|mark| &text[mark.start..mark.end]).collect()
    }

    #[test]
    fn words_and_words_run_together() {
        assert_eq!(marked("mart.order_detail", Needle::Word("order".into())), ["order"]);
        assert_eq!(marked("mart.order_detail", Needle::Word("orderdet".into())), ["order_det"]);
        assert_eq!(marked("Order history of orders", Needle::Word("order".into())), ["Order", "order"]);
        assert!(marked("reorder", Needle::Word("order".into())).is_empty());
        assert_eq!(marked("ord_item, order_item", Needle::Whole("ord".into())), ["ord"]);
        assert_eq!(marked("order_item", Needle::Whole("orderitem".into())), ["order_item"]);
        assert!(marked("order_stts_cd", Needle::Whole("orders".into())).is_empty());
    }

    #[test]
    fn korean() {
        assert_eq!(marked("월별 주문상세내역", Needle::Part("상세".into())), ["상세"]);
        assert_eq!(marked("주문 상세 내역", Needle::Part("주문상세".into())), ["주문 상세"]);
        assert_eq!(marked("주문상세", Needle::Part("주무".into())), ["주문"]);
        assert_eq!(marked("주문상세", Needle::Part("줌".into())), ["주문"]);
        assert_eq!(marked("접수ㆍ처리 현황", Needle::Part("접수처리".into())), ["접수ㆍ처리"]);
        assert_eq!(marked("顧客注文明細表", Needle::Part("明細".into())), ["明細"]);
        assert_eq!(marked("ｏｒｄｅｒ＿ｄｅｔａｉｌ", Needle::Word("order".into())), ["ｏｒｄｅｒ"]);
        assert_eq!(marked("일별 주문상세 내역", Needle::Initials("ㅈㅁㅅㅅ".into())), ["주문상세"]);
    }

    proptest! {
        #[test]
        fn marks_are_of_the_text(text in "[a-zA-Z가-힣ㄱ-ㅎ _.É]{0,30}", word in "[a-z가-힣ㄱ-ㅣ]{1,4}") {
            let of = [Needle::Word, Needle::Whole, Needle::Part, Needle::Initials];
            for needle in of.map(|needle| needle(word.clone())) {
                let (marks, _) = Haystack::new(&text).find([(Voice::Plain, needle)].iter());
                let mut end = 0;
                for mark in marks {
                    prop_assert!(mark.start >= end && mark.start < mark.end);
                    prop_assert!(text.get(mark.start..mark.end).is_some());
                    end = mark.end;
                }
            }
        }
    }
}
