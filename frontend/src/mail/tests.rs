use super::*;
use chrono::TimeDelta;
use reeve_model::Word;
use reeve_model::notice::{Place, Verdict};
use reeve_model::owner::OwnerRole;

fn now() -> DateTime<Utc> {
    "2026-11-23T23:30:00Z".parse().unwrap()
}

/// One of each.
fn notices() -> Vec<Notice> {
    let place = |database: &str, table: Option<&str>| Place {
        source: "prod".to_owned(),
        ambiguous: false,
        database: database.to_owned(),
        table: table.map(str::to_owned),
    };
    let title = || "clickstream.page_view 90일 보관".to_owned();
    vec![
        Notice::RequestWaits {
            request: 2408,
            title: title(),
            asker: "이하은 <b>".to_owned(),
            due_at: Some(now() + TimeDelta::hours(9)),
        },
        Notice::Escalated { request: 2407, title: title(), asker: "Daniel Park".to_owned(), waiting_days: 1 },
        Notice::Offered { request: 2406, title: title(), by: "박지훈".to_owned(), days: 60 },
        Notice::SuccessionOpened {
            case: 7,
            person: "김하나".to_owned(),
            items: 214,
            due_at: now() + TimeDelta::days(14),
        },
        Notice::OwnerProposed { place: place("주문", Some("order_item")), role: OwnerRole::DataOwner },
        Notice::ExpiresSoon {
            request: 2300,
            title: title(),
            days_left: 7,
            last_day: "2026-11-30".parse().unwrap(),
            bytes: Some(500_000_000),
        },
        Notice::Decided {
            request: 2377,
            title: title(),
            verdict: Verdict::Declined,
            by: Some("정유진".to_owned()),
            comment: Some("가명 처리본을 쓰세요".to_owned()),
        },
        Notice::Decided { request: 2378, title: title(), verdict: Verdict::Expired, by: None, comment: None },
        Notice::WatchedChanged { place: place("member", None), changes: 3 },
    ]
}

fn of(lang: Lang, content: Content<'_>) -> Mail {
    letter(&Letter {
        lang,
        zone: chrono_tz::Asia::Seoul,
        now: now(),
        portal: "https://reeve.example.com",
        name: "박지훈",
        number: "4711",
        content,
    })
}

fn whole(mail: &Mail) -> String {
    format!("{}\n\n{}", mail.subject, mail.text)
}

#[test]
fn a_digest_says_all_that_waits() {
    let mut notices = notices();
    notices.extend((0..21).map(|request| Notice::Offered {
        request,
        title: format!("t{request}"),
        by: "kim".to_owned(),
        days: 1,
    }));
    let digest = Digest::of("2026-11-24".parse().unwrap(), DigestEvery::Daily, &notices).unwrap();
    let content = Content::Digest { digest: &digest, end: "https://reeve.example.com/notices/end/abc" };
    for lang in [Lang::Ko, Lang::En] {
        let mail = of(lang, content.clone());
        insta::assert_snapshot!(format!("digest_{}", lang.as_str()), whole(&mail));
    }
}

#[test]
fn a_letter_can_be_answered_by_its_links() {
    let notices = notices();
    let answers = Answers {
        url: "https://reeve.example.com/answer/TOKEN".to_owned(),
        choices: vec![Choice::Approve, Choice::Offer { days: 60 }],
        until: now() + TimeDelta::days(2),
    };
    let content = Content::One { notice: &notices[0], answers: Some(&answers) };
    for lang in [Lang::Ko, Lang::En] {
        let mail = of(lang, content.clone());
        insta::assert_snapshot!(format!("answers_{}", lang.as_str()), whole(&mail));
        assert!(mail.html.contains("href=\"https://reeve.example.com/answer/TOKEN?choice=offer-60\""), "{}", mail.html);
        assert!(mail.html.contains("이하은 &lt;b&gt;") && !mail.html.contains("이하은 <b>"), "{}", mail.html);
        assert!(!mail.html.contains("<script") && !mail.html.contains("<!>"), "{}", mail.html);
    }
    insta::assert_snapshot!("answers_html_ko", of(Lang::Ko, content).html);
}

#[test]
fn a_channel_gets_a_line() {
    let lines: Vec<String> = notices()
        .iter()
        .map(|notice| {
            let line = line(Lang::Ko, chrono_tz::Asia::Seoul, now(), "https://reeve.example.com", 4711, notice);
            format!("{} | {} | {} | {} | {}", line.title, line.detail, line.url, line.open, line.number)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
