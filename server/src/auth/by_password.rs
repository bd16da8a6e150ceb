//! A name and a password: whose they are, by the local accounts or by the directories.

use super::ldap::NoAnswer;
use super::{Admitted, From, Verified, admit, device, local, person};
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use reeve_model::AssetId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::problem::AuthRefusal;

/// What became of a name and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This person, by this provider: `local`, or as reeve.toml names it.
    In {
        person: AssetId,
        provider: String,
    },
    /// Wrong, disabled or nobody: all alike.
    Wrong,
    /// Right, and he has left or was disabled; told as wrong is.
    Departed,
    /// The password is right, and it cannot be told whose account it is.
    Question,
    /// A directory did not answer, and nobody else knew the name and password.
    NoAnswer,
    Refused(AuthRefusal),
}

/// `device`: what the cookie of a known browser holds. Asks the local accounts and, unless that was it, each directory in turn. A failure has asked all of them, whoever it was, so
/// that the time tells nothing of who exists where.
///
/// # Errors
/// When the database does not answer.
pub async fn by_password(
    app: &App,
    origin: &Origin,
    device: Option<&str>,
    (login, password): (&str, &str),
) -> anyhow::Result<Outcome> {
    let (auth, now) = (&app.auth, app.clock.now());
    let known = match device {
        Some(token) => device::find(&mut app.db.read().await?, token, login).await?,
        None => None,
    };
    let from = known.map_or(From::Address(origin.address), From::Device);
    let local = match app.config.auth.local.enabled {
        true => local::verify(auth, &app.db, login, password.to_owned(), &from, now).await?,
        false => match auth.throttle.attempt(&person::login(login), &from, now) {
            Ok(()) => Ok(None),
            Err(seconds) => Err(AuthRefusal::SlowDown { seconds }),
        },
    };
    match local {
        Ok(Some(person)) => return Ok(Outcome::In { person, provider: "local".to_owned() }),
        Ok(None) => {}
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    }
    let mut silent = false;
    for directory in &auth.directories {
        match directory.verify(login.trim(), password, now).await {
            Ok(None) => {}
            Ok(Some(verified)) => {
                auth.throttle.forgive(&person::login(login), &from);
                return Ok(match enter(app, origin, &verified).await? {
                    Admitted::Person(person) => Outcome::In { person, provider: verified.provider },
                    Admitted::Question { .. } => Outcome::Question,
                    Admitted::Refused(_) => Outcome::Departed,
                });
            }
            Err(NoAnswer::Busy) => return Ok(Outcome::Refused(AuthRefusal::Busy)),
            Err(failure) => {
                tracing::error!("sign-in at the directory {}: {failure}", directory.name());
                silent = true;
            }
        }
    }
    Ok(if silent { Outcome::NoAnswer } else { Outcome::Wrong })
}

/// Takes in whom a provider has verified, and writes down who stays outside.
///
/// # Errors
/// When the database does not answer.
pub async fn enter(app: &App, origin: &Origin, verified: &Verified) -> anyhow::Result<Admitted> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let admitted = admit(&mut tx, verified, now).await?;
    let refused = match admitted {
        Admitted::Person(_) => None,
        Admitted::Question { identity } => Some((format!("identity/{identity}"), "question")),
        Admitted::Refused(person) => Some((person.to_string(), "departed_or_disabled")),
    };
    if let Some((id, why)) = refused {
        let object = Object::new(ObjectKind::Person, id, &verified.login);
        let act = Act::new(origin, now, Event::SignInRefused, object).change(None::<&str>, Some(&verified.provider));
        tx.record(act.because(why));
    }
    tx.commit().await?;
    Ok(admitted)
}
