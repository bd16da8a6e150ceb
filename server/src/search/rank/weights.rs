//! What a match is worth, and which matches are not worth weighing.

use crate::search::index::segment::Attributes;
use crate::search::rank::{self, Extent, Tier};

/// A document that has every word.
pub(crate) struct Found<'a> {
    pub(crate) document: u32,
    pub(crate) attributes: &'a Attributes,
    /// For each clause the best code as typed and the best by synonym.
    pub(crate) codes: &'a [u8],
    /// Every clause matches a column.
    pub(crate) column: bool,
    /// Some words of the query stand side by side in it, or it is about what they are: bits of [`rank::beside`].
    pub(crate) beside: u8,
    /// What its name earns.
    pub(crate) tier: Option<Tier>,
    pub(crate) letter: f32,
}

pub(crate) struct Weights {
    words: usize,
    /// Letters and digits in the words.
    letters: usize,
    only_columns: bool,
    points: [f32; 256],
    /// By code, points and the most that they cover.
    most: [f32; 256],
    /// Points that words need in sum, beyond what the document has besides, to be kept.
    floor: f32,
}

impl Weights {
    pub(crate) fn new(words: usize, letters: usize, only_columns: bool) -> Self {
        let (points, most) = (rank::points_by_code(), rank::most_by_code());
        Self { words, letters, only_columns, points, most, floor: f32::MIN }
    }

    /// From now on what is below this key is of no interest; any key if there is none.
    pub(crate) fn set_floor(&mut self, worst: Option<u64>) {
        self.floor = match worst.map(rank::unkey) {
            // A column's tier depends on all of its words.
            _ if self.only_columns || self.words == 0 => f32::MIN,
            Some((Tier::Words, points)) => points * self.words as f32,
            Some((tier, _)) if tier > Tier::Words => f32::MAX,
            _ => f32::MIN,
        };
    }

    /// Whether the match is below the floor for certain, which is quicker to tell than what it is worth: a broad word
    /// matches half of all documents.
    pub(crate) fn is_below_floor(&self, found: &Found<'_>) -> bool {
        if found.tier.is_some() || self.floor == f32::MIN {
            return false;
        }
        let beside = rank::beside(found.beside);
        let besides = (beside + rank::quality(found.attributes.bits)) * self.words as f32;
        let most = |code: u8| self.most[usize::from(code)];
        let pairs = found.codes.chunks_exact(2);
        pairs.map(|pair| most(pair[0]) + most(pair[1])).sum::<f32>() + besides < self.floor
    }

    /// What orders a match by relevance: see [`rank::key`].
    pub(crate) fn relevance(&self, found: &Found<'_>) -> u64 {
        let bits = found.attributes.bits;
        let quality = rank::quality(bits);
        if self.words == 0 {
            return rank::key(Tier::Words, quality);
        }
        if let Some(tier) = found.tier.filter(|tier| tier.is_exact() && !self.only_columns) {
            return rank::key(tier, quality + found.letter);
        }
        let beside = rank::beside(found.beside);
        let coverage = rank::coverage(rank::covered(found.codes), self.words, self.letters, bits);
        rank::key(self.tier(found), self.points_of_words(found.codes) + coverage + beside + quality)
    }

    fn tier(&self, found: &Found<'_>) -> Tier {
        let whole = || {
            let is_whole = |code: &u8| *code != 0 && rank::level(*code).extent == Extent::Whole;
            found.codes.iter().step_by(2).all(is_whole)
        };
        match found.tier {
            Some(tier) if !self.only_columns => tier,
            _ if self.only_columns && whole() => Tier::ExactName,
            _ => Tier::Words,
        }
    }

    /// What the words are worth on average.
    fn points_of_words(&self, codes: &[u8]) -> f32 {
        let pair = |pair: &[u8]| {
            let (typed, synonym) = (self.points[usize::from(pair[0])], self.points[usize::from(pair[1])]);
            typed.max(synonym) + typed.min(synonym) * rank::BESIDE
        };
        codes.chunks_exact(2).map(pair).sum::<f32>() / self.words as f32
    }
}
