use chrono::{DateTime, Utc};
use reeve_model::{asset::*, search::*};
use std::path::Path;
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("busy")]
    LockBusy,
    #[error("cursor {0}")]
    BadCursor(String),
}
pub struct SearchIndex;
pub struct IndexWriter;
pub struct Rebuild;
pub enum Opened {
    Ready(SearchIndex),
    NeedsRebuild(String),
}
pub struct IndexDoc {
    pub id: i64,
    pub kind: AssetKind,
    pub source: String,
    pub database: String,
    pub name: String,
    pub description: Option<String>,
    pub owner: Option<String>,
    pub columns: Vec<Column>,
    pub partition_keys: Vec<Column>,
    pub format: Option<String>,
    pub size_bytes: Option<i64>,
    pub created_at: Option<DateTime<Utc>>,
    pub changed_at: Option<DateTime<Utc>>,
}
impl SearchIndex {
    pub fn open(_: &Path, _: &Path) -> Result<Opened, IndexError> {
        todo!()
    }
    pub fn search(&self, _: &SearchRequest) -> Result<SearchResponse, IndexError> {
        todo!()
    }
    pub fn suggest(&self, _: &str, _: usize) -> Result<Vec<Suggestion>, IndexError> {
        todo!()
    }
    pub fn len(&self) -> u64 {
        0
    }
    pub fn last_seq(&self) -> i64 {
        0
    }
    pub fn writer(&self) -> Result<IndexWriter, IndexError> {
        todo!()
    }
}
impl IndexWriter {
    pub fn last_seq(&self) -> i64 {
        0
    }
    pub fn upsert(&mut self, _: &IndexDoc) -> Result<(), IndexError> {
        todo!()
    }
    pub fn delete(&mut self, _: &str, _: i64) -> Result<(), IndexError> {
        todo!()
    }
    pub fn commit(&mut self, _: i64) -> Result<(), IndexError> {
        todo!()
    }
}
impl Rebuild {
    pub fn begin(_: &Path, _: &Path) -> Result<Self, IndexError> {
        todo!()
    }
    pub fn add(&mut self, _: IndexDoc) -> Result<(), IndexError> {
        todo!()
    }
    pub fn finish(self, _: i64) -> Result<(), IndexError> {
        todo!()
    }
}
