//! People of an LDAP directory, page by page. A listing is whole only when every page ended with success and the last one
//! without a cookie; anything else is no listing.

use super::{Listing, People, PeopleRun, Unreadable};
use crate::ldap::{Account, Directory, DnKey, Entry, LdapFailure, Search, account, isolated};
use crate::ldap::{PeopleConfig as Names, ServerConfig};
use crate::{Health, SourceError};
use chrono::{DateTime, Utc};
use reeve_model::person::{Department, Form, PersonKind, Record, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// A directory, and where in it people are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapConfig {
    pub server: ServerConfig,
    pub people: Names,
    /// Where accounts of programs are, which are no people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<Names>,
}

pub(super) struct LdapPeople {
    directory: Directory,
    /// Each place that is read, and what its entries are.
    places: Vec<(Names, PersonKind)>,
}

impl LdapPeople {
    pub(super) fn new(config: &LdapConfig) -> Result<Self, String> {
        let directory = config.server.build().map_err(|error| format!("ldap: {error}"))?;
        let services = config.services.iter().map(|names| (names.clone(), PersonKind::Service));
        let places = [(config.people.clone(), PersonKind::Employee)].into_iter().chain(services).collect();
        Ok(Self { directory, places })
    }

    fn search(&self, names: &Names) -> Search {
        let flavour = self.directory.flavour();
        Search::below(&names.base, names.names(flavour).filter, &names.attributes(flavour))
    }
}

/// What was read so far, of all places.
#[derive(Default)]
struct Read {
    records: Vec<Record>,
    departments: BTreeMap<String, Department>,
    failures: Vec<Unreadable>,
    keys: HashSet<String>,
}

impl Read {
    fn add(&mut self, entry: &Entry, directory: &Directory, names: &Names, kind: PersonKind, now: DateTime<Utc>) {
        match record(entry, directory, names, kind, now) {
            Ok(record) if !self.keys.insert(record.key.clone()) => self.fail(entry, "another entry has its key too"),
            Ok(record) => {
                if let Some(key) = &record.department {
                    let department = Department { key: key.clone(), title: key.clone(), ..Department::default() };
                    self.departments.entry(key.clone()).or_insert(department);
                }
                self.records.push(record);
            }
            Err(reason) => self.fail(entry, &reason),
        }
    }

    fn fail(&mut self, entry: &Entry, reason: &str) {
        self.failures.push(Unreadable { place: entry.dn.clone(), reason: reason.to_owned() });
    }
}

fn record(
    entry: &Entry,
    directory: &Directory,
    people: &Names,
    kind: PersonKind,
    now: DateTime<Utc>,
) -> Result<Record, String> {
    let names = people.names(directory.flavour());
    let key = entry.key(names.key).ok_or_else(|| format!("it has no {}", names.key))?;
    // A locked account, or one whose state we may not see, is no reason to think anything.
    let (status, ends_on) = match account(entry, people, directory.flavour(), now) {
        Account::Enabled => (Status::Active, None),
        Account::EnabledUntil(at) | Account::Expired(at) => (Status::Active, Some(at.date_naive())),
        Account::Disabled => (Status::Disabled, None),
        Account::Unknown => (Status::Unsaid, None),
    };
    let record = Record {
        key,
        form: Form::Account,
        kind,
        aliases: vec![DnKey::of(&entry.dn).as_str().to_owned()],
        person_key: None,
        employee_number: entry.text(names.employee_number),
        login: entry.text(names.login),
        name: entry.text(names.name).or_else(|| entry.text("cn")),
        mail: entry.text(names.mail),
        title: entry.text(names.title),
        department: entry.text(names.department),
        manager: entry.text(names.manager).map(|dn| DnKey::of(&dn).as_str().to_owned()),
        starts_on: None,
        ends_on,
        status,
        status_text: None,
    };
    Ok(record.tidied())
}

#[async_trait::async_trait]
impl People for LdapPeople {
    async fn check(&self) -> Result<Health, SourceError> {
        let (directory, base) = (self.directory.clone(), self.places[0].0.base.clone());
        isolated(self.directory.address(), "search", async move {
            let mut connection = directory.connect_as_reeve().await?;
            connection.find(&Search::entry(&base, &["objectClass"]), 1).await
        })
        .await?;
        Ok(Health { version: None, summary: "answers".to_owned(), clock_skew_ms: None })
    }

    async fn read(&self, run: &PeopleRun) -> Result<Listing, SourceError> {
        let searches: Vec<Search> = self.places.iter().map(|(names, _)| self.search(names)).collect();
        let asked = searches.iter().map(|search| {
            format!(
                "ldap {} {} {} {}",
                self.directory.address(),
                search.base,
                search.filter,
                search.attributes.join(",")
            )
        });
        let asked = asked.collect::<Vec<_>>().join("; ");
        let (directory, places, told) = (self.directory.clone(), self.places.clone(), run.clone());
        // The library panics at answers that break the protocol.
        let reading = isolated(self.directory.address(), "search", async move {
            let mut read = Read::default();
            let mut connection = directory.connect_as_reeve().await?;
            for (search, (names, kind)) in searches.iter().zip(&places) {
                let mut pages = connection.pages(search, directory.page_size());
                while let Some(entries) = pages.next().await? {
                    for entry in &entries {
                        read.add(entry, &directory, names, *kind, told.now);
                    }
                    // Whoever cancels drops this task.
                    let _ = told.tell(read.records.len());
                }
                if pages.referrals() > 0 {
                    let (base, count) = (&search.base, pages.referrals());
                    tracing::info!(base, count, "the directory points to other servers, which are not asked");
                }
            }
            Ok::<_, LdapFailure>(read)
        });
        let read = tokio::select! {
            () = run.cancel().cancelled() => return Err(SourceError::Cancelled),
            read = reading => read?,
        };
        Ok(Listing {
            records: read.records,
            departments: read.departments.into_values().collect(),
            counted: None,
            asked,
            failures: read.failures,
            incomplete: Vec::new(),
        })
    }
}
