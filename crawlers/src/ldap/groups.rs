use super::config::{Flavour, GroupsConfig};
use super::connection::{Connection, Directory, LdapFailure};
use super::dn::DnKey;
use super::search::Search;
use ldap3::ldap_escape;
use std::collections::{HashMap, HashSet};

/// How deep groups may lie in groups.
const DEEPEST: usize = 32;

/// As many groups are asked about in one search.
const AT_ONCE: usize = 50;

/// A group and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub dn: String,
    pub name: String,
    pub members: Vec<String>,
}

/// The names of all groups that hold this entry, directly or in one another, in order. Active Directory finds them in one
/// question (`LDAP_MATCHING_RULE_IN_CHAIN`); elsewhere each level is one.
///
/// # Errors
/// When the directory cannot say all of them: half of somebody's groups is not known to be the better half.
pub async fn groups_of(
    connection: &mut Connection,
    directory: &Directory,
    groups: &GroupsConfig,
    dn: &str,
) -> Result<Vec<String>, LdapFailure> {
    let in_chain = directory.flavour() == Flavour::ActiveDirectory;
    let member = groups.member();
    let attribute = if in_chain { format!("{member}:1.2.840.113556.1.4.1941:") } else { member.to_owned() };
    let mut names = Vec::new();
    let mut known = HashSet::from([DnKey::of(dn)]);
    let mut asked = vec![dn.to_owned()];
    for _ in 0..DEEPEST {
        let mut found = Vec::new();
        for some in asked.chunks(AT_ONCE) {
            let any: String = some.iter().map(|dn| format!("({attribute}={})", ldap_escape(dn.as_str()))).collect();
            let filter = format!("(&{}(|{any}))", groups.filter(directory.flavour()));
            let search = Search::below(&groups.base, filter, &[groups.name()]);
            let mut pages = connection.pages(&search, directory.page_size());
            while let Some(page) = pages.next().await? {
                found.extend(page);
            }
        }
        asked.clear();
        for group in found {
            if known.insert(DnKey::of(&group.dn)) {
                names.extend(group.text(groups.name()));
                asked.push(group.dn);
            }
        }
        if asked.is_empty() || in_chain {
            break;
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// Which group holds which, read whole: for a crawl.
#[derive(Clone, Debug, Default)]
pub struct Nesting {
    /// The groups that hold an entry directly, by its DN.
    holders: HashMap<DnKey, Vec<usize>>,
    groups: Vec<Group>,
}

impl Nesting {
    pub fn new(groups: Vec<Group>) -> Self {
        let mut holders: HashMap<DnKey, Vec<usize>> = HashMap::new();
        for (at, group) in groups.iter().enumerate() {
            for member in &group.members {
                holders.entry(DnKey::of(member)).or_default().push(at);
            }
        }
        Self { holders, groups }
    }

    /// Reads every group of the directory with its members.
    ///
    /// # Errors
    /// When the listing, or that of a group's members, breaks off.
    pub async fn read(
        connection: &mut Connection,
        directory: &Directory,
        groups: &GroupsConfig,
    ) -> Result<Self, LdapFailure> {
        let filter = groups.filter(directory.flavour());
        let search = Search::below(&groups.base, filter, &[groups.name(), groups.member()]);
        let mut entries = Vec::new();
        let mut pages = connection.pages(&search, directory.page_size());
        while let Some(page) = pages.next().await? {
            entries.extend(page);
        }
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            let Some(name) = entry.text(groups.name()) else { continue };
            let members = connection.all_values(&entry, groups.member()).await?;
            all.push(Group { dn: entry.dn, name, members });
        }
        Ok(Self::new(all))
    }

    /// The names of the groups that hold an entry, directly or in one another, in order.
    pub fn names(&self, dn: &str) -> Vec<String> {
        let mut known = HashSet::new();
        let mut asked = vec![DnKey::of(dn)];
        for _ in 0..DEEPEST {
            let holders = asked.iter().flat_map(|dn| self.holders.get(dn).into_iter().flatten().copied());
            let new: Vec<usize> = holders.filter(|at| known.insert(*at)).collect();
            if new.is_empty() {
                break;
            }
            asked = new.into_iter().map(|at| DnKey::of(&self.groups[at].dn)).collect();
        }
        let mut names: Vec<String> = known.into_iter().map(|at| self.groups[at].name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_in_groups_are_found_and_circles_end() {
        let group = |name: &str, members: &[&str]| Group {
            dn: format!("cn={name},ou=groups,dc=c"),
            name: name.to_owned(),
            members: members.iter().map(|member| format!("{member},dc=c")).collect(),
        };
        let nesting = Nesting::new(vec![
            group("team", &["uid=kim,ou=people"]),
            group("division", &["CN=Team,OU=Groups", "uid=lee,ou=people"]),
            group("가", &["cn=나,ou=groups"]),
            group("나", &["cn=가,ou=groups", "uid=lee,ou=people"]),
        ]);
        assert_eq!(nesting.names("UID=Kim, OU=People, DC=C"), ["division", "team"]);
        assert_eq!(nesting.names("uid=lee,ou=people,dc=c"), ["division", "가", "나"]);
        assert!(nesting.names("uid=nobody,dc=c").is_empty());
    }

    #[test]
    fn nesting_has_a_floor() {
        let groups = (0..100).map(|at| Group {
            dn: format!("cn=g{at}"),
            name: format!("g{at}"),
            members: vec![if at == 0 { "uid=kim".to_owned() } else { format!("cn=g{}", at - 1) }],
        });
        assert_eq!(Nesting::new(groups.collect()).names("uid=kim").len(), DEEPEST);
    }
}
