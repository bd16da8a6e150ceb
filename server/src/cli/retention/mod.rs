mod dates;

use clap::{Args, Subcommand};
use std::process::ExitCode;

/// How long data is kept, and what that is counted from
#[derive(Debug, Args)]
pub(super) struct Retention {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dates(dates::Dates),
}

impl Retention {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Dates(command) => command.run(),
        }
    }
}
