//! What concerns one person: what might be his, which cases he may settle, what became of what he watches.

use super::succession;
use crate::catalog::{Result, bad_word};
use crate::db::{Tx, on};
use reeve_model::Word;
use reeve_model::owner::OwnerRole;
use reeve_model::permission::{Action, Actor, Resource};
use reeve_model::succession::{Case, CaseState};
use reeve_model::visibility::Hidden;

/// How many open cases are looked through for those that somebody may settle.
const CASES: i64 = 100;

/// Where a database or table is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct At {
    pub source: String,
    pub ambiguous: bool,
    pub database: String,
    pub table_name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    role: String,
    #[sqlx(flatten)]
    at: At,
}

/// What is proposed to be his, or of a team that he leads, and nobody answers for in that role.
///
/// # Errors
/// When the database does not answer.
pub async fn proposals(tx: &mut Tx, actor: &Actor, limit: i64, hidden: &Hidden) -> Result<Vec<(At, OwnerRole)>> {
    let Some(person) = actor.person else { return Ok(vec![]) };
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.role, s.name AS source, d.name AS database, t.name AS table_name,
             EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(d.name)
                 AND o.source_id <> d.source_id AND o.deleted_at IS NULL) AS ambiguous
         FROM owner_proposal p LEFT JOIN catalog_table t ON t.id = p.asset_id
         JOIN catalog_database d ON d.id = coalesce(t.database_id, p.asset_id) JOIN source s ON s.id = d.source_id
         WHERE p.state = 'open' AND (p.holder_id = $1 OR p.holder_id IN (SELECT id FROM team WHERE lead_id = $1))
             AND t.deleted_at IS NULL AND d.deleted_at IS NULL AND NOT EXISTS (
                 SELECT 1 FROM asset_owner o WHERE o.asset_id IN (p.asset_id, d.id) AND o.role = p.role)
         ORDER BY p.id LIMIT $2",
    ).bind(person).bind(limit).fetch_all(c).await)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| !hidden.hides(&row.at.source, &row.at.database)) {
        let role = OwnerRole::parse(&row.role).ok_or_else(|| bad_word("owner_proposal", "role", row.id, &row.role))?;
        all.push((row.at, role));
    }
    Ok(all)
}

/// The open cases that he may settle, the one that is due next first.
///
/// # Errors
/// When the database does not answer.
pub async fn cases(tx: &mut Tx, actor: &Actor, limit: usize, hidden: &Hidden) -> Result<Vec<Case>> {
    let mut mine = Vec::new();
    let open = succession::list(tx, Some(CaseState::Open), 0, CASES).await?;
    let settles_all = actor.can(Action::SettleSuccession, &Resource::portal());
    for case in open.items {
        if mine.len() == limit {
            break;
        }
        let is_his = settles_all
            || match succession::find(tx, case.id, hidden).await? {
                Some(detail) => {
                    let resource = succession::resource(tx, actor, &detail).await?;
                    actor.can(Action::SettleSuccession, &resource)
                }
                None => false,
            };
        if is_his {
            mine.push(case);
        }
    }
    Ok(mine)
}

/// Where a watched asset is; nothing where it is no more, or hidden.
///
/// # Errors
/// When the database does not answer.
pub async fn place(tx: &mut Tx, asset: reeve_model::AssetId, hidden: &Hidden) -> Result<Option<At>> {
    let at: Option<At> = on!(tx, c => sqlx::query_as(
        "SELECT s.name AS source, d.name AS database, t.name AS table_name,
             EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(d.name)
                 AND o.source_id <> d.source_id AND o.deleted_at IS NULL) AS ambiguous
         FROM asset a LEFT JOIN catalog_table t ON t.id = a.id
         JOIN catalog_database d ON d.id = coalesce(t.database_id, a.id) JOIN source s ON s.id = d.source_id
         WHERE a.id = $1",
    ).bind(asset).fetch_optional(c).await)?;
    Ok(at.filter(|at| !hidden.hides(&at.source, &at.database)))
}
