use crate::app::App;
use crate::audit::{Act, Object, Origin, list};
use crate::db::on;
use anyhow::{Context, bail};
use clap::Args;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::visibility::Hidden;
use std::process::ExitCode;

/// Erase what a row says of people: its object's name, before, after and reason. The chain still holds, and the log
/// says who erased it. Exports that were made before still have it
#[derive(Debug, Args)]
pub(super) struct Redact {
    seq: i64,
    /// Why; it stays in the log
    #[arg(long, value_name = "REASON")]
    because: String,
}

impl Redact {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let seq = self.seq;
        if self.because.trim().is_empty() {
            bail!("say why: --because REASON");
        }
        let mut tx = app.db.write().await?;
        let row =
            list::entry(&mut tx, seq, &Hidden::NOTHING).await?.with_context(|| format!("there is no row {seq}"))?;
        if row.is_erased() {
            bail!("the content of row {seq} is gone already");
        }
        on!(&mut tx, c => sqlx::query(
            "UPDATE audit SET object_name = NULL, old_value = NULL, new_value = NULL, reason = NULL, salt = NULL WHERE seq = $1",
        ).bind(seq).execute(c).await.map(drop))?;
        let object = Object::new(ObjectKind::Audit, seq, format!("row {seq}"));
        let act = Act::new(&Origin::command_line(), app.clock.now(), Event::AuditErased, object);
        tx.record(act.because(&self.because));
        tx.commit().await?;
        say!("the content of row {seq} is erased; the chain holds");
        Ok(ExitCode::SUCCESS)
    }
}
