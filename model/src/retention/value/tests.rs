//! Tables as they are found: keys, values, and the days that are read of them.

use super::*;
use crate::retention::day;
use chrono_tz::Asia::Seoul;
use proptest::prelude::*;

const TODAY: &str = "2026-03-20";
const KOREAN: Zones = Zones { values: Seoul, clock: Seoul };
const FROM_UTC: Zones = Zones { values: Tz::UTC, clock: Seoul };

fn keys(spelled: &str) -> Vec<Key> {
    spelled
        .split(',')
        .map(|key| {
            let (name, data_type) = key.split_once(':').unwrap_or((key, "string"));
            Key::new(name, data_type)
        })
        .collect()
}

fn shown(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Day(day) => day.to_string(),
        Verdict::Future => "future".to_owned(),
        Verdict::Unknown { .. } => "unknown".to_owned(),
    }
}

/// What is read of these partitions together.
fn days(spelled: &str, names: &[&str], zones: Zones) -> Vec<String> {
    let reader = Reader::find(&keys(spelled), names.iter().copied(), zones, day(TODAY));
    names.iter().map(|name| shown(&reader.verdict(name, day(TODAY)))).collect()
}

fn formats(spelled: &str, names: &[&str]) -> Vec<String> {
    let found = Reader::find(&keys(spelled), names.iter().copied(), KOREAN, day(TODAY)).found().clone();
    match found {
        Found::Read { keys, .. } => keys.iter().map(|key| format!("{} {}", key.key, key.formats.join("|"))).collect(),
        other => vec![format!("{other:?}")],
    }
}

fn check(spelled: &str, zones: Zones, rows: &[(&str, &str)]) {
    let names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
    let expected: Vec<&str> = rows.iter().map(|(_, day)| *day).collect();
    let got = days(spelled, &names, zones);
    assert_eq!(got, expected, "{spelled} {names:?} {:?}", formats(spelled, &names));
}

#[test]
fn formats_that_say_it_themselves_may_be_mixed() {
    check(
        "dt",
        KOREAN,
        &[
            ("dt=2026-03-01", "2026-03-01"),
            ("dt=20260301", "2026-03-01"),
            ("dt=2026%2F03%2F01", "2026-03-01"),
            ("dt=2026년 3월 1일", "2026-03-01"),
            ("dt=2026. 3. 1.", "2026-03-01"),
            ("dt=2026030107", "2026-03-01"),
            ("dt=2026-03-01 23%3A59%3A59", "2026-03-01"),
            ("dt=2026-02", "2026-02-28"),
            ("dt=2026-W11", "2026-03-15"),
            ("dt=2025Q4", "2025-12-31"),
            ("dt=2025", "2025-12-31"),
            ("dt=2026-03-01T23%3A00%3A00Z", "2026-03-02"),
            ("dt=2026-03-02T00%3A30%3A00-05%3A00", "2026-03-02"),
            ("dt=9999-12-31", "future"),
            ("dt=2026-03-21", "future"),
            ("dt=2026-04", "future"),
            // The running day, week, month, quarter and year are no future.
            ("dt=2026-03-20", "2026-03-20"),
            ("dt=2026-03", "2026-03-31"),
            ("dt=2026-W12", "2026-03-22"),
            ("dt=2026Q1", "2026-03-31"),
            ("dt=2026", "2026-12-31"),
            ("dt=2027Q1", "future"),
            ("dt=__HIVE_DEFAULT_PARTITION__", "unknown"),
            ("dt=latest", "unknown"),
            ("dt=ALL", "unknown"),
            ("dt=0", "unknown"),
            ("dt=19000101", "unknown"),
            ("dt=1989-12-31", "unknown"),
            ("dt=1990-01-01", "1990-01-01"),
            ("dt=", "unknown"),
            ("dt=2026-11-31", "unknown"),
            ("dt=2026030124", "unknown"),
        ],
    );
}

#[test]
fn korean_that_came_apart_is_put_together() {
    let apart = "dt=2026\u{1102}\u{1167}\u{11ab} 3\u{110b}\u{116f}\u{11af} 1\u{110b}\u{1175}\u{11af}";
    check("dt", KOREAN, &[(apart, "2026-03-01")]);
}

#[test]
fn keys_that_go_on_are_one_date() {
    check(
        "y:int,m:int,d:int",
        KOREAN,
        &[("y=2026/m=3/d=1", "2026-03-01"), ("y=2026/m=2/d=30", "unknown"), ("y=2026/m=12/d=1", "future")],
    );
    check(
        "year,month,day,hour",
        KOREAN,
        &[
            ("year=2026/month=03/day=01/hour=00", "2026-03-01"),
            ("year=2026/month=03/day=01/hour=24", "unknown"),
            ("year=2026/month=02/day=28/hour=01", "2026-02-28"),
            ("year=2026/month=02/day=28/hour=02", "2026-02-28"),
            ("year=2026/month=02/day=28/hour=03", "2026-02-28"),
            ("year=2026/month=02/day=28/hour=04", "2026-02-28"),
            ("year=2026/month=02/day=28/hour=05", "2026-02-28"),
            ("year=2026/month=02/day=28/hour=06", "2026-02-28"),
            ("year=2026/month=02/day=28/hour=07", "2026-02-28"),
            ("year=2026/month=02/day=28/hour=08", "2026-02-28"),
        ],
    );
    check("year:int,month:int", KOREAN, &[("year=2026/month=2", "2026-02-28"), ("year=2024/month=2", "2024-02-29")]);
    check("ym,dd", KOREAN, &[("ym=202602/dd=28", "2026-02-28"), ("ym=202602/dd=29", "unknown")]);
    check("ym,dd", KOREAN, &[("ym=2026-02/dd=5", "2026-02-05")]);
    check(
        "dt,hh:int",
        FROM_UTC,
        &[
            ("dt=2026-03-01/hh=14", "2026-03-01"),
            ("dt=2026-03-01/hh=15", "2026-03-02"),
            ("dt=2026-03-01/hh=0", "2026-03-01"),
            ("dt=2026-03-01/hh=__HIVE_DEFAULT_PARTITION__", "unknown"),
        ],
    );
    // The order of the keys does not matter, nor keys that are no dates.
    check(
        "region,hh,dt",
        FROM_UTC,
        &[
            ("region=kr/hh=15/dt=2026-03-01", "2026-03-02"),
            ("region=__HIVE_DEFAULT_PARTITION__/hh=14/dt=2026-03-01", "2026-03-01"),
        ],
    );
    assert_eq!(formats("dt,hh:int", &["dt=20260301/hh=7"]), ["dt yyyyMMdd", "hh H"]);
    assert_eq!(formats("y,m,d", &["y=2026/m=03/d=01"]), ["y yyyy", "m MM", "d dd"]);
    check("dt,hh:int", KOREAN, &[("dt=2026-03-01/hh=24", "unknown"), ("dt=2026-03-01/hh=23", "2026-03-01")]);
    check("dt,hh:int", KOREAN, &[("dt=2026-03-01/hh=24", "unknown")]);
    // A key that is called so, and holds something else, is no part of it.
    check("dt,hour", KOREAN, &[("dt=2026-03-01/hour=peak", "2026-03-01")]);
    check("dt,day_of_week", KOREAN, &[("dt=2026-02/day_of_week=3", "2026-02-28")]);
    // A day without a month says nothing: the year ends late.
    check("year,day", KOREAN, &[("year=2025/day=01", "2025-12-31")]);
    // Names that are values only, and names in another order than the keys.
    check("dt,hh", KOREAN, &[("2026-03-01/07", "2026-03-01")]);
    check("hh,dt", KOREAN, &[("dt=2026-03-01/hh=07", "2026-03-01")]);
    check(
        "dt,hh",
        KOREAN,
        &[
            ("dt=2026-03-01", "unknown"),
            ("dt=2026-03-01/region=kr", "unknown"),
            ("2026-03-01/hh=07", "unknown"),
            ("dt=2026-03-01/hh=07", "2026-03-01"),
        ],
    );
}

#[test]
fn values_of_one_zone_and_days_of_another() {
    check("at", FROM_UTC, &[("at=2026-03-01 15%3A00", "2026-03-02"), ("at=2026-03-01 14%3A59", "2026-03-01")]);
    check(
        "dt",
        FROM_UTC,
        &[("dt=2026-03-01", "2026-03-02"), ("dt=2026-03-20", "2026-03-21"), ("dt=2026-03-21", "future")],
    );
    check("dt", FROM_UTC, &[("dt=2026-02", "2026-03-01")]);
    // The other way: a Korean day is over at 15:00 UTC.
    check("dt", Zones { values: Seoul, clock: Tz::UTC }, &[("dt=2026-03-01", "2026-03-01")]);
    // Its own offset counts, whatever the zone of the values.
    check("at", FROM_UTC, &[("at=2026-03-01T23%3A00%3A00+09%3A00", "2026-03-01")]);
    // All at midnight: days, that end when UTC's do.
    check(
        "at",
        FROM_UTC,
        &[("at=2026-03-01 00%3A00%3A00", "2026-03-02"), ("at=2026-03-02 00%3A00%3A00", "2026-03-03")],
    );
    check(
        "at",
        FROM_UTC,
        &[("at=2026-03-01 00%3A00%3A00", "2026-03-01"), ("at=2026-03-02 07%3A00%3A00", "2026-03-02")],
    );
    // Clocks that are put on and back.
    let new_york = Zones { values: chrono_tz::America::New_York, clock: Tz::UTC };
    check("h", new_york, &[("h=2025110301", "2025-11-03"), ("h=2025030902", "2025-03-09")]);
    let cairo = Zones { values: chrono_tz::Africa::Cairo, clock: chrono_tz::Africa::Cairo };
    check("dt", cairo, &[("dt=2025-04-25", "2025-04-25"), ("dt=2025-10-30", "2025-10-30")]);
    // A day that never was, on Samoa.
    check("dt", Zones { values: chrono_tz::Pacific::Apia, clock: Tz::UTC }, &[("dt=2011-12-30", "2011-12-30")]);
}

#[test]
fn epochs() {
    // All at 15:00 UTC: Korean days, in seconds and milliseconds, and whatever the zones.
    for zones in [KOREAN, FROM_UTC] {
        check("ts:bigint", zones, &[("ts=1772290800", "2026-03-01"), ("ts=1772377200", "2026-03-02")]);
        check("ts:bigint", zones, &[("ts=1772290800000", "2026-03-01")]);
        // All at midnight UTC: such a day ends the next morning in Korea.
        check("ts:bigint", zones, &[("ts=1772323200", "2026-03-02"), ("ts=1772409600", "2026-03-03")]);
        check("ts:bigint", zones, &[("ts=1772323200", "2026-03-02")]);
        // One that stands apart makes no hours of them.
        let mut names: Vec<String> = (0..15).map(|n| format!("ts={}", 1_772_323_200 - n * 86_400)).collect();
        names.push("ts=1772326800".to_owned());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(days("ts:bigint", &names, zones)[0], "2026-03-02");
        // Hours, and moments.
        check(
            "ts:bigint",
            zones,
            &[
                ("ts=1772287200", "2026-02-28"),
                ("ts=1772290800", "2026-03-01"),
                ("ts=1772294400", "2026-03-01"),
                ("ts=0", "unknown"),
            ],
        );
        check("ts:bigint", zones, &[("ts=1772290799", "2026-02-28"), ("ts=1772290801", "2026-03-01")]);
    }
    // Midnight where days are counted.
    let paris = Zones { values: Tz::UTC, clock: chrono_tz::Europe::Paris };
    check("ts", paris, &[("ts=1759269600", "2025-10-01"), ("ts=1772406000", "2026-03-02")]);
    assert_eq!(formats("ts", &["ts=1772290800"]), ["ts epoch_s"]);
    assert_eq!(formats("ts", &["ts=1772290800123"]), ["ts epoch_ms"]);
    // 8 digits are never one, and 10 digits are told apart by what is likely.
    check(
        "ts",
        KOREAN,
        &[("ts=2026030115", "2026-03-01"), ("ts=1772323200", "2026-03-02"), ("ts=1900010100", "unknown")],
    );
    check(
        "ts",
        KOREAN,
        &[
            ("ts=17723232", "unknown"),
            ("ts=177232320", "unknown"),
            ("ts=20514", "unknown"),
            ("ts=1772323200123456", "unknown"),
        ],
    );
    // Too far ahead to be meant.
    check("ts", KOREAN, &[("ts=1999999999", "unknown")]);
}

#[test]
fn six_digits_need_company() {
    check("dt", KOREAN, &[("dt=202603", "2026-03-31")]);
    check("dt", KOREAN, &[("dt=202511", "2025-11-30"), ("dt=202512", "2025-12-31"), ("dt=999912", "future")]);
    // 15 August 2024, or 24 August 2015.
    check("dt", KOREAN, &[("dt=240815", "unknown")]);
    assert_eq!(formats("dt", &["dt=240815"]), [r#"Ambiguous { key: "dt", formats: ["yyMMdd", "ddMMyy"] }"#]);
    check("dt", KOREAN, &[("dt=240815", "2024-08-15"), ("dt=240831", "2024-08-31")]);
    assert_eq!(formats("dt", &["dt=240815", "dt=240831"]), ["dt yyMMdd"]);
    check("dt", KOREAN, &[("dt=150824", "2024-08-15"), ("dt=310824", "2024-08-31")]);
    check("dt", KOREAN, &[("dt=081524", "2024-08-15")]);
    // October 2010, or 12 October 2020, or 20 October 2012.
    check("dt", KOREAN, &[("dt=201012", "unknown")]);
    // Numbers of something else.
    check("batch", KOREAN, &[("batch=123456", "unknown"), ("batch=987654", "unknown"), ("batch=202603", "unknown")]);
}

#[test]
fn the_year_last_or_short_needs_company() {
    check("dt", KOREAN, &[("dt=03%2F04%2F2026", "unknown")]);
    check("dt", KOREAN, &[("dt=03%2F04%2F2025", "2025-04-03"), ("dt=13%2F04%2F2025", "2025-04-13")]);
    check("dt", KOREAN, &[("dt=04-03-2025", "2025-04-03"), ("dt=04-13-2025", "2025-04-13")]);
    check("dt", KOREAN, &[("dt=25-04-03", "unknown")]);
    check("dt", KOREAN, &[("dt=25-04-03", "2025-04-03"), ("dt=25-04-30", "2025-04-30")]);
    // Another separator is another shape: nothing of one is told by the other.
    check(
        "dt",
        KOREAN,
        &[("dt=13%2F04%2F2025", "2025-04-13"), ("dt=03-04-2025", "unknown")].map(|row| (row.0, "unknown")),
    );
}

#[test]
fn nine_of_ten_must_be_read() {
    let good = [
        "dt=2026-03-01",
        "dt=2026-03-02",
        "dt=2026-03-03",
        "dt=2026-03-04",
        "dt=2026-03-05",
        "dt=2026-03-06",
        "dt=2026-03-07",
        "dt=2026-03-08",
    ];
    let with = |more: &[&'static str]| days("dt", &[&good[..], more].concat(), KOREAN).concat();
    assert!(
        !with(&["dt=2026-03-09", "dt=backup"]).contains("2026-03-01unknown")
            && with(&["dt=2026-03-09", "dt=backup"]).ends_with("2026-03-09unknown")
    );
    assert_eq!(with(&["dt=backup"]), "unknown".repeat(9));
    // What stands for no day does not speak against the others.
    assert!(with(&["dt=latest", "dt=__HIVE_DEFAULT_PARTITION__", "dt=19000101"]).starts_with("2026-03-012026-03-02"));
    let reader = Reader::find(&keys("dt"), good, KOREAN, day(TODAY));
    let all = ["dt=2026-03-01", "dt=latest", "dt=backup", "dt=2031-01-01"].map(|name| reader.verdict(name, day(TODAY)));
    assert_eq!(Coverage::of(&all), Coverage { partitions: 4, read: 2, stand_ins: 1, unread: 1 });
}

#[test]
fn a_date_inside_a_word_is_none() {
    check(
        "dt",
        KOREAN,
        &[("dt=backup_20260301", "unknown"), ("dt=20260301_old", "unknown"), ("dt=v2026-03-01", "unknown")],
    );
    check("region", KOREAN, &[("region=kr", "unknown"), ("region=us", "unknown")]);
    assert_eq!(formats("region", &["region=kr"]), ["NoDateKey"]);
}

#[test]
fn two_dates_that_differ_are_nobodys_guess() {
    let both = [("dt=2026-03-01/load_dt=2026-03-02", "unknown"), ("dt=2026-03-02/load_dt=2026-03-02", "unknown")];
    check("dt,load_dt", KOREAN, &both);
    assert_eq!(formats("dt,load_dt", &[both[0].0]), [r#"SeveralDateKeys { keys: ["dt", "load_dt"] }"#]);
    // One within the other is one date, however often it is said.
    check("ym,dt", KOREAN, &[("ym=202602/dt=2026-02-01", "2026-02-01"), ("ym=202602/dt=2026-02-28", "2026-02-28")]);
    check("year,month,day", KOREAN, &[("year=2026/month=202602/day=20260203", "2026-02-03")]);
    check("ym,dt", KOREAN, &[("ym=202602/dt=2026-02-01", "unknown"), ("ym=202601/dt=2026-02-28", "unknown")]);
}

#[test]
fn numbers_of_four_digits_are_years_where_they_look_like_it() {
    check(
        "store:int",
        KOREAN,
        &[("store=1001", "unknown"), ("store=2011", "unknown"), ("store=4512", "unknown"), ("store=7001", "unknown")],
    );
    check(
        "dt,store",
        KOREAN,
        &[
            ("dt=2026-03-01/store=1001", "2026-03-01"),
            ("dt=2026-03-01/store=2011", "2026-03-01"),
            ("dt=2026-03-01/store=4512", "2026-03-01"),
            ("dt=2026-03-01/store=4513", "2026-03-01"),
        ],
    );
    check(
        "year",
        KOREAN,
        &[("year=2024", "2024-12-31"), ("year=2031", "future"), ("year=9999", "future"), ("year=1900", "unknown")],
    );
    check("flag:boolean", KOREAN, &[("flag=2024", "unknown")]);
}

#[test]
fn what_was_declared_counts() {
    let declared = |spelled: &str, named: &[&str], format: &str, names: &[&str]| {
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let declared = Declared::new(&named, format).unwrap();
        let reader = Reader::declared(&keys(spelled), &declared, names.iter().copied(), KOREAN).unwrap();
        assert!(matches!(reader.found(), Found::Read { declared: true, .. }));
        names.iter().map(|name| shown(&reader.verdict(name, day(TODAY)))).collect::<Vec<_>>()
    };
    assert_eq!(
        declared("dt", &["dt"], "ddMMyy", &["dt=240815", "dt=2026-03-01", "dt="]),
        ["2015-08-24", "unknown", "unknown"]
    );
    assert_eq!(
        declared("dt,load_dt", &["load_dt"], "yyyy-MM-dd", &["dt=2026-03-01/load_dt=2026-03-02"]),
        ["2026-03-02"]
    );
    assert_eq!(
        declared("dt,hh", &["dt", "hh"], "yyyy-MM-dd/HH", &["dt=2026-03-01/hh=00", "dt=2026-03-01/hh=24"]),
        ["2026-03-01", "unknown"]
    );
    assert_eq!(declared("dt,hh", &["DT", "hh"], "yyyy'/'MM'/'dd/H", &["dt=2026%2F03%2F01/hh=7"]), ["2026-03-01"]);
    assert_eq!(declared("w", &["w"], "yyyyww", &["w=202611"]), ["2026-03-15"]);
    assert_eq!(declared("n", &["n"], "epoch_days", &["n=20513"]), ["2026-03-01"]);
    assert_eq!(declared("n", &["n"], "epoch_s", &["n=1772290800", "n=0"]), ["2026-03-01", "unknown"]);
    assert_eq!(declared("dt", &["dt"], "yyyy/MM/dd", &["dt=2026%2F03%2F01"]), ["2026-03-01"]);
    let wrong = |named: &[&str], format: &str| {
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let read =
            Declared::new(&named, format).and_then(|declared| Reader::declared(&keys("dt,hh"), &declared, [], KOREAN));
        read.err()
    };
    assert_eq!(wrong(&["ds"], "yyyy"), Some(DeclaredError::NoSuchKey("ds".into())));
    assert_eq!(wrong(&["dt", "hh"], "yyyy"), Some(DeclaredError::Patterns { keys: 2, patterns: 1 }));
    assert_eq!(wrong(&["dt", "hh"], "epoch_s/HH"), Some(DeclaredError::Patterns { keys: 2, patterns: 2 }));
    assert!(matches!(wrong(&["dt"], "what"), Some(DeclaredError::Pattern { .. })));
    assert_eq!(wrong(&[], ""), Some(DeclaredError::Patterns { keys: 0, patterns: 1 }));
}

#[test]
fn verdicts_as_json() {
    let json = |verdict: &Verdict| serde_json::to_string(verdict).unwrap();
    assert_eq!(json(&Verdict::Day(day("2026-03-01"))), r#"{"day":"2026-03-01"}"#);
    assert_eq!(json(&Verdict::Future), r#""future""#);
    let unknown = Verdict::Unknown { why: Why::Unreadable { key: "dt".into() } };
    assert_eq!(json(&unknown), r#"{"unknown":{"why":{"kind":"unreadable","key":"dt"}}}"#);
}

/// Values as somebody might write them, and rubbish.
fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        (1985..2035_u32, 0..14_u32, 0..33_u32).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}")),
        (1985..2035_u32, 0..14_u32, 0..33_u32, 0..26_u32).prop_map(|(y, m, d, h)| format!("{y}{m:02}{d:02}{h:02}")),
        (0..1_000_000_u32).prop_map(|n| format!("{n:06}")),
        (0..3_000_000_000_000_u64).prop_map(|n| n.to_string()),
        (1..32_u32, 1..32_u32, 20..28_u32).prop_map(|(a, b, c)| format!("{a:02}/{b:02}/{c}")),
        "[0-9TQWZ년월일. :+_/-]{0,20}",
        ".{0,16}",
        Just("latest".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever the values: nothing panics, everything has a verdict, no day is before 1990 or, but for the running
    /// period, after today, and their order does not matter.
    #[test]
    fn reading_is_total_and_knows_no_order(
        texts in prop::collection::vec(values(), 0..12), seconds in prop::collection::vec(values(), 0..12), turn in 0..12_usize,
    ) {
        let keys = keys("dt,x");
        let mut names: Vec<String> = texts
            .iter()
            .zip(seconds.iter().cycle())
            .map(|(first, second)| partition_name::build(["dt", "x"], [first.as_str(), second.as_str()]))
            .collect();
        let today = day(TODAY);
        for zones in [KOREAN, FROM_UTC] {
            let reader = Reader::find(&keys, names.iter().map(String::as_str), zones, today);
            let before: Vec<(String, Verdict)> =
                names.iter().map(|name| (name.clone(), reader.verdict(name, today))).collect();
            for (name, verdict) in &before {
                if let Verdict::Day(read) = verdict {
                    prop_assert!(*read >= day("1990-01-01") && *read <= day("2026-12-31"), "{name} {read}");
                }
            }
            let by = turn % names.len().max(1);
            names.rotate_left(by);
            names.reverse();
            let again = Reader::find(&keys, names.iter().map(String::as_str), zones, today);
            prop_assert_eq!(reader.found(), again.found());
            for (name, verdict) in before {
                prop_assert_eq!(again.verdict(&name, today), verdict, "{}", name);
            }
        }
    }

    #[test]
    fn any_name_is_read_or_unknown(name in ".{0,40}", close in "[a-z0-9=/%-]{0,30}") {
        let reader = Reader::find(&keys("dt,hh"), [name.as_str(), close.as_str()], FROM_UTC, day(TODAY));
        for name in [&name, &close] {
            let _ = reader.verdict(name, day(TODAY));
        }
    }

    /// A format that was found can be declared, and then reads the same.
    #[test]
    fn what_is_found_can_be_declared(n in 0..13_000_i64, minute in 0..1440_i64, style in 0..12_usize) {
        let moment = day("1990-01-02").and_time(chrono::NaiveTime::MIN) + chrono::TimeDelta::days(n) + chrono::TimeDelta::minutes(minute);
        let style = [
            "%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y년 %-m월 %-d일", "%Y. %-m. %-d.", "%Y%m%d%H", "%Y-%m-%d %H:%M:%S", "%Y%m%d_%H%M%S",
            "%G-W%V", "%G-W%V-%u", "%Y-%m", "%Y-%m-%dT%H:%M:%S+09:00",
        ][style];
        let name = partition_name::build(["dt"], [moment.format(style).to_string().as_str()]);
        let keys = keys("dt");
        let found = Reader::find(&keys, [name.as_str()], FROM_UTC, day(TODAY));
        let Found::Read { keys: read, .. } = found.found() else { panic!("{name}: {:?}", found.found()) };
        let declared = Declared::new(&["dt".to_owned()], &read[0].formats[0]).unwrap();
        let declared = Reader::declared(&keys, &declared, [name.as_str()], FROM_UTC).unwrap();
        prop_assert_eq!(found.verdict(&name, day(TODAY)), declared.verdict(&name, day(TODAY)));
    }

    /// D is never before the day that the value names, and at the most one after it.
    #[test]
    fn late_never_early(n in 0..13_000_u64, hour in 0..24_u32) {
        let date = day("1990-01-02") + chrono::Days::new(n);
        let name = format!("dt={date}/hh={hour}");
        let reader = Reader::find(&keys("dt,hh"), [name.as_str()], FROM_UTC, day(TODAY));
        let expected = if hour >= 15 { date.succ_opt().unwrap() } else { date };
        let future = date > day(TODAY) || (date == day(TODAY) && hour >= 15);
        let verdict = reader.verdict(&name, day(TODAY));
        prop_assert_eq!(verdict, if future { Verdict::Future } else { Verdict::Day(expected) });
    }
}
