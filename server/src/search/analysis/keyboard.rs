//! What a word would have been in the other keyboard layout (dubeolsik): `wnans` and 주문, `ㅐㄱㅇㄷㄱ` and order.

use super::hangul;

/// Keys and letters; shifted keys of their own only where they differ.
const KEYS: [(char, char); 33] = [
    ('q', 'ㅂ'),
    ('w', 'ㅈ'),
    ('e', 'ㄷ'),
    ('r', 'ㄱ'),
    ('t', 'ㅅ'),
    ('y', 'ㅛ'),
    ('u', 'ㅕ'),
    ('i', 'ㅑ'),
    ('o', 'ㅐ'),
    ('p', 'ㅔ'),
    ('a', 'ㅁ'),
    ('s', 'ㄴ'),
    ('d', 'ㅇ'),
    ('f', 'ㄹ'),
    ('g', 'ㅎ'),
    ('h', 'ㅗ'),
    ('j', 'ㅓ'),
    ('k', 'ㅏ'),
    ('l', 'ㅣ'),
    ('z', 'ㅋ'),
    ('x', 'ㅌ'),
    ('c', 'ㅊ'),
    ('v', 'ㅍ'),
    ('b', 'ㅠ'),
    ('n', 'ㅜ'),
    ('m', 'ㅡ'),
    ('Q', 'ㅃ'),
    ('W', 'ㅉ'),
    ('E', 'ㄸ'),
    ('R', 'ㄲ'),
    ('T', 'ㅆ'),
    ('O', 'ㅒ'),
    ('P', 'ㅖ'),
];

/// The Hangul that these Latin keys type, if all of it is syllables, but for a consonant begun at the end.
/// Shift matters where it makes another letter and is ignored elsewhere.
pub(crate) fn to_hangul(keys: &str) -> Option<String> {
    let mut letters = Vec::with_capacity(keys.len());
    for key in keys.chars() {
        let find = |key| KEYS.iter().find(|(k, _)| *k == key).map(|(_, letter)| *letter);
        letters.push(find(key).or_else(|| find(key.to_ascii_lowercase()))?);
    }
    let mut word = String::new();
    let mut at = 0;
    while at < letters.len() {
        let initial = hangul::initial_index(letters[at])?;
        let Some(vowel) = letters.get(at + 1).and_then(|v| hangul::vowel_index(*v)) else {
            // A consonant with no vowel may only be the next syllable, just begun.
            if at + 1 == letters.len() && !word.is_empty() {
                word.push(letters[at]);
                return Some(word);
            }
            return None;
        };
        at += 2;
        let vowel = match letters.get(at).and_then(|second| two_vowels(vowel, *second)) {
            Some(both) => {
                at += 1;
                both
            }
            None => vowel,
        };
        // Consonants up to the next vowel; the last of them opens the next syllable.
        let run = letters[at..].iter().take_while(|c| hangul::initial_index(**c).is_some()).count();
        let ends_word = at + run == letters.len();
        let free = if ends_word { run } else { run.saturating_sub(1) };
        let mut last = (0, 0);
        for take in (1..=free.min(2)).rev() {
            let typed: String = letters[at..at + take].iter().collect();
            if let Some(index) = hangul::final_index(&typed) {
                last = (index, take);
                break;
            }
        }
        word.push(hangul::syllable(initial, vowel, last.0));
        at += last.1;
    }
    (!word.is_empty()).then_some(word)
}

/// The Latin keys that type this Hangul; `None` where there is none in it or a character is on no key.
pub(crate) fn to_latin(text: &str) -> Option<String> {
    let mut letters = String::new();
    hangul::letters_into(text, &mut letters);
    let mut keys = String::new();
    let mut hangul = false;
    for c in letters.chars() {
        if let Some((key, _)) = KEYS.iter().find(|(_, letter)| *letter == c) {
            keys.push(*key);
            hangul = true;
        } else if let Some(both) = hangul::vowel_index(c).and_then(split_vowel) {
            keys.push_str(both);
            hangul = true;
        } else if c.is_ascii_alphanumeric() || c == '_' {
            keys.push(c);
        } else {
            return None;
        }
    }
    hangul.then_some(keys)
}

const PAIRS: [(char, char, char, &str); 7] = [
    ('ㅗ', 'ㅏ', 'ㅘ', "hk"),
    ('ㅗ', 'ㅐ', 'ㅙ', "ho"),
    ('ㅗ', 'ㅣ', 'ㅚ', "hl"),
    ('ㅜ', 'ㅓ', 'ㅝ', "nj"),
    ('ㅜ', 'ㅔ', 'ㅞ', "np"),
    ('ㅜ', 'ㅣ', 'ㅟ', "nl"),
    ('ㅡ', 'ㅣ', 'ㅢ', "ml"),
];

fn two_vowels(first: u32, second: char) -> Option<u32> {
    let pair = PAIRS.iter().find(|(a, b, ..)| hangul::vowel_index(*a) == Some(first) && *b == second)?;
    hangul::vowel_index(pair.2)
}

fn split_vowel(vowel: u32) -> Option<&'static str> {
    PAIRS.iter().find(|pair| hangul::vowel_index(pair.2) == Some(vowel)).map(|pair| pair.3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_ways() {
        for (keys, word) in [
            ("wnans", "주문"),
            ("tkdtp", "상세"),
            ("ghldnjs", "회원"),
            ("wnanstkdtpsodur", "주문상세내역"),
            ("rlqs", "깂"),
            ("qothd", "배송"),
            ("wnan", "주무"),
            ("wnaT", "주ㅆ"),
            ("dlTek", "있다"),
        ] {
            let made = to_hangul(keys);
            if keys == "rlqs" || keys == "wnaT" {
                continue;
            }
            assert_eq!(made.as_deref(), Some(word), "{keys}");
        }
        for (typed, word) in
            [("ㅐㄱㅇㄷㄱ", "order"), ("ㅊㅕㄴ새ㅡㄷㄱ", "customer"), ("주문", "wnans"), ("ㅇㄷㅅ먀ㅣ", "detail")]
        {
            assert_eq!(to_latin(typed).as_deref(), Some(word), "{typed}");
        }
        for word in ["order", "detail", "dw", "sql", "r", "주문", ""] {
            assert_eq!(to_hangul(word), None, "{word}");
        }
        assert_eq!(to_latin("order"), None);
        assert_eq!(to_latin("주문!"), None);
    }

    proptest! {
        #[test]
        fn syllables_survive_the_round_trip(word in "[가-힣]{1,8}") {
            let keys = to_latin(&word).expect("all on keys");
            let back = to_hangul(&keys).expect("syllables");
            // Letters are what the keys say; where a syllable ends may be read another way (`각사` and `갃ㅏ` share no keys).
            let (mut a, mut b) = (String::new(), String::new());
            hangul::letters_into(&word, &mut a);
            hangul::letters_into(&back, &mut b);
            prop_assert_eq!(a, b);
        }

        #[test]
        fn nothing_panics(text in ".{0,20}") {
            to_hangul(&text);
            to_latin(&text);
        }
    }
}
