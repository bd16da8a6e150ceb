//! The whole of Reeve, driven from outside. `cargo xtask test` starts what these need.

mod account;
mod api;
mod audit;
mod auth;
mod browser;
mod changes;
mod cli;
mod crash;
mod curation;
mod curation_pages;
mod faults;
mod harvest;
mod hidden;
mod identity;
mod jobs;
mod notify;
mod notify_kill;
mod owners;
mod people;
mod permissions;
mod requests;
mod safety;
mod sso;
mod walk;

/// A source named `prod` at this address, for `reeve.toml`.
fn metastore_at(uri: &str) -> String {
    format!("[[sources]]\nname = \"prod\"\nkind = \"hive\"\nuris = [\"{uri}\"]\n")
}
