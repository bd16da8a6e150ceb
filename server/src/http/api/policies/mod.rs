//! Retention policies.

pub mod list;
pub mod write;
