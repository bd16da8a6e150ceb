use crate::audit::{Act, Object, Origin};
use crate::catalog::Result;
use crate::db::{WriteTx, on};
use crate::notify::{Post, successions};
use crate::owners::changed_state;
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::owner::OwnerRole;
use reeve_model::{AssetId, Word};

/// What a review found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    pub opened: u64,
    pub closed: u64,
    /// Holders with whom it stands otherwise than at the review before.
    pub changed: u64,
}

/// How it stands with a holder now, by the rule of `OwnerState::of_person`.
macro_rules! state {
    () => {
        "CASE WHEN p.disabled_at IS NOT NULL OR m.deleted_at IS NOT NULL THEN 'departed'
              WHEN p.state = 'planned' THEN 'active' ELSE coalesce(p.state, 'active') END"
    };
}

/// Looks at everyone who answers for something: who has left gets a case with all that is his, who came back has it closed,
/// search is told of everyone with whom it stands otherwise than before, and people of the cases that are theirs. Runs after every crawl of people, when an
/// administrator disables or enables somebody, and now and then; to run it again does no harm.
///
/// # Errors
/// When the database does not answer.
pub async fn review(tx: &mut WriteTx, post: &Post, succession_days: u32, now: DateTime<Utc>) -> Result<Reviewed> {
    follow_merges(tx).await?;
    let changed = tell_search(tx).await?;
    let closed = close(tx, now).await?;
    let opened = open(tx, post, succession_days, now).await?;
    Ok(Reviewed { opened, closed, changed })
}

/// What was held by somebody who turned out to be another is the other's.
async fn follow_merges(tx: &mut WriteTx) -> Result<()> {
    let merged: Vec<(AssetId, AssetId)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT id, merged_into_id FROM person WHERE merged_into_id IS NOT NULL AND id IN (
             SELECT holder_id FROM asset_owner UNION SELECT person_id FROM watch)",
    ).fetch_all(c).await)?;
    for (old, new) in merged {
        changed_state(tx, old).await?;
        for sql in [
            "INSERT INTO asset_owner (asset_id, role, holder_id, source, since, assigned_by, evidence)
             SELECT asset_id, role, CAST($2 AS BIGINT), source, since, assigned_by, evidence FROM asset_owner WHERE holder_id = $1
             ON CONFLICT (asset_id, role, holder_id) DO NOTHING",
            "INSERT INTO watch (person_id, asset_id, query, name, created_at)
             SELECT CAST($2 AS BIGINT), asset_id, query, name, created_at FROM watch WHERE person_id = $1 ON CONFLICT DO NOTHING",
            "DELETE FROM asset_owner WHERE holder_id = $1 AND CAST($2 AS BIGINT) IS NOT NULL",
            "DELETE FROM watch WHERE person_id = $1 AND CAST($2 AS BIGINT) IS NOT NULL",
        ] {
            on!(&mut *tx, c => sqlx::query(sql).bind(old).bind(new).execute(c).await.map(drop))?;
        }
    }
    Ok(())
}

/// Has the index look again at what is held by those whose state or name is not what it was told last.
async fn tell_search(tx: &mut WriteTx) -> Result<u64> {
    let rows: Vec<(AssetId, String, String)> = on!(&mut *tx, c => sqlx::query_as(concat!(
        "SELECT now.id, now.state, now.name FROM (
             SELECT o.holder_id AS id, ", state!(), " AS state, coalesce(p.login, m.name) AS name
             FROM (SELECT DISTINCT holder_id FROM asset_owner) o
             LEFT JOIN person p ON p.id = o.holder_id LEFT JOIN team m ON m.id = o.holder_id) now
         LEFT JOIN owner_told b ON b.holder_id = now.id
         WHERE now.name IS NOT NULL AND (b.holder_id IS NULL OR b.state <> now.state OR b.name <> now.name)"
    )).fetch_all(c).await)?;
    for (holder, state, name) in &rows {
        on!(&mut *tx, c => sqlx::query(
            "INSERT INTO owner_told (holder_id, state, name) VALUES ($1, $2, $3)
             ON CONFLICT (holder_id) DO UPDATE SET state = excluded.state, name = excluded.name",
        ).bind(holder).bind(state).bind(name).execute(c).await.map(drop))?;
        changed_state(tx, *holder).await?;
    }
    Ok(rows.len() as u64)
}

/// Opens a case for everyone who has left and answers for something, and adds to the cases that are open what they lack.
async fn open(tx: &mut WriteTx, post: &Post, succession_days: u32, now: DateTime<Utc>) -> Result<u64> {
    // Longer than anybody plans, and short of where times end.
    let due = now + TimeDelta::days(i64::from(succession_days.min(36_500)));
    let left: Vec<(AssetId, String, Option<i64>)> = on!(&mut *tx, c => sqlx::query_as(concat!(
        "SELECT p.id, p.login, s.id FROM person p LEFT JOIN team m ON m.id = p.id
         LEFT JOIN succession s ON s.person_id = p.id AND s.state = 'open'
         WHERE p.id IN (SELECT holder_id FROM asset_owner) AND ", state!(), " = 'departed' AND EXISTS (
             SELECT 1 FROM asset_owner o LEFT JOIN catalog_table t ON t.id = o.asset_id
             LEFT JOIN catalog_database d ON d.id = coalesce(t.database_id, o.asset_id)
             WHERE o.holder_id = p.id AND t.deleted_at IS NULL AND d.deleted_at IS NULL
                 AND (s.id IS NULL OR NOT EXISTS (SELECT 1 FROM succession_item i WHERE i.succession_id = s.id
                     AND i.asset_id = o.asset_id AND i.role = o.role AND i.state = 'open')))
         ORDER BY p.id"
    )).fetch_all(c).await)?;
    let mut opened = 0;
    for (person, login, known) in left {
        let case: i64 = match known {
            Some(case) => case,
            None => {
                opened += 1;
                let case = on!(&mut *tx, c => sqlx::query_scalar(
                    "INSERT INTO succession (person_id, state, cause, opened_at, due_at)
                     SELECT id, 'open', CASE WHEN disabled_at IS NULL THEN state_reason END, $2, $3 FROM person
                     WHERE id = $1 RETURNING id",
                ).bind(person).bind(now).bind(due).fetch_one(c).await)?;
                let object = Object::new(ObjectKind::Case, case, &login);
                tx.record(Act::new(&Origin::system("succession"), now, Event::CaseOpened, object));
                case
            }
        };
        add_owned(tx, case, person).await?;
        if known.is_none() {
            add_ended(tx, case, person).await?;
            successions::opened(tx, post, case, person, now).await?;
        }
    }
    Ok(opened)
}

async fn add_owned(tx: &mut WriteTx, case: i64, person: AssetId) -> Result<()> {
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO succession_item (succession_id, kind, asset_id, role, name, state)
         SELECT $1, CASE WHEN t.id IS NULL THEN 'database' ELSE 'table' END, o.asset_id, o.role,
             CASE WHEN t.id IS NULL THEN d.name ELSE d.name || '.' || t.name END, 'open'
         FROM asset_owner o LEFT JOIN catalog_table t ON t.id = o.asset_id
         JOIN catalog_database d ON d.id = coalesce(t.database_id, o.asset_id)
         WHERE o.holder_id = $2 AND t.deleted_at IS NULL AND d.deleted_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM succession_item i WHERE i.succession_id = $1 AND i.asset_id = o.asset_id AND i.role = o.role
                 AND i.state = 'open')
         ORDER BY o.asset_id, o.role",
    ).bind(case).bind(person).execute(c).await.map(drop))?;
    Ok(())
}

/// What cannot be handed over: tokens and watches act no more while he is gone, and do again should he come back.
async fn add_ended(tx: &mut WriteTx, case: i64, person: AssetId) -> Result<()> {
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO succession_item (succession_id, kind, asset_id, name, state)
         SELECT $1, 'token', NULL, name, 'ended' FROM api_token WHERE person_id = $2 AND revoked_at IS NULL
         UNION ALL SELECT $1, 'watch', asset_id, name, 'ended' FROM watch WHERE person_id = $2",
    ).bind(case).bind(person).execute(c).await.map(drop))?;
    Ok(())
}

/// Closes the cases of those who are back: what nobody took is theirs as before.
async fn close(tx: &mut WriteTx, now: DateTime<Utc>) -> Result<u64> {
    let back: Vec<(i64, String)> = on!(&mut *tx, c => sqlx::query_as(concat!(
        "SELECT s.id, p.login FROM succession s JOIN person p ON p.id = s.person_id LEFT JOIN team m ON m.id = p.id
         WHERE s.state = 'open' AND ", state!(), " <> 'departed' ORDER BY s.id"
    )).fetch_all(c).await)?;
    for (case, login) in &back {
        end(tx, *case, login, "returned", &Origin::system("succession"), now).await?;
    }
    Ok(back.len() as u64)
}

async fn end(tx: &mut WriteTx, case: i64, login: &str, state: &str, origin: &Origin, now: DateTime<Utc>) -> Result<()> {
    on!(&mut *tx, c => sqlx::query("UPDATE succession SET state = $2, closed_at = $3, closed_by = $4 WHERE id = $1")
        .bind(case).bind(state).bind(now).bind(&origin.actor).execute(c).await.map(drop))?;
    let object = Object::new(ObjectKind::Case, case, login);
    tx.record(Act::new(origin, now, Event::CaseClosed, object).change(Some("open"), Some(state)));
    Ok(())
}

/// Somebody answers for an asset no more in this role: if that was an open item of a case, it is decided, and with the last
/// one the case is settled.
pub(in crate::owners) async fn decided(
    tx: &mut WriteTx,
    asset: AssetId,
    role: OwnerRole,
    holder: AssetId,
    heir: Option<AssetId>,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    let case: Option<(i64, String)> = on!(&mut *tx, c => sqlx::query_as(
        "UPDATE succession_item SET state = 'handed_over', heir_id = $4, decided_at = $5, decided_by = $6
         WHERE asset_id = $1 AND role = $2 AND state = 'open' AND succession_id IN (
             SELECT id FROM succession WHERE person_id = $3 AND state = 'open')
         RETURNING succession_id, (SELECT login FROM person WHERE id = $3)",
    )
        .bind(asset).bind(role.as_str()).bind(holder).bind(heir).bind(now).bind(&origin.actor)
        .fetch_optional(c).await)?;
    let Some((case, login)) = case else { return Ok(()) };
    let open: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM succession_item WHERE succession_id = $1 AND state = 'open'",
    ).bind(case).fetch_one(c).await)?;
    if open == 0 {
        end(tx, case, &login, "settled", origin, now).await?;
    }
    Ok(())
}
