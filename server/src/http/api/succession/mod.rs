pub mod handover;
pub mod list;
pub mod show;
