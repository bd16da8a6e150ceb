use ldap3::{ResultEntry, SearchEntry};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What a directory says of one thing. The names of attributes are compared without regard to case, and their values are
/// bytes until they are asked for as text: an `objectGUID` may happen to be text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// As the server writes it; goes back to it untouched.
    pub dn: String,
    /// Names in lower case, with options: `member;range=0-1499`.
    values: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// # Panics
    /// On an entry that breaks the protocol; referrals are not for here.
    pub(super) fn of(found: ResultEntry) -> Self {
        let found = SearchEntry::construct(found);
        let texts = found.attrs.into_iter().map(|(name, values)| (name, values.into_iter().map(String::into_bytes)));
        let mut values: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for (name, texts) in texts {
            values.entry(name.to_lowercase()).or_default().extend(texts);
        }
        for (name, bytes) in found.bin_attrs {
            values.entry(name.to_lowercase()).or_default().extend(bytes);
        }
        Self { dn: found.dn, values }
    }

    #[cfg(test)]
    pub(crate) fn with(dn: &str, values: &[(&str, &[&str])]) -> Self {
        let values = values.iter().map(|(name, values)| {
            (name.to_lowercase(), values.iter().map(|value| value.as_bytes().to_vec()).collect())
        });
        Self { dn: dn.to_owned(), values: values.collect() }
    }

    /// The first value that is text and not blank; Korean may come decomposed and leaves composed (NFC).
    pub fn text(&self, name: &str) -> Option<String> {
        self.texts(name).next()
    }

    pub fn texts(&self, name: &str) -> impl Iterator<Item = String> {
        let values = self.values.get(&name.to_lowercase()).into_iter().flatten();
        values.filter_map(|value| {
            let text = std::str::from_utf8(value).ok()?.trim();
            (!text.is_empty()).then(|| text.nfc().collect())
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.values.get(&name.to_lowercase()).is_some_and(|values| !values.is_empty())
    }

    /// What identifies the entry for good, as text: an `objectGUID` is 16 bytes whose first three fields are little-endian
    /// ([MS-DTYP] 2.3.4), everything else is text already.
    pub fn key(&self, name: &str) -> Option<String> {
        let value = self.values.get(&name.to_lowercase())?.first()?;
        if name.eq_ignore_ascii_case("objectGUID") {
            return guid(value);
        }
        let text = std::str::from_utf8(value).ok()?.trim();
        (!text.is_empty()).then(|| text.to_lowercase())
    }

    /// Values of an attribute that came whole, or the first of many: `member;range=0-1499` (MS-ADTS 3.1.1.3.1.3.3). The number
    /// is that of the next value to ask for, where there are more.
    pub fn ranged(&self, name: &str) -> (Vec<String>, Option<u64>) {
        let prefix = format!("{};range=", name.to_lowercase());
        let ranged = self.values.iter().find_map(|(name, values)| Some((name.strip_prefix(&prefix)?, values)));
        let Some((range, values)) = ranged else { return (self.texts(name).collect(), None) };
        let texts = values.iter().filter_map(|value| String::from_utf8(value.clone()).ok()).collect();
        let last = range.split_once('-').map(|(_, last)| last);
        (texts, last.and_then(|last| last.parse::<u64>().ok()).map(|last| last + 1))
    }
}

fn guid(bytes: &[u8]) -> Option<String> {
    let b: &[u8; 16] = bytes.try_into().ok()?;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let turned = |bytes: &[u8]| hex(&bytes.iter().rev().copied().collect::<Vec<_>>());
    Some([turned(&b[..4]), turned(&b[4..6]), turned(&b[6..8]), hex(&b[8..10]), hex(&b[10..])].join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_read_as_windows_writes_it() {
        let bytes = [0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
        assert_eq!(guid(&bytes).as_deref(), Some("00112233-4455-6677-8899-aabbccddeeff"));
        assert_eq!(guid(&bytes[1..]), None);
    }

    #[test]
    fn a_ranged_attribute_says_where_it_goes_on() {
        let entry = Entry::with("cn=all", &[("member", &[]), ("member;range=0-1", &["cn=a", "cn=b"])]);
        assert_eq!(entry.ranged("Member"), (vec!["cn=a".to_owned(), "cn=b".to_owned()], Some(2)));
        let last = Entry::with("cn=all", &[("member;range=2-*", &["cn=c"])]);
        assert_eq!(last.ranged("member"), (vec!["cn=c".to_owned()], None));
        let whole = Entry::with("cn=all", &[("member", &["cn=c"])]);
        assert_eq!(whole.ranged("member"), (vec!["cn=c".to_owned()], None));
    }

    #[test]
    fn decomposed_korean_comes_out_composed() {
        let entry = Entry::with("uid=a", &[("displayName", &["  ", "\u{1100}\u{1175}\u{11b7}"])]);
        assert_eq!(entry.text("DISPLAYNAME").as_deref(), Some("김"));
    }
}
