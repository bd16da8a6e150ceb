//! Who we are in the job table, and who there is gone.

use super::lane::Lane;
use super::queue::Running;
use crate::lease::Lease;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A worker that has not said so for this long is taken for dead.
const SILENCE: TimeDelta = TimeDelta::seconds(60);

/// One worker, with the jobs that it has in hand. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Worker {
    name: Arc<str>,
    held: Arc<Mutex<HashMap<Lease, Lane>>>,
}

/// Keeps a job in hand until dropped.
#[derive(Debug)]
pub struct Held {
    worker: Worker,
    lease: Lease,
}

/// How it is known that a job's worker is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    /// Its process ended, or it has let go of the job without a word.
    Surely,
    /// It has been silent for too long.
    Silent,
}

impl Worker {
    /// A worker of this process, with a name that no other has.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let host = read("/proc/sys/kernel/hostname");
        let pid = std::process::id().to_string();
        let started = started(&pid).unwrap_or_default();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}/{pid}/{}/{started}.{number}", host.trim(), machine());
        Self { name: name.into(), held: Arc::default() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many more jobs of a lane this worker may run.
    pub(super) fn free(&self, lane: Lane) -> usize {
        lane.slots().saturating_sub(self.held().values().filter(|held| **held == lane).count())
    }

    pub(super) fn take(&self, lease: Lease, lane: Lane) -> Held {
        self.held().insert(lease, lane);
        Held { worker: self.clone(), lease }
    }

    /// Whether the worker of a running job is gone, and how that is known.
    pub(super) fn judge(&self, job: &Running, now: DateTime<Utc>) -> Option<Gone> {
        let worker = job.worker.as_deref().unwrap_or_default();
        if worker == self.name() {
            // Our own jobs are in hand, whatever the clock does: a machine that slept must not rob itself.
            return (!self.held().contains_key(&job.lease())).then_some(Gone::Surely);
        }
        if is_dead_neighbour(worker) {
            return Some(Gone::Surely);
        }
        job.heartbeat_at.is_none_or(|at| now - at > SILENCE).then_some(Gone::Silent)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Lease, Lane>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Worker {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.worker.held().remove(&self.lease);
    }
}

/// The part of a worker's name that says something to people: `host/pid`.
pub(super) fn for_people(worker: &str) -> String {
    worker.splitn(3, '/').take(2).collect::<Vec<_>>().join("/")
}

/// A process of this machine that runs no more: noticed at once, where the silence of others takes a minute.
fn is_dead_neighbour(worker: &str) -> bool {
    let parts: Vec<&str> = worker.split('/').collect();
    let [_, pid, there, instance] = parts[..] else { return false };
    let began = instance.split('.').next().unwrap_or_default();
    !there.is_empty() && there == machine() && !began.is_empty() && started(pid).as_deref() != Some(began)
}

/// This boot of this machine as our container sees it: within it, and only there, a process number and its start say
/// which process is meant. Empty where the system does not tell.
fn machine() -> String {
    let namespace = std::fs::read_link("/proc/self/ns/pid").map(|link| link.display().to_string()).unwrap_or_default();
    let namespace: String = namespace.chars().filter(char::is_ascii_digit).collect();
    let boot = read("/proc/sys/kernel/random/boot_id");
    match boot.split('-').next() {
        Some(boot) if !namespace.is_empty() && !boot.is_empty() => format!("{namespace}.{boot}"),
        _ => String::new(),
    }
}

/// When a process began, in clock ticks since boot (proc(5), field 22); `None` where it runs no more. One that was
/// killed stays as a zombie (`Z`) until its parent looks.
fn started(pid: &str) -> Option<String> {
    let stat = read(Path::new("/proc").join(pid).join("stat"));
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?;
    if state.starts_with(['Z', 'X']) { None } else { fields.nth(18).map(str::to_owned) }
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(worker: &str, heartbeat_at: DateTime<Utc>) -> Running {
        Running {
            id: 7,
            kind: "prune".to_owned(),
            subject: String::new(),
            work: "{}".to_owned(),
            attempt: 1,
            worker: Some(worker.to_owned()),
            heartbeat_at: Some(heartbeat_at),
        }
    }

    #[test]
    fn workers_are_told_living_from_dead() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let (me, other) = (Worker::new(), Worker::new());
        assert_ne!(me.name(), other.name(), "two in one process are two workers");

        // Ours: what we have in hand lives, whatever the clock says; what we have not is lost.
        let mine = running(me.name(), now - TimeDelta::hours(5));
        let held = me.take(mine.lease(), Lane::Upkeep);
        assert_eq!((me.judge(&mine, now), me.free(Lane::Upkeep)), (None, 0));
        drop(held);
        assert_eq!((me.judge(&mine, now), me.free(Lane::Upkeep)), (Some(Gone::Surely), 1));

        // A living process on this machine is judged by its silence only.
        assert_eq!(me.judge(&running(other.name(), now - TimeDelta::seconds(59)), now), None);
        assert_eq!(me.judge(&running(other.name(), now - TimeDelta::seconds(61)), now), Some(Gone::Silent));

        // The same number, given to a process that began at another time.
        let parts: Vec<&str> = me.name().split('/').collect();
        let reused = format!("{}/{}/{}/1.0", parts[0], parts[1], parts[2]);
        assert_eq!(me.judge(&running(&reused, now), now), Some(Gone::Surely));
        // A process of another container says nothing by its number.
        let elsewhere = format!("{}/{}/1.feed/1.0", parts[0], parts[1]);
        assert_eq!(me.judge(&running(&elsewhere, now), now), None);
        assert_eq!(me.judge(&running("other-host/1", now), now), None);
        assert_eq!(for_people(me.name()), format!("{}/{}", parts[0], parts[1]));
    }

    #[test]
    fn a_zombie_runs_no_more() {
        let mut child = std::process::Command::new("true").spawn().expect("`true` starts");
        let pid = child.id().to_string();
        let begun = std::time::Instant::now();
        while started(&pid).is_some() && begun.elapsed().as_secs() < 10 {
            std::thread::yield_now();
        }
        assert_eq!(started(&pid), None, "it ended, and nobody has looked yet");
        child.wait().expect("its end");
    }
}
