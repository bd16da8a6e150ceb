//! People, teams and service accounts as the catalog has them. They are computed by `ingest/people`.

pub mod accounts;
pub mod event;
mod holds;
pub mod list;
pub mod manage;
pub mod principals;
pub mod show;
