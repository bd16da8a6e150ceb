//! Times, sizes, counts and names, or a dash where nobody knows.

use crate::format;
use crate::html::{Html, ToHtml};
use crate::shell::Ctx;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use reeve_model::asset::AssetKind;

impl Ctx<'_> {
    pub(crate) fn span(self, milliseconds: i64) -> String {
        format::span(self.lang(), milliseconds)
    }

    /// A moment, short; its title has all of it.
    pub(crate) fn time(self, at: DateTime<Utc>) -> Html {
        self.told(at, self.moment(at))
    }

    /// A day.
    pub(crate) fn date(self, at: DateTime<Utc>) -> Html {
        self.told(at, format::date(self.lang(), self.local(at)))
    }

    /// How long ago something was; after two months the day says more.
    pub(crate) fn ago(self, at: DateTime<Utc>) -> Html {
        let age = self.chrome.now - at;
        if age.num_days() > 60 {
            return self.date(at);
        }
        let text = match format::age(self.lang(), age) {
            Some(age) => self.t.time_ago(age),
            None => self.t.time_just_now(),
        };
        self.told(at, text)
    }

    fn told(self, at: DateTime<Utc>, text: String) -> Html {
        let local = self.local(at);
        view! { <time datetime=local.to_rfc3339() title=format::full(local)>{text}</time> }.html()
    }

    /// A size, or a dash that says that nobody knows.
    pub(crate) fn size(self, bytes: Option<i64>) -> Html {
        self.or_unknown(bytes.map(format::bytes))
    }

    pub(crate) fn count(self, count: Option<i64>) -> Html {
        self.or_unknown(count.map(format::number))
    }

    pub(crate) fn or_unknown(self, text: Option<String>) -> Html {
        match text {
            Some(text) => text.html(),
            None => view! {
                <span class="faint">
                    <span aria-hidden="true">"—"</span>
                    <span class="visually-hidden">{self.t.unknown()}</span>
                </span>
            }
            .html(),
        }
    }

    /// `41,032 of 41,032`
    pub(crate) fn of(self, done: i64, total: i64) -> String {
        self.t.done_of(done, total)
    }

    pub(crate) fn kind(self, kind: AssetKind) -> String {
        match kind {
            AssetKind::Database => self.t.kind_database(),
            AssetKind::Table => self.t.kind_table(),
            AssetKind::View => self.t.kind_view(),
            AssetKind::Column => self.t.kind_column(),
        }
    }
}
