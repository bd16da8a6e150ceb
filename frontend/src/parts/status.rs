//! States as icon, word and colour, and numbers as a line.

use super::icon;
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::reason::explain;
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::crawl::{Crawl, CrawlState};
use reeve_model::personal_data::Class;
use reeve_model::problem::Reason;

impl Ctx<'_> {
    /// A crawl's state as icon, word and colour.
    pub(crate) fn crawl_state(self, state: CrawlState) -> Html {
        let (tone, icon, text) = match state {
            CrawlState::Queued => ("tone-neutral", "clock", self.t.state_queued()),
            CrawlState::Running => ("tone-info", "refresh", self.t.state_running()),
            CrawlState::Complete => ("tone-good", "check", self.t.state_complete()),
            CrawlState::Partial => ("tone-warn", "alert", self.t.state_partial()),
            CrawlState::Failed => ("tone-bad", "x", self.t.state_failed()),
            CrawlState::Interrupted => ("tone-warn", "alert", self.t.state_interrupted()),
            CrawlState::Cancelled => ("tone-neutral", "ban", self.t.state_cancelled()),
        };
        status(tone, icon, text)
    }

    /// `+214 ~1,902 −88`, read aloud in words.
    pub(crate) fn changes(self, crawl: &Crawl) -> Html {
        let counts = &crawl.counts;
        if counts.added == 0 && counts.changed == 0 && counts.deleted == 0 {
            return view! { <span class="muted">{self.t.changes_none()}</span> }.html();
        }
        let short = [("+", counts.added), ("~", counts.changed), ("−", counts.deleted)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(sign, count)| format!("{sign}{}", format::number(count)))
            .collect::<Vec<_>>()
            .join(" ");
        let long = self.t.changes_words(counts.added, counts.changed, counts.deleted);
        view! {
            <span class="muted">
                <span aria-hidden="true">{short}</span>
                <span class="visually-hidden">{long}</span>
            </span>
        }
        .html()
    }
}

impl Ctx<'_> {
    /// Why something was not taken, and what to do.
    pub(crate) fn refusal(self, reason: Option<&Reason>) -> Html {
        let Some(reason) = reason else { return blank() };
        let problem = explain(self.lang(), reason, "");
        view! {
            <div class="callout tone-bad" role="alert">
                {icon("alert")} <div><strong>{problem.detail}</strong> <p>{problem.advice}</p></div>
            </div>
        }
        .html()
    }

    pub(crate) fn class_name(self, class: Class) -> String {
        match class {
            Class::None => self.t.class_none(),
            Class::Indirect => self.t.class_indirect(),
            Class::Direct => self.t.class_direct(),
            Class::Sensitive => self.t.class_sensitive(),
        }
    }

    /// A class of personal data; what nobody has decided stands as a suggestion.
    pub(crate) fn class(self, class: Class, decided: bool) -> Html {
        let tone = match class {
            Class::None => "tone-neutral",
            Class::Indirect => "tone-info",
            Class::Direct => "tone-warn",
            Class::Sensitive => "tone-bad",
        };
        let name = self.class_name(class);
        badge(tone, "pii", if decided { name } else { self.t.class_suggested(name) })
    }
}

/// A state: never colour alone.
pub(crate) fn status(tone: &str, icon_name: &str, text: String) -> Html {
    view! { <span class=format!("status {tone}")>{icon(icon_name)} {text}</span> }.html()
}

pub(crate) fn badge(tone: &str, icon_name: &str, text: String) -> Html {
    view! { <span class=format!("badge {tone}")>{icon(icon_name)} {text}</span> }.html()
}

/// Run times as a line, oldest first; nothing for fewer than two.
pub(crate) fn spark(label: String, values: &[i64]) -> Html {
    if values.len() < 2 {
        return blank();
    }
    let most = values.iter().copied().max().unwrap_or(1).max(1);
    #[expect(clippy::cast_precision_loss, reason = "a drawing 100 units wide")]
    let point = |(at, value): (usize, &i64)| {
        let x = at as f64 * 100.0 / (values.len() - 1) as f64;
        let y = 28.0 - *value as f64 * 26.0 / most as f64;
        format!("{x:.1} {y:.1}")
    };
    let line = format!("M{}", values.iter().enumerate().map(point).collect::<Vec<_>>().join("L"));
    view! {
        <svg class="spark tone-info" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label=label>
            <path class="fill" d=format!("{line}L100 30L0 30z")></path>
            <path class="line" d=line.clone()></path>
        </svg>
    }
    .html()
}
