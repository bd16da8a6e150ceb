//! What is told outside the portal: `[notify]`, `[notify.smtp]`, `[[notify.webhook]]`.

use super::Config;
use chrono::NaiveTime;
use lettre::message::Mailbox;
use reeve_crawlers::Secret;
use reeve_model::Word;
use reeve_model::notice::NoticeKind;
use reeve_model::reader::Lang;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NotifyConfig {
    /// `ko` or `en`: of mails to people who have not chosen.
    #[schemars(with = "String")]
    pub language: Lang,
    /// When nobody is disturbed, in the portal's time zone: `20:00-08:00`, and all of weekends and holidays besides. `off`: never.
    #[schemars(with = "String")]
    pub quiet_hours: QuietHours,
    /// File of the days nobody works, one a line: `2027-02-08 Seollal`. It is read again when it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holidays_file: Option<PathBuf>,
    /// When digests are sent, in the portal's time zone.
    #[schemars(with = "String")]
    pub digest_at: TimeOfDay,
    /// How mail is sent. Absent: none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<SmtpConfig>,
    /// Channels that are told what concerns everybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub webhook: Vec<WebhookConfig>,
}

impl Default for NotifyConfig {
    fn default() -> Self {
        Self {
            language: Lang::En,
            quiet_hours: QuietHours(Some((time(20, 0), time(8, 0)))),
            holidays_file: None,
            digest_at: TimeOfDay(time(8, 30)),
            smtp: None,
            webhook: Vec::new(),
        }
    }
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}

/// The mail server that takes what Reeve sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    pub host: String,
    /// Absent: 587 with `starttls`, 465 with `tls`, 25 with `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How the connection is protected: `starttls` begins in clear and goes no further without it.
    #[serde(default)]
    pub tls: SmtpTls,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// File whose first line is the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// Environment variable that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
    /// Who the mails are from: `Reeve <reeve@example.com>`.
    pub from: String,
    /// PEM file of authorities to trust besides the machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Seconds to wait for each answer; 1 to 300.
    #[serde(default = "thirty")]
    #[schemars(range(min = 1, max = 300))]
    pub timeout_seconds: u64,
}

fn thirty() -> u64 {
    30
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    #[default]
    Starttls,
    /// From the first byte.
    Tls,
    /// In clear: for a relay on this machine or in a network that is safe itself.
    None,
}

impl SmtpConfig {
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            SmtpTls::Starttls => 587,
            SmtpTls::Tls => 465,
            SmtpTls::None => 25,
        })
    }

    /// # Errors
    /// When `from` is no address.
    pub fn mailbox(&self) -> Result<Mailbox, String> {
        let wrong =
            || format!("[notify.smtp] from = \"{}\": write an address, as in `Reeve <reeve@example.com>`", self.from);
        self.from.parse().map_err(|_| wrong())
    }

    /// # Errors
    /// When the named file or variable is not there.
    pub fn password(&self) -> Result<Option<Secret>, String> {
        Secret::from_file_or_env("[notify.smtp]", self.password_file.as_deref(), self.password_env.as_deref())
    }

    fn is_local(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// A channel, or a program that wants to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Short name, kept for good. Letters, digits, `-` and `_`.
    pub name: String,
    pub kind: WebhookKind,
    /// Whoever knows it can post there: better in a file or an environment variable.
    #[serde(default, skip_serializing, deserialize_with = "secret")]
    #[schemars(with = "Option<String>")]
    pub url: Option<Secret>,
    /// File whose first line is the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_file: Option<PathBuf>,
    /// Environment variable that holds the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_env: Option<String>,
    /// File of the keys that messages of kind `generic` are signed with, one a line, each `whsec_` and base64; while keys are
    /// changed there are two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// Environment variable that holds such a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_env: Option<String>,
    /// What it is told. Empty: all that concerns everybody.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub notices: BTreeSet<NoticeKind>,
    /// `ko` or `en`. Absent: that of `[notify]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub language: Option<Lang>,
    /// PEM file of authorities to trust besides the machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookKind {
    Slack,
    Mattermost,
    /// A Workflows address, "when a webhook request is received".
    Teams,
    /// JSON, signed as Standard Webhooks 1.0 says.
    Generic,
}

impl WebhookConfig {
    /// # Errors
    /// When none or several are given, or what is named is not there.
    pub fn address(&self) -> Result<Secret, String> {
        let section = format!("[[notify.webhook]] `{}`", self.name);
        let (file, variable) = (self.url_file.as_deref(), self.url_env.as_deref());
        match (&self.url, file, variable) {
            (Some(url), None, None) => Ok(url.clone()),
            (None, Some(_), None) | (None, None, Some(_)) => Ok(Secret::from_file_or_env(&section, file, variable)
                .map_err(|error| error.replace("password_", "url_"))?
                .unwrap_or_else(|| Secret::from(String::new()))),
            _ => Err(format!("{section}: give one of url, url_file and url_env")),
        }
    }

    /// The keys it is signed with, the newest first; of other kinds none.
    ///
    /// # Errors
    /// When what is named is not there, or is no key.
    pub fn keys(&self) -> Result<Vec<Secret>, String> {
        let section = format!("[[notify.webhook]] `{}`", self.name);
        let text = match (&self.secret_file, &self.secret_env) {
            (Some(_), Some(_)) => return Err(format!("{section}: give secret_file or secret_env, not both")),
            (Some(file), None) => std::fs::read_to_string(file)
                .map_err(|error| format!("{section} secret_file: cannot read {}: {error}", file.display()))?,
            (None, Some(name)) => std::env::var(name).map_err(|error| {
                format!("{section} secret_env: cannot read the environment variable {name}: {error}")
            })?,
            (None, None) => String::new(),
        };
        Ok(text.split_whitespace().map(|key| Secret::from(key.to_owned())).collect())
    }
}

fn secret<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(input)?.map(Secret::from))
}

/// From when to when nobody is disturbed; `None`: never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuietHours(pub Option<(NaiveTime, NaiveTime)>);

impl TryFrom<String> for QuietHours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let times = text.split_once('-').and_then(|(from, to)| Some((clock(from.trim())?, clock(to.trim())?)));
        let times = times.ok_or_else(|| format!("`{text}` are no hours: write `20:00-08:00` or `off`"))?;
        Ok(Self(Some(times)))
    }
}

impl From<QuietHours> for String {
    fn from(hours: QuietHours) -> Self {
        hours
            .0
            .map_or_else(|| "off".to_owned(), |(from, to)| format!("{}-{}", from.format("%H:%M"), to.format("%H:%M")))
    }
}

/// `08:30`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(pub NaiveTime);

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        clock(&text).map(Self).ok_or_else(|| format!("`{text}` is not a time of day: write it as `08:30`"))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.0.format("%H:%M").to_string()
    }
}

fn clock(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

impl NotifyConfig {
    /// Paths that are relative start at the folder of `reeve.toml`.
    pub(super) fn rebase(&mut self, folder: &Path) {
        let smtp = self.smtp.iter_mut().flat_map(|smtp| [&mut smtp.password_file, &mut smtp.ca_file]);
        let hooks =
            self.webhook.iter_mut().flat_map(|hook| [&mut hook.url_file, &mut hook.secret_file, &mut hook.ca_file]);
        for path in smtp.chain(hooks).chain([&mut self.holidays_file]).flatten() {
            if path.is_relative() {
                *path = folder.join(&*path);
            }
        }
    }
}

/// What the types alone cannot say of `[notify]`; answers the key and the sentence.
pub(super) fn check(config: &Config) -> Result<(), (String, String)> {
    let notify = &config.notify;
    let wrong = |key: &str, text: String| Err((key.to_owned(), text));
    if let Some(smtp) = &notify.smtp {
        if let Err(text) = smtp.mailbox() {
            return wrong("from", text);
        }
        if !(1..=300).contains(&smtp.timeout_seconds) {
            let text = format!("[notify.smtp] timeout_seconds = {}: must be 1 to 300", smtp.timeout_seconds);
            return wrong("timeout_seconds", text);
        }
        let has_password = smtp.password_file.is_some() || smtp.password_env.is_some();
        if has_password != smtp.user.is_some() {
            let text = "[notify.smtp]: user and its password_file or password_env belong together";
            return wrong(if has_password { "password" } else { "user" }, text.to_owned());
        }
        if has_password && smtp.tls == SmtpTls::None && !smtp.is_local() {
            let text = "[notify.smtp] tls = \"none\": the password would cross the network in clear; write `starttls` or `tls`";
            return wrong("tls", text.to_owned());
        }
    }
    let mut names = HashSet::new();
    for hook in &notify.webhook {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if hook.name.is_empty() || !hook.name.chars().all(plain) {
            return wrong(
                "name",
                format!("[[notify.webhook]] name = \"{}\": use letters, digits, `-` and `_`", hook.name),
            );
        }
        if !names.insert(&hook.name) {
            let text = format!("two webhooks are named `{}`: give each a name of its own", hook.name);
            return wrong("name", text);
        }
        let given = [hook.url.is_some(), hook.url_file.is_some(), hook.url_env.is_some()];
        if given.into_iter().filter(|given| *given).count() != 1 {
            return wrong("url", format!("[[notify.webhook]] `{}`: give one of url, url_file and url_env", hook.name));
        }
        let is_signed = hook.secret_file.is_some() || hook.secret_env.is_some();
        if is_signed != (hook.kind == WebhookKind::Generic) {
            let text = "kind `generic` is signed, with secret_file or secret_env, and no other kind is";
            return wrong("kind", format!("[[notify.webhook]] `{}`: {text}", hook.name));
        }
        if let Some(kind) = hook.notices.iter().find(|kind| !kind.is_for_everybody()) {
            let known: Vec<&str> =
                NoticeKind::ALL.iter().filter(|kind| kind.is_for_everybody()).map(|kind| kind.as_str()).collect();
            let text = format!("`{}` concerns one person; known are {}", kind.as_str(), known.join(", "));
            return wrong("notices", format!("[[notify.webhook]] `{}` notices: {text}", hook.name));
        }
    }
    if (notify.smtp.is_some() || !notify.webhook.is_empty())
        && let Err(text) = config.server.portal_url()
    {
        return wrong(if notify.smtp.is_some() { "from" } else { "kind" }, text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    const SMTP: &str = "[notify.smtp]\nhost = \"127.0.0.1\"\nfrom = \"Reeve <reeve@example.com>\"\n";

    #[test]
    fn hours_and_ports_have_their_defaults() {
        let notify = parse(SMTP, "reeve.toml").unwrap().notify;
        assert_eq!(String::from(notify.quiet_hours), "20:00-08:00");
        assert_eq!(String::from(notify.digest_at), "08:30");
        let smtp = notify.smtp.unwrap();
        assert_eq!((smtp.port(), smtp.tls), (587, SmtpTls::Starttls));
        let off = parse("[notify]\nquiet_hours = \"off\"\nlanguage = \"ko\"\n", "reeve.toml").unwrap().notify;
        assert_eq!((off.quiet_hours, off.language), (QuietHours(None), Lang::Ko));
    }

    #[test]
    fn errors_say_what_to_write() {
        let told = |text: &str| parse(text, "reeve.toml").unwrap_err().to_string();
        let hook = |more: &str| format!("[[notify.webhook]]\nname = \"ops\"\n{more}");
        insta::assert_snapshot!(
            [
                told("[notify]\nquiet_hours = \"night\"\n"),
                told("[notify]\ndigest_at = \"8\"\n"),
                told("[notify]\ndigest_att = \"08:00\"\n"),
                told(&format!("{SMTP}tls = \"startls\"\n")),
                told(&SMTP.replace("reeve@example.com", "reeve")),
                told(&format!("{SMTP}user = \"reeve\"\n")),
                told(
                    &format!("{SMTP}tls = \"none\"\nuser = \"r\"\npassword_env = \"P\"\n").replace("127.0.0.1", "mail")
                ),
                told(&hook("kind = \"slak\"\nurl = \"https://hooks.example.com/hunter2\"\n")),
                told(&hook("kind = \"slack\"\n")),
                told(&hook("kind = \"generic\"\nurl = \"https://h.example.com/hunter2\"\n")),
                told(&hook("kind = \"slack\"\nurl = \"https://h.example.com/hunter2\"\nnotices = [\"decided\"]\n")),
                told(&format!("[server]\nlisten = \"0.0.0.0:80\"\nallow_plain_http = true\n{SMTP}")),
            ]
            .join("\n")
        );
    }

    #[test]
    fn an_address_is_a_secret() {
        let text = "[[notify.webhook]]\nname = \"ops\"\nkind = \"slack\"\nurl = \"https://h.example.com/hunter2\"\n";
        let config = parse(text, "reeve.toml").unwrap();
        assert_eq!(config.notify.webhook[0].address().unwrap().expose(), "https://h.example.com/hunter2");
        let written = toml::to_string(&config).unwrap();
        assert!(!format!("{config:?} {written}").contains("hunter2"), "{written}");
    }
}
