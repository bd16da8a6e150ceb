use reeve_crawlers::{Observation, ObservedPartition, ObservedTable};

/// What waits to be written together: first the tables, then partitions of them, then what is left to judge of those
/// whose partitions have all come. A source says things in this order, if perhaps of several tables at once.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) tables: Vec<ObservedTable>,
    pub(super) partitions: Vec<PartitionsOf>,
    pub(super) listed: Vec<ListedOf>,
    /// About how much memory all of it takes.
    pub(super) bytes: usize,
}

/// Some of a table's partitions.
pub(super) struct PartitionsOf {
    pub(super) database: String,
    pub(super) table: String,
    pub(super) partitions: Vec<ObservedPartition>,
}

/// The names of all of a table's partitions.
pub(super) struct ListedOf {
    pub(super) database: String,
    pub(super) table: String,
    pub(super) names: Vec<String>,
}

impl Pending {
    /// Answers what cannot wait: it is for later than everything that does.
    pub(super) fn take(&mut self, observation: Observation) -> Option<Observation> {
        let bytes = observation.bytes();
        match observation {
            Observation::Table(table) => self.tables.push(*table),
            Observation::Partitions { database, table, partitions } => {
                self.partitions.push(PartitionsOf { database, table, partitions });
            }
            Observation::PartitionsListed { database, table, names } => {
                self.listed.push(ListedOf { database, table, names });
            }
            other => return Some(other),
        }
        self.bytes += bytes;
        None
    }
}
