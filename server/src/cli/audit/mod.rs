mod checkpoint;
mod drop;
mod redact;
mod verify;

use crate::app::App;
use crate::config::Config;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Prove, export or shorten the audit log
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(verify::Verify),
    Export(verify::Export),
    Checkpoint(checkpoint::Checkpoint),
    Drop(drop::DropRows),
    Redact(redact::Redact),
}

impl Audit {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        if let Command::Verify(verify::Verify { file: Some(file), .. }) = &self.command {
            return verify::file(file);
        }
        let app = App::open(config).await?;
        let ended = match self.command {
            Command::Verify(command) => command.run(&app).await,
            Command::Export(command) => command.run(&app).await,
            Command::Checkpoint(command) => command.run(&app).await,
            Command::Drop(command) => command.run(&app).await,
            Command::Redact(command) => command.run(&app).await,
        };
        app.db.close().await;
        ended
    }
}

/// Says on standard error what is wrong.
fn broken(broken: crate::audit::chain::Broken) -> ExitCode {
    eprintln!("reeve: the audit log is {broken}");
    ExitCode::FAILURE
}
