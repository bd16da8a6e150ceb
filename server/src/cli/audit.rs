use crate::app::App;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::verify;
use crate::config::Config;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Prove or export the audit log
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the chain from its first row to its head; ends with 1 where it is broken
    Verify {
        /// Also compare with rows vouched for elsewhere: JSON lines of `seq` and `hash`
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
    /// Write every row as one JSON object a line; what is written was found right
    Export,
}

impl Audit {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let app = App::open(config).await?;
        let mut outside = Vec::new();
        let mut exports = false;
        match self.command {
            Command::Export => exports = true,
            Command::Verify { checkpoint: Some(file) } => {
                let name = file.display();
                let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
                for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                    let read: Checkpoint = serde_json::from_str(line)
                        .with_context(|| format!("{name}:{}: not a checkpoint", number + 1))?;
                    outside.push(read);
                }
                if outside.is_empty() {
                    bail!("{name}: holds no checkpoint; `reeve audit verify` prints one");
                }
            }
            Command::Verify { checkpoint: None } => {}
        }
        let checked = verify(&app.db, &outside, |entry| {
            if exports {
                say!("{}", crate::catalog::to_json(entry));
            }
        })
        .await?;
        app.db.close().await;
        match checked {
            Ok(whole) if !exports => {
                say!("intact: {} rows, {} to {}", whole.rows, whole.from + 1, whole.last);
                let at = crate::audit::moment(app.clock.now());
                say!("{}", serde_json::json!({ "seq": whole.last, "hash": whole.hash, "at": at }));
                Ok(ExitCode::SUCCESS)
            }
            Ok(_) => Ok(ExitCode::SUCCESS),
            Err(broken) => {
                eprintln!("reeve: the audit log is {broken}");
                Ok(ExitCode::FAILURE)
            }
        }
    }
}
