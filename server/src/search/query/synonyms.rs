//! Words that mean the same: abbreviations and Korean with English, from a list that people may edit.

use crate::search::analysis::hangul;
use crate::search::analysis::words::{composed, squashed};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// The list that comes with Reeve.
const BUILT_IN: &str = include_str!("synonyms.txt");
/// Replaces it when it lies in the data folder.
const FILE: &str = "synonyms.txt";

/// Groups of words of which each may stand for the others. They act on queries only, so a changed list needs no rebuild.
#[derive(Clone)]
pub struct Synonyms {
    groups: Arc<Vec<Vec<String>>>,
    by_word: Arc<HashMap<String, Vec<usize>>>,
}

/// A line that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("synonyms line {line}: {text:?} needs at least two different words, separated by commas")]
pub struct SynonymProblem {
    /// From 1.
    pub line: usize,
    pub text: String,
}

impl Synonyms {
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).0
    }

    /// `synonyms.txt` of the data folder, or the built-in list where there is none. Lines that say nothing are left
    /// out and told.
    pub fn load(data_dir: &Path) -> std::io::Result<(Self, Vec<SynonymProblem>)> {
        match std::fs::read_to_string(data_dir.join(FILE)) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((Self::built_in(), Vec::new())),
            Err(error) => Err(error),
        }
    }

    /// One group per line, words separated by commas; `#` starts a comment.
    pub fn parse(text: &str) -> (Self, Vec<SynonymProblem>) {
        let mut groups: Vec<Vec<String>> = Vec::new();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        let mut problems = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let said = line.split('#').next().unwrap_or_default().trim();
            if said.is_empty() {
                continue;
            }
            let mut words: Vec<String> = Vec::new();
            for word in said.split(',').map(|word| squashed(&composed(word))).filter(|word| !word.is_empty()) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            if words.len() < 2 {
                problems.push(SynonymProblem { line: at + 1, text: line.trim().to_owned() });
                continue;
            }
            for word in &words {
                by_word.entry(word.clone()).or_default().push(groups.len());
            }
            groups.push(words);
        }
        (Self { groups: Arc::new(groups), by_word: Arc::new(by_word) }, problems)
    }

    /// The other words of the groups that `word` is in.
    pub(crate) fn of(&self, word: &str) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for group in self.by_word.get(word).into_iter().flatten() {
            for other in self.groups[*group].iter().filter(|other| *other != word) {
                if !found.contains(&other.as_str()) {
                    found.push(other);
                }
            }
        }
        found
    }

    /// A Hangul compound made wholly of words of the list: `주문상세` is 주문 and 상세. The longest words first.
    pub(crate) fn split_compound<'w>(&self, word: &'w str) -> Option<Vec<&'w str>> {
        if !word.chars().all(hangul::is_syllable) {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = word;
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
            let part = ends.map(|end| &rest[..end]).find(|part| self.by_word.contains_key(*part))?;
            parts.push(part);
            rest = &rest[part.len()..];
        }
        (parts.len() > 1).then_some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_says_something_on_every_line() {
        let (list, problems) = Synonyms::parse(BUILT_IN);
        assert_eq!(problems, vec![]);
        assert!(list.groups.len() >= 90, "{} groups", list.groups.len());
        assert!(list.of("ord").contains(&"order") && list.of("ord").contains(&"주문"));
        assert!(list.of("주문").contains(&"order"));
        assert!(list.of("zebra").is_empty());
    }

    #[test]
    fn compounds() {
        let list = Synonyms::built_in();
        assert_eq!(list.split_compound("주문상세"), Some(vec!["주문", "상세"]));
        assert_eq!(list.split_compound("주문"), None);
        assert_eq!(list.split_compound("주문뷁"), None);
        assert_eq!(list.split_compound("order"), None);
    }

    #[test]
    fn an_edited_list_and_its_mistakes() {
        let (list, problems) = Synonyms::parse("# ours\nPO, Purchase Order , 발주\nlonely\nsame, SAME\n");
        assert_eq!(list.of("po"), ["purchaseorder", "발주"]);
        assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [3, 4]);
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!Synonyms::load(folder.path()).expect("built in").0.of("ord").is_empty());
        std::fs::write(folder.path().join(FILE), "a, b\n").expect("written");
        assert!(Synonyms::load(folder.path()).expect("ours").0.of("ord").is_empty());
    }
}
