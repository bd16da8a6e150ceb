use crate::config::{Config, Secret};
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
        let mut shown = config.clone();
        shown.database.url = shown.database.url.as_deref().map(Secret::mask_url);
        for source in &mut shown.sources {
            match &mut source.kind {
                crate::config::SourceKind::Hive(hive) => {
                    hive.database = hive.database.as_deref().map(Secret::mask_url);
                }
            }
        }
        super::print(toml::to_string(&shown)?);
        Ok(ExitCode::SUCCESS)
    }
}
