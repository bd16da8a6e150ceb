use super::broken;
use crate::app::App;
use crate::audit::chain::Verifier;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::{Act, Object, Origin, Walk};
use anyhow::{Context, bail};
use clap::Args;
use reeve_model::audit::{Entry, Event, ObjectKind};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Check the chain from its first row to its head; ends with 1 where it is broken
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Also compare with rows vouched for elsewhere: JSON lines of `seq` and `hash`
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Also demand that every signed checkpoint is of this public key
    #[arg(long, value_name = "HEX")]
    key: Option<String>,
    /// Check an export or an archive instead; no database is needed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["checkpoint", "key"])]
    pub(super) file: Option<PathBuf>,
}

/// Write every row as one JSON object a line; what is written was found right
#[derive(Debug, Args)]
pub(super) struct Export {}

impl Verify {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let outside = match &self.checkpoint {
            Some(file) => read_checkpoints(file)?,
            None => Vec::new(),
        };
        let mut tx = app.db.read().await?;
        if let Some(key) = &self.key {
            let own = crate::audit::checkpoint::list(&mut tx).await?;
            let foreign = own.iter().find(|one| one.key.as_ref().is_some_and(|known| !known.eq_ignore_ascii_case(key)));
            if let Some(foreign) = foreign {
                eprintln!(
                    "reeve: the checkpoint of {} is signed by another key: {}",
                    foreign.seq,
                    foreign.key.as_deref().unwrap_or_default()
                );
                return Ok(ExitCode::FAILURE);
            }
        }
        let mut walk = Walk::begin(&mut tx, &outside).await?;
        loop {
            match walk.next(&mut tx).await? {
                Ok(rows) if rows.is_empty() => break,
                Ok(_) => {}
                Err(wrong) => return Ok(broken(wrong)),
            }
        }
        let whole = match walk.end(&mut tx).await? {
            Ok(whole) => whole,
            Err(wrong) => return Ok(broken(wrong)),
        };
        if whole.from > 0 {
            say!("1 to {} was archived; its checkpoint stands for it", whole.from);
        }
        match whole.rows {
            0 => say!("intact: no rows"),
            rows => say!("intact: {rows} rows, {} to {}", whole.from + 1, whole.last),
        }
        let at = crate::audit::moment(app.clock.now());
        say!("{}", serde_json::json!({ "seq": whole.last, "hash": whole.hash, "at": at }));
        Ok(ExitCode::SUCCESS)
    }
}

impl Export {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let mut tx = app.db.write().await?;
        let object = Object::new(ObjectKind::Audit, "all", "audit log");
        tx.record(Act::new(&Origin::command_line(), app.clock.now(), Event::AuditExported, object));
        tx.commit().await?;
        let mut tx = app.db.read().await?;
        let mut walk = Walk::begin(&mut tx, &[]).await?;
        loop {
            let rows = match walk.next(&mut tx).await? {
                Ok(rows) if rows.is_empty() => break,
                Ok(rows) => rows,
                Err(wrong) => return Ok(broken(wrong)),
            };
            crate::cli::print(lines(&rows));
        }
        match walk.end(&mut tx).await? {
            Ok(_) => Ok(ExitCode::SUCCESS),
            Err(wrong) => Ok(broken(wrong)),
        }
    }
}

/// Rows as JSON lines.
pub(super) fn lines(rows: &[Entry]) -> String {
    rows.iter().map(|row| crate::catalog::to_json(row) + "\n").collect()
}

fn read_checkpoints(file: &Path) -> anyhow::Result<Vec<Checkpoint>> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read: anyhow::Result<Vec<Checkpoint>> = lines
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| format!("{name}:{}: not a checkpoint", number + 1))
        })
        .collect();
    let read = read?;
    if read.is_empty() {
        bail!("{name}: holds no checkpoint; `reeve audit checkpoint` prints one");
    }
    Ok(read)
}

/// Checks an export by itself: its rows in their order, from whichever it begins with.
pub(super) fn file(file: &Path) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let lines = BufReader::new(File::open(file).with_context(|| format!("cannot read {name}"))?).lines();
    let mut verifier: Option<Verifier> = None;
    let mut first = 0;
    for (number, line) in lines.enumerate() {
        let line = line.with_context(|| format!("{name}:{}: cannot be read", number + 1))?;
        if line.trim().is_empty() {
            continue;
        }
        let row: Entry =
            serde_json::from_str(&line).with_context(|| format!("{name}:{}: not a row of an audit log", number + 1))?;
        let verifier = verifier.get_or_insert_with(|| {
            first = row.seq;
            Verifier::after(row.seq - 1, row.prev.clone())
        });
        if let Err(wrong) = verifier.push(&row) {
            eprintln!("{name}:{}:", number + 1);
            return Ok(broken(wrong));
        }
    }
    let Some(verifier) = verifier else { bail!("{name}: holds no rows") };
    match verifier.end(None) {
        Ok((last, hash, rows)) => {
            say!("intact: {rows} rows, {first} to {last}");
            say!("{}", serde_json::json!({ "seq": last, "hash": hash }));
            Ok(ExitCode::SUCCESS)
        }
        Err(wrong) => Ok(broken(wrong)),
    }
}
