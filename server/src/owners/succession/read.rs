use crate::catalog::{Result, bad_word};
use crate::db::{Tx, on};
use crate::owners::holder::{self, HolderRow, join_holder, select_holder};
use chrono::{DateTime, Utc};
use reeve_model::asset::{AssetKind, Paged};
use reeve_model::owner::OwnerRole;
use reeve_model::succession::{Case, CaseDetail, CaseItem, CaseState, Hold, ItemAsset, ItemKind, ItemState};
use reeve_model::visibility::Hidden;
use reeve_model::{AssetId, Word};

#[derive(sqlx::FromRow)]
struct CaseRow {
    id: i64,
    state: String,
    cause: Option<String>,
    opened_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    closed_by: Option<String>,
    team_id: Option<AssetId>,
    manager_id: Option<AssetId>,
    items: i64,
    decided: i64,
    #[sqlx(flatten)]
    person: HolderRow,
}

macro_rules! select_cases {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.state, s.cause, s.opened_at, s.due_at, s.closed_at, s.closed_by, hp.team_id, hp.manager_id,
                 (SELECT count(*) FROM succession_item i WHERE i.succession_id = s.id AND i.role IS NOT NULL) AS items,
                 (SELECT count(*) FROM succession_item i WHERE i.succession_id = s.id AND i.role IS NOT NULL
                     AND i.state <> 'open') AS decided, ",
            select_holder!(),
            " FROM succession s",
            join_holder!("s.person_id"),
            $rest
        )
    };
}

/// Cases, those that are open first, of these the one that is due next; the cursor counts those already shown.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, state: Option<CaseState>, skip: i64, limit: i64) -> Result<Paged<Case>> {
    let state = state.map(Word::as_str);
    let total: i64 = on!(&mut *tx, c => sqlx::query_scalar("SELECT count(*) FROM succession WHERE ($1 IS NULL OR state = $1)")
        .bind(state).fetch_one(c).await)?;
    let rows: Vec<CaseRow> = on!(&mut *tx, c => sqlx::query_as(select_cases!(
        "WHERE ($1 IS NULL OR s.state = $1) ORDER BY s.state <> 'open', s.due_at, s.id LIMIT $2 OFFSET $3"
    )).bind(state).bind(limit + 1).bind(skip).fetch_all(c).await)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(row.case(tx).await?);
    }
    Ok(Paged::from_rows(items, limit, total, |_| (skip + limit).to_string()))
}

/// A case with its items, but for what is hidden from whoever asks.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, id: i64, hidden: &Hidden) -> Result<Option<CaseDetail>> {
    let row: Option<CaseRow> = on!(&mut *tx, c => sqlx::query_as(select_cases!("WHERE s.id = $1"))
        .bind(id).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let case = row.case(tx).await?;
    let heirs = match case.state {
        CaseState::Open => super::heirs(tx, case.id, case.person.id).await?,
        CaseState::Settled | CaseState::Returned => vec![],
    };
    let mut items_list = items(tx, id).await?;
    items_list.retain(|item| item.asset.as_ref().is_none_or(|asset| !hidden.hides(&asset.source, &asset.database)));
    Ok(Some(CaseDetail { items_list, heirs, case }))
}

impl CaseRow {
    async fn case(self, tx: &mut Tx) -> Result<Case> {
        let of = async |tx: &mut Tx, id: Option<AssetId>| match id {
            Some(id) => holder::by_id(tx, id).await,
            None => Ok(None),
        };
        Ok(Case {
            id: self.id,
            state: CaseState::parse(&self.state)
                .ok_or_else(|| bad_word("succession", "state", self.id, &self.state))?,
            // What this version does not know has no words here.
            cause: self.cause.and_then(|cause| serde_json::from_str(&cause).ok()),
            opened_at: self.opened_at,
            due_at: self.due_at,
            closed_at: self.closed_at,
            closed_by: self.closed_by,
            items: self.items,
            decided: self.decided,
            person: self.person.holder()?,
            team: of(tx, self.team_id).await?,
            manager: of(tx, self.manager_id).await?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    id: i64,
    kind: String,
    name: String,
    role: Option<String>,
    state: String,
    heir_id: Option<AssetId>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<String>,
    asset_id: Option<AssetId>,
    source: Option<String>,
    ambiguous: bool,
    database: Option<String>,
    table_name: Option<String>,
    is_view: bool,
    size_bytes: Option<i64>,
    is_gone: bool,
}

/// What is open first.
async fn items(tx: &mut Tx, case: i64) -> Result<Vec<CaseItem>> {
    let rows: Vec<ItemRow> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT i.id, i.kind, i.name, i.role, i.state, i.heir_id, i.decided_at, i.decided_by, i.asset_id, s.name AS source,
             d.name AS database, t.name AS table_name, coalesce(t.is_view, false) AS is_view,
             CASE WHEN t.id IS NULL THEN d.size_bytes ELSE t.size_bytes END AS size_bytes,
             coalesce(t.deleted_at, d.deleted_at) IS NOT NULL AS is_gone,
             EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(d.name)
                 AND o.source_id <> d.source_id AND o.deleted_at IS NULL) AS ambiguous
         FROM succession_item i LEFT JOIN catalog_table t ON t.id = i.asset_id
         LEFT JOIN catalog_database d ON d.id = coalesce(t.database_id, i.asset_id) LEFT JOIN source s ON s.id = d.source_id
         WHERE i.succession_id = $1
         ORDER BY i.state <> 'open', i.role IS NULL, i.kind, i.name, i.id",
    ).bind(case).fetch_all(c).await)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let heir = match row.heir_id {
            Some(heir) => holder::by_id(tx, heir).await?,
            None => None,
        };
        items.push(row.item(heir)?);
    }
    Ok(items)
}

impl ItemRow {
    fn item(self, heir: Option<reeve_model::owner::Holder>) -> Result<CaseItem> {
        const TABLE: &str = "succession_item";
        let word = |column, text: &str| bad_word(TABLE, column, self.id, text);
        let asset = match (self.asset_id, self.source, self.database) {
            (Some(id), Some(source), Some(database)) => Some(ItemAsset {
                id,
                kind: match (&self.table_name, self.is_view) {
                    (None, _) => AssetKind::Database,
                    (Some(_), true) => AssetKind::View,
                    (Some(_), false) => AssetKind::Table,
                },
                source,
                ambiguous: self.ambiguous,
                database,
                table: self.table_name,
                size_bytes: self.size_bytes,
                is_gone: self.is_gone,
            }),
            _ => None,
        };
        Ok(CaseItem {
            kind: ItemKind::parse(&self.kind).ok_or_else(|| word("kind", &self.kind))?,
            role: match &self.role {
                Some(role) => Some(OwnerRole::parse(role).ok_or_else(|| word("role", role))?),
                None => None,
            },
            state: ItemState::parse(&self.state).ok_or_else(|| word("state", &self.state))?,
            id: self.id,
            name: self.name,
            heir,
            decided_at: self.decided_at,
            decided_by: self.decided_by,
            asset,
        })
    }
}

/// The case that holds an asset: somebody who left answered for it, for its database, or for a table in it, and nobody has
/// taken that over. What is held may not be deleted, whatever else would allow it.
///
/// # Errors
/// When the database does not answer.
pub async fn hold(tx: &mut Tx, asset: AssetId) -> Result<Option<Hold>> {
    let row: Option<(i64, String, DateTime<Utc>)> = on!(tx, c => sqlx::query_as(
        "SELECT s.id, p.login, s.due_at FROM succession_item i JOIN succession s ON s.id = i.succession_id
         JOIN person p ON p.id = s.person_id
         WHERE s.state = 'open' AND i.state = 'open' AND i.role IS NOT NULL AND (i.asset_id = $1
             OR i.asset_id IN (SELECT id FROM catalog_table WHERE database_id = $1)
             OR i.asset_id = (SELECT database_id FROM catalog_table WHERE id = $1) AND NOT EXISTS (
                 SELECT 1 FROM asset_owner o WHERE o.asset_id = $1 AND o.role = i.role))
         ORDER BY s.id LIMIT 1",
    ).bind(asset).fetch_optional(c).await)?;
    Ok(row.map(|(case, person, due_at)| Hold { case, person, due_at }))
}
