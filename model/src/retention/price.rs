//! What data costs: prices with their dates, and bytes by month.
//!
//! Amounts are whole numbers of micro-units, and are rounded when they are shown. What is stored here costs what it
//! takes on disk, with all copies; a cloud's price has the copies in it, so there logical bytes count. The two are two
//! columns, and never one sum. Value added tax is not in any of them.

use crate::word::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

const MICROS: i128 = 1_000_000;

words! {
    #[derive(Default)]
    Currency {
        #[default]
        Krw,
        Usd,
    }
}

words! {
    /// What a price is for.
    Unit {
        /// 10^9 bytes.
        Gb,
        /// 2^30 bytes: what clouds call GB, too.
        Gib,
    }
}

words! {
    Place {
        /// Costs by what it takes on disk.
        OnPremises,
        /// Costs by its logical bytes.
        Cloud,
    }
}

/// A line of the price book. Lines are added, and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// `hdfs`, `s3_standard`
    pub item: String,
    pub place: Place,
    #[serde(default)]
    pub region: String,
    pub unit: Unit,
    /// For a unit and month, in millionths of the currency.
    pub micros: i64,
    pub currency: Currency,
    /// Units below cost what the line below says.
    #[serde(default)]
    pub above_units: u64,
    pub valid_from: NaiveDate,
    /// Where it says so.
    pub source: String,
    pub retrieved_on: NaiveDate,
}

/// What one unit of a currency was in another, on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub from: Currency,
    pub to: Currency,
    /// In millionths of `to`.
    pub micros: i64,
    pub valid_from: NaiveDate,
    pub source: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceBook {
    /// What was asked for a price keeps this number with it.
    pub version: u32,
    pub prices: Vec<Price>,
    #[serde(default)]
    pub rates: Vec<Rate>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    #[error("no price of {item} in {region:?} on {on}")]
    NoPrice { item: String, region: String, on: NaiveDate },
    #[error("no rate from {from:?} to {to:?} on {on}")]
    NoRate { from: Currency, to: Currency, on: NaiveDate },
    #[error(
        "the lines of {item} of {valid_from} differ in unit, currency or place, or none begins at 0, or a price is negative"
    )]
    Lines { item: String, valid_from: NaiveDate },
}

/// An amount, exact to a millionth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Money {
    pub currency: Currency,
    pub micros: i128,
}

/// How much is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footprint {
    /// What it takes was measured (`spaceConsumed`).
    Measured {
        logical: u64,
        raw: u64,
    },
    Replicated {
        logical: u64,
        copies: u32,
    },
    /// Reed-Solomon: `parity` cells for each `data` cells.
    ErasureCoded {
        logical: u64,
        data: u32,
        parity: u32,
    },
}

/// From the least to the most that it could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Range<T> {
    pub low: T,
    pub likely: T,
    pub high: T,
}

impl Footprint {
    /// Bytes that cost something in this place.
    pub fn bytes(self, place: Place) -> u128 {
        let logical = match self {
            Self::Measured { logical, .. } | Self::Replicated { logical, .. } | Self::ErasureCoded { logical, .. } => {
                logical
            }
        };
        let logical = u128::from(logical);
        match (place, self) {
            (Place::Cloud, _) => logical,
            (Place::OnPremises, Self::Measured { raw, .. }) => raw.into(),
            (Place::OnPremises, Self::Replicated { copies, .. }) => logical * u128::from(copies),
            (Place::OnPremises, Self::ErasureCoded { data, parity, .. }) => {
                let data = u128::from(data.max(1));
                (logical * (data + u128::from(parity))).div_ceil(data)
            }
        }
    }
}

impl PriceBook {
    /// What so much costs a month, of what is stored beside `already` bytes: the price is that of the next bytes, not
    /// of the first.
    ///
    /// # Errors
    /// The book has no such price, or no such rate, on that day.
    pub fn monthly(
        &self,
        item: &str,
        region: &str,
        of: Footprint,
        already: u128,
        on: NaiveDate,
        currency: Currency,
    ) -> Result<Money, PriceError> {
        let lines = self.lines(item, region, on)?;
        let bytes = of.bytes(lines.place);
        self.convert(lines.cost(already, bytes, (1, 1)), on, currency)
    }

    /// What it costs to keep so many byte-days: the sum of bytes, each times the days it is kept for longer. A month
    /// has 365/12 days.
    ///
    /// # Errors
    /// As [`PriceBook::monthly`].
    pub fn of_byte_days(
        &self,
        item: &str,
        region: &str,
        byte_days: u128,
        on: NaiveDate,
        currency: Currency,
    ) -> Result<Money, PriceError> {
        let lines = self.lines(item, region, on)?;
        self.convert(lines.cost(0, byte_days, (12, 365)), on, currency)
    }

    /// Where the item is, so that the caller knows which bytes to ask for.
    ///
    /// # Errors
    /// As [`PriceBook::monthly`].
    pub fn place(&self, item: &str, region: &str, on: NaiveDate) -> Result<Place, PriceError> {
        self.lines(item, region, on).map(|lines| lines.place)
    }

    /// By the rate of that day: the latest that is no later.
    ///
    /// # Errors
    /// No rate, either way.
    pub fn convert(&self, money: Money, on: NaiveDate, to: Currency) -> Result<Money, PriceError> {
        let from = money.currency;
        if from == to {
            return Ok(money);
        }
        let known = self.rates.iter().filter(|rate| rate.valid_from <= on && rate.micros > 0);
        let latest = known.filter(|rate| (rate.from, rate.to) == (from, to) || (rate.from, rate.to) == (to, from));
        let rate = latest.max_by_key(|rate| (rate.valid_from, rate.from == from));
        let rate = rate.ok_or(PriceError::NoRate { from, to, on })?;
        let micros = if rate.from == from {
            rounded(money.micros.saturating_mul(rate.micros.into()), MICROS)
        } else {
            rounded(money.micros.saturating_mul(MICROS), rate.micros.into())
        };
        Ok(Money { currency: to, micros })
    }

    fn lines(&self, item: &str, region: &str, on: NaiveDate) -> Result<Lines<'_>, PriceError> {
        let of_item = |price: &&Price| price.item == item && price.region == region && price.valid_from <= on;
        let latest = self.prices.iter().filter(of_item).map(|price| price.valid_from).max();
        let no_price = || PriceError::NoPrice { item: item.to_owned(), region: region.to_owned(), on };
        let valid_from = latest.ok_or_else(no_price)?;
        // Of two lines for the same the one that was added last corrects the other.
        let mut lines: Vec<&Price> = Vec::new();
        for price in self.prices.iter().filter(of_item).filter(|price| price.valid_from == valid_from) {
            lines.retain(|line| line.above_units != price.above_units);
            lines.push(price);
        }
        lines.sort_by_key(|line| line.above_units);
        let first = lines[0];
        let are_alike = lines.iter().all(|line| {
            (line.unit, line.currency, line.place) == (first.unit, first.currency, first.place) && line.micros >= 0
        });
        if !are_alike || first.above_units != 0 {
            return Err(PriceError::Lines { item: item.to_owned(), valid_from });
        }
        Ok(Lines { place: first.place, unit: first.unit, currency: first.currency, lines })
    }
}

/// The lines of an item, the first from 0 units on.
struct Lines<'a> {
    place: Place,
    unit: Unit,
    currency: Currency,
    lines: Vec<&'a Price>,
}

impl Lines<'_> {
    /// Of the bytes from `already` on, times a fraction.
    fn cost(&self, already: u128, bytes: u128, (times, by): (i128, i128)) -> Money {
        let unit = self.unit.bytes();
        let (from, to) = (already, already.saturating_add(bytes));
        let mut total: i128 = 0;
        for (at, line) in self.lines.iter().enumerate() {
            let begins = u128::from(line.above_units) * unit;
            let ends = self.lines.get(at + 1).map_or(u128::MAX, |next| u128::from(next.above_units) * unit);
            let within = to.min(ends).saturating_sub(from.max(begins));
            let within = i128::try_from(within).unwrap_or(i128::MAX);
            total = total.saturating_add(within.saturating_mul(line.micros.into()));
        }
        let unit = i128::try_from(unit).unwrap_or(i128::MAX);
        Money { currency: self.currency, micros: rounded(total.saturating_mul(times), unit * by) }
    }
}

impl Unit {
    pub fn bytes(self) -> u128 {
        match self {
            Self::Gb => 1_000_000_000,
            Self::Gib => 1 << 30,
        }
    }
}

impl Money {
    /// As it is shown: whole won, or cents; a half goes up.
    pub fn shown(self) -> i128 {
        match self.currency {
            Currency::Krw => rounded(self.micros, MICROS),
            Currency::Usd => rounded(self.micros, MICROS / 100),
        }
    }
}

impl Add for Money {
    type Output = Self;

    /// Of one currency: the other amount is taken to be in it.
    fn add(self, other: Self) -> Self {
        debug_assert_eq!(self.currency, other.currency);
        Self { micros: self.micros.saturating_add(other.micros), ..self }
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        debug_assert_eq!(self.currency, other.currency);
        Self { micros: self.micros.saturating_sub(other.micros), ..self }
    }
}

/// Bytes of partitions, of which some have no known size: these are like the small, middle and large ones of `alike`.
/// Nothing where no size is known at all.
pub fn bytes_range(known: &[u64], unknown: u64, alike: &[u64]) -> Option<Range<u128>> {
    let sum: u128 = known.iter().map(|bytes| u128::from(*bytes)).sum();
    if unknown == 0 {
        return Some(Range { low: sum, likely: sum, high: sum });
    }
    let of = |percent: usize| percentile(if alike.is_empty() { known } else { alike }, percent);
    let with = |one: u64| sum + u128::from(one) * u128::from(unknown);
    Some(Range { low: with(of(10)?), likely: with(of(50)?), high: with(of(90)?) })
}

/// Bytes that are there in the end when so much is written a day and each day is kept for so many days more: from what
/// was written on each of the last days (28 of them).
pub fn steady_range(daily: &[u64], extra_days: u32) -> Option<Range<u128>> {
    let of = |percent: usize| Some(u128::from(percentile(daily, percent)?) * u128::from(extra_days));
    Some(Range { low: of(10)?, likely: of(50)?, high: of(90)? })
}

/// By nearest rank.
fn percentile(values: &[u64], percent: usize) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// A half goes up.
fn rounded(amount: i128, by: i128) -> i128 {
    (amount.saturating_mul(2).saturating_add(by)).div_euclid(by.saturating_mul(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retention::day;
    use proptest::prelude::*;

    const GIB: u64 = 1 << 30;

    fn price(item: &str, micros: i64, valid_from: &str) -> Price {
        Price {
            item: item.into(),
            place: Place::Cloud,
            region: "ap-northeast-2".into(),
            unit: Unit::Gib,
            micros,
            currency: Currency::Usd,
            above_units: 0,
            valid_from: day(valid_from),
            source: "list".into(),
            retrieved_on: day(valid_from),
        }
    }

    fn book() -> PriceBook {
        let hdfs = Price {
            place: Place::OnPremises,
            region: String::new(),
            unit: Unit::Gb,
            currency: Currency::Krw,
            ..price("hdfs", 12_500_000, "2026-01-01")
        };
        let rate = |micros, from: &str| Rate {
            from: Currency::Usd,
            to: Currency::Krw,
            micros,
            valid_from: day(from),
            source: "bank".into(),
        };
        let tier = |above_units, micros| Price { above_units, ..price("s3", micros, "2026-01-01") };
        PriceBook {
            version: 3,
            prices: vec![
                hdfs,
                price("s3", 30_000, "2025-01-01"),
                tier(0, 25_000),
                tier(51_200, 24_000),
                tier(512_000, 23_000),
            ],
            rates: vec![rate(1_400_000_000, "2026-01-01"), rate(1_380_500_000, "2026-03-01")],
        }
    }

    fn logical(bytes: u64) -> Footprint {
        Footprint::Replicated { logical: bytes, copies: 3 }
    }

    fn s3(bytes: u64, already: u128, on: &str, currency: Currency) -> Money {
        book().monthly("s3", "ap-northeast-2", logical(bytes), already, day(on), currency).unwrap()
    }

    #[test]
    fn a_cloud_has_the_copies_in_its_price() {
        assert_eq!(s3(100 * GIB, 0, "2026-02-01", Currency::Usd).micros, 2_500_000);
        let hdfs = |of| book().monthly("hdfs", "", of, 0, day("2026-02-01"), Currency::Krw).unwrap().shown();
        assert_eq!(hdfs(logical(1_000_000_000)), 38);
        assert_eq!(hdfs(logical(100_000_000_000)), 3_750);
        assert_eq!(hdfs(Footprint::ErasureCoded { logical: 100_000_000_000, data: 6, parity: 3 }), 1_875);
        assert_eq!(hdfs(Footprint::Measured { logical: 100_000_000_000, raw: 400_000_000_000 }), 5_000);
        assert_eq!(Footprint::ErasureCoded { logical: 7, data: 6, parity: 3 }.bytes(Place::OnPremises), 11);
        assert_eq!(Footprint::Measured { logical: 1, raw: 4 }.bytes(Place::Cloud), 1);
    }

    #[test]
    fn prices_and_rates_have_dates() {
        assert_eq!(s3(GIB, 0, "2025-12-31", Currency::Usd).micros, 30_000);
        assert_eq!(s3(GIB, 0, "2026-01-01", Currency::Usd).micros, 25_000);
        // 100 GiB are 2.50 dollars.
        assert_eq!(s3(100 * GIB, 0, "2026-02-28", Currency::Krw).shown(), 3_500);
        assert_eq!(s3(100 * GIB, 0, "2026-03-01", Currency::Krw).shown(), 3_451);
        let won = Money { currency: Currency::Krw, micros: 3_500_000_000 };
        assert_eq!(book().convert(won, day("2026-02-28"), Currency::Usd).unwrap().shown(), 250);
        let (from, to, on) = (Currency::Usd, Currency::Krw, day("2025-12-31"));
        assert_eq!(
            book().monthly("s3", "ap-northeast-2", logical(GIB), 0, on, to),
            Err(PriceError::NoRate { from, to, on })
        );
        let on = day("2024-12-31");
        let error = PriceError::NoPrice { item: "s3".into(), region: "ap-northeast-2".into(), on };
        assert_eq!(book().monthly("s3", "ap-northeast-2", logical(GIB), 0, on, from), Err(error));
        assert!(book().monthly("s3", "us-east-1", logical(GIB), 0, day("2026-02-01"), from).is_err());
    }

    #[test]
    fn the_next_bytes_cost_the_next_price() {
        let tib = 1024 * GIB;
        let of = |bytes: u64, already: u64| s3(bytes, already.into(), "2026-02-01", Currency::Usd).micros;
        assert_eq!(of(50 * tib, 0), 51_200 * 25_000);
        assert_eq!(of(51 * tib, 0), 51_200 * 25_000 + 1_024 * 24_000);
        assert_eq!(of(tib, 50 * tib), 1_024 * 24_000);
        assert_eq!(of(2 * tib, 49 * tib), 1_024 * 25_000 + 1_024 * 24_000);
        assert_eq!(of(tib, 600 * tib), 1_024 * 23_000);
        assert_eq!(of(51 * tib, 0), of(49 * tib, 0) + of(2 * tib, 49 * tib));
    }

    #[test]
    fn lines_that_do_not_fit_are_refused_and_a_later_one_corrects() {
        let mut book = book();
        book.prices.push(Price { micros: 20_000, ..price("s3", 0, "2026-01-01") });
        let of =
            |book: &PriceBook| book.monthly("s3", "ap-northeast-2", logical(GIB), 0, day("2026-02-01"), Currency::Usd);
        assert_eq!(of(&book).unwrap().micros, 20_000);
        for wrong in [
            Price { unit: Unit::Gb, above_units: 9, ..price("s3", 1, "2026-01-01") },
            Price { currency: Currency::Krw, above_units: 9, ..price("s3", 1, "2026-01-01") },
            Price { above_units: 9, ..price("s3", -1, "2026-01-01") },
            Price { above_units: 9, ..price("s3", 1, "2026-01-31") },
        ] {
            let mut book = book.clone();
            book.prices.push(wrong);
            assert!(matches!(of(&book), Err(PriceError::Lines { .. })));
        }
    }

    #[test]
    fn byte_days_are_months_of_365_twelfths() {
        // 12 GiB for 365 days are 144 GiB-months.
        let byte_days = u128::from(12 * GIB) * 365;
        let got = book().of_byte_days("s3", "ap-northeast-2", byte_days, day("2026-02-01"), Currency::Usd).unwrap();
        assert_eq!(got.micros, 144 * 25_000);
        let one = book().of_byte_days("s3", "ap-northeast-2", GIB.into(), day("2026-02-01"), Currency::Usd).unwrap();
        // 25,000 x 12 / 365 = 821.9
        assert_eq!(one.micros, 822);
    }

    #[test]
    fn a_half_goes_up_and_only_where_it_is_shown() {
        let won = |micros| Money { currency: Currency::Krw, micros };
        for (micros, shown) in [
            (499_999, 0),
            (500_000, 1),
            (1_499_999, 1),
            (1_500_000, 2),
            (-500_000, 0),
            (-500_001, -1),
            (-1_500_000, -1),
        ] {
            assert_eq!(won(micros).shown(), shown, "{micros}");
        }
        assert_eq!(Money { currency: Currency::Usd, micros: 1_235_000 }.shown(), 124);
        // Three times 0.4 is 1.2: the sum is rounded, not its parts.
        assert_eq!((won(400_000) + won(400_000) + won(400_000)).shown(), 1);
        assert_eq!((won(400_000) - won(900_000)).shown(), 0);
    }

    #[test]
    fn what_is_unknown_is_a_range_and_not_nothing() {
        let known = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
        assert_eq!(bytes_range(&known, 0, &[]), Some(Range { low: 550, likely: 550, high: 550 }));
        assert_eq!(bytes_range(&known, 3, &[]), Some(Range { low: 580, likely: 700, high: 820 }));
        assert_eq!(bytes_range(&[], 3, &[7]), Some(Range { low: 21, likely: 21, high: 21 }));
        assert_eq!(bytes_range(&[], 3, &[]), None);
        assert_eq!(bytes_range(&[], 0, &[]), Some(Range { low: 0, likely: 0, high: 0 }));
        assert_eq!(steady_range(&known, 23), Some(Range { low: 230, likely: 1150, high: 2070 }));
        assert_eq!(steady_range(&[], 23), None);
    }

    #[test]
    fn a_book_is_read() {
        let text = serde_json::to_string(&book()).unwrap();
        assert!(text.contains(r#""currency":"krw""#) && text.contains(r#""unit":"gib""#), "{text}");
        assert_eq!(serde_json::from_str::<PriceBook>(&text).unwrap(), book());
    }

    proptest! {
        /// More costs no less, parts cost what the whole does but for a rounding each, and nothing overflows.
        #[test]
        fn costs_add_up(one in any::<u64>(), other in any::<u64>(), already in 0..1_u128 << 70) {
            let of = |bytes: u128, already: u128| book().lines("s3", "ap-northeast-2", day("2026-02-01")).unwrap().cost(already, bytes, (1, 1)).micros;
            let (one, other) = (u128::from(one), u128::from(other));
            let whole = of(one + other, already);
            prop_assert!((whole - of(one, already) - of(other, already + one)).abs() <= 1);
            prop_assert!(whole >= of(one, already));
        }
    }
}
