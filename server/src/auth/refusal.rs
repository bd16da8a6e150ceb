//! Sign-ins that were refused, in the audit log: so many a minute that who guesses cannot flood it.

use super::{beside, person};
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::audit::{Event, ObjectKind};
use std::sync::{Mutex, PoisonError};

/// How many are written down in a minute; of the others only their number.
const A_MINUTE: u32 = 60;

#[derive(Debug, Default)]
pub struct Refusals(Mutex<Minute>);

#[derive(Clone, Copy, Debug, Default)]
struct Minute {
    since: Option<DateTime<Utc>>,
    written: u32,
    left_out: u32,
}

impl Refusals {
    /// Whether this one is written down, and how many before it were not.
    fn next(&self, now: DateTime<Utc>) -> Option<u32> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = 0;
        if minute.since.is_none_or(|since| now - since >= TimeDelta::minutes(1)) {
            before = minute.left_out;
            *minute = Minute { since: Some(now), ..Minute::default() };
        }
        if minute.written == A_MINUTE {
            minute.left_out += 1;
            return None;
        }
        minute.written += 1;
        Some(before)
    }
}

/// Writes down that a sign-in was refused; nobody waits for it, so that it tells nothing by its time. What was typed as a
/// name is kept only where it is one: people type their password there.
pub fn record(app: &App, origin: &Origin, login: &str, provider: &str) {
    write(app, origin, login, provider, None);
}

/// The same of a sign-in that a provider was to prove, and why not: nobody typed a name.
pub fn record_unproven(app: &App, origin: &Origin, provider: &str, why: &'static str) {
    write(app, origin, "", provider, Some(why));
}

fn write(app: &App, origin: &Origin, login: &str, provider: &str, why: Option<&'static str>) {
    let now = app.clock.now();
    let Some(left_out) = app.auth.refusals.next(now) else { return };
    let (app, origin, login, provider) = (app.clone(), origin.clone(), person::login(login), provider.to_owned());
    beside("a sign-in that was refused", async move {
        let mut tx = app.db.write().await?;
        let object = match person::find(&mut tx, &login).await? {
            Some(id) => Object::new(ObjectKind::Person, id, login),
            None => Object::new(ObjectKind::Person, "", ""),
        };
        if left_out > 0 {
            let object = Object::new(ObjectKind::Session, "", "");
            tx.record(
                Act::new(&Origin::system("sign-in"), now, Event::Overflow, object).change(None::<&str>, Some(left_out)),
            );
        }
        let act = Act::new(&origin, now, Event::SignInRefused, object).change(None::<&str>, Some(provider));
        tx.record(match why {
            Some(why) => act.because(why),
            None => act,
        });
        tx.commit().await
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_a_minute_and_the_rest_by_number() {
        let refusals = Refusals::default();
        let at = |second: i64| DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap();
        assert_eq!((0..100).filter(|_| refusals.next(at(0)).is_some()).count(), 60);
        assert_eq!(refusals.next(at(59)), None);
        assert_eq!(refusals.next(at(60)), Some(41));
        assert_eq!(refusals.next(at(61)), Some(0));
    }
}
