//! What the demo's people say of their tables: each of them signs in and uses the portal's own forms.

use crate::bench::http::{Client, sign_in};
use crate::demo_portal::wait_until_it_listens;
use crate::shell::{Leftover, shown};
use anyhow::{Context, Result, bail, ensure};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::process::Command;
use std::time::{Duration, Instant};

/// Name and titles of the tags on the list.
const TAGS: [(&str, &str, &str); 4] = [
    ("core", "핵심 데이터", "Core data"),
    ("finance", "재무 보고", "Finance reporting"),
    ("realtime", "실시간", "Real-time"),
    ("experiment", "실험", "Experiment"),
];

/// What is searched, and what is said of the first table that it finds.
const DESCRIPTIONS: [(&str, &str); 4] = [
    (
        "주문 상세",
        "**한 행이 주문 상품 하나**입니다. 취소와 반품은 지우지 않고 상태로 남깁니다.\n\n\
         - 집계는 `order_id` 기준\n- 금액은 부가세 포함\n- 매일 02:30 전에 적재가 끝납니다\n\n\
         | 상태 | 뜻 |\n|---|---|\n| `PAID` | 결제 완료 |\n| `CANC` | 취소 |",
    ),
    ("결제", "결제 승인과 취소의 **원장**입니다. 정산은 [정산 테이블](/search?q=정산)을 쓰세요."),
    ("회원", "One row per member. Withdrawn members stay for **30 days**, with their names masked."),
    ("배송", "배송 추적 이벤트. 같은 운송장에 여러 행이 있습니다."),
];

/// Databases of the production cluster, and who answers for them.
const DATABASE_OWNERS: [(&str, &str, &str); 5] = [
    ("clickstream", "data_owner", "team/clickstream"),
    ("order", "data_owner", "team/order"),
    ("order", "data_steward", "eunchae.noh"),
    ("member", "data_owner", "jiwoo.lim"),
    ("growth", "data_owner", "haeun.lee"),
];
/// Who leaves while the demo is made.
const LEAVES: &str = "dain.kang";

/// Starts the portal, has each of them say something, and stops it.
///
/// # Errors
/// When the portal does not start, or does not take what is said.
pub(crate) fn say(command: &mut Command, port: u16) -> Result<()> {
    let name = shown(command);
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    let kept = Leftover::process(&name, child.id());
    wait_until_it_listens(&mut child, port)?;
    wait_until_it_searches(port)?;
    let said = as_each(port);
    // As Ctrl-C does, so that everything is on disk.
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().context("cannot end the portal")?;
    child.wait().with_context(|| format!("lost sight of {name}"))?;
    kept.forget();
    said
}

fn wait_until_it_searches(port: u16) -> Result<()> {
    let begun = Instant::now();
    let mut client = Client::with(port, "")?;
    while client.get("/readyz", false)?.status != 200 {
        if begun.elapsed() > Duration::from_secs(120) {
            bail!("the portal has no index after two minutes");
        }
        #[expect(clippy::disallowed_methods, reason = "nothing here is async")]
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

fn as_each(port: u16) -> Result<()> {
    let mut admin = Person::sign_in(port, "minjae.seo")?;
    for (name, ko, en) in TAGS {
        admin.send("/tags", "/tags", &[("name", name), ("title_ko", ko), ("title_en", en)])?;
    }
    let mut described = Vec::new();
    for (at, (q, text)) in DESCRIPTIONS.iter().enumerate() {
        let tables = admin.tables(&format!("{q} source:prod type:table"), 3)?;
        let table = tables.first().with_context(|| format!("the demo has no table for {q}"))?;
        let tag = format!("tag.{}", TAGS[at % TAGS.len()].0);
        admin.edit(table, &[("description", text), (&tag, "on"), ("tag.core", "on")])?;
        described.extend(tables);
    }
    let mut operator = Person::sign_in(port, "doyun.han")?;
    if let [new, old, ..] = described.as_slice() {
        let new = new.split('?').next().unwrap_or_default().trim_start_matches("/tables/").replace('/', ".");
        let new = percent_decode_str(&new).decode_utf8_lossy();
        let note = "2026년 3월부터 적재하지 않습니다. 새 테이블로 옮기세요.";
        let fields = [("deprecated", "on"), ("deprecation_note", note), ("replacement", &*new)];
        operator.edit(old, &fields)?;
    }
    let mut officer = Person::sign_in(port, "yujin.jeong")?;
    for (class, decision, most) in [("sensitive", "confirm", 12), ("direct", "confirm", 8), ("indirect", "reject", 3)] {
        officer.decide(class, decision, most)?;
    }
    let mut analyst = Person::sign_in(port, "haeun.lee")?;
    for (table, text) in described
        .iter()
        .skip(2)
        .step_by(2)
        .zip(["정산 기준일은 결제일입니다.", "Only orders of the app, not of the web."])
    {
        analyst.edit(table, &[("description", text), ("why", "문의가 자주 들어옵니다.")])?;
    }
    admin.tag_all("q=%EB%A7%A4%EC%B6%9C&source=prod", "finance")?;
    answer_for(port, &mut admin, &mut operator, &described)
}

/// Who answers for what; then one of them leaves, and his lead finds what is to be handed over.
fn answer_for(port: u16, admin: &mut Person, operator: &mut Person, described: &[String]) -> Result<()> {
    let assign = |role, holder| [("act", "assign"), ("role", role), ("holder", holder)];
    for (database, role, holder) in DATABASE_OWNERS {
        let address = format!("/databases/{database}/owners?source=prod");
        operator.send("an owner", &address, &assign(role, holder))?;
    }
    let under = |table: &str, part: &str| match table.split_once('?') {
        Some((path, query)) => format!("{path}/{part}?{query}"),
        None => format!("{table}/{part}"),
    };
    let leaving = operator.tables("db:clickstream source:prod type:table", 3)?;
    ensure!(!leaving.is_empty(), "the demo has no tables of clickstream");
    for table in &leaving {
        operator.send("an owner", &under(table, "owners"), &assign("data_owner", LEAVES))?;
    }
    let mut lead = Person::sign_in(port, "jihoon.park")?;
    if let Some(table) = described.first() {
        lead.send("a watch", &under(table, "watch"), &[("watch", "yes")])?;
    }
    lead.send(
        "a watch",
        "/search/watch",
        &[("query", "q=owner%3Ateam%2Fclickstream+no%3Adescription"), ("watch", "yes")],
    )?;
    let reason = "계정 사용 중지: 2026년 11월 퇴사";
    admin.send("a departure", &format!("/people/{LEAVES}/state"), &[("state", "disable"), ("reason", reason)])
}

/// Somebody at a browser.
struct Person {
    client: Client,
    token: String,
}

impl Person {
    fn sign_in(port: u16, login: &str) -> Result<Self> {
        let cookie = sign_in(port, login)?;
        let mut person = Self { client: Client::with(port, &cookie)?, token: String::new() };
        person.token = value(&person.page("/account")?, "form_token").context("the account has no form")?;
        Ok(person)
    }

    fn page(&mut self, address: &str) -> Result<String> {
        let answer = self.client.get(address, false)?;
        ensure!(answer.status == 200, "{address} answers {}", answer.status);
        Ok(String::from_utf8_lossy(self.client.body()).into_owned())
    }

    /// Posts a form, which must be taken.
    fn send(&mut self, what: &str, address: &str, fields: &[(&str, &str)]) -> Result<()> {
        let status = self.post(address, fields)?;
        ensure!(status == 303, "{what}: {address} answers {status}");
        Ok(())
    }

    fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Result<u16> {
        let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut form = format!("form_token={}", escaped(&self.token));
        for (name, value) in fields {
            form += &format!("&{}={}", escaped(name), escaped(value));
        }
        Ok(self.client.post(address, &form)?.status)
    }

    /// The pages of the first tables that a search finds.
    fn tables(&mut self, q: &str, limit: usize) -> Result<Vec<String>> {
        let q = utf8_percent_encode(q, NON_ALPHANUMERIC);
        let answer: serde_json::Value =
            serde_json::from_str(&self.page(&format!("/api/v1/search?q={q}&limit={limit}"))?)?;
        let page = |hit: &serde_json::Value| {
            let part = |name: &str| Some(utf8_percent_encode(hit[name].as_str()?, NON_ALPHANUMERIC).to_string());
            let source = if hit["ambiguous"] == true { format!("?source={}", part("source")?) } else { String::new() };
            Some(format!("/tables/{}/{}{source}", part("database")?, part("table")?))
        };
        Ok(answer["hits"].as_array().into_iter().flatten().filter_map(page).collect())
    }

    /// Sends the form of a table with these fields in the place of what is there.
    fn edit(&mut self, table: &str, fields: &[(&str, &str)]) -> Result<()> {
        let (path, query) = table.split_once('?').unwrap_or((table, ""));
        let address = if query.is_empty() { format!("{path}/edit") } else { format!("{path}/edit?{query}") };
        let page = self.page(&address)?;
        let revision = value(&page, "revision").context("the form has no revision")?;
        let mut all = vec![("revision", revision.as_str())];
        all.extend(fields);
        self.send("a table", &address, &all)
    }

    /// Decides the first suggestions of a class.
    fn decide(&mut self, class: &str, decision: &str, most: usize) -> Result<()> {
        let page = self.page(&format!("/personal-data?class={class}"))?;
        let keys: Vec<String> = values(&page, "column").into_iter().take(most).collect();
        ensure!(!keys.is_empty(), "the demo has no columns that are {class}");
        let mut fields = vec![("decision", decision), ("back", "/personal-data")];
        fields.extend(keys.iter().map(|key| ("column", key.as_str())));
        self.send("personal data", "/personal-data", &fields)
    }

    /// Puts a tag on all that a search finds, by way of its preview.
    fn tag_all(&mut self, query: &str, tag: &str) -> Result<()> {
        let fields = [("query", query), ("what", "add_tag"), ("tag", tag)];
        let status = self.post("/search/edit", &fields)?;
        ensure!(status == 200, "the preview answers {status}");
        let page = String::from_utf8_lossy(self.client.body()).into_owned();
        let count = value(&page, "count").context("the bulk edit would change nothing")?;
        let fields = [fields[0], fields[1], fields[2], ("count", count.as_str())];
        self.send("a bulk edit", "/search/edit/make", &fields)
    }
}

/// The values of the fields of this name.
fn values(page: &str, name: &str) -> Vec<String> {
    let parts = page.split(&format!("name=\"{name}\" value=\"")).skip(1).map(str::to_owned).collect::<Vec<_>>();
    parts.iter().filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn value(page: &str, name: &str) -> Option<String> {
    values(page, name).into_iter().next()
}
