//! Many clients asking at once, and how long each answer took.

use super::http::Client;
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

/// A request of the load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Request {
    /// What sort of question it is: `exact`, `prefix`, `korean` ...
    pub(super) kind: &'static str,
    /// Path and query, escaped.
    pub(super) target: String,
}

/// How hard to ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pressure {
    pub(super) clients: usize,
    pub(super) time: Duration,
    /// Requests a second of all clients together; `None` to ask again as soon as the answer is there.
    pub(super) rate: Option<u32>,
}

/// The times of the answers, in microseconds, by kind and in all.
pub(super) struct Times {
    pub(super) by_kind: BTreeMap<&'static str, Percentiles>,
    pub(super) all: Percentiles,
    pub(super) per_second: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Percentiles {
    pub(super) count: usize,
    pub(super) p50: u64,
    pub(super) p90: u64,
    pub(super) p99: u64,
    pub(super) max: u64,
}

/// Asks `requests` round and round, each client from another place on. With a rate, a request that could not be sent
/// at its time counts the wait too: a slow answer must not hide the ones behind it.
///
/// # Errors
/// When an answer is missing or not a 200.
pub(super) fn run(port: u16, cookie: &str, requests: &[Request], pressure: Pressure) -> Result<Times> {
    let begun = Instant::now();
    let done = thread::scope(|scope| {
        let client = |index| scope.spawn(move || client(port, cookie, requests, pressure, index, begun));
        let clients: Vec<_> = (0..pressure.clients).map(client).collect();
        let join = |client: thread::ScopedJoinHandle<'_, Result<Vec<(&'static str, u64)>>>| match client.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        clients.into_iter().map(join).collect::<Result<Vec<_>>>()
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let done: Vec<_> = done.into_iter().flatten().collect();
    let mut by_kind = BTreeMap::<_, Vec<u64>>::new();
    for (kind, micros) in &done {
        by_kind.entry(*kind).or_default().push(*micros);
    }
    Ok(Times {
        by_kind: by_kind.into_iter().map(|(kind, times)| (kind, percentiles(times))).collect(),
        per_second: done.len() as f64 / seconds,
        all: percentiles(done.into_iter().map(|(_, micros)| micros).collect()),
    })
}

fn client(
    port: u16,
    cookie: &str,
    requests: &[Request],
    pressure: Pressure,
    index: usize,
    begun: Instant,
) -> Result<Vec<(&'static str, u64)>> {
    let mut client = Client::with(port, cookie)?;
    let mut done = Vec::new();
    let first = index * requests.len() / pressure.clients;
    let step = pressure.rate.map(|rate| Duration::from_secs_f64(pressure.clients as f64 / f64::from(rate)));
    for (turn, request) in requests.iter().cycle().skip(first).enumerate() {
        let mut from = Instant::now();
        if let Some(step) = step {
            from = begun + step.mul_f64(turn as f64 + index as f64 / pressure.clients as f64);
            #[expect(clippy::disallowed_methods, reason = "nothing here is async")]
            thread::sleep(from.saturating_duration_since(Instant::now()));
        }
        if begun.elapsed() >= pressure.time {
            break;
        }
        let answer = client.get(&request.target, false)?;
        ensure!(answer.status == 200, "{} answers {}", request.target, answer.status);
        done.push((request.kind, from.elapsed().as_micros() as u64));
    }
    Ok(done)
}

/// Nearest-rank percentiles.
pub(super) fn percentiles(mut times: Vec<u64>) -> Percentiles {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
    Percentiles { count: times.len(), p50: at(50), p90: at(90), p99: at(99), max: at(100) }
}

#[cfg(test)]
mod tests {
    use super::{Percentiles, percentiles};

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times = (1..=200).rev().collect();
        assert_eq!(percentiles(times), Percentiles { count: 200, p50: 100, p90: 180, p99: 198, max: 200 });
        assert_eq!(percentiles(vec![7]), Percentiles { count: 1, p50: 7, p90: 7, p99: 7, max: 7 });
        assert_eq!(percentiles(Vec::new()).count, 0);
    }
}
