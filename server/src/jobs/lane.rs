use strum::{EnumString, IntoStaticStr, VariantArray};

/// Work of one sort waits only for its like: crawls that take hours never make anyone wait for a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Lane {
    Crawl,
    /// What a person waits for.
    People,
    /// What goes to people and channels.
    Mail,
    /// Reeve's own housekeeping.
    Upkeep,
}

/// How many jobs of each lane one process runs at once.
const SLOTS: [(Lane, usize); 4] = [(Lane::Crawl, 2), (Lane::People, 4), (Lane::Mail, 4), (Lane::Upkeep, 1)];

impl Lane {
    pub fn slots(self) -> usize {
        SLOTS.iter().find(|(lane, _)| *lane == self).map_or(1, |(_, slots)| *slots)
    }
}
