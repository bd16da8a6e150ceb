//! What a match is worth. Every way a word can match has one code; a code says the points and the reason, so the
//! evaluation carries a byte per word and document and the explanation comes for free.

pub(crate) mod weights;

use crate::search::index::schema::{Bits, WordField};
use reeve_model::search::WhyRule;
use std::sync::LazyLock;

/// How a word was read to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Voice {
    /// As typed, but for case, spacing and particles.
    Plain,
    /// By its initial consonants.
    Initials,
    /// In the other keyboard layout.
    Keyboard,
    Synonym,
}

/// How much of what stands there the word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Extent {
    /// The whole name, separators aside.
    Whole,
    Word,
    /// Part of a compound.
    Part,
    Prefix,
}

/// Where a hit is put before any points count. A higher tier always comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// Only by a near spelling.
    Near,
    /// Every word somewhere, as typed or by a synonym: points tell which is worth more.
    Words,
    NamePrefix,
    ExactName,
    ExactQualifiedName,
}

impl Tier {
    /// Whether the name alone decides; what else the words match only adds noise between namesakes.
    pub(crate) fn is_exact(self) -> bool {
        matches!(self, Self::ExactName | Self::ExactQualifiedName)
    }
}

/// Points between tiers, above any sum of points within one, so that scores rise with rank.
const TIER_POINTS: f32 = 3_000.0;

/// One way to match.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    pub(crate) points: u16,
    pub(crate) field: WordField,
    pub(crate) voice: Voice,
    pub(crate) extent: Extent,
}

impl Level {
    pub(crate) fn rule(&self) -> WhyRule {
        match self.voice {
            Voice::Initials => return WhyRule::InitialConsonants,
            Voice::Keyboard => return WhyRule::KeyboardLayout,
            Voice::Synonym => return WhyRule::Synonym,
            Voice::Plain => {}
        }
        match self.field {
            WordField::Name => WhyRule::NameWord,
            WordField::Database => WhyRule::Database,
            WordField::Column => WhyRule::ColumnName,
            WordField::Description => WhyRule::Description,
            WordField::Comment => WhyRule::ColumnComment,
            WordField::Owner => WhyRule::Owner,
        }
    }
}

/// Each reading with its worth in percent.
const VOICES: [(Voice, u32); 4] =
    [(Voice::Plain, 100), (Voice::Initials, 80), (Voice::Keyboard, 80), (Voice::Synonym, 60)];

const EXTENTS: [Extent; 4] = [Extent::Whole, Extent::Word, Extent::Part, Extent::Prefix];

fn points(field: WordField, extent: Extent) -> u32 {
    let [whole, word, part, prefix] = match field {
        WordField::Name => [900, 900, 800, 600],
        WordField::Database => [500, 500, 450, 300],
        WordField::Column => [480, 400, 370, 280],
        WordField::Description => [360, 360, 340, 220],
        WordField::Owner => [320, 320, 300, 200],
        WordField::Comment => [260, 260, 250, 180],
    };
    match extent {
        Extent::Whole => whole,
        Extent::Word => word,
        Extent::Part => part,
        Extent::Prefix => prefix,
    }
}

struct Levels {
    /// By code, points rising; code 0 is no match.
    by_code: Vec<Level>,
}

static LEVELS: LazyLock<Levels> = LazyLock::new(|| {
    let mut by_code = vec![Level { points: 0, field: WordField::Name, voice: Voice::Plain, extent: Extent::Word }];
    for (voice, percent) in VOICES {
        for field in WordField::ALL {
            for extent in EXTENTS {
                // A compound put together of other words' synonyms is the loosest reading.
                let percent = if voice == Voice::Synonym && extent == Extent::Part { 40 } else { percent };
                let points = (points(field, extent) * percent / 100) as u16;
                by_code.push(Level { points, field, voice, extent });
            }
        }
    }
    by_code.sort_by_key(|level| level.points);
    Levels { by_code }
});

/// The code of a way to match; a greater code is worth as much or more.
pub(crate) fn code(field: WordField, voice: Voice, extent: Extent) -> u8 {
    let found = LEVELS
        .by_code
        .iter()
        .skip(1)
        .position(|level| level.field == field && level.voice == voice && level.extent == extent);
    found.map_or(0, |at| at as u8 + 1)
}

pub(crate) fn level(code: u8) -> &'static Level {
    &LEVELS.by_code[usize::from(code)]
}

/// Points of each code, for the inner loop.
pub(crate) fn points_by_code() -> [f32; 256] {
    let mut table = [0.0; 256];
    for (code, level) in LEVELS.by_code.iter().enumerate() {
        table[code] = f32::from(level.points);
    }
    table
}

/// The most that a word is worth by its code: its points and what it may cover.
pub(crate) fn most_by_code() -> [f32; 256] {
    let mut table = points_by_code();
    for (most, covers) in table.iter_mut().zip(&*COVERS) {
        *most += match covers {
            Covered::Name => NAME_COVERED,
            Covered::Description => DESCRIPTION_COVERED,
            Covered::Nothing => 0.0,
        };
    }
    table
}

/// Where a word matches both as typed and by a synonym, the lesser of the two counts this much of its points.
pub(crate) const BESIDE: f32 = 0.25;

/// What a pair of codes, as typed and by synonym, is worth for each: the greater in full.
pub(crate) fn shares(pair: &[u8]) -> [f32; 2] {
    // Codes rise with points.
    match (pair[0], pair[1]) {
        (typed, synonym) if typed == 0 || (synonym != 0 && synonym > typed) => [BESIDE, 1.0],
        _ => [1.0, BESIDE],
    }
}
/// Two words of the query side by side in a name.
const SIDE_BY_SIDE: f32 = 150.0;

/// What stands beside the words, as bits: what a compound is about in the name, and words side by side or the whole
/// database about it.
pub(crate) const SUBJECT_IN_NAME: u8 = 1;
pub(crate) const BESIDE_IN_FULL: u8 = 2;

/// The points that it adds.
pub(crate) fn beside(bits: u8) -> f32 {
    let of = |bit: u8, points: f32| if bits & bit != 0 { points } else { 0.0 };
    of(SUBJECT_IN_NAME, SIDE_BY_SIDE / 2.0) + of(BESIDE_IN_FULL, SIDE_BY_SIDE)
}

/// A name to the letter before one that differs in its separators.
pub(crate) const TO_THE_LETTER: f32 = 300.0;

/// The query's share of what all its words stand in: the name, by words, or the description, by letters.
pub(crate) fn coverage(covered: Covered, words: usize, letters: usize, bits: Bits) -> f32 {
    let share = |of: usize, all: u32| (of as f32 / all.max(1) as f32).min(1.0);
    match covered {
        Covered::Name => NAME_COVERED * share(words, bits.name_words()),
        Covered::Description => DESCRIPTION_COVERED * share(letters, bits.description_letters()),
        Covered::Nothing => 0.0,
    }
}

const NAME_COVERED: f32 = 150.0;
const DESCRIPTION_COVERED: f32 = 100.0;

/// What the best matches of all words have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Covered {
    Name,
    Description,
    Nothing,
}

/// What a match of each code covers.
static COVERS: LazyLock<[Covered; 256]> = LazyLock::new(|| {
    let mut covers = [Covered::Nothing; 256];
    for (level, covers) in LEVELS.by_code.iter().zip(&mut covers) {
        *covers = match level.field {
            _ if level.extent == Extent::Prefix => Covered::Nothing,
            WordField::Name => Covered::Name,
            WordField::Description => Covered::Description,
            _ => Covered::Nothing,
        };
    }
    covers
});

/// What a document's codes, in pairs of as typed and by synonym, have in common.
pub(crate) fn covered(codes: &[u8]) -> Covered {
    let mut common = None;
    for pair in codes.chunks_exact(2) {
        let covers = COVERS[usize::from(pair[0].max(pair[1]))];
        if *common.get_or_insert(covers) != covers {
            return Covered::Nothing;
        }
    }
    common.unwrap_or(Covered::Nothing)
}

pub(crate) fn used(bits: Bits) -> f32 {
    match bits.usage() {
        0 => 0.0,
        reads => (12.0 * (1.0 + reads as f32).log2()).min(120.0),
    }
}

pub(crate) fn owned(bits: Bits) -> f32 {
    if bits.has_owner() { 15.0 } else { 0.0 }
}

pub(crate) fn described(bits: Bits) -> f32 {
    if bits.has_description() { 20.0 } else { 0.0 }
}

pub(crate) fn deprecated(bits: Bits) -> f32 {
    if bits.deprecated() { -150.0 } else { 0.0 }
}

pub(crate) fn quality(bits: Bits) -> f32 {
    used(bits) + owned(bits) + described(bits) + deprecated(bits)
}

/// The score people see; its whole tiers keep it in rank order.
pub(crate) fn score(tier: Tier, points: f32) -> f32 {
    tier as u8 as f32 * TIER_POINTS + points
}

/// Orders hits: tier first, then points to a sixteenth.
pub(crate) fn key(tier: Tier, points: f32) -> u64 {
    ((tier as u64) << 32) | ((points.clamp(-1_000.0, 100_000.0) + 1_000.0) * 16.0) as u64
}

/// The tier and points that a key was made of.
pub(crate) fn unkey(key: u64) -> (Tier, f32) {
    let tier = match key >> 32 {
        0 => Tier::Near,
        1 => Tier::Words,
        2 => Tier::NamePrefix,
        3 => Tier::ExactName,
        _ => Tier::ExactQualifiedName,
    };
    (tier, (key & 0xffff_ffff) as f32 / 16.0 - 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_rise_with_points_and_come_back() {
        for (voice, _) in VOICES {
            for field in WordField::ALL {
                for extent in EXTENTS {
                    let level = level(code(field, voice, extent));
                    assert_eq!((level.field, level.voice, level.extent), (field, voice, extent));
                }
            }
        }
        assert!(
            code(WordField::Name, Voice::Plain, Extent::Word) > code(WordField::Comment, Voice::Plain, Extent::Word)
        );
    }

    #[test]
    fn no_points_reach_the_next_tier() {
        assert!(key(Tier::ExactName, -200.0) > key(Tier::NamePrefix, 5_000.0));
        let (tier, points) = unkey(key(Tier::Words, 412.5));
        assert_eq!((tier, points), (Tier::Words, 412.5));
        // The most one can have: a whole name, everything side by side, to the letter, used by everybody.
        const { assert!(900.0 * 1.25 + 150.0 + SIDE_BY_SIDE * 1.5 + TO_THE_LETTER + 155.0 < TIER_POINTS) };
    }
}
