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

    /// The URL with its password replaced by `***`.
    pub fn mask_url(url: &str) -> String {
        let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
        let authority_end = rest.find('/').unwrap_or(rest.len());
        let Some(at) = rest[..authority_end].rfind('@') else { return url.to_owned() };
        let user = rest[..at].split(':').next().unwrap_or_default();
        let masked = if rest[..at].contains(':') { ":***" } else { "" };
        format!("{scheme}://{user}{masked}{}", &rest[at..])
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn passwords_in_urls_are_masked() {
        assert_eq!(Secret::mask_url("postgres://reeve:p@ss@db/reeve"), "postgres://reeve:***@db/reeve");
        assert_eq!(Secret::mask_url("postgres://reeve@db:5432/reeve"), "postgres://reeve@db:5432/reeve");
        assert_eq!(Secret::mask_url("sqlite:///a/b@c"), "sqlite:///a/b@c");
    }
}
