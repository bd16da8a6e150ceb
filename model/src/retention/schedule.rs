//! What goes on which day: for each partition the first day on which it may, for the next days as a calendar and a list.

use super::effective::{Effective, Rule};
use super::may_go;
use super::period::{Period, Term};
use super::value::Verdict;
use crate::word::words;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a schedule looks ahead, in days.
pub const HORIZON_DAYS: u64 = 90;

/// Nothing goes earlier than so many hours after it was made or last written: data comes late.
pub const MIN_AGE_HOURS: i64 = 48;

/// A partition, and the rule that wins for it.
#[derive(Clone, Copy, Debug)]
pub struct Partition<'a> {
    pub name: &'a str,
    /// Of the clock that the rule counts by.
    pub verdict: &'a Verdict,
    /// On disk; nothing where nobody knows.
    pub bytes: Option<u64>,
    pub created: Option<DateTime<Utc>>,
    pub newest_write: Option<DateTime<Utc>>,
    pub stored: Stored,
    pub effective: &'a Effective,
}

words! {
    /// Whether it was compressed already.
    Stored { AsItCame, Compressed }
}

words! {
    /// What is to become of a partition.
    Action { Drop, Compress }
}

/// How many partitions, and how much of what is known of their sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sum {
    pub partitions: u64,
    pub bytes: u64,
    /// Partitions whose size is unknown: they are not nothing.
    pub unknown_sizes: u64,
}

/// What goes, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Schedule {
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Days on which nothing happens are left out.
    pub days: Vec<ScheduledDay>,
    /// After the last day.
    pub later: Sum,
    /// By a hold that has no end.
    pub held: Sum,
    /// Until someone says otherwise.
    pub kept: Sum,
    pub future: Sum,
    /// Their day, or the rule, is unknown.
    pub unknown: Sum,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduledDay {
    pub day: NaiveDate,
    pub drops: Sum,
    pub compresses: Sum,
    /// Would go on this day, if nothing held it.
    pub held: Sum,
    pub list: Vec<Scheduled>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scheduled {
    pub name: String,
    pub action: Action,
    pub bytes: Option<u64>,
    /// By which rule it goes on that day: not always the one that wins today.
    pub rule: Rule,
    /// It would have gone earlier, were it older.
    pub waited_for: Option<NaiveDate>,
}

/// The day something counts from by when it was made or written.
pub fn day_of(moment: DateTime<Utc>, zone: Tz) -> NaiveDate {
    moment.with_timezone(&zone).date_naive()
}

/// The first day, not before `from`, on which what belongs to `day` may go, and the rule by which: what holds today may
/// end before that. Nothing where it is kept for good.
pub fn goes_on(day: NaiveDate, effective: &Effective, from: NaiveDate) -> Option<(NaiveDate, &Effective)> {
    let (mut rule, mut from) = (effective, from);
    loop {
        if let Term::For(period) = rule.term {
            let first = may_go(day, period).max(from).max(rule.not_before.unwrap_or(from));
            if rule.until.is_none_or(|until| first <= until) {
                return Some((first, rule));
            }
        }
        let (Some(next), Some(then)) = (rule.until.and_then(|until| until.succ_opt()), &rule.then) else { return None };
        from = from.max(next);
        rule = then;
    }
}

/// The schedule of a table's partitions from `today` on. `zone` is that of the clock.
pub fn schedule<'a>(partitions: impl IntoIterator<Item = Partition<'a>>, today: NaiveDate, zone: Tz) -> Schedule {
    let to = today.checked_add_days(Days::new(HORIZON_DAYS - 1)).unwrap_or(NaiveDate::MAX);
    let nothing = Sum::default();
    let (later, held, kept, future, unknown) = (nothing, nothing, nothing, nothing, nothing);
    let mut schedule = Schedule { from: today, to, days: vec![], later, held, kept, future, unknown };
    let mut days: BTreeMap<NaiveDate, ScheduledDay> = BTreeMap::new();
    for partition in partitions {
        schedule.add(&partition, zone, &mut days);
    }
    schedule.days = days.into_values().collect();
    schedule
}

impl Schedule {
    fn add(&mut self, partition: &Partition<'_>, zone: Tz, days: &mut BTreeMap<NaiveDate, ScheduledDay>) {
        let (today, to, effective) = (self.from, self.to, partition.effective);
        let day = match partition.verdict {
            Verdict::Unknown { .. } => return self.unknown.add(partition.bytes),
            Verdict::Future => return self.future.add(partition.bytes),
            Verdict::Day(_) if effective.is_unknown() => return self.unknown.add(partition.bytes),
            Verdict::Day(day) => *day,
        };
        let old_enough = old_enough(partition, zone).map_or(today, |first| first.max(today));
        let goes = goes_on(day, effective, old_enough);
        let compress = effective.hot_days.filter(|_| partition.stored == Stored::AsItCame && !effective.is_held());
        if let Some(hot_days) = compress {
            let from = may_go(day, Period::Days(hot_days)).max(old_enough);
            if goes.is_none_or(|(goes, _)| from < goes)
                && let Some(on) = on(days, from, to)
            {
                on.compresses.add(partition.bytes);
                on.list.push(scheduled(partition, Action::Compress, effective, None));
            }
        }
        if effective.is_held()
            && let Some((would, _)) = unheld(effective).and_then(|then| goes_on(day, then, old_enough))
            && effective.until.is_none_or(|until| would <= until)
            && let Some(on) = on(days, would, to)
        {
            on.held.add(partition.bytes);
        }
        match goes {
            Some((goes, rule)) => match on(days, goes, to) {
                Some(on) => {
                    on.drops.add(partition.bytes);
                    let younger = goes_on(day, effective, today).map(|(first, _)| first).filter(|first| *first < goes);
                    on.list.push(scheduled(partition, Action::Drop, rule, younger));
                }
                None => self.later.add(partition.bytes),
            },
            None if effective.is_held() => self.held.add(partition.bytes),
            None => self.kept.add(partition.bytes),
        }
    }
}

impl Sum {
    pub fn add(&mut self, bytes: Option<u64>) {
        self.partitions += 1;
        match bytes {
            Some(bytes) => self.bytes = self.bytes.saturating_add(bytes),
            None => self.unknown_sizes += 1,
        }
    }

    pub fn plus(&mut self, other: Self) {
        self.partitions += other.partitions;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.unknown_sizes += other.unknown_sizes;
    }
}

impl ScheduledDay {
    fn new(day: NaiveDate) -> Self {
        let (drops, compresses, held) = (Sum::default(), Sum::default(), Sum::default());
        Self { day, drops, compresses, held, list: vec![] }
    }
}

/// Nothing after the last day.
fn on(days: &mut BTreeMap<NaiveDate, ScheduledDay>, day: NaiveDate, last: NaiveDate) -> Option<&mut ScheduledDay> {
    (day <= last).then(|| days.entry(day).or_insert_with(|| ScheduledDay::new(day)))
}

fn scheduled(partition: &Partition<'_>, action: Action, by: &Effective, waited_for: Option<NaiveDate>) -> Scheduled {
    let (name, rule) = (partition.name.to_owned(), by.winner.clone());
    Scheduled { name, action, bytes: partition.bytes, rule, waited_for }
}

/// The first day at whose beginning it is old enough.
fn old_enough(partition: &Partition<'_>, zone: Tz) -> Option<NaiveDate> {
    let newest = partition.created.into_iter().chain(partition.newest_write).max()?;
    let moment = newest.checked_add_signed(TimeDelta::hours(MIN_AGE_HOURS))?;
    // At the stroke of midnight it is, on the same day.
    let just_before = moment.checked_sub_signed(TimeDelta::nanoseconds(1))?;
    day_of(just_before, zone).succ_opt()
}

/// What would be, were it not held.
fn unheld(effective: &Effective) -> Option<&Effective> {
    let mut rule = effective;
    while rule.is_held() {
        rule = rule.then.as_deref()?;
    }
    Some(rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retention::day;
    use crate::retention::value::Why;
    use crate::{HoldId, RequestId};
    use chrono_tz::Asia::Seoul;
    use proptest::prelude::*;

    const TODAY: &str = "2026-03-20";

    fn days(length: u32) -> Effective {
        Effective {
            term: Term::For(Period::Days(length)),
            winner: Rule::IngestionDefault { request: None },
            beaten: vec![],
            conflict: vec![],
            until: None,
            not_before: None,
            hot_days: None,
            clock: None,
            then: None,
        }
    }

    fn held(until: Option<&str>, then: Effective) -> Effective {
        let until = until.map(day);
        let winner = Rule::LegalHold { hold: HoldId(1), until };
        Effective { term: Term::Keep, winner, until, then: until.map(|_| Box::new(then)), ..days(0) }
    }

    fn partition<'a>(verdict: &'a Verdict, effective: &'a Effective) -> Partition<'a> {
        let (created, newest_write) = (None, None);
        Partition { name: "dt", verdict, bytes: Some(10), created, newest_write, stored: Stored::AsItCame, effective }
    }

    fn of(verdict: &Verdict, effective: &Effective) -> Schedule {
        schedule([partition(verdict, effective)], day(TODAY), Seoul)
    }

    /// Day, drops, compresses, held.
    fn calendar(schedule: &Schedule) -> Vec<(String, u64, u64, u64)> {
        let shown =
            |on: &ScheduledDay| (on.day.to_string(), on.drops.partitions, on.compresses.partitions, on.held.partitions);
        schedule.days.iter().map(shown).collect()
    }

    fn on(text: &str) -> Verdict {
        Verdict::Day(day(text))
    }

    #[test]
    fn each_goes_on_the_day_from_which_it_may() {
        let seven = days(7);
        assert_eq!(calendar(&of(&on("2026-03-15"), &seven)), [("2026-03-23".to_owned(), 1, 0, 0)]);
        // What could have gone goes today.
        assert_eq!(calendar(&of(&on("2026-01-15"), &seven)), [(TODAY.to_owned(), 1, 0, 0)]);
        // 90 days with today: the last is 17 June.
        let ninety = of(&on("2026-03-18"), &days(90));
        assert_eq!((ninety.to, calendar(&ninety)), (day("2026-06-17"), vec![("2026-06-17".to_owned(), 1, 0, 0)]));
        let later = of(&on("2026-03-19"), &days(90));
        assert_eq!((later.later.partitions, later.days.len()), (1, 0));
        let waits = Effective { not_before: Some(day("2026-03-24")), ..days(7) };
        assert_eq!(calendar(&of(&on("2026-01-15"), &waits)), [("2026-03-24".to_owned(), 1, 0, 0)]);
    }

    #[test]
    fn what_is_unknown_future_or_kept_never_goes() {
        let seven = days(7);
        let unknown = Verdict::Unknown { why: Why::DefaultPartition { key: "dt".into() } };
        assert_eq!(of(&unknown, &seven).unknown.partitions, 1);
        assert_eq!(of(&Verdict::Future, &seven).future.partitions, 1);
        let keep = Effective { term: Term::Keep, winner: Rule::NoRule, ..days(0) };
        assert_eq!(of(&on("2020-01-01"), &keep).kept.partitions, 1);
        let unknown_rule = Rule::Unknown { unknown: crate::retention::effective::Unknown::Time };
        let no_rule = Effective { winner: unknown_rule, hot_days: Some(1), ..keep };
        let got = of(&on("2020-01-01"), &no_rule);
        assert_eq!((got.unknown.partitions, got.days.len()), (1, 0));
    }

    #[test]
    fn a_hold_delays_and_shows_what_would_go() {
        let hold = held(Some("2026-03-27"), days(7));
        let got = of(&on("2026-03-15"), &hold);
        assert_eq!(calendar(&got), [("2026-03-23".to_owned(), 0, 0, 1), ("2026-03-28".to_owned(), 1, 0, 0)]);
        assert_eq!(got.days[1].list[0].rule, Rule::IngestionDefault { request: None });
        // Not held any more when it goes.
        assert_eq!(calendar(&of(&on("2026-03-25"), &hold)), [("2026-04-02".to_owned(), 1, 0, 0)]);
        assert_eq!(of(&on("2026-03-15"), &held(None, days(7))).held.partitions, 1);
    }

    #[test]
    fn an_agreement_that_ends_lets_go_what_it_kept() {
        let until = day("2026-03-31");
        let winner = Rule::Agreement { request: RequestId(1), until };
        let after = Effective { not_before: Some(day("2026-04-04")), ..days(7) };
        let agreed = Effective { winner, until: Some(until), then: Some(Box::new(after)), ..days(60) };
        for (from, goes) in [
            ("2026-01-10", TODAY),
            ("2026-01-29", "2026-03-31"),
            ("2026-01-30", "2026-04-04"),
            ("2026-03-10", "2026-04-04"),
            ("2026-04-01", "2026-04-09"),
        ] {
            assert_eq!(calendar(&of(&on(from), &agreed)), [(goes.to_owned(), 1, 0, 0)], "{from}");
        }
    }

    #[test]
    fn late_data_waits_two_days() {
        let (verdict, effective) = (on("2026-01-01"), days(7));
        let at = |created: Option<&str>, written: Option<&str>| {
            let moment = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
            let partition = Partition {
                created: created.map(moment),
                newest_write: written.map(moment),
                ..partition(&verdict, &effective)
            };
            schedule([partition], day(TODAY), Seoul).days.remove(0)
        };
        assert_eq!(at(Some("2026-03-01T00:00:00Z"), None).day, day(TODAY));
        // 20 March 12:00 in Korea, and 48 hours: during the 22nd, so the 23rd.
        let late = at(None, Some("2026-03-20T03:00:00Z"));
        assert_eq!((late.day, late.list[0].waited_for), (day("2026-03-23"), Some(day(TODAY))));
        // Midnight in Korea: on the stroke.
        assert_eq!(at(Some("2026-03-19T15:00:00Z"), None).day, day("2026-03-22"));
        assert_eq!(at(Some("2026-03-19T15:00:00Z"), Some("2026-03-19T15:00:01Z")).day, day("2026-03-23"));
    }

    #[test]
    fn after_the_hot_days_it_is_compressed_once() {
        let hot = Effective { hot_days: Some(3), ..days(7) };
        let verdict = on("2026-03-18");
        assert_eq!(
            calendar(&of(&verdict, &hot)),
            [("2026-03-22".to_owned(), 0, 1, 0), ("2026-03-26".to_owned(), 1, 0, 0)]
        );
        let compressed = Partition { stored: Stored::Compressed, ..partition(&verdict, &hot) };
        assert_eq!(calendar(&schedule([compressed], day(TODAY), Seoul)), [("2026-03-26".to_owned(), 1, 0, 0)]);
        // What goes today is not compressed today.
        assert_eq!(calendar(&of(&on("2026-01-01"), &hot)), [(TODAY.to_owned(), 1, 0, 0)]);
        let held = Effective { hot_days: Some(3), ..held(None, days(7)) };
        assert_eq!(of(&verdict, &held).days, []);
        let kept = Effective { term: Term::Keep, ..hot };
        assert_eq!(calendar(&of(&verdict, &kept)), [("2026-03-22".to_owned(), 0, 1, 0)]);
    }

    #[test]
    fn sums_say_how_many_sizes_are_unknown() {
        let (verdict, effective) = (on("2026-03-15"), days(7));
        let one = partition(&verdict, &effective);
        let got = schedule(
            [one, Partition { bytes: None, ..one }, Partition { bytes: Some(u64::MAX), ..one }],
            day(TODAY),
            Seoul,
        );
        assert_eq!(got.days[0].drops, Sum { partitions: 3, bytes: u64::MAX, unknown_sizes: 1 });
        assert_eq!(got.days[0].list.len(), 3);
    }

    proptest! {
        /// Each partition is somewhere, once, and none goes before its day, its hold or its age.
        #[test]
        fn nothing_is_lost_and_nothing_goes_early(
            from in -800..100_i64, length in 0..400_u32, until in proptest::option::of(0..200_i64), age in proptest::option::of(-300..100_i64), hot in proptest::option::of(0..30_u32),
        ) {
            let today = day(TODAY);
            let at = |ahead: i64| today + TimeDelta::days(ahead);
            let rule = Effective { hot_days: hot, ..days(length) };
            let ends = until.map(|until| at(until).to_string());
            let effective = if until.is_some() { held(ends.as_deref(), rule) } else { rule };
            let verdict = Verdict::Day(at(from));
            let written = age.map(|age| at(age).and_hms_opt(12, 0, 0).unwrap().and_utc());
            let got = schedule([Partition { newest_write: written, ..partition(&verdict, &effective) }], today, Seoul);
            let dropped: Vec<NaiveDate> = got.days.iter().filter(|on| on.drops.partitions > 0).map(|on| on.day).collect();
            let elsewhere = got.later.partitions + got.held.partitions + got.kept.partitions + got.future.partitions + got.unknown.partitions;
            prop_assert_eq!(dropped.len() as u64 + elsewhere, 1);
            for goes in dropped {
                prop_assert!(goes >= may_go(at(from), Period::Days(length)) && goes >= today && goes <= got.to);
                prop_assert!(until.is_none_or(|until| goes > at(until)));
                let begins = goes.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(9);
                prop_assert!(written.is_none_or(|written| begins - written >= TimeDelta::hours(MIN_AGE_HOURS)));
            }
        }
    }
}
