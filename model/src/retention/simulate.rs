//! What a change of policies would free and keep, before it is made.

use super::effective::{
    Agreement, Exemption, Facts, LegalHold, Origin, PendingRequest, PrivacyLeave, Unknown, effective,
};
use super::period::Term;
use super::policy::{Clock, Policy, Subject, in_force};
use super::schedule::{Sum, goes_on};
use crate::personal_data::Class;
use crate::{AssetId, PolicyId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A table, as far as rules look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub id: AssetId,
    pub source: String,
    pub database: String,
    pub table: String,
    pub location: Option<String>,
    pub tags: Vec<String>,
    /// Who decides over it, as the API names him.
    pub owner: Option<String>,
    pub origin: Origin,
    /// Nothing can be said of when it goes, whatever the policies.
    pub unknown: Option<Unknown>,
    pub class: Option<(Class, NaiveDate)>,
    pub leaves: Vec<PrivacyLeave>,
    pub exemptions: Vec<Exemption>,
    pub agreements: Vec<Agreement>,
    pub holds: Vec<LegalHold>,
    pub pending: Vec<PendingRequest>,
}

/// A table's partitions by the days that a clock gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dated {
    pub days: Vec<(NaiveDate, Sum)>,
    /// In the future.
    pub future: Sum,
    /// The clock does not tell.
    pub unknown: Sum,
}

/// What would be different.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Simulation {
    /// Goes by that day, and would have stayed.
    pub freed: Sum,
    /// Stays, and would have gone by that day.
    pub kept: Sum,
    /// The tables that it frees most of first.
    pub tables: Vec<TableChange>,
    pub owners: Vec<OwnerChange>,
    /// Tables that nothing deleted from so far.
    pub starts_deleting: Vec<AssetId>,
    /// Tables of whose partitions more would have no known day: they stay.
    pub becomes_unknown: Vec<AssetId>,
    pub conflicts: Vec<Conflict>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableChange {
    pub table: AssetId,
    pub name: String,
    pub before: Term,
    pub after: Term,
    pub freed: Sum,
    pub kept: Sum,
}

/// What it is for one owner; nothing where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnerChange {
    pub owner: Option<String>,
    pub tables: u64,
    pub freed: Sum,
    pub kept: Sum,
}

/// Policies as good as each other, that say different things of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conflict {
    pub table: AssetId,
    /// The shorter ones.
    pub policies: Vec<PolicyId>,
}

/// Compares two sets of policies over tables, on what goes by the day `by`. Versions whose day has not come count from
/// their day on: give `today` as that day to see them at work. `dated` tells the days of a table's partitions by the
/// clock of the policy that counts, or by the table's own where there is none.
pub fn simulate(
    before: &[Policy],
    after: &[Policy],
    tables: &[Table],
    today: NaiveDate,
    by: NaiveDate,
    mut dated: impl FnMut(&Table, Option<&Clock>) -> Dated,
) -> Simulation {
    let (before, after) = (in_force(before, today), in_force(after, today));
    let mut simulation = Simulation::default();
    let mut owners: BTreeMap<Option<&str>, OwnerChange> = BTreeMap::new();
    for table in tables {
        let (old, new) = (Outcome::of(table, &before, today), Outcome::of(table, &after, today));
        if !new.conflict.is_empty() {
            simulation.conflicts.push(Conflict { table: table.id, policies: new.conflict.iter().copied().collect() });
        }
        if old.is_alike(&new) {
            continue;
        }
        let (old_days, new_days) = (dated(table, old.clock()), dated(table, new.clock()));
        if new_days.unknown.partitions > old_days.unknown.partitions {
            simulation.becomes_unknown.push(table.id);
        }
        if old.rule.term == Term::Keep && new.rule.term != Term::Keep {
            simulation.starts_deleting.push(table.id);
        }
        let (freed, kept) = difference(&old.goes(&old_days, today, by), &new.goes(&new_days, today, by));
        simulation.freed.plus(freed);
        simulation.kept.plus(kept);
        let owner = owners.entry(table.owner.as_deref()).or_insert_with(|| OwnerChange {
            owner: table.owner.clone(),
            tables: 0,
            freed: Sum::default(),
            kept: Sum::default(),
        });
        owner.tables += 1;
        owner.freed.plus(freed);
        owner.kept.plus(kept);
        simulation.tables.push(TableChange {
            table: table.id,
            name: format!("{}.{}", table.database, table.table),
            before: old.rule.term,
            after: new.rule.term,
            freed,
            kept,
        });
    }
    simulation.tables.sort_by_key(|change| std::cmp::Reverse((change.freed.bytes, change.kept.bytes, change.table)));
    simulation.owners = owners.into_values().collect();
    simulation.owners.sort_by_key(|owner| std::cmp::Reverse((owner.freed.bytes, owner.kept.bytes)));
    simulation
}

/// What rules make of a table.
struct Outcome {
    rule: super::Effective,
    conflict: BTreeSet<PolicyId>,
}

impl Outcome {
    fn of(table: &Table, policies: &[&Policy], today: NaiveDate) -> Self {
        let subject = Subject {
            source: &table.source,
            database: &table.database,
            table: &table.table,
            partition: None,
            location: table.location.as_deref(),
            tags: &table.tags,
            class: table.class.map(|(class, _)| class),
        };
        let policies: Vec<&Policy> = policies.iter().copied().filter(|policy| policy.scope.covers(&subject)).collect();
        let rule = effective(&Facts {
            today,
            day: None,
            unknown: table.unknown.clone(),
            origin: table.origin,
            policies,
            class: table.class,
            leaves: &table.leaves,
            exemptions: &table.exemptions,
            agreements: &table.agreements,
            holds: &table.holds,
            pending: &table.pending,
        });
        let conflict = rule.conflict.iter().copied().collect();
        Self { rule, conflict }
    }

    fn clock(&self) -> Option<&Clock> {
        self.rule.clock.as_ref()
    }

    /// Nothing of what happens to the table differs, whatever rule it is by.
    fn is_alike(&self, other: &Self) -> bool {
        let told = |outcome: &Self| {
            let (mut told, mut rule) = (Vec::new(), Some(&outcome.rule));
            while let Some(now) = rule {
                told.push((now.term, now.until, now.not_before));
                rule = now.then.as_deref();
            }
            told
        };
        let (told, other_told) = (told(self), told(other));
        // What is kept for good is counted by no clock.
        let is_kept = told.iter().all(|(term, ..)| *term == Term::Keep);
        told == other_told && (is_kept || self.clock() == other.clock())
    }

    fn goes(&self, dated: &Dated, today: NaiveDate, by: NaiveDate) -> BTreeMap<NaiveDate, Sum> {
        let goes = |day: NaiveDate| goes_on(day, &self.rule, today).is_some_and(|(first, _)| first <= by);
        let mut sums: BTreeMap<NaiveDate, Sum> = BTreeMap::new();
        for (day, sum) in dated.days.iter().filter(|(day, _)| goes(*day)) {
            sums.entry(*day).or_default().plus(*sum);
        }
        sums
    }
}

/// What only the new has, and what only the old.
fn difference(old: &BTreeMap<NaiveDate, Sum>, new: &BTreeMap<NaiveDate, Sum>) -> (Sum, Sum) {
    let only = |one: &BTreeMap<NaiveDate, Sum>, other: &BTreeMap<NaiveDate, Sum>| {
        let mut sum = Sum::default();
        for (day, there) in one {
            let here = other.get(day).copied().unwrap_or_default();
            sum.plus(Sum {
                partitions: there.partitions.saturating_sub(here.partitions),
                bytes: there.bytes.saturating_sub(here.bytes),
                unknown_sizes: there.unknown_sizes.saturating_sub(here.unknown_sizes),
            });
        }
        sum
    };
    (only(new, old), only(old, new))
}

#[cfg(test)]
mod tests {
    use super::super::effective::AgreementState;
    use super::*;
    use crate::retention::day;
    use crate::retention::period::Period;
    use crate::retention::policy::{PolicyKind, Scope};
    use crate::{HoldId, RequestId};
    use chrono::Days;

    const TODAY: &str = "2026-03-20";

    fn policy(id: i64, length: u32, table: &str) -> Policy {
        Policy {
            id: Some(PolicyId(id)),
            version: 1,
            name: format!("P-{id}"),
            scope: Scope::Table { name: table.into(), source: None },
            kind: PolicyKind::Base,
            period: Term::For(Period::Days(length)),
            clock: Clock::PartitionCreated { zone: chrono_tz::Asia::Seoul },
            hot_days: None,
            basis: "나중에 읽을 사람이 아는 이유를 적어 둔다".into(),
            priority: 10,
            valid_from: day("2026-01-01"),
            valid_until: None,
        }
    }

    fn table(id: i64, name: &str, owner: Option<&str>) -> Table {
        Table {
            id: AssetId(id),
            source: "prod".into(),
            database: "ads".into(),
            table: name.into(),
            location: None,
            tags: vec![],
            owner: owner.map(str::to_owned),
            origin: Origin::Other,
            unknown: None,
            class: None,
            leaves: vec![],
            exemptions: vec![],
            agreements: vec![],
            holds: vec![],
            pending: vec![],
        }
    }

    /// Ten bytes and two partitions on each of the last 30 days.
    fn thirty_days() -> Dated {
        let sum = Sum { partitions: 2, bytes: 10, unknown_sizes: 0 };
        Dated { days: (1..=30).map(|ago| (day(TODAY) - Days::new(ago), sum)).collect(), ..Dated::default() }
    }

    fn run(before: &[Policy], after: &[Policy], tables: &[Table]) -> Simulation {
        simulate(before, after, tables, day(TODAY), day(TODAY), |_, _| thirty_days())
    }

    fn bytes(bytes: u64) -> Sum {
        Sum { partitions: bytes / 5, bytes, unknown_sizes: 0 }
    }

    #[test]
    fn a_shorter_period_frees_what_lies_between() {
        let tables = [table(1, "bid", Some("kim")), table(2, "win", Some("kim")), table(3, "other", None)];
        let before = [policy(1, 14, "ads.bid"), policy(2, 14, "ads.win")];
        let after = [policy(1, 10, "ads.bid"), policy(2, 14, "ads.win")];
        let got = run(&before, &after, &tables);
        // Days 11 to 14 ago: kept by 14 days, not by 10.
        assert_eq!((got.freed, got.kept), (bytes(40), Sum::default()));
        assert_eq!(got.tables.len(), 1);
        assert_eq!((got.tables[0].name.as_str(), got.tables[0].freed), ("ads.bid", bytes(40)));
        assert_eq!((got.tables[0].before.to_string(), got.tables[0].after.to_string()), ("14d".into(), "10d".into()));
        assert_eq!(
            got.owners,
            [OwnerChange { owner: Some("kim".into()), tables: 1, freed: bytes(40), kept: Sum::default() }]
        );
        let back = run(&after, &before, &tables);
        assert_eq!((back.freed, back.kept), (Sum::default(), bytes(40)));
        assert_eq!(run(&before, &before, &tables), Simulation::default());
        // Ten days on, ten days more would go by both, and four lie between again.
        let ahead = simulate(&before, &after, &tables, day(TODAY), day("2026-03-30"), |_, _| thirty_days());
        assert_eq!(ahead.freed, bytes(40));
    }

    #[test]
    fn what_starts_to_be_deleted_is_named() {
        let tables = [table(1, "bid", None), table(2, "win", Some("lee"))];
        let got = run(&[], &[policy(1, 7, "ads.*")], &tables);
        assert_eq!(got.starts_deleting, [AssetId(1), AssetId(2)]);
        // Days 8 to 30 ago, of two tables.
        assert_eq!(got.freed, bytes(460));
        assert_eq!(got.owners.iter().map(|owner| owner.owner.as_deref()).collect::<Vec<_>>(), [None, Some("lee")]);
    }

    #[test]
    fn holds_and_agreements_count() {
        let mut held = table(1, "bid", None);
        held.holds.push(LegalHold { id: HoldId(1), from: day("2026-01-01"), until: None });
        let got = run(&[], &[policy(1, 7, "ads.*")], &[held]);
        assert_eq!(got, Simulation::default());
        let mut agreed = table(1, "bid", None);
        agreed.agreements.push(Agreement {
            request: RequestId(1),
            state: AgreementState::Applied,
            period: Period::Days(20),
            from: day("2026-01-01"),
            until: day("2026-12-31"),
            partitions: None,
        });
        // Nothing now, and sooner when the agreement ends.
        let got = run(&[policy(1, 14, "ads.*")], &[policy(1, 7, "ads.*")], &[agreed]);
        assert_eq!((got.freed, got.kept, got.tables.len()), (Sum::default(), Sum::default(), 1));
    }

    #[test]
    fn another_clock_can_make_days_unknown() {
        let before = [policy(1, 7, "ads.*")];
        let mut after = before.clone();
        after[0].clock = Clock::PartitionValue {
            keys: vec!["dt".into()],
            format: Some("ddMMyy".into()),
            zone: chrono_tz::Asia::Seoul,
            values_zone: None,
        };
        let got = simulate(&before, &after, &[table(1, "bid", None)], day(TODAY), day(TODAY), |_, clock| match clock {
            Some(Clock::PartitionValue { .. }) => Dated { unknown: bytes(300), ..Dated::default() },
            _ => thirty_days(),
        });
        assert_eq!((got.becomes_unknown, got.kept, got.freed), (vec![AssetId(1)], bytes(230), Sum::default()));
        assert_eq!(got.starts_deleting, []);
    }

    #[test]
    fn conflicts_and_what_is_unknown() {
        let both = [policy(1, 7, "ads.*"), policy(2, 9, "ads.bid")];
        let got = run(&[], &both, &[table(1, "bid", None)]);
        assert_eq!(got.conflicts, [Conflict { table: AssetId(1), policies: vec![PolicyId(1)] }]);
        assert_eq!(got.tables[0].after, Term::For(Period::Days(9)));
        let unknown = Table { unknown: Some(Unknown::Time), ..table(1, "bid", None) };
        assert_eq!(run(&[], &both, &[unknown]).freed, Sum::default());
    }

    #[test]
    fn a_version_counts_from_its_day() {
        let mut later = policy(1, 7, "ads.*");
        (later.version, later.valid_from) = (2, day("2026-03-21"));
        let versions = [policy(1, 14, "ads.*"), later];
        let now =
            simulate(&versions[..1], &versions, &[table(1, "bid", None)], day(TODAY), day(TODAY), |_, _| thirty_days());
        assert_eq!(now, Simulation::default());
        let then = simulate(
            &versions[..1],
            &versions,
            &[table(1, "bid", None)],
            day("2026-03-21"),
            day("2026-03-21"),
            |_, _| thirty_days(),
        );
        assert_eq!(then.freed, bytes(70));
    }
}
