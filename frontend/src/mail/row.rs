//! A notice in words: a line that says what, a sentence that says more, and where it leads.

use super::{Answers, Words};
use crate::address::Address;
use crate::format;
use crate::owners::role_name;
use crate::text::Texts;
use reeve_model::notice::{Choice, Notice, Place, Verdict};

pub(super) struct Row {
    pub(super) head: String,
    pub(super) detail: String,
    /// Until when something is to be done.
    pub(super) due: Option<String>,
    pub(super) url: String,
    open: String,
    /// The answers that can be given, with their addresses.
    answers: Vec<(String, String)>,
}

/// How a link looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The likeliest answer.
    First,
    Other,
}

impl Row {
    /// Answers first, the page last.
    pub(super) fn links(&self) -> impl Iterator<Item = (&str, &str, Weight)> {
        let weight = |at| if at == 0 { Weight::First } else { Weight::Other };
        let answers =
            self.answers.iter().enumerate().map(move |(at, (name, url))| (name.as_str(), url.as_str(), weight(at)));
        answers.chain([(self.open.as_str(), self.url.as_str(), Weight::Other)])
    }
}

impl Words<'_> {
    pub(super) fn row(&self, notice: &Notice, answers: Option<&Answers>) -> Row {
        let t = self.t;
        let (head, detail, due, url) = match notice.clone() {
            Notice::RequestWaits { request, title, asker, due_at } => {
                let due = due_at.map(|due| t.notice_due(self.moment(due)));
                (t.notice_request_waits(title), t.notice_request_waits_detail(asker), due, self.request(request))
            }
            Notice::Decided { request, title, verdict, by, comment } => {
                (decided(t, verdict, title), said_by(t, by, comment), None, self.request(request))
            }
            Notice::Offered { request, title, by, days } => {
                (t.notice_offered(title), t.notice_offered_detail(by, days), None, self.request(request))
            }
            Notice::ExpiresSoon { request, title, days_left, last_day, bytes } => {
                let mut detail = t.notice_expires_detail(self.day(last_day), days_left);
                if let Some(bytes) = bytes {
                    detail = format!("{detail} {}", t.notice_expires_size(format::bytes(bytes)));
                }
                (t.notice_expires(title), detail, None, self.request(request))
            }
            Notice::Escalated { request, title, asker, waiting_days } => {
                let detail = t.notice_escalated_detail(asker, waiting_days);
                (t.notice_escalated(title), detail, None, self.request(request))
            }
            Notice::SuccessionOpened { case, person, items, due_at } => {
                let due = Some(t.notice_due(self.moment(due_at)));
                (t.notice_succession(items, person), t.notice_succession_detail(), due, self.case(case))
            }
            Notice::OwnerProposed { place, role } => {
                let detail = t.notice_proposed_detail(role_name(t, role));
                (t.notice_proposed(name(&place)), detail, None, self.url(&page(&place)))
            }
            Notice::WatchedChanged { place, changes } => {
                (t.notice_changed(name(&place)), t.notice_changed_detail(changes), None, self.url(&page(&place)))
            }
        };
        let answers = answers.map(|answers| links(t, answers)).unwrap_or_default();
        Row { head, detail, due, url, open: t.notice_open(), answers }
    }
}

fn decided(t: Texts, verdict: Verdict, title: String) -> String {
    match verdict {
        Verdict::Approved => t.notice_decided_approved(title),
        Verdict::Declined => t.notice_decided_declined(title),
        Verdict::Withdrawn => t.notice_decided_withdrawn(title),
        Verdict::Expired => t.notice_decided_expired(title),
    }
}

fn said_by(t: Texts, by: Option<String>, comment: Option<String>) -> String {
    let by = by.map_or_else(|| t.notice_decided_by_rule(), |by| t.notice_decided_by(by));
    match comment {
        Some(comment) => format!("{by} {}", t.notice_comment(comment)),
        None => by,
    }
}

fn links(t: Texts, answers: &Answers) -> Vec<(String, String)> {
    let of = |choice: &Choice| {
        let name = match choice {
            Choice::Approve => t.answer_approve(),
            Choice::Offer { days } => t.answer_offer(*days),
            Choice::Accept => t.answer_accept(),
            Choice::Keep => t.answer_keep(),
            Choice::NotMine => t.answer_not_mine(),
            Choice::Replaced => t.answer_replaced(),
            Choice::DropNow => t.answer_drop_now(),
        };
        (name, format!("{}?choice={}", answers.url, choice.key()))
    };
    answers.choices.iter().map(of).collect()
}

fn name(place: &Place) -> String {
    match &place.table {
        Some(table) => format!("{}.{table}", place.database),
        None => place.database.clone(),
    }
}

fn page(place: &Place) -> String {
    Address::new(&place.database, place.table.as_deref(), &place.source, place.ambiguous).page()
}
