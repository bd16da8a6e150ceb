use super::Every;
use super::providers::{LdapConfig, OidcConfig, SpnegoConfig};
use reeve_model::permission::{Actor, Role};
use reeve_model::visibility::{Hidden, HiddenRule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who may come in, and for how long.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuthConfig {
    /// A session ends when it was not used for so long.
    pub idle: Every,
    /// A session ends so long after the sign-in, used or not.
    pub absolute: Every,
    /// Roles that the members of a group have, besides those assigned.
    pub roles: Vec<GroupRole>,
    /// Databases that do not exist for anyone but the members of named groups: not on pages, not in search, suggestions,
    /// counts or history.
    pub hidden: Vec<HiddenDatabases>,
    /// Accounts of Reeve's own.
    pub local: LocalConfig,
    /// Lets anyone in as one of these people, without a password: for a demo, and nothing else. It is refused where the
    /// portal can be reached from another machine, reads a source of one, or has a real account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo: Option<DemoConfig>,
    /// Directories whose people sign in with their password there; local accounts go before them, and they go in this order.
    pub ldap: Vec<LdapConfig>,
    /// OpenID providers, each with a button on the sign-in page.
    pub oidc: Vec<OidcConfig>,
    /// Kerberos tickets that browsers have already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spnego: Option<SpnegoConfig>,
}

/// `[[auth.hidden]]`: databases for the members of some groups only.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HiddenDatabases {
    /// Names, where `*` is any characters: `hr_*`.
    pub databases: Vec<String>,
    /// Of this source only; absent: of every source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whose members may know of them, as the directory or the provider names the groups.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Logins that may know of them besides.
    #[serde(default)]
    pub people: Vec<String>,
}

/// `[auth.local]`: accounts with a password that Reeve keeps (argon2id).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LocalConfig {
    /// Whether those who have a password here may sign in with it.
    pub enabled: bool,
}

/// `[auth.demo]`
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoConfig {
    /// Logins of those whom one may be.
    pub people: Vec<String>,
}

impl AuthConfig {
    /// What does not exist for this one; for the command line everything does.
    pub fn hidden_from(&self, actor: &Actor) -> Hidden {
        if actor.person.is_none() {
            return Hidden::NOTHING;
        }
        let may_know = |rule: &&HiddenDatabases| {
            rule.groups.iter().any(|group| actor.groups.contains(group)) || rule.people.contains(&actor.login)
        };
        let hidden = self.hidden.iter().filter(|rule| !may_know(rule)).map(|rule| HiddenRule {
            databases: rule.databases.iter().map(|name| name.to_lowercase()).collect(),
            source: rule.source.clone(),
        });
        Hidden(hidden.collect())
    }
}

impl Default for LocalConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// A role for the members of groups, as the directory or the provider names them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupRole {
    #[schemars(with = "String")]
    pub role: Role,
    pub groups: Vec<String>,
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            idle: Every { seconds: 8 * 3600 },
            absolute: Every { seconds: 24 * 3600 },
            roles: Vec::new(),
            hidden: Vec::new(),
            local: LocalConfig::default(),
            demo: None,
            ldap: Vec::new(),
            oidc: Vec::new(),
            spnego: None,
        }
    }
}

impl AuthConfig {
    /// Whether anybody signs in with a password: here, or in a directory.
    pub fn has_passwords(&self) -> bool {
        self.local.enabled || !self.ldap.is_empty()
    }
}
