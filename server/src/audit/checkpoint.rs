//! Rows of the log that are vouched for, signed with Ed25519 (RFC 8032).

use super::chain::{Broken, Fault, Fields};
use crate::auth::secret::hexadecimal;
use crate::db::{Tx, on};
use anyhow::Context as _;
pub use reeve_model::audit::Checkpoint;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Rows that are removed at once: other writers wait meanwhile.
const AT_ONCE: i64 = 20_000;

/// All that are kept in the database, in their order.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut Tx) -> sqlx::Result<Vec<Checkpoint>> {
    on!(tx, c => sqlx::query_as(
        "SELECT seq, hash, at, key, signature, dropped_at FROM audit_checkpoint ORDER BY seq",
    ).fetch_all(c).await)
}

/// What is signed of a checkpoint: its fields as the chain hashes those of a row.
fn message(checkpoint: &Checkpoint) -> Vec<u8> {
    let mut fields = Fields::new("reeve-audit-checkpoint");
    fields.add(Some(&checkpoint.seq.to_string()));
    fields.add(Some(&checkpoint.hash));
    fields.add(Some(&checkpoint.at));
    fields.add(checkpoint.key.as_deref());
    fields.hex().into_bytes()
}

/// Whether the signature is that of the key beside it; one that was never signed vouches for nothing and is let through.
pub(super) fn signature_holds(checkpoint: &Checkpoint) -> Result<(), Broken> {
    let (Some(key), Some(signature)) = (&checkpoint.key, &checkpoint.signature) else { return Ok(()) };
    let holds = bytes(key).zip(bytes(signature)).is_some_and(|(key, signature)| {
        UnparsedPublicKey::new(&ED25519, key).verify(&message(checkpoint), &signature).is_ok()
    });
    if holds { Ok(()) } else { Err(Broken { seq: checkpoint.seq, fault: Fault::BadSignature }) }
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits = hexadecimal.as_bytes();
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    digits.len().is_multiple_of(2).then_some(())?;
    pairs.collect()
}

/// Keeps a checkpoint; answers whether there was none of its row.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, checkpoint: &Checkpoint) -> sqlx::Result<bool> {
    let added = on!(tx, c => sqlx::query(
        "INSERT INTO audit_checkpoint (seq, hash, at, key, signature) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (seq) DO NOTHING",
    )
        .bind(checkpoint.seq).bind(&checkpoint.hash).bind(&checkpoint.at).bind(&checkpoint.key).bind(&checkpoint.signature)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

/// From now on the checkpoint stands for every row up to it.
///
/// # Errors
/// When the database fails.
pub async fn mark_dropped(tx: &mut Tx, seq: i64, at: &str) -> sqlx::Result<()> {
    on!(tx, c => sqlx::query("UPDATE audit_checkpoint SET dropped_at = $2 WHERE seq = $1")
        .bind(seq).bind(at).execute(c).await.map(drop))
}

/// Removes some of the rows that a checkpoint stands for; answers how many.
///
/// # Errors
/// When the database fails.
pub async fn remove_dropped(tx: &mut Tx) -> sqlx::Result<u64> {
    on!(tx, c => sqlx::query(
        "DELETE FROM audit WHERE seq <= (SELECT max(seq) FROM audit_checkpoint WHERE dropped_at IS NOT NULL)
             AND seq < (SELECT min(seq) FROM audit) + $1",
    ).bind(AT_ONCE).execute(c).await.map(|done| done.rows_affected()))
}

/// Who signs checkpoints.
#[derive(Debug)]
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// By the key in a file (PKCS #8, hexadecimal), which is made where there is none, for its owner's eyes only.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds no key.
    pub fn open(file: &Path) -> anyhow::Result<Self> {
        let name = file.display();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                    .map_err(|_| anyhow::anyhow!("the system has no randomness"))?;
                let text = hexadecimal(made.as_ref());
                let mut new = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(file)
                    .with_context(|| format!("cannot make {name}"))?;
                writeln!(new, "{text}")
                    .and_then(|()| new.sync_all())
                    .with_context(|| format!("cannot write {name}"))?;
                text
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {name}")),
        };
        let key = bytes(text.trim()).and_then(|bytes| Ed25519KeyPair::from_pkcs8(&bytes).ok());
        key.map(Self).with_context(|| format!("{name}: not an Ed25519 key (PKCS #8, hexadecimal)"))
    }

    pub fn sign(&self, seq: i64, hash: &str, at: &str) -> Checkpoint {
        let key = Some(hexadecimal(self.0.public_key().as_ref()));
        let (hash, at) = (hash.to_owned(), at.to_owned());
        let mut checkpoint = Checkpoint { seq, hash, at, key, signature: None, dropped_at: None };
        checkpoint.signature = Some(hexadecimal(self.0.sign(&message(&checkpoint)).as_ref()));
        checkpoint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_its_key_row_and_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("audit.key");
        let signed = Signer::open(&file).unwrap().sign(7, "02aa", "2026-11-24T00:00:00.000000Z");
        assert_eq!(signature_holds(&signed), Ok(()));
        let again = Signer::open(&file).unwrap().sign(7, "02aa", "2026-11-24T00:00:00.000000Z");
        assert_eq!(signed, again, "the key stays");
        let wrong = Err(Broken { seq: 7, fault: Fault::BadSignature });
        for changed in [
            Checkpoint { hash: "02ab".to_owned(), ..signed.clone() },
            Checkpoint { at: "2026-11-25T00:00:00.000000Z".to_owned(), ..signed.clone() },
            Checkpoint { key: Some("00".repeat(32)), ..signed.clone() },
            Checkpoint { signature: Some("zz".to_owned()), ..signed.clone() },
        ] {
            assert_eq!(signature_holds(&changed), wrong, "{changed:?}");
        }
        let moved = Checkpoint { seq: 8, ..signed };
        assert_eq!(signature_holds(&moved), Err(Broken { seq: 8, fault: Fault::BadSignature }));
        std::fs::write(&file, "no key").unwrap();
        assert!(Signer::open(&file).unwrap_err().to_string().contains("not an Ed25519 key"));
    }
}
