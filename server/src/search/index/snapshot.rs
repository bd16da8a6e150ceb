//! One state of the index as searches see it, complete in itself: a newer one replaces it while it still answers.

use super::Error;
use super::schema::{self, Fields, payload_seq};
use super::segment::{SegmentData, Vocabulary};
use crate::search::analysis::words::{composed, squashed};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use tantivy::index::SegmentComponent;
use tantivy::{Directory, Index, IndexReader, Opstamp, ReloadPolicy, Searcher};

pub(crate) struct Snapshot {
    pub(crate) version: String,
    pub(crate) index: Index,
    pub(crate) fields: Fields,
    pub(crate) searcher: Searcher,
    pub(crate) last_seq: i64,
    /// In the searcher's order.
    pub(crate) segments: Vec<Arc<SegmentData>>,
    pub(crate) vocabulary: Vocabulary,
    /// Numbers of the databases by their names without separators.
    databases: HashMap<String, Vec<u32>>,
    reader: IndexReader,
    opstamp: Opstamp,
}

/// The files that every segment has.
const PARTS: [SegmentComponent; 5] = [
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::Terms,
    SegmentComponent::Store,
    SegmentComponent::FastFields,
];

impl Snapshot {
    /// Opens a version.
    ///
    /// # Errors
    /// Anything that is not as it should be; the index has to be built anew then.
    pub(crate) fn open(path: &Path, version: &str) -> Result<Self, Error> {
        let index = Index::open_in_dir(path)?;
        let (expected, fields) = schema::schema();
        if index.schema() != expected {
            return Err(Error::Damaged("its fields are not those of this program".into()));
        }
        schema::register_tokenizers(&index);
        // tantivy opens some files only when they are needed; a missing or cut one is to be known now.
        for segment in index.searchable_segment_metas()? {
            for component in PARTS {
                index.directory().open_read(&segment.relative_path(component)).map_err(tantivy::TantivyError::from)?;
            }
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Self::of(version.to_owned(), index, fields, reader, &[], Vocabulary::default())
    }

    /// The same version with what was committed since, or `None` if nothing was.
    pub(crate) fn reloaded(&self) -> Result<Option<Self>, Error> {
        if self.index.load_metas()?.opstamp == self.opstamp {
            return Ok(None);
        }
        self.reader.reload()?;
        let (index, reader) = (self.index.clone(), self.reader.clone());
        let vocabulary = self.vocabulary.clone();
        Self::of(self.version.clone(), index, self.fields, reader, &self.segments, vocabulary).map(Some)
    }

    fn of(
        version: String,
        index: Index,
        fields: Fields,
        reader: IndexReader,
        known: &[Arc<SegmentData>],
        mut vocabulary: Vocabulary,
    ) -> Result<Self, Error> {
        let meta = index.load_metas()?;
        let Some(last_seq) = payload_seq(meta.payload.as_deref()) else {
            return Err(Error::Damaged("its last commit is not one of this program's".into()));
        };
        let searcher = reader.searcher();
        let mut segments = Vec::new();
        for segment in searcher.segment_readers() {
            let data = match known.iter().find(|known| known.id == segment.segment_id()) {
                Some(known) => Arc::clone(known),
                None => Arc::new(SegmentData::read(segment, &mut vocabulary)?),
            };
            segments.push(data);
        }
        let mut databases: HashMap<String, Vec<u32>> = HashMap::new();
        for (number, name) in vocabulary.databases.iter() {
            databases.entry(squashed(&composed(name))).or_default().push(number);
        }
        Ok(Self {
            version,
            index,
            fields,
            searcher,
            last_seq,
            segments,
            vocabulary,
            databases,
            reader,
            opstamp: meta.opstamp,
        })
    }

    pub(crate) fn documents(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// The databases of this name without separators.
    pub(crate) fn databases_called(&self, squashed: &str) -> Option<&[u32]> {
        self.databases.get(squashed).map(Vec::as_slice)
    }
}
