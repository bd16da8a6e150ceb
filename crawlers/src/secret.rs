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
    pub fn from_file_or_env(section: &str, file: Option<&Path>, env: Option<&str>) -> Result<Option<Self>, String> {
        match (file, env) {
            (Some(_), Some(_)) => Err(format!("{section}: give password_file or password_env, not both")),
            (Some(path), None) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| format!("{section} password_file: cannot read {}: {error}", path.display()))?;
                Ok(Some(Self(text.lines().next().unwrap_or_default().to_owned())))
            }
            (None, Some(name)) => {
                let text = std::env::var(name).map_err(|error| {
                    format!("{section} password_env: cannot read the environment variable {name}: {error}")
                })?;
                Ok(Some(Self(text)))
            }
            (None, None) => Ok(None),
        }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
