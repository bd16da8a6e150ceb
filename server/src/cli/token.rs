use super::user;
use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::auth::token;
use crate::config::Config;
use anyhow::bail;
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use reeve_model::Word;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::permission::Scope;
use std::process::ExitCode;

/// Look after API tokens: create, list, revoke
#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a token and print it; it is shown this once
    Create {
        /// Whose token it is: it may never do more than he
        login: String,
        /// Where it will be used
        #[arg(long)]
        name: String,
        /// May be given several times
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope, default_value = "catalog:read")]
        scopes: Vec<Scope>,
        /// When it expires, in days from now
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=180))]
        days: i64,
    },
    /// List a person's tokens
    List { login: String },
    /// Revoke a token by its number
    Revoke { login: String, id: i64 },
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| format!("no scope is named `{text}`: it is one of {}", Scope::words().join(", ")))
}

impl Token {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let app = App::open(config).await?;
        let now = app.clock.now();
        match self.command {
            Command::Create { login, name, scopes, days } => {
                let person = user::find(&app, &login).await?;
                let mut tx = app.db.write().await?;
                let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                let words = words.join(" ");
                let scopes = scopes.into_iter().collect();
                let lives = TimeDelta::days(days);
                let (id, token) = token::create(&mut tx, person, &name, &scopes, lives, "command-line", now).await?;
                let object = Object::new(ObjectKind::Token, id, format!("{login}: {name}"));
                let act = Act::new(&Origin::command_line(), now, Event::TokenCreated, object);
                tx.record(act.change(None::<&str>, Some(words)));
                tx.commit().await?;
                say!("{token}");
            }
            Command::List { login } => {
                let person = user::find(&app, &login).await?;
                for token in token::list(&mut app.db.read().await?, person).await? {
                    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
                    let expires = token.expires_at.format("%Y-%m-%d");
                    say!("{}\t{}...\t{}\t{}\tuntil {expires}", token.id, token.hint, token.name, scopes.join(" "));
                }
            }
            Command::Revoke { login, id } => {
                let person = user::find(&app, &login).await?;
                let mut tx = app.db.write().await?;
                if !token::revoke(&mut tx, person, id, now).await? {
                    bail!("{login} has no token {id}: `reeve token list {login}` shows them");
                }
                let object = Object::new(ObjectKind::Token, id, &login);
                tx.record(Act::new(&Origin::command_line(), now, Event::TokenRevoked, object));
                tx.commit().await?;
                say!("revoked");
            }
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
