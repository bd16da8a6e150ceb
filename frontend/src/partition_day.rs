//! Days of partitions, in words.

use crate::text::Texts;
use reeve_model::reader::Lang;
use reeve_model::retention::value::{Found, Why};

/// Why the day of a partition is unknown.
pub fn unknown_day(lang: Lang, why: &Why) -> String {
    let t = Texts(lang);
    match why {
        Why::DefaultPartition { key } => t.day_default_partition(key.clone()),
        Why::Empty { key } => t.day_empty(key.clone()),
        Why::NoDay { key } => t.day_no_day(key.clone()),
        Why::BeforeAnyData => t.day_before_any_data(),
        Why::Unreadable { key } => t.day_unreadable(key.clone()),
        Why::Ambiguous { key, formats } => t.day_ambiguous(formats.join(", "), key.clone()),
        Why::NoDateKey => t.day_no_date_key(),
        Why::SeveralDateKeys { keys } => t.day_several_date_keys(keys.join(", ")),
        Why::OtherKeys => t.day_other_keys(),
    }
}

/// Why no format was found; nothing where one was.
pub fn unread_keys(lang: Lang, found: &Found) -> Option<String> {
    let why = match found.clone() {
        Found::Read { .. } => return None,
        Found::Ambiguous { key, formats } => Why::Ambiguous { key, formats },
        Found::SeveralDateKeys { keys } => Why::SeveralDateKeys { keys },
        Found::NoDateKey => Why::NoDateKey,
    };
    Some(unknown_day(lang, &why))
}
