//! The ordered rules by which names of other systems are people's, teams' and service accounts', and what they make of the
//! names that own something in the catalog.

use crate::catalog::{CatalogError, hidden, json, to_json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::person::Owned;
use reeve_model::principal::{self, Compiled, Outcome, Resolution, Rule, Who, default_rules};
use reeve_model::visibility::Hidden;
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

type Result<T> = std::result::Result<T, CatalogError>;

/// The rules as they are, and who last changed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// 0 while nobody has changed them.
    pub version: i64,
    pub rules: Vec<Rule>,
    pub changed: Option<(DateTime<Utc>, String)>,
}

/// # Errors
/// When the database does not answer.
pub async fn rules(tx: &mut Tx) -> Result<Rules> {
    let row: Option<(i64, String, DateTime<Utc>, String)> = on!(tx, c => sqlx::query_as(
        "SELECT version, rules, changed_at, changed_by FROM principal_rule ORDER BY version DESC LIMIT 1",
    ).fetch_optional(c).await)?;
    Ok(match row {
        None => Rules { version: 0, rules: default_rules(), changed: None },
        Some((version, rules, at, by)) => {
            Rules { version, rules: json("principal_rule", "rules", version, &rules)?, changed: Some((at, by)) }
        }
    })
}

/// Makes these the rules, where nobody has changed them since `version`. Answers whether that was so.
///
/// # Errors
/// When the database does not answer.
pub async fn save(
    tx: &mut WriteTx,
    rules: &[Rule],
    version: i64,
    by: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    if let Tx::Postgres(pg) = &mut **tx {
        sqlx::query("LOCK TABLE principal_rule IN EXCLUSIVE MODE").execute(&mut **pg).await?;
    }
    if self::rules(tx).await?.version != version {
        return Ok(false);
    }
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO principal_rule (rules, changed_at, changed_by, reason) VALUES ($1, $2, $3, $4)",
    ).bind(to_json(rules)).bind(now).bind(by).bind(reason).execute(c).await.map(drop))?;
    Ok(true)
}

/// Those that can be used; one that cannot any more is left out, and the log says so.
pub fn compiled(rules: &[Rule]) -> Vec<Compiled> {
    let compile = |(place, rule): (usize, &Rule)| match rule.compile() {
        Ok(compiled) => compiled,
        Err(error) => {
            tracing::error!(rule = place + 1, "a rule cannot be used and matches nothing: {error}");
            Compiled::nothing(rule)
        }
    };
    rules.iter().enumerate().map(compile).collect()
}

/// Everybody and every team, by what rules find them by.
#[derive(Debug, Default)]
pub struct Everyone {
    logins: HashMap<String, AssetId>,
    mails: HashMap<String, AssetId>,
    numbers: HashMap<String, AssetId>,
    teams: HashMap<String, AssetId>,
}

impl Who for Everyone {
    fn by_login(&self, login: &str) -> Option<AssetId> {
        self.logins.get(&crate::auth::person::login(login)).copied()
    }

    fn by_mail(&self, mail: &str) -> Option<AssetId> {
        self.mails.get(&mail.to_lowercase()).copied()
    }

    fn by_number(&self, number: &str) -> Option<AssetId> {
        self.numbers.get(number).copied()
    }

    fn team(&self, name: &str) -> Option<AssetId> {
        self.teams.get(&name.to_lowercase()).copied()
    }
}

/// # Errors
/// When the database does not answer.
pub async fn everyone(tx: &mut Tx) -> Result<Everyone> {
    let mut everyone = Everyone::default();
    // Who is here last, so that a mail or number that somebody who left had too is his who has it now.
    let people: Vec<(AssetId, String, Option<String>, Option<String>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT id, login, mail, employee_number FROM person WHERE merged_into_id IS NULL
         ORDER BY state <> 'departed', id DESC",
    ).fetch_all(c).await)?;
    for (id, login, mail, number) in people {
        everyone.logins.insert(login, id);
        everyone.mails.extend(mail.map(|mail| (mail.to_lowercase(), id)));
        everyone.numbers.extend(number.map(|number| (number, id)));
    }
    let teams: Vec<(AssetId, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, name, title FROM team WHERE deleted_at IS NULL ORDER BY id DESC",
    ).fetch_all(c).await)?;
    // An address is one team's; a title may be two's, and then the older one's.
    for (id, _, title) in &teams {
        everyone.teams.insert(title.to_lowercase(), *id);
    }
    everyone.teams.extend(teams.into_iter().map(|(id, name, _)| (name.to_lowercase(), id)));
    Ok(everyone)
}

/// Whose a name is.
///
/// # Errors
/// When the database does not answer.
pub async fn resolve(tx: &mut Tx, name: &str) -> Result<Resolution> {
    let rules = rules(tx).await?;
    let everyone = everyone(tx).await?;
    Ok(principal::resolve(name, &compiled(&rules.rules), &everyone))
}

/// Whose each of these names is.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn outcomes(tx: &mut Tx, names: &[String]) -> Result<Vec<Outcome>> {
    let rules = rules(tx).await?;
    let (compiled, everyone) = (compiled(&rules.rules), everyone(tx).await?);
    Ok(names.iter().map(|name| principal::resolve(name, &compiled, &everyone).outcome).collect())
}

/// What an outcome is called in the table `principal`.
pub(crate) fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Person(_) => "person",
        Outcome::Team(_) => "team",
        Outcome::ServiceOfTeam(_) => "service_of_team",
        Outcome::Nobody => "nobody",
        Outcome::Unknown => "unknown",
    }
}

/// A name that owns something in the catalog.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Owning {
    pub(crate) name: String,
    pub(crate) tables: i64,
    pub(crate) size_bytes: i64,
}

/// Every name that owns a table or database.
pub(crate) async fn owning(tx: &mut Tx) -> Result<Vec<Owning>> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT name, CAST(sum(tables) AS BIGINT) AS tables, CAST(sum(size_bytes) AS BIGINT) AS size_bytes FROM (
             SELECT owner AS name, count(*) AS tables, coalesce(sum(size_bytes), 0) AS size_bytes FROM catalog_table
             WHERE deleted_at IS NULL AND owner <> '' GROUP BY owner
             UNION ALL
             SELECT owner, 0, 0 FROM catalog_database WHERE deleted_at IS NULL AND owner <> '') AS names
         GROUP BY name ORDER BY name",
    ).fetch_all(c).await)?)
}

/// Names that own something as somebody sees them: those of hidden databases own nothing for him. The first parameter is
/// [`hidden::ids`].
fn seen(hidden: &Hidden) -> &'static str {
    if hidden.is_nothing() {
        return "(SELECT name, outcome, target_id, rule, tables, size_bytes FROM principal
                 WHERE CAST($1 AS TEXT) IS NOT NULL) AS seen";
    }
    "(SELECT p.name, p.outcome, p.target_id, p.rule, count(*) AS tables,
             CAST(coalesce(sum(t.size_bytes), 0) AS BIGINT) AS size_bytes
      FROM principal p JOIN catalog_table t ON t.owner = p.name AND t.deleted_at IS NULL
          AND t.database_id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))
      GROUP BY p.name, p.outcome, p.target_id, p.rule) AS seen"
}

/// What is somebody's by the names of other systems, the most first.
pub(super) async fn owned(tx: &mut Tx, id: AssetId, hidden: &Hidden) -> Result<Vec<Owned>> {
    let ids = hidden::ids(tx, hidden).await?;
    let sql = format!(
        "SELECT name, rule, tables, size_bytes FROM {} WHERE target_id = $2 ORDER BY tables DESC, name LIMIT 200",
        seen(hidden)
    );
    let rows: Vec<(String, Option<i64>, i64, i64)> =
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(ids).bind(id).fetch_all(c).await)?;
    let owned = |(name, rule, tables, size_bytes)| Owned { name, rule, tables, size_bytes };
    Ok(rows.into_iter().map(owned).collect())
}

/// How many names own something, how many of them are somebody's, and what is nobody's by no rule at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct NameCounts {
    pub names: i64,
    pub mapped: i64,
    pub unknown: i64,
    pub unknown_tables: i64,
}

/// # Errors
/// When the database does not answer.
pub async fn counts(tx: &mut Tx, hidden: &Hidden) -> Result<NameCounts> {
    let ids = hidden::ids(tx, hidden).await?;
    let sql = format!(
        "SELECT count(*) AS names,
                CAST(coalesce(sum(CASE WHEN outcome <> 'unknown' THEN 1 ELSE 0 END), 0) AS BIGINT) AS mapped,
                CAST(coalesce(sum(CASE WHEN outcome = 'unknown' THEN 1 ELSE 0 END), 0) AS BIGINT) AS unknown,
                CAST(coalesce(sum(CASE WHEN outcome = 'unknown' THEN tables ELSE 0 END), 0) AS BIGINT) AS unknown_tables
         FROM {}",
        seen(hidden)
    );
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_one(c).await)?)
}

/// Names that no rule knows, by how much they own: name, tables, bytes.
///
/// # Errors
/// When the database does not answer.
pub async fn unknown(tx: &mut Tx, limit: i64, hidden: &Hidden) -> Result<Vec<(String, i64, i64)>> {
    let ids = hidden::ids(tx, hidden).await?;
    let sql = format!(
        "SELECT name, tables, size_bytes FROM {} WHERE outcome = 'unknown'
         ORDER BY tables DESC, size_bytes DESC, name LIMIT $2",
        seen(hidden)
    );
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(ids).bind(limit).fetch_all(c).await)?)
}

/// How many names each rule decides, by its place.
///
/// # Errors
/// When the database does not answer.
pub async fn hits(tx: &mut Tx, hidden: &Hidden) -> Result<HashMap<i64, i64>> {
    let ids = hidden::ids(tx, hidden).await?;
    let sql = format!("SELECT rule, count(*) FROM {} WHERE rule IS NOT NULL GROUP BY rule", seen(hidden));
    let rows: Vec<(i64, i64)> = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// What other rules would make of the names that own something: how many have a new owner, and how many lose theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DryRun {
    pub newly: Vec<String>,
    pub lost: Vec<String>,
    pub moved: Vec<String>,
}

/// # Errors
/// When the database does not answer.
pub async fn dry_run(tx: &mut Tx, rules: &[Compiled], hidden: &Hidden) -> Result<DryRun> {
    let everyone = everyone(tx).await?;
    let ids = hidden::ids(tx, hidden).await?;
    let sql = format!("SELECT name, target_id FROM {} ORDER BY tables DESC, name", seen(hidden));
    let names: Vec<(String, Option<AssetId>)> =
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(c).await)?;
    let mut run = DryRun::default();
    for (name, was) in names {
        match (was, principal::resolve(&name, rules, &everyone).outcome.asset()) {
            (None, Some(_)) => run.newly.push(name),
            (Some(_), None) => run.lost.push(name),
            (Some(was), Some(is)) if was != is => run.moved.push(name),
            _ => {}
        }
    }
    Ok(run)
}
