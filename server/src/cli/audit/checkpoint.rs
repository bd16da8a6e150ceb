use super::broken;
use crate::app::App;
use crate::audit::checkpoint::{Signer, add};
use crate::audit::{Act, Object, Origin, verify};
use clap::Args;
use reeve_model::audit::{Event, ObjectKind};
use std::path::PathBuf;
use std::process::ExitCode;

/// Check the log, sign its last row and print that; keep the line where nobody of this machine can change it
#[derive(Debug, Args)]
pub(super) struct Checkpoint {
    /// The key; made where there is none. Without it `audit.key` in the data folder
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl Checkpoint {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let whole = match verify(&app.db, &[], |_| {}).await? {
            Ok(whole) => whole,
            Err(wrong) => return Ok(broken(wrong)),
        };
        if whole.rows == 0 {
            say!("no rows since the last checkpoint of {}", whole.from);
            return Ok(ExitCode::SUCCESS);
        }
        let file = self.key_file.unwrap_or_else(|| app.config.data_dir().join("audit.key"));
        let signer = Signer::open(&file)?;
        let now = app.clock.now();
        let checkpoint = signer.sign(whole.last, &whole.hash, &crate::audit::moment(now));
        let mut tx = app.db.write().await?;
        if !add(&mut tx, &checkpoint).await? {
            say!("there is a checkpoint of {} already", checkpoint.seq);
            return Ok(ExitCode::SUCCESS);
        }
        let object = Object::new(ObjectKind::Audit, checkpoint.seq, format!("checkpoint {}", checkpoint.seq));
        tx.record(Act::new(&Origin::command_line(), now, Event::AuditCheckpoint, object));
        tx.commit().await?;
        say!("{}", crate::catalog::to_json(&checkpoint));
        Ok(ExitCode::SUCCESS)
    }
}
