//! Times as metastores hold them: seconds, and what other writers put there.

use super::remarks::Remarks;
use chrono::{DateTime, Utc};
use reeve_model::asset::RemarkKind;
use std::collections::BTreeMap;
use std::ops::Range;

/// 1990 to 2100. No metastore is older, and in any finer unit a time of these years is far outside, so that the unit
/// can be told from the number.
const SECONDS: Range<i64> = 631_152_000..4_102_444_800;

/// Whole seconds of a number that counts seconds, milliseconds, microseconds or nanoseconds since 1970. 0 and -1 were
/// never set.
pub(in crate::hive) fn time(field: &str, number: i64, remarks: &mut Remarks) -> Option<DateTime<Utc>> {
    let seconds = [1, 1_000, 1_000_000, 1_000_000_000].map(|per_second| number / per_second);
    match seconds.into_iter().find(|seconds| SECONDS.contains(seconds)) {
        Some(seconds) => DateTime::from_timestamp(seconds, 0),
        None => {
            if number != 0 && number != -1 {
                remarks.add(RemarkKind::UnreadableTime, field, &number.to_string());
            }
            None
        }
    }
}

/// When data or definition last changed: the first of Hive's two parameters that can be read.
pub(in crate::hive) fn changed_at(
    parameters: &BTreeMap<String, String>,
    remarks: &mut Remarks,
) -> Option<DateTime<Utc>> {
    ["transient_lastDdlTime", "last_modified_time"].into_iter().find_map(|name| {
        let text = parameters.get(name)?.trim();
        match text.parse() {
            Ok(number) => time(name, number, remarks),
            Err(_) => {
                if !text.is_empty() {
                    remarks.add(RemarkKind::UnreadableTime, name, text);
                }
                None
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(number: i64) -> String {
        let mut remarks = Remarks::default();
        let read = time("x", number, &mut remarks).map_or_else(|| "unknown".to_owned(), |time| time.to_rfc3339());
        let remarks = remarks.into_vec();
        format!("{read} {}", remarks.first().map_or("", |remark| remark.raw.as_str()))
    }

    #[test]
    fn the_unit_is_told_from_the_number() {
        let numbers = [
            1_700_000_000,
            1_700_000_000_123,
            1_700_000_000_123_456,
            1_700_000_000_123_456_789,
            0,
            -1,
            253_402_300_800,
            1,
            -1_700_000_000,
            i64::MAX,
        ];
        insta::assert_snapshot!(numbers.map(|number| read(number).trim_end().to_owned()).join("\n"), @"
        2023-11-14T22:13:20+00:00
        2023-11-14T22:13:20+00:00
        2023-11-14T22:13:20+00:00
        2023-11-14T22:13:20+00:00
        unknown
        unknown
        unknown 253402300800
        unknown 1
        unknown -1700000000
        unknown 9223372036854775807
        ");
    }

    #[test]
    fn the_second_parameter_stands_in_for_a_broken_first() {
        let pairs = [("transient_lastDdlTime", "gestern"), ("last_modified_time", "1700000000000")];
        let parameters = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut remarks = Remarks::default();
        let read = changed_at(&parameters, &mut remarks).expect("a time");
        assert_eq!(read.timestamp(), 1_700_000_000);
        assert_eq!(remarks.into_vec()[0].field, "transient_lastDdlTime");
    }

    proptest! {
        #[test]
        fn every_time_is_of_these_years(number in any::<i64>(), text in ".{0,20}", digits in "-?[0-9]{0,25}") {
            let mut remarks = Remarks::default();
            if let Some(read) = time("x", number, &mut remarks) {
                prop_assert!(SECONDS.contains(&read.timestamp()));
            }
            for text in [text, digits] {
                let read = changed_at(&[("last_modified_time".to_owned(), text)].into(), &mut remarks);
                prop_assert!(read.is_none_or(|read| SECONDS.contains(&read.timestamp())));
            }
        }
    }
}
