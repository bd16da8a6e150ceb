//! What values look like: the forms and check digits of Korean and common identifiers. Pure functions over one value; a
//! value is never kept.

use super::sense::Sense;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 주민등록번호. Numbers issued since October 2020 have no check digit: one that is wrong clears nothing.
    Resident {
        checked: bool,
    },
    /// 외국인등록번호.
    Foreigner {
        checked: bool,
    },
    Card,
    Passport,
    DriverLicence,
    /// 개인통관고유부호.
    Customs,
    Phone,
    Mail,
    Ip,
    /// 사업자등록번호: of a business, not of a person.
    Business,
    /// 법인등록번호: of a company.
    Corporation,
}

impl Format {
    /// What the value is by its form alone.
    pub fn of(value: &str) -> Option<Self> {
        let value = value.trim();
        resident(value)
            .or_else(|| is_business(value).then_some(Self::Business))
            .or_else(|| is_card(value).then_some(Self::Card))
            .or_else(|| is_phone(value).then_some(Self::Phone))
            .or_else(|| is_mail(value).then_some(Self::Mail))
            .or_else(|| is_ip(value).then_some(Self::Ip))
            .or_else(|| is_driver_licence(value).then_some(Self::DriverLicence))
            .or_else(|| is_customs(value).then_some(Self::Customs))
            .or_else(|| is_passport(value).then_some(Self::Passport))
            .or_else(|| is_corporation(value).then_some(Self::Corporation))
    }

    pub(super) fn sense(self) -> Sense {
        match self {
            Self::Resident { .. } | Self::Foreigner { .. } | Self::Passport | Self::DriverLicence => Sense::Unique,
            Self::Card => Sense::Card,
            Self::Customs => Sense::Customs,
            Self::Phone => Sense::Phone,
            Self::Mail => Sense::Mail,
            Self::Ip => Sense::Ip,
            Self::Business | Self::Corporation => Sense::Thing,
        }
    }
}

/// The digits of a value of which everything else is one of `between`.
fn digits(value: &str, between: &[char]) -> Option<Vec<u32>> {
    let kept = value.chars().filter(|c| !between.contains(c));
    kept.map(|c| c.to_digit(10)).collect()
}

/// 주민등록번호 and 외국인등록번호: YYMMDD-SNNNNNC, with a day that there is and a digit for sex and century.
fn resident(value: &str) -> Option<Format> {
    let is_plain = value.len() == 13 || (value.len() == 14 && value.as_bytes().get(6) == Some(&b'-'));
    let digits = digits(value, &['-']).filter(|digits| is_plain && digits.len() == 13)?;
    let century = match digits[6] {
        9 | 0 => 1800,
        1 | 2 | 5 | 6 => 1900,
        _ => 2000,
    };
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    let year = i32::try_from(century + two(0)).ok()?;
    chrono::NaiveDate::from_ymd_opt(year, two(2), two(4))?;
    let sum: u32 = digits.iter().zip([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]).map(|(digit, weight)| digit * weight).sum();
    let is_foreigner = (5..=8).contains(&digits[6]);
    let from = if is_foreigner { 13 } else { 11 };
    let checked = (from - sum % 11) % 10 == digits[12];
    Some(if is_foreigner { Format::Foreigner { checked } } else { Format::Resident { checked } })
}

/// 사업자등록번호: NNN-NN-NNNNC with its check digit.
pub fn is_business(value: &str) -> bool {
    let Some(digits) = digits(value, &['-']).filter(|digits| digits.len() == 10) else { return false };
    let bytes = value.as_bytes();
    if value.len() != 10 && !(value.len() == 12 && bytes.get(3) == Some(&b'-') && bytes.get(6) == Some(&b'-')) {
        return false;
    }
    let sum: u32 = digits.iter().zip([1, 3, 7, 1, 3, 7, 1, 3, 5]).map(|(digit, weight)| digit * weight).sum();
    (10 - (sum + digits[8] * 5 / 10) % 10) % 10 == digits[9] && digits.iter().any(|digit| *digit != 0)
}

/// 법인등록번호: NNNNNN-NNNNNNC with its check digit, which a 주민등록번호 has in the same form.
pub fn is_corporation(value: &str) -> bool {
    let Some(digits) = digits(value, &['-']).filter(|digits| digits.len() == 13) else { return false };
    let sum: u32 = digits.iter().zip([1, 2].into_iter().cycle()).take(12).map(|(digit, weight)| digit * weight).sum();
    (10 - sum % 10) % 10 == digits[12] && digits.iter().any(|digit| *digit != 0)
}

/// 13 to 19 digits, in groups or not, with the prefix of a card network and a right Luhn digit (ISO/IEC 7812-1).
pub fn is_card(value: &str) -> bool {
    let Some(digits) = digits(value, &['-', ' ']).filter(|digits| (14..=19).contains(&digits.len())) else {
        return false;
    };
    let first = digits[0] * 10 + digits[1];
    let is_network = digits[0] == 4
        || (51..=55).contains(&first)
        || (22..=27).contains(&first)
        || [34, 35, 36, 37, 38, 60, 62, 65, 90, 94].contains(&first);
    is_network && is_luhn(&digits)
}

fn is_luhn(digits: &[u32]) -> bool {
    let doubled = |(at, digit): (usize, &u32)| match (at % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// A Korean telephone number: mobile (also as a number that lost its zero), of a place, of the internet, or with +82.
pub fn is_phone(value: &str) -> bool {
    let plain = value.strip_prefix("+82").map(|rest| format!("0{}", rest.trim_start_matches(['-', ' ', '0'])));
    let plain = plain.as_deref().unwrap_or(value);
    let Some(digits) = digits(plain, &['-', ' ', '.', ')', '(']) else { return false };
    let text: String = digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect();
    let is_grouped = plain.contains(['-', ' ', ')', '.']);
    let is_mobile = |text: &str| {
        text.starts_with("01")
            && matches!(text.as_bytes()[2], b'0' | b'1' | b'6'..=b'9')
            && (10..=11).contains(&text.len())
    };
    if is_mobile(&text) || (text.len() == 10 && text.starts_with("10") && !is_grouped) {
        return true;
    }
    let is_of_place =
        ["03", "04", "05", "06", "070"].iter().any(|area| text.starts_with(area)) && (10..=11).contains(&text.len());
    is_grouped && (is_of_place || (text.starts_with("02") && (9..=10).contains(&text.len())))
}

/// One local part, one domain with a dot, nothing that stands in neither (RFC 5321, without quoted local parts).
pub fn is_mail(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else { return false };
    let is_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let labels: Vec<&str> = domain.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (1..=64).contains(&local.len())
        && local.chars().all(is_local)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && labels.len() >= 2
        && labels.iter().all(is_label)
        && labels.last().is_some_and(|last| last.len() >= 2 && last.chars().all(|c| c.is_ascii_alphabetic()))
}

/// IPv4 or IPv6. A short form such as `::` could be anything.
pub fn is_ip(value: &str) -> bool {
    value.parse::<Ipv4Addr>().is_ok()
        || (value.parse::<Ipv6Addr>().is_ok() && value.chars().filter(|c| *c == ':').count() > 2)
}

/// 여권번호: a letter and eight digits; since December 2021 also M123A4567.
pub fn is_passport(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_kind = |byte: &u8| b"MSRODG".contains(byte);
    bytes.len() == 9
        && is_kind(&bytes[0])
        && (bytes[1..].iter().all(u8::is_ascii_digit)
            || (bytes[1..4].iter().all(u8::is_ascii_digit)
                && bytes[4].is_ascii_uppercase()
                && bytes[5..].iter().all(u8::is_ascii_digit)))
}

/// 운전면허번호: 11-12-123456-12, the first two being a region.
pub fn is_driver_licence(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let [region, year, number, check] = parts[..] else { return false };
    let is = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    is(region, 2) && (11..=28).contains(&region.parse().unwrap_or(0)) && is(year, 2) && is(number, 6) && is(check, 2)
}

/// 개인통관고유부호: P and twelve digits.
pub fn is_customs(value: &str) -> bool {
    value.len() == 13 && value.starts_with('P') && value[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// The first value in a text that looks like one of these: an example in a comment.
pub(super) fn example(text: &str) -> Option<Format> {
    let is_outside = |c: char| !(c.is_ascii_alphanumeric() || "-@.+:_".contains(c));
    text.split(is_outside)
        .map(|word| word.trim_matches(['.', ':', '-', '_']))
        .filter(|word| word.len() >= 7)
        .find_map(Format::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_values_are_told() {
        for (value, expected) in [
            ("900101-1234568", Some(Format::Resident { checked: true })),
            ("900101-1234567", Some(Format::Resident { checked: false })),
            ("9913321234567", None),
            ("124-81-00998", Some(Format::Business)),
            ("1248100998", Some(Format::Business)),
            ("124-81-00999", None),
            ("4111 1111 1111 1111", Some(Format::Card)),
            ("4111-1111-1111-1112", None),
            ("010-1234-5678", Some(Format::Phone)),
            ("01012345678", Some(Format::Phone)),
            ("+82-10-1234-5678", Some(Format::Phone)),
            ("02-123-4567", Some(Format::Phone)),
            ("1012345678", Some(Format::Phone)),
            ("hong@example.com", Some(Format::Mail)),
            ("a..b@example.com", None),
            ("a@b", None),
            ("10.20.9.40", Some(Format::Ip)),
            ("10.20.9.400", None),
            ("2001:db8::8a2e:370:7334", Some(Format::Ip)),
            ("M12345678", Some(Format::Passport)),
            ("M123A4567", Some(Format::Passport)),
            ("11-12-123456-12", Some(Format::DriverLicence)),
            ("P123456789012", Some(Format::Customs)),
            ("2026-11-24", None),
            ("20261124", None),
            ("SKU-1234567", None),
            ("", None),
        ] {
            assert_eq!(Format::of(value), expected, "{value}");
        }
    }

    #[test]
    fn an_example_in_a_comment_is_found() {
        assert_eq!(example("예: 010-1234-5678"), Some(Format::Phone));
        assert_eq!(example("예) hong@example.com."), Some(Format::Mail));
        assert_eq!(example("형식 YYYYMMDD, 20261124"), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,40}") {
            let _ = (Format::of(&text), example(&text));
        }

        /// Of a number that is right, any other last digit is wrong.
        #[test]
        fn check_digits_tell_a_changed_digit(digits in prop::collection::vec(0_u32..10, 9)) {
            let text = |last: u32| digits.iter().chain([&last]).map(u32::to_string).collect::<String>();
            prop_assume!(digits.iter().any(|digit| *digit != 0));
            prop_assert_eq!((0..10).filter(|last| is_business(&text(*last))).count(), 1);
        }

        #[test]
        fn a_luhn_digit_tells_a_changed_digit(digits in prop::collection::vec(0_u32..10, 14), at in 0_usize..15, by in 1_u32..10) {
            let mut card: Vec<u32> = [4].into_iter().chain(digits).collect();
            card.push(0);
            let last = (0..10).find(|last| { card[15] = *last; is_luhn(&card) });
            card[15] = last.unwrap_or_default();
            prop_assert!(is_luhn(&card));
            card[at] = (card[at] + by) % 10;
            prop_assert!(!is_luhn(&card));
        }

        #[test]
        fn a_resident_number_has_one_check_digit(days in 0_i64..36_000, sex in 1_u32..5, serial in 0_u32..100_000) {
            let begin = if sex < 3 { 1900 } else { 2000 };
            let born = chrono::NaiveDate::from_ymd_opt(begin, 1, 1).unwrap() + chrono::TimeDelta::days(days);
            let text = |last: u32| format!("{}-{sex}{serial:05}{last}", born.format("%y%m%d"));
            let right = (0..10).filter(|last| Format::of(&text(*last)) == Some(Format::Resident { checked: true }));
            prop_assert_eq!(right.count(), 1);
        }
    }
}
