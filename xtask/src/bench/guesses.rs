//! Somebody who guesses passwords, as fast as he is told, while others work.

use super::http::{Client, form_token};
use anyhow::Result;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many connections he has.
const CONNECTIONS: u32 = 8;

/// Sends so many wrong sign-ins a second until told to stop, and answers how many got each status.
///
/// # Errors
/// When the portal breaks off.
pub(super) fn run(port: u16, rate: u32, stop: &AtomicBool) -> Result<BTreeMap<u16, usize>> {
    let parts = thread::scope(|scope| {
        let connection = |number| scope.spawn(move || connection(port, rate, number, stop));
        let all: Vec<_> = (0..CONNECTIONS).map(connection).collect();
        let join = |part: thread::ScopedJoinHandle<'_, Result<BTreeMap<u16, usize>>>| match part.join() {
            Ok(part) => part,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        all.into_iter().map(join).collect::<Result<Vec<_>>>()
    })?;
    let mut answers = BTreeMap::new();
    for (status, count) in parts.into_iter().flatten() {
        *answers.entry(status).or_default() += count;
    }
    Ok(answers)
}

fn connection(port: u16, rate: u32, number: u32, stop: &AtomicBool) -> Result<BTreeMap<u16, usize>> {
    let mut client = Client::with(port, "")?;
    let token = form_token(&mut client, "/sign-in?form=1")?;
    let step = Duration::from_secs_f64(f64::from(CONNECTIONS) / f64::from(rate));
    let begun = Instant::now() + step.mul_f64(f64::from(number) / f64::from(CONNECTIONS));
    let mut answers = BTreeMap::new();
    for guess in 0_u32.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        #[expect(clippy::disallowed_methods, reason = "nothing here is async")]
        thread::sleep((begun + step * guess).saturating_duration_since(Instant::now()));
        // Half the guesses are for one account that exists.
        let login = if guess % 2 == 0 { "bench".to_owned() } else { format!("guess{number}.{guess}") };
        let form = format!("form_token={token}&login={login}&password=wrong+horse+battery+{guess}&next=%2F");
        *answers.entry(client.post("/sign-in", &form)?.status).or_default() += 1;
    }
    Ok(answers)
}
