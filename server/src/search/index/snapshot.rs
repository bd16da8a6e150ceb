//! One state of the index as searches see it, complete in itself: a newer one replaces it while it still answers.

use super::Error;
use super::schema::{self, Fields, payload_seq};
use super::segment::{SegmentData, Vocabulary};
use crate::search::analysis::words::{composed, squashed};
use reeve_model::asset::AssetKind;
use reeve_model::search::FacetField;
use std::collections::{HashMap, HashSet};
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
    /// Numbers of the databases that more than one source has.
    ambiguous: HashSet<u32>,
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
        for (number, name) in vocabulary.of(FacetField::Db).iter() {
            databases.entry(squashed(&composed(name))).or_default().push(number);
        }
        let ambiguous = ambiguous(&searcher, &segments, &vocabulary);
        Ok(Self {
            version,
            index,
            fields,
            searcher,
            last_seq,
            segments,
            vocabulary,
            databases,
            ambiguous,
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

    /// Whether another source has a database of this name too.
    pub(crate) fn is_ambiguous(&self, database: u32) -> bool {
        self.ambiguous.contains(&database)
    }

    /// Whether there is a table or view of this name, separators and case aside.
    pub(crate) fn has_table(&self, database: &str, name: &str) -> Result<bool, Error> {
        let (database, name) = (squashed(&composed(database)), squashed(&composed(name)));
        let Some(databases) = self.databases_called(&database).filter(|_| !name.is_empty()) else { return Ok(false) };
        for (segment, data) in self.searcher.segment_readers().iter().zip(&self.segments) {
            let range = data.name_range(&format!("{name}\0"), &format!("{name}\u{1}"))?;
            let is_it = |document: &u32| {
                let a = &data.attributes[*document as usize];
                databases.contains(&a.database())
                    && a.bits.kind() != AssetKind::Database
                    && !segment.is_deleted(*document)
            };
            if data.named(&range).iter().any(is_it) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The databases that documents of several sources have, names compared without case as addresses are.
fn ambiguous(searcher: &Searcher, segments: &[Arc<SegmentData>], vocabulary: &Vocabulary) -> HashSet<u32> {
    let names: HashMap<u32, String> =
        vocabulary.of(FacetField::Db).iter().map(|(number, name)| (number, name.to_lowercase())).collect();
    let places: HashSet<(u32, u32)> = segments.iter().flat_map(|data| data.places.iter().copied()).collect();
    let several = |places: &HashSet<(u32, u32)>| -> HashSet<u32> {
        let mut sources: HashMap<&str, HashSet<u32>> = HashMap::new();
        for (database, source) in places {
            let name = names.get(database).map_or("", String::as_str);
            sources.entry(name).or_default().insert(*source);
        }
        let has_several = |database: &u32| {
            names.get(database).and_then(|name| sources.get(name.as_str())).is_some_and(|sources| sources.len() > 1)
        };
        places.iter().map(|(database, _)| *database).filter(has_several).collect()
    };
    let perhaps = several(&places);
    if perhaps.is_empty() {
        return perhaps;
    }
    // What was taken out stays in its segment until that is merged; it must not count.
    let mut living = HashSet::new();
    for (segment, data) in searcher.segment_readers().iter().zip(segments) {
        for (document, a) in data.attributes.iter().enumerate() {
            if perhaps.contains(&a.database()) && !segment.is_deleted(document as u32) {
                living.insert((a.database(), a.source()));
            }
        }
    }
    several(&living)
}
