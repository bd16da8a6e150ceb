//! The parts that pages are made of, with the markup of the style guide.

use crate::text::Texts;
use crate::{assets, format, link};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::{AssetKind, TableSummary};
use reeve_model::crawl::{Crawl, CrawlState};
use reeve_model::page::{Chrome, Lang};
use reeve_model::search::Mark;

/// What every part needs to know of the page it stands on.
#[derive(Clone, Copy)]
pub(crate) struct Ctx<'a> {
    pub(crate) chrome: &'a Chrome,
    pub(crate) t: Texts,
}

impl<'a> Ctx<'a> {
    pub(crate) fn new(chrome: &'a Chrome) -> Self {
        Self { chrome, t: Texts(chrome.lang) }
    }

    pub(crate) fn lang(self) -> Lang {
        self.chrome.lang
    }

    pub(crate) fn span(self, milliseconds: i64) -> String {
        format::span(self.lang(), milliseconds)
    }

    /// A moment, short; the machine-readable attribute has all of it.
    pub(crate) fn time(self, at: DateTime<Utc>) -> AnyView {
        let text = format::moment(self.lang(), at, self.chrome.now);
        view! { <time datetime=at.to_rfc3339()>{text}</time> }.into_any()
    }

    /// A day.
    pub(crate) fn date(self, at: DateTime<Utc>) -> AnyView {
        let text = format::date(self.lang(), at);
        view! { <time datetime=at.to_rfc3339()>{text}</time> }.into_any()
    }

    /// How long ago something was, with the moment for those who ask; after two months the day says more.
    pub(crate) fn ago(self, at: DateTime<Utc>) -> AnyView {
        if (self.chrome.now - at).num_days() > 60 {
            return self.date(at);
        }
        let text = self.t.time_ago(format::age(self.lang(), at, self.chrome.now));
        let title = format::moment(self.lang(), at, self.chrome.now);
        view! { <time datetime=at.to_rfc3339() title=title>{text}</time> }.into_any()
    }

    /// A size, or a dash that says that nobody knows.
    pub(crate) fn size(self, bytes: Option<i64>) -> AnyView {
        self.or_unknown(bytes.map(format::bytes))
    }

    pub(crate) fn count(self, count: Option<i64>) -> AnyView {
        self.or_unknown(count.map(format::number))
    }

    pub(crate) fn or_unknown(self, text: Option<String>) -> AnyView {
        match text {
            Some(text) => text.into_any(),
            None => view! {
                <span class="faint">
                    <span aria-hidden="true">"—"</span>
                    <span class="visually-hidden">{self.t.unknown()}</span>
                </span>
            }
            .into_any(),
        }
    }

    /// Text that people wrote into the source, marked with its language where that is not the page's.
    pub(crate) fn prose(self, text: &str) -> AnyView {
        self.marked_prose(text, &[])
    }

    pub(crate) fn marked_prose(self, text: &str, marks: &[Mark]) -> AnyView {
        let content = marked(text, marks);
        match language_of(text).filter(|lang| *lang != self.lang()) {
            Some(lang) => view! { <span lang=lang.as_str()>{content}</span> }.into_any(),
            None => content.into_any(),
        }
    }

    /// A description, or a line that says that there is none.
    pub(crate) fn description(self, text: Option<&str>) -> AnyView {
        match text.filter(|text| !text.trim().is_empty()) {
            Some(text) => self.prose(text),
            None => view! { <span class="faint">{self.t.no_description()}</span> }.into_any(),
        }
    }

    pub(crate) fn owner(self, owner: Option<&str>) -> AnyView {
        match owner {
            Some(owner) => view! {
                <span class="person">{icon_small("user")} {owner.to_owned()}</span>
            }
            .into_any(),
            None => view! { <span class="faint">{self.t.no_owner()}</span> }.into_any(),
        }
    }

    pub(crate) fn kind(self, kind: AssetKind) -> String {
        match kind {
            AssetKind::Database => self.t.kind_database(),
            AssetKind::Table => self.t.kind_table(),
            AssetKind::View => self.t.kind_view(),
            AssetKind::Column => self.t.kind_column(),
        }
    }

    /// A crawl's state as icon, word and colour.
    pub(crate) fn crawl_state(self, state: CrawlState) -> AnyView {
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
    pub(crate) fn changes(self, crawl: &Crawl) -> AnyView {
        let counts = &crawl.counts;
        if counts.added == 0 && counts.changed == 0 && counts.deleted == 0 {
            return view! { <span class="muted">{self.t.changes_none()}</span> }.into_any();
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
        .into_any()
    }

    /// `41,032 of 41,032`
    pub(crate) fn of(self, done: i64, total: i64) -> String {
        self.t.done_of(done, total)
    }

    /// The link to the next page of a list, and back to the first when this is not it.
    pub(crate) fn pager(self, next: Option<&str>, is_first: bool) -> AnyView {
        if next.is_none() && is_first {
            return ().into_any();
        }
        let first = (!is_first).then(|| link::with(&self.chrome.uri, "cursor", None));
        let next = next.map(|cursor| link::with(&self.chrome.uri, "cursor", Some(cursor)));
        view! {
            <nav class="row small muted push" aria-label=self.t.pages_label()>
                {first.map(|href| view! { <a class="button small" href=href>{icon_small("left")} {self.t.pages_first()}</a> })}
                {next
                    .map(|href| {
                        view! { <a class="button small" rel="next" href=href>{self.t.pages_next()} {icon_small("right")}</a> }
                    })}
            </nav>
        }
        .into_any()
    }

    /// A table's name as a link, with its database before it.
    pub(crate) fn table_link(self, table: &TableSummary) -> AnyView {
        let name = format!("{}.{}", table.database, table.name);
        view! { <a class="mono" href=link::table(&table.database, &table.name)>{name}</a> }.into_any()
    }
}

/// The address of a symbol of the sprite.
pub(crate) fn icon_url(name: &str) -> String {
    format!("{}#i-{name}", assets::url("icons.svg"))
}

pub(crate) fn icon(name: &str) -> AnyView {
    drawn(name, "icon")
}

pub(crate) fn icon_small(name: &str) -> AnyView {
    drawn(name, "icon small")
}

fn drawn(name: &str, class: &'static str) -> AnyView {
    view! {
        <svg class=class aria-hidden="true">
            <use href=icon_url(name)></use>
        </svg>
    }
    .into_any()
}

pub(crate) fn kind_icon(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Database => "database",
        AssetKind::Table => "table",
        AssetKind::View => "eye",
        AssetKind::Column => "menu",
    }
}

/// A state: never colour alone.
pub(crate) fn status(tone: &str, icon_name: &str, text: String) -> AnyView {
    view! { <span class=format!("status {tone}")>{icon(icon_name)} {text}</span> }.into_any()
}

pub(crate) fn badge(tone: &str, icon_name: &str, text: String) -> AnyView {
    view! { <span class=format!("badge {tone}")>{icon(icon_name)} {text}</span> }.into_any()
}

pub(crate) fn panel(title: String, beside: AnyView, content: AnyView) -> AnyView {
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{title}</h2>
                {beside}
            </header>
            {content}
        </section>
    }
    .into_any()
}

/// Facts of the size of a headline: name, value, context.
pub(crate) fn stat_row(label: String, facts: Vec<(String, AnyView, AnyView)>) -> AnyView {
    let facts = facts.into_iter().map(|(name, value, context)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
                <dd>{context}</dd>
            </div>
        }
    });
    view! {
        <section class="panel" aria-label=label>
            <dl class="stat-row">{facts.collect::<Vec<_>>()}</dl>
        </section>
    }
    .into_any()
}

/// Facts as a list of name and value; those without a value are left out.
pub(crate) fn fact_list(facts: Vec<(String, Option<AnyView>)>) -> AnyView {
    let facts = facts.into_iter().filter_map(|(name, value)| {
        value.map(|value| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
    });
    view! { <dl class="fact-list">{facts.collect::<Vec<_>>()}</dl> }.into_any()
}

/// A head cell: its text and its class.
pub(crate) type Head = (String, &'static str);

/// A table with a name that is read but not seen, in a region that scrolls by itself.
pub(crate) fn data_table(caption: &str, heads: Vec<Head>, body: AnyView) -> AnyView {
    let heads = heads.into_iter().map(|(text, class)| {
        view! { <th scope="col" class=class>{text}</th> }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption.to_owned()>
            <table class="data-table">
                <caption class="visually-hidden">{caption.to_owned()}</caption>
                <thead>
                    <tr>{heads.collect::<Vec<_>>()}</tr>
                </thead>
                {body}
            </table>
        </div>
    }
    .into_any()
}

/// What stands where a list would be.
pub(crate) fn empty(icon_name: &str, title: String, advice: AnyView) -> AnyView {
    view! {
        <div class="empty">
            {icon(icon_name)}
            <h2>{title}</h2>
            {advice}
        </div>
    }
    .into_any()
}

pub(crate) fn page_header(above: AnyView, title: AnyView, purpose: AnyView, actions: AnyView) -> AnyView {
    view! {
        <header class="page-header">
            <div>{above} <div class="row">{title}</div> <p>{purpose}</p></div>
            <div class="row">{actions}</div>
        </header>
    }
    .into_any()
}

/// The way to this page; the last one is where one is.
pub(crate) fn breadcrumb(label: String, way: Vec<(String, String)>, here: String) -> AnyView {
    let way = way.into_iter().map(|(text, href)| {
        view! {
            <li>
                <a href=href>{text}</a>
            </li>
        }
    });
    view! {
        <nav aria-label=label>
            <ol class="breadcrumb" role="list">
                {way.collect::<Vec<_>>()} <li aria-current="page">{here}</li>
            </ol>
        </nav>
    }
    .into_any()
}

/// Run times as a line, oldest first; nothing for fewer than two.
pub(crate) fn spark(label: String, values: &[i64]) -> AnyView {
    if values.len() < 2 {
        return ().into_any();
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
    .into_any()
}

/// The text with `<mark>` around the byte ranges in `marks`, which stand in order. Those that do not fit are left out.
pub(crate) fn marked(text: &str, marks: &[Mark]) -> Vec<AnyView> {
    let mut parts = Vec::new();
    let mut at = 0;
    for mark in marks {
        let (Some(before), Some(inside)) = (text.get(at..mark.start), text.get(mark.start..mark.end)) else { continue };
        push_text(&mut parts, before);
        parts.push(view! { <mark>{inside.to_owned()}</mark> }.into_any());
        at = mark.end;
    }
    push_text(&mut parts, text.get(at..).unwrap_or_default());
    parts
}

/// Leptos writes an empty text as a space, for hydration to find: names must not get one.
fn push_text(parts: &mut Vec<AnyView>, text: &str) {
    if !text.is_empty() {
        parts.push(text.to_owned().into_any());
    }
}

/// Korean where there is Hangul, English where there are several Latin words and none; else it cannot be told.
fn language_of(text: &str) -> Option<Lang> {
    let is_hangul = |c: char| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}');
    if text.chars().any(is_hangul) {
        return Some(Lang::Ko);
    }
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic() || ",.'".contains(c));
    (text.split_whitespace().filter(is_word).count() >= 2).then_some(Lang::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_what_people_wrote() {
        assert_eq!(language_of("주문 상세 order detail"), Some(Lang::Ko));
        assert_eq!(language_of("One row per order"), Some(Lang::En));
        for unclear in ["", "orders", "dt=2026-01-01", "42"] {
            assert_eq!(language_of(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn marks_that_do_not_fit_the_text_are_left_out() {
        let html = |text: &str, marks: &[Mark]| {
            marked(text, marks).into_iter().map(|part| part.to_html()).collect::<String>().replace("<!>", "")
        };
        assert_eq!(html("주문_a", &[Mark { start: 0, end: 6 }]), "<mark>주문</mark>_a");
        assert_eq!(html("주문", &[Mark { start: 1, end: 2 }, Mark { start: 0, end: 99 }]), "주문");
        assert_eq!(html("a<b", &[]), "a&lt;b");
    }
}
