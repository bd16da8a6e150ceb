//! Statistics in the parameters of tables and partitions, Hive's or Spark's.

use super::remarks::Remarks;
use reeve_model::asset::RemarkKind;
use std::collections::BTreeMap;

/// An exbibyte, or as many rows: more is what engines write when they do not know (`Long.MAX_VALUE`).
const ABSURD: i64 = 1 << 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::hive) struct Statistics {
    pub size_bytes: Option<i64>,
    pub file_count: Option<i64>,
    pub row_count: Option<i64>,
}

impl Statistics {
    /// Hive's, or Spark's where Hive has none or only zeros, as it has for what Spark wrote.
    pub(in crate::hive) fn of(parameters: &BTreeMap<String, String>, remarks: &mut Remarks) -> Self {
        let mut number = |name: &str| number(name, parameters.get(name)?, remarks);
        let mut either = |hive: &str, spark: &str| {
            let (hive, spark) = (number(hive), number(spark));
            hive.filter(|number| *number > 0).or(spark).or(hive)
        };
        Self {
            size_bytes: either("totalSize", "spark.sql.statistics.totalSize"),
            row_count: either("numRows", "spark.sql.statistics.numRows"),
            file_count: number("numFiles"),
        }
    }
}

/// Hive writes -1 for unknown.
fn number(field: &str, text: &str, remarks: &mut Remarks) -> Option<i64> {
    let text = text.trim();
    let read = text.parse().ok().filter(|number| (0..ABSURD).contains(number));
    if read.is_none() && !matches!(text, "" | "-1") {
        remarks.add(RemarkKind::UnreadableNumber, field, text);
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pairs: &[(&str, &str)]) -> (Option<i64>, Option<i64>, Option<i64>, Vec<String>) {
        let parameters = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut remarks = Remarks::default();
        let read = Statistics::of(&parameters, &mut remarks);
        let told = remarks.into_vec().into_iter().map(|remark| format!("{}={}", remark.field, remark.raw)).collect();
        (read.size_bytes, read.file_count, read.row_count, told)
    }

    #[test]
    fn statistics_of_either_engine() {
        let hive = [("totalSize", "5462"), ("numFiles", "2"), ("numRows", "10")];
        assert_eq!(read(&hive), (Some(5462), Some(2), Some(10), vec![]));
        let spark = [("spark.sql.statistics.totalSize", "54766"), ("spark.sql.statistics.numRows", "100")];
        assert_eq!(read(&spark), (Some(54766), None, Some(100), vec![]));
        let both = [("totalSize", "0"), ("numRows", "-1"), ("spark.sql.statistics.totalSize", "7")];
        assert_eq!(read(&both), (Some(7), None, None, vec![]));
        assert_eq!(read(&[("totalSize", "0")]), (Some(0), None, None, vec![]));
    }

    #[test]
    fn what_is_no_number_is_unknown_and_told() {
        let placeholder = [("spark.sql.statistics.totalSize", "9223372036854775807"), ("totalSize", "12")];
        let told = vec!["spark.sql.statistics.totalSize=9223372036854775807".to_owned()];
        assert_eq!(read(&placeholder), (Some(12), None, None, told));
        let odd = [("numFiles", "x"), ("numRows", "-7"), ("totalSize", "18446744073709551616")];
        let told = vec!["totalSize=18446744073709551616".to_owned(), "numRows=-7".to_owned(), "numFiles=x".to_owned()];
        assert_eq!(read(&odd), (None, None, None, told));
    }

    proptest! {
        #[test]
        fn no_number_is_negative_or_absurd(text in ".{0,20}", digits in "-?[0-9]{0,25}") {
            for text in [text, digits] {
                let (size, ..) = read(&[("totalSize", &text)]);
                prop_assert!(size.is_none_or(|size| (0..ABSURD).contains(&size)));
            }
        }
    }
}
