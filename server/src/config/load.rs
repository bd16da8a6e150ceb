use super::{Config, SourceKind, notify};
use reeve_model::secret::mask;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What is wrong with `reeve.toml`, where, and what to write instead.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}: cannot read: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{place}: {message}")]
    Invalid { place: String, message: String },
}

/// Reads the file and fills in what the environment says.
///
/// # Errors
/// [`ConfigError`], with file, line and a suggestion.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let mut config = parse(&text, &path.display().to_string())?;
    let folder = path.parent().unwrap_or(Path::new("."));
    if config.server.data_dir.is_relative() {
        config.server.data_dir = folder.join(&config.server.data_dir);
    }
    for source in &mut config.sources {
        if let SourceKind::People(people) = &mut source.kind {
            people.rebase(folder);
        }
    }
    config.notify.rebase(folder);
    if let Ok(url) = std::env::var("REEVE_DATABASE_URL") {
        config.database.url = Some(url.into());
    }
    Ok(config)
}

/// Reads the text of a configuration; `name` stands for the file in errors.
///
/// # Errors
/// [`ConfigError::Invalid`].
pub fn parse(text: &str, name: &str) -> Result<Config, ConfigError> {
    let config: Config = toml::from_str(text).map_err(|error| {
        let message = error.message().to_owned();
        let span = error.span().unwrap_or(0..0);
        let at = unknown(KEY, &message).and_then(|key| find_key(text, span.start, key));
        let at = at.or_else(|| unknown(VALUE, &message).and_then(|value| find_value(text, span.start, value)));
        let at = at.unwrap_or(span.start);
        ConfigError::Invalid { place: format!("{name}:{}", line_of(text, at)), message: mask(&explain(&message)) }
    })?;
    check(&config).map_err(|(key, message)| {
        let at = find_key(text, 0, &key).unwrap_or(0);
        ConfigError::Invalid { place: format!("{name}:{}", line_of(text, at)), message: mask(&message) }
    })?;
    Ok(config)
}

/// What the types alone cannot say; answers the key (for its line) and the sentence.
fn check(config: &Config) -> Result<(), (String, String)> {
    let server = &config.server;
    let safe = server.tls.is_some() || server.is_https() || server.allow_plain_http;
    if !server.listen.ip().is_loopback() && !safe {
        return Err((
            "listen".to_owned(),
            format!(
                "[server] listen = \"{}\": beyond this machine passwords would cross the network in clear; add [server.tls] with \
                 certificate and key, or external_url = \"https://...\" of a proxy before it (allow_plain_http = true where \
                 the network itself is safe)",
                server.listen
            ),
        ));
    }
    check_providers(config)?;
    notify::check(config)?;
    let mut names = HashSet::new();
    for source in &config.sources {
        let name = &source.name;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(("name".to_owned(), format!("source name `{name}`: use letters, digits, `-` and `_`")));
        }
        if !names.insert(name) {
            return Err(("name".to_owned(), format!("two sources are named `{name}`: give each a name of its own")));
        }
        if source.max_removed_percent() > 100 {
            return Err((
                "max_removed_percent".to_owned(),
                format!("source `{name}`: max_removed_percent is 0 to 100"),
            ));
        }
    }
    let people = |name: &str| config.people_sources().any(|source| source.name == name);
    let named = config.people.sources.iter().map(|name| ("sources", name));
    let named = named.chain(config.people.authority.values().map(|name| ("authority", name)));
    for (key, name) in named {
        if !people(name) {
            let known = config.people_sources().map(|source| source.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err((
                key.to_owned(),
                format!("[people] {key}: no source of people is named `{name}`; there is: {known}"),
            ));
        }
    }
    Ok(())
}

/// Each way in has a name of its own, which sessions and identities are kept with.
fn check_providers(config: &Config) -> Result<(), (String, String)> {
    let mut names = HashSet::from(["local", "spnego"]);
    let ldap = config.auth.ldap.iter().map(|ldap| ("[[auth.ldap]]", ldap.name.as_str()));
    let oidc = config.auth.oidc.iter().map(|oidc| ("[[auth.oidc]]", oidc.name.as_str()));
    for (section, name) in ldap.chain(oidc) {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let wrong = |text: String| Err(("name".to_owned(), format!("{section} name = \"{name}\": {text}")));
        if name.is_empty() || !name.chars().all(plain) {
            return wrong("use letters, digits, `-` and `_`".to_owned());
        }
        if !names.insert(name) {
            return wrong("this name is taken by another way to sign in: give each one of its own".to_owned());
        }
    }
    if let Some(directory) = config.auth.spnego.as_ref().and_then(|spnego| spnego.directory.as_deref())
        && !config.auth.ldap.iter().any(|ldap| ldap.name == directory)
    {
        let text = format!("[auth.spnego] directory = \"{directory}\": no [[auth.ldap]] has this name");
        return Err(("directory".to_owned(), text));
    }
    for oidc in &config.auth.oidc {
        let wrong = |key: &str, text: String| Err((key.to_owned(), format!("[[auth.oidc]] `{}`: {text}", oidc.name)));
        // Of Entra ID, for every company there is: whoever has an account anywhere would come in.
        if ["/common/", "/organizations/", "/consumers/"].iter().any(|all| format!("{}/", oidc.issuer).contains(all)) {
            return wrong(
                "issuer",
                format!("issuer = \"{}\" is everybody's: write that of your own tenant", oidc.issuer),
            );
        }
        if !(1..=60).contains(&oidc.timeout_seconds) {
            return wrong("timeout_seconds", format!("timeout_seconds = {}: must be 1 to 60", oidc.timeout_seconds));
        }
        if let Err(text) = config.server.portal_url() {
            return wrong("issuer", text);
        }
    }
    Ok(())
}

/// How serde begins to say which key or which value it does not know: "unknown field `x`, expected ...".
const KEY: &str = "unknown field `";
const VALUE: &str = "unknown variant `";

fn unknown<'m>(what: &str, message: &'m str) -> Option<&'m str> {
    message.strip_prefix(what)?.split('`').next()
}

/// serde's message, with the nearest known key or value where one is near.
fn explain(message: &str) -> String {
    let (what, key) = match (unknown(KEY, message), unknown(VALUE, message)) {
        (Some(key), _) => ("key", key),
        (_, Some(value)) => ("value", value),
        _ => return message.to_owned(),
    };
    let known = message.split('`').skip(3).step_by(2);
    let near = known
        .map(|candidate| (strsim::damerau_levenshtein(key, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(key.len()) / 2)
        .min();
    match near {
        Some((_, candidate)) => format!("unknown {what} `{key}`: did you mean `{candidate}`?"),
        None => format!(
            "unknown {what} `{key}`{}",
            message.split_once('`').and_then(|(_, r)| r.split_once('`')).map_or("", |(_, r)| r)
        ),
    }
}

/// Where the key stands at the start of a line, at or after `from`.
fn find_key(text: &str, from: usize, key: &str) -> Option<usize> {
    let mut at = text[..from].rfind('\n').map_or(0, |newline| newline + 1);
    for line in text[at..].split_inclusive('\n') {
        let start = line.trim_start();
        if start.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', '.'])) {
            return Some(at + line.len() - start.len());
        }
        at += line.len();
    }
    None
}

/// Where the quoted value stands, at or after `from`.
fn find_value(text: &str, from: usize, value: &str) -> Option<usize> {
    text[from..].find(&format!("\"{value}\"")).map(|at| from + at)
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn error(text: &str) -> String {
        parse(text, "reeve.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_source_is_read() {
        let config = parse(
            "[[sources]]\nname = \"prod\"\nkind = \"hive\"\nuris = [\"thrift://127.0.0.1:9083\"]\ncrawl_every = \"6h\"\n",
            "reeve.toml",
        )
        .unwrap();
        assert_eq!(config.sources[0].crawl_every.unwrap().seconds, 21_600);
        assert_eq!(config.sources[0].kind.as_str(), "hive");
    }

    #[test]
    fn the_time_zone_is_one_of_the_iana_list() {
        let config = parse("[server]\ntime_zone = \"Asia/Seoul\"\n", "reeve.toml").unwrap();
        assert_eq!(config.server.time_zone, chrono_tz::Asia::Seoul);
        assert_eq!(parse("", "reeve.toml").unwrap().server.time_zone, chrono_tz::Tz::UTC);
    }

    #[test]
    fn errors_name_file_line_and_what_to_write() {
        insta::assert_snapshot!(
            [
                error("[server]\nlisten = \"127.0.0.1:8080\"\ndata_dri = \"x\"\n"),
                error("[servre]\n"),
                error("[[sources]]\nname = \"prod\"\nkind = \"hive\"\nuri = [\"thrift://h:9083\"]\n"),
                error("[[sources]]\nname = \"prod\"\nkind = \"hvie\"\n"),
                error("[[sources]]\nname = \"prod\"\nkind = \"hive\"\ncrawl_every = \"6 hours\"\n"),
                error("[server]\nlisten = \"0.0.0.0:8080\"\n"),
                error("[server]\nlisten = \"nowhere\"\n"),
                error("[server]\ntime_zone = \"Asia/Soul\"\n"),
                error("[[sources]]\nname = \"a b\"\nkind = \"hive\"\nuris = []\n"),
                error("[server\n"),
            ]
            .join("\n")
        );
    }

    #[test]
    fn no_error_repeats_a_password() {
        for text in [
            "database = \"postgres://reeve:hunter2@db/reeve\"\n",
            "database = \"postgres://db/reeve?password=hunter2\"\n",
            "[database]\nurl = postgres://reeve:hunter2@db/reeve\n",
            "[server]\nlisten = \"postgres://reeve:hunter2@db/reeve\"\n",
            "[[sources]]\nname = \"postgres://reeve:hunter2@db\"\nkind = \"hive\"\n",
            "[[sources]]\nname = \"a\"\nkind = \"postgres://reeve:hunter2@db\"\n",
            "[[sources]]\nname = \"a\"\nkind = \"hive\"\nuris = \"thrift://u:hunter2@h:1\"\n",
            "[[sources]]\nname = \"a\"\nkind = \"hive\"\ncrawl_every = \"thrift://u:hunter2@h:1\"\n",
            "\"postgres://reeve:hunter2@db/reeve\" = 1\n",
        ] {
            let told = error(text);
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
}
