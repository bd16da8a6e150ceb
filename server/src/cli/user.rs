use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::auth::{local, person, session};
use crate::config::Config;
use crate::db::on;
use crate::owners::succession;
use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::permission::Role;
use reeve_model::{AssetId, Word};
use std::process::ExitCode;

/// Look after who may sign in: add, list, link, role, disable
#[derive(Debug, Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a person with a local account, and print the link that sets its password
    Add {
        login: String,
        /// As people write it; the login where it is not given
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        mail: Option<String>,
        /// May be given several times
        #[arg(long = "role", value_name = "ROLE", value_parser = role)]
        roles: Vec<Role>,
        /// A machine's account: it has tokens and no password
        #[arg(long)]
        service: bool,
    },
    /// List people and service accounts with their roles
    List,
    /// Print a one-time link by which a person sets his password
    Link { login: String },
    /// Give a role, or take it
    Role {
        login: String,
        #[arg(value_parser = role)]
        role: Role,
        #[arg(long)]
        remove: bool,
    },
    /// End a person's sessions and refuse his sign-ins and tokens
    Disable {
        login: String,
        /// Let him in again
        #[arg(long)]
        undo: bool,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| format!("no role is named `{text}`: it is one of {}", Role::words().join(", ")))
}

/// Who did it, where the command line does.
const BY: &str = "command-line";

impl User {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let app = App::open(config).await?;
        let now = app.clock.now();
        let origin = Origin::command_line();
        match self.command {
            Command::Add { login, name, mail, roles, service } => {
                let login = person::login(&login);
                let plain = |c: char| c.is_alphanumeric() || ".-_@".contains(c);
                if login.is_empty() || !login.chars().all(plain) {
                    bail!("login `{login}`: use letters, digits, `.`, `-`, `_` and `@`");
                }
                let mut tx = app.db.write().await?;
                if person::find(&mut tx, &login).await?.is_some() {
                    bail!(
                        "there is somebody with the login {login} already: `reeve user link {login}` gives him a password"
                    );
                }
                let kind = if service { "service_account" } else { "person" };
                let name = name.unwrap_or_else(|| login.clone());
                let id = person::create(&mut tx, kind, &login, &name, mail.as_deref(), now).await?;
                let whom = if service { ObjectKind::ServiceAccount } else { ObjectKind::Person };
                let about = |event| Act::new(&origin, now, event, Object::new(whom, id, &login));
                tx.record(about(Event::AccountMade));
                for role in roles {
                    person::assign(&mut tx, id, role, true, BY, now).await?;
                    tx.record(about(Event::RoleGiven).change(None::<&str>, Some(role.as_str())));
                }
                let link = if service { None } else { Some(local::make_link(&mut tx, id, now).await?) };
                if link.is_some() {
                    tx.record(about(Event::LinkMade));
                }
                tx.commit().await?;
                say!("added {login}");
                if let Some(link) = link {
                    say!("{}", link_text(&app, &link));
                }
            }
            Command::List => list(&app).await?,
            Command::Link { login } => {
                let id = find(&app, &login).await?;
                let mut tx = app.db.write().await?;
                let link = local::make_link(&mut tx, id, now).await?;
                tx.record(Act::new(&origin, now, Event::LinkMade, Object::new(ObjectKind::Person, id, &login)));
                tx.commit().await?;
                say!("{}", link_text(&app, &link));
            }
            Command::Role { login, role, remove } => {
                let id = find(&app, &login).await?;
                let mut tx = app.db.write().await?;
                person::assign(&mut tx, id, role, !remove, BY, now).await?;
                // At every change of privilege one signs in anew.
                session::end_all(&mut tx, id).await?;
                let (event, before, after) =
                    if remove { (Event::RoleTaken, Some(role), None) } else { (Event::RoleGiven, None, Some(role)) };
                let act = Act::new(&origin, now, event, Object::new(ObjectKind::Person, id, &login));
                tx.record(act.change(before.map(Word::as_str), after.map(Word::as_str)));
                tx.commit().await?;
                say!("{login}: {} {}", if remove { "no longer" } else { "now" }, role.as_str());
            }
            Command::Disable { login, undo } => {
                let id = find(&app, &login).await?;
                let mut tx = app.db.write().await?;
                let at = (!undo).then_some(now);
                on!(&mut tx, c => sqlx::query("UPDATE person SET disabled_at = $2 WHERE id = $1")
                    .bind(id).bind(at).execute(c).await.map(drop))?;
                session::end_all(&mut tx, id).await?;
                let event = if undo { Event::AccountEnabled } else { Event::AccountDisabled };
                tx.record(Act::new(&origin, now, event, Object::new(ObjectKind::Person, id, &login)));
                // What he answers for gets a case, or has it closed.
                succession::review(&mut tx, &app.post, app.config.people.succession_days, now).await?;
                tx.commit().await?;
                say!("{login}: {}", if undo { "may sign in again" } else { "disabled" });
            }
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(app: &App) -> anyhow::Result<()> {
    let rows: Vec<(String, String, String, Option<DateTime<Utc>>, Option<String>)> = {
        let mut tx = app.db.read().await?;
        on!(&mut tx, c => sqlx::query_as(
            "SELECT p.login, p.name, p.state, p.disabled_at, r.role FROM person p
             LEFT JOIN role_assignment r ON r.person_id = p.id ORDER BY p.login, r.role",
        ).fetch_all(c).await)?
    };
    let mut before = String::new();
    for (login, name, state, disabled_at, role) in rows {
        if login != before {
            let state = if disabled_at.is_some() { "disabled" } else { &state };
            say!("{login}\t{name}\t{state}");
            before = login;
        }
        if let Some(role) = role {
            say!("\t{role}");
        }
    }
    Ok(())
}

pub(super) async fn find(app: &App, login: &str) -> anyhow::Result<AssetId> {
    let mut tx = app.db.read().await?;
    let found = person::find(&mut tx, login).await?;
    found.with_context(|| format!("nobody has the login {login}: `reeve user list` shows them"))
}

fn link_text(app: &App, link: &str) -> String {
    format!("{}\nIt is good once, for 24 hours.", local::link_address(&app.config, link))
}
