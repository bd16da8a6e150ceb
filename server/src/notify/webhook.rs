//! Channels: Slack, Mattermost, Teams, and whoever takes signed JSON.

use super::Post;
use super::attempt::Outcome;
use super::outbox::Parcel;
use crate::config::{WebhookConfig, WebhookKind};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use reeve_crawlers::tls;
use reeve_frontend::mail::{Line, line};
use reeve_model::Word;
use reeve_model::notice::{Notice, NoticeKind};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode};
use ring::hmac;
use rustls::ClientConfig;
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Characters of a section that Slack takes.
const SLACK_SECTION: usize = 3_000;
/// Characters that Mattermost takes; older servers take fewer, and nobody reads more.
const MATTERMOST: usize = 7_900;
/// Bytes of a message that every Workflows address takes: 28 KB by the book, 21 measured.
const TEAMS: usize = 20_000;

/// A webhook of `reeve.toml`.
#[derive(Debug)]
pub(super) struct Hook {
    pub(super) config: WebhookConfig,
    client: OnceLock<Result<Client, String>>,
}

impl Hook {
    pub(super) fn new(config: &WebhookConfig) -> Self {
        Self { config: config.clone(), client: OnceLock::new() }
    }

    pub(super) fn wants(&self, kind: NoticeKind) -> bool {
        kind.is_for_everybody() && (self.config.notices.is_empty() || self.config.notices.contains(&kind))
    }

    /// What is posted, made once.
    pub(super) fn body(&self, post: &Post, id: i64, notice: &Notice, now: DateTime<Utc>) -> Vec<u8> {
        let lang = self.config.language.unwrap_or(post.config.language);
        let line = line(lang, post.zone, now, &post.portal, id, notice);
        let body = match self.config.kind {
            WebhookKind::Slack => slack(&line),
            WebhookKind::Mattermost => mattermost(&line),
            WebhookKind::Teams => teams(&line),
            WebhookKind::Generic => generic(&line, id, notice, now),
        };
        body.to_string().into_bytes()
    }

    pub(super) async fn send(&self, parcel: &Parcel, now: DateTime<Utc>, cancel: &CancellationToken) -> Outcome {
        if cancel.is_cancelled() {
            return Outcome::later("stopped before it was sent");
        }
        let (client, url) = match (self.client(), self.config.address()) {
            (Ok(client), Ok(url)) => (client, url),
            (Err(reason), _) | (_, Err(reason)) => return Outcome::later(reason),
        };
        let mut request = client.post(url.expose()).header(CONTENT_TYPE, "application/json").body(parcel.body.clone());
        if self.config.kind == WebhookKind::Generic {
            match self.signatures(parcel, now) {
                Ok(signatures) => {
                    request = request
                        .header("webhook-id", &parcel.message_id)
                        .header("webhook-timestamp", now.timestamp().to_string())
                        .header("webhook-signature", signatures);
                }
                Err(reason) => return Outcome::later(reason),
            }
        }
        match request.send().await {
            Ok(response) => answered(response.status(), response.headers(), now),
            // Its address is a secret, and stands in the error otherwise.
            Err(error) => failed(&error.without_url()),
        }
    }

    fn client(&self) -> Result<&Client, String> {
        let client = self.client.get_or_init(|| {
            let tls = tls::client_config(self.config.ca_file.as_deref())?;
            Client::builder()
                .tls_backend_preconfigured(ClientConfig::clone(&tls))
                // Who sends us elsewhere could send us anywhere in this network.
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(TIMEOUT)
                .timeout(TIMEOUT)
                .build()
                .map_err(|error| error.without_url().to_string())
        });
        client.as_ref().map_err(Clone::clone)
    }

    /// Of every key, of this attempt: what is older than some minutes is refused there (Standard Webhooks 1.0).
    fn signatures(&self, parcel: &Parcel, now: DateTime<Utc>) -> Result<String, String> {
        let wrong = || format!("[[notify.webhook]] `{}`: a key is `whsec_` and base64", self.config.name);
        let mut content = format!("{}.{}.", parcel.message_id, now.timestamp()).into_bytes();
        content.extend_from_slice(&parcel.body);
        let mut signatures = Vec::new();
        for key in self.config.keys()? {
            let text = key.expose();
            let bytes = BASE64_STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).map_err(|_| wrong())?;
            let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
            signatures.push(format!("v1,{}", BASE64_STANDARD.encode(hmac::sign(&key, &content))));
        }
        if signatures.is_empty() { Err(wrong()) } else { Ok(signatures.join(" ")) }
    }
}

fn answered(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Outcome {
    let reason = format!("webhook: it answered {status}");
    if status.is_success() {
        return Outcome::Sent;
    }
    let again =
        status.is_server_error() || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT].contains(&status);
    if again { Outcome::Later { reason, after: retry_after(headers, now) } } else { Outcome::Refused { reason } }
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => TimeDelta::try_seconds(seconds),
        Err(_) => Some(DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc) - now),
    }
}

fn failed(error: &reqwest::Error) -> Outcome {
    let reason = format!("webhook: {}", causes(error));
    if error.is_connect() || error.is_builder() { Outcome::later(reason) } else { Outcome::Doubt { reason } }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn slack(line: &Line) -> Value {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let said = cut(&format!("*{}*\n{}", escaped(&line.title), escaped(&line.detail)), SLACK_SECTION);
    // A link ends at `|` and `>`, which stand in no address as we write it.
    let open = format!("<{}|{}>", line.url, escaped(&line.open));
    let section = |text: &str| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
    json!({
        "text": cut(&escaped(&line.title), SLACK_SECTION),
        "blocks": [
            section(&said),
            section(&open),
            { "type": "context", "elements": [{ "type": "mrkdwn", "text": escaped(&line.number) }] },
        ],
    })
}

fn mattermost(line: &Line) -> Value {
    // A word joiner keeps `@all` from calling everybody, and brackets from making links.
    let plain = |text: &str| text.replace('@', "@\u{2060}").replace('[', "\\[").replace(']', "\\]");
    let said = cut(&format!("**{}**\n{}", plain(&line.title), plain(&line.detail)), MATTERMOST);
    json!({ "text": format!("{said}\n[{}]({})\n_{}_", line.open, line.url, line.number) })
}

fn teams(line: &Line) -> Value {
    let block = |text: &str, more: Value| {
        let mut block = json!({ "type": "TextBlock", "wrap": true, "text": text });
        if let (Some(block), Value::Object(more)) = (block.as_object_mut(), more) {
            block.extend(more);
        }
        block
    };
    let message = |detail: &str| {
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [
                        block(&cut(&line.title, 300), json!({ "weight": "Bolder", "size": "Medium" })),
                        block(detail, json!({})),
                        block(&line.number, json!({ "isSubtle": true, "size": "Small" })),
                    ],
                    "actions": [{ "type": "Action.OpenUrl", "title": line.open, "url": line.url }],
                },
            }],
        })
    };
    // Bytes count, escapes and all: what is too long is cut until it fits.
    let mut most = line.detail.chars().count();
    loop {
        let card = message(&cut(&line.detail, most));
        if card.to_string().len() <= TEAMS || most == 0 {
            return card;
        }
        most /= 2;
    }
}

fn generic(line: &Line, id: i64, notice: &Notice, now: DateTime<Utc>) -> Value {
    json!({
        "type": format!("reeve.{}", notice.kind().as_str()),
        "timestamp": now.to_rfc3339(),
        "data": {
            "number": id,
            "reference": notice.reference(),
            "title": line.title,
            "detail": line.detail,
            "url": line.url,
            "notice": notice,
        },
    })
}

/// The first so many characters, with a sign that there were more.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(title: &str, detail: &str) -> Line {
        Line {
            title: title.to_owned(),
            detail: detail.to_owned(),
            url: "https://reeve.example.com/succession/7".to_owned(),
            open: "Open".to_owned(),
            number: "Notice 4711".to_owned(),
        }
    }

    #[test]
    fn each_kind_has_its_shape() {
        let line = told("Succession of <!channel> & @all", "[Please](http://evil)");
        let all = [slack(&line), mattermost(&line), teams(&line)];
        insta::assert_json_snapshot!(all);
    }

    #[test]
    fn nothing_is_longer_than_it_may_be() {
        let line = told(&"가\"".repeat(5_000), &"<나\n".repeat(50_000));
        let slack = slack(&line);
        for block in slack["blocks"].as_array().unwrap() {
            let text = block["text"]["text"].as_str().or_else(|| block["elements"][0]["text"].as_str()).unwrap();
            assert!(text.chars().count() <= SLACK_SECTION);
        }
        assert!(mattermost(&line)["text"].as_str().unwrap().chars().count() < 16_383);
        assert!(teams(&line).to_string().len() <= TEAMS);
    }

    #[test]
    fn answers_say_whether_to_come_again() {
        let now = DateTime::UNIX_EPOCH;
        let of = |status: u16, after: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(after) = after {
                headers.insert(RETRY_AFTER, after.parse().unwrap());
            }
            match answered(StatusCode::from_u16(status).unwrap(), &headers, now) {
                Outcome::Sent => "sent".to_owned(),
                Outcome::Later { after, .. } => format!("later {:?}", after.map(|after| after.num_seconds())),
                Outcome::Refused { .. } => "refused".to_owned(),
                Outcome::Doubt { .. } => "doubt".to_owned(),
            }
        };
        assert_eq!(of(202, None), "sent");
        assert_eq!(of(500, None), "later None");
        assert_eq!(of(429, Some("7")), "later Some(7)");
        assert_eq!(of(503, Some("Thu, 01 Jan 1970 00:01:00 GMT")), "later Some(60)");
        assert_eq!(of(301, None), "refused");
        assert_eq!(of(404, None), "refused");
    }
}
