//! How long one table is kept, and what that rests on.

use super::{exemptions, policies};
use crate::app::App;
use crate::catalog::{Result, bad_word, json};
use crate::db::{Tx, on};
use crate::governance;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use reeve_model::asset::{Column, tags_of};
use reeve_model::personal_data::Class;
use reeve_model::request::{Content, Extent, Request, RetentionExtension, State, StateWord, Who};
use reeve_model::retention::effective::{
    Agreement, AgreementState, Exemption, LegalHold, Origin, PendingRequest, PrivacyLeave, Unknown,
};
use reeve_model::retention::policy::{Clock, PolicyKind, Scope, Subject, in_force};
use reeve_model::retention::value::{Declared, Found, Key, Reader, Verdict, Why, Zones};
use reeve_model::retention::{Effective, Facts, Period, Policy, Term, effective};
use reeve_model::{AssetId, HoldId, RequestId, Word};

/// So many partitions, the first and the last by name, tell how the values of a table are read.
const LOOKED_AT: i64 = 300;

/// A table as far as retention goes.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Row {
    source: String,
    database: String,
    name: String,
    location: Option<String>,
    parameters: String,
    partition_keys: String,
    size_bytes: Option<i64>,
    partition_count: i64,
}

/// All that says how long a table is kept; of its partitions it is asked one by one.
#[derive(Clone, Debug)]
pub struct Standing {
    pub asset: AssetId,
    pub source: String,
    pub database: String,
    pub table: String,
    pub size_bytes: Option<i64>,
    pub partitions: i64,
    pub keys: Vec<Key>,
    policies: Vec<Policy>,
    tags: Vec<String>,
    location: Option<String>,
    class: Option<(Class, NaiveDate)>,
    leaves: Vec<PrivacyLeave>,
    exemptions: Vec<Exemption>,
    agreements: Vec<Agreed>,
    holds: Vec<LegalHold>,
    pending: Vec<PendingRequest>,
    origin: Origin,
    /// Names that tell how values are read.
    sample: Vec<String>,
}

/// An agreement, and the partitions that it is for where it names them.
#[derive(Clone, Debug)]
struct Agreed {
    agreement: Agreement,
    names: Option<std::collections::BTreeSet<String>>,
}

/// How a table's data is dated.
#[derive(Clone, Debug)]
pub enum Dating {
    Read(Box<Reader>),
    /// By when partitions were made or written, which the catalog knows of each.
    Time,
    Unknown(Unknown),
}

/// Reads it; nothing where there is no such table.
///
/// # Errors
/// When the database does not answer, or holds what this version cannot read.
pub async fn of_table(tx: &mut Tx, app: &App, asset: AssetId, today: NaiveDate) -> Result<Option<Standing>> {
    const TABLE: &str = "catalog_table";
    let row: Option<Row> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT s.name AS source, d.name AS database, t.name, t.location, t.parameters, t.partition_keys, t.size_bytes,
             t.partition_count
         FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id JOIN source s ON s.id = d.source_id
         WHERE t.id = $1 AND t.deleted_at IS NULL",
    ).bind(asset).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let keys: Vec<Column> = json(TABLE, "partition_keys", asset.0, &row.partition_keys)?;
    let keys: Vec<Key> = keys.iter().map(|key| Key::new(&key.name, &key.data_type)).collect();
    let mut tags = tags_of(&json(TABLE, "parameters", asset.0, &row.parameters)?);
    tags.extend(crate::curation::read::tags(tx, asset).await?);
    let class = class(tx, asset, app.config.server.time_zone).await?;
    let (agreements, leaves) = agreements(tx, asset).await?;
    let ingested: Option<i64> = on!(&mut *tx, c => sqlx::query_scalar("SELECT request_id FROM ingested WHERE asset_id = $1")
        .bind(asset).fetch_optional(c).await)?;
    let sample: Vec<String> = if keys.is_empty() {
        vec![]
    } else {
        on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT name FROM (SELECT name FROM catalog_partition WHERE table_id = $1 AND deleted_at IS NULL
                 ORDER BY name LIMIT $2) AS first
             UNION SELECT name FROM (SELECT name FROM catalog_partition WHERE table_id = $1 AND deleted_at IS NULL
                 ORDER BY name DESC LIMIT $2) AS last",
        ).bind(asset).bind(LOOKED_AT).fetch_all(c).await)?
    };
    let versions = policies::versions(tx).await?;
    let mut standing = Standing {
        asset,
        source: row.source,
        database: row.database,
        table: row.name,
        size_bytes: row.size_bytes,
        partitions: row.partition_count,
        keys,
        policies: vec![],
        tags,
        location: row.location,
        class,
        leaves,
        exemptions: exemptions::on_asset(tx, asset).await?,
        agreements,
        holds: holds(tx, asset).await?,
        pending: pending(tx, asset).await?,
        origin: ingested.map_or(Origin::Other, |request| Origin::Ingestion(Some(RequestId(request)))),
        sample,
    };
    let covering = in_force(&versions, today).into_iter().filter(|policy| {
        // Of its partitions alone, where it is for those.
        let breadth = matches!(policy.scope, Scope::Partition { .. });
        breadth || policy.scope.covers(&standing.subject(None))
    });
    standing.policies = covering.cloned().collect();
    Ok(Some(standing))
}

/// A table and its standing, by name.
///
/// # Errors
/// As [`of_table`].
pub async fn table(tx: &mut Tx, app: &App, asset: AssetId, today: NaiveDate) -> Result<Option<(Standing, Effective)>> {
    let standing = of_table(tx, app, asset, today).await?;
    Ok(standing.map(|standing| {
        let effective = standing.effective(today);
        (standing, effective)
    }))
}

impl Standing {
    fn subject<'a>(&'a self, partition: Option<&'a str>) -> Subject<'a> {
        Subject {
            source: &self.source,
            database: &self.database,
            table: &self.table,
            partition,
            location: self.location.as_deref(),
            tags: &self.tags,
            class: self.class.map(|(class, _)| class),
        }
    }

    /// How long the table is kept as a whole: what holds for a partition of which nothing else is said.
    pub fn effective(&self, today: NaiveDate) -> Effective {
        let free = self.judge(None, None, None, today);
        match self.dating(&free, today) {
            Dating::Unknown(unknown) if free.term != Term::Keep => self.judge(None, None, Some(unknown), today),
            _ => free,
        }
    }

    /// How long one partition is kept. `at`: when it was made and written last.
    pub fn of_partition(
        &self,
        name: &str,
        dating: &Dating,
        at: (Option<NaiveDate>, Option<NaiveDate>),
        today: NaiveDate,
    ) -> (Verdict, Effective) {
        let clock = self.clock(&self.judge(Some(name), None, None, today));
        let verdict = match (dating, &clock) {
            (Dating::Read(reader), _) => reader.verdict(name, today),
            (Dating::Time, Some(Clock::PartitionCreated { .. })) => at.0.map_or(no_time(), Verdict::Day),
            (Dating::Time, _) => at.1.or(at.0).map_or(no_time(), Verdict::Day),
            (Dating::Unknown(_), _) => Verdict::Unknown { why: Why::NoDateKey },
        };
        let unknown = match &verdict {
            Verdict::Day(_) => None,
            Verdict::Future => Some(Unknown::Time),
            Verdict::Unknown { why } => Some(Unknown::Clock { why: why.clone() }),
        };
        let unknown = unknown.filter(|_| verdict != Verdict::Future);
        let effective = self.judge(Some(name), verdict.day(), unknown, today);
        (verdict, effective)
    }

    fn judge(
        &self,
        partition: Option<&str>,
        day: Option<NaiveDate>,
        unknown: Option<Unknown>,
        today: NaiveDate,
    ) -> Effective {
        let subject = self.subject(partition);
        let covers = |agreed: &&Agreed| {
            agreed.names.as_ref().is_none_or(|names| partition.is_some_and(|name| names.contains(name)))
        };
        let agreements: Vec<Agreement> =
            self.agreements.iter().filter(covers).map(|agreed| agreed.agreement.clone()).collect();
        effective(&Facts {
            today,
            day,
            unknown,
            origin: self.origin,
            policies: self.policies.iter().filter(|policy| policy.scope.covers(&subject)).collect(),
            class: self.class,
            leaves: &self.leaves,
            exemptions: &self.exemptions,
            agreements: &agreements,
            holds: &self.holds,
            pending: &self.pending,
        })
    }

    /// The clock of what won, or partition values in the zone of the portal.
    fn clock(&self, effective: &Effective) -> Option<Clock> {
        effective.clock.clone()
    }

    /// How the days of its partitions are told.
    pub fn dating(&self, effective: &Effective, today: NaiveDate) -> Dating {
        let default = Clock::PartitionValue { keys: vec![], format: None, zone: Tz::Asia__Seoul, values_zone: None };
        match self.clock(effective).unwrap_or(default) {
            Clock::PartitionCreated { .. } | Clock::LastWrite { .. } => Dating::Time,
            Clock::PartitionValue { keys, format, zone, values_zone } => {
                let zones = Zones { values: values_zone.unwrap_or(zone), clock: zone };
                let names = self.sample.iter().map(String::as_str);
                let reader = match format {
                    Some(format) => Declared::new(&keys, &format)
                        .and_then(|declared| Reader::declared(&self.keys, &declared, names, zones)),
                    None => Ok(Reader::find(&self.keys, names, zones, today)),
                };
                match reader {
                    Ok(reader) => match reader.found() {
                        Found::Read { .. } => Dating::Read(Box::new(reader)),
                        Found::NoDateKey => Dating::Unknown(Unknown::Clock { why: Why::NoDateKey }),
                        Found::Ambiguous { key, formats } => Dating::Unknown(Unknown::Clock {
                            why: Why::Ambiguous { key: key.clone(), formats: formats.clone() },
                        }),
                        Found::SeveralDateKeys { keys } => {
                            Dating::Unknown(Unknown::Clock { why: Why::SeveralDateKeys { keys: keys.clone() } })
                        }
                    },
                    Err(_) => Dating::Unknown(Unknown::Clock { why: Why::OtherKeys }),
                }
            }
        }
    }

    /// What a day of it takes, in bytes, as far as partitions with a size and a day tell.
    fn daily_bytes(&self, today: NaiveDate) -> Option<i64> {
        let size = self.size_bytes?;
        let Dating::Read(reader) = self.dating(&self.judge(None, None, None, today), today) else { return None };
        let days = self.sample.iter().filter_map(|name| reader.verdict(name, today).day());
        let days: std::collections::BTreeSet<NaiveDate> = days.collect();
        let (seen, sampled) = (i64::try_from(days.len()).ok()?, i64::try_from(self.sample.len()).ok()?);
        if seen == 0 || sampled == 0 {
            return None;
        }
        // As many partitions a day as the sample has.
        let all_days = (i128::from(self.partitions.max(sampled)) * i128::from(seen) / i128::from(sampled)).max(1);
        i64::try_from(i128::from(size) / all_days).ok()
    }
}

fn no_time() -> Verdict {
    Verdict::Unknown { why: Why::NoDateKey }
}

/// The highest class that somebody has confirmed of its columns, and on which day.
async fn class(tx: &mut Tx, asset: AssetId, zone: Tz) -> Result<Option<(Class, NaiveDate)>> {
    let rows: Vec<(String, Option<DateTime<Utc>>)> = on!(tx, c => sqlx::query_as(
        "SELECT class, min(class_at) FROM column_note WHERE table_id = $1 AND class IS NOT NULL GROUP BY class",
    ).bind(asset).fetch_all(c).await)?;
    let mut highest: Option<(Class, NaiveDate)> = None;
    for (word, at) in rows {
        let class = Class::parse(&word).ok_or_else(|| bad_word("column_note", "class", asset.0, &word))?;
        let day = at.map_or(NaiveDate::MIN, |at| at.with_timezone(&zone).date_naive());
        if highest.is_none_or(|(other, _)| class > other) {
            highest = Some((class, day));
        }
    }
    Ok(highest)
}

/// What was agreed of it, and what the privacy officer agreed to by it. Of what is over, for as long as somebody asks.
async fn agreements(tx: &mut Tx, asset: AssetId) -> Result<(Vec<Agreed>, Vec<PrivacyLeave>)> {
    let bodies: Vec<(i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, body FROM request WHERE asset_id = $1 AND kind = 'retention_extension'
             AND state IN ('approved', 'applied', 'verified', 'lapsed', 'failed') ORDER BY id",
    ).bind(asset).fetch_all(c).await)?;
    let (mut agreed, mut leaves) = (Vec::new(), Vec::new());
    for (id, body) in bodies {
        let request: Request = json("request", "body", id, &body)?;
        let (Content::RetentionExtension(asked), Some(grant)) = (&request.content, request.state.grant()) else {
            continue;
        };
        let state = match request.state.word() {
            StateWord::Failed => AgreementState::Ended,
            StateWord::Approved => AgreementState::Approved,
            StateWord::Applied => AgreementState::Applied,
            // A lapsed one is past its last day, which is what its dates say.
            _ => AgreementState::Verified,
        };
        let period = Period::Days(grant.days.unwrap_or(asked.days));
        let until = grant.until.unwrap_or(asked.until);
        let agreement = Agreement {
            request: RequestId(id),
            state,
            period,
            from: grant.from,
            until,
            partitions: match &asked.extent {
                Extent::Range { from, to } => Some((*from, *to)),
                Extent::Table | Extent::Partitions(_) => None,
            },
        };
        let names = match &asked.extent {
            Extent::Partitions(names) => Some(names.clone()),
            Extent::Table | Extent::Range { .. } => None,
        };
        if state != AgreementState::Ended && request.facts.is_personal() && is_officers(&request.state) {
            leaves.push(PrivacyLeave { request: RequestId(id), period, from: grant.from, until: Some(until) });
        }
        agreed.push(Agreed { agreement, names });
    }
    Ok((agreed, leaves))
}

/// The privacy officer himself agreed.
fn is_officers(state: &State) -> bool {
    let votes = state.grant().and_then(|grant| match &grant.by {
        reeve_model::request::Decided::Votes(review) => Some(review),
        _ => None,
    });
    votes.into_iter().flat_map(|review| review.votes()).any(|vote| vote.evidence.who == Who::PrivacyOfficer)
}

async fn holds(tx: &mut Tx, asset: AssetId) -> Result<Vec<LegalHold>> {
    let rows: Vec<(i64, DateTime<Utc>, Option<NaiveDate>)> = on!(tx, c => sqlx::query_as(
        "SELECT id, placed_at, until_day FROM legal_hold WHERE lifted_at IS NULL
             AND asset_id IN ($1, (SELECT database_id FROM catalog_table WHERE id = $1)) ORDER BY id",
    ).bind(asset).fetch_all(c).await)?;
    // It counts from the day before anywhere on earth: placing one is never too late.
    let one = |(id, at, until): (i64, DateTime<Utc>, _)| LegalHold {
        id: HoldId(id),
        from: at.date_naive().pred_opt().unwrap_or(NaiveDate::MIN),
        until,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Requests that are open, of the table or of the database that it is in.
async fn pending(tx: &mut Tx, asset: AssetId) -> Result<Vec<PendingRequest>> {
    let rows: Vec<(i64, NaiveDate, NaiveDate)> = on!(tx, c => sqlx::query_as(
        "SELECT request_id, from_day, until_day FROM request_hold WHERE released_at IS NULL
             AND asset_id IN ($1, (SELECT database_id FROM catalog_table WHERE id = $1)) ORDER BY request_id",
    ).bind(asset).fetch_all(c).await)?;
    let one = |(id, from, latest_end)| PendingRequest { request: RequestId(id), from, latest_end };
    Ok(rows.into_iter().map(one).collect())
}

/// What a request for more days starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// In force now; `None`: kept until someone says otherwise.
    pub days: Option<u32>,
    /// More cannot be agreed by anybody.
    pub cap_days: Option<u32>,
    daily_bytes: Option<i64>,
    copies: i64,
}

impl Outlook {
    /// What the longer period adds on disk once it is full, copies included.
    pub fn extra_bytes(&self, asked: &RetentionExtension) -> Option<i64> {
        let extra = i64::from(asked.days) - i64::from(self.days?);
        self.daily_bytes?.checked_mul(extra.max(0))?.checked_mul(self.copies)
    }

    /// A day of it, copies included.
    pub fn daily_bytes(&self) -> Option<i64> {
        self.daily_bytes?.checked_mul(self.copies)
    }
}

/// How long a table is kept without any request, and what a day of it takes.
///
/// # Errors
/// As [`of_table`].
pub async fn outlook(tx: &mut Tx, app: &App, asset: AssetId, today: NaiveDate) -> Result<Outlook> {
    let copies = i64::from(app.config.governance.copies);
    let Some(mut standing) = of_table(tx, app, asset, today).await? else {
        return Ok(Outlook { days: None, cap_days: None, daily_bytes: None, copies });
    };
    // What holds it meanwhile is no period.
    standing.holds.clear();
    standing.pending.clear();
    let days = |term: Term| term.period().map(|period| u32::try_from(period.about_days()).unwrap_or(u32::MAX));
    let now = standing.judge(None, None, None, today);
    let caps = standing.policies.iter().filter(|policy| policy.kind == PolicyKind::Cap);
    let cap_days = caps.filter_map(|policy| days(policy.period)).min();
    Ok(Outlook { days: days(now.term), cap_days, daily_bytes: standing.daily_bytes(today), copies })
}

/// Whether this request is why a table is kept for so many days, or something keeps it longer.
///
/// # Errors
/// As [`of_table`].
pub async fn keeps(
    tx: &mut Tx,
    app: &App,
    asset: AssetId,
    request: i64,
    days: u32,
    today: NaiveDate,
) -> std::result::Result<bool, governance::GovernanceError> {
    let standing = of_table(tx, app, asset, today).await.map_err(governance::GovernanceError::Catalog)?;
    let Some(standing) = standing else { return Ok(false) };
    let now = standing.judge(None, None, None, today);
    let agreed = standing.agreements.iter().any(|agreed| agreed.agreement.request == RequestId(request));
    let is_long = now.term.period().is_none_or(|period| period.about_days() >= u64::from(days));
    // Of some of its partitions the table as a whole says nothing.
    let partial = standing.agreements.iter().any(|agreed| {
        agreed.agreement.request == RequestId(request)
            && (agreed.names.is_some() || agreed.agreement.partitions.is_some())
    });
    Ok(agreed && (is_long || partial))
}
