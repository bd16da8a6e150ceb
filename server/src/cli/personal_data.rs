use super::input::{self, Wrong, text};
use clap::{Args, Subcommand};
use reeve_model::Word;
use reeve_model::personal_data::{RULES, classify};
use std::fmt::Write as _;
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
    /// The file is UTF-8 and tab-separated, with a header that names `table`, `column`, `type` and `comment` in any
    /// order. What a line leaves out at its end is unknown. For each line: `class` (none, indirect, direct, sensitive)
    /// and `reason`.
    Check {
        /// The file, or `-` for standard input
        file: PathBuf,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

const NAMES: [&str; 4] = ["table", "column", "type", "comment"];

/// How much is written at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// Table, column, type and comment.
type Row<'a> = [&'a str; 4];

impl PersonalData {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Command::Check { file, json } = self.command;
        let name = file.display();
        let bytes = input::read(&file)?;
        // Nothing is printed of a file that cannot be read to its end.
        let rows =
            text(&bytes).and_then(rows).map_err(|(line, problem)| anyhow::anyhow!("{name}:{line}: {problem}"))?;
        let mut out = String::with_capacity(2 * CHUNK);
        if !json {
            out += "table\tcolumn\tclass\treason\n";
        }
        for [table, column, data_type, comment] in rows {
            let found = classify(table, column, data_type, comment);
            let (class, why) = (found.class.as_str(), found.reason);
            if json {
                let object = serde_json::json!({
                    "table": table, "column": column, "class": class, "reason": format!("{} ({})", why.en, why.ko),
                    "reason_ko": why.ko, "reason_en": why.en, "rules": RULES,
                });
                let _ = writeln!(out, "{object}");
            } else {
                let _ = writeln!(out, "{table}\t{column}\t{class}\t{} ({})", why.en, why.ko);
            }
            if out.len() > CHUNK {
                super::print(&out);
                out.clear();
            }
        }
        super::print(out);
        Ok(ExitCode::SUCCESS)
    }
}

fn rows(text: &str) -> Result<Vec<Row<'_>>, Wrong> {
    let mut lines = text.lines().enumerate();
    let header = lines.next().map(|(_, header)| header).filter(|header| !header.trim().is_empty());
    let Some(header) = header else {
        return Err((1, format!("empty: the first line is a header: {} with tabs between", NAMES.join(", "))));
    };
    let heads: Vec<String> = header.split('\t').map(|head| head.trim().trim_matches('"').to_lowercase()).collect();
    let mut at = [0; 4];
    for (place, wanted) in at.iter_mut().zip(NAMES) {
        let Some(found) = heads.iter().position(|head| head == wanted) else {
            let shown: String = header.chars().take(60).collect();
            return Err((
                1,
                format!(
                    "the header has no `{wanted}`: it names {} with tabs between, and is `{shown}`",
                    NAMES.join(", ")
                ),
            ));
        };
        *place = found;
    }
    let mut rows = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let row = at.map(|index| cells.get(index).copied().unwrap_or_default());
        if row[1].is_empty() || cells.len() > heads.len() {
            let problem = format!(
                "{} cells, and the header has {}: give {} with tabs between, and a column in every line",
                cells.len(),
                heads.len(),
                NAMES.join(", ")
            );
            return Err((number + 1, problem));
        }
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<Vec<Row<'_>>, Wrong> {
        text(bytes).and_then(rows)
    }

    #[test]
    fn files_as_they_come() {
        let expected = vec![["t", "c", "int", "회원번호"], ["t", "d", "", ""]];
        for good in [
            "table\tcolumn\ttype\tcomment\nt\tc\tint\t회원번호\nt\td\t\t\n",
            "\u{feff}table\tcolumn\ttype\tcomment\r\nt\tc\tint\t회원번호\r\n\r\nt\td\r\n",
            "COMMENT\tTYPE\tTable\tColumn\textra\n회원번호\tint\tt\tc\tx\n\t\tt\td",
        ] {
            assert_eq!(read(good.as_bytes()), Ok(expected.clone()), "{good}");
        }
        for (bad, line, word) in [
            (&b""[..], 1, "header"),
            (b"\n\n", 1, "header"),
            (b"a\tb\n", 1, "`table`"),
            (b"table,column,type,comment\n", 1, "tabs"),
            (b"table\tcolumn\ttype\n", 1, "`comment`"),
            (b"table\tcolumn\ttype\tcomment\nt\tc\tint\tx\ty\n", 2, "5 cells"),
            (b"table\tcolumn\ttype\tcomment\nt\tc\tint\tx\n\nt\n", 4, "1 cells"),
            (b"table\tcolumn\ttype\tcomment\nt\tc\tint\t\xc8\xb8\xbf\xf8\n", 2, "cp949"),
            (b"\xff\xfet\0a\0", 1, "UTF-16"),
        ] {
            let (at, problem) = read(bad).unwrap_err();
            assert!(at == line && problem.contains(word), "{at}: {problem}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_by_line(bytes in prop::collection::vec(any::<u8>(), 0..200), begin in any::<bool>()) {
            let mut all = if begin { b"table\tcolumn\ttype\tcomment\n".to_vec() } else { Vec::new() };
            all.extend(bytes);
            if let Err((line, problem)) = read(&all) {
                prop_assert!(line >= 1 && !problem.is_empty());
            }
        }
    }
}
