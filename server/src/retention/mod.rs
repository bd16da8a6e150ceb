//! How long data is kept: the rules are `reeve_model::retention`, here is what they are asked about. Nothing is kept
//! that follows from them: how long a table is kept is computed when somebody asks.

pub mod exemptions;
pub mod policies;
pub mod price;
mod read;

pub use read::{Outlook, Standing, keeps, of_table, outlook, table};
