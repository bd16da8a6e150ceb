//! LDAP directories (RFC 4511): what sign-in and the people source have in common.

mod account;
mod config;
mod connection;
mod dn;
mod entry;
mod groups;
mod search;

pub use account::{Account, BindRefusal, account};
pub use config::{Disabled, Flavour, GroupsConfig, PeopleConfig, ServerConfig};
pub use connection::{Bound, Connection, Directory, LdapFailure, isolated};
pub use dn::DnKey;
pub use entry::Entry;
pub use groups::{Group, Nesting, groups_of};
pub use ldap3::{dn_escape, ldap_escape};
pub use search::{Pages, Search};
