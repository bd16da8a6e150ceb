//! Why a request could not be answered, in words: one function for each domain's refusals.

use crate::text::Texts;
use reeve_model::Word;
use reeve_model::problem::{
    AuthRefusal, CrawlRefusal, CurationRefusal, GovernanceRefusal, GuardRefusal, OwnerRefusal, Problem, Reason,
    RequestRefusal, SearchRefusal, Thing,
};
use reeve_model::reader::Lang;
use reeve_model::request::{Act, Difference, Part, StateWord};

/// What sort of problem, what went wrong this time, and what to do about it.
type Words = (String, String, String);

/// The problem in the reader's language; `instance` is the path that was asked for.
pub fn explain(lang: Lang, reason: &Reason, instance: &str) -> Problem {
    let t = Texts(lang);
    let (title, detail, advice) = match reason.clone() {
        Reason::Request(refusal) => request(t, refusal),
        Reason::Guard(refusal) => guard(t, refusal),
        Reason::Auth(refusal) => auth(t, refusal),
        Reason::Crawl(refusal) => crawl(t, refusal),
        Reason::Owner(refusal) => owner(t, refusal),
        Reason::Search(refusal) => search(t, &refusal),
        Reason::Curation(refusal) => curation(t, refusal),
        Reason::Governance(refusal) => governance(t, refusal),
        Reason::Internal => (t.error_internal(), t.reason_internal(), t.error_internal_advice()),
    };
    let kind = format!("/problems/{}", reason.kind());
    Problem { kind, title, status: reason.status(), detail, advice, instance: Some(instance.to_owned()) }
}

fn request(t: Texts, refusal: RequestRefusal) -> Words {
    let not_found = |detail| (t.error_not_found(), detail, t.error_not_found_advice());
    let wrong = |detail, advice| (t.error_request(), detail, advice);
    match refusal {
        RequestRefusal::NotFound { what: Thing::Table, name } => not_found(t.reason_no_table(name)),
        RequestRefusal::NotFound { what: Thing::Database, name } => not_found(t.reason_no_database(name)),
        RequestRefusal::NotFound { what: Thing::Source, name } => not_found(t.reason_no_source(name)),
        RequestRefusal::NotFound { what: Thing::Crawl, name } => not_found(t.reason_no_crawl(name)),
        RequestRefusal::NotFound { what: Thing::Act, name } => not_found(t.reason_no_act(name)),
        RequestRefusal::NotFound { what: Thing::Case, name } => not_found(t.reason_no_case(name)),
        RequestRefusal::NotFound { what: Thing::Person, name } => not_found(t.reason_no_person(name)),
        RequestRefusal::NotFound { what: Thing::Team, name } => not_found(t.reason_no_team(name)),
        RequestRefusal::NotFound { what: Thing::File, name } => not_found(t.reason_no_file(name)),
        RequestRefusal::NotFound { what: Thing::Token, name } => not_found(t.reason_no_token(name)),
        RequestRefusal::NotFound { what: Thing::Request, name } => not_found(t.reason_no_request(name)),
        RequestRefusal::NotFound { what: Thing::Policy, name } => not_found(t.reason_no_policy(name)),
        RequestRefusal::NotFound { what: Thing::Hold, name } => not_found(t.reason_no_hold(name)),
        RequestRefusal::NotFound { what: Thing::Session, name } => not_found(t.reason_no_session(name)),
        RequestRefusal::NoSuchAddress => (t.error_no_address(), t.reason_no_address(), t.error_no_address_advice()),
        RequestRefusal::MethodNotAllowed { method } => {
            (t.error_method(), t.reason_method(method), t.error_method_advice())
        }
        RequestRefusal::BadCursor { cursor } => wrong(t.reason_bad_cursor(cursor), t.advice_bad_cursor()),
        RequestRefusal::OutOfRange { parameter, value, from, to } => {
            wrong(t.reason_out_of_range(parameter, value), t.advice_out_of_range(from, to))
        }
        RequestRefusal::NotOneOf { parameter, value, known } => {
            wrong(t.reason_not_one_of(parameter, value), t.advice_not_one_of(known))
        }
        RequestRefusal::UnreadableParameter { parameter, value } => {
            wrong(t.reason_unreadable_parameter(parameter, value), t.advice_unreadable_parameter())
        }
        RequestRefusal::UnknownParameter { parameter, near, known } => {
            let advice = match near {
                Some(near) => t.advice_near_parameter(near),
                None if known.is_empty() => t.advice_no_parameters(),
                None => t.advice_known_parameters(known),
            };
            wrong(t.reason_unknown_parameter(parameter), advice)
        }
        RequestRefusal::RepeatedParameter { parameter } => {
            wrong(t.reason_repeated_parameter(parameter), t.advice_repeated_parameter())
        }
        RequestRefusal::ParameterTooLong { parameter, most } => {
            wrong(t.reason_parameter_too_long(most, parameter), t.advice_parameter_too_long())
        }
        RequestRefusal::NotText => wrong(t.reason_not_text(), t.advice_not_text()),
        RequestRefusal::BodyTooLarge => wrong(t.reason_body_too_large(), t.advice_body_too_large()),
        RequestRefusal::WrongMediaType => wrong(t.reason_wrong_media_type(), t.advice_wrong_media_type()),
        RequestRefusal::UnreadableBody => wrong(t.reason_unreadable_body(), t.error_request_advice()),
        RequestRefusal::UnreadableField { field, why } => {
            wrong(t.reason_unreadable_field(field, why), t.advice_unreadable_field())
        }
        RequestRefusal::NotUnderstood { .. } => wrong(t.reason_not_understood(), t.error_request_advice()),
    }
}

fn guard(t: Texts, refusal: GuardRefusal) -> Words {
    match refusal {
        GuardRefusal::ForeignHost { host } => {
            (t.error_forbidden(), t.reason_foreign_host(host), t.advice_foreign_host())
        }
        GuardRefusal::ForeignSite => (t.error_forbidden(), t.reason_foreign_site(), t.advice_foreign_site()),
    }
}

fn auth(t: Texts, refusal: AuthRefusal) -> Words {
    match refusal {
        AuthRefusal::SignInNeeded => (t.error_sign_in_needed(), t.reason_sign_in_needed(), t.advice_sign_in_needed()),
        AuthRefusal::BadToken => (t.error_sign_in_needed(), t.reason_bad_token(), t.advice_bad_token()),
        AuthRefusal::Forbidden => (t.error_forbidden(), t.reason_forbidden(), t.advice_forbidden()),
        AuthRefusal::StaleForm => (t.error_stale_form(), t.reason_stale_form(), t.advice_stale_form()),
        AuthRefusal::SlowDown { seconds } => (t.error_slow_down(), t.reason_slow_down(), t.advice_slow_down(seconds)),
        AuthRefusal::Busy => (t.error_not_ready(), t.reason_busy(), t.advice_busy()),
    }
}

fn crawl(t: Texts, refusal: CrawlRefusal) -> Words {
    match refusal {
        CrawlRefusal::UnderWay { source } => {
            (t.error_crawl_under_way(), t.reason_crawl_under_way(source), t.advice_crawl_under_way())
        }
    }
}

fn owner(t: Texts, refusal: OwnerRefusal) -> Words {
    let wrong = |detail, advice| (t.error_owner(), detail, advice);
    match refusal {
        OwnerRefusal::Nobody { name } => wrong(t.reason_nobody(name), t.advice_nobody()),
        OwnerRefusal::Several { name } => wrong(t.reason_several(name), t.advice_several()),
        OwnerRefusal::HasLeft { name } => wrong(t.reason_has_left(name), t.advice_has_left()),
        OwnerRefusal::HasOwner { name } => (t.error_has_owner(), t.reason_has_owner(name), t.advice_has_owner()),
        OwnerRefusal::NotAPerson => wrong(t.reason_not_a_person(), t.advice_not_a_person()),
    }
}

fn search(t: Texts, refusal: &SearchRefusal) -> Words {
    match refusal {
        SearchRefusal::IndexBuilding => (t.error_not_ready(), t.reason_index_building(), t.advice_index_building()),
    }
}

fn curation(t: Texts, refusal: CurationRefusal) -> Words {
    let not_taken = |detail, advice| (t.error_not_taken(), detail, advice);
    match refusal {
        CurationRefusal::Stale { name } => (t.error_stale(), t.reason_stale(name), t.advice_stale()),
        CurationRefusal::NoPrecondition => (t.error_stale(), t.reason_no_precondition(), t.advice_no_precondition()),
        CurationRefusal::NoSuchTag { tag, near } => {
            let advice = match near {
                Some(near) => t.advice_near_tag(near),
                None => t.advice_no_such_tag(),
            };
            not_taken(t.reason_no_such_tag(tag), advice)
        }
        CurationRefusal::TooManyTags { most } => not_taken(t.reason_too_many_tags(most), t.advice_too_many_tags()),
        CurationRefusal::NoSuchColumn { column } => {
            not_taken(t.reason_no_such_column(column), t.advice_no_such_column())
        }
        CurationRefusal::NoReplacement { name } => not_taken(t.reason_no_replacement(name), t.advice_no_replacement()),
        CurationRefusal::TooLong { field, most } => {
            not_taken(t.reason_parameter_too_long(most, field), t.advice_parameter_too_long())
        }
        CurationRefusal::Decided => (t.error_decided(), t.reason_decided(), t.advice_decided()),
        CurationRefusal::Undone => (t.error_decided(), t.reason_undone(), t.advice_decided()),
        CurationRefusal::NoTagName { name } => not_taken(t.reason_no_tag_name(name), t.tag_name_hint()),
        CurationRefusal::TagTaken { tag } => (t.error_not_taken(), t.reason_tag_taken(tag), t.advice_tag_taken()),
    }
}

fn governance(t: Texts, refusal: GovernanceRefusal) -> Words {
    let not_done = |detail, advice| (t.error_governance(), detail, advice);
    let not_his = |detail, advice| (t.error_not_yours_to_decide(), detail, advice);
    let who = |may: Vec<String>| match may.is_empty() {
        true => t.advice_nobody_may_decide(),
        false => t.advice_may_decide(may.join(", ")),
    };
    match refusal {
        GovernanceRefusal::NoVersion => not_done(t.reason_no_version(), t.advice_no_version()),
        GovernanceRefusal::Overtaken { by, act, at } => {
            let (act, at) = (act_words(t, act), at.format("%Y-%m-%d %H:%M UTC").to_string());
            let detail = match by {
                Some(by) => t.reason_overtaken(act, at, by),
                None => t.reason_overtaken_by_reeve(act, at),
            };
            (t.error_overtaken(), detail, t.advice_overtaken())
        }
        GovernanceRefusal::NotInState { state } => {
            not_done(t.reason_not_in_state(state_words(t, state)), t.advice_not_in_state())
        }
        GovernanceRefusal::HasPart { why, may } => {
            let detail = match why {
                Part::Requester => t.reason_part_requester(),
                Part::Beneficiary => t.reason_part_beneficiary(),
                Part::Editor => t.reason_part_editor(),
                Part::FiledByHisAccount => t.reason_part_filed_by_his_account(),
                Part::Delegate => t.reason_part_delegate(),
                Part::Appointed => t.reason_part_appointed(),
            };
            not_his(detail, who(may))
        }
        GovernanceRefusal::NotADecider { may } => not_his(t.reason_not_a_decider(), who(may)),
        GovernanceRefusal::NotYours { of } => not_his(t.reason_not_yours(of), t.advice_not_yours()),
        GovernanceRefusal::Machine => not_his(t.reason_machine(), t.advice_machine()),
        GovernanceRefusal::GroundChanged { differences } => {
            let facts: Vec<String> = differences.iter().map(|difference| fact(t, difference)).collect();
            (t.error_ground_changed(), t.reason_ground_changed(facts.join(", ")), t.advice_ground_changed())
        }
        GovernanceRefusal::Wrong { mistakes } => {
            let mut fields: Vec<&str> = mistakes.iter().map(|mistake| mistake.field.as_str()).collect();
            fields.dedup();
            not_done(t.reason_request_wrong(fields.join(", ")), t.advice_request_wrong())
        }
        GovernanceRefusal::OtherKind => not_done(t.reason_other_kind(), t.advice_other_kind()),
        GovernanceRefusal::NotLess => not_done(t.reason_not_less(), t.advice_not_less()),
        GovernanceRefusal::OverCap { days, cap } => not_done(t.reason_over_cap(cap, days), t.advice_over_cap(cap)),
        GovernanceRefusal::TextNeeded => not_done(t.reason_text_needed(), t.advice_text_needed()),
        GovernanceRefusal::HeldByLaw => not_his(t.reason_held_by_law(), t.advice_held_by_law()),
        GovernanceRefusal::NotOverridable => not_his(t.reason_not_overridable(), t.advice_not_overridable()),
        GovernanceRefusal::MutualOverride { name } => {
            not_his(t.reason_mutual_override(name), t.advice_mutual_override())
        }
        GovernanceRefusal::TooManyTogether { most } => not_done(t.reason_too_many_together(most), t.advice_together()),
        GovernanceRefusal::MixedTogether => not_done(t.reason_mixed_together(), t.advice_together()),
        GovernanceRefusal::PersonalTogether => not_done(t.reason_personal_together(), t.advice_together()),
    }
}

pub(crate) fn fact(t: Texts, difference: &Difference) -> String {
    match difference {
        Difference::Recreated { .. } => t.fact_recreated(),
        Difference::Owners { .. } => t.fact_owners(),
        Difference::Class { .. } => t.fact_class(),
        Difference::PersonalColumns { .. } => t.fact_personal_columns(),
        Difference::Bytes { .. } => t.fact_bytes(),
        Difference::Days { .. } => t.fact_days(),
        Difference::Cap { .. } => t.fact_cap(),
    }
}

pub(crate) fn state_words(t: Texts, state: StateWord) -> String {
    match state {
        StateWord::Draft => t.request_draft(),
        StateWord::Submitted => t.request_submitted(),
        StateWord::InReview => t.request_in_review(),
        StateWord::Offered => t.request_offered(),
        StateWord::Approved => t.request_approved(),
        StateWord::Applied => t.request_applied(),
        StateWord::Verified => t.request_verified(),
        StateWord::Lapsed => t.request_lapsed(),
        StateWord::Failed => t.request_failed(),
        StateWord::Declined => t.request_declined(),
        StateWord::Withdrawn => t.request_withdrawn(),
        StateWord::Expired => t.request_expired(),
    }
}

pub(crate) fn act_words(t: Texts, act: Act) -> String {
    match act {
        Act::Submit => t.act_submit(),
        Act::Edit => t.act_edit(),
        Act::Approve => t.act_approve(),
        Act::Decline => t.act_decline(),
        Act::Counter => t.act_counter(),
        Act::Accept => t.act_accept(),
        Act::Refuse => t.act_refuse(),
        Act::Ask => t.act_ask(),
        Act::Answer => t.act_answer(),
        Act::Comment => t.act_comment(),
        Act::Withdraw => t.act_withdraw(),
        Act::Override => t.act_override(),
        Act::ApproveByRule => t.act_approve_by_rule(),
        Act::ChangeGround => t.act_change_ground(),
        Act::Reassess => t.act_reassess(),
        Act::Remind => t.act_remind(),
        Act::Escalate => t.act_escalate(),
        Act::LapseOffer => t.act_lapse_offer(),
        Act::ReleaseHold => t.act_release_hold(),
        Act::Expire => t.act_expire(),
        Act::Apply => t.act_apply(),
        Act::Verify => t.act_verify(),
        Act::Fail => t.act_fail(),
        Act::GiveNotice => t.act_give_notice(),
        Act::Lapse => t.act_lapse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reeve_model::request::{Field, Flaw, Mistake};
    use std::collections::HashSet;

    /// One of every refusal; the compiler cannot list them, a new one is added here.
    fn all() -> Vec<Reason> {
        let text = || "x".to_owned();
        let requests = [
            RequestRefusal::NotFound { what: Thing::Table, name: "sales.orders".to_owned() },
            RequestRefusal::NoSuchAddress,
            RequestRefusal::MethodNotAllowed { method: "DELETE".to_owned() },
            RequestRefusal::BadCursor { cursor: text() },
            RequestRefusal::OutOfRange { parameter: "limit".to_owned(), value: "0".to_owned(), from: 1, to: 1000 },
            RequestRefusal::NotOneOf { parameter: "sort".to_owned(), value: text(), known: "name, size".to_owned() },
            RequestRefusal::UnreadableParameter { parameter: "limit".to_owned(), value: "many".to_owned() },
            RequestRefusal::UnknownParameter {
                parameter: "limt".to_owned(),
                near: Some("limit".to_owned()),
                known: "limit, cursor".to_owned(),
            },
            RequestRefusal::RepeatedParameter { parameter: "limit".to_owned() },
            RequestRefusal::ParameterTooLong { parameter: "q".to_owned(), most: 2000 },
            RequestRefusal::NotText,
            RequestRefusal::BodyTooLarge,
            RequestRefusal::WrongMediaType,
            RequestRefusal::UnreadableBody,
            RequestRefusal::UnreadableField { field: "days".to_owned(), why: "invalid type".to_owned() },
            RequestRefusal::NotUnderstood { status: 431 },
        ];
        let mut all: Vec<Reason> = requests.into_iter().map(Reason::from).collect();
        all.extend([
            GuardRefusal::ForeignHost { host: "evil.example".to_owned() }.into(),
            GuardRefusal::ForeignSite.into(),
            AuthRefusal::SignInNeeded.into(),
            AuthRefusal::BadToken.into(),
            AuthRefusal::Forbidden.into(),
            AuthRefusal::StaleForm.into(),
            AuthRefusal::SlowDown { seconds: 4 }.into(),
            AuthRefusal::Busy.into(),
            CrawlRefusal::UnderWay { source: "prod".to_owned() }.into(),
            OwnerRefusal::Nobody { name: "kim".to_owned() }.into(),
            OwnerRefusal::Several { name: "김하나".to_owned() }.into(),
            OwnerRefusal::HasLeft { name: "kim".to_owned() }.into(),
            OwnerRefusal::HasOwner { name: "sales.orders".to_owned() }.into(),
            OwnerRefusal::NotAPerson.into(),
            SearchRefusal::IndexBuilding.into(),
            CurationRefusal::Stale { name: "order.order_item".to_owned() }.into(),
            CurationRefusal::NoPrecondition.into(),
            CurationRefusal::NoSuchTag { tag: "gould".to_owned(), near: Some("gold".to_owned()) }.into(),
            CurationRefusal::TooManyTags { most: 30 }.into(),
            CurationRefusal::NoSuchColumn { column: text() }.into(),
            CurationRefusal::NoReplacement { name: "a.b".to_owned() }.into(),
            CurationRefusal::TooLong { field: "description".to_owned(), most: 20_000 }.into(),
            CurationRefusal::NoTagName { name: "two words".to_owned() }.into(),
            CurationRefusal::Decided.into(),
            CurationRefusal::Undone.into(),
            CurationRefusal::TagTaken { tag: "gold".to_owned() }.into(),
        ]);
        all.extend(governance_refusals().map(Reason::from));
        all.extend([Reason::Internal]);
        all
    }

    fn governance_refusals() -> [GovernanceRefusal; 19] {
        let at = "2026-11-24T05:20:00Z".parse().unwrap();
        let difference = |was, is| Difference::Days { was: Some(was), is: Some(is) };
        let mistake = Mistake { field: Field::FewestDays, at: Vec::new(), flaw: Flaw::Missing };
        [
            GovernanceRefusal::NoVersion,
            GovernanceRefusal::Overtaken { by: Some("박지훈".to_owned()), act: Act::Counter, at },
            GovernanceRefusal::NotInState { state: StateWord::Approved },
            GovernanceRefusal::HasPart { why: Part::Delegate, may: vec!["최민준".to_owned()] },
            GovernanceRefusal::NotADecider { may: Vec::new() },
            GovernanceRefusal::NotYours { of: "이하은".to_owned() },
            GovernanceRefusal::Machine,
            GovernanceRefusal::GroundChanged { differences: vec![difference(30, 7)] },
            GovernanceRefusal::Wrong { mistakes: vec![mistake] },
            GovernanceRefusal::OtherKind,
            GovernanceRefusal::NotLess,
            GovernanceRefusal::OverCap { days: 90, cap: 60 },
            GovernanceRefusal::TextNeeded,
            GovernanceRefusal::HeldByLaw,
            GovernanceRefusal::NotOverridable,
            GovernanceRefusal::MutualOverride { name: "서민재".to_owned() },
            GovernanceRefusal::TooManyTogether { most: 50 },
            GovernanceRefusal::MixedTogether,
            GovernanceRefusal::PersonalTogether,
        ]
    }

    #[test]
    fn every_refusal_says_what_and_what_to_do_in_both_languages() {
        let mut said = String::new();
        for reason in all() {
            for lang in [Lang::En, Lang::Ko] {
                let problem = explain(lang, &reason, "/here");
                said += &format!(
                    "{} {} {}: {} -> {}\n",
                    problem.status, problem.kind, problem.title, problem.detail, problem.advice
                );
            }
        }
        insta::assert_snapshot!(said);
    }

    #[test]
    fn kinds_and_advice_are_the_variants_own() {
        let kinds: HashSet<&str> = all().iter().map(Reason::kind).collect();
        assert_eq!(kinds.len(), all().len());
        let conflict: Reason = CrawlRefusal::UnderWay { source: "prod".to_owned() }.into();
        let site: Reason = GuardRefusal::ForeignSite.into();
        let host: Reason = GuardRefusal::ForeignHost { host: "x".to_owned() }.into();
        assert_ne!(explain(Lang::En, &site, "/").advice, explain(Lang::En, &host, "/").advice);
        assert!(explain(Lang::Ko, &conflict, "/").detail.contains("prod"));
    }
}
