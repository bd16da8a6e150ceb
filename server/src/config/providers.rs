//! Who vouches for people: directories and OpenID providers.

use reeve_crawlers::Secret;
use reeve_crawlers::ldap::{GroupsConfig, PeopleConfig, ServerConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::path::PathBuf;

/// A directory whose people sign in with their password there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapConfig {
    /// Short name, kept for good: with the key of an entry it is who somebody is. Letters, digits, `-` and `_`.
    pub name: String,
    pub server: ServerConfig,
    /// Which entries may sign in, and what of them is called how.
    pub people: PeopleConfig,
    /// Which entries are groups: `[auth] roles` names them. Absent: none are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupsConfig>,
    /// The mail address in the directory is proof enough of who somebody is.
    #[serde(default = "yes")]
    pub trust_mail: bool,
}

fn yes() -> bool {
    true
}

/// An OpenID provider: Keycloak, ADFS, Entra ID and their kin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// Short name, kept for good. It stands in the address to register there:
    /// `https://catalog.example.com/sign-in/oidc/NAME/callback`. Letters, digits, `-` and `_`.
    pub name: String,
    /// What the button on the sign-in page says: `company account`. Absent: the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// As the provider's discovery has it, to the letter: `https://login.example.com/realms/corp`.
    pub issuer: String,
    pub client_id: String,
    /// Better in a file or an environment variable.
    #[serde(default, skip_serializing, deserialize_with = "secret")]
    #[schemars(with = "Option<String>")]
    pub client_secret: Option<Secret>,
    /// File whose first line is the client's secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// Environment variable that holds the client's secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_env: Option<String>,
    /// What is asked for.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    #[serde(default)]
    pub claims: ClaimsConfig,
    /// A mail address that the provider calls verified is proof enough of who somebody is.
    #[serde(default)]
    pub trust_mail: bool,
    /// Only members of one of these come in. Empty: whoever the provider lets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_groups: Vec<String>,
    /// What the token leaves out is asked for at the provider's userinfo.
    #[serde(default = "yes")]
    pub userinfo: bool,
    /// Whoever signs out here signs out there.
    #[serde(default = "yes")]
    pub sign_out_there: bool,
    /// PEM file of authorities to trust besides the machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Seconds to wait for each answer; 1 to 60.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 60))]
    pub timeout_seconds: u64,
}

/// Which claims say what of a person. A path goes into objects: `realm_access.roles`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimsConfig {
    pub login: String,
    pub name: String,
    pub mail: String,
    pub groups: String,
    /// Stays with a person for life: by it he is known to be who the HR table has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_number: Option<String>,
}

impl Default for ClaimsConfig {
    fn default() -> Self {
        Self {
            login: "preferred_username".to_owned(),
            name: "name".to_owned(),
            mail: "email".to_owned(),
            groups: "groups".to_owned(),
            employee_number: None,
        }
    }
}

impl OidcConfig {
    /// The client's secret; a public client has none.
    ///
    /// # Errors
    /// When several are given, or the named file or variable is not there.
    pub fn secret(&self) -> Result<Option<Secret>, String> {
        let (file, variable) = (self.client_secret_file.as_deref(), self.client_secret_env.as_deref());
        match &self.client_secret {
            Some(_) if file.is_some() || variable.is_some() => {
                Err("give one of client_secret, client_secret_file and client_secret_env".to_owned())
            }
            Some(secret) => Ok(Some(secret.clone())),
            None => Secret::from_file_or_env("client", file, variable)
                .map_err(|error| error.replace("password_", "client_secret_")),
        }
    }
}

fn secret<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(input)?.map(Secret::from))
}

fn scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).to_vec()
}

fn ten() -> u64 {
    10
}

/// `[auth.spnego]`: who is signed in to his machine by Kerberos comes in without a password (RFC 4559).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpnegoConfig {
    /// File with the key of `service`.
    pub keytab: PathBuf,
    /// Whose tickets are accepted: only of this realm, to the letter.
    pub realm: String,
    /// What browsers ask a ticket for. Absent: `HTTP/` and the host of `[server] external_url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The `[[auth.ldap]]` in which `kim@REALM` is looked up as `kim`: he is the same person by either way, with his groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
}
