//! Who is who, as far as one request depends on it.

use crate::catalog::{Result, bad_word, to_json};
use crate::config::AuthConfig;
use crate::db::{Tx, on};
use crate::owners;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use reeve_model::owner::{Owner, OwnerRole};
use reeve_model::permission::Role;
use reeve_model::person::PersonState;
use reeve_model::request::{APPOINTED_DAYS, Appointment, Delegation, Directory, Human, Rules, Who};
use reeve_model::{AssetId, Word};
use std::collections::{BTreeMap, BTreeSet};

/// Roles by which somebody decides over what is not his.
const OFFICES: [Role; 3] = [Role::PrivacyOfficer, Role::Operator, Role::Administrator];

/// Reads the directory of a request about this asset. `parties`: persons and teams that are named in it, and whoever acts.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn directory(
    tx: &mut Tx,
    config: &AuthConfig,
    asset: Option<AssetId>,
    parties: BTreeSet<AssetId>,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<Directory> {
    let mut directory = Directory::default();
    let database = match asset {
        Some(asset) => database_of(tx, asset).await?,
        None => None,
    };
    if let Some(asset) = asset {
        directory.owners = deciding(&owners::of_asset(tx, asset).await?.owners);
    }
    if let Some(database) = database {
        directory.database_owners = deciding(&owners::of_asset(tx, database).await?.owners);
    }
    let mut offices: BTreeMap<AssetId, BTreeSet<Role>> = BTreeMap::new();
    for (person, role) in holders_of(tx, config).await? {
        offices.entry(person).or_default().insert(role);
    }
    directory.delegations = delegations(tx).await?;
    let named = rules.steps.iter().flat_map(|step| std::iter::once(&step.who).chain(&step.fallback));
    let named = named.filter_map(|who| match who {
        Who::Named(holders) => Some(holders.iter().copied()),
        _ => None,
    });
    let mut open: BTreeSet<AssetId> = parties;
    open.extend(directory.owners.iter().chain(&directory.database_owners).copied());
    open.extend(offices.keys().copied());
    open.extend(directory.delegations.iter().flat_map(|one| [one.giver, one.taker]));
    open.extend(named.flatten());
    open_up(tx, &mut directory, open).await?;
    for (person, roles) in offices {
        if let Some(human) = directory.people.get_mut(&person) {
            human.roles.extend(roles);
        }
    }
    directory.appointments = appointments(tx, asset.into_iter().chain(database).collect(), now).await?;
    Ok(directory)
}

/// Who decides over something: its data owners, and where it has none its stewards.
pub(super) fn deciding(owners: &[Owner]) -> BTreeSet<AssetId> {
    let of = |role| owners.iter().filter(move |owner| owner.role == role).map(|owner| owner.holder.id).collect();
    let found: BTreeSet<AssetId> = of(OwnerRole::DataOwner);
    if found.is_empty() { of(OwnerRole::DataSteward) } else { found }
}

async fn database_of(tx: &mut Tx, asset: AssetId) -> Result<Option<AssetId>> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT database_id FROM catalog_table WHERE id = $1")
        .bind(asset).fetch_optional(c).await)?)
}

/// Everyone with an office, by name or by a group.
async fn holders_of(tx: &mut Tx, config: &AuthConfig) -> Result<Vec<(AssetId, Role)>> {
    let offices = to_json(&OFFICES.map(|role| [role.as_str()]));
    let assigned: Vec<(AssetId, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT person_id, role FROM role_assignment WHERE role IN (SELECT value->>0 FROM json_each($1))",
    ).bind(offices).fetch_all(c).await)?;
    let mut found: Vec<_> = assigned.into_iter().filter_map(|(id, role)| Some((id, Role::parse(&role)?))).collect();
    for rule in config.roles.iter().filter(|rule| OFFICES.contains(&rule.role)) {
        let groups = to_json(&rule.groups.iter().map(|group| [group]).collect::<Vec<_>>());
        let members: Vec<AssetId> = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT DISTINCT person_id FROM person_group WHERE name IN (SELECT value->>0 FROM json_each($1))",
        ).bind(groups).fetch_all(c).await)?;
        found.extend(members.into_iter().map(|person| (person, rule.role)));
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct Person {
    id: AssetId,
    name: String,
    state: String,
    disabled: bool,
    manager_id: Option<AssetId>,
    merged_into_id: Option<AssetId>,
    is_service: bool,
}

/// Reads persons and teams, and whoever they lead to: members, managers, whose account it is.
async fn open_up(tx: &mut Tx, directory: &mut Directory, mut open: BTreeSet<AssetId>) -> Result<()> {
    let mut seen: BTreeSet<AssetId> = BTreeSet::new();
    // Managers of managers decide over nothing.
    for _ in 0..20 {
        open.retain(|id| seen.insert(*id));
        if open.is_empty() {
            break;
        }
        let ids = to_json(&open.iter().map(|id| [id]).collect::<Vec<_>>());
        open.clear();
        let people: Vec<Person> = on!(&mut *tx, c => sqlx::query_as(
            "SELECT p.id, p.name, p.state, p.disabled_at IS NOT NULL AS disabled, p.manager_id, p.merged_into_id,
                 a.kind = 'service_account' AS is_service
             FROM person p JOIN asset a ON a.id = p.id
             WHERE p.id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
        ).bind(&ids).fetch_all(c).await)?;
        let mut machines = Vec::new();
        for person in people {
            let state = PersonState::parse(&person.state)
                .ok_or_else(|| bad_word("person", "state", person.id.0, &person.state))?;
            if let Some(into) = person.merged_into_id {
                directory.merged.insert(person.id, into);
                open.insert(into);
            }
            let is_active = !person.disabled && !matches!(state, PersonState::Departed | PersonState::Planned);
            let first = if person.is_service { Role::Service } else { Role::Analyst };
            if person.is_service {
                machines.push([person.id]);
            } else {
                open.extend(person.manager_id);
            }
            let human = Human {
                name: person.name,
                is_active,
                roles: BTreeSet::from([first]),
                manager: person.manager_id,
                answered_for_by: BTreeSet::new(),
            };
            directory.people.insert(person.id, human);
        }
        let of_machines: Vec<(AssetId, AssetId)> = on!(&mut *tx, c => sqlx::query_as(
            "SELECT asset_id, holder_id FROM asset_owner
             WHERE asset_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))
             UNION SELECT id, coalesce(manager_id, team_id) FROM person
             WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1)) AND coalesce(manager_id, team_id) IS NOT NULL",
        ).bind(to_json(&machines)).fetch_all(c).await)?;
        for (machine, whose) in of_machines {
            if let Some(human) = directory.people.get_mut(&machine) {
                human.answered_for_by.insert(whose);
            }
            open.insert(whose);
        }
        let members: Vec<(AssetId, Option<AssetId>)> = on!(&mut *tx, c => sqlx::query_as(
            "WITH wanted AS (SELECT CAST(value->>0 AS BIGINT) AS id FROM json_each($1))
             SELECT t.id, p.id FROM team t JOIN wanted ON wanted.id = t.id LEFT JOIN person p
                 ON p.team_id = t.id AND p.merged_into_id IS NULL AND p.state <> 'departed'
             UNION SELECT m.team_id, m.person_id FROM team_member m JOIN wanted ON wanted.id = m.team_id
             UNION SELECT t.parent_id, t.id FROM team t JOIN wanted ON wanted.id = t.parent_id WHERE t.deleted_at IS NULL",
        ).bind(&ids).fetch_all(c).await)?;
        for (team, member) in members {
            directory.teams.entry(team).or_default().extend(member);
            open.extend(member);
        }
    }
    Ok(())
}

/// All that were ever given: of those in the past it matters who stood in for whom when a request was filed.
pub(super) async fn delegations(tx: &mut Tx) -> Result<Vec<Delegation>> {
    let rows: Vec<(i64, AssetId, AssetId, NaiveDate, NaiveDate)> = on!(tx, c => sqlx::query_as(
        "SELECT id, giver_id, taker_id, from_day, until_day FROM delegation ORDER BY id",
    ).fetch_all(c).await)?;
    let one = |(id, giver, taker, from, until)| Delegation { id, giver, taker, from, until };
    Ok(rows.into_iter().map(one).collect())
}

/// Who was made owner of these or given an office lately, and by whom.
async fn appointments(tx: &mut Tx, assets: Vec<AssetId>, now: DateTime<Utc>) -> Result<Vec<Appointment>> {
    // A request is over after 30 days, and what was done 30 days before it was filed counts.
    let since = now - TimeDelta::days(2 * APPOINTED_DAYS);
    let assets = to_json(&assets.iter().map(|id| [id]).collect::<Vec<_>>());
    let rows: Vec<(DateTime<Utc>, AssetId, AssetId)> = on!(tx, c => sqlx::query_as(
        "SELECT o.since, p.id, o.holder_id FROM asset_owner o JOIN person p ON p.login = o.assigned_by
         WHERE o.since >= $1 AND o.asset_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))
         UNION ALL SELECT r.assigned_at, p.id, r.person_id FROM role_assignment r JOIN person p ON p.login = r.assigned_by
         WHERE r.assigned_at >= $1",
    ).bind(since).bind(assets).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(at, by, who)| Appointment { at, by, who }).collect())
}
