//! What the company's HR system and its directory say of the people whose tables these are.

use std::fmt::Write as _;

/// One line of `data/employees.tsv`.
struct Employee {
    number: &'static str,
    login: &'static str,
    name: &'static str,
    team: &'static str,
    title: &'static str,
    /// The team that he leads.
    leads: &'static str,
    /// A last day, a first day to come, a word of HR's, or `missing`: not in the newest export.
    state: &'static str,
}

/// One line of `data/departments.tsv`.
struct Department {
    team: &'static str,
    number: &'static str,
    title: &'static str,
    above: &'static str,
}

/// When those who are here began.
const FIRST_DAY: &str = "2021-03-02";
/// The newest first day of anybody who is here already.
const TODAY: &str = "2026-12-31";

fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let mut fields = line.split('\t');
        std::array::from_fn(|_| fields.next().unwrap_or_default())
    })
}

fn employees() -> impl Iterator<Item = Employee> {
    rows(include_str!("data/employees.tsv")).map(|[number, login, name, team, title, leads, state]| Employee {
        number,
        login,
        name,
        team,
        title,
        leads,
        state,
    })
}

fn departments() -> Vec<Department> {
    let department = |[team, number, title, above]: [&'static str; 4]| Department { team, number, title, above };
    rows(include_str!("data/departments.tsv")).map(department).collect()
}

/// The HR system's export: one line for each employment and each machine's account. In the newest one somebody is missing who
/// was in the one before.
pub fn hr_table(is_newest: bool) -> String {
    let departments = departments();
    let leads: Vec<Employee> = employees().filter(|one| !one.leads.is_empty()).collect();
    let number_of = |team: &str| departments.iter().find(|one| one.team == team).map_or("", |one| one.number);
    let mut text = "사번,성명,계정,메일,부서코드,직무,상사사번,입사일,퇴사일,재직상태,고용형태\n".to_owned();
    for one in employees().filter(|one| !is_newest || one.state != "missing") {
        // Who leads a team answers to the platform's lead, and he to the one above all.
        let above = leads.iter().find(|lead| lead.leads == one.team && lead.login != one.login);
        let manager = match above.map(|lead| lead.number) {
            Some(number) => number,
            None if one.login == "doyun.han" => "00001",
            None if one.login == "minjae.seo" => "",
            None => "00007",
        };
        let is_day = one.state.starts_with("20");
        let (first, last, status) = match one.state {
            day if is_day && day > TODAY => (day, "", "재직"),
            day if is_day => (FIRST_DAY, day, "퇴직"),
            "" | "missing" => (FIRST_DAY, "9999-12-31", "재직"),
            status => (FIRST_DAY, "", status),
        };
        let Employee { number, login, name, team, title, .. } = one;
        let department = number_of(team);
        let _ = writeln!(
            text,
            "{number},{name},{login},{login}@example.co.kr,{department},{title},{manager},{first},{last},{status},정규직"
        );
    }
    for (place, one) in departments.iter().filter(|one| !one.team.is_empty()).enumerate() {
        let Department { team, number, title, .. } = one;
        let lead = leads.iter().find(|lead| lead.leads == *team).map_or("", |lead| lead.number);
        let _ = writeln!(
            text,
            "S{:04},{title} 배치 계정,svc_{team},,{number},배치,{lead},{FIRST_DAY},,재직,서비스",
            place + 1
        );
    }
    text
}

/// The tree of departments; one names a department above it that is not there any more.
pub fn department_table() -> String {
    let leads: Vec<Employee> = employees().filter(|one| !one.leads.is_empty()).collect();
    let mut text = "key,title,parent,lead\n".to_owned();
    for Department { team, number, title, above } in departments() {
        let lead = leads.iter().find(|lead| !team.is_empty() && lead.leads == team).map_or("", |lead| lead.number);
        let _ = writeln!(text, "{number},{title},{above},{lead}");
    }
    text
}

/// What the wiki has of some of them: another mail address of one, and two accounts with the login of somebody who left.
pub fn wiki_table() -> String {
    let mut text = "login,name,mail,kind\n".to_owned();
    for one in employees().filter(|one| ["order", "clickstream", "growth"].contains(&one.team)) {
        let Employee { login, name, .. } = one;
        if one.state.starts_with("20") {
            continue;
        }
        let mail =
            if login == "seoyeon.kim" { "sy.kim@example.co.kr".to_owned() } else { format!("{login}@example.co.kr") };
        let _ = writeln!(text, "{login},{name},{mail},");
    }
    // Somebody new was given the login of one who left: nobody guesses whether it is him again.
    text += "hyunju.lee,이현주,,\n외부감사01,외부 감사인,audit01@partner.example,협력사\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_company_is_as_its_pages_have_it() {
        let (before, newest) = (hr_table(false), hr_table(true));
        assert_eq!(before.lines().count() - newest.lines().count(), 1);
        assert!(before.contains("오하린") && !newest.contains("오하린"));
        let lines: Vec<&str> =
            newest.lines().filter(|line| line.contains("강민석") || line.contains("svc_order")).collect();
        insta::assert_snapshot!(lines.join("\n"));
        assert!(department_table().contains("3120,Clickstream,3000,00017\n"));
        assert!(wiki_table().contains("sy.kim@example.co.kr"));
    }
}
