//! `cargo xtask demo`: a believable e-commerce platform in a running portal.

use crate::bundle;
use crate::demo_said;
use crate::generate;
use crate::shell::{self, Leftover, cargo, root, shown, step};
use anyhow::{Context, Result, bail, ensure};
use reeve_demo::Scale;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder for the metastore, the configuration, the catalog and the index
    #[arg(long, value_name = "DIR", default_value_os_t = root().join("target/demo-data"))]
    data: PathBuf,
    /// The portal's port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Make the data anew instead of using what an earlier run left
    #[arg(long)]
    fresh: bool,
    /// Stop when everything is built and filled, without starting the portal
    #[arg(long)]
    prepare_only: bool,
    /// How to build: `dev` is there soonest, `release` takes longest and is quickest
    #[arg(long, value_name = "PROFILE", default_value = "demo")]
    profile: String,
    /// A program built before, instead of building one
    #[arg(long, value_name = "FILE")]
    reeve: Option<PathBuf>,
}

/// # Errors
/// When the program cannot be built, the data folder cannot be filled or the portal does not start.
pub(crate) fn run(options: &Options) -> Result<()> {
    let _clear_away = shell::ClearAway::at_the_end()?;
    let folder = Folder::open(options)?;
    if !options.prepare_only {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port));
        free.with_context(|| format!("port {} is taken; choose another with --port", options.port))?;
    }
    let begun = Instant::now();
    let reeve = match &options.reeve {
        Some(reeve) => reeve.clone(),
        None => build_all(&options.profile)?,
    };
    folder.configure(options.port)?;
    step("database", || shell::run(folder.reeve(&reeve).arg("migrate")))?;
    if !folder.ready().exists() {
        step("six people to be", || folder.let_in(&reeve))?;
        step("a company's two clusters, read again and again while they change", || folder.live_through(&reeve))?;
        step("what they say of their tables", || demo_said::say(folder.reeve(&reeve).arg("serve"), options.port))?;
        std::fs::write(folder.ready(), "The demo's crawls are done.\n")
            .with_context(|| format!("cannot write {}", folder.ready().display()))?;
    }
    println!("== ready after {:.0} s", begun.elapsed().as_secs_f64());
    if options.prepare_only {
        println!("Start the portal with: {}", shown(folder.reeve(&reeve).arg("serve")));
        return Ok(());
    }
    serve(folder.reeve(&reeve).arg("serve"), options.port)
}

fn build_all(profile: &str) -> Result<PathBuf> {
    if let Err(error) = step("browser bundle", || bundle::run(&bundle::Options::default())) {
        println!("Going on without the browser bundle ({error:#}).");
        println!("Every page works without it; suggestions while typing and the other live parts are missing.");
    }
    step("building reeve", || build(profile))
}

/// Where the demo lies. Only what carries the demo's mark is ever deleted.
struct Folder {
    path: PathBuf,
}

/// Login, name and role of those whom one may be in the demo.
const PEOPLE: [(&str, &str, Option<&str>); 6] = [
    ("jihoon.park", "박지훈", None),
    ("haeun.lee", "이하은", None),
    ("yujin.jeong", "정유진", Some("privacy_officer")),
    ("doyun.han", "한도윤", Some("operator")),
    ("minjae.seo", "서민재", Some("administrator")),
    ("eunchae.noh", "노은채", None),
];

/// First line of the demo's `reeve.toml`, by which it knows its own folder.
const MARK: &str = "# Written by `cargo xtask demo`, and again at its next start.";

impl Folder {
    fn open(options: &Options) -> Result<Self> {
        std::fs::create_dir_all(&options.data)
            .with_context(|| format!("cannot make the folder {}", options.data.display()))?;
        let path = options.data.canonicalize().with_context(|| format!("cannot open {}", options.data.display()))?;
        let folder = Self { path };
        let empty = std::fs::read_dir(&folder.path)
            .with_context(|| format!("cannot read {}", folder.path.display()))?
            .next()
            .is_none();
        let ours = std::fs::read_to_string(folder.config()).is_ok_and(|text| text.starts_with(MARK));
        ensure!(empty || ours, "{} holds other things: give --data a new folder", folder.path.display());
        if options.fresh && !empty {
            let mut files = vec![folder.ready(), folder.config(), folder.metastore("prod"), folder.metastore("legacy")];
            files.extend(["hr.csv", "departments.csv", "wiki.csv"].map(|name| folder.path.join(name)));
            for file in files {
                gone(std::fs::remove_file(&file), &file)?;
            }
            gone(std::fs::remove_dir_all(folder.catalog()), &folder.catalog())?;
        }
        Ok(folder)
    }

    /// The database of a cluster's metastore.
    fn metastore(&self, source: &str) -> PathBuf {
        self.path.join(format!("{source}.db"))
    }

    fn config(&self) -> PathBuf {
        self.path.join("reeve.toml")
    }

    fn catalog(&self) -> PathBuf {
        self.path.join("catalog")
    }

    /// Written when the crawl is complete.
    fn ready(&self) -> PathBuf {
        self.path.join("ready")
    }

    fn configure(&self, port: u16) -> Result<()> {
        let mut text = format!("{MARK}\n\n[server]\nlisten = \"127.0.0.1:{port}\"\ndata_dir = \"catalog\"\n");
        for source in ["prod", "legacy"] {
            let metastore = self.metastore(source);
            let metastore = metastore.to_str().with_context(|| format!("{} is not UTF-8", metastore.display()))?;
            // What a URL would take for something else.
            let escaped = metastore.replace('%', "%25").replace('?', "%3F").replace('#', "%23").replace(' ', "%20");
            let url = format!("sqlite://{escaped}");
            text += &format!("\n[[sources]]\nname = \"{source}\"\nkind = \"hive\"\ndatabase = {url:?}\n");
        }
        // A cluster that nobody answers for: nothing listens there.
        text += "\n[[sources]]\nname = \"dr\"\nkind = \"hive\"\nuris = [\"thrift://127.0.0.1:1\"]\n";
        // People: what HR exports, and what the wiki has of some.
        text += "\n[people]\nsources = [\"hr\", \"wiki\"]\n";
        text += "\n[[sources]]\nname = \"hr\"\nkind = \"people\"\n[sources.csv]\npath = \"hr.csv\"\n\
                 departments = \"departments.csv\"\nsettle_seconds = 0\n[sources.columns]\nemployee_number = \"사번\"\n\
                 name = \"성명\"\nlogin = \"계정\"\nmail = \"메일\"\ndepartment = \"부서코드\"\ntitle = \"직무\"\n\
                 manager = \"상사사번\"\nstarts_on = \"입사일\"\nends_on = \"퇴사일\"\nstatus = \"재직상태\"\nkind = \"고용형태\"\n";
        text += "\n[[sources]]\nname = \"wiki\"\nkind = \"people\"\nform = \"account\"\n[sources.csv]\npath = \"wiki.csv\"\nsettle_seconds = 0\n";
        let people: Vec<&str> = PEOPLE.iter().map(|(login, ..)| *login).collect();
        text += &format!("\n[auth.demo]\npeople = {people:?}\n");
        std::fs::write(self.config(), text).with_context(|| format!("cannot write {}", self.config().display()))
    }

    /// Those whom one may be, with what each may.
    fn let_in(&self, reeve: &Path) -> Result<()> {
        for (login, name, role) in PEOPLE {
            let mut add = self.reeve(reeve);
            add.args(["user", "add", login, "--name", name, "--mail", &format!("{login}@example.co.kr")]);
            if let Some(role) = role {
                add.args(["--role", role]);
            }
            shell::run(&mut add)?;
        }
        Ok(())
    }

    /// Reads the clusters as they were weeks ago, then as they are; last what is seen of one after a grant was lost, and
    /// one that does not answer.
    fn live_through(&self, reeve: &Path) -> Result<()> {
        for (source, scale) in [("prod", Scale::default()), ("legacy", Scale::legacy())] {
            let now = self.path.join(format!("{source}-now.db"));
            println!("the metastore of {source}: {} tables, {} partitions", scale.tables, scale.partitions);
            generate::write(&now, scale)?;
            for days in reeve_demo::PAST {
                self.set(source, &now)?;
                wait(reeve_demo::rewind(&self.metastore(source), days))?;
                self.crawl(reeve, source, true)?;
            }
            self.set(source, &now)?;
            self.crawl(reeve, source, true)?;
            gone(std::fs::remove_file(&now), &now)?;
        }
        wait(reeve_demo::hide(&self.metastore("legacy"), &["order", "raw"]))?;
        self.crawl(reeve, "legacy", false)?;
        self.crawl(reeve, "dr", false)?;
        self.meet_people(reeve)
    }

    /// Reads who they are, twice: in the second export somebody is missing.
    fn meet_people(&self, reeve: &Path) -> Result<()> {
        let write = |name: &str, text: String| {
            let file = self.path.join(name);
            std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
        };
        write("departments.csv", reeve_demo::department_table())?;
        write("wiki.csv", reeve_demo::wiki_table())?;
        write("hr.csv", reeve_demo::hr_table(false))?;
        self.crawl(reeve, "hr", true)?;
        self.crawl(reeve, "wiki", true)?;
        write("hr.csv", reeve_demo::hr_table(true))?;
        self.crawl(reeve, "hr", true)
    }

    /// Puts a metastore in the place of the one before, as a whole.
    fn set(&self, source: &str, from: &Path) -> Result<()> {
        let (to, part) = (self.metastore(source), self.path.join(format!("{source}.part")));
        std::fs::copy(from, &part).with_context(|| format!("cannot write {}", part.display()))?;
        std::fs::rename(&part, &to).with_context(|| format!("cannot write {}", to.display()))
    }

    /// Crawls a source, which must be read completely, or must not.
    fn crawl(&self, reeve: &Path, source: &str, complete: bool) -> Result<()> {
        let mut command = self.reeve(reeve);
        command.args(["crawl", source, "--progress", "none"]);
        let status = shell::status(&mut command)?;
        ensure!(
            status.success() == complete,
            "{} ended with {status}, which is not what is to be seen",
            shown(&command)
        );
        Ok(())
    }

    fn reeve(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.arg("--config").arg(self.config());
        command
    }
}

fn wait<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().context("cannot start the async runtime")?;
    runtime.block_on(work)
}

fn gone(removed: std::io::Result<()>, path: &Path) -> Result<()> {
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot delete {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Builds the program by this profile of `Cargo.toml` and says where it is.
pub(crate) fn build(profile: &str) -> Result<PathBuf> {
    shell::run(cargo("build").args(["--package", "reeve", "--profile", profile]))?;
    let own = std::env::current_exe().context("cannot tell where this program lies")?;
    let target = own.parent().and_then(Path::parent).context("this program lies in no target folder")?;
    Ok(target.join(if profile == "dev" { "debug" } else { profile }).join("reeve"))
}

/// Runs the portal until it ends or is interrupted, and says where it is as soon as it answers.
fn serve(command: &mut Command, port: u16) -> Result<()> {
    let name = shown(command);
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    let kept = Leftover::process(&name, child.id());
    wait_until_it_listens(&mut child, port)?;
    println!();
    println!("The portal is at http://127.0.0.1:{port}");
    println!("One click signs you in as one of six people; it answers this machine only. Ctrl-C stops it.");
    let status = child.wait().with_context(|| format!("lost sight of {name}"))?;
    kept.forget();
    if status.success() { Ok(()) } else { bail!("{name} ended with {status}") }
}

/// # Errors
/// When the process ends first, or does not listen within a minute.
pub(crate) fn wait_until_it_listens(child: &mut Child, port: u16) -> Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        if let Some(status) = child.try_wait()? {
            bail!("reeve ended with {status} before it listened on {address}");
        }
        if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
            return Ok(());
        }
        #[expect(clippy::disallowed_methods, reason = "nothing here is async")]
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("reeve does not listen on {address} after a minute")
}
