//! The ordered rules from names of other systems to people and teams: read, changed, tried out.

mod edit;
#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::form::Form;
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::pages::PageView;
use crate::parts::{badge, breadcrumb, data_table, empty, icon, icon_small, page_header, panel, stat_row, status};
use crate::shell::{Ctx, Framed};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use reeve_model::person::{PersonRef, TeamRef};
use reeve_model::principal::{Rule, RuleKind, Step, TargetKind};

pub use edit::{
    ACTION, DOWN, KIND, PATTERN, PLACE, PREVIEW, REASON, REMOVE, REPLACES, SAVE, TARGET, UP, VALUE, VERSION, filled,
    typed,
};

#[derive(Clone, Debug)]
pub struct PrincipalsPage {
    /// Of the rules as they are; 0 while nobody has changed them.
    pub version: i64,
    pub changed: Option<(DateTime<Utc>, String)>,
    /// With how many names each decides.
    pub rules: Vec<(Rule, i64)>,
    pub names: i64,
    pub mapped: i64,
    pub unknown_tables: i64,
    /// Names that no rule knows: name, tables, bytes.
    pub unknown: Vec<(String, i64, i64)>,
    /// What was typed to be tried, and what became of it.
    pub typed: String,
    pub tried: Vec<Tried>,
    pub may_manage: bool,
    /// The rule that is being written.
    pub form: Form,
    /// Why its pattern cannot be used.
    pub wrong: Option<String>,
    pub preview: Option<Preview>,
    /// Somebody else changed the rules meanwhile: nothing was saved.
    pub is_stale: bool,
}

/// A name that was tried.
#[derive(Clone, Debug)]
pub struct Tried {
    pub name: String,
    pub rule: Option<usize>,
    pub is: TriedAs,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub enum TriedAs {
    Person(PersonRef),
    Team(TeamRef),
    ServiceOfTeam(TeamRef),
    Nobody,
    Unknown,
}

/// What a rule that is not saved yet would change.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    pub newly: Vec<String>,
    pub lost: Vec<String>,
    pub moved: Vec<String>,
}

impl PageView for PrincipalsPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let way = vec![(t.people(), "/people".to_owned())];
        let header = page_header(
            breadcrumb(t.breadcrumb(), way, t.principals_title()),
            view! { <h1>{t.principals_title()}</h1> }.html(),
            t.principals_purpose().html(),
            blank(),
        );
        let stale = self.is_stale.then(|| {
            view! {
                <div class="callout tone-bad" role="alert">
                    {icon("alert")} <div><strong>{t.principals_stale()}</strong> <p>{t.principals_stale_advice()}</p></div>
                </div>
            }
        });
        let main = view! {
            {header} {stale} {stats(ctx, self)}
            <div class="columns main-side">
                <div class="stack">{rules(ctx, self)} {unknown(ctx, self)}</div>
                <div class="stack">
                    {try_out(ctx, self)} {self.may_manage.then(|| edit::panel_of(ctx, self))}
                </div>
            </div>
        };
        Framed { title: t.principals_title(), section: "/people", has_search: false, main: main.html() }
    }
}

fn stats(ctx: Ctx<'_>, page: &PrincipalsPage) -> Html {
    let t = ctx.t;
    let changed = match &page.changed {
        Some((at, by)) => (ctx.time(*at), t.principals_changed_by(by.clone(), page.version).html()),
        None => (t.principals_never().html(), t.principals_defaults().html()),
    };
    let unknown = page.names - page.mapped;
    stat_row(
        t.key_facts(),
        vec![
            (t.principals_names(), format::number(page.names).html(), t.principals_names_context().html()),
            (t.principals_mapped(), format::number(page.mapped).html(), blank()),
            (t.principals_unknown(), format::number(unknown).html(), t.count_tables(page.unknown_tables).html()),
            (t.principals_rules(), format::number(count(page.rules.len())).html(), blank()),
            (t.changed(), changed.0, changed.1),
        ],
    )
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub(super) fn kind_name(ctx: Ctx<'_>, kind: RuleKind) -> String {
    let t = ctx.t;
    match kind {
        RuleKind::Exact => t.rule_exact(),
        RuleKind::Regex => t.rule_regex(),
        RuleKind::AuthToLocal => t.rule_auth_to_local(),
        RuleKind::UnixUser => t.rule_unix_user(),
        RuleKind::Mail => t.person_mail(),
        RuleKind::Dn => t.rule_dn(),
        RuleKind::Proxy => t.rule_proxy(),
    }
}

pub(super) fn target_name(ctx: Ctx<'_>, target: TargetKind) -> String {
    let t = ctx.t;
    match target {
        TargetKind::PersonByLogin => t.target_login(),
        TargetKind::PersonByMail => t.target_mail(),
        TargetKind::PersonByNumber => t.target_number(),
        TargetKind::Team => t.target_team(),
        TargetKind::ServiceOfTeam => t.target_service(),
        TargetKind::Nobody => t.target_nobody(),
    }
}

fn rules(ctx: Ctx<'_>, page: &PrincipalsPage) -> Html {
    let t = ctx.t;
    let last = page.rules.len();
    let rows = page.rules.iter().enumerate().map(|(index, (rule, hits))| {
        let place = index + 1;
        let value = (!rule.value.is_empty()).then(|| view! { " " <code>{rule.value.clone()}</code> });
        view! {
            <tr>
                <td class="num">{place.to_string()}</td>
                <td class="hide-narrow">{kind_name(ctx, rule.kind)}</td>
                <th scope="row"><code>{rule.pattern.clone()}</code></th>
                <td>{target_name(ctx, rule.target)} {value}</td>
                <td class="num">{format::number(*hits)}</td>
                <td>{page.may_manage.then(|| edit::actions(ctx, page.version, place, last))}</td>
            </tr>
        }
    });
    let heads = vec![
        (t.rule(), "num"),
        (t.rule_if(), "hide-narrow"),
        (t.rule_pattern(), ""),
        (t.rule_then(), ""),
        (t.rule_hits(), "num"),
        (t.actions(), ""),
    ];
    let table = data_table(&t.principals_rules(), heads, view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html());
    panel(t.principals_rules(), view! { <span class="tiny faint">{t.principals_first_wins()}</span> }.html(), table)
}

fn unknown(ctx: Ctx<'_>, page: &PrincipalsPage) -> Html {
    let t = ctx.t;
    if page.unknown.is_empty() {
        let none =
            empty("check", t.principals_none_unknown(), view! { <p>{t.principals_none_unknown_advice()}</p> }.html());
        return panel(t.principals_unknown(), blank(), none);
    }
    let rows = page.unknown.iter().map(|(name, tables, bytes)| {
        let search = link::query("/search", [("q", format!("owner:\"{name}\"").as_str())]);
        let make = link::query("/people/principals", [("add", name.as_str())]);
        let make = page.may_manage.then(|| {
            view! { <a class="button small" href=format!("{make}#rule")>{icon_small("plus")} {t.rule_make()}</a> }
        });
        view! {
            <tr>
                <th scope="row"><code>{name.clone()}</code></th>
                <td class="num"><a href=search>{t.count_tables(*tables)}</a></td>
                <td class="num">{format::bytes(*bytes)}</td>
                <td>{make}</td>
            </tr>
        }
    });
    let heads = vec![(t.principals_name(), ""), (t.person_owns(), "num"), (t.size(), "num"), (t.actions(), "")];
    let table = data_table(&t.principals_unknown(), heads, view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html());
    let shown = count(page.unknown.len());
    view! {
        <section class="panel" id="unknown">
            <header class="panel-header"><h2>{t.principals_unknown()}</h2></header>
            {table}
            <footer class="panel-foot">{t.of_shown(shown, page.names - page.mapped)}</footer>
        </section>
    }
    .html()
}

fn try_out(ctx: Ctx<'_>, page: &PrincipalsPage) -> Html {
    let t = ctx.t;
    // Leptos does not escape what stands within it, and a browser drops the first line break.
    let text = format!("\n{}", page.typed).html();
    let results = page.tried.iter().map(|tried| result(ctx, page, tried)).collect::<Vec<_>>();
    let content = view! {
        <div class="panel-body stack tight">
            <form class="stack tight" action="/people/principals">
                <div class="field">
                    <label r#for="try">{t.try_label()}</label>
                    <textarea class="input" id="try" name="try" rows="3" spellcheck="false" aria-describedby="try-hint">
                        {text}
                    </textarea>
                    <span class="help" id="try-hint">{t.try_hint()}</span>
                </div>
                <div><button class="button primary" r#type="submit">{t.try_it()}</button></div>
            </form>
            {results}
        </div>
    };
    panel(t.try_title(), blank(), content.html())
}

fn result(ctx: Ctx<'_>, page: &PrincipalsPage, tried: &Tried) -> Html {
    let t = ctx.t;
    let (tone, name, what) = match &tried.is {
        TriedAs::Person(person) => ("tone-good", "check", ctx.person(person)),
        TriedAs::Team(team) => ("tone-good", "check", ctx.team(team)),
        TriedAs::ServiceOfTeam(team) => {
            ("tone-good", "check", view! { {t.target_service()} " " {ctx.team(team)} }.html())
        }
        TriedAs::Nobody => ("tone-neutral", "ban", t.target_nobody().html()),
        TriedAs::Unknown => ("tone-warn", "alert", t.try_unknown().html()),
    };
    let rule = tried.rule.map(|rule| view! { ", " {t.rule_number(count(rule))} });
    let steps = tried.steps.iter().enumerate().map(|(index, step)| {
        let pattern = page.rules.get(index).map(|(rule, _)| view! { " " <code>{rule.pattern.clone()}</code> });
        let said = match step {
            Step::NoMatch => view! { <span class="faint">{t.step_no_match()}</span> }.html(),
            Step::NotThere { value } => status("tone-warn", "alert", t.step_not_there(value.clone())),
            Step::Matches { value } if value.is_empty() => status("tone-good", "check", t.step_matches()),
            Step::Matches { value } => status("tone-good", "check", t.step_matches_as(value.clone())),
        };
        view! { <li class="row spread"><span class="change">{(index + 1).to_string()} {pattern}</span> {said}</li> }
    });
    view! {
        <div class=format!("callout {tone}") role="status">
            {icon(name)} <div><strong class="change"><code>{tried.name.clone()}</code> " → " {what} {rule}</strong></div>
        </div>
        <ol class="panel-list small" role="list">{steps.collect::<Vec<_>>()}</ol>
    }
    .html()
}

/// What would change, before it is saved.
pub(super) fn preview(ctx: Ctx<'_>, preview: &Preview) -> Html {
    let t = ctx.t;
    let list = |tone, name, title: String, names: &[String]| {
        let shown =
            names.iter().take(20).map(|name| view! { <li><code>{name.clone()}</code></li> }).collect::<Vec<_>>();
        (!names.is_empty()).then(|| {
            view! { <p>{badge(tone, name, title)}</p> <ul class="fields small" role="list">{shown}</ul> }.html()
        })
    };
    let Preview { newly, lost, moved } = preview;
    let nothing =
        (newly.is_empty() && lost.is_empty() && moved.is_empty()).then(|| view! { <p>{t.preview_nothing()}</p> });
    view! {
        <div class="callout tone-info" role="status">
            {icon("info")}
            <div>
                <strong>{t.preview_title()}</strong>
                {nothing}
                {list("tone-good", "plus", t.preview_newly(count(newly.len())), newly)}
                {list("tone-bad", "minus", t.preview_lost(count(lost.len())), lost)}
                {list("tone-warn", "swap", t.preview_moved(count(moved.len())), moved)}
            </div>
        </div>
    }
    .html()
}
