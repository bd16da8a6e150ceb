use reeve_model::person::{Attribute, Authority, MergeKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How what several sources say of people becomes one person.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PeopleSection {
    /// By what records are taken for one person's, the strongest first: `person_key`, `employee_number`, `login`, `mail`.
    /// A value that two people have merges nobody and is asked about.
    #[schemars(with = "Vec<String>")]
    pub merge: Vec<MergeKey>,
    /// Sources of people, the one whose word goes first, first. Those that are not named follow in the order of this file.
    pub sources: Vec<String>,
    /// The source whose word alone counts for an attribute, where it has one: `{ mail = "directory" }`. Attributes are
    /// `name`, `login`, `mail`, `employee_number`, `title`, `department`, `manager`, `starts_on`, `ends_on` and `state`.
    #[schemars(with = "BTreeMap<String, String>")]
    pub authority: BTreeMap<Attribute, String>,
    /// How many days the hand-over of what somebody left may take; nothing happens by itself when they are over.
    pub succession_days: u32,
}

impl Default for PeopleSection {
    fn default() -> Self {
        Self {
            merge: vec![MergeKey::PersonKey, MergeKey::EmployeeNumber, MergeKey::Login, MergeKey::Mail],
            sources: Vec::new(),
            authority: BTreeMap::new(),
            succession_days: 30,
        }
    }
}

impl PeopleSection {
    /// Whose word counts, of sources of people as the file has them.
    pub(crate) fn authority<'a>(&self, configured: impl Iterator<Item = &'a str>) -> Authority {
        let others = configured.filter(|name| !self.sources.iter().any(|one| one == name)).map(str::to_owned);
        Authority { sources: self.sources.iter().cloned().chain(others).collect(), of: self.authority.clone() }
    }
}
