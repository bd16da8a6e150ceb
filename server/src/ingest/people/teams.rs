//! Teams, from the departments that sources have: one tree, with circles cut and orphans named.

use reeve_model::AssetId;
use reeve_model::person::{Authority, Department, tree};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A team as sources have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TeamDraft {
    /// Source and key of the department that it is: `hr/3120`.
    pub(super) source_key: String,
    pub(super) key: String,
    pub(super) title: String,
    /// Place among the teams.
    pub(super) parent: Option<usize>,
    pub(super) parent_missing: Option<String>,
    pub(super) is_cut: bool,
    /// Source, and how it names the person.
    pub(super) lead_name: Option<(String, String)>,
    /// Place among the people.
    pub(super) lead: Option<usize>,
}

/// Teams, and which department is which of them.
#[derive(Debug)]
pub(super) struct TeamKeys {
    pub(super) teams: Vec<TeamDraft>,
    by_key: HashMap<(String, String), usize>,
}

impl TeamKeys {
    pub(super) fn place(&self, source: &str, key: &str) -> Option<usize> {
        self.by_key.get(&(source.to_owned(), key.to_owned())).copied()
    }
}

/// One team for each department. A department that another source has too, by key or else by title, is the team of the
/// source that goes first.
pub(super) fn team_drafts(departments: &[(String, Department)], authority: &Authority) -> TeamKeys {
    let mut by_source: BTreeMap<(usize, &str), Vec<&Department>> = BTreeMap::new();
    for (source, department) in departments {
        let place = authority.sources.iter().position(|one| one == source).unwrap_or(usize::MAX);
        by_source.entry((place, source)).or_default().push(department);
    }
    let mut teams: Vec<TeamDraft> = Vec::new();
    let mut by_key = HashMap::new();
    let (mut keys, mut titles): (HashMap<String, usize>, HashMap<String, usize>) = (HashMap::new(), HashMap::new());
    for ((_, source), of_source) in by_source {
        let tree = tree(of_source.iter().map(|one| (one.key.as_str(), one.parent.as_deref())));
        let missing: HashMap<&str, &str> =
            tree.orphans.iter().map(|(node, parent)| (node.as_str(), parent.as_str())).collect();
        let first = teams.len();
        let mut parents: Vec<Option<&str>> = Vec::new();
        let (mut new_keys, mut new_titles) = (Vec::new(), Vec::new());
        for one in &of_source {
            let known = keys.get(&one.key.to_lowercase()).or_else(|| titles.get(&one.title.to_lowercase()));
            let place = known.copied().unwrap_or(teams.len());
            by_key.insert((source.to_owned(), one.key.clone()), place);
            if place < teams.len() {
                continue;
            }
            new_keys.push((one.key.to_lowercase(), place));
            new_titles.push((one.title.to_lowercase(), place));
            parents.push(tree.parents.get(&one.key).and_then(Option::as_deref));
            teams.push(TeamDraft {
                source_key: format!("{source}/{}", one.key),
                key: one.key.clone(),
                title: one.title.clone(),
                parent: None,
                parent_missing: missing.get(one.key.as_str()).map(|parent| (*parent).to_owned()),
                is_cut: tree.cut.contains(&one.key),
                lead_name: one.lead.as_ref().map(|lead| (source.to_owned(), lead.clone())),
                lead: None,
            });
        }
        for (place, parent) in (first..).zip(parents) {
            teams[place].parent =
                parent.and_then(|parent| by_key.get(&(source.to_owned(), parent.to_owned())).copied());
        }
        // Two departments of one source may have one title: only other sources' are known by it.
        keys.extend(new_keys);
        for (title, place) in new_titles {
            titles.entry(title).or_insert(place);
        }
    }
    TeamKeys { teams, by_key }
}

/// The address of a new team: its title in letters that need no encoding but Korean's.
pub(super) fn address(draft: &TeamDraft, taken: &mut HashSet<String>) -> String {
    let plain = |text: &str| {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    };
    let title = plain(&draft.title);
    let key = plain(&draft.key);
    let title = if title.is_empty() { key.clone() } else { title };
    let title = if title.is_empty() { "team".to_owned() } else { title };
    if taken.insert(title.clone()) {
        return title;
    }
    let mut name = format!("{title}-{key}");
    let mut next = 1;
    while !taken.insert(name.clone()) {
        next += 1;
        name = format!("{title}-{key}-{next}");
    }
    name
}

/// A team as the catalog has it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct StoredTeam {
    pub(super) id: AssetId,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) parent_id: Option<AssetId>,
    pub(super) lead_id: Option<AssetId>,
    pub(super) source_key: Option<String>,
    pub(super) is_deleted: bool,
    pub(super) parent_missing: Option<String>,
    pub(super) is_cut: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn department(key: &str, title: &str, parent: Option<&str>) -> Department {
        Department { key: key.to_owned(), title: title.to_owned(), parent: parent.map(str::to_owned), lead: None }
    }

    #[test]
    fn departments_of_two_sources_are_one_tree() {
        let departments = [
            ("ldap".to_owned(), department("3120", "3120", None)),
            ("ldap".to_owned(), department("contractors", "Contractors", None)),
            ("ldap".to_owned(), department("order data", "order data", None)),
            ("hr".to_owned(), department("3120", "Clickstream Platform", Some("3000"))),
            ("hr".to_owned(), department("3000", "Order Data", Some("1"))),
            ("hr".to_owned(), department("3001", "Order Data", None)),
        ];
        let authority = Authority { sources: vec!["hr".to_owned(), "ldap".to_owned()], ..Authority::default() };
        let all = team_drafts(&departments, &authority);
        let told: Vec<(&str, Option<usize>, Option<&str>)> =
            all.teams.iter().map(|one| (one.source_key.as_str(), one.parent, one.parent_missing.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("hr/3120", Some(1), None),
                ("hr/3000", None, Some("1")),
                ("hr/3001", None, None),
                ("ldap/contractors", None, None)
            ]
        );
        assert_eq!(all.place("ldap", "3120"), all.place("hr", "3120"));
        assert_eq!(all.place("ldap", "order data"), all.place("hr", "3000"));
        let mut taken = HashSet::new();
        let addresses: Vec<String> = all.teams.iter().map(|one| address(one, &mut taken)).collect();
        assert_eq!(addresses, ["clickstream-platform", "order-data", "order-data-3001", "contractors"]);
    }
}
