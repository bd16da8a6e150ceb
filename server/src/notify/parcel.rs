//! The bytes of a mail.

use crate::config::SmtpConfig;
use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use reeve_frontend::mail::Mail;
use unicode_normalization::UnicodeNormalization;

/// What stands around a letter.
pub(super) struct Envelope<'a> {
    pub(super) to: Address,
    pub(super) name: &'a str,
    pub(super) message_id: &'a str,
    /// Everything about the same is one conversation: the id of a message that never was.
    pub(super) thread: String,
    /// Where digests can be ended, for the button of mail programs.
    pub(super) end: Option<&'a str>,
}

/// `<outbox-4711@example.com>`: the same however often it is sent.
pub(super) fn message_id(smtp: &SmtpConfig, outbox: i64) -> Result<String, String> {
    Ok(format!("<outbox-{outbox}@{}>", smtp.mailbox()?.email.domain()))
}

/// The whole message, made once: its text first, as HTML besides.
pub(super) fn bytes(
    smtp: &SmtpConfig,
    envelope: &Envelope<'_>,
    mail: &Mail,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, String> {
    let from = smtp.mailbox()?;
    let domain = from.email.domain().to_owned();
    let mut message = Message::builder()
        .from(from)
        .to(Mailbox::new(Some(in_line(envelope.name)), envelope.to.clone()))
        .subject(in_line(&mail.subject))
        .date(now.into())
        .message_id(Some(envelope.message_id.to_owned()))
        .references(format!("<{}@{domain}>", envelope.thread.replace(|c: char| !c.is_ascii_alphanumeric(), "-")));
    // Nobody's absence is told to a machine (RFC 3834).
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")] {
        message = message.raw_header(header(name, value)?);
    }
    if let Some(end) = envelope.end {
        message = message.raw_header(header("List-Unsubscribe", &format!("<{end}>"))?);
        message = message.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?);
    }
    let body = MultiPart::alternative_plain_html(composed(&mail.text), composed(&mail.html));
    message.multipart(body).map(|message| message.formatted()).map_err(|error| error.to_string())
}

fn header(name: &str, value: &str) -> Result<HeaderValue, String> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| error.to_string())?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

/// For a header, in which a line break would begin another.
fn in_line(text: &str) -> String {
    composed(text).replace(char::is_control, " ")
}

/// NFC: what a Mac wrote in pieces is one syllable everywhere.
fn composed(text: &str) -> String {
    text.nfc().collect()
}
