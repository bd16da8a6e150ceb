//! What is told outside the portal: mail to people, lines for channels.
//!
//! Whoever changes something puts a notice into the outbox, in the same transaction ([`outbox::put`]). Its bytes are made
//! there, once, and a job carries them off (`deliver.rs`). Nothing is lost; and nothing is sent twice, but where the far side
//! left open whether it has it: then once more, with the same bytes and the same `Message-ID`, and that is written down.

pub mod answer;
mod attempt;
pub mod deliver;
pub mod digest;
pub mod outbox;
mod parcel;
pub mod preference;
pub mod requests;
mod sign;
mod smtp;
pub mod successions;
pub mod unsubscribe;
mod webhook;

use crate::config::{Config, NotifyConfig};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use reeve_model::notice::{Quiet, holidays};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// How something in the outbox stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    Queued,
    /// On its way; found so by the next attempt, the one before died on the way.
    Sending,
    Sent,
    /// The far side left open whether it has it. Tried once more, unless it has ended.
    Doubt,
    /// Refused, or given up.
    Failed,
}

/// What all that is told has in common. Cheap to make: connects to nothing and reads no secret.
#[derive(Debug)]
pub struct Post {
    mailer: Option<smtp::Mailer>,
    hooks: Vec<webhook::Hook>,
    /// Where the portal is, without a slash at its end; empty where nobody knows.
    portal: String,
    zone: Tz,
    config: NotifyConfig,
    /// As the file was when it was read last.
    holidays: Mutex<(Option<SystemTime>, BTreeSet<NaiveDate>)>,
}

impl Post {
    pub fn new(config: &Config) -> Self {
        let notify = &config.notify;
        let portal = config.server.portal_url().map(|url| url.as_str().trim_end_matches('/').to_owned());
        Self {
            mailer: notify.smtp.as_ref().and_then(smtp::Mailer::new),
            hooks: notify.webhook.iter().map(webhook::Hook::new).collect(),
            portal: portal.unwrap_or_default(),
            zone: config.server.time_zone,
            config: notify.clone(),
            holidays: Mutex::default(),
        }
    }

    /// Whether there is any way to tell anybody.
    fn is_on(&self) -> bool {
        self.mailer.is_some() || !self.hooks.is_empty()
    }

    /// When nobody is disturbed; nothing where people always are.
    fn quiet(&self) -> Option<Quiet> {
        let (from, to) = self.config.quiet_hours.0?;
        Some(Quiet { from, to, holidays: self.holidays() })
    }

    /// Reads the file again where it changed. One that cannot be read leaves the days as they were.
    pub(crate) fn holidays(&self) -> BTreeSet<NaiveDate> {
        let Some(path) = &self.config.holidays_file else { return BTreeSet::new() };
        let mut known = self.holidays.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = std::fs::metadata(path).and_then(|file| file.modified()).ok();
        if changed != known.0 || changed.is_none() {
            match read_holidays(path) {
                Ok(days) => *known = (changed, days),
                Err(error) => tracing::warn!("[notify] holidays_file: cannot read {}: {error}", path.display()),
            }
        }
        known.1.clone()
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    fn utc(&self, local: NaiveDateTime) -> DateTime<Utc> {
        // In the hour that a clock skips, the first one after it.
        let found =
            (0..4).find_map(|hours| self.zone.from_local_datetime(&(local + TimeDelta::hours(hours))).earliest());
        found.map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
    }
}

fn read_holidays(path: &Path) -> std::io::Result<BTreeSet<NaiveDate>> {
    let (days, unread) = holidays(&std::fs::read_to_string(path)?);
    for line in unread {
        tracing::warn!("[notify] holidays_file: {}:{line}: write a day first, as in `2027-02-08`", path.display());
    }
    Ok(days)
}
