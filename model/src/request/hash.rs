//! What a vote is bound to: one hash over what is asked for, of what, and on which facts.

use super::facts::{Facts, Subject};
use super::kind::Content;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// SHA-256, hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct ContentHash(pub String);

/// Of kind, subject, all that is asked for, and the facts. The name of the subject is not part of it: its number is.
pub fn content_hash(subject: &Subject, content: &Content, facts: &Facts) -> ContentHash {
    hash(&format!("request 1\n{:?}\n{}\n{}\n", subject.asset, canonical(content), canonical(facts)))
}

/// Of the facts alone: whoever decides on changed ground says which facts he has seen.
pub fn facts_hash(facts: &Facts) -> ContentHash {
    hash(&format!("facts 1\n{}\n", canonical(facts)))
}

fn hash(text: &str) -> ContentHash {
    ContentHash(Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// As JSON without blanks, keys in the order of their bytes; it holds no fractions, so that there is one way to write it.
fn canonical(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).expect("plain data with text keys");
    let mut text = String::new();
    write(&value, &mut text).expect("a String takes all");
    text
}

fn write(value: &Value, to: &mut String) -> fmt::Result {
    use fmt::Write;
    match value {
        Value::Array(all) => {
            to.push('[');
            for one in all {
                write(one, to)?;
                to.push(',');
            }
            to.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            to.push('{');
            for (name, one) in fields {
                write!(to, "{}:", Value::String(name.clone()))?;
                write(one, to)?;
                to.push(',');
            }
            to.push('}');
        }
        plain => write!(to, "{plain}")?,
    }
    Ok(())
}
