//! Who answers for a database or table: assigned to it, or to the database that it is in.
//!
//! For each role a table has those who were assigned to itself; where there is none, those of its database. Holders are
//! persons, service accounts and teams, all of them assets. Whoever asks what an actor may do to an asset gets his
//! relations from [`relation`].

mod assign;
mod effective;
mod holder;
mod infer;
pub mod mine;
mod propose;
mod relation;
pub mod succession;
#[cfg(test)]
mod tests;
pub mod watch;

pub(crate) use assign::kept;
pub use assign::{Subject, Wanted, add, changed_state, set, take};
pub use effective::{of_asset, of_assets};
pub use holder::{Unresolved, by_id, resolve};
pub use infer::infer;
pub use propose::{decide, open};
pub use relation::{is_answerable, relation, relations, words_of};
