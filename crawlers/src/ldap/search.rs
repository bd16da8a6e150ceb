use super::connection::{Connection, LdapFailure};
use super::entry::Entry;
use ldap3::controls::{Control, ControlType, MakeCritical, PagedResults};
use ldap3::{LdapResult, Scope, SearchOptions};

/// What to look for in a directory.
#[derive(Clone, Debug)]
pub struct Search {
    pub base: String,
    /// The entry itself, or everything below it too.
    pub scope: Scope,
    /// RFC 4515; what came from outside is escaped in it.
    pub filter: String,
    pub attributes: Vec<String>,
}

impl Search {
    pub fn below(base: &str, filter: impl Into<String>, attributes: &[impl AsRef<str>]) -> Self {
        let attributes = attributes.iter().map(|name| name.as_ref().to_owned()).collect();
        Self { base: base.to_owned(), scope: Scope::Subtree, filter: filter.into(), attributes }
    }

    pub fn entry(dn: &str, attributes: &[impl AsRef<str>]) -> Self {
        Self { scope: Scope::Base, ..Self::below(dn, "(objectClass=*)", attributes) }
    }
}

/// What one search operation brought.
struct Found {
    entries: Vec<Entry>,
    referrals: usize,
    result: LdapResult,
}

impl Connection {
    /// The few entries that are looked for; more than `most` is as good as too many, and `most + 1` of them come.
    ///
    /// # Errors
    /// Anything but success and, where more than `most` came, code 4.
    pub async fn find(&mut self, search: &Search, most: i32) -> Result<Vec<Entry>, LdapFailure> {
        self.ldap.with_search_options(SearchOptions::new().sizelimit(most + 1));
        let found = self.run(search).await?;
        match found.result.rc {
            0 => Ok(found.entries),
            4 if found.entries.len() > usize::try_from(most).unwrap_or_default() => Ok(found.entries),
            4 => Err(self.truncated(found.entries.len(), &found.result)),
            code => Err(self.refused("search", code, &found.result.text)),
        }
    }

    /// One search operation. Referrals are counted and never followed: the password would travel with us.
    async fn run(&mut self, search: &Search) -> Result<Found, LdapFailure> {
        let timeout = self.timeout;
        self.ldap.with_timeout(timeout);
        let asked =
            self.ldap.streaming_search(&search.base, search.scope, &search.filter, search.attributes.clone()).await;
        let mut stream = asked.map_err(|error| self.failed("search", &error))?;
        let (mut entries, mut referrals) = (Vec::new(), 0);
        loop {
            match stream.next().await {
                Ok(Some(found)) if found.is_ref() => referrals += 1,
                Ok(Some(found)) if found.is_intermediate() => {}
                Ok(Some(found)) => entries.push(Entry::of(found)),
                Ok(None) => break,
                Err(error) => return Err(self.failed("search", &error)),
            }
        }
        let result = stream.finish().await;
        Ok(Found { entries, referrals, result })
    }

    fn truncated(&self, entries: usize, result: &LdapResult) -> LdapFailure {
        LdapFailure::Incomplete {
            address: self.address.clone(),
            call: "search".to_owned(),
            reason: format!(
                "the server ended it after {entries} entries with code {} {}: raise its limit for this account",
                result.rc, result.text
            ),
        }
    }

    /// Values of one attribute of one entry, all of them: Active Directory gives 1,500 at a time.
    ///
    /// # Errors
    /// As [`Connection::find`].
    pub async fn all_values(&mut self, entry: &Entry, attribute: &str) -> Result<Vec<String>, LdapFailure> {
        let (mut values, mut next) = entry.ranged(attribute);
        while let Some(from) = next {
            let more = self.find(&Search::entry(&entry.dn, &[format!("{attribute};range={from}-*")]), 1).await?;
            let (found, then) = more.first().map(|entry| entry.ranged(attribute)).unwrap_or_default();
            if found.is_empty() || then.is_some_and(|then| then <= from) {
                return Err(LdapFailure::Incomplete {
                    address: self.address.clone(),
                    call: format!("{attribute} of {}", entry.dn),
                    reason: format!("nothing came from value {from} on"),
                });
            }
            values.extend(found);
            next = then;
        }
        Ok(values)
    }

    /// All that is found, page by page (RFC 2696).
    pub fn pages<'c>(&'c mut self, search: &'c Search, size: i32) -> Pages<'c> {
        Pages { connection: self, search, size, cookie: Vec::new(), over: false, entries: 0, referrals: 0 }
    }
}

/// The pages of a search. It is whole only when [`Pages::next`] has said `None`: each page ended with code 0, and the last one
/// without a cookie.
#[derive(Debug)]
pub struct Pages<'c> {
    connection: &'c mut Connection,
    search: &'c Search,
    size: i32,
    cookie: Vec<u8>,
    over: bool,
    entries: usize,
    referrals: usize,
}

impl Pages<'_> {
    /// # Errors
    /// When the listing broke off, for whatever reason; what came before is no listing then.
    pub async fn next(&mut self) -> Result<Option<Vec<Entry>>, LdapFailure> {
        if self.over {
            return Ok(None);
        }
        let control = PagedResults { size: self.size, cookie: std::mem::take(&mut self.cookie) };
        // Critical: a server that cannot page says so instead of leaving out what is beyond its limit.
        self.connection.ldap.with_controls(control.clone().critical());
        let found = self.connection.run(self.search).await?;
        self.entries += found.entries.len();
        self.referrals += found.referrals;
        match found.result.rc {
            0 => {}
            // Time, size and administrative limits.
            3 | 4 | 11 => return Err(self.connection.truncated(self.entries, &found.result)),
            code => return Err(self.connection.refused("search", code, &found.result.text)),
        }
        let paged = found.result.ctrls.iter().find_map(|Control(kind, raw)| {
            matches!(kind, Some(ControlType::PagedResults)).then(|| raw.parse::<PagedResults>())
        });
        let cookie = paged.ok_or_else(|| self.incomplete("a page came without saying whether it is the last"))?.cookie;
        if found.entries.is_empty() && !cookie.is_empty() && cookie == control.cookie {
            return Err(self.incomplete("the same empty page comes again and again"));
        }
        self.over = cookie.is_empty();
        self.cookie = cookie;
        Ok(Some(found.entries))
    }

    /// How many places elsewhere the server pointed to; none was followed.
    pub fn referrals(&self) -> usize {
        self.referrals
    }

    fn incomplete(&self, reason: &str) -> LdapFailure {
        LdapFailure::Incomplete {
            address: self.connection.address.clone(),
            call: "search".to_owned(),
            reason: format!("{reason}, after {} entries", self.entries),
        }
    }
}
