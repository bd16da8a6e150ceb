//! The components that pages are made of, in every state they have, and what a person may type and press.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::form::Form;
use crate::parts::{
    Field, badge, data_table, empty, fact_list, icon, icon_small, page_header, panel, spark, stat_row, status,
};
use crate::shell::{Ctx, Framed, keys_list};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::crawl::CrawlState;

const TONES: [&str; 6] = ["tone-good", "tone-warn", "tone-bad", "tone-info", "tone-pii", "tone-neutral"];
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;

#[derive(Clone, Copy, Debug)]
pub struct StyleGuidePage;

impl PageView for StyleGuidePage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let header =
            page_header(blank(), view! { <h1>{t.style_guide()}</h1> }.html(), t.style_purpose().html(), blank());
        let main = view! {
            {header}
            <div class="columns">{colours(ctx)} {states(ctx)}</div>
            <div class="columns">{buttons(ctx)} {fields(ctx)}</div>
            {facts(ctx)}
            {table(ctx)}
            <div class="columns">{syntax(ctx)} {keyboard(ctx)}</div>
            <section class="panel">{empty("search", t.style_empty(), view! { <p>{t.style_empty_advice()}</p> }.html())}</section>
        };
        Framed { title: t.style_guide(), section: "", has_search: false, main: main.html() }
    }
}

fn body(content: Html) -> Html {
    view! { <div class="panel-body stack tight">{content}</div> }.html()
}

fn colours(ctx: Ctx<'_>) -> Html {
    let tones = TONES.map(|tone| {
        view! {
            <li class="row">
                <span class=format!("swatch {tone}")></span>
                <code>{tone}</code>
                {badge(tone, "tag", tone.trim_start_matches("tone-").to_owned())}
            </li>
        }
    });
    let list = view! { <ul class="stack tight" role="list">{tones.into_iter().collect::<Vec<_>>()}</ul> };
    panel(ctx.t.style_tones(), blank(), body(list.html()))
}

fn states(ctx: Ctx<'_>) -> Html {
    let states = CrawlState::ALL.iter().map(|state| view! { <li>{ctx.crawl_state(*state)}</li> }).collect::<Vec<_>>();
    let callouts = [("tone-info", "info"), ("tone-warn", "alert"), ("tone-bad", "x")].map(|(tone, icon_name)| {
        view! {
            <div class=format!("callout {tone}")>
                {icon(icon_name)} <div><strong>{ctx.t.style_callout()}</strong> <p>{ctx.t.style_callout_text()}</p></div>
            </div>
        }
    });
    let content = view! {
        <ul class="row loose" role="list">{states.into_iter().collect::<Vec<_>>()}</ul>
        {callouts.into_iter().collect::<Vec<_>>()}
    };
    panel(ctx.t.style_states(), blank(), body(content.html()))
}

fn buttons(ctx: Ctx<'_>) -> Html {
    let t = ctx.t;
    let content = view! {
        <div class="row">
            <button class="button primary" r#type="button">{t.run_now()}</button>
            <button class="button" r#type="button">{t.filter_apply()}</button>
            <button class="button danger" r#type="button">{t.style_delete()}</button>
            <button class="button quiet" r#type="button">{t.close()}</button>
            <button class="button" r#type="button" disabled=true>{t.style_disabled()}</button>
        </div>
        <div class="row">
            <button class="button small" r#type="button">{t.pages_next()} {icon_small("right")}</button>
            <button class="button icon-only" r#type="button" aria-label=t.run_now()>{icon("play")}</button>
            <span class="filter-chip">{t.kind_table()} {icon_small("x")}</span>
            <span class="count">"214"</span>
            <kbd class="kbd">"⌘K"</kbd>
        </div>
    };
    panel(t.style_buttons(), blank(), body(content.html()))
}

fn fields(ctx: Ctx<'_>) -> Html {
    let t = ctx.t;
    let field = |id: &str, name| Field {
        id: id.to_owned(),
        name,
        label: t.style_field(),
        hint: t.style_field_help(),
        required: true,
    };
    let mut form = Form::new([("days".to_owned(), "7".to_owned()), ("reason".to_owned(), "?".to_owned())]);
    form.text("reason", 3, 500);
    form.choice("kind", |_| None::<()>);
    let (days, reason, kind) =
        (field("style-field", "days"), field("style-wrong", "reason"), field("style-choice", "kind"));
    let kinds = vec![("table", t.kind_table()), ("view", t.kind_view())];
    let content = view! {
        {ctx.mistakes(&form, &[&days, &reason, &kind])} {ctx.text_field(&form, &days)} {ctx.text_area(&form, &reason)}
        {ctx.select(&form, &kind, kinds)}
        <label class="check">
            <input r#type="checkbox" checked=true/>
            {t.kind_view()} <span class="num">"8"</span>
        </label>
    };
    panel(t.style_fields(), blank(), body(content.html()))
}

fn facts(ctx: Ctx<'_>) -> Html {
    let t = ctx.t;
    stat_row(
        t.key_facts(),
        vec![
            (t.size(), "81.3 TB".html(), t.before_copies().html()),
            (t.sources_harvested(), ctx.of(41_032, 41_032).html(), t.sources_latest_crawls().html()),
            (t.took(), ctx.span(130_000).html(), status("tone-good", "check", t.state_complete())),
        ],
    )
}

fn table(ctx: Ctx<'_>) -> Html {
    let t = ctx.t;
    let row = |name: &'static str, kind: &'static str| {
        view! {
            <tr>
                <th scope="row">
                    <code>{name}</code>
                </th>
                <td>
                    <code class="faint">{kind}</code>
                </td>
                <td class="num">{spark(t.run_times_of(name), &[3, 5, 4, 8, 6, 7])}</td>
            </tr>
        }
    };
    let rows = view! { <tbody>{row("order_id", "bigint")} {row("ordered_at", "timestamp")}</tbody> };
    let heads = vec![(t.column(), ""), (t.data_type(), ""), (t.run_times(), "num")];
    panel(t.style_table(), blank(), data_table(&t.style_table(), heads, rows.html()))
}

/// The query language, as the link beside the search field promises.
fn syntax(ctx: Ctx<'_>) -> Html {
    let t = ctx.t;
    let forms = [
        ("주문 상세", t.syntax_words()),
        ("\"order detail\"", t.syntax_phrase()),
        ("-test", t.syntax_not()),
        ("sales.orders", t.syntax_exact()),
        ("db:sales", t.syntax_db()),
        ("column:member_no", t.syntax_column()),
        ("owner:kim", t.syntax_owner()),
        ("tag:pii", t.syntax_tag()),
        ("type:view", t.syntax_type()),
        ("format:orc", t.syntax_format()),
        ("partitioned:yes", t.syntax_partitioned()),
        ("created:>2026-01-01", t.syntax_created()),
        ("size:>1tb", t.syntax_size()),
        ("pii:direct", t.syntax_pii()),
        ("pii:undecided", t.syntax_pii_undecided()),
        ("is:certified", t.syntax_is()),
        ("has:description", t.syntax_has()),
        ("no:owner", t.syntax_no()),
        ("ㅈㅁㅅㅅ", t.syntax_initials()),
        ("wnans", t.syntax_keyboard()),
    ];
    let rows = forms.map(|(form, text)| (form.to_owned(), Some(text.html())));
    let list = fact_list(rows.into());
    let content = view! {
        <section class="panel" id="syntax">
            <header class="panel-header">
                <h2>{t.search_syntax()}</h2>
            </header>
            <div class="panel-body syntax">{list}</div>
        </section>
    };
    content.html()
}

fn keyboard(ctx: Ctx<'_>) -> Html {
    view! {
        <section class="panel" id="keyboard">
            <header class="panel-header">
                <h2>{ctx.t.keys_title()}</h2>
            </header>
            <div class="panel-body stack tight">{keys_list(ctx)} <p class="tiny faint">{ctx.t.keys_note()}</p></div>
        </section>
    }
    .html()
}
