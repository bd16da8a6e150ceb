//! The real `reeve` program.

use crate::app::TestApp;
use crate::database::{Database, Own};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A folder with a `reeve.toml`, a database and the program to run on them.
pub struct Reeve {
    folder: TempDir,
    /// `None` where it belongs to a [`TestApp`].
    database: Option<Own>,
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Reeve {
    /// A new folder whose `reeve.toml` holds `sections` and the database.
    pub async fn new(database: Database, sections: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Own::create(database).await;
        let url = database
            .config
            .url
            .as_ref()
            .map_or(String::new(), |url| format!("[database]\nurl = \"{}\"\n", url.expose()));
        let text = format!("[server]\nlisten = \"127.0.0.1:0\"\n{url}{sections}");
        std::fs::write(folder.path().join("reeve.toml"), text).expect("reeve.toml can be written");
        Self { folder, database: Some(database) }
    }

    /// The program on the data of a server that runs.
    pub fn beside(app: &TestApp) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = &app.app.config;
        let mut table = toml::Table::try_from(&**config).expect("a configuration can be written");
        // What is written of an address has no password.
        if let Some(url) = &config.database.url {
            table["database"]["url"] = url.expose().into();
        }
        let text = table.to_string();
        std::fs::write(folder.path().join("reeve.toml"), text).expect("reeve.toml can be written");
        Self { folder, database: None }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with these arguments, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.arg("--config").arg(self.folder.path().join("reeve.toml")).args(arguments);
        command
    }

    /// Runs to the end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        end(&mut self.command(arguments)).await
    }

    /// Runs to the end, which must be a good one.
    pub async fn succeed(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments).await;
        assert_eq!(ended.code, Some(0), "reeve {arguments:?}: {ended:?}");
        ended
    }

    /// Starts it; [`Child::kill`] is `kill -9`.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("reeve starts")
    }

    /// Opens the same database and index in this process.
    pub async fn open(&self) -> reeve::app::App {
        let config =
            reeve::config::load(&self.folder.path().join("reeve.toml")).unwrap_or_else(|error| panic!("{error}"));
        reeve::app::App::open(config).await.unwrap_or_else(|error| panic!("{error:#}"))
    }

    pub async fn remove(self) {
        if let Some(database) = self.database {
            database.drop().await;
        }
    }
}

/// The program with an environment of its own, without any configuration.
pub fn program() -> Command {
    let mut command = Command::new(path());
    command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .env_remove("REEVE_CONFIG")
        .env_remove("REEVE_DATABASE_URL")
        .env_remove("RUST_LOG");
    command
}

/// Runs a command to its end.
pub async fn end(command: &mut Command) -> Ended {
    let output = command.output().await.expect("reeve starts");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("reeve writes UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("reeve writes UTF-8"),
    }
}

/// Cargo puts it beside the folder of the test binaries, and builds it with them.
fn path() -> PathBuf {
    let test = std::env::current_exe().expect("the test binary has a path");
    let program = test.ancestors().nth(2).expect("the test binary lies in target/debug/deps").join("reeve-under-test");
    assert!(program.exists(), "{} is missing: these tests are run by cargo", program.display());
    program
}
