//! Databases that only some people may know of.

/// A rule that hides databases.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HiddenRule {
    /// Names in lower case, where `*` is any characters.
    pub databases: Vec<String>,
    /// Of this source only.
    pub source: Option<String>,
}

/// What does not exist for somebody; for most people that is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hidden(pub Vec<HiddenRule>);

impl Hidden {
    pub const NOTHING: Self = Self(Vec::new());

    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    pub fn hides(&self, source: &str, database: &str) -> bool {
        self.0.iter().any(|rule| {
            rule.source.as_deref().is_none_or(|of| of == source)
                && rule.databases.iter().any(|pattern| glob(pattern, &database.to_lowercase()))
        })
    }
}

/// Whether `text` is `pattern`, where `*` is any characters.
pub fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{Hidden, HiddenRule, glob};

    #[test]
    fn stars() {
        assert!(
            glob("mart*", "mart_order") && glob("*order*", "mart_order_x") && glob("a*b*c", "axxbyyc") && glob("*", "")
        );
        assert!(!glob("mart*", "dmart") && !glob("a*b*c", "axxc") && !glob("mart", "marts") && !glob("*ab", "a"));
    }

    #[test]
    fn a_rule_hides_by_name_and_source() {
        let rule =
            |source: Option<&str>| HiddenRule { databases: vec!["hr_*".to_owned()], source: source.map(str::to_owned) };
        let everywhere = Hidden(vec![rule(None)]);
        assert!(everywhere.hides("prod", "HR_pay") && !everywhere.hides("prod", "hr"));
        let of_prod = Hidden(vec![rule(Some("prod"))]);
        assert!(of_prod.hides("prod", "hr_pay") && !of_prod.hides("legacy", "hr_pay"));
        assert!(!Hidden::NOTHING.hides("prod", "hr_pay"));
    }
}
