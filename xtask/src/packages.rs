//! The Debian packages that tests and demo need, installed only where they are missing.

use crate::shell::{output, run, which};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

struct Package {
    name: &'static str,
    needed_for: &'static str,
    is_there: fn() -> bool,
}

/// What `cargo xtask test` needs beyond Rust and a C compiler.
const FOR_TESTS: [Package; 13] = [
    Package { name: "chromium", needed_for: "the browser tests", is_there: || which("chromium").is_some() },
    Package { name: "chromium-driver", needed_for: "the browser tests", is_there: || which("chromedriver").is_some() },
    Package {
        name: "fonts-noto-cjk",
        needed_for: "Korean in the browser tests",
        is_there: || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists(),
    },
    Package {
        name: "postgresql",
        needed_for: "the tests on PostgreSQL",
        is_there: || which("initdb").is_some() || debian_postgres(),
    },
    Package {
        name: "openjdk-17-jre-headless",
        needed_for: "the real Hive metastore",
        is_there: || which("java").is_some(),
    },
    Package {
        name: "python3-pip",
        needed_for: "the metastore's jars, which come from PyPI",
        is_there: || output(Command::new("python3").args(["-m", "pip", "--version"])).is_some(),
    },
    Package {
        name: "npm",
        needed_for: "axe-core, the accessibility checks, and the OpenID provider",
        is_there: || which("npm").is_some(),
    },
    Package {
        name: "mariadb-server",
        needed_for: "an HR table in MariaDB",
        is_there: || which("mariadbd").is_some() || Path::new("/usr/sbin/mariadbd").exists(),
    },
    Package {
        name: "slapd",
        needed_for: "the LDAP directory",
        is_there: || which("slapd").is_some() || Path::new("/usr/sbin/slapd").exists(),
    },
    Package {
        name: "krb5-kdc",
        needed_for: "the Kerberos KDC",
        is_there: || which("krb5kdc").is_some() || Path::new("/usr/sbin/krb5kdc").exists(),
    },
    Package {
        name: "krb5-admin-server",
        needed_for: "the principals of the KDC",
        is_there: || which("kadmin.local").is_some() || Path::new("/usr/sbin/kadmin.local").exists(),
    },
    Package { name: "krb5-user", needed_for: "tickets of the KDC", is_there: || which("kinit").is_some() },
    Package { name: "curl", needed_for: "a browser that speaks SPNEGO", is_there: || which("curl").is_some() },
];

/// Installs what is missing of the packages the tests need.
///
/// # Errors
/// Names every missing package and what it is for when it cannot be installed here.
pub(crate) fn install_for_tests() -> Result<()> {
    let missing: Vec<&Package> = FOR_TESTS.iter().filter(|package| !(package.is_there)()).collect();
    if missing.is_empty() {
        println!("Debian packages: nothing is missing");
        return Ok(());
    }
    for package in &missing {
        println!("missing: {} (for {})", package.name, package.needed_for);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let Some(mut update) = apt_get() else {
        bail!(
            "these packages are missing and cannot be installed from here: {0}\n\
             Install them and run this again, on Debian 12 or Ubuntu as root: apt-get install {0}",
            names.join(" ")
        );
    };
    println!("installing with apt-get: {}", names.join(" "));
    // One list out of reach is no reason to stop: installing tells whether it was needed.
    if let Err(error) = run(update.args(["-qq", "update"])) {
        println!("going on with the lists there are: {error:#}");
    }
    let mut install = apt_get().expect("apt-get was there a moment ago");
    run(install.args(["-qq", "install", "--no-install-recommends"]).args(&names))?;
    let still: Vec<&str> = missing.iter().filter(|package| !(package.is_there)()).map(|package| package.name).collect();
    if still.is_empty() { Ok(()) } else { bail!("installed, but still not found: {}", still.join(" ")) }
}

/// Debian keeps the server's programs of each version out of `PATH`.
fn debian_postgres() -> bool {
    std::fs::read_dir("/usr/lib/postgresql")
        .is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").exists()))
}

/// `apt-get` with the rights to install: as root, or through a `sudo` that asks for nothing.
fn apt_get() -> Option<Command> {
    which("apt-get")?;
    let mut command = if output(Command::new("id").arg("-u"))?.trim() == "0" {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    } else {
        output(Command::new("sudo").args(["-n", "true"]))?;
        let mut command = Command::new("sudo");
        command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    };
    command.arg("-y").stdin(Stdio::null());
    Some(command)
}
