//! Reeve: a metadata catalog and governance portal for on-premises data platforms.
//!
//! `ARCHITECTURE.md` at the root of the repository is the map.

pub mod app;
pub mod audit;
pub mod auth;
pub mod catalog;
pub mod cli;
pub mod clock;
pub mod config;
pub mod curation;
pub mod db;
pub mod governance;
pub mod http;
pub mod indexer;
pub mod ingest;
pub mod jobs;
pub mod lease;
pub mod listen;
pub mod notify;
pub mod owners;
pub mod people;
pub mod retention;
pub mod search;
pub mod serve;
pub mod supervise;

/// Rows, documents and answers are made on one thread and dropped on another, which the C library's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
