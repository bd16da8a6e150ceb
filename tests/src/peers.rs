//! Where the real servers are that `cargo xtask test` started. A test whose peer is missing fails.

/// URL of a superuser's connection to a throw-away PostgreSQL.
pub fn postgres() -> String {
    required("REEVE_TEST_POSTGRES", "a PostgreSQL")
}

/// URI of a seeded Hive metastore (`tests/peers/seed.py`).
pub fn metastore() -> String {
    required("REEVE_TEST_HMS", "a seeded Hive metastore")
}

/// URL of a chromedriver.
pub fn chromedriver() -> String {
    required("REEVE_TEST_CHROMEDRIVER", "a chromedriver")
}

/// The text of axe-core, which checks accessibility in the page itself.
pub fn axe() -> String {
    let path = required("REEVE_TEST_AXE", "the path of axe.min.js");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("REEVE_TEST_AXE={path}: {error}"))
}

fn required(variable: &str, what: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!(
            "{variable} is not set: this test needs {what}. `cargo xtask test` starts one; \
             `cargo xtask peers` prints what to export for tests run by hand."
        )
    })
}
