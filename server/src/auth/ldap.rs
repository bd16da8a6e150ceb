//! Sign-in at a directory: search for the person, then bind as what was found (RFC 4513, 5.1.3).

use super::Verified;
use crate::config::LdapConfig;
use anyhow::Context;
use chrono::{DateTime, Utc};
use reeve_crawlers::ldap::{
    Account, BindRefusal, Bound, Connection, Directory, Entry, GroupsConfig, LdapFailure, PeopleConfig, Search,
    account, groups_of, isolated, ldap_escape,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// As many sign-ins at once go to one directory; others are told to come again.
const AT_ONCE: usize = 32;

/// A directory that people sign in at.
#[derive(Debug)]
pub struct SignInDirectory {
    inner: Arc<Inner>,
    turns: Semaphore,
}

#[derive(Debug)]
struct Inner {
    name: String,
    directory: Directory,
    people: PeopleConfig,
    groups: Option<GroupsConfig>,
    trust_mail: bool,
}

/// Why a directory could say neither yes nor no.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error("more sign-ins at once than {AT_ONCE}")]
    Busy,
    #[error(transparent)]
    Failed(#[from] LdapFailure),
}

impl SignInDirectory {
    /// Reads password and authorities; connects to nothing yet.
    ///
    /// # Errors
    /// Says which setting is wrong.
    pub fn new(config: &LdapConfig) -> anyhow::Result<Self> {
        let directory = config.server.build().map_err(anyhow::Error::msg);
        let inner = Inner {
            name: config.name.clone(),
            directory: directory.with_context(|| format!("[[auth.ldap]] `{}`", config.name))?,
            people: config.people.clone(),
            groups: config.groups.clone(),
            trust_mail: config.trust_mail,
        };
        Ok(Self { inner: Arc::new(inner), turns: Semaphore::new(AT_ONCE) })
    }

    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Whom the directory vouches for: nobody where name or password is wrong, several have the name, or the account is
    /// disabled. What it was is logged and not told. Whoever is not there costs a bind all the same, so that it takes as long.
    ///
    /// # Errors
    /// When the directory cannot say.
    pub async fn verify(&self, login: &str, password: &str, now: DateTime<Utc>) -> Result<Option<Verified>, NoAnswer> {
        // A bind with a name and no password succeeds, and proves nothing (RFC 4513, 5.1.2): it is never sent.
        let sendable = |text: &str| !text.is_empty() && text.len() <= 256 && !text.contains('\0');
        if !sendable(login) || !sendable(password) {
            return Ok(None);
        }
        let _turn = self.turns.try_acquire().map_err(|_| NoAnswer::Busy)?;
        let inner = Arc::clone(&self.inner);
        let (login, password) = (login.to_owned(), password.to_owned());
        let work = async move { inner.verify(&login, &password, now).await };
        Ok(isolated(self.inner.directory.address(), "sign-in", work).await?)
    }

    /// Whom somebody else, as a Kerberos ticket, has proven to have this login; nobody where he is not there, or disabled.
    ///
    /// # Errors
    /// As [`SignInDirectory::verify`].
    pub async fn look_up(&self, login: &str, now: DateTime<Utc>) -> Result<Option<Verified>, NoAnswer> {
        let _turn = self.turns.try_acquire().map_err(|_| NoAnswer::Busy)?;
        let (inner, login) = (Arc::clone(&self.inner), login.to_owned());
        let work = async move { inner.look_up(&login, now).await };
        Ok(isolated(self.inner.directory.address(), "look-up", work).await?)
    }

    /// What `reeve doctor` says of it: that Reeve can bind, and that the people's base is there.
    ///
    /// # Errors
    /// As [`SignInDirectory::verify`].
    pub async fn check(&self) -> Result<(), LdapFailure> {
        let inner = Arc::clone(&self.inner);
        let work = async move {
            let mut connection = inner.directory.connect_as_reeve().await?;
            connection.find(&Search::entry(&inner.people.base, &["1.1"]), 1).await.map(drop)
        };
        isolated(self.inner.directory.address(), "check", work).await
    }
}

impl Inner {
    async fn verify(&self, login: &str, password: &str, now: DateTime<Utc>) -> Result<Option<Verified>, LdapFailure> {
        let (mut reader, found) = self.find(login).await?;
        let dn = found.as_ref().map_or_else(|| self.nobody(), |entry| entry.dn.clone());
        // Of its own: binding changes who everybody on a connection is. And once: each attempt counts for a lock-out there.
        let mut own = self.directory.connect().await?;
        let bound = own.bind(&dn, password).await?;
        let Some(entry) = found else { return Ok(None) };
        if let Bound::No { text } = bound {
            let why = BindRefusal::of(&text).map(|why| format!("{why:?}")).unwrap_or(text);
            tracing::info!("{}: {login:?} may not bind: {why}", self.name);
            return Ok(None);
        }
        self.vouch(&mut reader, &entry, login, now).await
    }

    /// Whom somebody else has proven to have this login.
    async fn look_up(&self, login: &str, now: DateTime<Utc>) -> Result<Option<Verified>, LdapFailure> {
        let (mut reader, found) = self.find(login).await?;
        match found {
            Some(entry) => self.vouch(&mut reader, &entry, login, now).await,
            None => Ok(None),
        }
    }

    /// The one entry with this login.
    async fn find(&self, login: &str) -> Result<(Connection, Option<Entry>), LdapFailure> {
        let names = self.people.names(self.directory.flavour());
        let filter = format!("(&{}({}={}))", names.filter, names.login, ldap_escape(login));
        let attributes = self.people.attributes(self.directory.flavour());
        let mut reader = self.directory.connect_as_reeve().await?;
        let mut found = reader.find(&Search::below(&self.people.base, filter, &attributes), 1).await?;
        if found.len() > 1 {
            tracing::warn!("{}: several entries have the login {login:?}: none of them may sign in", self.name);
            return Ok((reader, None));
        }
        // Some servers find `K` where `k` was asked for, or ignore accents: whoever is meant has that very name.
        let meant = super::person::login(login);
        found.retain(|entry| entry.texts(names.login).any(|name| super::person::login(&name) == meant));
        Ok((reader, found.pop()))
    }

    /// Says who the entry is, where its account may be used.
    async fn vouch(
        &self,
        reader: &mut Connection,
        entry: &Entry,
        login: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Verified>, LdapFailure> {
        match account(entry, &self.people, self.directory.flavour(), now) {
            // What this account of ours cannot see, the directory itself knew when it let him bind.
            Account::Enabled | Account::EnabledUntil(_) | Account::Unknown => {}
            other @ (Account::Disabled | Account::Expired(_)) => {
                tracing::info!("{}: {login:?} is who he says, and his account is {other:?}", self.name);
                return Ok(None);
            }
        }
        let groups = match &self.groups {
            Some(groups) => Some(groups_of(reader, &self.directory, groups, &entry.dn).await?),
            None => None,
        };
        self.verified(entry, groups).map(Some)
    }

    /// Below the base and nowhere: to bind as it takes as long as to bind with a wrong password.
    fn nobody(&self) -> String {
        format!("cn=reeve-nobody,{}", self.people.base)
    }

    fn verified(&self, entry: &Entry, groups: Option<Vec<String>>) -> Result<Verified, LdapFailure> {
        let names = self.people.names(self.directory.flavour());
        let missing = |attribute: &str| LdapFailure::Incomplete {
            address: self.directory.address().to_owned(),
            call: format!("search for {}", entry.dn),
            reason: format!(
                "{attribute} is not shown to Reeve's account: let it read that, or name another in `people`"
            ),
        };
        let login = entry.text(names.login).ok_or_else(|| missing(names.login))?;
        Ok(Verified {
            provider: self.name.clone(),
            issuer: format!("ldap:{}", self.name),
            subject: entry.key(names.key).ok_or_else(|| missing(names.key))?,
            name: entry.text(names.name).or_else(|| entry.text("cn")).unwrap_or_else(|| login.clone()),
            mail: entry.text(names.mail),
            mail_verified: self.trust_mail,
            groups,
            employee_number: entry.text(names.employee_number),
            login,
            sid: None,
            id_token: None,
        })
    }
}
