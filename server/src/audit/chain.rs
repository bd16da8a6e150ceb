//! How rows are hashed and how a chain of them is checked, row by row, in constant memory.
//!
//! A hash is SHA-256 over fields, each written as its length in bytes (eight bytes, big endian) and its UTF-8; a field that
//! is absent is eight bytes of 0xff.

use crate::auth::secret::hexadecimal;
use reeve_model::Word;
use reeve_model::audit::{Entry, Event, FaultKind};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The way rows are hashed now.
pub const VERSION: i64 = 1;

/// How far from its place a row that fits elsewhere is looked for, in rows.
const NEIGHBOURS: i64 = 10_000;

/// What is wrong with the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The row is not what was hashed.
    Changed,
    /// The row is whole, and does not follow from the one before it.
    BrokenLink,
    /// Rows are missing: the next that is there.
    Gap { next: i64 },
    /// There is a row of this number already.
    Duplicate,
    /// The row was written as another number.
    Order { belongs: i64 },
    /// The log ends before its head, or before a checkpoint.
    Truncated { at_least: i64 },
    /// The row is behind the head of the log.
    Inserted,
    /// The content is gone and no row says who erased it.
    Erased,
    /// The chain is whole and is not the one that the checkpoint was made of.
    Rewritten,
    /// The signature of a checkpoint is not that of its key.
    BadSignature,
    /// This version does not know how the row was hashed.
    UnknownVersion { version: i64 },
}

/// The first row that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    pub seq: i64,
    pub fault: Fault,
}

impl Fault {
    /// Without its particulars.
    pub fn kind(self) -> FaultKind {
        match self {
            Self::Changed => FaultKind::Changed,
            Self::BrokenLink => FaultKind::BrokenLink,
            Self::Gap { .. } => FaultKind::Gap,
            Self::Duplicate => FaultKind::Duplicate,
            Self::Order { .. } => FaultKind::Order,
            Self::Truncated { .. } => FaultKind::Truncated,
            Self::Inserted => FaultKind::Inserted,
            Self::Erased => FaultKind::Erased,
            Self::Rewritten => FaultKind::Rewritten,
            Self::BadSignature => FaultKind::BadSignature,
            Self::UnknownVersion { .. } => FaultKind::UnknownVersion,
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, fault } = self;
        write!(f, "broken at {seq}: {}: ", fault.kind().as_str().replace('_', " "))?;
        match fault {
            Fault::Changed => write!(f, "the row is not what was hashed"),
            Fault::BrokenLink => write!(f, "the row does not follow from {}", seq - 1),
            Fault::Gap { next } => write!(f, "rows are missing; the next is {next}"),
            Fault::Duplicate => write!(f, "there is a row of this number already"),
            Fault::Order { belongs } => write!(f, "the row was written as {belongs}"),
            Fault::Truncated { at_least } => write!(f, "the log ends here and went on to {at_least} at least"),
            Fault::Inserted => write!(f, "the row is behind the head of the log"),
            Fault::Erased => write!(f, "the content is gone and no row says who erased it"),
            Fault::Rewritten => write!(f, "the chain is not the one that the checkpoint was made of"),
            Fault::BadSignature => write!(f, "the signature of the checkpoint is not that of its key"),
            Fault::UnknownVersion { version } => write!(f, "hashed in way {version}, which this version does not know"),
        }
    }
}

/// What is hashed: fields one after another, none of which can be taken for a part of its neighbour.
pub(super) struct Fields(Sha256);

impl Fields {
    pub(super) fn new(tag: &str) -> Self {
        let mut fields = Self(Sha256::new());
        fields.add(Some(tag));
        fields
    }

    pub(super) fn add(&mut self, field: Option<&str>) {
        match field {
            None => self.0.update([0xff; 8]),
            Some(text) => {
                self.0.update((text.len() as u64).to_be_bytes());
                self.0.update(text);
            }
        }
    }

    pub(super) fn hex(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

/// What stands in the chain for the content of a row.
pub fn content(entry: &Entry) -> String {
    let mut fields = Fields::new("reeve-audit-content");
    for field in [&entry.salt, &entry.object_name, &entry.before, &entry.after, &entry.reason] {
        fields.add(field.as_deref());
    }
    fields.hex()
}

/// The hash of a row, over everything but its content, for which its commitment stands.
pub fn hash(entry: &Entry) -> String {
    hash_as(entry, entry.seq)
}

fn hash_as(entry: &Entry, seq: i64) -> String {
    let mut fields = Fields::new("reeve-audit");
    fields.add(Some(&entry.version.to_string()));
    fields.add(Some(&entry.prev));
    fields.add(Some(&seq.to_string()));
    fields.add(Some(&entry.at));
    fields.add(Some(&entry.actor));
    fields.add(entry.actor_id.map(|id| id.to_string()).as_deref());
    fields.add(entry.on_behalf_of.as_deref());
    fields.add(Some(&entry.via));
    fields.add(entry.address.as_deref());
    fields.add(entry.request.as_deref());
    fields.add(Some(&entry.action));
    fields.add(Some(&entry.object_kind));
    fields.add(Some(&entry.object_id));
    fields.add(Some(&entry.content));
    fields.hex()
}

/// Checks rows as they come, in their order.
#[derive(Debug)]
pub struct Verifier {
    seq: i64,
    hash: String,
    checked: u64,
    /// Rows without content whose erasure no row has told of yet.
    erased: BTreeSet<i64>,
    /// Hashes that are known from elsewhere.
    known: BTreeMap<i64, String>,
}

impl Verifier {
    /// Of rows that follow the row `seq`, whose hash is this.
    pub fn after(seq: i64, hash: String) -> Self {
        Self { seq, hash, checked: 0, erased: BTreeSet::new(), known: BTreeMap::new() }
    }

    /// A hash that was vouched for elsewhere.
    ///
    /// # Errors
    /// When what the log starts from is another.
    pub fn know(&mut self, seq: i64, hash: String) -> Result<(), Broken> {
        if seq == self.seq && hash != self.hash {
            return Err(Broken { seq, fault: Fault::Rewritten });
        }
        if seq > self.seq {
            self.known.insert(seq, hash);
        }
        Ok(())
    }

    /// # Errors
    /// What is wrong with this row, or with what is missing before it.
    pub fn push(&mut self, entry: &Entry) -> Result<(), Broken> {
        let seq = entry.seq;
        let broken = |seq, fault| Err(Broken { seq, fault });
        if entry.version != VERSION {
            return broken(seq, Fault::UnknownVersion { version: entry.version });
        }
        if seq == self.seq && self.checked > 0 {
            return broken(seq, Fault::Duplicate);
        }
        if hash(entry) != entry.hash {
            let near = (1..=NEIGHBOURS).flat_map(|far| [seq - far, seq + far]);
            let belongs = near.filter(|near| *near > 0).find(|near| hash_as(entry, *near) == entry.hash);
            return broken(seq, belongs.map_or(Fault::Changed, |belongs| Fault::Order { belongs }));
        }
        if seq <= self.seq {
            return broken(seq, Fault::Order { belongs: seq });
        }
        if seq > self.seq + 1 {
            return broken(self.seq + 1, Fault::Gap { next: seq });
        }
        if entry.prev != self.hash {
            return broken(seq, Fault::BrokenLink);
        }
        if entry.is_erased() {
            let rest = [&entry.object_name, &entry.before, &entry.after, &entry.reason];
            if rest.into_iter().any(Option::is_some) {
                return broken(seq, Fault::Changed);
            }
            self.erased.insert(seq);
        } else if content(entry) != entry.content {
            return broken(seq, Fault::Changed);
        }
        if entry.action == Event::AuditErased.as_str()
            && let Ok(erased) = entry.object_id.parse()
        {
            self.erased.remove(&erased);
        }
        if self.known.remove(&seq).is_some_and(|known| known != entry.hash) {
            return broken(seq, Fault::Rewritten);
        }
        self.seq = seq;
        self.hash.clone_from(&entry.hash);
        self.checked += 1;
        Ok(())
    }

    /// Ends the check; `head` is the end that the log itself names. Answers the last row, its hash, and how many there were.
    ///
    /// # Errors
    /// When the log ends too early or too late.
    pub fn end(self, head: Option<(i64, &str)>) -> Result<(i64, String, u64), Broken> {
        let seq = self.seq;
        if let Some(erased) = self.erased.first() {
            return Err(Broken { seq: *erased, fault: Fault::Erased });
        }
        if let Some(at_least) = self.known.keys().next_back().copied().filter(|known| *known > seq) {
            return Err(Broken { seq: seq + 1, fault: Fault::Truncated { at_least } });
        }
        match head {
            Some((head, _)) if head > seq => Err(Broken { seq: seq + 1, fault: Fault::Truncated { at_least: head } }),
            Some((head, _)) if head < seq => Err(Broken { seq: head + 1, fault: Fault::Inserted }),
            Some((_, hash)) if hash != self.hash => Err(Broken { seq, fault: Fault::BrokenLink }),
            _ => Ok((seq, self.hash, self.checked)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: i64, prev: &str) -> Entry {
        let text = |text: &str| Some(text.to_owned());
        let mut entry = Entry {
            seq,
            version: VERSION,
            at: "2026-11-24T10:40:17.204000Z".to_owned(),
            actor: "jung.yj".to_owned(),
            actor_id: Some(7),
            on_behalf_of: None,
            via: "session".to_owned(),
            address: text("10.20.9.40"),
            request: None,
            action: "class_changed".to_owned(),
            object_kind: "column".to_owned(),
            object_id: "12/device_id".to_owned(),
            object_name: text("clickstream.page_view device_id"),
            before: text("none"),
            after: text("indirect"),
            reason: text("기기 식별자 고시 개정"),
            salt: text("00ff"),
            content: String::new(),
            prev: prev.to_owned(),
            hash: String::new(),
        };
        entry.content = content(&entry);
        entry.hash = hash(&entry);
        entry
    }

    fn chain(length: i64) -> Vec<Entry> {
        let mut rows: Vec<Entry> = Vec::new();
        for seq in 1..=length {
            let prev = rows.last().map_or("start".to_owned(), |last| last.hash.clone());
            rows.push(entry(seq, &prev));
        }
        rows
    }

    fn check(rows: &[Entry], head: Option<(i64, &str)>) -> Result<u64, Broken> {
        let mut verifier = Verifier::after(0, "start".to_owned());
        for row in rows {
            verifier.push(row)?;
        }
        verifier.end(head).map(|(_, _, checked)| checked)
    }

    #[test]
    fn the_hash_of_a_row_is_fixed() {
        // Were it another, no log that exists could be verified.
        assert_eq!(entry(1, "start").hash, "0ab20a47a4c21a61ac20910255e5fb94fe72a3319dd857d5d4c1bf143845bf12");
    }

    #[test]
    fn each_fault_is_named() {
        let whole = chain(9);
        let head = (9, whole[8].hash.clone());
        let head = Some((head.0, head.1.as_str()));
        assert_eq!(check(&whole, head), Ok(9));
        let fault = |edit: fn(&mut Vec<Entry>)| {
            let mut rows = whole.clone();
            edit(&mut rows);
            check(&rows, head).map_err(|broken| (broken.seq, broken.fault)).unwrap_err()
        };
        assert_eq!(fault(|rows| rows[3].after = None), (4, Fault::Changed));
        assert_eq!(fault(|rows| rows[3].actor = "other".to_owned()), (4, Fault::Changed));
        assert_eq!(fault(|rows| rows[3].salt = None), (4, Fault::Changed));
        assert_eq!(fault(|rows| drop(rows.remove(4))), (5, Fault::Gap { next: 6 }));
        assert_eq!(fault(|rows| rows.insert(4, rows[3].clone())), (4, Fault::Duplicate));
        assert_eq!(fault(|rows| drop(rows.pop())), (9, Fault::Truncated { at_least: 9 }));
        assert_eq!(fault(|rows| rows.push(entry(10, &rows[8].hash))), (10, Fault::Inserted));
        let swapped = fault(|rows| {
            (rows[3].seq, rows[4].seq) = (5, 4);
            rows.swap(3, 4);
        });
        assert_eq!(swapped, (4, Fault::Order { belongs: 5 }));
        let hashed_again = fault(|rows| {
            rows[3].actor = "other".to_owned();
            rows[3].hash = hash(&rows[3]);
        });
        assert_eq!(hashed_again, (5, Fault::BrokenLink));
        let erased = fault(|rows| {
            let row = &mut rows[3];
            (row.salt, row.object_name, row.before, row.after, row.reason) = (None, None, None, None, None);
        });
        assert_eq!(erased, (4, Fault::Erased));
    }

    #[test]
    fn a_checkpoint_from_outside_finds_what_the_log_alone_cannot() {
        let rows = chain(9);
        let with = |seq: i64, hash: &str| {
            let mut verifier = Verifier::after(0, "start".to_owned());
            verifier.know(seq, hash.to_owned())?;
            for row in &rows {
                verifier.push(row)?;
            }
            verifier.end(None).map(drop)
        };
        assert_eq!(with(5, &rows[4].hash), Ok(()));
        assert_eq!(with(0, "start"), Ok(()));
        assert_eq!(with(5, "other"), Err(Broken { seq: 5, fault: Fault::Rewritten }));
        assert_eq!(with(0, "other"), Err(Broken { seq: 0, fault: Fault::Rewritten }));
        assert_eq!(with(12, "x"), Err(Broken { seq: 10, fault: Fault::Truncated { at_least: 12 } }));
    }
}
