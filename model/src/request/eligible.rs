//! Who may decide: persons, whatever they sign in with; never anybody who has a part in what is asked.

use super::field::{Field, Flaw, Mistake, Mistakes};
use super::rule::Who;
use super::state::Request;
use crate::AssetId;
use crate::permission::Role;
use crate::word::words;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Longest delegation, in days.
pub const MOST_DELEGATED_DAYS: u64 = 60;
/// How long before a request was filed appointments count as made for it, in days.
pub const APPOINTED_DAYS: i64 = 30;

/// What is known of people at one moment, as far as one request depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    pub people: BTreeMap<AssetId, Human>,
    /// Members: people and other teams.
    pub teams: BTreeMap<AssetId, BTreeSet<AssetId>>,
    /// Who decides over the subject now: people and teams.
    pub owners: BTreeSet<AssetId>,
    /// Of the database that it lies in.
    pub database_owners: BTreeSet<AssetId>,
    /// Accounts that turned out to be another one's, and whose.
    pub merged: BTreeMap<AssetId, AssetId>,
    pub delegations: Vec<Delegation>,
    /// Posts from which one could decide: given by whom, to whom.
    pub appointments: Vec<Appointment>,
}

/// A person or service account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Human {
    pub name: String,
    /// He has neither left nor been disabled. Who is on leave is still here.
    pub is_active: bool,
    pub roles: BTreeSet<Role>,
    pub manager: Option<AssetId>,
    /// Of a service account: people and teams whose it is.
    pub answered_for_by: BTreeSet<AssetId>,
}

/// That somebody decides in another's place for some days; both days belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delegation {
    pub id: i64,
    pub giver: AssetId,
    pub taker: AssetId,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

/// That somebody was made owner, manager, or member of a deciding group or role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    pub at: DateTime<Utc>,
    pub by: AssetId,
    pub who: AssetId,
}

words! {
    /// What part somebody has in a request, so that he does not decide over it.
    Part {
        Requester,
        /// He would gain by it.
        Beneficiary,
        /// He changed what is asked for.
        Editor,
        /// The service account that filed it is his.
        FiledByHisAccount,
        /// He is, or was since it was filed, delegate of one of these, or one of them his.
        Delegate,
        /// One of these gave him the post from which he could decide.
        Appointed,
    }
}

/// By which right somebody decides; kept with his vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Right {
    pub who: Who,
    /// The team by which he is one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<AssetId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<i64>,
}

impl Directory {
    /// The person whose account this is.
    pub fn person(&self, account: AssetId) -> AssetId {
        let mut person = account;
        // A ring of merges is a mistake, and no reason to hang.
        for _ in 0..=self.merged.len() {
            match self.merged.get(&person) {
                Some(into) => person = *into,
                None => break,
            }
        }
        person
    }

    pub fn name(&self, person: AssetId) -> String {
        self.people.get(&self.person(person)).map_or_else(|| person.to_string(), |human| human.name.clone())
    }

    pub fn is_service(&self, person: AssetId) -> bool {
        self.people.get(&self.person(person)).is_none_or(|human| human.roles.contains(&Role::Service))
    }

    /// He is here, and a human being.
    pub fn can_act(&self, person: AssetId) -> bool {
        self.people.get(&self.person(person)).is_some_and(|human| human.is_active) && !self.is_service(person)
    }

    pub fn has_role(&self, person: AssetId, role: Role) -> bool {
        self.people.get(&self.person(person)).is_some_and(|human| human.roles.contains(&role))
    }

    /// People behind holders, nested teams opened: each with the team that he is in, where it is by a team.
    pub fn members(&self, holders: &BTreeSet<AssetId>) -> BTreeMap<AssetId, Option<AssetId>> {
        let mut people = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<(AssetId, Option<AssetId>)> = holders.iter().map(|holder| (*holder, None)).collect();
        while let Some((holder, team)) = open.pop() {
            match self.teams.get(&holder) {
                Some(members) if seen.insert(holder) => open.extend(members.iter().map(|one| (*one, Some(holder)))),
                Some(_) => {}
                None => {
                    // Of several ways in, his own name goes first, then the lowest team: the same every time.
                    let way = people.entry(self.person(holder)).or_insert(team);
                    *way = (*way).min(team);
                }
            }
        }
        people
    }

    /// Those who are here of whom a rule names.
    pub fn resolve(&self, who: &Who) -> BTreeMap<AssetId, Option<AssetId>> {
        let with_role = |role| {
            let has = |human: &Human| human.roles.contains(&role);
            self.people.iter().filter(|(_, human)| has(human)).map(|(id, _)| (self.person(*id), None)).collect()
        };
        let mut found: BTreeMap<AssetId, Option<AssetId>> = match who {
            Who::Owner => self.members(&self.owners),
            Who::DatabaseOwner => self.members(&self.database_owners),
            Who::OwnersManager => {
                // Whoever left still had a manager.
                let owners = self.members(&self.owners);
                let managers = owners.keys().filter_map(|owner| self.people.get(owner)?.manager);
                managers.map(|manager| (self.person(manager), None)).collect()
            }
            Who::PrivacyOfficer => with_role(Role::PrivacyOfficer),
            Who::Operators => with_role(Role::Operator),
            Who::Administrators => with_role(Role::Administrator),
            Who::Named(holders) => self.members(holders),
        };
        found.retain(|person, _| self.can_act(*person));
        found
    }

    /// Whose place somebody may take today, and by which delegation.
    pub fn givers(&self, taker: AssetId, today: NaiveDate) -> impl Iterator<Item = (AssetId, i64)> {
        let of_today = self.delegations.iter().filter(move |one| (one.from..=one.until).contains(&today));
        of_today
            .filter(move |one| self.person(one.taker) == self.person(taker))
            .map(|one| (self.person(one.giver), one.id))
    }

    /// Everybody who has a part in a request, up to `now`.
    pub fn conflict(&self, request: &Request, now: DateTime<Utc>, today: NaiveDate) -> BTreeMap<AssetId, Part> {
        let mut found = BTreeMap::new();
        let mut add = |person: AssetId, why| {
            found.entry(self.person(person)).or_insert(why);
        };
        add(request.requester, Part::Requester);
        add(request.filed_by, Part::FiledByHisAccount);
        let all = |holders: &BTreeSet<AssetId>| self.members(holders).into_keys().collect::<Vec<_>>();
        all(&request.beneficiaries).into_iter().for_each(|person| add(person, Part::Beneficiary));
        request.editors.iter().for_each(|person| add(*person, Part::Editor));
        let accounts = [request.requester, request.filed_by];
        for account in accounts.map(|account| self.person(account)) {
            let owners = self.people.get(&account).map(|human| all(&human.answered_for_by)).unwrap_or_default();
            owners.into_iter().for_each(|person| add(person, Part::FiledByHisAccount));
        }
        all(&request.filers_owners).into_iter().for_each(|person| add(person, Part::FiledByHisAccount));

        let parties: BTreeSet<AssetId> = found.keys().copied().collect();
        let filed_on = request.filed.map_or(today, |filing| filing.on);
        for one in self.delegations.iter().filter(|one| one.until >= filed_on && one.from <= today) {
            let (giver, taker) = (self.person(one.giver), self.person(one.taker));
            if parties.contains(&giver) {
                found.entry(taker).or_insert(Part::Delegate);
            }
            if parties.contains(&taker) {
                found.entry(giver).or_insert(Part::Delegate);
            }
        }
        let since = request.filed.map_or(now, |filing| filing.at) - TimeDelta::days(APPOINTED_DAYS);
        let recent: Vec<_> = self.appointments.iter().filter(|one| one.at >= since && one.at <= now).collect();
        loop {
            let before = found.len();
            for one in &recent {
                if found.contains_key(&self.person(one.by)) {
                    found.entry(self.person(one.who)).or_insert(Part::Appointed);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }
}

impl Delegation {
    /// What is wrong with one that somebody wants to give today, where `others` are in force or to come.
    pub fn mistakes(&self, others: &[Self], directory: &Directory, today: NaiveDate) -> Vec<Mistake> {
        let mut found = Mistakes::default();
        let (giver, taker) = (directory.person(self.giver), directory.person(self.taker));
        found.when(taker == giver || !directory.can_act(taker), Field::Taker, Flaw::NotHere);
        found.when(self.from < today, Field::From, Flaw::Past);
        found.when(self.until < self.from, Field::Until, Flaw::Before(Field::From));
        let last = self.from.checked_add_days(Days::new(MOST_DELEGATED_DAYS - 1)).unwrap_or(NaiveDate::MAX);
        found.when(self.until > last, Field::Until, Flaw::TooFar { last });
        let beside = |other: &&Self| other.id != self.id && other.from <= self.until && other.until >= self.from;
        let (mut chain, mut twice) = (false, false);
        for other in others.iter().filter(beside) {
            chain |= directory.person(other.giver) == taker || directory.person(other.taker) == giver;
            twice |= directory.person(other.giver) == giver;
        }
        // Whoever stands in for somebody has nobody who stands in for him.
        found.when(chain, Field::Taker, Flaw::NotWith(Field::Taker));
        found.when(twice, Field::From, Flaw::Repeated);
        found.0
    }
}
