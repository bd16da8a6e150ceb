//! The project's own commands: `cargo xtask demo`, `cargo xtask test` and their parts.

mod bench;
mod bundle;
mod demo_portal;
mod demo_said;
mod faults;
mod generate;
mod packages;
mod peers;
mod shell;
mod snapshots;
mod test;
mod tools;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The project's own commands", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, fill a data folder with a believable platform and start the portal
    Demo(demo_portal::Options),
    /// Install what the tests need and run every check and test
    Test(test::Options),
    /// Build the browser bundle into the folder that the server embeds
    Bundle(bundle::Options),
    /// Measure speed and size on a catalog of a given size
    Bench(bench::Options),
    /// Write a Hive metastore's database as SQLite: the demo's company at any size
    GenerateMetastore(generate::Options),
    /// Disturb crawl after crawl, and see that the catalog loses nothing: the long form of a test
    Faults(faults::Options),
    /// Start PostgreSQL and a seeded Hive metastore for tests run by hand, and stop them on Ctrl-C
    Peers,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Demo(options) => demo_portal::run(&options),
        Task::Test(options) => test::run_all(&options),
        Task::Bundle(options) => bundle::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::GenerateMetastore(options) => generate::run(&options),
        Task::Faults(options) => faults::run(&options),
        Task::Peers => peers::run_until_interrupted(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
