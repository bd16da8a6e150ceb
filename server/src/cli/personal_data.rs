use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use reeve_model::Word;
use reeve_model::personal_data::{RULES, classify};
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

/// Which columns hold personal data, by their names, types and comments
#[derive(Debug, Args)]
pub(super) struct PersonalData {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge the columns of a file; no catalog is needed
    ///
    /// The file is tab-separated with a header that names `table`, `column`, `type` and `comment`.
    Check {
        /// The file, or `-` for standard input
        file: PathBuf,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

const NAMES: [&str; 4] = ["table", "column", "type", "comment"];

impl PersonalData {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Command::Check { file, json } = self.command;
        let name = file.display();
        let mut bytes = Vec::new();
        if file.as_os_str() == "-" {
            std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
        } else {
            bytes = std::fs::read(&file).with_context(|| format!("cannot read {name}"))?;
        }
        let text = String::from_utf8(bytes)
            .map_err(|error| anyhow::anyhow!("{name}: not UTF-8 at byte {}", error.utf8_error().valid_up_to()))?;
        let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let Some((_, header)) = lines.next() else {
            bail!("{name}: empty; its first line is a header: {}", NAMES.join(" "))
        };
        let heads: Vec<String> = header.split('\t').map(|head| head.trim().to_lowercase()).collect();
        let mut at = [0; 4];
        for (place, wanted) in at.iter_mut().zip(NAMES) {
            let Some(found) = heads.iter().position(|head| head == wanted) else {
                bail!("{name}:1: the header has no `{wanted}`; it names {} with tabs between", NAMES.join(", "))
            };
            *place = found;
        }
        if !json {
            say!("table\tcolumn\tclass\treason");
        }
        for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            let cell = |index: usize| cells.get(at[index]).copied().unwrap_or_default();
            let [table, column, data_type, comment] = [0, 1, 2, 3].map(cell);
            if column.is_empty() || cells.len() > heads.len() {
                bail!(
                    "{name}:{}: {} cells, and the header has {}: give table, column, type and comment with tabs between",
                    number + 1,
                    cells.len(),
                    heads.len()
                );
            }
            let found = classify(table, column, data_type, comment);
            let (class, why) = (found.class.as_str(), found.reason);
            if json {
                let object = serde_json::json!({
                    "table": table, "column": column, "class": class, "reason": format!("{} ({})", why.en, why.ko),
                    "reason_ko": why.ko, "reason_en": why.en, "rules": RULES,
                });
                say!("{object}");
            } else {
                say!("{table}\t{column}\t{class}\t{} ({})", why.en, why.ko);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
