//! A team: who is in it, who leads it, and what is its.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{badge, breadcrumb, fact_list, page_header, panel, stat_row};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::person::{PersonKind, PersonState, TeamDetail};

#[derive(Clone, Debug)]
pub struct TeamPage {
    pub team: TeamDetail,
}

impl PageView for TeamPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let team = &self.team;
        let summary = &team.summary;
        let heading = view! {
            <h1>{summary.title.clone()}</h1>
            {badge("tone-neutral", "users", t.team())}
            {summary.dissolved_at.map(|_| badge("tone-bad", "trash", t.team_dissolved()))}
            {summary.parent_missing.clone().map(|parent| badge("tone-warn", "alert", t.team_orphan(parent)))}
            {summary.is_cut.then(|| badge("tone-warn", "alert", t.team_cut()))}
        };
        let purpose = summary.parent.as_ref().map(|parent| view! { {t.team_part_of()} " " {ctx.team(parent)} });
        let way = vec![(t.people(), "/people".to_owned()), (t.teams(), "/people#teams".to_owned())];
        let header = page_header(
            breadcrumb(t.breadcrumb(), way, summary.title.clone()),
            heading.html(),
            purpose.html(),
            blank(),
        );
        let tables: i64 = team.owned.iter().map(|one| one.tables).sum();
        let bytes: i64 = team.owned.iter().map(|one| one.size_bytes).sum();
        let names = i64::try_from(team.owned.len()).unwrap_or(i64::MAX);
        let stats = stat_row(
            t.key_facts(),
            vec![
                (t.person_owns(), t.count_tables(tables).html(), t.person_by_names(names).html()),
                (t.size(), format::bytes(bytes).html(), t.before_copies().html()),
                (t.people(), format::number(summary.people).html(), t.team_people_context().html()),
            ],
        );
        let main = view! {
            {header} {stats}
            <div class="columns main-side">
                <div class="stack">{panel(t.answers_for(), blank(), ctx.answers_for(&team.answers_for))}
                    {panel(t.owned_by_name(), blank(), ctx.owned(&team.owned))} {about(ctx, team)}</div>
                <div class="stack">{members(ctx, team)}</div>
            </div>
        };
        Framed { title: summary.title.clone(), section: "/people", has_search: false, main: main.html() }
    }
}

fn about(ctx: Ctx<'_>, team: &TeamDetail) -> Html {
    let t = ctx.t;
    let children = (!team.children.is_empty()).then(|| {
        let children = team.children.iter().map(|child| view! { <div>{ctx.team(child)}</div> }).collect::<Vec<_>>();
        view! { {children} }.html()
    });
    let from = team.source_key.clone().map(|key| view! { <code>{key}</code> }.html());
    let facts = fact_list(vec![
        (t.team_lead(), team.summary.lead.as_ref().map(|lead| ctx.person(lead))),
        (t.team_part_of(), team.summary.parent.as_ref().map(|parent| ctx.team(parent))),
        (t.team_children(), children),
        (t.team_from(), from),
    ]);
    panel(t.about(), blank(), view! { <div class="panel-body">{facts}</div> }.html())
}

fn members(ctx: Ctx<'_>, team: &TeamDetail) -> Html {
    let t = ctx.t;
    let rows = team.members.iter().map(|member| {
        let state = (member.person.state != PersonState::Active).then(|| ctx.person_state(member.person.state));
        let service = (member.kind == PersonKind::Service).then(|| badge("tone-neutral", "auto", t.person_service()));
        let gone = member.person.state == PersonState::Departed;
        view! {
            <li>
                <div class="row spread">
                    {ctx.person_name(&member.person.login, &member.person.name, gone)} <span>{service} " " {state}</span>
                </div>
                <small>{member.title.clone()}</small>
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let content = if rows.is_empty() {
        view! { <p class="panel-body muted">{t.team_empty()}</p> }.html()
    } else {
        view! { <ul class="panel-list small" role="list">{rows}</ul> }.html()
    };
    let count = view! { <span class="count">{format::number(team.summary.people)}</span> };
    panel(t.team_members(), count.html(), content)
}
