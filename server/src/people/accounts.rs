//! Accounts of providers of which nobody can tell whose they are, until an administrator says it.

use crate::audit::{Act, Object, Origin};
use crate::auth::person;
use crate::catalog::CatalogError;
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::person::{AccountQuestion, PersonRef};

type Result<T> = std::result::Result<T, CatalogError>;

/// Whose an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The person with this login.
    Known,
    /// Somebody new, who gets this login.
    New,
}

/// What an answer came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Joined(AssetId),
    /// It was answered meanwhile.
    NotAsked,
    Nobody,
    HasLeft,
    LoginTaken,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    provider: String,
    login: String,
    name: String,
    mail: Option<String>,
    employee_number: Option<String>,
    last_seen_at: DateTime<Utc>,
}

/// Accounts that wait, who tried last first; with each the people that it could be: the same login, mail or number.
///
/// # Errors
/// When the database does not answer.
pub async fn questions(tx: &mut Tx, limit: i64) -> Result<Vec<AccountQuestion>> {
    let rows: Vec<Row> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT id, provider, login, name, mail, employee_number, last_seen_at FROM identity WHERE person_id IS NULL
         ORDER BY last_seen_at DESC, id DESC LIMIT $1",
    ).bind(limit).fetch_all(c).await)?;
    let mut questions = Vec::with_capacity(rows.len());
    for row in rows {
        let candidates = candidates(tx, &row).await?;
        let Row { id, provider, login, name, mail, employee_number, last_seen_at } = row;
        questions.push(AccountQuestion { id, provider, login, name, mail, employee_number, last_seen_at, candidates });
    }
    Ok(questions)
}

async fn candidates(tx: &mut Tx, row: &Row) -> Result<Vec<PersonRef>> {
    let found: Vec<(AssetId, String, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, login, name, state FROM person WHERE merged_into_id IS NULL AND kind <> 'service'
             AND (login = $1 OR employee_number = $2 OR lower(mail) = lower($3))
         ORDER BY state = 'departed', login LIMIT 5",
    ).bind(person::login(&row.login)).bind(&row.employee_number).bind(&row.mail).fetch_all(c).await)?;
    let person = |(id, login, name, state): (AssetId, String, String, String)| {
        Ok(PersonRef { login, name, state: super::list::word("state", id, &state)? })
    };
    found.into_iter().map(person).collect()
}

/// Says whose an account is: from now on he comes in by it.
///
/// # Errors
/// When the database does not answer.
pub async fn answer(
    tx: &mut WriteTx,
    origin: &Origin,
    identity: i64,
    (whose, login): (Whose, &str),
    now: DateTime<Utc>,
) -> Result<Answered> {
    let row: Option<(String, String, String, Option<String>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT provider, login, name, mail FROM identity WHERE id = $1 AND person_id IS NULL",
    ).bind(identity).fetch_optional(c).await)?;
    let Some((provider, account, name, mail)) = row else { return Ok(Answered::NotAsked) };
    let known: Option<(AssetId, bool)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT coalesce(merged_into_id, id), state = 'departed' FROM person WHERE login = $1",
    ).bind(person::login(login)).fetch_optional(c).await)?;
    let person = match (whose, known) {
        (Whose::Known, None) => return Ok(Answered::Nobody),
        (Whose::Known, Some((_, true))) => return Ok(Answered::HasLeft),
        (Whose::Known, Some((id, false))) => id,
        (Whose::New, Some(_)) => return Ok(Answered::LoginTaken),
        (Whose::New, None) => person::create(tx, "person", login, &name, mail.as_deref(), now).await?,
    };
    on!(&mut *tx, c => sqlx::query("UPDATE identity SET person_id = $2 WHERE id = $1")
        .bind(identity).bind(person).execute(c).await.map(drop))?;
    let object = Object::new(ObjectKind::Person, person, person::login(login));
    tx.record(
        Act::new(origin, now, Event::IdentityJoined, object)
            .change(None::<&str>, Some(format!("{provider}: {account}"))),
    );
    Ok(Answered::Joined(person))
}
