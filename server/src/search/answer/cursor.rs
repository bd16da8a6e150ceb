//! Where a page of hits ended. The next one starts behind that hit, not at a count, so that it costs the same on every
//! page and what is added meanwhile shifts nothing.

use reeve_model::Word;
use reeve_model::search::Sort;

/// The last hit of a page: its sort key and its name. Opaque to callers, as hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) sort: Sort,
    pub(crate) key: u64,
    /// How many hits were shown up to it, so that a page can number its own.
    pub(crate) shown: u32,
    /// Qualified name, a zero, and source: unique in the index.
    pub(crate) name: String,
}

impl Position {
    pub(crate) fn encode(&self) -> String {
        use std::fmt::Write;
        let sort = Sort::ALL.iter().position(|sort| *sort == self.sort).unwrap_or(0) as u8;
        let mut out = String::new();
        for byte in
            [sort].iter().chain(&self.key.to_be_bytes()).chain(&self.shown.to_be_bytes()).chain(self.name.as_bytes())
        {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
        }
        out
    }

    /// `None` for what was never given out, or for another order of hits.
    pub(crate) fn decode(text: &str, sort: Sort) -> Option<Self> {
        if !text.len().is_multiple_of(2) || !text.is_ascii() {
            return None;
        }
        let bytes: Vec<u8> = (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
            .collect::<Option<_>>()?;
        let (first, rest) = bytes.split_first()?;
        let (key, rest) = rest.split_first_chunk::<8>()?;
        let (shown, name) = rest.split_first_chunk::<4>()?;
        let position = Self {
            sort: *Sort::ALL.get(usize::from(*first))?,
            key: u64::from_be_bytes(*key),
            shown: u32::from_be_bytes(*shown),
            name: String::from_utf8(name.to_vec()).ok()?,
        };
        (position.sort == sort).then_some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn comes_back(key in any::<u64>(), shown in any::<u32>(), name in ".{0,30}") {
            let position = Position { sort: Sort::Size, key, shown, name };
            prop_assert_eq!(Position::decode(&position.encode(), Sort::Size), Some(position.clone()));
            prop_assert_eq!(Position::decode(&position.encode(), Sort::Name), None);
        }

        #[test]
        fn anything_else_is_nothing(text in ".{0,40}") {
            Position::decode(&text, Sort::Relevance);
        }
    }
}
