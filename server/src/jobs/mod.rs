//! Work that outlives a request: rows in our own table, so that asking for a job is part of the caller's
//! transaction on either database. Claim, commit, run, report; a heartbeat tells the living from the dead, and a lease
//! keeps the dead from writing when they come back.
//!
//! `work.rs` says what there is to do; everything else here knows only rows.

mod attempts;
mod crawl;
mod identity;
mod lane;
mod owners;
mod people;
mod prune;
mod queue;
mod reclaim;
mod run;
mod schedule;
mod work;
mod worker;

pub use crawl::{CrawlWork, EnqueueError, Progress, build, claim_crawl, enqueue_crawl};
pub use identity::{Held, Worker};
pub use lane::Lane;
pub use queue::{Claimed, Job, JobError, Place, claim, claim_this, heartbeat};
pub use reclaim::reclaim;
pub use run::run;
pub use schedule::{Recurring, enqueue_due, plant, run_scheduler};
pub use work::{Work, enqueue, enqueue_at};
pub use worker::{Jobs, run_worker};
