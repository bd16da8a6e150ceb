//! How long something is kept, and why, in words.

use crate::text::Texts;
use reeve_model::reader::Lang;
use reeve_model::retention::effective::{Rule, Unknown};
use reeve_model::retention::{Effective, Period, Term};

/// The rule that won, in one or two sentences; what follows when it ends, too.
pub fn explain(lang: Lang, effective: &Effective) -> String {
    let t = Texts(lang);
    let mut text = sentence(t, effective);
    if let Some(day) = effective.not_before {
        text += " ";
        text += &t.because_not_before(day.to_string());
    }
    if let Some(then) = &effective.then {
        text += " ";
        text += &t.because_then(sentence(t, then));
    }
    text
}

/// `7 days`, or that it is kept.
pub(crate) fn term(t: Texts, term: Term) -> String {
    match term {
        Term::Keep => t.term_keep(),
        Term::For(Period::Days(days)) => t.term_days(days),
        Term::For(Period::Months(months)) => t.term_months(months),
        Term::For(Period::Years(years)) => t.term_years(years),
    }
}

fn sentence(t: Texts, effective: &Effective) -> String {
    let days = term(t, effective.term);
    match &effective.winner {
        Rule::LegalHold { hold, until: None } => t.because_hold(hold.to_string()),
        Rule::LegalHold { hold, until: Some(until) } => t.because_hold_until(until.to_string(), hold.to_string()),
        Rule::PendingRequest { request, until } => t.because_pending(until.to_string(), request.to_string()),
        Rule::Unknown { unknown: Unknown::Clock { .. } } => t.because_unknown(),
        Rule::Unknown { unknown: Unknown::Time } => t.because_unknown_time(),
        Rule::Unknown { unknown: Unknown::Rule { .. } } => t.because_unknown_rule(),
        Rule::Policy { name, .. } => t.because_policy(name.clone(), days),
        Rule::IngestionDefault { .. } => t.because_default(days),
        Rule::NoRule => t.because_no_rule(),
        Rule::Exemption { until: None, .. } => t.because_exemption(),
        Rule::Exemption { until: Some(until), .. } => t.because_exemption_until(until.to_string()),
        Rule::Agreement { request, until } => t.because_agreement(until.to_string(), request.to_string(), days),
        Rule::PersonalCap { .. } => t.because_personal_cap(days),
        Rule::PrivacyLeave { request, .. } => t.because_leave(request.to_string(), days),
        Rule::Cap { name, .. } => t.because_cap(name.clone(), days),
        Rule::Floor { name, .. } => t.because_floor(name.clone(), days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reeve_model::{HoldId, PolicyId, RequestId};

    fn by(winner: Rule, term: Term) -> Effective {
        Effective {
            term,
            winner,
            beaten: vec![],
            conflict: vec![],
            until: None,
            not_before: None,
            hot_days: None,
            clock: None,
            then: None,
        }
    }

    /// Every rule in both languages, as people read it.
    #[test]
    fn each_rule_is_a_sentence() {
        let day = |text: &str| text.parse().unwrap();
        let days = |days| Term::For(Period::Days(days));
        let until = day("2027-06-30");
        let class = reeve_model::personal_data::Class::Sensitive;
        let policy = |name: &str| (Some(PolicyId(3)), 2, name.to_owned());
        let (id, version, name) = policy("로그 30일");
        let rules = [
            by(Rule::LegalHold { hold: HoldId(4), until: None }, Term::Keep),
            by(Rule::LegalHold { hold: HoldId(4), until: Some(until) }, Term::Keep),
            by(Rule::PendingRequest { request: RequestId(2408), until }, Term::Keep),
            by(Rule::Unknown { unknown: Unknown::Time }, Term::Keep),
            by(Rule::Policy { policy: id, version, name: name.clone() }, days(30)),
            by(Rule::IngestionDefault { request: None }, days(7)),
            by(Rule::NoRule, Term::Keep),
            by(Rule::Exemption { exemption: reeve_model::ExemptionId(1), until: Some(until) }, Term::Keep),
            by(Rule::Agreement { request: RequestId(2408), until }, days(1)),
            by(Rule::PersonalCap { class }, days(7)),
            by(Rule::PrivacyLeave { request: RequestId(9), until: None }, days(45)),
            by(Rule::Cap { policy: id, version, name: name.clone() }, Term::For(Period::Months(13))),
            by(Rule::Floor { policy: id, version, name }, Term::For(Period::Years(5))),
        ];
        let mut text = String::new();
        for lang in [Lang::En, Lang::Ko] {
            for effective in &rules {
                text += &format!("{}\n", explain(lang, effective));
            }
            let ends = Effective { until: Some(until), then: Some(Box::new(rules[4].clone())), ..rules[8].clone() };
            text += &format!("{}\n\n", explain(lang, &Effective { not_before: Some(day("2026-12-04")), ..ends }));
        }
        insta::assert_snapshot!("sentences", text);
    }
}
