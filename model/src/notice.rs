//! What people are told of, and when: notices, digests and the hours in which nobody is disturbed.

use crate::owner::OwnerRole;
use crate::word::words;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    NoticeKind {
        /// Somebody's request waits for the reader's decision.
        RequestWaits,
        /// The reader's own request was decided.
        Decided,
        /// The reader was offered less than he asked for.
        Offered,
        /// What was granted to the reader ends.
        ExpiresSoon,
        /// A request that others left lying is the reader's now.
        Escalated,
        /// Somebody left, and what he answered for needs somebody else.
        SuccessionOpened,
        /// The reader might answer for something.
        OwnerProposed,
        /// Something that the reader watches changed.
        WatchedChanged,
        /// All that waited, in one.
        Digest,
    }
}

words! {
    /// What became of a request.
    Verdict {
        Approved,
        Declined,
        Withdrawn,
        Expired,
    }
}

words! {
    /// How often somebody gets a digest.
    DigestEvery {
        Daily,
        Weekly,
        Off,
    }
}

words! {
    /// The parts of a digest, in the order in which they are shown.
    Section {
        Decide,
        Expires,
        Yours,
        Fyi,
    }
}

/// Where a database or table is found in the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub source: String,
    /// Another source has a database of that name.
    pub ambiguous: bool,
    pub database: String,
    pub table: Option<String>,
}

/// Something to tell somebody. How it is said is the portal's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    RequestWaits {
        request: i64,
        /// What is asked for, in a phrase.
        title: String,
        asker: String,
        due_at: Option<DateTime<Utc>>,
    },
    Decided {
        request: i64,
        title: String,
        verdict: Verdict,
        /// Nobody where it expired or a rule decided.
        by: Option<String>,
        comment: Option<String>,
    },
    Offered {
        request: i64,
        title: String,
        by: String,
        days: i64,
    },
    ExpiresSoon {
        request: i64,
        title: String,
        days_left: i64,
        last_day: NaiveDate,
        /// What goes then; before replication.
        bytes: Option<i64>,
    },
    Escalated {
        request: i64,
        title: String,
        asker: String,
        waiting_days: i64,
    },
    SuccessionOpened {
        case: i64,
        /// Who left.
        person: String,
        /// Databases and tables, each in one role.
        items: i64,
        due_at: DateTime<Utc>,
    },
    OwnerProposed {
        place: Place,
        role: OwnerRole,
    },
    WatchedChanged {
        place: Place,
        /// Since the digest before.
        changes: i64,
    },
}

/// All that waited for somebody, in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// The local day that it is of.
    pub day: NaiveDate,
    pub every: DigestEvery,
    /// Those that hold something, in order.
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub section: Section,
    /// At most [`ROWS`].
    pub rows: Vec<Notice>,
    /// How many there are in all.
    pub total: i64,
}

/// How many rows of a section a digest shows.
pub const ROWS: usize = 20;

impl Notice {
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::RequestWaits { .. } => NoticeKind::RequestWaits,
            Self::Decided { .. } => NoticeKind::Decided,
            Self::Offered { .. } => NoticeKind::Offered,
            Self::ExpiresSoon { .. } => NoticeKind::ExpiresSoon,
            Self::Escalated { .. } => NoticeKind::Escalated,
            Self::SuccessionOpened { .. } => NoticeKind::SuccessionOpened,
            Self::OwnerProposed { .. } => NoticeKind::OwnerProposed,
            Self::WatchedChanged { .. } => NoticeKind::WatchedChanged,
        }
    }

    pub fn section(&self) -> Section {
        match self {
            Self::RequestWaits { .. }
            | Self::Escalated { .. }
            | Self::Offered { .. }
            | Self::SuccessionOpened { .. }
            | Self::OwnerProposed { .. } => Section::Decide,
            Self::ExpiresSoon { .. } => Section::Expires,
            Self::Decided { .. } => Section::Yours,
            Self::WatchedChanged { .. } => Section::Fyi,
        }
    }

    /// What it is about, by which everything about the same is kept together: `request/12`, `case/3`.
    pub fn reference(&self) -> String {
        match self {
            Self::RequestWaits { request, .. }
            | Self::Decided { request, .. }
            | Self::Offered { request, .. }
            | Self::ExpiresSoon { request, .. }
            | Self::Escalated { request, .. } => format!("request/{request}"),
            Self::SuccessionOpened { case, .. } => format!("case/{case}"),
            Self::OwnerProposed { place, .. } | Self::WatchedChanged { place, .. } => place.reference(),
        }
    }

    /// The last day on which it is of use; one of which the data goes before people are disturbed again does not wait.
    pub fn last_day(&self) -> Option<NaiveDate> {
        match self {
            Self::ExpiresSoon { last_day, .. } => Some(*last_day),
            _ => None,
        }
    }
}

impl NoticeKind {
    /// Those that somebody gets at once where he said nothing else; the others wait for his digest.
    pub fn at_once() -> BTreeSet<Self> {
        BTreeSet::from([Self::RequestWaits, Self::Decided, Self::Offered, Self::Escalated, Self::SuccessionOpened])
    }

    /// Those that can come at once: what is found only by looking is in the digest.
    pub fn may_be_at_once(self) -> bool {
        !matches!(self, Self::OwnerProposed | Self::WatchedChanged | Self::Digest)
    }

    /// What is also for a channel: it concerns more than one person's own business.
    pub fn is_for_everybody(self) -> bool {
        matches!(self, Self::SuccessionOpened | Self::Escalated)
    }
}

impl Place {
    fn reference(&self) -> String {
        let table = self.table.as_deref().map(|table| format!(".{table}")).unwrap_or_default();
        format!("asset/{}/{}{table}", self.source, self.database)
    }
}

impl Digest {
    /// Puts notices into sections, with the first [`ROWS`] of each; nothing where there are none.
    pub fn of(day: NaiveDate, every: DigestEvery, notices: &[Notice]) -> Option<Self> {
        let mut parts: Vec<Part> = Vec::new();
        for section in [Section::Decide, Section::Expires, Section::Yours, Section::Fyi] {
            let rows: Vec<Notice> = notices.iter().filter(|notice| notice.section() == section).cloned().collect();
            if !rows.is_empty() {
                let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
                parts.push(Part { section, rows: rows.into_iter().take(ROWS).collect(), total });
            }
        }
        (!parts.is_empty()).then_some(Self { day, every, parts })
    }

    /// How many things are in a section.
    pub fn total(&self, section: Section) -> i64 {
        self.parts.iter().find(|part| part.section == section).map_or(0, |part| part.total)
    }
}

/// When nobody is disturbed: these hours of every day, weekends and holidays. All of it in local time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quiet {
    pub from: NaiveTime,
    pub to: NaiveTime,
    pub holidays: BTreeSet<NaiveDate>,
}

impl Quiet {
    pub fn is_quiet(&self, at: NaiveDateTime) -> bool {
        !self.is_workday(at.date()) || self.is_quiet_hour(at.time())
    }

    /// Neither a weekend nor a holiday.
    pub fn is_workday(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(&day)
    }

    /// The first moment from `at` on that is not quiet.
    pub fn next(&self, at: NaiveDateTime) -> NaiveDateTime {
        if !self.is_quiet(at) {
            return at;
        }
        // Where the quiet hours do not cross midnight, the day begins at midnight; else when they end.
        let begins = if self.from > self.to { self.to } else { NaiveTime::MIN };
        if self.is_workday(at.date()) {
            let later = if self.from > self.to || at.time() < self.to { at.date().and_time(self.to) } else { at };
            if later >= at && !self.is_quiet(later) {
                return later;
            }
        }
        // A year without a working day is a holiday file gone wrong: then people are disturbed.
        (1..=366)
            .filter_map(|days| Some(at.date().checked_add_days(Days::new(days))?.and_time(begins)))
            .map(|morning| if self.is_quiet_hour(morning.time()) { morning.date().and_time(self.to) } else { morning })
            .find(|morning| !self.is_quiet(*morning))
            .unwrap_or(at)
    }

    fn is_quiet_hour(&self, time: NaiveTime) -> bool {
        if self.from <= self.to { self.from <= time && time < self.to } else { self.from <= time || time < self.to }
    }
}

/// Days nobody works, from the text of a file: a line begins with a day, `2027-02-08`, and may go on with its name; `#`
/// begins a remark. Answers the days, and the numbers of the lines that could not be read.
pub fn holidays(text: &str) -> (BTreeSet<NaiveDate>, Vec<usize>) {
    let (mut days, mut unread) = (BTreeSet::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').split('#').next().unwrap_or_default().trim();
        let Some(first) = line.split_whitespace().next() else { continue };
        match first.parse() {
            Ok(day) => drop(days.insert(day)),
            Err(_) => unread.push(at + 1),
        }
    }
    (days, unread)
}

/// An answer that can be given from a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Choice {
    Approve,
    /// Fewer days than were asked for.
    Offer {
        days: i64,
    },
    Accept,
    Keep,
    NotMine,
    Replaced,
    DropNow,
}

impl Choice {
    /// As it stands in an address: `approve`, `offer-60`.
    pub fn key(&self) -> String {
        match self {
            Self::Approve => "approve".to_owned(),
            Self::Offer { days } => format!("offer-{days}"),
            Self::Accept => "accept".to_owned(),
            Self::Keep => "keep".to_owned(),
            Self::NotMine => "not-mine".to_owned(),
            Self::Replaced => "replaced".to_owned(),
            Self::DropNow => "drop-now".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn quiet(from: &str, to: &str) -> Quiet {
        let (holidays, unread) = holidays("# 2026\n2026-12-25 기독탄신일\n\n2027-01-01\n");
        assert!(unread.is_empty());
        Quiet { from: from.parse().unwrap(), to: to.parse().unwrap(), holidays }
    }

    #[test]
    fn nights_weekends_and_holidays_are_quiet() {
        let quiet = quiet("20:00:00", "08:00:00");
        for (from, next) in [
            ("2026-12-01T12:00:00", "2026-12-01T12:00:00"),
            ("2026-12-01T08:00:00", "2026-12-01T08:00:00"),
            ("2026-12-01T07:59:59", "2026-12-01T08:00:00"),
            ("2026-12-01T20:00:00", "2026-12-02T08:00:00"),
            ("2026-12-01T23:30:00", "2026-12-02T08:00:00"),
            // Friday evening; Saturday noon; Christmas on a Friday, then the weekend.
            ("2026-12-04T20:00:00", "2026-12-07T08:00:00"),
            ("2026-12-05T12:00:00", "2026-12-07T08:00:00"),
            ("2026-12-24T21:00:00", "2026-12-28T08:00:00"),
        ] {
            assert_eq!(quiet.next(at(from)), at(next), "{from}");
            assert!(!quiet.is_quiet(at(next)));
        }
    }

    #[test]
    fn hours_within_a_day_are_quiet_too() {
        let quiet = quiet("12:00:00", "13:00:00");
        assert_eq!(quiet.next(at("2026-12-01T12:30:00")), at("2026-12-01T13:00:00"));
        assert_eq!(quiet.next(at("2026-12-01T23:30:00")), at("2026-12-01T23:30:00"));
        assert_eq!(quiet.next(at("2026-12-05T12:30:00")), at("2026-12-07T00:00:00"));
    }

    #[test]
    fn a_calendar_without_a_working_day_disturbs() {
        let first: NaiveDate = "2026-12-01".parse().unwrap();
        let holidays = first.iter_days().take(500).collect();
        let quiet = Quiet { from: NaiveTime::MIN, to: NaiveTime::MIN, holidays };
        assert_eq!(quiet.next(at("2026-12-01T12:00:00")), at("2026-12-01T12:00:00"));
    }

    #[test]
    fn lines_that_are_no_day_are_told() {
        let (days, unread) = holidays("\u{feff}2026-12-25\nChristmas\n2026-13-01 no such month\n2027-01-01 # 신정\n");
        assert_eq!((days.len(), unread), (2, vec![2, 3]));
    }

    #[test]
    fn a_digest_shows_twenty_of_each_and_counts_all() {
        let day = "2026-12-01".parse().unwrap();
        let offered = |request| Notice::Offered { request, title: String::new(), by: String::new(), days: 1 };
        let decided =
            Notice::Decided { request: 1, title: String::new(), verdict: Verdict::Approved, by: None, comment: None };
        let notices: Vec<_> = std::iter::once(decided).chain((0..25).map(offered)).collect();
        let digest = Digest::of(day, DigestEvery::Daily, &notices).unwrap();
        let told: Vec<_> = digest.parts.iter().map(|part| (part.section, part.rows.len(), part.total)).collect();
        assert_eq!(told, [(Section::Decide, 20, 25), (Section::Yours, 1, 1)]);
        assert_eq!(Digest::of(day, DigestEvery::Daily, &[]), None);
    }
}
