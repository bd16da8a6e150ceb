//! The command line: one file per subcommand.

/// [`print`]s a line.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::print(format_args!("{}\n", format_args!($($text)*))) };
}

mod audit;
mod config;
mod crawl;
mod doctor;
mod index;
mod input;
mod migrate;
mod personal_data;
mod retention;
mod search;
mod serve;
mod token;
mod user;

use crate::config::{Config, LogFormat};
use clap::{Parser, Subcommand};
use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use tracing_subscriber::EnvFilter;

/// Reeve: metadata catalog and governance portal for on-premises data platforms
#[derive(Debug, Parser)]
#[command(name = "reeve", version, max_term_width = 100)]
pub struct Cli {
    /// The configuration file
    #[arg(long, global = true, default_value = "reeve.toml", value_name = "FILE", env = "REEVE_CONFIG")]
    config: PathBuf,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the portal: pages, API, jobs and the search index
    Serve(serve::Serve),
    /// Read a source into the catalog, now and in this process
    Crawl(crawl::Crawl),
    /// Search the catalog from the command line
    Search(search::Search),
    /// Look after the search index
    Index(index::Index),
    /// Bring the database to this version's tables
    Migrate(migrate::Migrate),
    /// Check database, index, sources, clock and disk, and say what to do
    Doctor(doctor::Doctor),
    /// Prove or export the audit log
    Audit(audit::Audit),
    /// Say which columns of a file hold personal data
    PersonalData(personal_data::PersonalData),
    /// Say how long data is kept: read partition names as days
    Retention(retention::Retention),
    /// Look after who may sign in: add, list, link, role, disable
    User(user::User),
    /// Look after API tokens: create, list, revoke
    Token(token::Token),
    /// Show the configuration, or the schema of its file
    Config(config::Show),
}

/// Something was not written that somebody wanted to read: the command fails at its end.
static OUTPUT_LOST: AtomicBool = AtomicBool::new(false);

/// Writes to standard output. A reader that has gone (`reeve search order | head -1`) is no failure: nobody is left to
/// be told.
fn print(text: impl Display) {
    let written = std::io::stdout().write_fmt(format_args!("{text}"));
    match written.and_then(|()| std::io::stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe && !OUTPUT_LOST.swap(true, Ordering::Relaxed) => {
            eprintln!("error: cannot write to standard output: {error}");
        }
        _ => {}
    }
}

/// Runs the command and says on standard error why it failed.
pub async fn run(cli: Cli) -> ExitCode {
    match dispatch(cli).await {
        Ok(_) if OUTPUT_LOST.load(Ordering::Relaxed) => ExitCode::FAILURE,
        Ok(code) => code,
        Err(error) => {
            eprintln!("reeve: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Command::Config(command) = &cli.command
        && command.schema
    {
        return Ok(command.print_schema());
    }
    let command = match cli.command {
        Command::PersonalData(command) => return command.run(),
        Command::Retention(command) => return command.run(),
        other => other,
    };
    let config = crate::config::load(&cli.config)?;
    match command {
        Command::Serve(command) => {
            log(&config, "info")?;
            command.run(config).await
        }
        Command::Crawl(command) => {
            log(&config, "warn")?;
            command.run(config).await
        }
        Command::Search(command) => {
            log(&config, "error")?;
            command.run(config).await
        }
        Command::Index(command) => {
            log(&config, "warn")?;
            command.run(config).await
        }
        Command::Migrate(command) => {
            log(&config, "warn")?;
            command.run(config).await
        }
        Command::Doctor(command) => {
            log(&config, "error")?;
            command.run(config).await
        }
        Command::Audit(command) => {
            log(&config, "warn")?;
            command.run(config).await
        }
        Command::PersonalData(command) => command.run(),
        Command::Retention(command) => command.run(),
        Command::User(command) => {
            log(&config, "warn")?;
            command.run(config).await
        }
        Command::Token(command) => {
            log(&config, "warn")?;
            command.run(config).await
        }
        Command::Config(command) => command.run(&config),
    }
}

/// Logs go to standard error, so that what a command prints stays clean. `serve` logs what the
/// configuration says; the others stay quiet unless RUST_LOG asks.
fn log(config: &Config, level: &str) -> anyhow::Result<()> {
    let filter = match (std::env::var("RUST_LOG"), level) {
        (Ok(filter), _) => EnvFilter::try_new(filter)?,
        (Err(_), "info") => EnvFilter::try_new(&config.log.filter)?,
        (Err(_), level) => EnvFilter::try_new(level)?,
    };
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => subscriber.init(),
        LogFormat::Json => subscriber.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Waits for Ctrl-C or SIGTERM.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!("cannot watch for SIGTERM: {error}");
            let _ = interrupt.await;
        }
    }
}
