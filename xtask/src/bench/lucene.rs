//! Lucene beside Reeve: what a catalog on Elasticsearch or OpenSearch has inside, over the same tables and asked the same.

use super::ByKind;
use super::questions::Question;
use crate::shell::{output, root, run};
use anyhow::{Context, Result};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Lucene's libraries, fetched, and the program that uses them.
pub(super) struct Lucene {
    folder: PathBuf,
}

impl Lucene {
    /// Its index lies in `folder`, beside Reeve's.
    ///
    /// # Errors
    /// When Maven is not there or cannot fetch the libraries.
    pub(super) fn fetch(folder: &Path) -> Result<Self> {
        let mut maven = Command::new("mvn");
        maven.args(["-q", "-f"]).arg(source().join("pom.xml")).arg("dependency:copy-dependencies");
        run(&mut maven).context("Lucene's libraries: needs Maven and a JDK, 17 at least")?;
        Ok(Self { folder: folder.join("lucene") })
    }

    /// Indexes every table of the catalog anew.
    ///
    /// # Errors
    /// What the program says.
    pub(super) fn index(&self, catalog: &Path) -> Result<Duration> {
        let said = output(self.program("index").arg(catalog).arg(&self.folder));
        let seconds = said.as_deref().and_then(|said| said.trim().parse().ok());
        seconds.map(Duration::from_secs_f64).context("Lucene did not index")
    }

    /// Asks each question twice and measures the second time.
    ///
    /// # Errors
    /// What the program says.
    pub(super) fn search(&self, questions: &[Question]) -> Result<ByKind> {
        let mut lines = String::new();
        for Question { kind, text, facets } in questions {
            writeln!(lines, "{kind}\t{}\t{text}", if *facets { "facets" } else { "-" })?;
        }
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), lines)?;
        let said = output(self.program("search").arg(&self.folder).arg(file.path()));
        let said = said.context("Lucene did not search")?;
        let mut by_kind = ByKind::new();
        for (line, question) in said.lines().zip(questions) {
            let mut numbers = line.split('\t').skip(1).map(str::parse::<u64>);
            let (Some(Ok(micros)), Some(Ok(total))) = (numbers.next(), numbers.next()) else { continue };
            by_kind.entry(question.kind).or_default().add(micros, total == 0);
        }
        Ok(by_kind)
    }

    fn program(&self, command: &str) -> Command {
        let mut java = Command::new("java");
        java.arg("-Xmx3g").arg("-cp").arg(root().join("target/lucene/dependency/*"));
        java.arg(source().join("Beside.java")).arg(command);
        java
    }
}

fn source() -> PathBuf {
    root().join("tests/benches/lucene")
}
