//! People: that nobody leaves because a listing was short, that whoever left has left at once, and that several sources make
//! one person of what they say.

mod absence;
mod pages;
mod sources;

use reeve_model::crawl::{CrawlDetail, CrawlState};
use reeve_tests::{TestApp, texts};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An HR system's file, as the test has it.
struct Hr {
    folder: TempDir,
}

const HEADER: &str =
    "employee_number,login,name,mail,department,department_name,department_parent,manager,starts_on,ends_on,status\n";

impl Hr {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("hr.csv")
    }

    /// A source named `hr`, and sessions that last while the clock is moved by days.
    fn section(&self, more: &str) -> String {
        format!("[auth]\nidle = \"60d\"\nabsolute = \"60d\"\n{}", csv_source("hr", &self.path(), more))
    }

    fn write(&self, text: &str) {
        std::fs::write(self.path(), text).expect("the file can be written");
    }

    /// These employees, and nobody else.
    fn list(&self, numbers: impl Iterator<Item = usize>) {
        let mut text = HEADER.to_owned();
        for number in numbers {
            text += &row(number, "", "재직");
        }
        self.write(&text);
    }
}

fn csv_source(name: &str, path: &Path, more: &str) -> String {
    let path = path.display();
    format!(
        "[[sources]]\nname = \"{name}\"\nkind = \"people\"\n[sources.csv]\npath = \"{path}\"\nsettle_seconds = 0\n{more}\n"
    )
}

/// One employment. Number 1 leads everybody.
fn row(number: usize, ends_on: &str, status: &str) -> String {
    let mut text = String::new();
    let (department, manager) = (30 + number % 3, if number == 1 { String::new() } else { "E00001".to_owned() });
    let _ = writeln!(
        text,
        "E{number:05},p{number},직원 {number},p{number}@example.test,{department},팀 {department},3,{manager},2020-01-01,{ends_on},{status}"
    );
    text
}

async fn state_of(app: &TestApp, login: &str) -> String {
    texts(&app.app.db, &format!("SELECT state FROM person WHERE login = '{login}'")).await.join(",")
}

/// How many people are in each state: `active 39, suspected 1`. The one who asks in tests has no source.
async fn states(app: &TestApp) -> String {
    let sql = "SELECT concat_ws(' ', state, count(*)) FROM person
               WHERE EXISTS (SELECT 1 FROM person_record r WHERE r.person_id = person.id) GROUP BY state ORDER BY state";
    texts(&app.app.db, sql).await.join(", ")
}

async fn events_of(app: &TestApp, login: &str) -> Vec<String> {
    let sql = format!(
        "SELECT e.state FROM person_event e JOIN person p ON p.id = e.person_id WHERE p.login = '{login}' ORDER BY e.id"
    );
    texts(&app.app.db, &sql).await
}

async fn crawled(app: &TestApp, source: &str, state: CrawlState) -> CrawlDetail {
    let detail = app.crawl(source).await;
    assert_eq!(detail.crawl.state, state, "{detail:?}");
    detail
}
