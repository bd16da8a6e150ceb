//! The price book: lines that are added and never changed, after those that ship.

use crate::catalog::{Result, json};
use crate::db::{Tx, on};
use chrono::NaiveDate;
use reeve_model::retention::price::{Currency, Footprint, PriceBook};
use std::sync::LazyLock;

/// What storage would cost in a cloud, which prices are told by.
const ITEM: &str = "s3_standard";
const REGION: &str = "ap-northeast-2";

/// Public list prices with their dates.
static SHIPPED: LazyLock<PriceBook> =
    LazyLock::new(|| toml::from_str(include_str!("prices.toml")).expect("the shipped price book can be read"));

/// All lines: those that ship, and those that were added.
///
/// # Errors
/// When the database does not answer, or holds what this version cannot read.
pub async fn book(tx: &mut Tx) -> Result<PriceBook> {
    let rows: Vec<(i64, String)> =
        on!(tx, c => sqlx::query_as("SELECT id, body FROM price ORDER BY id").fetch_all(c).await)?;
    let mut book = SHIPPED.clone();
    for (id, body) in rows {
        book.version += 1;
        book.prices.push(json("price", "body", id, &body)?);
    }
    Ok(book)
}

/// What so many logical bytes would cost a month, in whole won; nothing where the book has no price for the day.
///
/// # Errors
/// As [`book`].
pub async fn monthly(tx: &mut Tx, logical: i64, on: NaiveDate) -> Result<Option<i64>> {
    let Ok(logical) = u64::try_from(logical) else { return Ok(None) };
    let book = book(tx).await?;
    let cost = book.monthly(ITEM, REGION, Footprint::Replicated { logical, copies: 1 }, 0, on, Currency::Krw);
    let Ok(cost) = cost else { return Ok(None) };
    // Half a won is one.
    Ok(i64::try_from((cost.micros + 500_000) / 1_000_000).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_has_a_price_in_won_for_today() {
        let day = "2026-12-01".parse().expect("a day");
        let tera = Footprint::Replicated { logical: 1 << 40, copies: 3 };
        let cost = SHIPPED.monthly(ITEM, REGION, tera, 0, day, Currency::Krw).expect("a price");
        // A cloud's price has the copies in it: 1,024 units, once.
        let dollars = SHIPPED.monthly(ITEM, REGION, tera, 0, day, Currency::Usd).expect("a price");
        assert_eq!(dollars.micros, 1_024 * 25_000);
        assert!(cost.micros > dollars.micros * 1_000, "{cost:?}");
    }
}
