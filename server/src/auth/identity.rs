//! From what a provider vouches for to a person of ours.

use super::{Verified, person};
use crate::catalog::to_json;
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;

/// Who came in, or why he did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    Person(AssetId),
    /// It cannot be told whose this identity is: an administrator answers (`identity.person_id`).
    Question {
        identity: i64,
    },
    /// He has left, or an administrator disabled him.
    Refused(AssetId),
}

/// Takes in whom a provider has verified. (issuer, subject) is who he is; one that is new joins the one person with the same
/// employee number, or with the same mail where the provider vouches for it and that person has no other identity of the
/// issuer. What fits several, or a login that is taken, is a question. Who fits nobody is a new person.
///
/// # Errors
/// When the database does not answer.
pub async fn admit(tx: &mut WriteTx, verified: &Verified, now: DateTime<Utc>) -> sqlx::Result<Admitted> {
    let known: Option<(i64, Option<AssetId>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT id, person_id FROM identity WHERE issuer = $1 AND subject = $2",
    ).bind(&verified.issuer).bind(&verified.subject).fetch_optional(c).await)?;
    let person = match known {
        Some((_, person)) => person,
        None => joined(tx, verified, now).await?,
    };
    let identity: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO identity (issuer, subject, person_id, provider, login, name, mail, employee_number, first_seen_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (issuer, subject) DO UPDATE SET provider = excluded.provider, login = excluded.login,
             name = excluded.name, mail = excluded.mail, employee_number = excluded.employee_number,
             last_seen_at = excluded.last_seen_at
         RETURNING id",
    )
        .bind(&verified.issuer).bind(&verified.subject).bind(person).bind(&verified.provider).bind(&verified.login)
        .bind(&verified.name).bind(&verified.mail).bind(&verified.employee_number).bind(now)
        .fetch_one(c).await)?;
    let Some(person) = person else { return Ok(Admitted::Question { identity }) };
    let live: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM person WHERE id = $1 AND disabled_at IS NULL AND state <> 'departed'",
    ).bind(person).fetch_one(c).await)?;
    if live == 0 {
        return Ok(Admitted::Refused(person));
    }
    // An absent claim says nothing of groups; an empty one says that there are none.
    if let Some(groups) = &verified.groups {
        on!(&mut *tx, c => sqlx::query("DELETE FROM person_group WHERE person_id = $1 AND issuer = $2")
            .bind(person).bind(&verified.issuer).execute(c).await.map(drop))?;
        let groups = to_json(&groups.iter().map(|group| [group]).collect::<Vec<_>>());
        on!(&mut *tx, c => sqlx::query(
            "INSERT INTO person_group (person_id, issuer, name)
             SELECT $1, $2, value->>0 FROM json_each($3) WHERE true ON CONFLICT DO NOTHING",
        ).bind(person).bind(&verified.issuer).bind(groups).execute(c).await.map(drop))?;
    }
    Ok(Admitted::Person(person))
}

/// Whose a new identity is; nobody's where that is a question.
async fn joined(tx: &mut WriteTx, verified: &Verified, now: DateTime<Utc>) -> sqlx::Result<Option<AssetId>> {
    let mut same: Vec<AssetId> = Vec::new();
    if let Some(number) = &verified.employee_number {
        same = on!(&mut *tx, c => sqlx::query_scalar("SELECT id FROM person WHERE employee_number = $1")
            .bind(number).fetch_all(c).await)?;
    }
    if same.is_empty()
        && verified.mail_verified
        && let Some(mail) = &verified.mail
    {
        same = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT id FROM person WHERE lower(mail) = lower($1) AND state <> 'departed'",
        ).bind(mail).fetch_all(c).await)?;
    }
    match same.as_slice() {
        [] => {}
        [one] => return Ok((!has_identity(tx, *one, &verified.issuer).await?).then_some(*one)),
        _ => return Ok(None),
    }
    if person::find(tx, &verified.login).await?.is_some() {
        return Ok(None);
    }
    let mail = verified.mail.as_deref();
    person::create(tx, "person", &verified.login, &verified.name, mail, now).await.map(Some)
}

async fn has_identity(tx: &mut Tx, person: AssetId, issuer: &str) -> sqlx::Result<bool> {
    let count: i64 = on!(tx, c => sqlx::query_scalar("SELECT count(*) FROM identity WHERE person_id = $1 AND issuer = $2")
        .bind(person).bind(issuer).fetch_one(c).await)?;
    Ok(count > 0)
}
