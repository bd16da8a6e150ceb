//! How long data is kept: policies, what reads the days of partitions, which rule wins, what goes when and what it costs.
//!
//! Unknown means keep, everywhere: a value that cannot be read as a day, a rule that cannot be read, a size nobody knows.

pub mod declared;
pub mod effective;
pub mod period;
pub mod policy;
pub mod price;
pub mod schedule;
mod shown;
pub mod simulate;
pub mod value;

pub use effective::{Effective, Facts, effective};
pub use period::{Period, Term, may_go};
pub use policy::Policy;
pub use shown::RetentionAnswer;

#[cfg(test)]
fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
