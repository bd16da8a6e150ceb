//! How text becomes words, in the index and in a query: Korean and Latin, names and sentences.

pub(crate) mod hangul;
pub(crate) mod keyboard;
pub(crate) mod tokens;
pub(crate) mod words;
