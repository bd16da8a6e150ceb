//! The real servers that tests talk to: started on free loopback ports, with data that is thrown away.

use crate::shell::{Leftover, cache, root, run};
use crate::{packages, shell, tools};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::ScopedJoinHandle;

/// What tells the tests where PostgreSQL is.
pub(crate) const POSTGRES: &str = "REEVE_TEST_POSTGRES";

/// Where the tests find each peer; each field becomes an environment variable of theirs.
pub(crate) struct Peers {
    /// URL of a superuser's connection.
    postgres: String,
    /// URI of a seeded metastore.
    metastore: String,
    chromedriver: String,
    axe: PathBuf,
    /// URLs of a directory with 50,003 people.
    ldap: String,
    ldaps: String,
    /// Address at which tests get OpenID providers of their own.
    oidc: String,
    /// Folder of the test CA and its certificates.
    ca: PathBuf,
    /// Folder with `krb5.conf` and keytabs of a running KDC.
    kdc: PathBuf,
    /// URL of a MariaDB with a database for HR tables.
    mariadb: String,
}

impl Peers {
    /// Fetches what is missing and starts everything. What was started ends with [`shell::ClearAway`].
    ///
    /// # Errors
    /// Says which peer could not be had.
    pub(crate) fn start() -> Result<Self> {
        let folder = run_folder()?;
        run(&mut script("fetch-jars.sh", &folder)?).context("the metastore's jars")?;
        // Each takes its time, and none needs another.
        std::thread::scope(|scope| {
            let ldap = scope.spawn(|| start_slapd(&folder).context("the LDAP directory"));
            let oidc = scope.spawn(|| start_oidc(&folder).context("the OpenID providers"));
            let kdc = scope.spawn(|| start_kdc(&folder).context("the Kerberos KDC"));
            let mariadb = scope.spawn(|| start_mariadb(&folder).context("MariaDB"));
            let postgres = scope.spawn(|| start_postgres(&folder).context("PostgreSQL"));
            let metastore = start_metastore(&folder).context("the Hive metastore");
            let (ldap, ldaps) = joined(ldap)?;
            Ok(Self {
                axe: tools::axe()?,
                postgres: joined(postgres)?,
                metastore: metastore?,
                chromedriver: start_chromedriver().context("chromedriver")?,
                ldap,
                ldaps,
                oidc: joined(oidc)?,
                ca: folder.join("ca"),
                kdc: joined(kdc)?,
                mariadb: joined(mariadb)?,
            })
        })
    }

    /// The environment in which the tests find the peers.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            (POSTGRES, self.postgres.clone()),
            ("REEVE_TEST_HMS", self.metastore.clone()),
            ("REEVE_TEST_CHROMEDRIVER", self.chromedriver.clone()),
            ("REEVE_TEST_AXE", self.axe.display().to_string()),
            ("REEVE_TEST_LDAP", self.ldap.clone()),
            ("REEVE_TEST_LDAPS", self.ldaps.clone()),
            ("REEVE_TEST_OIDC", self.oidc.clone()),
            ("REEVE_TEST_CA", self.ca.display().to_string()),
            ("REEVE_TEST_KDC", self.kdc.display().to_string()),
            ("REEVE_TEST_MARIADB", self.mariadb.clone()),
        ]
    }
}

/// Starts PostgreSQL alone and says where it is.
///
/// # Errors
/// When it cannot be had.
pub(crate) fn postgres() -> Result<String> {
    start_postgres(&run_folder()?).context("PostgreSQL")
}

/// Starts the peers, prints the environment for tests run by hand and waits for Ctrl-C.
pub(crate) fn run_until_interrupted() -> Result<()> {
    let _clear_away = shell::ClearAway::at_the_end()?;
    packages::install_for_tests()?;
    let peers = Peers::start()?;
    println!("\nIn the shell that runs the tests:");
    for (name, value) in peers.environment() {
        println!("export {name}={value}");
    }
    println!("Ctrl-C here stops the peers.");
    loop {
        std::thread::park();
    }
}

/// A new folder for the peers' data, deleted at the end. Under the temporary folder and open to others,
/// since PostgreSQL refuses to run as root and its own user must get there.
fn run_folder() -> Result<PathBuf> {
    let folder = tempfile::Builder::new().prefix("reeve-peers-").tempdir().context("cannot make a temporary folder")?;
    let folder = folder.keep();
    Leftover::folder(&folder);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755))
        .context("cannot open the folder to others")?;
    Ok(folder)
}

/// One of the scripts in `tests/peers`, told where jars and data lie.
fn script(name: &str, folder: &Path) -> Result<Command> {
    let mut command = Command::new("bash");
    command.arg(root().join("tests/peers").join(name)).stdin(Stdio::null());
    command.env("PEERS", cache("reeve-peers")?).env("RUN", folder);
    Ok(command)
}

fn start_postgres(folder: &Path) -> Result<String> {
    let port = free_port()?;
    let started = run(script("start-pg.sh", folder)?.env("PG_PORT", port.to_string()));
    remember("PostgreSQL", &folder.join("pg/data/postmaster.pid"));
    started?;
    Ok(format!("postgres://postgres@127.0.0.1:{port}/postgres"))
}

fn start_metastore(folder: &Path) -> Result<String> {
    let port = free_port()?;
    let uri = format!("thrift://127.0.0.1:{port}");
    let started = run(script("start-hms.sh", folder)?.env("HMS_PORT", port.to_string()));
    remember("the Hive metastore", &folder.join("hms/pid"));
    started?;
    let log = folder.join("seed.log");
    let to_log = || std::fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()));
    let mut seed = script("run-seed.sh", folder)?;
    let seeded = run(seed.env("HMS_URI", &uri).stdout(to_log()?).stderr(Stdio::null()));
    if let Err(error) = seeded {
        bail!("seeding: {error:#}\n{}", std::fs::read_to_string(&log).unwrap_or_default());
    }
    Ok(uri)
}

/// The directory's plain and its TLS address.
fn start_slapd(folder: &Path) -> Result<(String, String)> {
    let (port, tls_port) = (free_port()?, free_port()?);
    let mut command = script("start-slapd.sh", folder)?;
    let started = run(command.env("LDAP_PORT", port.to_string()).env("LDAPS_PORT", tls_port.to_string()));
    remember("slapd", &folder.join("slapd/pid"));
    started?;
    Ok((format!("ldap://127.0.0.1:{port}"), format!("ldaps://127.0.0.1:{tls_port}")))
}

fn start_oidc(folder: &Path) -> Result<String> {
    let port = free_port()?;
    let started = run(script("start-oidc.sh", folder)?.env("OIDC_PORT", port.to_string()));
    remember("the OpenID providers", &folder.join("oidc/pid"));
    started?;
    Ok(format!("http://127.0.0.1:{port}"))
}

fn start_kdc(folder: &Path) -> Result<PathBuf> {
    let port = free_port()?;
    let started = run(script("start-kdc.sh", folder)?.env("KDC_PORT", port.to_string()));
    remember("the Kerberos KDC", &folder.join("kdc/pid"));
    started?;
    Ok(folder.join("kdc"))
}

fn start_mariadb(folder: &Path) -> Result<String> {
    let port = free_port()?;
    let started = run(script("start-mariadb.sh", folder)?.env("MARIA_PORT", port.to_string()));
    remember("MariaDB", &folder.join("mariadb/pid"));
    started?;
    Ok(format!("mysql://hr:hr@127.0.0.1:{port}/hr"))
}

/// What a peer's own thread brought.
fn joined<T>(thread: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().unwrap_or_else(|_| bail!("the thread that starts it panicked"))
}

fn start_chromedriver() -> Result<String> {
    // A group of its own, so that Ctrl-C reaches it only through us, after its browsers.
    let mut command = Command::new("chromedriver");
    command.args(["--port=0", "--log-level=SEVERE"]).process_group(0);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start chromedriver (Debian package chromium-driver)")?;
    Leftover::process("chromedriver", child.id());
    let output = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut lines = output.lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        line.split_once("started successfully on port ")
            .map(|(_, port)| port.chars().take_while(char::is_ascii_digit).collect::<String>())
    });
    // It goes on writing; a closed pipe would end it.
    std::thread::spawn(move || lines.for_each(drop));
    port.map(|port| format!("http://127.0.0.1:{port}")).context("it ended without saying on which port it listens")
}

/// Notes the process that a script has left running, whether the script succeeded or not.
fn remember(name: &str, pid_file: &Path) {
    let pid = std::fs::read_to_string(pid_file).ok().and_then(|text| text.lines().next()?.trim().parse().ok());
    if let Some(pid) = pid {
        Leftover::process(name, pid);
    }
}

/// A port that nothing listens on now.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
