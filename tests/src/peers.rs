//! Where the real servers are that `cargo xtask test` started. A test whose peer is missing fails.

use std::path::{Path, PathBuf};

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

/// `ldap://127.0.0.1:PORT` of a directory with 50,003 people (`tests/peers/start-slapd.sh`), which speaks StartTLS too.
pub fn ldap() -> String {
    required("REEVE_TEST_LDAP", "an LDAP directory")
}

/// The same directory, TLS from the first byte.
pub fn ldaps() -> String {
    required("REEVE_TEST_LDAPS", "an LDAP directory")
}

/// Address at which a test gets an OpenID provider of its own (`tests/peers/oidc.mjs`).
pub fn oidc() -> String {
    required("REEVE_TEST_OIDC", "OpenID providers")
}

/// URL of a MariaDB with an empty database for HR tables.
pub fn mariadb() -> String {
    required("REEVE_TEST_MARIADB", "a MariaDB")
}

/// A file of the test CA: `ca.crt`, `server.crt` ... (`tests/peers/make-ca.sh`).
pub fn certificate(name: &str) -> PathBuf {
    Path::new(&required("REEVE_TEST_CA", "the folder of the test CA")).join(name)
}

/// A file of a running Kerberos KDC: `krb5.conf`, `http.keytab` ... (`tests/peers/start-kdc.sh`).
pub fn kdc(name: &str) -> PathBuf {
    Path::new(&required("REEVE_TEST_KDC", "a Kerberos KDC")).join(name)
}

fn required(variable: &str, what: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!(
            "{variable} is not set: this test needs {what}. `cargo xtask test` starts one; \
             `cargo xtask peers` prints what to export for tests run by hand."
        )
    })
}
