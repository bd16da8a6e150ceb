//! From names of other systems to people, teams and service accounts: Hadoop principals, Unix users, mail addresses and LDAP
//! names, by ordered rules of which the first that matches counts. `auth_to_local` is read as Hadoop reads it
//! (`org.apache.hadoop.security.authentication.util.KerberosName`).

use crate::AssetId;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// One line of the ordered list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rule {
    pub kind: RuleKind,
    pub pattern: String,
    pub target: TargetKind,
    /// What the target is called; `$name` and the names of groups in a regular expression stand for what they matched.
    /// Empty where the target has no name.
    pub value: String,
}

/// What a pattern is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RuleKind {
    /// The whole name, letter by letter.
    Exact,
    /// A regular expression that is found anywhere in the name: `^etl_(?<team>[a-z]+)@PROD`.
    Regex,
    /// A rule of `hadoop.security.auth_to_local`, or `DEFAULT@REALM`; `$name` is the short name that it gives.
    AuthToLocal,
    /// A name without realm, host and domain; `*` stands for anything.
    UnixUser,
    /// `*@example.co.kr`
    Mail,
    /// `uid=*,ou=people,dc=example`: `$name` is what stands for `*`.
    Dn,
    /// `user/something`: `$name` is the user. The pattern is that of what stands behind the slash.
    Proxy,
}

/// What a name is then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TargetKind {
    /// Who has this login.
    PersonByLogin,
    PersonByMail,
    PersonByNumber,
    /// By its address or its title.
    Team,
    /// A machine's account that this team answers for.
    ServiceOfTeam,
    /// An account of the platform, of which nobody is the owner: later rules are not asked.
    Nobody,
}

/// Who there is.
pub trait Who {
    fn by_login(&self, login: &str) -> Option<AssetId>;
    fn by_mail(&self, mail: &str) -> Option<AssetId>;
    fn by_number(&self, number: &str) -> Option<AssetId>;
    fn team(&self, name: &str) -> Option<AssetId>;
}

/// A rule that can be used.
#[derive(Debug)]
pub struct Compiled {
    rule: Rule,
    pattern: Pattern,
}

#[derive(Debug)]
enum Pattern {
    Exact(String),
    Regex(Regex),
    AuthToLocal(AuthToLocal),
    UnixUser(Glob),
    Mail(Glob),
    Dn(Glob),
    Proxy(Glob),
}

/// What a name is, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// Place of the rule that decided, from 1; `None` where none matched.
    pub rule: Option<usize>,
    pub outcome: Outcome,
    /// What each rule up to there said.
    pub steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Person(AssetId),
    Team(AssetId),
    ServiceOfTeam(AssetId),
    /// A rule says that it is nobody's.
    Nobody,
    /// No rule knows it.
    Unknown,
}

/// What one rule said of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    NoMatch,
    /// It matches, and there is no such person or team: the next rule is asked.
    NotThere {
        value: String,
    },
    Matches {
        value: String,
    },
}

impl Outcome {
    pub fn asset(self) -> Option<AssetId> {
        match self {
            Self::Person(id) | Self::Team(id) | Self::ServiceOfTeam(id) => Some(id),
            Self::Nobody | Self::Unknown => None,
        }
    }
}

impl Rule {
    /// # Errors
    /// Says what of the pattern cannot be read, or not translated from Java.
    pub fn compile(&self) -> Result<Compiled, String> {
        let pattern = self.pattern.trim();
        if pattern.is_empty() {
            return Err("the pattern is empty".to_owned());
        }
        let value = self.value.trim();
        if value.is_empty() != (self.target == TargetKind::Nobody) {
            return Err(match self.target {
                TargetKind::Nobody => "nobody has no name".to_owned(),
                _ => "what it is then has no name: write it, or $name".to_owned(),
            });
        }
        let pattern = match self.kind {
            RuleKind::Exact => Pattern::Exact(pattern.to_owned()),
            RuleKind::Regex => Pattern::Regex(regex(pattern)?),
            RuleKind::AuthToLocal => Pattern::AuthToLocal(AuthToLocal::parse(pattern)?),
            RuleKind::UnixUser => Pattern::UnixUser(Glob::new(pattern)),
            RuleKind::Mail => Pattern::Mail(Glob::new(pattern)),
            RuleKind::Dn => Pattern::Dn(Glob::new(&plain_dn(pattern))),
            RuleKind::Proxy => Pattern::Proxy(Glob::new(pattern)),
        };
        let compiled = Compiled { rule: self.clone(), pattern };
        if let Some(unknown) = variables(value).into_iter().find(|name| !compiled.knows(name)) {
            return Err(format!("${unknown} stands for nothing: the pattern has no such group"));
        }
        Ok(compiled)
    }
}

/// A regular expression; Java's look-around and back-references have no translation.
fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| {
        let told = error.to_string();
        let last = told.lines().last().unwrap_or_default();
        format!("not a regular expression: {}", last.trim_start_matches("error: "))
    })
}

/// Resolves a name by compiled rules, in their order.
pub fn resolve(name: &str, rules: &[Compiled], who: &dyn Who) -> Resolution {
    let name = name.trim();
    let mut steps = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let Some(value) = rule.value(name) else {
            steps.push(Step::NoMatch);
            continue;
        };
        let outcome = match rule.rule.target {
            TargetKind::Nobody => Some(Outcome::Nobody),
            TargetKind::PersonByLogin => who.by_login(&value).map(Outcome::Person),
            TargetKind::PersonByMail => who.by_mail(&value).map(Outcome::Person),
            TargetKind::PersonByNumber => who.by_number(&value).map(Outcome::Person),
            TargetKind::Team => who.team(&value).map(Outcome::Team),
            TargetKind::ServiceOfTeam => who.team(&value).map(Outcome::ServiceOfTeam),
        };
        match outcome {
            None => steps.push(Step::NotThere { value }),
            Some(outcome) => {
                steps.push(Step::Matches { value });
                return Resolution { rule: Some(place + 1), outcome, steps };
            }
        }
    }
    Resolution { rule: None, outcome: Outcome::Unknown, steps }
}

impl Compiled {
    /// In the place of a rule that cannot be used: it matches no name.
    pub fn nothing(rule: &Rule) -> Self {
        Self { rule: rule.clone(), pattern: Pattern::Exact(String::new()) }
    }

    fn knows(&self, variable: &str) -> bool {
        match &self.pattern {
            Pattern::Regex(regex) => regex.capture_names().flatten().any(|name| name == variable),
            Pattern::Exact(_) => false,
            _ => variable == "name",
        }
    }

    /// What the target is called for this name; `None` where the pattern does not match.
    fn value(&self, name: &str) -> Option<String> {
        let template = self.rule.value.trim();
        let filled = |found: &str| expand(template, |variable| (variable == "name").then(|| found.to_owned()));
        match &self.pattern {
            Pattern::Exact(exact) => (exact == name).then(|| template.to_owned()),
            Pattern::Regex(regex) => {
                let captures = regex.captures(name)?;
                Some(expand(template, |variable| captures.name(variable).map(|found| found.as_str().to_owned())))
            }
            Pattern::AuthToLocal(rule) => match rule.short_name(&KerberosName::parse(name).ok()?) {
                Some(Ok(short)) => Some(filled(&short)),
                _ => None,
            },
            Pattern::UnixUser(glob) => {
                let is_plain = !name.contains(['@', '/', '=', ',']);
                (is_plain && glob.matches(name).is_some()).then(|| filled(name))
            }
            Pattern::Mail(glob) => (is_mail(name) && glob.matches(name).is_some()).then(|| filled(name)),
            Pattern::Dn(glob) => glob.matches(&plain_dn(name)).map(|found| filled(&found)),
            Pattern::Proxy(glob) => {
                let principal = KerberosName::parse(name).ok()?;
                glob.matches(principal.second.as_deref()?)?;
                Some(filled(&principal.first))
            }
        }
    }
}

fn is_mail(name: &str) -> bool {
    name.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !name.contains(['/', '=', ' ']) && !domain.contains('@')
    })
}

/// A DN as it is compared here: no spaces around commas, lower case.
fn plain_dn(text: &str) -> String {
    text.split(',').map(|part| part.trim().to_lowercase()).collect::<Vec<_>>().join(",")
}

/// The names behind `$`, also in braces: `$team`, `${team}`.
fn variables(template: &str) -> Vec<&str> {
    static VARIABLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?").ok());
    let found = VARIABLE.iter().flat_map(|regex| regex.captures_iter(template));
    found.filter_map(|captures| captures.get(1).map(|name| name.as_str())).collect()
}

fn expand(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut names = variables(template);
    // The longest first: `$team` is no `$te`.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut text = template.to_owned();
    for name in names {
        let found = value(name).unwrap_or_default();
        text = text.replace(&format!("${{{name}}}"), &found).replace(&format!("${name}"), &found);
    }
    text
}

/// A text with at most one `*`, compared without regard to case.
#[derive(Debug)]
struct Glob {
    before: String,
    after: Option<String>,
}

impl Glob {
    fn new(pattern: &str) -> Self {
        let pattern = pattern.to_lowercase();
        match pattern.split_once('*') {
            None => Self { before: pattern, after: None },
            Some((before, after)) => Self { before: before.to_owned(), after: Some(after.to_owned()) },
        }
    }

    /// What stands for `*`, or the whole where there is none.
    fn matches(&self, text: &str) -> Option<String> {
        let text = text.to_lowercase();
        match &self.after {
            None => (text == self.before).then_some(text),
            Some(after) => {
                let found = text.strip_prefix(&self.before)?.strip_suffix(after.as_str())?;
                (!found.is_empty()).then(|| found.to_owned())
            }
        }
    }
}

/// `first/second@REALM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KerberosName {
    pub first: String,
    pub second: Option<String>,
    pub realm: Option<String>,
}

impl KerberosName {
    /// # Errors
    /// For what has three components, or an empty one.
    pub fn parse(text: &str) -> Result<Self, String> {
        static NAME: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"^([^/@]+)(?:/([^/@]+))?(?:@([^/@]+))?$").ok());
        let captures = NAME.as_ref().and_then(|name| name.captures(text));
        let captures = captures.ok_or_else(|| format!("{text:?} is no principal: user@REALM or service/host@REALM"))?;
        let part = |place: usize| captures.get(place).map(|part| part.as_str().to_owned());
        Ok(Self { first: part(1).unwrap_or_default(), second: part(2), realm: part(3) })
    }

    fn components(&self) -> usize {
        1 + usize::from(self.second.is_some())
    }
}

/// One rule of `hadoop.security.auth_to_local`.
#[derive(Debug)]
pub enum AuthToLocal {
    /// The first component, where the realm is this one; `DEFAULT` alone is no rule of ours, for Reeve has no realm.
    Default { realm: String },
    Rule {
        components: usize,
        format: String,
        whole: Option<Regex>,
        from: Option<Regex>,
        to: String,
        all: bool,
        lower: bool,
    },
}

impl AuthToLocal {
    /// `RULE:[n:format](regex)s/from/to/g/L` or `DEFAULT@REALM`.
    ///
    /// # Errors
    /// Says what cannot be read, or not translated from Java.
    pub fn parse(text: &str) -> Result<Self, String> {
        static RULE: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"^RULE:\[(\d+):([^\]]+)\](?:\(([^)]*)\))?(?:s/([^/]*)/([^/]*)/(g)?)?/?(L)?$").ok()
        });
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("DEFAULT") {
            let realm = rest.strip_prefix('@').filter(|realm| !realm.is_empty());
            let realm =
                realm.ok_or_else(|| "DEFAULT needs the realm that it is for: DEFAULT@EXAMPLE.COM".to_owned())?;
            return Ok(Self::Default { realm: realm.to_owned() });
        }
        let captures = RULE.as_ref().and_then(|rule| rule.captures(text));
        let captures = captures.ok_or_else(|| {
            format!("{text:?} is no rule: RULE:[1:$1@$0](.*@REALM)s/@.*///L, without ) in the expression and / in s///")
        })?;
        let part = |place: usize| captures.get(place).map(|part| part.as_str());
        let components = part(1).and_then(|number| number.parse().ok()).unwrap_or_default();
        if !(1..=2).contains(&components) {
            return Err(format!("[{components}:...]: principals have one component or two"));
        }
        let whole = part(3).map(|pattern| regex(&format!("^(?:{pattern})$"))).transpose()?;
        let from = part(4).map(regex).transpose()?;
        Ok(Self::Rule {
            components,
            format: part(2).unwrap_or_default().to_owned(),
            whole,
            from,
            to: java_replacement(part(5).unwrap_or_default()),
            all: part(6).is_some(),
            lower: part(7).is_some(),
        })
    }

    /// The short name that the rule gives; `None` where it does not apply. Under the mechanism `hadoop` a name with `/` or
    /// `@` in it ends the search with an error.
    pub fn short_name(&self, name: &KerberosName) -> Option<Result<String, String>> {
        match self {
            Self::Default { realm } => (name.realm.as_ref() == Some(realm)).then(|| Ok(name.first.clone())),
            Self::Rule { components, format, whole, from, to, all, lower } => {
                // Without realm and host no rule is asked.
                if *components != name.components() || (name.realm.is_none() && name.second.is_none()) {
                    return None;
                }
                let base = format
                    .replace("$0", name.realm.as_deref().unwrap_or_default())
                    .replace("$1", &name.first)
                    .replace("$2", name.second.as_deref().unwrap_or_default());
                if whole.as_ref().is_some_and(|whole| !whole.is_match(&base)) {
                    return None;
                }
                let mut short = match from {
                    None => base,
                    Some(from) if *all => from.replace_all(&base, to.as_str()).into_owned(),
                    Some(from) => from.replacen(&base, 1, to.as_str()).into_owned(),
                };
                if *lower {
                    short = short.to_lowercase();
                }
                Some(if short.contains(['/', '@']) { Err(short) } else { Ok(short) })
            }
        }
    }
}

/// Java's `$1x` is group 1 and an x; Rust's would be the group "1x".
fn java_replacement(text: &str) -> String {
    static GROUP: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\$(\d)").ok());
    match &*GROUP {
        Some(group) => group.replace_all(text, "$${$1}").into_owned(),
        None => text.to_owned(),
    }
}

/// What is so until an administrator says otherwise: accounts of the platform are nobody's, and a plain name or a mail
/// address is whose it says. Names with a realm are nobody's until a rule says so: the same name in two realms may be two
/// people.
pub fn default_rules() -> Vec<Rule> {
    let rule = |kind, pattern: &str, target, value: &str| Rule {
        kind,
        pattern: pattern.to_owned(),
        target,
        value: value.to_owned(),
    };
    let platform = r"^(hdfs|yarn|mapred|hive|hbase|spark|impala|trino|presto|livy|hue|oozie|zookeeper|kafka|nn|dn|rm|nm|HTTP|root|dr\.who|nobody)(/.*)?(@.*)?$";
    vec![
        rule(RuleKind::Regex, platform, TargetKind::Nobody, ""),
        rule(RuleKind::UnixUser, "*", TargetKind::PersonByLogin, "$name"),
        rule(RuleKind::Mail, "*", TargetKind::PersonByMail, "$name"),
        rule(RuleKind::UnixUser, "*", TargetKind::Team, "$name"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Company;

    impl Who for Company {
        fn by_login(&self, login: &str) -> Option<AssetId> {
            (login == "kim").then_some(AssetId(1))
        }

        fn by_mail(&self, mail: &str) -> Option<AssetId> {
            (mail == "kim@example.co.kr").then_some(AssetId(1))
        }

        fn by_number(&self, number: &str) -> Option<AssetId> {
            (number == "00017").then_some(AssetId(1))
        }

        fn team(&self, name: &str) -> Option<AssetId> {
            (name == "order").then_some(AssetId(9))
        }
    }

    fn rule(kind: RuleKind, pattern: &str, target: TargetKind, value: &str) -> Rule {
        Rule { kind, pattern: pattern.to_owned(), target, value: value.to_owned() }
    }

    fn short(rule: &str, principal: &str) -> Option<Result<String, String>> {
        AuthToLocal::parse(rule).unwrap().short_name(&KerberosName::parse(principal).unwrap())
    }

    fn ok(text: &str) -> Option<Result<String, String>> {
        Some(Ok(text.to_owned()))
    }

    #[test]
    fn principals_are_read_as_hadoop_reads_them() {
        let name = |first: &str, second: Option<&str>, realm: Option<&str>| {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            Ok(KerberosName { first: first.to_owned(), second: owned(second), realm: owned(realm) })
        };
        assert_eq!(KerberosName::parse("kim"), name("kim", None, None));
        assert_eq!(KerberosName::parse("nn/h1@CORP"), name("nn", Some("h1"), Some("CORP")));
        for malformed in ["a/b/c@CORP", "a@b@c", "", "/h@CORP", "a/@CORP"] {
            assert!(KerberosName::parse(malformed).is_err(), "{malformed}");
        }
    }

    #[test]
    fn auth_to_local_gives_what_kerberos_name_gives() {
        assert_eq!(short("DEFAULT@CORP", "kim@CORP"), ok("kim"));
        assert_eq!(short("DEFAULT@CORP", "kim@OTHER"), None);
        assert_eq!(short(r"RULE:[1:$1@$0](.*@AD\.CORP)s/@.*///L", "KIM@AD.CORP"), ok("kim"));
        assert_eq!(short("RULE:[2:$1@$0](nn@CORP)s/.*/hdfs/", "nn/h1@CORP"), ok("hdfs"));
        assert_eq!(short("RULE:[2:$1@$0](nn@CORP)s/.*/hdfs/", "dn/h1@CORP"), None, "the whole text must match");
        assert_eq!(short("RULE:[2:$1@$0](nn@CORP)s/.*/hdfs/", "nn@CORP"), None, "one component is not two");
        assert_eq!(short("RULE:[1:$1]", "kim@CORP"), ok("kim"));
        assert_eq!(short("RULE:[1:$1]", "kim"), None, "a plain name is not asked about");
        assert_eq!(short("RULE:[1:$1]s/a/b/", "aaa@C"), ok("baa"));
        assert_eq!(short("RULE:[1:$1]s/a/b/g", "aaa@C"), ok("bbb"));
        assert_eq!(short("RULE:[1:$1](.*)s/(a)(.)/$1x/", "abc@C"), ok("axc"), "a group and an x, not the group 1x");
        assert_eq!(short("RULE:[1:$1@$0]", "kim@C"), Some(Err("kim@C".to_owned())));
        for wrong in ["DEFAULT", "RULE:[3:$1]", "RULE:[1:$1](a)b)", "RULE:1:$1", r"RULE:[1:$1](?=a)"] {
            assert!(AuthToLocal::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_first_rule_that_matches_counts_and_says_which() {
        let rules = [
            rule(RuleKind::Regex, r"^(hdfs|hive)(/.*)?@", TargetKind::Nobody, ""),
            rule(RuleKind::Exact, "svc_order@PROD.REALM", TargetKind::Team, "order"),
            rule(RuleKind::Regex, "^airflow-(?<team>[a-z_]+)@", TargetKind::ServiceOfTeam, "$team"),
            rule(RuleKind::Regex, "^etl_(?<team>[a-z]+)@PROD", TargetKind::ServiceOfTeam, "${team}"),
            rule(RuleKind::UnixUser, "*", TargetKind::PersonByLogin, "$name"),
            rule(RuleKind::Mail, "*@example.co.kr", TargetKind::PersonByMail, "$name"),
            rule(RuleKind::Dn, "uid=*,ou=People,dc=example", TargetKind::PersonByLogin, "$name"),
            rule(RuleKind::Proxy, "admin", TargetKind::PersonByLogin, "$name"),
            rule(RuleKind::AuthToLocal, r"RULE:[1:$1@$0](.*@AD\.CORP)s/@.*///L", TargetKind::PersonByLogin, "$name"),
        ];
        let compiled: Vec<Compiled> = rules.iter().map(|rule| rule.compile().unwrap()).collect();
        let of = |name: &str| {
            let found = resolve(name, &compiled, &Company);
            (found.rule, found.outcome)
        };
        assert_eq!(of("hive/h7@CORP"), (Some(1), Outcome::Nobody));
        assert_eq!(of("svc_order@PROD.REALM"), (Some(2), Outcome::Team(AssetId(9))));
        assert_eq!(of("etl_order@PROD.REALM"), (Some(4), Outcome::ServiceOfTeam(AssetId(9))));
        assert_eq!(of("etl_cake@PROD.REALM"), (None, Outcome::Unknown), "there is no such team");
        assert_eq!(of("kim"), (Some(5), Outcome::Person(AssetId(1))));
        assert_eq!(of("kim@CORP"), (None, Outcome::Unknown), "whose kim that is no rule says");
        assert_eq!(of("kim@example.co.kr"), (Some(6), Outcome::Person(AssetId(1))));
        assert_eq!(of("UID=Kim, OU=people,DC=example"), (Some(7), Outcome::Person(AssetId(1))));
        assert_eq!(of("kim/admin@CORP"), (Some(8), Outcome::Person(AssetId(1))));
        assert_eq!(of("KIM@AD.CORP"), (Some(9), Outcome::Person(AssetId(1))));
        let found = resolve("etl_cake@PROD", &compiled, &Company);
        assert_eq!(found.steps[3], Step::NotThere { value: "cake".to_owned() });
    }

    #[test]
    fn a_rule_that_cannot_work_says_why() {
        let told: Vec<String> = [
            rule(RuleKind::Regex, "(", TargetKind::Nobody, ""),
            rule(RuleKind::Regex, "(?=a)", TargetKind::Nobody, ""),
            rule(RuleKind::Regex, "a", TargetKind::Team, "$team"),
            rule(RuleKind::Exact, "a", TargetKind::Team, ""),
            rule(RuleKind::Exact, " ", TargetKind::Nobody, ""),
            rule(RuleKind::Exact, "a", TargetKind::Nobody, "b"),
            rule(RuleKind::AuthToLocal, "RULE:[3:$1]", TargetKind::PersonByLogin, "$name"),
        ]
        .iter()
        .map(|rule| rule.compile().err().unwrap_or_else(|| panic!("{rule:?}")))
        .collect();
        insta::assert_snapshot!(told.join("\n"));
        assert!(default_rules().iter().all(|rule| rule.compile().is_ok()));
    }
}
