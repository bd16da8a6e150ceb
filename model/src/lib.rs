//! What Reeve talks about: assets, crawls, searches and its readers.
//!
//! No I/O, no clock, no randomness: those are parameters. Everything here compiles to WebAssembly, so
//! the server, the crawlers and the islands in the browser share one vocabulary.

pub mod account;
pub mod asset;
pub mod audit;
pub mod crawl;
pub mod curation;
pub mod hive_type;
mod id;
pub mod notice;
pub mod owner;
pub mod partition_name;
pub mod permission;
pub mod person;
pub mod personal_data;
pub mod principal;
pub mod problem;
pub mod query;
pub mod reader;
pub mod request;
pub mod retention;
pub mod search;
pub mod secret;
pub mod succession;
pub mod visibility;
mod word;

pub use id::*;
pub use secret::SecretUrl;
pub use word::Word;
