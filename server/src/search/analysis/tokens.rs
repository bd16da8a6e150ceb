//! What the index holds of a text, and tantivy's door to it.
//!
//! Terms of one text, by their first character:
//! - `order`, `2026`: a word; `주문상세`: a Hangul run of one, three or more syllables as it stands
//! - `주문`: each two syllables that follow each other, also across a space, so that compounds are found by their parts
//!   and spaces left out or put in make no difference
//! - `ㅈㅁㅅㅅ`: up to six initial consonants from each syllable on
//! - `+orderdetail`: two words that follow each other, for phrases and for names written without their separator
//! - `=orderdetailid`: a whole name without its separators

use super::hangul;
use super::words::{Piece, Script, composed, pieces};
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// How many initial consonants one term holds.
pub(crate) const INITIALS_WINDOW: usize = 6;

/// Calls `emit` with each term of one line of text.
pub(crate) fn terms(line: &str, whole_name: bool, emit: &mut dyn FnMut(&str)) {
    let pieces = pieces(&composed(line));
    let mut pair = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        let hangul_run = piece.script == Script::Hangul;
        if !hangul_run || piece.text.chars().count() != 2 {
            emit(&piece.text);
        }
        if let Some(next) = pieces.get(i + 1)
            && !(hangul_run && next.script == Script::Hangul)
        {
            pair.clear();
            pair.extend(["+", &piece.text, &next.text]);
            emit(&pair);
        }
    }
    for run in pieces.split(|piece| piece.script != Script::Hangul) {
        hangul_terms(run, emit);
    }
    if whole_name && !pieces.is_empty() {
        pair.clear();
        pair.push('=');
        pair.extend(pieces.iter().map(|piece| piece.text.as_str()));
        emit(&pair);
    }
}

fn hangul_terms(run: &[Piece], emit: &mut dyn FnMut(&str)) {
    let syllables: Vec<char> = run.iter().flat_map(|piece| piece.text.chars()).collect();
    let mut term = String::new();
    for two in syllables.windows(2) {
        term.clear();
        term.extend(two);
        emit(&term);
    }
    for from in 0..syllables.len() {
        term.clear();
        term.extend(syllables[from..].iter().take(INITIALS_WINDOW).map_while(|c| hangul::initial_of(*c)));
        if term.chars().nth(1).is_some() {
            emit(&term);
        }
    }
}

/// Splits a field of one name, comment or text per line. The terms of short lines are remembered: the same column
/// names and comments come a thousand times over.
pub(crate) struct Lines {
    whole_names: bool,
    memory: Memory,
    token: Token,
}

/// Lines longer than this many bytes are rarely seen twice.
const REMEMBERED_LINE: usize = 120;
/// Memory of this many lines per field and thread, about 20 MB at most; then it starts over.
const REMEMBERED_LINES: usize = 50_000;

#[derive(Default)]
struct Memory {
    lines: HashMap<Box<str>, Arc<Terms>>,
}

/// Terms end to end, with where each one ends.
#[derive(Default)]
struct Terms {
    text: String,
    ends: Vec<u32>,
}

impl Lines {
    pub(crate) fn new(whole_names: bool) -> Self {
        Self { whole_names, memory: Memory::default(), token: Token::default() }
    }
}

impl Clone for Lines {
    fn clone(&self) -> Self {
        Self::new(self.whole_names)
    }
}

impl Memory {
    fn terms(&mut self, line: &str, whole_name: bool) -> Arc<Terms> {
        if let Some(known) = self.lines.get(line) {
            return Arc::clone(known);
        }
        let mut made = Terms::default();
        terms(line, whole_name, &mut |term| {
            made.text.push_str(term);
            made.ends.push(made.text.len() as u32);
        });
        let made = Arc::new(made);
        if line.len() <= REMEMBERED_LINE {
            if self.lines.len() >= REMEMBERED_LINES {
                self.lines.clear();
            }
            self.lines.insert(line.into(), Arc::clone(&made));
        }
        made
    }
}

impl Tokenizer for Lines {
    type TokenStream<'a> = LineStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LineStream<'a> {
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
        while self.next >= self.current.ends.len() {
            let Some(line) = self.lines.next() else { return false };
            self.current = self.of.memory.terms(line, self.of.whole_names);
            self.next = 0;
        }
        let start = if self.next == 0 { 0 } else { self.current.ends[self.next - 1] };
        let term = &self.current.text[start as usize..self.current.ends[self.next] as usize];
        self.of.token.text.clear();
        self.of.token.text.push_str(term);
        // Positions are not indexed, but tantivy wants them to rise.
        self.of.token.position = self.of.token.position.wrapping_add(1);
        self.next += 1;
        true
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
    fn lines_are_remembered_alike() {
        let mut lines = Lines::new(false);
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
        assert_eq!(first.iter().filter(|t| *t == "order").count(), 2);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_no_term_is_empty(line in ".{0,80}") {
            terms(&line, true, &mut |term| assert!(!term.is_empty()));
        }
    }
}
