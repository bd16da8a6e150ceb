//! What the index holds of a text, and tantivy's door to it.
//!
//! Terms of one text, by their first character:
//! - `order`, `2026`: a word; `주문상세`: a Hangul run of one, three or more syllables as it stands
//! - `주문`: each two syllables that follow each other, also across a space, so that compounds are found by their parts
//!   and spaces left out or put in make no difference
//! - `明細`: each two Chinese characters or kana likewise, and the last one of a run, so that each of them is found
//! - `ㅈㅁㅅㅅ`: up to six initial consonants from each syllable on
//! - `+orderdetail`: two words that follow each other, for phrases and for names written without their separator
//! - `=orderdetailid`: a whole name without its separators

use super::hangul;
use super::words::{Piece, Script, composed, pieces};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// How many initial consonants one term holds.
pub(crate) const INITIALS_WINDOW: usize = 6;

/// Calls `emit` with each term of one line of text.
pub(crate) fn terms(line: &str, whole_name: bool, emit: &mut dyn FnMut(&str)) {
    let pieces = pieces(&composed(line));
    let mut pair = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        let runs_on = piece.script.runs_on();
        if !runs_on || piece.text.chars().count() != 2 {
            emit(&piece.text);
        }
        if let Some(next) = pieces.get(i + 1)
            && !(runs_on && next.script == piece.script)
        {
            pair.clear();
            pair.extend(["+", &piece.text, &next.text]);
            emit(&pair);
        }
    }
    for run in runs(&pieces) {
        run_terms(run, emit);
    }
    if whole_name && !pieces.is_empty() {
        pair.clear();
        pair.push('=');
        pair.extend(pieces.iter().map(|piece| piece.text.as_str()));
        emit(&pair);
    }
}

/// Neighbours of one script that runs on.
pub(crate) fn runs(pieces: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    pieces.chunk_by(|a, b| a.script == b.script).filter(|run| run.first().is_some_and(|piece| piece.script.runs_on()))
}

fn run_terms(run: &[Piece], emit: &mut dyn FnMut(&str)) {
    let characters: Vec<char> = run.iter().flat_map(|piece| piece.text.chars()).collect();
    let mut term = String::new();
    for two in characters.windows(2) {
        term.clear();
        term.extend(two);
        emit(&term);
    }
    if run[0].script != Script::Hangul {
        if characters.len() > 1 {
            emit(characters[characters.len() - 1].encode_utf8(&mut [0; 4]));
        }
        return;
    }
    for from in 0..characters.len() {
        term.clear();
        term.extend(characters[from..].iter().take(INITIALS_WINDOW).map_while(|c| hangul::initial_of(*c)));
        if term.chars().nth(1).is_some() {
            emit(&term);
        }
    }
}

/// Splits a field of one name, comment or text per line. Where lines come a thousand times over, as names and comments of
/// columns do, the terms of short ones are remembered, and a term that a text has again is left out: the index notes only
/// that a document has it.
pub(crate) struct Lines {
    whole_names: bool,
    remembers: bool,
    memory: Memory,
    token: Token,
    /// Counts texts.
    text: u32,
}

/// Lines longer than this many bytes are rarely seen twice.
const REMEMBERED_LINE: usize = 120;
/// Memory of this many lines per field and thread, about 20 MB at most; then it starts over.
const REMEMBERED_LINES: usize = 50_000;

#[derive(Default)]
struct Memory {
    lines: FxHashMap<Box<str>, Arc<Terms>>,
    /// Numbers of the terms of these lines.
    terms: FxHashMap<Box<str>, u32>,
    /// By number the text that had the term last.
    last_in: Vec<u32>,
}

/// Terms end to end, with where each one ends and its number.
#[derive(Default)]
struct Terms {
    text: String,
    ends: Vec<u32>,
    /// Empty for a line that is not remembered.
    numbers: Vec<u32>,
}

impl Lines {
    pub(crate) fn new(whole_names: bool, remembers: bool) -> Self {
        Self { whole_names, remembers, memory: Memory::default(), token: Token::default(), text: 0 }
    }
}

impl Clone for Lines {
    fn clone(&self) -> Self {
        Self::new(self.whole_names, self.remembers)
    }
}

impl Memory {
    fn terms(&mut self, line: &str, whole_name: bool, remember: bool) -> Arc<Terms> {
        if remember && let Some(known) = self.lines.get(line) {
            return Arc::clone(known);
        }
        let mut made = Terms::default();
        terms(line, whole_name, &mut |term| {
            made.text.push_str(term);
            made.ends.push(made.text.len() as u32);
        });
        if !remember || line.len() > REMEMBERED_LINE {
            return Arc::new(made);
        }
        if self.lines.len() >= REMEMBERED_LINES {
            *self = Self::default();
        }
        let mut start = 0;
        for end in &made.ends {
            let term = &made.text[start..*end as usize];
            start = *end as usize;
            let number = match self.terms.get(term) {
                Some(number) => *number,
                None => {
                    let number = self.last_in.len() as u32;
                    self.terms.insert(term.into(), number);
                    self.last_in.push(0);
                    number
                }
            };
            made.numbers.push(number);
        }
        let made = Arc::new(made);
        self.lines.insert(line.into(), Arc::clone(&made));
        made
    }

    /// Whether the text has had this term before; from now on it has.
    fn is_again(&mut self, number: u32, text: u32) -> bool {
        let Some(last) = self.last_in.get_mut(number as usize) else { return false };
        std::mem::replace(last, text) == text
    }
}

impl Tokenizer for Lines {
    type TokenStream<'a> = LineStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LineStream<'a> {
        self.text = self.text.wrapping_add(1).max(1);
        LineStream { lines: text.split('\n'), current: Arc::default(), next: 0, of: self }
    }
}

pub(crate) struct LineStream<'a> {
    lines: std::str::Split<'a, char>,
    current: Arc<Terms>,
    next: usize,
    of: &'a mut Lines,
}

impl TokenStream for LineStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            while self.next >= self.current.ends.len() {
                let Some(line) = self.lines.next() else { return false };
                if line.is_empty() {
                    continue;
                }
                self.current = self.of.memory.terms(line, self.of.whole_names, self.of.remembers);
                self.next = 0;
            }
            let at = self.next;
            self.next += 1;
            let text = self.of.text;
            if self.current.numbers.get(at).is_some_and(|number| self.of.memory.is_again(*number, text)) {
                continue;
            }
            let start = if at == 0 { 0 } else { self.current.ends[at - 1] };
            let term = &self.current.text[start as usize..self.current.ends[at] as usize];
            self.of.token.text.clear();
            self.of.token.text.push_str(term);
            // Positions are not indexed, but tantivy wants them to rise.
            self.of.token.position = self.of.token.position.wrapping_add(1);
            return true;
        }
    }

    fn token(&self) -> &Token {
        &self.of.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.of.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(line: &str) -> Vec<String> {
        let mut found = Vec::new();
        terms(line, true, &mut |term| found.push(term.to_owned()));
        found
    }

    #[test]
    fn a_latin_name() {
        assert_eq!(
            all("order_detail_v2"),
            ["order", "+orderdetail", "detail", "+detailv", "v", "+v2", "2", "=orderdetailv2"]
        );
    }

    #[test]
    fn a_korean_compound_and_a_space() {
        let compound = all("주문상세");
        for term in ["주문상세", "주문", "문상", "상세", "ㅈㅁㅅㅅ", "ㅁㅅㅅ", "ㅅㅅ"] {
            assert!(compound.contains(&term.to_owned()), "{term}");
        }
        let spaced = all("주문 상세");
        for term in ["주문", "문상", "상세", "ㅈㅁㅅㅅ"] {
            assert!(spaced.contains(&term.to_owned()), "{term}");
        }
    }

    #[test]
    fn chinese_characters_and_kana() {
        let found = all("顧客明細表_v1");
        for term in ["顧客明細表", "顧客", "明細", "細表", "表", "+顧客明細表v", "v"] {
            assert!(found.contains(&term.to_owned()), "{term}: {found:?}");
        }
        assert_eq!(all("表"), ["表", "=表"]);
    }

    #[test]
    fn lines_are_remembered_alike() {
        let mut lines = Lines::new(false, true);
        let run = |lines: &mut Lines| {
            let mut stream = lines.token_stream("order_id\n주문 번호\n\norder_id");
            let mut found = Vec::new();
            while let Some(token) = stream.next() {
                found.push(token.text.clone());
            }
            found
        };
        let first = run(&mut lines);
        assert_eq!(first, run(&mut lines));
        assert_eq!(first.iter().filter(|t| *t == "order").count(), 1, "{first:?}");
    }

    proptest! {
        #[test]
        fn nothing_panics_and_no_term_is_empty(line in ".{0,80}") {
            terms(&line, true, &mut |term| assert!(!term.is_empty()));
        }
    }
}
