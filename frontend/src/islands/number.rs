//! Numbers as both languages write them.

/// `41,032`
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { String::from("-") } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        let numbers = [0, 999, 1_000, 41_032, 1_000_000, -12_345];
        assert_eq!(numbers.map(grouped), ["0", "999", "1,000", "41,032", "1,000,000", "-12,345"]);
    }
}
