//! Random values that prove something, and what is kept of them.

use sha2::{Digest, Sha256};

/// What an API token begins with, by which scanners of source code find it.
const PREFIX: &str = "reeve_pat_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 32 random bytes in hexadecimal digits: a session, a link.
///
/// # Errors
/// When the system has no randomness.
pub fn random() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system has no randomness: {error}"))?;
    Ok(hexadecimal(&bytes))
}

/// What is kept of a secret: with 256 random bits in it, one round of SHA-256 is enough.
pub fn hash(secret: &str) -> String {
    hexadecimal(&Sha256::digest(secret.as_bytes()))
}

/// The token that every form of a session carries: nobody who does not hold the session's own can tell it.
pub fn form_token(session: &str) -> String {
    hash(&format!("reeve form {session}"))
}

/// Whether both are the same, in a time that does not tell where they differ.
pub fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// A new API token: 30 random digits, and six that check them.
///
/// # Errors
/// When the system has no randomness.
pub fn api_token() -> anyhow::Result<String> {
    let mut text = String::new();
    while text.len() < 30 {
        let mut bytes = [0; 48];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system has no randomness: {error}"))?;
        // Those above would make the first digits likelier than others.
        let fair = bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(DIGITS[usize::from(*byte % 62)]));
        text.extend(fair.take(30 - text.len()));
    }
    Ok(format!("{PREFIX}{text}{}", checksum(&text)))
}

/// Whether it is spelled as a token of ours: what is not costs no look into the database.
pub fn is_api_token(token: &str) -> bool {
    let Some(rest) = token.strip_prefix(PREFIX) else { return false };
    rest.len() == 36 && rest.is_ascii() && checksum(&rest[..30]) == rest[30..]
}

fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(rest % 62).unwrap_or_default()];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_check_themselves() {
        let token = api_token().unwrap();
        assert!(is_api_token(&token) && token.len() == 46, "{token}");
        for wrong in [&token[1..], &token[..45], "reeve_pat_", "", &token.replace("reeve_pat_", "reeve_pat-")] {
            assert!(!is_api_token(wrong), "{wrong}");
        }
        let last = if token.ends_with('0') { '1' } else { '0' };
        assert!(!is_api_token(&format!("{}{last}", &token[..45])));
        assert_ne!(token, api_token().unwrap());
    }

    #[test]
    fn what_is_kept_is_not_the_secret() {
        let secret = random().unwrap();
        assert_eq!(secret.len(), 64);
        assert_ne!(hash(&secret), secret);
        assert_ne!(form_token(&secret), hash(&secret));
        assert!(is_same("ab", "ab") && !is_same("ab", "ac") && !is_same("ab", "abc"));
    }
}
