//! Filters: checkboxes in a GET form, and a chip for each that is on.

use super::count;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::parts::icon_small;
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::AssetKind;
use reeve_model::owner::OwnerState;
use reeve_model::personal_data::Class;
use reeve_model::search::{Facet, FacetField, FacetValue, SearchRequest, Sort};

/// What a new query keeps of this one: its filters and its order.
pub(super) fn hidden(request: &SearchRequest) -> Html {
    let filters = request.filters.iter().map(|(field, value)| {
        view! { <input r#type="hidden" name=field.as_str() value=value.clone()/> }
    });
    view! { {filters.collect::<Vec<_>>()} {sort(request)} }.html()
}

fn sort(request: &SearchRequest) -> Html {
    if request.sort == Sort::Relevance {
        return blank();
    }
    view! { <input r#type="hidden" name="sort" value=request.sort.as_str()/> }.html()
}

pub(super) fn form(ctx: Ctx<'_>, request: &SearchRequest, facets: &[Facet]) -> Html {
    let t = ctx.t;
    let shown = facets.iter().filter(|facet| !facet.values.is_empty());
    let facets = shown.enumerate().map(|(at, facet)| group(ctx, facet, at < 4)).collect::<Vec<_>>();
    view! {
        <aside class="drawer" id="filters" popover="auto" aria-label=t.filters()>
            <form action="/search" aria-label=t.filters()>
                <input r#type="hidden" name="q" value=request.q.clone()/>
                {sort(request)}
                {facets}
                <p>
                    <button class="button small" r#type="submit">{t.filters_apply()}</button>
                </p>
            </form>
        </aside>
    }
    .html()
}

fn group(ctx: Ctx<'_>, facet: &Facet, is_first: bool) -> Html {
    let t = ctx.t;
    let field = facet.field;
    let is_open = is_first || facet.values.iter().any(|value| value.selected);
    let shown = u64::try_from(facet.values.len()).unwrap_or(u64::MAX);
    let more = facet.distinct.saturating_sub(shown);
    let more = (more > 0).then(|| {
        view! { <li class="tiny faint">{t.filters_more(i64::try_from(more).unwrap_or(i64::MAX))}</li> }
    });
    view! {
        <details class="facet" open=is_open>
            <summary>{field_name(ctx, field)} {icon_small("down")}</summary>
            <ul role="list">
                {facet.values.iter().map(|value| choice(ctx, field, value)).collect::<Vec<_>>()} {more}
            </ul>
        </details>
    }
    .html()
}

fn choice(ctx: Ctx<'_>, field: FacetField, value: &FacetValue) -> Html {
    view! {
        <li>
            <label class="check">
                <input r#type="checkbox" name=field.as_str() value=value.value.clone() checked=value.selected/>
                <span class="truncate">{value_name(ctx, field, &value.value)}</span>
                <span class="num">{count(value.count)}</span>
            </label>
        </li>
    }
    .html()
}

pub(super) fn chips(ctx: Ctx<'_>, request: &SearchRequest) -> Html {
    let t = ctx.t;
    if request.filters.is_empty() {
        return blank();
    }
    let chips = request.filters.iter().enumerate().map(|(at, (field, value))| {
        let text = format!("{}: {}", field_name(ctx, *field), value_name(ctx, *field, value));
        let remove = t.filters_remove(text.clone());
        view! {
            <span class="filter-chip">
                {text} <a class="plain" href=without(request, at) aria-label=remove>{icon_small("x")}</a>
            </span>
        }
    });
    let all = link::query("/search", kept(request));
    view! { {chips.collect::<Vec<_>>()} <a class="tiny" href=all>{t.filters_clear()}</a> }.html()
}

/// This search with all of its filters but one.
fn without(request: &SearchRequest, at: usize) -> String {
    let others = request.filters.iter().enumerate().filter(|(other, _)| *other != at);
    let others = others.map(|(_, (field, value))| (field.as_str(), value.as_str()));
    link::query("/search", kept(request).into_iter().chain(others))
}

fn kept(request: &SearchRequest) -> Vec<(&str, &str)> {
    let mut pairs = vec![("q", request.q.as_str())];
    if request.sort != Sort::Relevance {
        pairs.push(("sort", request.sort.as_str()));
    }
    pairs
}

fn field_name(ctx: Ctx<'_>, field: FacetField) -> String {
    let t = ctx.t;
    match field {
        FacetField::Type => t.facet_type(),
        FacetField::Db => t.database(),
        FacetField::Owner => t.owner(),
        FacetField::Tag => t.facet_tag(),
        FacetField::Format => t.format(),
        FacetField::Source => t.source(),
        FacetField::Partitioned => t.facet_partitioned(),
        FacetField::Description => t.facet_description(),
        FacetField::PersonalData => t.personal_data(),
        FacetField::Undecided => t.facet_undecided(),
        FacetField::Certified => t.certified(),
        FacetField::Deprecated => t.deprecated(),
        FacetField::OwnerState => t.facet_owner_state(),
    }
}

fn value_name(ctx: Ctx<'_>, field: FacetField, value: &str) -> String {
    match (field, value) {
        (
            FacetField::Partitioned
            | FacetField::Description
            | FacetField::Undecided
            | FacetField::Certified
            | FacetField::Deprecated,
            "yes" | "no",
        ) => {
            if value == "yes" {
                ctx.t.yes()
            } else {
                ctx.t.no()
            }
        }
        (FacetField::PersonalData, value) => {
            Class::parse(value).map_or_else(|| value.to_owned(), |class| ctx.class_name(class))
        }
        (FacetField::Type, value) => AssetKind::parse(value).map_or_else(|| value.to_owned(), |kind| ctx.kind(kind)),
        (FacetField::OwnerState, value) => {
            OwnerState::parse(value).map_or_else(|| value.to_owned(), |state| ctx.owner_state_name(state))
        }
        _ => value.to_owned(),
    }
}
