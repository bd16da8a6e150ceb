use crate::cli::input;
use crate::clock::Clock;
use crate::config::zone;
use anyhow::bail;
use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::Args;
use reeve_frontend::{unknown_day, unread_keys};
use reeve_model::reader::Lang;
use reeve_model::retention::value::{Coverage, Found, FoundKey, Key, Reader, Verdict, Why, Zones};
use reeve_model::retention::{Period, may_go};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Read partition names as days; no catalog is needed
///
/// The file has a partition's name in each line, as the metastore spells it: `dt=2026-03-01/hh=07`. The format is found
/// from all of them, and printed. For each: `name`, `day` (or `unknown`, `future`), and `may_go`, the first day on which
/// it may be deleted (or `never`), with the reason why a day is unknown.
#[derive(Debug, Args)]
pub(super) struct Dates {
    /// The table's partition keys and their types: `dt:string,hh:int`
    #[arg(long, value_parser = keys)]
    keys: Keys,
    /// Where days begin and end: `Asia/Seoul`
    #[arg(long, value_parser = zone)]
    zone: Tz,
    /// Where the values were written, if it is another zone
    #[arg(long, value_parser = zone, value_name = "ZONE")]
    values_zone: Option<Tz>,
    /// The day to take for today: `2026-03-20`
    #[arg(long, value_name = "DAY")]
    today: Option<NaiveDate>,
    /// So many full days each partition is kept, after its day
    #[arg(long)]
    days: u32,
    /// The file, or `-` for standard input
    file: PathBuf,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Debug)]
struct Keys(Vec<Key>);

impl Dates {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let bytes = input::read(&self.file)?;
        let text = match input::text(&bytes) {
            Ok(text) => text,
            Err((line, problem)) => bail!("{}:{line}: {problem}", self.file.display()),
        };
        let names: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let today = self.today.unwrap_or_else(|| Clock::System.now().with_timezone(&self.zone).date_naive());
        let zones = Zones { values: self.values_zone.unwrap_or(self.zone), clock: self.zone };
        let reader = Reader::find(&self.keys.0, names.iter().copied(), zones, today);
        let verdicts: Vec<Verdict> = names.iter().map(|name| reader.verdict(name, today)).collect();
        let read = names.iter().copied().zip(&verdicts);
        let printed = if self.json {
            json(reader.found(), read, self.days)
        } else {
            text_of(reader.found(), read, self.days, Coverage::of(&verdicts))
        };
        crate::cli::print(printed);
        Ok(ExitCode::SUCCESS)
    }
}

fn text_of<'a>(
    found: &Found,
    read: impl Iterator<Item = (&'a str, &'a Verdict)>,
    days: u32,
    coverage: Coverage,
) -> String {
    let mut out = match found {
        Found::Read { keys, .. } => {
            let each = keys.iter().map(|key| format!("{} {}", key.key, formats(key)));
            format!("# format: {}\n", each.collect::<Vec<_>>().join(", "))
        }
        other => format!("# format: unknown: {}\n", both(|lang| unread_keys(lang, other).unwrap_or_default())),
    };
    let Coverage { partitions, read: known, stand_ins, unread } = coverage;
    let _ = writeln!(out, "# read: {known} of {partitions}, {stand_ins} that stand for no day, {unread} unread");
    out += "name\tday\tmay_go\treason\n";
    for (name, verdict) in read {
        let (day, may_go, reason) = row(verdict, days);
        let _ = writeln!(out, "{name}\t{day}\t{may_go}\t{}", reason.map(told).unwrap_or_default());
    }
    out
}

fn json<'a>(found: &Found, read: impl Iterator<Item = (&'a str, &'a Verdict)>, days: u32) -> String {
    let (keys, format): (Vec<String>, _) = match found {
        Found::Read { keys, .. } => {
            let format = keys.iter().map(formats).collect::<Vec<_>>().join("/");
            (keys.iter().map(|key| key.key.clone()).collect(), Some(format))
        }
        _ => (vec![], None),
    };
    let mut out = String::new();
    for (name, verdict) in read {
        let (day, may_go, reason) = row(verdict, days);
        let mut object = serde_json::json!({
            "name": name, "day": day, "may_go": may_go, "keys": keys, "format": format,
        });
        if let Some(why) = reason {
            object["reason"] = told(why).into();
            object["reason_ko"] = unknown_day(Lang::Ko, why).into();
            object["reason_en"] = unknown_day(Lang::En, why).into();
        }
        let _ = writeln!(out, "{object}");
    }
    out
}

/// The day, from when it may go, and why there is none.
fn row(verdict: &Verdict, days: u32) -> (String, String, Option<&Why>) {
    let never = || "never".to_owned();
    match verdict {
        Verdict::Day(day) => (day.to_string(), may_go(*day, Period::Days(days)).to_string(), None),
        Verdict::Future => ("future".to_owned(), never(), None),
        Verdict::Unknown { why } => ("unknown".to_owned(), never(), Some(why)),
    }
}

fn formats(key: &FoundKey) -> String {
    key.formats.join("|")
}

fn told(why: &Why) -> String {
    both(|lang| unknown_day(lang, why))
}

/// In both languages.
fn both(words: impl Fn(Lang) -> String) -> String {
    format!("{} ({})", words(Lang::En), words(Lang::Ko))
}

/// `dt:string,hh:int`; a key without a type is a string. Types have commas within brackets: `decimal(10,2)`.
fn keys(text: &str) -> Result<Keys, String> {
    let mut depth = 0_usize;
    let parts = text.split(|c| {
        match c {
            '(' | '<' => depth += 1,
            ')' | '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    let mut keys: Vec<Key> = Vec::new();
    for part in parts {
        let (name, data_type) = part.split_once(':').unwrap_or((part, "string"));
        let (name, data_type) = (name.trim(), data_type.trim());
        if name.is_empty() || data_type.is_empty() {
            return Err("name each key, and its type: `dt:string,hh:int`".to_owned());
        }
        if keys.iter().any(|key| key.name.eq_ignore_ascii_case(name)) {
            return Err(format!("`{name}` stands twice"));
        }
        keys.push(Key::new(name, data_type));
    }
    Ok(Keys(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_as_they_are_given() {
        let named = |text: &str| keys(text).map(|keys| keys.0);
        assert_eq!(named("dt:string,hh:int"), Ok(vec![Key::new("dt", "string"), Key::new("hh", "int")]));
        assert_eq!(named(" dt , n:decimal(10,2)"), Ok(vec![Key::new("dt", "string"), Key::new("n", "decimal(10,2)")]));
        for (wrong, word) in [("", "name each"), ("dt,", "name each"), ("dt:", "name each"), ("dt,DT:int", "twice")] {
            assert!(named(wrong).is_err_and(|error| error.contains(word)), "{wrong}");
        }
    }
}
