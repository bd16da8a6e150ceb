use super::broken;
use super::verify::lines;
use crate::app::App;
use crate::audit::checkpoint::{self, mark_dropped, remove_dropped};
use crate::audit::{Act, Object, Origin, Walk, verify};
use anyhow::{Context, bail};
use clap::Args;
use reeve_model::audit::{Event, ObjectKind};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Move everything up to a checkpoint into a file; the rest still verifies
#[derive(Debug, Args)]
pub(super) struct DropRows {
    /// The number of the checkpoint: the last row that goes
    #[arg(long, value_name = "CHECKPOINT")]
    before: i64,
    /// Where the rows go, as JSON lines; it must not exist
    #[arg(long, value_name = "FILE")]
    archive: PathBuf,
}

impl DropRows {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let mut tx = app.db.read().await?;
        let known = checkpoint::list(&mut tx).await?;
        drop(tx);
        let Some(found) = known.iter().find(|one| one.seq == self.before && one.signature.is_some()) else {
            let signed: Vec<String> =
                known.iter().filter(|one| one.signature.is_some()).map(|one| one.seq.to_string()).collect();
            bail!("there is no signed checkpoint of {}: there are [{}]", self.before, signed.join(", "));
        };
        if found.dropped_at.is_some() || known.iter().any(|one| one.dropped_at.is_some() && one.seq > self.before) {
            bail!("everything up to {} is gone already", self.before);
        }
        if let Err(wrong) = verify(&app.db, &[], |_| {}).await? {
            return Ok(broken(wrong));
        }
        let rows = self.write(app).await?;
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        mark_dropped(&mut tx, self.before, &crate::audit::moment(now)).await?;
        let object = Object::new(ObjectKind::Audit, self.before, format!("up to {}", self.before));
        let act = Act::new(&Origin::command_line(), now, Event::AuditDropped, object);
        tx.record(act.change(Some(format!("{rows} rows")), None::<String>));
        tx.commit().await?;
        while {
            let mut tx = app.db.write().await?;
            let removed = remove_dropped(&mut tx).await?;
            tx.commit().await?;
            removed > 0
        } {}
        say!("{rows} rows up to {} are in {}", self.before, self.archive.display());
        Ok(ExitCode::SUCCESS)
    }

    /// What is to go is on the disk before anything goes.
    async fn write(&self, app: &App) -> anyhow::Result<u64> {
        let name = self.archive.display();
        let mut file = File::create_new(&self.archive).with_context(|| format!("cannot make {name}"))?;
        let mut tx = app.db.read().await?;
        let mut walk = Walk::begin(&mut tx, &[]).await?;
        let mut count = 0;
        loop {
            let rows = walk.next(&mut tx).await?.map_err(|wrong| anyhow::anyhow!("the audit log is {wrong}"))?;
            let old: Vec<_> = rows.iter().take_while(|row| row.seq <= self.before).cloned().collect();
            file.write_all(lines(&old).as_bytes()).with_context(|| format!("cannot write {name}"))?;
            count += u64::try_from(old.len()).unwrap_or_default();
            if old.len() < rows.len() || rows.is_empty() {
                break;
            }
        }
        file.sync_all().with_context(|| format!("cannot write {name}"))?;
        Ok(count)
    }
}
