//! One hit: what it is, why it matched, what can be said of it.

use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::parts::{Typed, badge, icon, icon_small, kind_icon, marked};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::asset::AssetKind;
use reeve_model::owner::OwnerState;
use reeve_model::search::{Hit, Mark, MatchedColumn, SearchRequest, Why, WhyRule};

pub(super) fn view(ctx: Ctx<'_>, request: &SearchRequest, hit: &Hit) -> Html {
    let t = ctx.t;
    let typed = Typed::new(&request.q);
    let class = if hit.deprecated { "result deprecated" } else { "result" };
    let deprecated = hit.deprecated.then(|| badge("tone-warn", "ban", t.deprecated()));
    let certified = hit.certified.then(|| badge("tone-good", "certified", t.certified()));
    let personal = hit.personal_data.map(|class| ctx.class(class, true));
    let tags = hit.tags.iter().map(|tag| badge("tone-neutral", "tag", tag.clone())).collect::<Vec<_>>();
    let described = match &hit.description {
        Some(text) => ctx.marked_prose(text, &hit.description_marks, &typed),
        None => ctx.description(None),
    };
    view! {
        <li class=class>
            <div class="row">
                <h2 class="result-name">
                    <a data-target="" href=link::hit(hit)>{name(hit, &typed)}</a>
                </h2>
                {badge("tone-neutral", kind_icon(hit.kind), ctx.kind(hit.kind))} {certified} {deprecated} {personal} {tags}
            </div>
            <div class="result-side">{why(ctx, request, hit)}</div>
            <p class="muted">{described}</p>
            {columns(ctx, &hit.columns, &typed)}
            {facts(ctx, hit)}
        </li>
    }
    .html()
}

/// The name with what stands before its last part set back, and what matched marked.
fn name(hit: &Hit, typed: &Typed) -> Html {
    let name = &hit.qualified_name;
    let own = match hit.kind {
        AssetKind::Database => 0,
        AssetKind::Table | AssetKind::View => hit.database.len() + 1,
        AssetKind::Column => hit.database.len() + hit.table.as_deref().map_or(0, str::len) + 2,
    };
    let Some((before, after)) = name.split_at_checked(own) else { return marked(name, &hit.name_marks, typed).html() };
    let clipped = |from: usize, to: usize| {
        let inside = hit.name_marks.iter().filter(move |mark| mark.start < to && mark.end > from);
        inside.map(|mark| Mark { start: mark.start.max(from) - from, end: mark.end.min(to) - from }).collect::<Vec<_>>()
    };
    view! {
        <span>{marked(before, &clipped(0, own), typed)}</span>
        {marked(after, &clipped(own, name.len()), typed)}
    }
    .html()
}

fn columns(ctx: Ctx<'_>, columns: &[MatchedColumn], typed: &Typed) -> Html {
    if columns.is_empty() {
        return blank();
    }
    let columns = columns.iter().map(|column| {
        let comment = column.comment.as_deref().map(|text| ctx.marked_prose(text, &column.comment_marks, typed));
        view! { <span>{ctx.t.column()} " " <code>{marked(&column.name, &column.name_marks, typed)}</code> " " {comment}</span> }
    });
    view! { <p class="result-match">{columns.collect::<Vec<_>>()}</p> }.html()
}

fn facts(ctx: Ctx<'_>, hit: &Hit) -> Html {
    let t = ctx.t;
    if hit.kind == AssetKind::Column {
        return blank();
    }
    // Whom only the metastore names answers for nothing.
    let owner = match (hit.owner_state, &hit.owner) {
        (OwnerState::None, Some(named)) => view! {
            <li class="tone-warn">{icon("user-gone")} {t.no_owner()}</li>
            <li>{t.metastore_owner()} " " <code>{named.clone()}</code></li>
        }
        .html(),
        (OwnerState::None, None) => view! { <li class="tone-warn">{icon("user-gone")} {t.no_owner()}</li> }.html(),
        (state, owner) => view! { <li>{icon("user")} {owner.clone()} " " {ctx.owner_state(state)}</li> }.html(),
    };
    let changed = hit.changed_at.map(|at| view! { <li>{icon("clock")} {t.changed()} " " {ctx.ago(at)}</li> });
    let stored = [hit.size_bytes.map(format::bytes), hit.format.as_deref().map(str::to_uppercase)];
    let stored = stored.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let stored = (!stored.is_empty()).then(|| view! { <li>{icon("drive")} {stored}</li> });
    let partitioned = hit.partitioned.then(|| view! { <li>{icon("shape")} {t.facet_partitioned()}</li> });
    view! {
        <ul class="trust-facts" role="list">
            {owner} {changed} {stored} {partitioned} <li>{icon("source")} {hit.source.clone()}</li>
        </ul>
    }
    .html()
}

/// "Why is this here?"
fn why(ctx: Ctx<'_>, request: &SearchRequest, hit: &Hit) -> Html {
    let t = ctx.t;
    if hit.why.is_empty() {
        return blank();
    }
    let reasons = hit.why.iter().map(|why| reason(ctx, why)).collect::<Vec<_>>();
    let score = request.explain.then(|| view! { <p class="tiny faint">{t.why_score(format!("{:.1}", hit.score))}</p> });
    view! {
        <details class="menu why">
            <summary class="button quiet small">
                {t.why()} <span class="visually-hidden">{format!(": {}", hit.qualified_name)}</span> {icon_small("down")}
            </summary>
            <ul role="list">{reasons} {score.map(|score| view! { <li>{score}</li> })}</ul>
        </details>
    }
    .html()
}

fn reason(ctx: Ctx<'_>, why: &Why) -> Html {
    let t = ctx.t;
    let text = match why.rule {
        WhyRule::ExactQualifiedName => t.why_exact_qualified_name(),
        WhyRule::ExactName => t.why_exact_name(),
        WhyRule::NamePrefix => t.why_name_prefix(),
        WhyRule::NameWord => t.why_name_word(),
        WhyRule::ColumnName => t.why_column_name(),
        WhyRule::ColumnComment => t.why_column_comment(),
        WhyRule::Description => t.why_description(),
        WhyRule::Database => t.why_database(),
        WhyRule::Owner => t.why_owner(),
        WhyRule::Synonym => t.why_synonym(),
        WhyRule::InitialConsonants => t.why_initial_consonants(),
        WhyRule::KeyboardLayout => t.why_keyboard_layout(),
        WhyRule::Fuzzy => t.why_fuzzy(),
        WhyRule::Used => t.why_used(),
        WhyRule::HasOwner => t.why_has_owner(),
        WhyRule::HasDescription => t.why_has_description(),
        WhyRule::Deprecated => t.why_deprecated(),
        WhyRule::Filter => t.why_filter(),
    };
    let detail = why.detail.clone().map(|detail| view! { ": " <code>{detail}</code> });
    let contribution =
        why.contribution.map(|points| view! { <span class="num faint push">{format!("{points:+.2}")}</span> });
    view! {
        <li class="row">
            <span>{text} {detail}</span>
            {contribution}
        </li>
    }
    .html()
}
