//! Passwords of local accounts: argon2id, never more at once than this machine can bear.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// OWASP's least: 19 MiB, two rounds, one lane.
const MEMORY_KIB: u32 = 19_456;
const ROUNDS: u32 = 2;
/// How many wait for their turn before others are told to come again.
const QUEUE: usize = 50;
/// In characters, as NIST SP 800-63B advises; and in bytes, so that nobody has us hash a book.
pub const SHORTEST: usize = 12;
pub const LONGEST_BYTES: usize = 256;

/// Checks and makes passwords, some at a time.
#[derive(Debug)]
pub struct Passwords {
    turns: Semaphore,
    waiting: AtomicUsize,
}

/// More are waiting than is reasonable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

impl Default for Passwords {
    fn default() -> Self {
        // Half the cores: those who are signed in already keep the others.
        let turns = (std::thread::available_parallelism().map_or(2, usize::from) / 2).max(1);
        Self { turns: Semaphore::new(turns), waiting: AtomicUsize::new(0) }
    }
}

impl Passwords {
    /// Whether the password is right. Without a hash it is wrong, after the same time: it is hashed all the same.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn check(&self, password: String, hash: Option<String>) -> Result<bool, Busy> {
        if password.is_empty() || password.len() > LONGEST_BYTES {
            return Ok(false);
        }
        let _turn = self.turn().await?;
        let checked = tokio::task::spawn_blocking(move || match hash {
            Some(hash) => is_right(&password, &hash),
            None => {
                let _ = made(&password);
                false
            }
        });
        Ok(checked.await.unwrap_or(false))
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`Busy`], or when the system has no randomness.
    pub async fn make(&self, password: String) -> anyhow::Result<String> {
        let _turn = self.turn().await?;
        tokio::task::spawn_blocking(move || made(&password)).await?
    }

    async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Busy> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Busy);
        }
        let turn = self.turns.acquire().await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        turn.map_err(|_| Busy)
    }
}

fn argon2() -> anyhow::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, ROUNDS, 1, None).map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn made(password: &str) -> anyhow::Result<String> {
    let password: String = password.nfc().collect();
    let hash: PasswordHash =
        argon2()?.hash_password(password.as_bytes()).map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
    Ok(hash.to_string())
}

fn is_right(password: &str, hash: &str) -> bool {
    let password: String = password.nfc().collect();
    let (Ok(hash), Ok(argon2)) = (PasswordHash::new(hash), argon2()) else { return false };
    argon2.verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_is_right() {
        let passwords = Passwords::default();
        let hash = passwords.make("동해물과 백두산이 마르고".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let decomposed: String = "동해물과 백두산이 마르고".nfd().collect();
        assert_eq!(passwords.check(decomposed, Some(hash.clone())).await, Ok(true));
        for wrong in ["", "동해물과", &"x".repeat(300)] {
            assert_eq!(passwords.check(wrong.to_owned(), Some(hash.clone())).await, Ok(false), "{wrong}");
        }
        assert_eq!(passwords.check("nobody has this password".to_owned(), None).await, Ok(false));
    }
}
