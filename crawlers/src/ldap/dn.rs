use unicode_normalization::UnicodeNormalization;

/// A distinguished name in the form in which two spellings of one name are equal (RFC 4514): types in lower case, values NFC,
/// case-folded, with single spaces, several of one RDN in order. For comparing only: what goes to the server is its own text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DnKey(String);

impl DnKey {
    /// A text that is no DN is compared as the text it is.
    pub fn of(dn: &str) -> Self {
        Self(parsed(dn).unwrap_or_else(|| folded(dn)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn parsed(dn: &str) -> Option<String> {
    let mut names = Vec::new();
    for rdn in parts(dn, &[',', ';']) {
        let mut pairs = parts(rdn, &['+']).map(pair).collect::<Option<Vec<String>>>()?;
        pairs.sort();
        names.push(pairs.join("+"));
    }
    Some(names.join(","))
}

/// `type=value` with the value's escapes undone and then what could be taken for a sign of ours escaped again.
fn pair(text: &str) -> Option<String> {
    let (name, value) = text.split_once('=')?;
    let value = folded(&unescaped(value)?);
    let plain = value.replace('\\', "\\5c").replace(',', "\\2c").replace('+', "\\2b");
    Some(format!("{}={plain}", name.trim().to_ascii_lowercase()))
}

/// The text between separators that are not escaped.
fn parts<'t>(text: &'t str, separators: &'static [char]) -> impl Iterator<Item = &'t str> {
    let mut escaped = false;
    text.split(move |c: char| {
        let separates = !escaped && separators.contains(&c);
        escaped = !escaped && c == '\\';
        separates
    })
}

/// `\2C`, `\,` and the like as what they stand for. `None`: an escape of nothing, or bytes that are no text.
fn unescaped(value: &str) -> Option<String> {
    // Spaces around a value mean nothing; the sign behind a backslash belongs to it.
    let start = value.trim_start();
    let end = start.trim_end();
    let kept = if end.ends_with('\\') { start[end.len()..].chars().next().map_or(0, char::len_utf8) } else { 0 };
    let value = &start[..end.len() + kept];
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes().iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let first = rest.next()?;
        match char::from(first).to_digit(16) {
            Some(high) => {
                let low = char::from(rest.next()?).to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            None => bytes.push(first),
        }
    }
    String::from_utf8(bytes).ok()
}

fn folded(value: &str) -> String {
    let composed: String = value.nfc().collect();
    composed.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_are_equal() {
        for (one, other) in [
            ("CN=Kim\\, Chul,OU=People,DC=Example,DC=Com", "cn=kim\\2C chul, ou=people,dc=example,dc=com"),
            ("cn=a+uid=b,dc=c", "UID=B + CN=A,DC=C"),
            ("cn=\u{1100}\u{1175}\u{11b7},dc=c", "cn=김,dc=c"),
            ("cn=두  칸,dc=c", "cn=두 칸,dc=c"),
            ("cn=\\EA\\B9\\80,dc=c", "cn=김,dc=c"),
            ("cn=a\\5Cb", "cn=a\\\\b"),
            ("no dn at all", "NO DN  at all"),
        ] {
            assert_eq!(DnKey::of(one), DnKey::of(other), "{one} | {other}");
        }
        for (one, other) in [("cn=a,dc=b", "cn=a\\,dc=b"), ("cn=a+b=c", "cn=a\\+b=c"), ("cn=a,dc=b", "cn=a")] {
            assert_ne!(DnKey::of(one), DnKey::of(other), "{one} | {other}");
        }
    }

    proptest! {
        #[test]
        fn any_value_survives_escaping(value in "[ -~가-힣]{1,20}", other in "[ -~가-힣]{1,20}") {
            let dn = |value: &str| DnKey::of(&format!("cn={},dc=example", ldap3::dn_escape(value)));
            prop_assert_eq!(dn(&value) == dn(&other), folded(&value) == folded(&other));
        }

        #[test]
        fn nothing_makes_it_panic(text in "[\\\\,+=a-f0-9가 ]{0,30}|.{0,30}") {
            let _ = DnKey::of(&text);
        }
    }
}
