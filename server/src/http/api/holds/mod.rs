//! Legal holds.

pub mod lift;
pub mod list;
pub mod place;
