//! The components that pages are made of, in every state they have, and what a person may type and press.

use crate::parts::{
    Ctx, badge, data_table, empty, fact_list, icon, icon_small, page_header, panel, spark, stat_row, status,
};
use crate::shell::{Framed, Section, keys_list};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::crawl::CrawlState;

const TONES: [&str; 6] = ["tone-good", "tone-warn", "tone-bad", "tone-info", "tone-pii", "tone-neutral"];

pub(super) fn page(ctx: Ctx<'_>) -> Framed {
    let t = ctx.t;
    let header = page_header(
        ().into_any(),
        view! { <h1>{t.style_guide()}</h1> }.into_any(),
        t.style_purpose().into_any(),
        ().into_any(),
    );
    let main = view! {
        {header}
        <div class="columns">{colours(ctx)} {states(ctx)}</div>
        <div class="columns">{buttons(ctx)} {fields(ctx)}</div>
        {facts(ctx)}
        {table(ctx)}
        <div class="columns">{syntax(ctx)} {keyboard(ctx)}</div>
        <section class="panel">{empty("search", t.style_empty(), view! { <p>{t.style_empty_advice()}</p> }.into_any())}</section>
    };
    Framed { title: t.style_guide(), section: Section::Other, has_search: false, main: main.into_any() }
}

fn body(content: AnyView) -> AnyView {
    view! { <div class="panel-body stack tight">{content}</div> }.into_any()
}

fn colours(ctx: Ctx<'_>) -> AnyView {
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
    panel(ctx.t.style_tones(), ().into_any(), body(list.into_any()))
}

fn states(ctx: Ctx<'_>) -> AnyView {
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
    panel(ctx.t.style_states(), ().into_any(), body(content.into_any()))
}

fn buttons(ctx: Ctx<'_>) -> AnyView {
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
    panel(t.style_buttons(), ().into_any(), body(content.into_any()))
}

fn fields(ctx: Ctx<'_>) -> AnyView {
    let t = ctx.t;
    let content = view! {
        <div class="field">
            <label r#for="style-field">{t.style_field()}</label>
            <input class="input" id="style-field" aria-describedby="style-field-help"/>
            <span class="help" id="style-field-help">{t.style_field_help()}</span>
        </div>
        <div class="field">
            <label r#for="style-wrong">{t.style_field()}</label>
            <input class="input" id="style-wrong" value="0" aria-invalid="true" aria-describedby="style-wrong-error"/>
            <span class="error" id="style-wrong-error">{icon_small("alert")} {t.style_field_error()}</span>
        </div>
        <label class="check">
            <input r#type="checkbox" checked=true/>
            {t.kind_view()} <span class="num">"8"</span>
        </label>
    };
    panel(t.style_fields(), ().into_any(), body(content.into_any()))
}

fn facts(ctx: Ctx<'_>) -> AnyView {
    let t = ctx.t;
    stat_row(
        t.key_facts(),
        vec![
            (t.size(), "81.3 TB".into_any(), t.before_copies().into_any()),
            (t.sources_harvested(), ctx.of(41_032, 41_032).into_any(), t.sources_latest_crawls().into_any()),
            (t.took(), ctx.span(130_000).into_any(), status("tone-good", "check", t.state_complete())),
        ],
    )
}

fn table(ctx: Ctx<'_>) -> AnyView {
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
    panel(t.style_table(), ().into_any(), data_table(&t.style_table(), heads, rows.into_any()))
}

/// The query language, as the link beside the search field promises.
fn syntax(ctx: Ctx<'_>) -> AnyView {
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
        ("has:description", t.syntax_has()),
        ("no:owner", t.syntax_no()),
        ("ㅈㅁㅅㅅ", t.syntax_initials()),
        ("wnans", t.syntax_keyboard()),
    ];
    let rows = forms.map(|(form, text)| (form.to_owned(), Some(text.into_any())));
    let list = fact_list(rows.into());
    let content = view! {
        <section class="panel" id="syntax">
            <header class="panel-header">
                <h2>{t.search_syntax()}</h2>
            </header>
            <div class="panel-body syntax">{list}</div>
        </section>
    };
    content.into_any()
}

fn keyboard(ctx: Ctx<'_>) -> AnyView {
    view! {
        <section class="panel" id="keyboard">
            <header class="panel-header">
                <h2>{ctx.t.keys_title()}</h2>
            </header>
            <div class="panel-body stack tight">{keys_list(ctx)} <p class="tiny faint">{ctx.t.keys_note()}</p></div>
        </section>
    }
    .into_any()
}
