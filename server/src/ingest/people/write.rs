//! What was computed, written in transactions that are short and can be repeated: teams, people with their records and what
//! became of them, then who leads whom, and what is not certain.

use super::ROWS_AT_ONCE;
use super::compute::{Computation, Superseded, Written, differs};
use super::draft::{Draft, Drafts, StoredPerson};
use super::teams::{StoredTeam, TeamDraft, address};
use crate::audit::{Act, Object, Origin};
use crate::catalog::{CatalogError, to_json};
use crate::db::{Tx, WriteTx, on};
use crate::people::event::{self, Event};
use reeve_model::audit::{Event as Audited, ObjectKind};
use reeve_model::person::{PersonState, Question};
use reeve_model::{AssetId, Word};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What is written of a person; the keys are those of the statement.
#[derive(Serialize)]
struct Row<'a> {
    id: AssetId,
    login: &'a str,
    name: &'a str,
    mail: Option<&'a str>,
    employee_number: Option<&'a str>,
    title: Option<&'a str>,
    team: Option<AssetId>,
    starts_on: Option<String>,
    ends_on: Option<String>,
    state: &'static str,
    why: String,
    kind: &'static str,
    conflicts: String,
}

/// `?` of a write that another computation may have taken over.
macro_rules! go_on {
    ($written:expr) => {
        match $written? {
            Ok(done) => done,
            Err(superseded) => return Ok(Err(superseded)),
        }
    };
}

impl Computation<'_> {
    pub(super) async fn write(
        &self,
        generation: i64,
        stored: Vec<StoredPerson>,
        teams: Vec<StoredTeam>,
        mut drafts: Drafts,
    ) -> Written<()> {
        let team_ids = go_on!(self.teams(generation, &teams, &drafts.teams).await);
        go_on!(self.merge(generation, &drafts.joined).await);
        let stored: HashMap<AssetId, StoredPerson> = stored.into_iter().map(|one| (one.id, one)).collect();
        let team_of = |draft: &Draft| draft.team.and_then(|place| team_ids.get(place).copied());
        let changed: Vec<usize> = (0..drafts.people.len())
            .filter(|place| {
                let draft = &drafts.people[*place];
                differs(draft, draft.id.and_then(|id| stored.get(&id)), team_of(draft))
            })
            .collect();
        go_on!(self.free_logins(generation, &drafts.people, &changed, &stored).await);
        for places in changed.chunks(ROWS_AT_ONCE) {
            let mut tx = go_on!(self.begin(generation).await);
            self.people(&mut tx, &mut drafts.people, places, &stored, &team_of).await?;
            tx.commit().await?;
        }
        go_on!(self.managers(generation, &drafts.people, &stored).await);
        go_on!(self.leads(generation, &teams, &team_ids, &drafts).await);
        self.questions(generation, &drafts.questions).await
    }

    /// Teams as they are now; answers the id of each. One that no source has any more is dissolved.
    async fn teams(&self, generation: i64, stored: &[StoredTeam], drafts: &[TeamDraft]) -> Written<Vec<AssetId>> {
        let mut known: HashMap<&str, &StoredTeam> = HashMap::new();
        for team in stored {
            if let Some(key) = &team.source_key {
                known.insert(key, team);
            }
        }
        let fresh: Vec<[&str; 1]> =
            drafts.iter().filter(|draft| !known.contains_key(draft.source_key.as_str())).map(|_| ["team"]).collect();
        let mut taken: HashSet<String> = stored.iter().map(|team| team.name.clone()).collect();
        let mut tx = go_on!(self.begin(generation).await);
        let mut ids = new_assets(&mut tx, &fresh).await?.remove("team").unwrap_or_default();
        let mut of_drafts = Vec::with_capacity(drafts.len());
        let mut rows = Vec::new();
        for draft in drafts {
            let known = known.get(draft.source_key.as_str());
            let id = match known {
                Some(team) => team.id,
                None => ids.pop().ok_or(sqlx::Error::RowNotFound)?,
            };
            of_drafts.push(id);
            let same = known.is_some_and(|team| {
                team.title == draft.title
                    && team.parent_missing == draft.parent_missing
                    && team.is_cut == draft.is_cut
                    && !team.is_deleted
            });
            if !same {
                let name = known.map_or_else(|| address(draft, &mut taken), |team| team.name.clone());
                rows.push((id, name, &draft.title, &draft.source_key, &draft.parent_missing, i64::from(draft.is_cut)));
            }
        }
        for rows in rows.chunks(ROWS_AT_ONCE) {
            on!(&mut tx, c => sqlx::query(
                "INSERT INTO team (id, name, title, source_key, parent_missing, is_cut)
                 SELECT CAST(value->>0 AS BIGINT), value->>1, value->>2, value->>3, value->>4,
                        CAST(CAST(value->>5 AS INTEGER) AS BOOLEAN)
                 FROM json_each($1) WHERE true
                 ON CONFLICT (id) DO UPDATE SET title = excluded.title, parent_missing = excluded.parent_missing,
                     is_cut = excluded.is_cut, deleted_at = NULL",
            ).bind(to_json(rows)).execute(c).await.map(drop))?;
        }
        // Parents when all are there.
        let parents = drafts.iter().zip(&of_drafts).filter_map(|(draft, id)| {
            let parent = draft.parent.map(|place| of_drafts[place]);
            let had = known.get(draft.source_key.as_str()).and_then(|team| team.parent_id);
            (parent != had).then_some((*id, parent))
        });
        let parents: Vec<_> = parents.collect();
        for parents in parents.chunks(ROWS_AT_ONCE) {
            set(&mut tx, "team", "parent_id", parents).await?;
        }
        let here: HashSet<AssetId> = of_drafts.iter().copied().collect();
        let gone =
            stored.iter().filter(|team| team.source_key.is_some() && !team.is_deleted && !here.contains(&team.id));
        let gone: Vec<(AssetId,)> = gone.map(|team| (team.id,)).collect();
        on!(&mut tx, c => sqlx::query(
            "UPDATE team SET deleted_at = $2 WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
        ).bind(to_json(&gone)).bind(self.clock.now()).execute(c).await.map(drop))?;
        tx.commit().await?;
        Ok(Ok(of_drafts))
    }

    /// Whose records are all another's now becomes part of him: he keeps his number, and nothing else. His roles are not
    /// handed on: somebody gave them to whom he took him for.
    async fn merge(&self, generation: i64, joined: &[(AssetId, AssetId)]) -> Written<()> {
        if joined.is_empty() {
            return Ok(Ok(()));
        }
        let now = self.clock.now();
        let mut tx = go_on!(self.begin(generation).await);
        for (old, new) in joined {
            for sql in [
                "UPDATE identity SET person_id = $2 WHERE person_id = $1",
                "UPDATE account SET person_id = $2 WHERE person_id = $1
                     AND NOT EXISTS (SELECT 1 FROM account WHERE person_id = $2)",
                "UPDATE team SET lead_id = $2 WHERE lead_id = $1",
                "UPDATE person SET manager_id = $2 WHERE manager_id = $1",
                "UPDATE api_token SET person_id = $2 WHERE person_id = $1",
                "UPDATE person SET merged_into_id = $2, login = '~' || CAST(id AS TEXT), mail = NULL, employee_number = NULL
                 WHERE id = $1",
                // An endless way round: who was merged into the old one is the new one's.
                "UPDATE person SET merged_into_id = $2 WHERE merged_into_id = $1",
            ] {
                on!(&mut tx, c => sqlx::query(sql).bind(old).bind(new).execute(c).await.map(drop))?;
            }
            crate::auth::session::end_all(&mut tx, *old).await?;
            event::record(&mut tx, self.crawl_id, now, &[Event::merged(*old, *new)]).await?;
            let object = Object::new(ObjectKind::Person, old, old);
            let act = Act::new(&Origin::system("people"), now, Audited::PeopleMerged, object);
            tx.record(act.change(Some(old), Some(new)));
        }
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Logins that change hands are free before anybody takes one.
    async fn free_logins(
        &self,
        generation: i64,
        people: &[Draft],
        changed: &[usize],
        stored: &HashMap<AssetId, StoredPerson>,
    ) -> Written<()> {
        let moving: Vec<(AssetId,)> = changed
            .iter()
            .filter_map(|place| {
                let id = people[*place].id?;
                (stored.get(&id)?.login != people[*place].login).then_some((id,))
            })
            .collect();
        for moving in moving.chunks(ROWS_AT_ONCE) {
            let mut tx = go_on!(self.begin(generation).await);
            on!(&mut tx, c => sqlx::query(
                "UPDATE person SET login = '~' || CAST(id AS TEXT)
                 WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
            ).bind(to_json(moving)).execute(c).await.map(drop))?;
            tx.commit().await?;
        }
        Ok(Ok(()))
    }

    /// Some people with their records, in one transaction with what became of them.
    async fn people(
        &self,
        tx: &mut WriteTx,
        people: &mut [Draft],
        places: &[usize],
        stored: &HashMap<AssetId, StoredPerson>,
        team_of: &(dyn Fn(&Draft) -> Option<AssetId> + Sync),
    ) -> Result<(), CatalogError> {
        let now = self.clock.now();
        let fresh: Vec<[&str; 1]> = places
            .iter()
            .filter(|place| people[**place].id.is_none())
            .map(|place| [people[*place].asset_kind()])
            .collect();
        let mut ids = new_assets(tx, &fresh).await?;
        for place in places {
            let draft = &mut people[*place];
            if draft.id.is_none() {
                let id = ids.get_mut(draft.asset_kind()).and_then(Vec::pop).ok_or(sqlx::Error::RowNotFound)?;
                draft.id = Some(id);
            }
        }
        let drafts = || places.iter().filter_map(|place| people[*place].id.map(|id| (id, &people[*place])));
        let rows: Vec<Row<'_>> = drafts().map(|(id, draft)| row(id, draft, team_of(draft))).collect();
        on!(&mut *tx, c => sqlx::query(
            "INSERT INTO person (id, login, name, mail, employee_number, title, team_id, starts_on, ends_on, state,
                 state_since, state_reason, created_at, kind, conflicts)
             SELECT CAST(value->>'id' AS BIGINT), value->>'login', value->>'name', value->>'mail',
                 value->>'employee_number', value->>'title', CAST(value->>'team' AS BIGINT),
                 CAST(value->>'starts_on' AS DATETEXT), CAST(value->>'ends_on' AS DATETEXT), value->>'state', $2,
                 value->>'why', $2, value->>'kind', value->>'conflicts'
             FROM json_each($1) WHERE true
             ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, mail = excluded.mail,
                 employee_number = excluded.employee_number, title = excluded.title, team_id = excluded.team_id,
                 starts_on = excluded.starts_on, ends_on = excluded.ends_on,
                 state_since = CASE WHEN person.state = excluded.state THEN person.state_since ELSE excluded.state_since END,
                 state = excluded.state, state_reason = excluded.state_reason, kind = excluded.kind,
                 conflicts = excluded.conflicts",
        ).bind(to_json(&rows)).bind(now).execute(c).await.map(drop))?;
        let kinds: Vec<(AssetId, &str)> = drafts()
            .filter(|(id, draft)| stored.get(id).is_some_and(|one| one.kind != draft.kind.as_str()))
            .map(|(id, draft)| (id, draft.asset_kind()))
            .collect();
        if !kinds.is_empty() {
            on!(&mut *tx, c => sqlx::query(
                "UPDATE asset SET kind = now.kind
                 FROM (SELECT CAST(value->>0 AS BIGINT) AS id, value->>1 AS kind FROM json_each($1)) AS now
                 WHERE asset.id = now.id",
            ).bind(to_json(&kinds)).execute(c).await.map(drop))?;
        }
        let claims: Vec<(i64, AssetId)> =
            drafts().flat_map(|(id, draft)| draft.claims.iter().map(move |record| (*record, id))).collect();
        if !claims.is_empty() {
            on!(&mut *tx, c => sqlx::query(
                "UPDATE person_record SET person_id = claim.person
                 FROM (SELECT CAST(value->>0 AS BIGINT) AS id, CAST(value->>1 AS BIGINT) AS person FROM json_each($1)) AS claim
                 WHERE person_record.id = claim.id",
            ).bind(to_json(&claims)).execute(c).await.map(drop))?;
        }
        self.tell(tx, drafts().map(|(id, draft)| (id, draft, stored.get(&id)))).await
    }

    /// What became of people: an event of each change of state, and for those who left the end of their sessions.
    async fn tell<'d>(
        &self,
        tx: &mut WriteTx,
        people: impl Iterator<Item = (AssetId, &'d Draft, Option<&'d StoredPerson>)>,
    ) -> Result<(), CatalogError> {
        let now = self.clock.now();
        let mut events = Vec::new();
        let mut left: Vec<(AssetId,)> = Vec::new();
        for (id, draft, stored) in people {
            let was = stored.map(|stored| stored.state.as_str());
            // Who is new and here has no story yet.
            if was.unwrap_or(PersonState::Active.as_str()) == draft.state.as_str() {
                continue;
            }
            events.push(Event::state(id, draft.state, &draft.why));
            let audited = match (was, draft.state) {
                (Some(_), PersonState::Departed) => Audited::PersonDeparted,
                (Some(was), _) if was == PersonState::Departed.as_str() => Audited::PersonReturned,
                _ => continue,
            };
            if draft.state == PersonState::Departed {
                left.push((id,));
            }
            let act =
                Act::new(&Origin::system("people"), now, audited, Object::new(ObjectKind::Person, id, &draft.login));
            tx.record(act.change(was, Some(draft.state.as_str())).because(&to_json(&draft.why)));
        }
        event::record(tx, self.crawl_id, now, &events).await?;
        if !left.is_empty() {
            on!(&mut *tx, c => sqlx::query(
                "DELETE FROM session WHERE person_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
            ).bind(to_json(&left)).execute(c).await.map(drop))?;
        }
        Ok(())
    }

    async fn managers(
        &self,
        generation: i64,
        people: &[Draft],
        stored: &HashMap<AssetId, StoredPerson>,
    ) -> Written<()> {
        let changed: Vec<(AssetId, Option<AssetId>)> = people
            .iter()
            .filter_map(|draft| {
                let id = draft.id?;
                let manager = draft.manager.and_then(|place| people[place].id);
                let had = stored.get(&id).and_then(|one| one.manager_id);
                (manager != had).then_some((id, manager))
            })
            .collect();
        for changed in changed.chunks(ROWS_AT_ONCE) {
            let mut tx = go_on!(self.begin(generation).await);
            set(&mut tx, "person", "manager_id", changed).await?;
            tx.commit().await?;
        }
        Ok(Ok(()))
    }

    async fn leads(&self, generation: i64, stored: &[StoredTeam], ids: &[AssetId], drafts: &Drafts) -> Written<()> {
        let had: HashMap<AssetId, Option<AssetId>> = stored.iter().map(|team| (team.id, team.lead_id)).collect();
        let changed: Vec<(AssetId, Option<AssetId>)> = ids
            .iter()
            .zip(&drafts.teams)
            .filter_map(|(id, team)| {
                let lead = team.lead.and_then(|place| drafts.people[place].id);
                (lead != had.get(id).copied().flatten()).then_some((*id, lead))
            })
            .collect();
        for changed in changed.chunks(ROWS_AT_ONCE) {
            let mut tx = go_on!(self.begin(generation).await);
            set(&mut tx, "team", "lead_id", changed).await?;
            tx.commit().await?;
        }
        Ok(Ok(()))
    }

    /// What is not certain, as it is now; what was asked before keeps its number and its time.
    async fn questions(&self, generation: i64, questions: &[(Question, Vec<i64>)]) -> Written<()> {
        let rows: Vec<(&str, &str, &str, &[i64])> = questions
            .iter()
            .map(|(one, records)| (one.key.as_str(), one.value.as_str(), one.reason.as_str(), records.as_slice()))
            .collect();
        let mut tx = go_on!(self.begin(generation).await);
        on!(&mut tx, c => sqlx::query(
            "DELETE FROM person_question WHERE NOT EXISTS (
                 SELECT 1 FROM json_each($1) AS one WHERE one.value->>0 = person_question.key
                     AND one.value->>1 = person_question.value)",
        ).bind(to_json(&rows)).execute(c).await.map(drop))?;
        for rows in rows.chunks(ROWS_AT_ONCE) {
            on!(&mut tx, c => sqlx::query(
                "INSERT INTO person_question (key, value, reason, records, asked_at)
                 SELECT value->>0, value->>1, value->>2, value->>3, $2 FROM json_each($1) WHERE true
                 ON CONFLICT (key, value) DO UPDATE SET reason = excluded.reason, records = excluded.records",
            ).bind(to_json(rows)).bind(self.clock.now()).execute(c).await.map(drop))?;
        }
        tx.commit().await?;
        Ok(Ok::<(), Superseded>(()))
    }
}

fn row(id: AssetId, draft: &Draft, team: Option<AssetId>) -> Row<'_> {
    Row {
        id,
        login: &draft.login,
        name: &draft.name,
        mail: draft.mail.as_deref(),
        employee_number: draft.employee_number.as_deref(),
        title: draft.title.as_deref(),
        team,
        starts_on: draft.starts_on.map(|day| day.to_string()),
        ends_on: draft.ends_on.map(|day| day.to_string()),
        state: draft.state.as_str(),
        why: to_json(&draft.why),
        kind: draft.kind.as_str(),
        conflicts: to_json(&draft.conflicts),
    }
}

/// Numbers for new assets, by their kind.
async fn new_assets(tx: &mut Tx, kinds: &[[&str; 1]]) -> Result<HashMap<String, Vec<AssetId>>, CatalogError> {
    let mut ids: HashMap<String, Vec<AssetId>> = HashMap::new();
    if kinds.is_empty() {
        return Ok(ids);
    }
    let made: Vec<(AssetId, String)> = on!(tx, c => sqlx::query_as(
        "INSERT INTO asset (kind, source_id) SELECT value->>0, NULL FROM json_each($1) RETURNING id, kind",
    ).bind(to_json(kinds)).fetch_all(c).await)?;
    for (id, kind) in made {
        ids.entry(kind).or_default().push(id);
    }
    Ok(ids)
}

/// Sets one column of many rows, each to a number or to nothing.
async fn set(
    tx: &mut Tx,
    table: &'static str,
    column: &'static str,
    rows: &[(AssetId, Option<AssetId>)],
) -> Result<(), CatalogError> {
    let sql = format!(
        "UPDATE {table} SET {column} = now.other
         FROM (SELECT CAST(value->>0 AS BIGINT) AS id, CAST(value->>1 AS BIGINT) AS other FROM json_each($1)) AS now
         WHERE {table}.id = now.id"
    );
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}
