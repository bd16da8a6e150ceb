use anyhow::{Context, bail};
use std::fmt;
use std::path::Path;

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// # Errors
    /// When both are named, or the named one cannot be read.
    pub fn from_file_or_env(section: &str, file: Option<&Path>, env: Option<&str>) -> anyhow::Result<Option<Self>> {
        match (file, env) {
            (Some(_), Some(_)) => bail!("{section}: give password_file or password_env, not both"),
            (Some(path), None) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("{section} password_file: cannot read {}", path.display()))?;
                Ok(Some(Self(text.lines().next().unwrap_or_default().to_owned())))
            }
            (None, Some(name)) => {
                let text = std::env::var(name)
                    .with_context(|| format!("{section} password_env: the environment variable {name} is not set"))?;
                Ok(Some(Self(text)))
            }
            (None, None) => Ok(None),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
