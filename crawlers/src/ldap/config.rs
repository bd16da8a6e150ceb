use super::connection::Directory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where a directory is and how it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LdapServer")]
pub struct ServerConfig {
    /// `ldaps://ldap.example.com`, or `ldap://ldap.example.com` with `start_tls = true`.
    pub url: String,
    /// Turns to TLS before anything is said (RFC 4513). Where that fails nothing is said at all.
    #[serde(default)]
    pub start_tls: bool,
    /// Allows passwords to cross the network in clear, with `ldap://` and without `start_tls`.
    #[serde(default)]
    pub allow_plain: bool,
    /// PEM file of authorities to trust besides the machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Whom Reeve is in the directory; it only reads. Absent: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bind_dn: Option<String>,
    /// File whose first line is the password of `bind_dn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// Environment variable that holds the password of `bind_dn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
    /// What directory it is: decides what everything else is called there.
    #[serde(default)]
    pub flavour: Flavour,
    /// Seconds to wait for a connection, and for each answer; 1 to 600.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 600))]
    pub timeout_seconds: u64,
    /// Entries asked for at once; Active Directory gives at most 1000.
    #[serde(default = "thousand")]
    #[schemars(range(min = 1, max = 10_000))]
    pub page_size: i32,
}

impl ServerConfig {
    /// Reads password and authorities; connects to nothing yet.
    ///
    /// # Errors
    /// Says which setting is wrong and what would be right.
    pub fn build(&self) -> Result<Directory, String> {
        Directory::new(self)
    }
}

fn ten() -> u64 {
    10
}

fn thousand() -> i32 {
    1000
}

/// Sorts of directories, as far as names and rules differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flavour {
    /// OpenLDAP, 389 Directory Server and others with `inetOrgPerson`.
    #[default]
    Standard,
    ActiveDirectory,
    FreeIpa,
}

/// Which entries are people, and what of them is called how. What is absent is what the flavour calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LdapPeople")]
pub struct PeopleConfig {
    /// Where they lie, with those who left: `ou=people,dc=example,dc=com`.
    pub base: String,
    /// Which of the entries there are people (RFC 4515).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Never changes and is never given twice: `entryUUID`, `objectGUID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// By what an account is known to be disabled, beside what the flavour says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<Disabled>,
}

/// An attribute and the values of it that mean "disabled", without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disabled {
    pub attribute: String,
    pub values: Vec<String>,
}

/// Which entries are groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupsConfig {
    pub base: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The attribute with the DNs of what the group holds: `member`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The attribute by which roles and rules name the group: `cn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What a person's attributes are called in this directory.
#[derive(Clone, Copy, Debug)]
pub struct Names<'c> {
    pub filter: &'c str,
    pub key: &'c str,
    pub login: &'c str,
    pub name: &'c str,
    pub mail: &'c str,
    pub employee_number: &'c str,
    pub department: &'c str,
    pub title: &'c str,
    pub manager: &'c str,
}

impl PeopleConfig {
    pub fn names(&self, flavour: Flavour) -> Names<'_> {
        let named = |own: &'static str, set: fn(&Self) -> &Option<String>| set(self).as_deref().unwrap_or(own);
        let (filter, key, login, number, department) = match flavour {
            Flavour::Standard => {
                ("(objectClass=inetOrgPerson)", "entryUUID", "uid", "employeeNumber", "departmentNumber")
            }
            Flavour::ActiveDirectory => (
                "(&(objectCategory=person)(objectClass=user))",
                "objectGUID",
                "sAMAccountName",
                "employeeID",
                "department",
            ),
            Flavour::FreeIpa => {
                ("(objectClass=posixAccount)", "ipaUniqueID", "uid", "employeeNumber", "departmentNumber")
            }
        };
        Names {
            filter: named(filter, |people| &people.filter),
            key: named(key, |people| &people.key),
            login: named(login, |people| &people.login),
            name: named("displayName", |people| &people.name),
            mail: named("mail", |people| &people.mail),
            employee_number: named(number, |people| &people.employee_number),
            department: named(department, |people| &people.department),
            title: named("title", |people| &people.title),
            manager: named("manager", |people| &people.manager),
        }
    }

    /// Every attribute that is read of a person, and no other.
    pub fn attributes(&self, flavour: Flavour) -> Vec<String> {
        let names = self.names(flavour);
        let of_person = [
            names.key,
            names.login,
            names.name,
            "cn",
            names.mail,
            names.employee_number,
            names.department,
            names.title,
            names.manager,
        ];
        let of_account: &[&str] = match flavour {
            Flavour::Standard => &["pwdAccountLockedTime", "shadowExpire"],
            Flavour::ActiveDirectory => &["userAccountControl", "accountExpires"],
            Flavour::FreeIpa => &["nsAccountLock", "krbPrincipalExpiration"],
        };
        let configured = self.disabled.iter().map(|disabled| disabled.attribute.as_str());
        of_person.into_iter().chain(of_account.iter().copied()).chain(configured).map(str::to_owned).collect()
    }
}

impl GroupsConfig {
    pub fn filter(&self, flavour: Flavour) -> &str {
        self.filter.as_deref().unwrap_or(match flavour {
            Flavour::Standard | Flavour::FreeIpa => "(objectClass=groupOfNames)",
            Flavour::ActiveDirectory => "(objectClass=group)",
        })
    }

    pub fn member(&self) -> &str {
        self.member.as_deref().unwrap_or("member")
    }

    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("cn")
    }
}
