use clap::Parser;
use std::process::ExitCode;

/// Rows, documents and answers are made on one thread and dropped on another, which the C library's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    reeve::cli::run(reeve::cli::Cli::parse()).await
}
