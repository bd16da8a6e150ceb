//! Persons as actors.

use crate::config::AuthConfig;
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::permission::{Actor, Role};
use reeve_model::person::PersonState;
use reeve_model::{AssetId, Word};
use std::collections::BTreeSet;

/// The person as he may act now; nobody where he is not there, has departed or was disabled.
///
/// # Errors
/// When the database does not answer.
pub async fn actor(tx: &mut Tx, config: &AuthConfig, person: AssetId) -> sqlx::Result<Option<Actor>> {
    let row: Option<(String, String, String, Option<DateTime<Utc>>, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT p.login, p.name, p.state, p.disabled_at, a.kind FROM person p JOIN asset a ON a.id = p.id
         WHERE p.id = $1 AND p.merged_into_id IS NULL",
    ).bind(person).fetch_optional(c).await)?;
    let Some((login, name, state, disabled_at, kind)) = row else { return Ok(None) };
    if disabled_at.is_some() || state == PersonState::Departed.as_str() {
        return Ok(None);
    }
    let granted: Vec<(String, String)> = on!(&mut *tx, c => sqlx::query_as(
        "WITH RECURSIVE up (id) AS (
             SELECT team_id FROM person WHERE id = $1 AND team_id IS NOT NULL
             UNION SELECT team_id FROM team_member WHERE person_id = $1
             UNION SELECT t.parent_id FROM team t JOIN up ON t.id = up.id WHERE t.parent_id IS NOT NULL)
         SELECT 'role', role FROM role_assignment WHERE person_id = $1
         UNION ALL SELECT 'group', name FROM person_group WHERE person_id = $1
         UNION ALL SELECT 'team', CAST(id AS TEXT) FROM up",
    ).bind(person).fetch_all(c).await)?;
    let first = if kind == "service_account" { Role::Service } else { Role::Analyst };
    let mut actor = Actor {
        person: Some(person),
        login,
        name,
        roles: BTreeSet::from([first]),
        teams: BTreeSet::new(),
        groups: BTreeSet::new(),
        scopes: None,
    };
    for (what, value) in granted {
        match what.as_str() {
            "role" => actor.roles.extend(Role::parse(&value)),
            "team" => actor.teams.extend(value.parse().ok().map(AssetId)),
            _ => drop(actor.groups.insert(value)),
        }
    }
    for rule in &config.roles {
        if rule.groups.iter().any(|group| actor.groups.contains(group)) {
            actor.roles.insert(rule.role);
        }
    }
    Ok(Some(actor))
}

/// How logins are kept and compared: lower case, NFC.
pub fn login(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.trim().nfc().collect::<String>().to_lowercase()
}

/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, login: &str) -> sqlx::Result<Option<AssetId>> {
    let login = self::login(login);
    on!(tx, c => sqlx::query_scalar("SELECT id FROM person WHERE login = $1").bind(login).fetch_optional(c).await)
}

/// A new person or service account, active.
///
/// # Errors
/// When the login is taken, or the database does not answer.
pub async fn create(
    tx: &mut WriteTx,
    kind: &str,
    login: &str,
    name: &str,
    mail: Option<&str>,
    now: DateTime<Utc>,
) -> sqlx::Result<AssetId> {
    let id: AssetId = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO asset (kind, source_id) VALUES ($1, NULL) RETURNING id",
    ).bind(kind).fetch_one(c).await)?;
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO person (id, login, name, mail, state, state_since, created_at) VALUES ($1, $2, $3, $4, 'active', $5, $5)",
    ).bind(id).bind(self::login(login)).bind(name).bind(mail).bind(now).execute(c).await.map(drop))?;
    Ok(id)
}

/// Gives a role, or takes it; sessions begun before show it at the next request.
///
/// # Errors
/// When the database does not answer.
pub async fn assign(
    tx: &mut WriteTx,
    person: AssetId,
    role: Role,
    has: bool,
    by: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if !has {
        return on!(&mut *tx, c => sqlx::query("DELETE FROM role_assignment WHERE person_id = $1 AND role = $2")
            .bind(person).bind(role.as_str()).execute(c).await.map(drop));
    }
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO role_assignment (person_id, role, assigned_at, assigned_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id, role) DO NOTHING",
    ).bind(person).bind(role.as_str()).bind(now).bind(by).execute(c).await.map(drop))
}
