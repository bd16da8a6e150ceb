//! The link that ends digests, for the button of mail programs (RFC 8058): one POST, without a session. Duties go on coming.

use super::{Post, preference, sign};
use crate::catalog::Result;
use crate::db::{Tx, WriteTx};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::notice::DigestEvery;

/// What it is signed for.
const PURPOSE: &str = "end digests";
/// Where it leads.
pub const PATH: &str = "/notices/end";

/// Never expires: a mail may be opened after years.
pub(super) async fn url(tx: &mut WriteTx, post: &Post, person: AssetId, now: DateTime<Utc>) -> Result<String> {
    let key = sign::newest(tx, now).await?;
    let text = format!("{}.{person}", key.id);
    Ok(format!("{}{PATH}/{text}.{}", post.portal, key.sign(PURPOSE, &text)))
}

/// Whose digests this link ends; nobody's where we did not write it.
///
/// # Errors
/// When the database does not answer.
pub async fn read(tx: &mut Tx, token: &str) -> Result<Option<AssetId>> {
    let parts: Vec<&str> = token.split('.').collect();
    let [key, person, signature] = parts[..] else { return Ok(None) };
    let (Ok(id), Ok(number)) = (key.parse(), person.parse()) else { return Ok(None) };
    let Some(found) = sign::by_id(tx, id).await? else { return Ok(None) };
    Ok(found.verify(PURPOSE, &format!("{key}.{person}"), signature).then_some(AssetId(number)))
}

/// Sends this person no digests any more.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut WriteTx, person: AssetId, now: DateTime<Utc>) -> Result<()> {
    let preference = preference::of(tx, person).await?;
    preference::set(tx, person, &preference::Preference { digest: DigestEvery::Off, ..preference }, now).await
}
