//! Slows who guesses passwords, and locks nobody out: a bucket for each account and for each address, and another for the
//! browser that somebody has signed in with before.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// How many attempts at once, and how long until one more.
struct Allowance {
    burst: i32,
    refill: TimeDelta,
}

/// One address fills up before an account does: a single attacker refuses himself, not the one he is after.
const ADDRESS: Allowance = Allowance { burst: 10, refill: TimeDelta::seconds(4) };
const ACCOUNT: Allowance = Allowance { burst: 30, refill: TimeDelta::seconds(1) };
/// More buckets than that are more than memory should hold: those that are full again go.
const MOST: usize = 50_000;

/// Where an attempt comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A browser that this account signed in with before, by its hash.
    Device(String),
    Address(Option<IpAddr>),
}

#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Key, Bucket>>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Device(String),
    Account(String),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: i32,
    since: DateTime<Utc>,
}

impl Throttle {
    /// Takes one attempt out of each bucket that it counts in.
    ///
    /// # Errors
    /// In how many seconds to come again.
    pub fn attempt(&self, login: &str, from: &From, now: DateTime<Utc>) -> Result<(), u32> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|key, bucket| bucket.now(key.allowance(), now).left < key.allowance().burst);
        }
        for key in keys(login, from) {
            let allowance = key.allowance();
            let full = Bucket { left: allowance.burst, since: now };
            let bucket = buckets.entry(key).or_insert(full);
            *bucket = bucket.now(allowance, now);
            if bucket.left == 0 {
                let wait = (bucket.since + allowance.refill - now).num_seconds().max(0) + 1;
                return Err(u32::try_from(wait).unwrap_or(60));
            }
            bucket.left -= 1;
        }
        Ok(())
    }

    /// Gives back what a right attempt took.
    pub fn forgive(&self, login: &str, from: &From) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys(login, from) {
            let burst = key.allowance().burst;
            if let Some(bucket) = buckets.get_mut(&key) {
                bucket.left = (bucket.left + 1).min(burst);
            }
        }
    }
}

/// What others do to the account is no matter to a device that knows it.
fn keys(login: &str, from: &From) -> Vec<Key> {
    match from {
        From::Device(hash) => vec![Key::Device(hash.clone())],
        From::Address(address) => {
            address.map(network).map(Key::Address).into_iter().chain([Key::Account(login.to_owned())]).collect()
        }
    }
}

impl Key {
    fn allowance(&self) -> &'static Allowance {
        match self {
            Self::Account(_) => &ACCOUNT,
            Self::Address(_) | Self::Device(_) => &ADDRESS,
        }
    }
}

impl Bucket {
    /// With what has come back since it was last looked at.
    fn now(self, allowance: &Allowance, now: DateTime<Utc>) -> Self {
        let back = (now - self.since).num_seconds() / allowance.refill.num_seconds();
        let back = i32::try_from(back.max(0)).unwrap_or(i32::MAX);
        match self.left.saturating_add(back) {
            left if left >= allowance.burst => Self { left: allowance.burst, since: now },
            left => Self { left, since: self.since + allowance.refill * back },
        }
    }
}

/// Whoever has one address of IPv6 has the whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    #[test]
    fn a_guesser_is_slowed_and_his_victim_comes_in() {
        let throttle = Throttle::default();
        let [attacker, victim] = ["192.0.2.1", "192.0.2.2"].map(|at| From::Address(Some(at.parse().unwrap())));
        let tried = (0..1_000).filter(|_| throttle.attempt("kim", &attacker, at(0)).is_ok()).count();
        assert_eq!(tried, 10);
        assert_eq!(throttle.attempt("kim", &attacker, at(0)), Err(5));
        assert_eq!(throttle.attempt("kim", &victim, at(0)), Ok(()));
        assert_eq!(throttle.attempt("kim", &attacker, at(4)), Ok(()));
        assert!(throttle.attempt("kim", &attacker, at(4)).is_err());
    }

    #[test]
    fn an_account_is_bounded_from_everywhere_and_addresses_by_network() {
        let throttle = Throttle::default();
        let from = |n: u8| From::Address(Some(IpAddr::from([10, 0, 0, n])));
        assert_eq!((0..200).filter(|n| throttle.attempt("kim", &from(*n), at(0)).is_ok()).count(), 30);
        assert_eq!(throttle.attempt("lee", &from(0), at(0)), Ok(()));
        // He has been here before: what a thousand others try does not slow him, and he has his own bound.
        let device = From::Device("d1".to_owned());
        assert_eq!((0..200).filter(|_| throttle.attempt("kim", &device, at(0)).is_ok()).count(), 10);
        let v6 = |n: u16| From::Address(Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, n])));
        assert_eq!((0..50).filter(|n| throttle.attempt(&n.to_string(), &v6(*n), at(0)).is_ok()).count(), 10);
    }
}
