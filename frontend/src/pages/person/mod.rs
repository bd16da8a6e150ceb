//! A person: how it stands with him and why, what each source says, and what is his.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;
mod manage;

use crate::form::Form;
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::pages::PageView;
use crate::parts::{badge, breadcrumb, data_table, fact_list, icon, page_header, panel, stat_row};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::permission::Role;
use reeve_model::person::{Attribute, Conflict, PersonDetail, PersonEvent, PersonKind, PersonRecord, PersonState};

pub use manage::{DISABLE, ENABLE, GIVE, HAS, REASON, ROLE, STATE, TAKE, given_role};

#[derive(Clone, Debug)]
pub struct PersonPage {
    pub person: PersonDetail,
    /// For who may manage people: the roles given to him by hand, and what was typed of a form.
    pub managed: Option<Managed>,
}

#[derive(Clone, Debug, Default)]
pub struct Managed {
    pub roles: Vec<Role>,
    pub form: Form,
}

impl PageView for PersonPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let person = &self.person;
        let summary = &person.summary;
        let is_gone = summary.state == PersonState::Departed;
        let heading = view! {
            <h1>{summary.name.clone()}</h1>
            {ctx.person_state(summary.state)}
            {(summary.kind != PersonKind::Employee).then(|| badge("tone-neutral", "auto", ctx.person_kind(summary.kind)))}
            {summary.disabled_at.map(|_| badge("tone-bad", "lock", t.person_disabled()))}
        };
        let team = summary.team.as_ref().map(|team| view! { ", " {ctx.team(team)} });
        let manager = person.manager.as_ref().map(|manager| {
            let label = if is_gone { t.person_reported_to() } else { t.person_reports_to() };
            view! { ", " {label} " " {ctx.person(manager)} }
        });
        let purpose = view! { {summary.title.clone().unwrap_or_else(|| summary.login.clone())} {team} {manager} };
        let header = page_header(
            breadcrumb(t.breadcrumb(), vec![(t.people(), "/people".to_owned())], summary.name.clone()),
            heading.html(),
            purpose.html(),
            blank(),
        );
        let main = view! {
            {header} {why(ctx, person)} {stats(ctx, person)}
            <div class="columns main-side">
                <div class="stack">
                    {differences(ctx, &person.differences)} {panel(t.answers_for(), blank(), ctx.answers_for(&person.answers_for))}
                    {panel(t.owned_by_name(), blank(), ctx.owned(&person.owned))}
                    {records(ctx, person, self.managed.is_some())}
                </div>
                <div class="stack">
                    {about(ctx, person)} {events(ctx, &person.events)}
                    {self.managed.as_ref().map(|managed| manage::panel_of(ctx, person, managed))}
                </div>
            </div>
        };
        Framed { title: summary.name.clone(), section: "/people", has_search: false, main: main.html() }
    }
}

/// What is not as it mostly is, in a sentence of its own.
fn why(ctx: Ctx<'_>, person: &PersonDetail) -> Html {
    let t = ctx.t;
    let summary = &person.summary;
    let (tone, name, title, meaning) = match summary.state {
        PersonState::Active => return blank(),
        PersonState::Planned => ("tone-info", "calendar", t.person_planned(), t.person_planned_means()),
        PersonState::OnLeave => ("tone-info", "pause", t.person_on_leave(), t.person_leave_means()),
        PersonState::Suspected => ("tone-warn", "alert", t.person_suspected(), t.person_suspected_means()),
        PersonState::Departed => ("tone-bad", "user-gone", t.person_left(), t.person_left_means()),
    };
    let why = summary.why.as_ref().map(|why| view! { <p>{ctx.why(why)}</p> });
    view! {
        <div class=format!("callout {tone}") role="note">
            {icon(name)} <div><strong>{title}</strong> {why} <p>{meaning}</p></div>
        </div>
    }
    .html()
}

fn stats(ctx: Ctx<'_>, person: &PersonDetail) -> Html {
    let t = ctx.t;
    let tables: i64 = person.owned.iter().map(|one| one.tables).sum();
    let bytes: i64 = person.owned.iter().map(|one| one.size_bytes).sum();
    let names = i64::try_from(person.owned.len()).unwrap_or(i64::MAX);
    let sources = i64::try_from(person.records.len()).unwrap_or(i64::MAX);
    let owns = if person.summary.state == PersonState::Departed { t.person_owned() } else { t.person_owns() };
    stat_row(
        t.key_facts(),
        vec![
            (owns, t.count_tables(tables).html(), t.person_by_names(names).html()),
            (t.size(), format::bytes(bytes).html(), t.before_copies().html()),
            (t.person_leads(), t.person_count(person.reports).html(), blank()),
            (
                t.person_said_by(),
                t.person_records_count(sources).html(),
                t.people_conflicts_count(person.summary.conflicts).html(),
            ),
        ],
    )
}

fn about(ctx: Ctx<'_>, person: &PersonDetail) -> Html {
    let t = ctx.t;
    let summary = &person.summary;
    let code = |text: &str| view! { <code>{text.to_owned()}</code> }.html();
    let teams = (!person.teams.is_empty()).then(|| {
        let teams = person.teams.iter().map(|team| view! { <div>{ctx.team(team)}</div> }).collect::<Vec<_>>();
        view! { {teams} }.html()
    });
    let facts = fact_list(vec![
        (t.person_login(), Some(code(&summary.login))),
        (t.person_number(), summary.employee_number.as_deref().map(code)),
        (t.person_mail(), summary.mail.clone().map(ToHtml::html)),
        (t.person_title(), summary.title.clone().map(ToHtml::html)),
        (t.team(), summary.team.as_ref().map(|team| ctx.team(team))),
        (t.person_teams_too(), teams),
        (t.person_manager(), person.manager.as_ref().map(|manager| ctx.person(manager))),
        (t.person_starts(), person.starts_on.map(|day| ctx.day(day).html())),
        (t.person_ends(), person.ends_on.map(|day| ctx.day(day).html())),
        (t.person_so_since(), Some(ctx.time(summary.state_since))),
        (t.person_why(), summary.why.as_ref().map(|why| ctx.why(why).html())),
    ]);
    panel(t.about(), blank(), view! { <div class="panel-body">{facts}</div> }.html())
}

/// Where sources disagree: each says what it says, and the one that counts is marked.
fn differences(ctx: Ctx<'_>, differences: &[Conflict]) -> Html {
    let t = ctx.t;
    if differences.is_empty() {
        return blank();
    }
    let rows = differences.iter().flat_map(|difference| {
        difference.values.iter().map(move |value| {
            let used = value.used.then(|| badge("tone-good", "check", ctx.t.difference_counts()));
            let text = match (difference.attribute, PersonState::parse(&value.value)) {
                (Attribute::State, Some(state)) => ctx.person_state(state),
                _ => value.value.clone().html(),
            };
            view! {
                <tr>
                    <th scope="row">{ctx.attribute(difference.attribute)}</th>
                    <td><a href=link::source(&value.source)>{value.source.clone()}</a></td>
                    <td>{text}</td>
                    <td>{used}</td>
                </tr>
            }
        })
    });
    let heads =
        vec![(t.difference_attribute(), ""), (t.source(), ""), (t.difference_says(), ""), (t.difference_used(), "")];
    let table = data_table(&t.differences_title(), heads, view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html());
    panel(t.differences_title(), badge("tone-warn", "alert", t.people_disagree()), table)
}

/// What each source says, side by side.
fn records(ctx: Ctx<'_>, person: &PersonDetail, may_part: bool) -> Html {
    let t = ctx.t;
    let records: &[PersonRecord] = &person.records;
    if records.is_empty() {
        let text = view! { <p class="panel-body muted">{t.person_no_records()}</p> };
        return panel(t.person_records(), blank(), text.html());
    }
    let mut heads = vec![(t.difference_attribute(), "")];
    heads.extend(records.iter().map(|record| (format!("{} · {}", record.source, record.key), "")));
    let rows = Attribute::ALL.iter().filter_map(|attribute| {
        let values = records.iter().map(|record| {
            let fact = record.facts.iter().find(|fact| fact.attribute == *attribute);
            fact.map(|fact| fact.value.clone())
        });
        let values: Vec<Option<String>> = values.collect();
        values.iter().any(Option::is_some).then(|| {
            let cells = values.into_iter().map(|value| view! { <td>{ctx.or_unknown(value)}</td> });
            view! {
                <tr>
                    <th scope="row">{ctx.attribute(*attribute)}</th>
                    {cells.collect::<Vec<_>>()}
                </tr>
            }
            .html()
        })
    });
    let mut rows = rows.collect::<Vec<_>>();
    let seen = records.iter().map(|record| {
        let text = match (record.gone_at, record.missing_since) {
            (Some(at), _) => view! { {t.record_gone()} " " {ctx.time(at)} }.html(),
            (None, Some(since)) => view! { {t.record_missing()} " " {ctx.time(since)} }.html(),
            (None, None) => view! { {t.record_there()} " " {ctx.time(record.first_seen_at)} }.html(),
        };
        view! { <td>{text}</td> }
    });
    rows.push(
        view! {
            <tr>
                <th scope="row">{t.record_seen()}</th>
                {seen.collect::<Vec<_>>()}
            </tr>
        }
        .html(),
    );
    // Of one record alone there is nothing to part.
    if may_part && records.len() > 1 {
        let parts = records.iter().map(|record| {
            let action = format!("{}/records/{}", link::person(&person.summary.login), record.id);
            let label = t.record_part_of(record.key.clone(), record.source.clone());
            view! {
                <td>
                    <form method="post" action=action>
                        {ctx.form_token()}
                        <button class="button small" r#type="submit" aria-label=label>{t.record_part()}</button>
                    </form>
                </td>
            }
        });
        rows.push(
            view! {
                <tr>
                    <th scope="row">{t.actions()}</th>
                    {parts.collect::<Vec<_>>()}
                </tr>
            }
            .html(),
        );
    }
    panel(t.person_records(), blank(), data_table(&t.person_records(), heads, view! { <tbody>{rows}</tbody> }.html()))
}

fn events(ctx: Ctx<'_>, events: &[PersonEvent]) -> Html {
    let t = ctx.t;
    if events.is_empty() {
        return blank();
    }
    let items = events.iter().map(|event| {
        let state = PersonState::parse(&event.state);
        let tone = match state {
            Some(PersonState::Active) => "tone-good",
            Some(PersonState::Suspected) => "tone-warn",
            Some(PersonState::Departed) => "tone-bad",
            _ => "tone-neutral",
        };
        let text = state.map_or_else(|| t.person_merged().html(), |state| ctx.person_state(state));
        let why = event.why.as_ref().map(|why| view! { <div class="small muted">{ctx.why(why)}</div> });
        let crawl = event.crawl_id.map(|id| {
            view! { ", " <a href=link::crawl(id)>{t.crawl_number(id.to_string())}</a> }
        });
        view! { <li class=tone>{text} {why} <small>{ctx.time(event.at)} {crawl}</small></li> }
    });
    let list =
        view! { <div class="panel-body"><ol class="timeline" role="list">{items.collect::<Vec<_>>()}</ol></div> };
    panel(t.history(), blank(), list.html())
}
