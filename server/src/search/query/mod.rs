//! What a query means: words to look up, filters to pass, texts to mark.

pub(crate) mod filter;
pub(crate) mod marks;
pub(crate) mod plan;
pub(crate) mod synonyms;
