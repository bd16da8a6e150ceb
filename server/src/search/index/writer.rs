//! Changing the index: one writer for what changes, and a rebuild of everything beside it.

use super::doc::IndexDoc;
use super::schema::{self, Fields};
use super::{Error, Live, folder};
use reeve_model::asset::AssetKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::{Index, IndexSettings, TantivyError};

/// Memory for documents not yet written, in bytes. tantivy wants 15 MB per thread at least.
const CHANGES_MEMORY: usize = 32_000_000;

/// Writes changes into the live version. There is one at a time over all processes.
pub struct IndexWriter {
    writer: tantivy::IndexWriter,
    fields: Fields,
    /// The version written to.
    version: String,
    live: Arc<Live>,
}

impl IndexWriter {
    /// Takes the write lock of the live version.
    ///
    /// # Errors
    /// [`Error::LockBusy`] while another process writes; [`Error::Superseded`] if the version is not the live one any more.
    pub(crate) fn of(live: Arc<Live>) -> Result<Self, Error> {
        let (version, tantivy) = live.for_writing()?;
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(CHANGES_MEMORY)
            .build();
        let writer = tantivy.writer_with_options(options).map_err(Error::from_writer)?;
        writer.set_merge_policy(Box::new(LogMergePolicy::default()));
        let fields = schema::schema().1;
        Ok(Self { writer, fields, version, live })
    }

    /// Puts a document in place of the one it had; one marked deleted is taken out.
    ///
    /// # Errors
    /// [`Error::NoDocument`] for a column, and when the disk fails.
    pub fn upsert(&mut self, doc: &IndexDoc) -> Result<(), Error> {
        self.delete(doc.kind, doc.id)?;
        if !doc.deleted {
            self.writer.add_document(schema::document(&self.fields, doc)?)?;
        }
        Ok(())
    }

    /// As [`Self::upsert`] for each, as they were read together.
    ///
    /// # Errors
    /// As [`Self::upsert`]; those before it are taken in.
    pub fn upsert_all<'d>(&mut self, docs: impl IntoIterator<Item = &'d IndexDoc>) -> Result<(), Error> {
        docs.into_iter().try_for_each(|doc| self.upsert(doc))
    }

    /// Takes a document out. Tables and views share their ids.
    ///
    /// # Errors
    /// [`Error::NoDocument`] for a column.
    pub fn delete(&mut self, kind: AssetKind, id: i64) -> Result<(), Error> {
        self.writer.delete_term(schema::key_term(&self.fields, kind, id)?);
        Ok(())
    }

    /// As [`Self::delete`] for each.
    ///
    /// # Errors
    /// As [`Self::delete`].
    pub fn delete_all(&mut self, assets: impl IntoIterator<Item = (AssetKind, i64)>) -> Result<(), Error> {
        assets.into_iter().try_for_each(|(kind, id)| self.delete(kind, id))
    }

    /// Makes everything since the last commit safe on disk and visible to searches, with the `change_log` sequence it
    /// covers. When this returns, searches in this process see it.
    ///
    /// # Errors
    /// [`Error::Superseded`] if a rebuild has replaced the version meanwhile: open a new writer and repeat the changes
    /// after the new version's last sequence.
    pub fn commit(&mut self, seq: i64) -> Result<(), Error> {
        self.check_live()?;
        let result = self.writer.prepare_commit().and_then(|mut commit| {
            commit.set_payload(&schema::payload(seq));
            commit.commit()
        });
        if let Err(error) = result {
            // The folder goes away under a writer whose version was replaced.
            self.check_live()?;
            return Err(error.into());
        }
        self.live.refresh()?;
        self.check_live()
    }

    fn check_live(&self) -> Result<(), Error> {
        if folder::current(self.live.data_dir()).as_deref() == Some(&self.version) {
            return Ok(());
        }
        Err(Error::Superseded)
    }
}

/// Builds a new version from nothing while the live one goes on answering. Dropped unfinished, it leaves no trace.
pub struct Rebuild {
    writer: Option<tantivy::IndexWriter>,
    fields: Fields,
    data_dir: PathBuf,
    version: String,
    path: PathBuf,
    finished: bool,
}

impl Rebuild {
    /// Starts a new version with `threads` indexing threads that share `memory` bytes, at least 15 MB each.
    pub fn begin(data_dir: &Path, threads: usize, memory: usize) -> Result<Self, Error> {
        folder::sweep(data_dir);
        let (version, path) = folder::create_next(data_dir)?;
        let (schema, fields) = schema::schema();
        let threads = threads.max(1);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .num_merge_threads(1)
            .memory_budget_per_thread((memory / threads).clamp(15_000_000, 4_000_000_000))
            .build();
        // Compressing in a thread of its own only adds switches when the indexing threads already fill the machine.
        let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
        let index = Index::builder().schema(schema).settings(settings).create_in_dir(&path)?;
        schema::register_tokenizers(&index);
        let writer = index.writer_with_options(options).map_err(Error::from_writer)?;
        // Few, large segments as they come: merging them would index everything twice.
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let data_dir = data_dir.to_owned();
        Ok(Self { writer: Some(writer), fields, data_dir, version, path, finished: false })
    }

    /// Adds a document. May be called from several threads.
    pub fn add(&self, doc: &IndexDoc) -> Result<(), Error> {
        if doc.deleted {
            return Ok(());
        }
        match &self.writer {
            Some(writer) => writer.add_document(schema::document(&self.fields, doc)?).map(|_| ()).map_err(Error::from),
            None => Err(Error::Superseded),
        }
    }

    /// Makes the new version the live one. `seq` is the `change_log` sequence read *before* the first document: what
    /// changed since is written again, which does no harm. Running indexes switch at once or within half a second.
    pub fn finish(mut self, seq: i64) -> Result<(), Error> {
        if let Some(mut writer) = self.writer.take() {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&schema::payload(seq));
            commit.commit()?;
            writer.wait_merging_threads()?;
        }
        folder::make_current(&self.data_dir, &self.version)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        if !self.finished {
            drop(self.writer.take());
            folder::remove(&self.path);
        }
    }
}

impl Error {
    fn from_writer(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(..) => Self::LockBusy,
            other => other.into(),
        }
    }
}
