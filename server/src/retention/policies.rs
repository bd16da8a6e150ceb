//! Policies and their versions, of which none is ever changed.

use crate::audit::{Act, Object, Origin};
use crate::catalog::{Result, json, to_json};
use crate::db::{Tx, WriteTx, on};
use crate::governance::GovernanceError;
use chrono::{DateTime, Utc};
use reeve_model::PolicyId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::request::PolicyChange;
use reeve_model::retention::Policy;

/// A version, and who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub policy: Policy,
    pub reason: String,
    pub request: Option<i64>,
    pub by: String,
    pub at: DateTime<Utc>,
}

type Row = (i64, i64, String, String, Option<i64>, String, DateTime<Utc>);

fn written((id, version, body, reason, request, by, at): Row) -> Result<Written> {
    let policy: Policy = json("policy_version", "body", id, &body)?;
    let version = u32::try_from(version).unwrap_or(u32::MAX);
    Ok(Written { policy: Policy { id: Some(PolicyId(id)), version, ..policy }, reason, request, by, at })
}

/// All versions of all policies that are not retired, as the rules read them.
///
/// # Errors
/// When the database does not answer, or holds what this version cannot read.
pub async fn versions(tx: &mut Tx) -> Result<Vec<Policy>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT v.policy_id, v.version, v.body, v.reason, v.request_id, v.made_by, v.made_at
         FROM policy_version v JOIN policy p ON p.id = v.policy_id WHERE p.retired_at IS NULL ORDER BY v.policy_id, v.version",
    ).fetch_all(c).await)?;
    rows.into_iter().map(|row| written(row).map(|written| written.policy)).collect()
}

/// The versions of one, the newest first.
///
/// # Errors
/// As [`versions`].
pub async fn history(tx: &mut Tx, id: PolicyId) -> Result<Vec<Written>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT policy_id, version, body, reason, request_id, made_by, made_at FROM policy_version
         WHERE policy_id = $1 ORDER BY version DESC",
    ).bind(id.0).fetch_all(c).await)?;
    rows.into_iter().map(written).collect()
}

/// Whether a policy of this name is in force, and which.
///
/// # Errors
/// When the database does not answer.
pub async fn called(tx: &mut Tx, name: &str) -> Result<Option<PolicyId>> {
    let id: Option<i64> = on!(tx, c => sqlx::query_scalar("SELECT id FROM policy WHERE name = $1 AND retired_at IS NULL")
        .bind(name).fetch_optional(c).await)?;
    Ok(id.map(PolicyId))
}

/// Writes a policy, or another version of it: what its `id` says. All that it may hold for is looked at again by whoever
/// follows changes. Answers its number.
///
/// # Errors
/// When the database does not answer.
pub async fn write(
    tx: &mut WriteTx,
    origin: &Origin,
    policy: &Policy,
    (reason, request): (&str, Option<i64>),
    now: DateTime<Utc>,
) -> Result<PolicyId> {
    let id = match policy.id {
        Some(id) => {
            on!(&mut *tx, c => sqlx::query("UPDATE policy SET name = $2 WHERE id = $1")
                .bind(id.0).bind(&policy.name).execute(c).await.map(drop))?;
            id.0
        }
        None => {
            on!(&mut *tx, c => sqlx::query_scalar("INSERT INTO policy (name, made_at) VALUES ($1, $2) RETURNING id")
            .bind(&policy.name).bind(now).fetch_one(c).await)?
        }
    };
    let before = history(tx, PolicyId(id)).await?.into_iter().next().map(|written| written.policy);
    let version = before.as_ref().map_or(1, |before| before.version + 1);
    let policy = Policy { id: Some(PolicyId(id)), version, ..policy.clone() };
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO policy_version (policy_id, version, body, reason, request_id, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
        .bind(id).bind(i64::from(version)).bind(to_json(&policy)).bind(reason).bind(request).bind(&origin.actor).bind(now)
        .execute(c).await.map(drop))?;
    let act = Act::new(origin, now, Event::PolicyChanged, Object::new(ObjectKind::Policy, id, &policy.name));
    tx.record(act.change(before.as_ref().map(to_json), Some(to_json(&policy))).because(reason));
    Ok(PolicyId(id))
}

/// Takes one out of force. Answers whether it was.
///
/// # Errors
/// When the database does not answer.
pub async fn retire(tx: &mut WriteTx, origin: &Origin, id: PolicyId, reason: &str, now: DateTime<Utc>) -> Result<bool> {
    let name: Option<String> = on!(&mut *tx, c => sqlx::query_scalar(
        "UPDATE policy SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL RETURNING name",
    ).bind(id.0).bind(now).fetch_optional(c).await)?;
    let Some(name) = name else { return Ok(false) };
    let act = Act::new(origin, now, Event::PolicyChanged, Object::new(ObjectKind::Policy, id, &name));
    tx.record(act.change(Some("in force"), Some("retired")).because(reason));
    Ok(true)
}

/// Writes the version that a request agreed to.
pub(crate) async fn agreed(
    tx: &mut WriteTx,
    origin: &Origin,
    request: i64,
    change: &PolicyChange,
    reason: &str,
    now: DateTime<Utc>,
) -> std::result::Result<(), GovernanceError> {
    let wrong = |error: &dyn std::fmt::Display| GovernanceError::Effect(format!("the policy cannot be read: {error}"));
    let policy: Policy = serde_json::from_str(&change.text).map_err(|error| wrong(&error))?;
    let policy = Policy { id: change.policy.map(PolicyId), ..policy };
    if policy.id.is_none() && called(tx, &policy.name).await.map_err(GovernanceError::Catalog)?.is_some() {
        return Err(GovernanceError::Effect(format!("there is a policy called {}", policy.name)));
    }
    write(tx, origin, &policy, (reason, Some(request)), now).await.map_err(GovernanceError::Catalog).map(drop)
}
