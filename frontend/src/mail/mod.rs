//! What is told outside the portal: letters to people and lines for channels, in the reader's language.

mod html;
mod row;
#[cfg(test)]
mod tests;

use crate::format;
use crate::pages::succession::SUCCESSION;
use crate::text::Texts;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use reeve_model::notice::{Choice, Digest, DigestEvery, Notice, Part, Section};
use reeve_model::reader::Lang;
use row::Row;

/// All that a letter is made of.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    pub lang: Lang,
    /// Where times are told.
    pub zone: Tz,
    pub now: DateTime<Utc>,
    /// Where the portal is: `https://reeve.example.com`, without a slash at its end.
    pub portal: &'a str,
    /// What the reader is called.
    pub name: &'a str,
    /// By which two copies of this letter are known for one.
    pub number: &'a str,
    pub content: Content<'a>,
}

#[derive(Clone, Debug)]
pub enum Content<'a> {
    One {
        notice: &'a Notice,
        answers: Option<&'a Answers>,
    },
    Digest {
        digest: &'a Digest,
        /// Where it can be ended.
        end: &'a str,
    },
}

/// What can be answered by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The page that asks for the answer, without the choice.
    pub url: String,
    pub choices: Vec<Choice>,
    pub until: DateTime<Utc>,
}

/// A letter as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    /// A whole document.
    pub html: String,
}

/// A notice for a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub title: String,
    pub detail: String,
    pub url: String,
    /// What its link is called.
    pub open: String,
    /// Its number, in words.
    pub number: String,
}

pub fn letter(letter: &Letter<'_>) -> Mail {
    let words = Words { t: Texts(letter.lang), zone: letter.zone, now: letter.now, portal: letter.portal };
    let sheet = Sheet::of(&words, letter);
    Mail { subject: format!("[Reeve] {}", sheet.title), text: sheet.text(), html: html::document(letter.lang, &sheet) }
}

/// `portal` as in [`Letter`]; `number` is that of the outbox.
pub fn line(lang: Lang, zone: Tz, now: DateTime<Utc>, portal: &str, number: i64, notice: &Notice) -> Line {
    let words = Words { t: Texts(lang), zone, now, portal };
    let row = words.row(notice, None);
    Line {
        title: row.head,
        detail: row.detail,
        url: row.url,
        open: words.t.notice_open(),
        // As it is: grouped digits would be another number for who searches it.
        number: words.t.notice_channel_number(number.to_string()),
    }
}

/// What words are made with.
struct Words<'a> {
    t: Texts,
    zone: Tz,
    now: DateTime<Utc>,
    portal: &'a str,
}

impl Words<'_> {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.portal)
    }

    fn request(&self, request: i64) -> String {
        self.url(&format!("/requests/{request}"))
    }

    fn case(&self, case: i64) -> String {
        self.url(&format!("{SUCCESSION}/{case}"))
    }

    fn moment(&self, at: DateTime<Utc>) -> String {
        format::moment(self.t.0, at.with_timezone(&self.zone), self.now.with_timezone(&self.zone))
    }

    fn day(&self, day: NaiveDate) -> String {
        format::day(self.t.0, day)
    }
}

/// A letter before it is text or HTML.
struct Sheet {
    title: String,
    at: String,
    greeting: String,
    parts: Vec<Block>,
    /// What the buttons do: a heading and its lines.
    note: Option<(String, Vec<String>)>,
    /// The last lines; each may be a link.
    foot: Vec<(String, Option<String>)>,
}

/// Rows under a heading.
struct Block {
    head: Option<String>,
    rows: Vec<Row>,
    /// What is not shown, and where it is.
    more: Option<String>,
}

impl Sheet {
    fn of(words: &Words<'_>, letter: &Letter<'_>) -> Self {
        let t = words.t;
        let number = (t.notice_number(letter.number.to_owned()), None);
        let settings = (t.notice_settings(), Some(words.url("/account#notices")));
        let (title, parts, note, foot) = match letter.content {
            Content::One { notice, answers } => {
                let row = words.row(notice, answers);
                let note = answers.map(|answers| note(words, letter.name, answers));
                (
                    row.head.clone(),
                    vec![Block { head: None, rows: vec![row], more: None }],
                    note,
                    vec![settings, number],
                )
            }
            Content::Digest { digest, end } => {
                let when = match digest.every {
                    DigestEvery::Weekly => t.digest_when_weekly(),
                    DigestEvery::Daily | DigestEvery::Off => t.digest_when_daily(),
                };
                let foot = vec![(when, None), settings, (t.digest_end(), Some(end.to_owned())), number];
                (title(t, digest), digest.parts.iter().map(|part| block(words, part)).collect(), None, foot)
            }
        };
        let greeting = t.notice_for(letter.name.to_owned());
        Self { title, at: words.moment_of_day(), greeting, parts, note, foot }
    }

    fn text(&self) -> String {
        let mut lines = vec![self.at.clone(), self.greeting.clone(), String::new()];
        for block in &self.parts {
            if let Some(head) = &block.head {
                lines.extend([head.clone(), String::new()]);
            }
            for row in &block.rows {
                let due = row.due.as_deref().map(|due| format!(", {due}")).unwrap_or_default();
                lines.extend([format!("{}{due}", row.head), format!("  {}", row.detail)]);
                lines.extend(row.links().map(|(name, url, _)| format!("  {name}: {url}")));
                lines.push(String::new());
            }
            if let Some(more) = &block.more {
                lines.extend([more.clone(), String::new()]);
            }
        }
        if let Some((_, said)) = &self.note {
            lines.extend(said.iter().cloned().chain([String::new()]));
        }
        lines.extend(self.foot.iter().map(|(text, url)| match url {
            Some(url) => format!("{text}: {url}"),
            None => text.clone(),
        }));
        lines.join("\n") + "\n"
    }
}

impl Words<'_> {
    /// `2026. 11. 24. 08:30`: a letter is read on another day.
    fn moment_of_day(&self) -> String {
        let local = self.now.with_timezone(&self.zone);
        format!("{} {}", format::date(self.t.0, local), local.format("%H:%M"))
    }
}

fn title(t: Texts, digest: &Digest) -> String {
    let (decide, expires) = (digest.total(Section::Decide), digest.total(Section::Expires));
    let news = digest.total(Section::Yours) + digest.total(Section::Fyi);
    let urgent = [
        (decide > 0).then(|| t.digest_subject_decide(decide)),
        (expires > 0).then(|| t.digest_subject_expires(expires)),
    ];
    let urgent: Vec<String> = urgent.into_iter().flatten().collect();
    if urgent.is_empty() { t.digest_subject_news(news) } else { urgent.join(", ") }
}

fn block(words: &Words<'_>, part: &Part) -> Block {
    let t = words.t;
    let head = match part.section {
        Section::Decide => t.digest_decide(part.total),
        Section::Expires => t.digest_expires(part.total),
        Section::Yours => t.digest_yours(part.total),
        Section::Fyi => t.digest_fyi(part.total),
    };
    let left = part.total - i64::try_from(part.rows.len()).unwrap_or(i64::MAX);
    Block {
        head: Some(head),
        rows: part.rows.iter().map(|notice| words.row(notice, None)).collect(),
        more: (left > 0).then(|| t.digest_more(left)),
    }
}

fn note(words: &Words<'_>, name: &str, answers: &Answers) -> (String, Vec<String>) {
    let t = words.t;
    let until = words.moment(answers.until);
    let said = vec![t.answer_note_page(), t.answer_note_once(name.to_owned(), until), t.answer_note_void()];
    (t.answer_note_head(), said)
}
