use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    reeve::cli::run(reeve::cli::Cli::parse()).await
}
