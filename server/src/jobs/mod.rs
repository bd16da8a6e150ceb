//! Work that outlives a request: rows in our own table, so that asking for a job is part of the caller's
//! transaction on either database. Claim, commit, run, report; a heartbeat tells the living from the dead.

mod crawl;
mod prune;
mod queue;
mod worker;

pub use crawl::{CrawlRequest, EnqueueError, build, enqueue_crawl, run_crawl};
pub use queue::{Job, JobError, claim, claim_this, enqueue, finish, heartbeat, reclaim_dead, worker_name};
pub use worker::run_worker;
