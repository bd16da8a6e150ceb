//! The live version as this process sees it: newer commits and rebuilds replace the snapshot under running searches.

use super::snapshot::Snapshot;
use super::{Error, RebuildReason, folder};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tantivy::Index;

/// How often a search looks for what another process has written.
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub(crate) struct Live {
    data_dir: PathBuf,
    snapshot: RwLock<Arc<Snapshot>>,
    /// When it was last looked whether another process has written or replaced the index.
    looked: Mutex<Instant>,
    generation: AtomicU64,
}

impl Live {
    pub(crate) fn open(data_dir: &Path) -> Result<Result<Self, RebuildReason>, Error> {
        let snapshot = match open_current(data_dir)? {
            Ok(snapshot) => snapshot,
            Err(reason) => return Ok(Err(reason)),
        };
        Ok(Ok(Self {
            data_dir: data_dir.to_owned(),
            snapshot: RwLock::new(Arc::new(snapshot)),
            looked: Mutex::new(Instant::now()),
            generation: AtomicU64::new(1),
        }))
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn is_time_to_look(&self) -> bool {
        self.looked.try_lock().is_ok_and(|looked| looked.elapsed() >= LOOK_EVERY)
    }

    /// Sees what other processes have written, if it is time to look.
    pub(crate) fn look(&self) {
        {
            let Ok(mut looked) = self.looked.try_lock() else { return };
            if looked.elapsed() < LOOK_EVERY {
                return;
            }
            *looked = Instant::now();
        }
        if let Err(error) = self.refresh() {
            tracing::warn!(%error, "cannot see the newest search index; the one in memory goes on answering");
        }
    }

    pub(crate) fn refresh(&self) -> Result<(), Error> {
        let before = self.snapshot();
        let version = folder::current(&self.data_dir);
        if version.is_none() || version.as_deref() == Some(before.version.as_str()) {
            if let Some(newer) = before.reloaded()? {
                self.replace(newer);
            }
            return Ok(());
        }
        match open_current(&self.data_dir)? {
            Ok(snapshot) => self.replace(snapshot),
            Err(reason) => return Err(Error::Damaged(reason.to_string())),
        }
        Ok(())
    }

    fn replace(&self, snapshot: Snapshot) {
        let mut live = self.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        *live = Arc::new(snapshot);
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// The live version's name and index, for a writer.
    pub(super) fn for_writing(&self) -> Result<(String, Index), Error> {
        self.refresh()?;
        let snapshot = self.snapshot();
        Ok((snapshot.version.clone(), snapshot.index.clone()))
    }
}

/// Opens what `CURRENT` names. A version that vanishes while it is opened was replaced: the new one is tried.
fn open_current(data_dir: &Path) -> Result<Result<Snapshot, RebuildReason>, Error> {
    let mut tried = None;
    loop {
        let Some(version) = folder::current(data_dir) else {
            return Ok(Err(RebuildReason::Missing));
        };
        if !folder::is_this_schema(&version) {
            return Ok(Err(RebuildReason::OldSchema { found: version }));
        }
        let path = folder::root(data_dir).join(&version);
        // tantivy checks little of what it maps; reading a damaged file may panic.
        let opened = std::panic::catch_unwind(|| Snapshot::open(&path, &version));
        let reason = match opened {
            Ok(Ok(snapshot)) => return Ok(Ok(snapshot)),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a file of it cannot be read".to_owned(),
        };
        if tried.as_ref() == Some(&version) || folder::current(data_dir).as_ref() == Some(&version) {
            return Ok(Err(RebuildReason::Damaged(reason)));
        }
        tried = Some(version);
    }
}
