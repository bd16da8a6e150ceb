//! Hangul syllables as arithmetic: initials, half-typed syllables, particles.
//!
//! A syllable is `가 + (initial * 21 + vowel) * 28 + final`, so what begins with the same keys is a contiguous range of
//! code points, and UTF-8 keeps that order. A half-typed word is therefore a range of terms, with no index of its own.

const FIRST: u32 = 0xAC00;
const LAST: u32 = 0xD7A3;
/// Syllables that share an initial.
const BLOCK: u32 = 21 * 28;

const INITIALS: [char; 19] =
    ['ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];

const VOWELS: [char; 21] = [
    'ㅏ', 'ㅐ', 'ㅑ', 'ㅒ', 'ㅓ', 'ㅔ', 'ㅕ', 'ㅖ', 'ㅗ', 'ㅘ', 'ㅙ', 'ㅚ', 'ㅛ', 'ㅜ', 'ㅝ', 'ㅞ', 'ㅟ', 'ㅠ', 'ㅡ',
    'ㅢ', 'ㅣ',
];

/// Finals by their index in a syllable, `None` for no final; each with the simple consonants it is typed as.
const FINALS: [(&str, char); 28] = [
    ("", ' '),
    ("ㄱ", 'ㄱ'),
    ("ㄲ", 'ㄲ'),
    ("ㄱㅅ", 'ㄳ'),
    ("ㄴ", 'ㄴ'),
    ("ㄴㅈ", 'ㄵ'),
    ("ㄴㅎ", 'ㄶ'),
    ("ㄷ", 'ㄷ'),
    ("ㄹ", 'ㄹ'),
    ("ㄹㄱ", 'ㄺ'),
    ("ㄹㅁ", 'ㄻ'),
    ("ㄹㅂ", 'ㄼ'),
    ("ㄹㅅ", 'ㄽ'),
    ("ㄹㅌ", 'ㄾ'),
    ("ㄹㅍ", 'ㄿ'),
    ("ㄹㅎ", 'ㅀ'),
    ("ㅁ", 'ㅁ'),
    ("ㅂ", 'ㅂ'),
    ("ㅂㅅ", 'ㅄ'),
    ("ㅅ", 'ㅅ'),
    ("ㅆ", 'ㅆ'),
    ("ㅇ", 'ㅇ'),
    ("ㅈ", 'ㅈ'),
    ("ㅊ", 'ㅊ'),
    ("ㅋ", 'ㅋ'),
    ("ㅌ", 'ㅌ'),
    ("ㅍ", 'ㅍ'),
    ("ㅎ", 'ㅎ'),
];

pub(crate) fn is_syllable(c: char) -> bool {
    (FIRST..=LAST).contains(&(c as u32))
}

/// A letter that stands alone: `ㄱ`, `ㅏ`, `ㄳ`.
pub(crate) fn is_letter(c: char) -> bool {
    ('ㄱ'..='ㅣ').contains(&c)
}

pub(crate) fn is_initial(c: char) -> bool {
    INITIALS.contains(&c)
}

/// Initial, vowel and final (0 for none) of a syllable.
fn parts(c: char) -> Option<(u32, u32, u32)> {
    let index = (c as u32).checked_sub(FIRST).filter(|_| is_syllable(c))?;
    Some((index / BLOCK, index % BLOCK / 28, index % 28))
}

pub(crate) fn syllable(initial: u32, vowel: u32, last: u32) -> char {
    char::from_u32(FIRST + initial * BLOCK + vowel * 28 + last).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// `주` gives `ㅈ`.
pub(crate) fn initial_of(c: char) -> Option<char> {
    parts(c).map(|(initial, ..)| INITIALS[initial as usize])
}

pub(crate) fn initial_index(c: char) -> Option<u32> {
    INITIALS.iter().position(|i| *i == c).map(|i| i as u32)
}

pub(crate) fn vowel_index(c: char) -> Option<u32> {
    VOWELS.iter().position(|v| *v == c).map(|v| v as u32)
}

/// The final that these one or two consonants make together.
pub(crate) fn final_index(letters: &str) -> Option<u32> {
    FINALS.iter().skip(1).position(|(typed, _)| *typed == letters).map(|i| i as u32 + 1)
}

/// Appends the letters of `text` as they are typed: `값` gives `ㄱㅏㅂㅅ`. Anything else stays.
pub(crate) fn letters_into(text: &str, out: &mut String) {
    for c in text.chars() {
        if let Some((initial, vowel, last)) = parts(c) {
            out.push(INITIALS[initial as usize]);
            out.push(VOWELS[vowel as usize]);
            out.push_str(FINALS[last as usize].0);
        } else if let Some((typed, _)) = FINALS.iter().skip(1).find(|(_, letter)| *letter == c) {
            out.push_str(typed);
        } else {
            out.push(c);
        }
    }
}

/// The ranges `from <= term < until` of what a half-typed word may become.
///
/// `주무` may become 주문, `줌` both 줌 and 주문, `주ㅁ` 주문; `호` may become 회. What ends in no syllable is a plain prefix.
pub(crate) fn completions(word: &str) -> Vec<(String, String)> {
    let Some(last) = word.chars().next_back() else { return Vec::new() };
    let head = &word[..word.len() - last.len_utf8()];
    let range = |from: char, until: u32| {
        let until = char::from_u32(until).unwrap_or(char::MAX);
        (format!("{head}{from}"), format!("{head}{until}"))
    };
    if let Some((initial, vowel, end)) = parts(last) {
        if end == 0 {
            // Two vowels typed in turn make one: ㅗ then ㅣ is ㅚ.
            let until_vowel = match VOWELS[vowel as usize] {
                'ㅗ' => vowel + 4,
                'ㅜ' => vowel + 4,
                'ㅡ' => vowel + 2,
                _ => vowel + 1,
            };
            return vec![range(last, FIRST + initial * BLOCK + until_vowel * 28)];
        }
        let mut ranges = vec![range(last, last as u32 + 1)];
        let typed = FINALS[end as usize].0;
        let moved = typed.chars().next_back().unwrap_or(' ');
        let kept = &typed[..typed.len() - moved.len_utf8()];
        if let Some(next) = initial_index(moved) {
            let stays = syllable(initial, vowel, final_index(kept).unwrap_or(0));
            let from = syllable(next, 0, 0);
            let until = char::from_u32(from as u32 + BLOCK).unwrap_or(char::MAX);
            ranges.push((format!("{head}{stays}{from}"), format!("{head}{stays}{until}")));
        }
        return ranges;
    }
    match initial_index(last) {
        Some(initial) if head.chars().next_back().is_none_or(is_syllable) => {
            let from = syllable(initial, 0, 0);
            vec![range(from, from as u32 + BLOCK), range(last, last as u32 + 1)]
        }
        _ => vec![range(last, last as u32 + 1)],
    }
}

/// Particles, longest first, with the ending of the word before them that they go with.
const PARTICLES: [(&str, After); 44] = [
    ("에서부터", After::Any),
    ("으로부터", After::Consonant),
    ("에게서", After::Any),
    ("으로써", After::Consonant),
    ("으로서", After::Consonant),
    ("이라는", After::Consonant),
    ("에서는", After::Any),
    ("에서의", After::Any),
    ("에서도", After::Any),
    ("으로의", After::Consonant),
    ("까지의", After::Any),
    ("에는", After::Any),
    ("에도", After::Any),
    ("에서", After::Any),
    ("에게", After::Any),
    ("으로", After::Consonant),
    ("한테", After::Any),
    ("부터", After::Any),
    ("까지", After::Any),
    ("처럼", After::Any),
    ("보다", After::Any),
    ("마다", After::Any),
    ("이나", After::Consonant),
    ("이며", After::Consonant),
    ("라는", After::Vowel),
    ("와의", After::Vowel),
    ("과의", After::Consonant),
    ("들의", After::Any),
    ("들을", After::Any),
    ("들이", After::Any),
    ("들은", After::Any),
    ("을", After::Consonant),
    ("은", After::Consonant),
    ("이", After::Consonant),
    ("과", After::Consonant),
    ("를", After::Vowel),
    ("는", After::Vowel),
    ("가", After::Vowel),
    ("와", After::Vowel),
    ("로", After::Vowel),
    ("의", After::Any),
    ("에", After::Any),
    ("도", After::Any),
    ("들", After::Any),
];

#[derive(Clone, Copy)]
enum After {
    Any,
    Consonant,
    Vowel,
}

/// `주문에서` without its particle: `주문`. At least two syllables stay, so that `결과` is not cut to `결`.
pub(crate) fn without_particle(word: &str) -> Option<&str> {
    PARTICLES.iter().find_map(|(particle, after)| {
        let stem = word.strip_suffix(particle)?;
        let (.., end) = parts(stem.chars().next_back()?)?;
        let fits = match after {
            After::Any => true,
            After::Consonant => end != 0,
            // `로` also follows ㄹ: 서울로.
            After::Vowel => end == 0 || (*particle == "로" && end == 8),
        };
        (fits && stem.chars().count() >= 2).then_some(stem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn may_become(typed: &str, word: &str) -> bool {
        completions(typed).iter().any(|(from, until)| from.as_str() <= word && word < until.as_str())
    }

    #[test]
    fn half_typed_syllables() {
        for typed in ["ㅈ", "주", "줌", "주무", "주문", "주ㅁ"] {
            assert!(may_become(typed, "주문"), "{typed}");
        }
        assert!(may_become("호", "회원") && may_become("주문사", "주문상세") && may_become("주문샀", "주문사쓰"));
        assert!(may_become("갑", "가바") && may_become("값", "갑사") && may_become("ord", "order"));
        assert!(!may_become("주무", "주말") && !may_become("줌", "준비") && !may_become("ord", "ore"));
    }

    #[test]
    fn particles() {
        for word in [
            "주문을",
            "주문이",
            "주문은",
            "주문의",
            "주문에서",
            "주문으로",
            "주문까지의",
            "주문과",
            "주문들을",
            "주문에",
        ] {
            assert_eq!(without_particle(word), Some("주문"), "{word}");
        }
        assert_eq!(without_particle("상품평가"), None);
        assert_eq!(without_particle("결과"), None);
        assert_eq!(without_particle("고객를"), None);
        assert_eq!(without_particle("order"), None);
    }

    #[test]
    fn letters_as_typed() {
        let mut out = String::new();
        letters_into("값ㄳa", &mut out);
        assert_eq!(out, "ㄱㅏㅂㅅㄱㅅa");
        assert_eq!(initial_of('상'), Some('ㅅ'));
    }

    proptest! {
        #[test]
        fn a_word_completes_itself(word in "[가-힣ㄱ-ㅎa-z]{0,6}") {
            let own = completions(&word).iter().any(|(from, until)| *from <= word && word < *until);
            let letter_last = word.chars().next_back().is_some_and(|c| is_letter(c) && !is_initial(c));
            prop_assert!(own || word.is_empty() || letter_last);
        }

        #[test]
        fn every_beginning_finds_the_word(word in "[가-힣]{1,5}") {
            // Typed letter by letter, each state an editor shows on the way must complete to the word.
            let chars: Vec<char> = word.chars().collect();
            for n in 1..=chars.len() {
                let typed: String = chars[..n].iter().collect();
                prop_assert!(may_become(&typed, &word));
            }
        }

        #[test]
        fn nothing_panics(text in ".{0,20}") {
            completions(&text);
            without_particle(&text);
            letters_into(&text, &mut String::new());
        }
    }
}
