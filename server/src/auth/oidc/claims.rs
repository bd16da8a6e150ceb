//! What a provider says of somebody, in the shapes that providers say it in.

use crate::config::ClaimsConfig;
use serde_json::{Map, Value};

pub(super) type Claims = Map<String, Value>;

/// No name or login is longer than that.
const LONGEST: usize = 200;

/// A claim by its name, or by the path to it: `realm_access.roles`. A name with dots in it goes before a path.
pub(super) fn claim<'c>(claims: &'c Claims, name: &str) -> Option<&'c Value> {
    if let Some(found) = claims.get(name) {
        return Some(found).filter(|value| !value.is_null());
    }
    let (first, rest) = name.split_once('.')?;
    claim(claims.get(first)?.as_object()?, rest)
}

/// A claim that is one text, or a number.
pub(super) fn text(claims: &Claims, name: &str) -> Option<String> {
    let text = match claim(claims, name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

/// Groups as an array, as one text or as a list with commas. `None` where the provider says nothing of them, which is
/// not the same as none.
pub(super) fn groups(claims: &Claims, config: &ClaimsConfig) -> Option<Vec<String>> {
    let mut groups: Vec<String> = match claim(claims, &config.groups)? {
        Value::Array(values) => values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        // A DN has commas of its own.
        Value::String(text) if text.contains('=') => vec![text.clone()],
        Value::String(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        _ => return None,
    };
    groups.retain(|name| !name.is_empty() && !name.contains('\0'));
    groups.sort();
    groups.dedup();
    Some(groups)
}

/// Entra names over 200 groups by an address instead: whoever follows that sends his token where another says.
pub(super) fn too_many_groups(claims: &Claims, config: &ClaimsConfig) -> bool {
    claims.get("_claim_names").and_then(Value::as_object).is_some_and(|names| names.contains_key(&config.groups))
}

/// `true` and, of some, `"true"`; whatever else there is or is not means no.
pub(super) fn is_true(claims: &Claims, name: &str) -> bool {
    claim(claims, name).is_some_and(|value| *value == Value::Bool(true) || *value == "true")
}

/// Whether the token leaves out something that userinfo may have.
pub(super) fn has_gaps(claims: &Claims, config: &ClaimsConfig) -> bool {
    let number = config.employee_number.as_deref();
    let wanted = [config.login.as_str(), &config.name, &config.mail, &config.groups].into_iter().chain(number);
    wanted.into_iter().any(|name| claim(claims, name).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Value) -> Claims {
        match value {
            Value::Object(claims) => claims,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn groups_of_every_shape() {
        let named = |groups: &str| ClaimsConfig { groups: groups.to_owned(), ..ClaimsConfig::default() };
        let read = |value: Value, name: &str| groups(&of(value), &named(name));
        let some = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(read(json!({"groups": ["b", "a", "b"]}), "groups"), some(&["a", "b"]));
        assert_eq!(read(json!({"groups": "one"}), "groups"), some(&["one"]));
        assert_eq!(read(json!({"groups": "a, b,,c"}), "groups"), some(&["a", "b", "c"]));
        assert_eq!(read(json!({"groups": "CN=a,DC=b"}), "groups"), some(&["CN=a,DC=b"]));
        assert_eq!(read(json!({"realm_access": {"roles": ["r"]}}), "realm_access.roles"), some(&["r"]));
        assert_eq!(
            read(json!({"https://corp.example/groups": ["/a/b"]}), "https://corp.example/groups"),
            some(&["/a/b"])
        );
        assert_eq!(read(json!({"groups": []}), "groups"), some(&[]));
        for absent in [json!({}), json!({"groups": null}), json!({"groups": 7}), json!({"realm_access": {}})] {
            assert_eq!(read(absent, "groups"), None);
        }
        let entra =
            of(json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://x"}}}));
        assert!(too_many_groups(&entra, &named("groups")) && !too_many_groups(&of(json!({})), &named("groups")));
    }

    #[test]
    fn a_mail_address_is_verified_only_where_that_is_said() {
        for (value, verified) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(false), false),
            (json!("yes"), false),
            (json!(1), false),
        ] {
            assert_eq!(is_true(&of(json!({"email_verified": value})), "email_verified"), verified);
        }
        assert!(!is_true(&Claims::new(), "email_verified"));
        assert_eq!(text(&of(json!({"n": 900001})), "n").as_deref(), Some("900001"));
        assert_eq!(text(&of(json!({"n": " 김\u{0}철수\n"})), "n").as_deref(), Some("김철수"));
        assert_eq!(text(&of(json!({"n": ["a"], "e": " "})), "n").or(text(&of(json!({"e": " "})), "e")), None);
    }
}
