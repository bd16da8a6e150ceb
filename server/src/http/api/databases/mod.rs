pub mod edit;
pub mod list;
pub mod owners;
pub mod show;
pub mod tables;
