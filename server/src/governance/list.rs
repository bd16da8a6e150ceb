//! Requests in lists, and what waits for whom.

use super::Result;
use crate::catalog::json;
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::asset::Paged;
use reeve_model::request::{Named, Place, Request, RequestKind, RequestSummary, StateWord};
use reeve_model::visibility::Hidden;
use reeve_model::{AssetId, Word};
use sqlx::AssertSqlSafe;

/// Which requests of all; `None` and an empty text ask for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<RequestKind>,
    pub which: Which,
    /// Of this asset.
    pub asset: Option<AssetId>,
    /// Part of the subject's name.
    pub q: String,
    pub order: Order,
}

/// Whose, and how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    #[default]
    All,
    Open,
    In(StateWord),
    /// He may decide on it now.
    WaitingFor(AssetId),
    /// He asked for it.
    By(AssetId),
    /// Somebody of these teams asked for it, or it is about what is theirs.
    OfTeamOf(AssetId),
    /// He decided on it.
    DecidedBy(AssetId),
    /// It was agreed, and an operator has to do it.
    ToBeDone,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Newest,
    /// What is due first, then what is largest.
    Due,
    Largest,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    body: String,
    due_at: Option<DateTime<Utc>>,
    requester_id: AssetId,
    requester_login: String,
    requester_name: String,
    source: Option<String>,
    ambiguous: bool,
    database: Option<String>,
    table_name: Option<String>,
}

const SELECT: &str = "SELECT r.id, r.body, r.due_at, p.id AS requester_id, p.login AS requester_login,
         p.name AS requester_name, s.name AS source, d.name AS database, t.name AS table_name,
         EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(d.name) AND o.source_id <> d.source_id
             AND o.deleted_at IS NULL) AS ambiguous";
const FROM: &str = " FROM request r JOIN person p ON p.id = r.requester_id LEFT JOIN catalog_table t ON t.id = r.asset_id
     LEFT JOIN catalog_database d ON d.id = coalesce(t.database_id, r.asset_id) LEFT JOIN source s ON s.id = d.source_id";
/// Of his department, or of a team that he is in, as [`crate::auth::person::actor`] has it; of those above it alone.
const TEAM: &str = "(SELECT team_id FROM person WHERE id = $1 AND team_id IS NOT NULL
     UNION SELECT team_id FROM team_member WHERE person_id = $1 UNION SELECT id FROM team WHERE lead_id = $1)";

impl Filter {
    fn condition(&self) -> (String, Option<AssetId>) {
        let open = "('submitted', 'in_review', 'offered')";
        let (which, person) = match self.which {
            Which::All => ("r.state <> 'draft'".to_owned(), None),
            Which::Open => (format!("r.state IN {open}"), None),
            Which::In(state) => (format!("r.state = '{}'", state.as_str()), None),
            Which::WaitingFor(person) => (
                format!("r.state IN {open} AND r.id IN (SELECT request_id FROM request_seat WHERE person_id = $1)"),
                Some(person),
            ),
            Which::By(person) => ("r.requester_id = $1".to_owned(), Some(person)),
            Which::OfTeamOf(person) => (
                format!(
                    "r.state <> 'draft' AND (r.requester_id IN (SELECT id FROM person WHERE team_id IN {TEAM})
                         OR r.asset_id IN (SELECT asset_id FROM asset_owner WHERE holder_id IN {TEAM}))"
                ),
                Some(person),
            ),
            Which::DecidedBy(person) => (
                "r.id IN (SELECT request_id FROM request_entry WHERE by_id = $1
                     AND act IN ('approve', 'decline', 'counter', 'override'))"
                    .to_owned(),
                Some(person),
            ),
            Which::ToBeDone => {
                ("r.state = 'approved' AND r.kind IN ('access', 'restore', 'ingestion')".to_owned(), None)
            }
        };
        let kind = self.kind.map(|kind| format!(" AND r.kind = '{}'", kind.as_str())).unwrap_or_default();
        let asset = self.asset.map(|asset| format!(" AND r.asset_id = {asset}")).unwrap_or_default();
        (format!("{which}{kind}{asset} AND ($2 = '' OR lower(r.name) LIKE $2 ESCAPE '\\')"), person)
    }
}

/// A page of them; the cursor counts those already shown. What is about something hidden from whoever asks is not there.
///
/// # Errors
/// When the database does not answer, or holds what this version cannot read.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    hidden: &Hidden,
    skip: i64,
    limit: i64,
) -> Result<Paged<RequestSummary>> {
    let (condition, person) = filter.condition();
    let hidden = crate::catalog::hidden::ids(tx, hidden).await?;
    let condition =
        format!("{condition} AND (d.id IS NULL OR d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($3)))");
    let order = match filter.order {
        Order::Newest => "r.id DESC",
        Order::Due => "r.due_at IS NULL, r.due_at, coalesce(r.bytes, 0) DESC, r.id",
        Order::Largest => "coalesce(r.bytes, 0) DESC, r.due_at, r.id",
    };
    let q = if filter.q.trim().is_empty() { String::new() } else { like(&filter.q) };
    // A person whom no condition names binds all the same: `$1` has a type then.
    let total = format!("SELECT count(*) {FROM} WHERE {condition} AND (CAST($1 AS BIGINT) IS NULL OR true)");
    let total: i64 = on!(&mut *tx, c => sqlx::query_scalar(AssertSqlSafe(total))
        .bind(person).bind(&q).bind(&hidden).fetch_one(c).await)?;
    let rows = format!(
        "{SELECT} {FROM} WHERE {condition} AND (CAST($1 AS BIGINT) IS NULL OR true) ORDER BY {order} LIMIT $4 OFFSET $5"
    );
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(AssertSqlSafe(rows))
        .bind(person).bind(&q).bind(&hidden).bind(limit + 1).bind(skip).fetch_all(c).await)?;
    let items = rows.into_iter().map(Row::summary).collect::<Result<_>>()?;
    Ok(Paged::from_rows(items, limit, total, |_| (skip + limit).to_string()))
}

/// One of them as a list shows it; nothing where it is about something hidden.
///
/// # Errors
/// As [`list`].
pub async fn summary(tx: &mut Tx, id: i64, hidden: &Hidden) -> Result<Option<RequestSummary>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(AssertSqlSafe(format!("{SELECT} {FROM} WHERE r.id = $1")))
        .bind(id).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let is_hidden = row.source.as_deref().zip(row.database.as_deref()).is_some_and(|(of, name)| hidden.hides(of, name));
    if is_hidden { Ok(None) } else { row.summary().map(Some) }
}

/// How many wait for somebody.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(tx: &mut Tx, person: AssetId) -> Result<i64> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT count(DISTINCT w.request_id) FROM request_seat w JOIN request r ON r.id = w.request_id
         WHERE w.person_id = $1 AND r.state IN ('submitted', 'in_review', 'offered')",
    ).bind(person).fetch_one(c).await)?)
}

/// Text that stands for itself in LIKE.
fn like(text: &str) -> String {
    let escaped = text.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

impl Row {
    fn summary(self) -> Result<RequestSummary> {
        let request: Request = json("request", "body", self.id, &self.body)?;
        let place = self.source.zip(self.database).map(|(source, database)| Place {
            source,
            ambiguous: self.ambiguous,
            database,
            table: self.table_name,
        });
        let (agreed, steps) = progress(&request);
        Ok(RequestSummary {
            id: request.id,
            kind: request.content.kind(),
            state: request.state.word(),
            version: request.version,
            subject: request.subject.name.clone(),
            place,
            requester: Named { id: self.requester_id, login: self.requester_login, name: self.requester_name },
            reason: request.reason.clone(),
            bytes: request.facts.bytes,
            filed_at: request.filed.map(|filing| filing.at),
            due_at: self.due_at,
            agreed,
            steps,
            is_changed: false,
            is_personal: request.facts.is_personal(),
            content: request.content,
        })
    }
}

/// Steps that have a vote for it, and all of them; of one that was decided, all.
fn progress(request: &Request) -> (i64, i64) {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let Some(review) = request.state.review() else { return (0, 0) };
    let agreed = review.steps.iter().filter(|step| !step.votes.is_empty()).count();
    (count(agreed), count(review.steps.len()))
}
