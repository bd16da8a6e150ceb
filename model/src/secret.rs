use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::ops::Range;

/// The address of a server or database, which may hold a password. Whatever prints it, prints it without: `Debug`,
/// `Display` and `Serialize` put stars there; [`SecretUrl::expose`] is for the one who connects.
///
/// ```
/// use reeve_model::SecretUrl;
///
/// let url = SecretUrl::from("postgres://reeve:hunter2@db:5432/reeve?sslmode=require");
/// assert_eq!(url.to_string(), "postgres://reeve:***@db:5432/reeve?sslmode=require");
/// assert_eq!(url.clean("no database hunter2"), "no database ***");
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

/// What stands for a secret.
const STARS: &str = "***";

/// What in the name of a parameter says that its value is a secret: `password`, `sslpassword`, `PWD`, `api_key`.
const SECRET: [&str; 7] = ["pass", "pwd", "secret", "token", "key", "credential", "auth"];

/// What a slip of the finger makes of these is a secret too: `pasword`, `psasword`.
const MISSPELT: [&str; 3] = ["password", "passwd", "sslpassword"];

/// Pieces of a secret that are shorter than this are left in other people's messages: they are parts of any word.
const SHORTEST: usize = 3;

impl SecretUrl {
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A message of somebody else who knew this address, without what is secret in it, whole or in parts.
    pub fn clean(&self, message: &str) -> String {
        let mut pieces = Vec::new();
        for span in hidden(&self.0) {
            for text in [self.0[span.clone()].to_owned(), decoded(&self.0[span])] {
                pieces.extend(text.split(['/', '?', '#', '@', '&', ':', ';']).map(str::to_owned));
                pieces.push(text);
            }
        }
        pieces.retain(|piece| piece.chars().count() >= SHORTEST);
        // The longest first: a piece must not break up the whole.
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
        pieces.iter().fold(mask(message), |message, piece| message.replace(piece.as_str(), STARS))
    }
}

impl From<String> for SecretUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl From<&str> for SecretUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&mask(&self.0), f)
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A URL, or a message that repeats one, with stars for every secret in it. Where it cannot be told where a secret
/// ends, more is hidden rather than less: people paste passwords as they are, with `/`, `@` and `&` in them.
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut shown = 0;
    for span in hidden(text) {
        masked.push_str(&text[shown..span.start]);
        masked.push_str(STARS);
        shown = span.end;
    }
    masked + &text[shown..]
}

/// What must not be seen, in order and apart from each other.
fn hidden(text: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = authorities(text).filter_map(|start| of_user(text, start)).collect();
    spans.extend(of_parameters(text));
    spans.retain(|span| !span.is_empty());
    spans.sort_by_key(|span| (span.start, span.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => apart.push(span),
        }
    }
    apart
}

/// Where `user:password@host` may begin: behind each `://`, else behind a scheme without slashes. SQLite has a path
/// there, which may hold any sign.
fn authorities(text: &str) -> impl Iterator<Item = usize> {
    let bare = if text.contains("://") { None } else { text.find(':').map(|colon| colon + 1) };
    let full = text.match_indices("://").filter(|(at, _)| !text[..*at].ends_with("sqlite")).map(|(at, _)| at + 3);
    full.chain(bare)
}

/// From the first colon behind the user to the last `@`: a password may hold both. Without any `@`, what should be a
/// port and is none was a password.
fn of_user(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    // An address of IPv6 has colons of its own.
    let host = if rest.starts_with('[') { rest.find(']').unwrap_or(0) } else { 0 };
    let lower = rest.to_ascii_lowercase();
    let (plain, encoded) = (lower[host..].find(':').map(|at| at + 1), lower[host..].find("%3a").map(|at| at + 3));
    let behind = host + [plain, encoded].into_iter().flatten().min()?;
    match rest.rfind('@') {
        Some(at) if behind <= at => Some(start + behind..start + at),
        Some(_) => None,
        None if rest[..behind].contains('/') || rest[..behind].contains(char::is_whitespace) => None,
        None => {
            let after = rest[behind..].trim_start_matches(|c: char| c.is_ascii_digit());
            let is_port = after.is_empty() || after.starts_with(|c: char| "/?#\"'`,; )]".contains(c));
            (!is_port).then_some(start + behind..text.len())
        }
    }
}

/// All behind the first parameter whose name says that it is secret: its value may hold any separator.
fn of_parameters(text: &str) -> Option<Range<usize>> {
    let is_secret = |name: &str| {
        let name = decoded(name).to_ascii_lowercase();
        SECRET.iter().any(|word| name.contains(word))
            || MISSPELT.iter().any(|word| strsim::damerau_levenshtein(&name, word) <= 2)
    };
    let ends = |c: char| c.is_whitespace() || "?&;,/@#='\"`(){}[]".contains(c);
    let equals = text.match_indices('=').map(|(at, _)| at).find(|at| {
        let before = text[..*at].trim_end_matches(|c: char| c.is_whitespace() || "'\"`".contains(c));
        is_secret(before.rsplit(ends).next().unwrap_or_default())
    })?;
    Some(equals + 1..text.len())
}

/// Percent-encoded text as plain text; what is no code stays as it is.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                plain.push(byte);
                at += 3;
            }
            _ => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each holds the password `hunter2`, or one that begins and ends so.
    #[test]
    fn no_spelling_shows_the_password() {
        let spellings = [
            ("postgres://reeve:hunter2@db/reeve", "postgres://reeve:***@db/reeve"),
            ("postgres://reeve:hunter2@db:5432/reeve?sslmode=on", "postgres://reeve:***@db:5432/reeve?sslmode=on"),
            ("postgres://reeve:hunter2@/reeve", "postgres://reeve:***@/reeve"),
            ("postgres://:hunter2@db/reeve", "postgres://:***@db/reeve"),
            ("postgres://reeve:hunter2/hunter2@db/reeve", "postgres://reeve:***@db/reeve"),
            ("postgres://reeve:hunter2?hunter2#hunter2@db", "postgres://reeve:***@db"),
            ("postgres://reeve:hunter2@hunter2:hunter2@db/reeve", "postgres://reeve:***@db/reeve"),
            ("postgres://reeve@corp.example:hunter2@db/reeve", "postgres://reeve@corp.example:***@db/reeve"),
            ("postgres://reeve%3Ahunter2@db/reeve", "postgres://reeve%3A***@db/reeve"),
            ("postgres:///reeve:hunter2@db/reeve", "postgres:///reeve:***@db/reeve"),
            ("postgres:reeve:hunter2@db/reeve", "postgres:reeve:***@db/reeve"),
            ("postgres://reeve:hunter2", "postgres://reeve:***"),
            ("postgres://reeve@db/reeve?password=hunter2", "postgres://reeve@db/reeve?password=***"),
            ("postgres://db/reeve?user=reeve&PASSWORD=hunter2", "postgres://db/reeve?user=reeve&PASSWORD=***"),
            ("postgres://db/reeve?pass%77ord=hunter2&hunter2=1", "postgres://db/reeve?pass%77ord=***"),
            ("postgres://db/reeve?sslpassword=hunter2/@:hunter2", "postgres://db/reeve?sslpassword=***"),
            ("postgres://reeve:hunter2@db/reeve?password=hunter2@hunter2", "postgres://reeve:***"),
            (
                "jdbc:mysql://db:3306/hive?user=hive&password=hunter2",
                "jdbc:mysql://db:3306/hive?user=hive&password=***",
            ),
            ("jdbc:sqlserver://db:1433;user=sa;pwd=hunter2;x=1", "jdbc:sqlserver://db:1433;user=sa;pwd=***"),
            ("host=db user=reeve password='hunter2 hunter2'", "host=db user=reeve password=***"),
            ("host=db user=reeve password = hunter2", "host=db user=reeve password =***"),
            ("https://db/?api_key=hunter2", "https://db/?api_key=***"),
            ("https://db/?access-token=hunter2", "https://db/?access-token=***"),
            ("thrift://hive:hunter2@a:9083", "thrift://hive:***@a:9083"),
            (
                r#"invalid type: string "postgres://u:hunter2@h", expected"#,
                r#"invalid type: string "postgres://u:***@h", expected"#,
            ),
        ];
        for (url, masked) in spellings {
            let secret = SecretUrl::from(url);
            assert_eq!(secret.to_string(), masked, "{url}");
            assert_eq!(format!("{secret:?}"), format!("{masked:?}"), "{url}");
            assert!(!secret.clean(&format!("cannot read {url}: no database hunter2/hunter2")).contains("hunter2"));
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for url in [
            "postgres://reeve@db:5432/reeve",
            "postgres://db/reeve?sslmode=require",
            "postgres://reeve@[::1]:5432/reeve",
            "postgres://[::1]:5432/reeve",
            "sqlite:///a/b@c:d.db",
            "sqlite:///var/lib/reeve.db?mode=ro",
            "thrift://hive.example.com:9083",
            "hdfs://nn/a:b",
            "two sources are named `a`: give each a name of its own",
        ] {
            assert_eq!(SecretUrl::from(url).to_string(), url);
            assert_eq!(SecretUrl::from(url).clean("no such host"), "no such host");
        }
    }

    proptest! {
        /// Whatever signs a password is made of, and wherever it stands.
        #[test]
        fn no_password_is_shown(password in "[ -~가-힣]{4,24}", place in 0..6_usize) {
            let (before, after) = [
                ("postgres://reeve:", "@db:5432/reeve"),
                ("postgres://reeve:", "@db:5432/reeve?sslmode=require"),
                ("postgres://reeve@db/reeve?password=", ""),
                ("postgres://reeve@db/reeve?sslpassword=", "&sslmode=require"),
                ("mysql://u:x@db/hive?pwd=", ""),
                ("host=db user=reeve password=", " port=1"),
            ][place];
            prop_assume!(!format!("cannot connect to {before}***{after}: no database ***").contains(&password));
            let url = SecretUrl::from(format!("{before}{password}{after}"));
            let message = format!("cannot connect to {}: no database {password}", url.expose());
            for told in [url.to_string(), format!("{url:?}"), url.clean(&message)] {
                prop_assert!(!told.contains(&password), "{told}");
            }
        }

        #[test]
        fn nothing_makes_it_panic(text in ".{0,60}", close in "[a-z]{0,8}(://|:|=)?[%a-z0-9:@/?&=\\[\\]가]{0,30}") {
            for text in [text, close] {
                let url = SecretUrl::from(text.as_str());
                let _ = (url.to_string(), url.clean(&text));
            }
        }
    }
}
