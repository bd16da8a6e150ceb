pub mod define;
pub mod list;
pub mod remove;
