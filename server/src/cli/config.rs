use crate::config::Config;
use clap::Args;
use std::process::ExitCode;

/// Show the configuration as Reeve understands it, without secrets
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Print the JSON schema of reeve.toml instead, for editors
    #[arg(long)]
    pub(super) schema: bool,
}

impl Show {
    pub(super) fn print_schema(&self) -> ExitCode {
        super::print(Config::json_schema());
        ExitCode::SUCCESS
    }

    pub(super) fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        super::print(toml::to_string(config)?);
        Ok(ExitCode::SUCCESS)
    }
}
