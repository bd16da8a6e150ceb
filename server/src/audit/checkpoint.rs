//! Rows of the log that are vouched for, signed with Ed25519 (RFC 8032).

use super::chain::{Broken, Fault, Fields};
use crate::db::{Tx, on};
pub use reeve_model::audit::Checkpoint;
use ring::signature::{ED25519, UnparsedPublicKey};

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
