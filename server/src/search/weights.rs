//! What a match is worth. A broad word matches half of all documents, so what depends on the words alone is worked out
//! once for all the documents in which they match alike.

use super::collect::Found;
use super::plan::Plan;
use super::rank::{self, Covered, Extent, Tier};

pub(crate) struct Weights {
    words: usize,
    /// Letters and digits in the words.
    letters: usize,
    only_columns: bool,
    points: [f32; 256],
    /// By their codes, as many as fit, the words that were weighed last.
    last: Option<(u64, OfWords)>,
}

/// What is the same for all documents with the same codes.
#[derive(Clone, Copy)]
struct OfWords {
    points: f32,
    covered: Covered,
    tier: Tier,
}

impl Weights {
    pub(crate) fn new(plan: &Plan, only_columns: bool) -> Self {
        let (words, letters) = (plan.clauses.len(), plan.letters());
        Self { words, letters, only_columns, points: rank::points_by_code(), last: None }
    }

    /// What orders a match by relevance: see [`rank::key`].
    pub(crate) fn relevance(&mut self, found: &Found<'_>) -> u64 {
        let bits = found.attributes.bits;
        let quality = rank::quality(bits);
        if self.words == 0 {
            return rank::key(Tier::Words, quality);
        }
        if let Some(tier) = found.tier.filter(|tier| tier.is_exact() && !self.only_columns) {
            return rank::key(tier, quality + found.letter);
        }
        let of_words = self.of_words(found.codes);
        let beside = if found.beside { rank::SIDE_BY_SIDE } else { 0.0 };
        let coverage = rank::coverage(of_words.covered, self.words, self.letters, bits);
        let tier = if self.only_columns { of_words.tier } else { found.tier.unwrap_or(of_words.tier) };
        rank::key(tier, of_words.points + coverage + beside + quality)
    }

    fn of_words(&mut self, codes: &[u8]) -> OfWords {
        const FIT: usize = size_of::<u64>();
        if codes.len() > FIT {
            return self.weigh(codes);
        }
        let packed = codes.iter().fold(0, |packed, code| packed << u8::BITS | u64::from(*code));
        match self.last {
            Some((last, of_words)) if last == packed => of_words,
            _ => {
                let of_words = self.weigh(codes);
                self.last = Some((packed, of_words));
                of_words
            }
        }
    }

    fn weigh(&self, codes: &[u8]) -> OfWords {
        let points = |code: u8| self.points[usize::from(code)];
        let pair = |pair: &[u8]| match pair[0] {
            0 => points(pair[1]),
            typed => points(typed) + points(pair[1]) * rank::SYNONYM_BESIDE,
        };
        let by_synonym = codes.iter().step_by(2).any(|code| *code == 0);
        let whole = codes.chunks_exact(2).all(|codes| rank::level(codes[0]).extent == Extent::Whole);
        let tier = match by_synonym {
            true => Tier::Synonym,
            false if self.only_columns && whole => Tier::ExactName,
            false => Tier::Words,
        };
        let points = codes.chunks_exact(2).map(pair).sum::<f32>() / self.words as f32;
        OfWords { points, covered: rank::covered(codes), tier }
    }
}
