use super::*;
use crate::SourceError;
use reeve_model::person::{PersonKind, Status};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::fs::File;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A file that was written two minutes ago.
#[expect(clippy::disallowed_methods, reason = "files are as old as the system's clock says")]
fn file(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let old = SystemTime::now() - Duration::from_secs(120);
    File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    path.display().to_string()
}

#[expect(clippy::disallowed_methods, reason = "files are as old as the system's clock says")]
fn now() -> DateTime<Utc> {
    DateTime::from(SystemTime::now())
}

async fn read(config: serde_json::Value) -> Result<Listing, SourceError> {
    let config: PeopleConfig = serde_json::from_value(config).unwrap();
    let people = config.build().unwrap_or_else(|error| panic!("{error}"));
    let (run, _) = PeopleRun::new(now(), CancellationToken::new());
    people.read(&run).await
}

fn refusal(config: serde_json::Value) -> String {
    serde_json::from_value::<PeopleConfig>(config).unwrap().build().err().expect("it is refused")
}

const KOREAN: &str = "사번,성명,계정,메일,부서코드,부서명,상위부서,상사사번,입사일,퇴사일,재직상태,주민등록번호,연봉\r\n\
    00017,박지훈,Jihoon.Park,JH@example.co.kr,3120,클릭스트림,3000,00001,2015-03-02,9999-12-31,재직,900101-1234567,1\r\n\
    00018,이하은,haeun.lee,,3120,클릭스트림,3000,00017,20180601,,육아휴직,,2\r\n\
    00019,강민석,minseok.kang,,3130,그로스,3000,00017,2019.01.07,2026/10/31,퇴직,,3\r\n";

fn korean_columns() -> serde_json::Value {
    json!({
        "employee_number": "사번", "name": "성명", "login": "계정", "mail": "메일", "department": "부서코드",
        "department_name": "부서명", "department_parent": "상위부서", "manager": "상사사번", "starts_on": "입사일",
        "ends_on": "퇴사일", "status": "재직상태"
    })
}

#[tokio::test]
async fn a_korean_file_is_read_in_every_encoding_and_nothing_but_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (cp949, _, _) = encoding_rs::EUC_KR.encode(KOREAN);
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(KOREAN).collect();
    let (header, _) = KOREAN.split_once('\r').unwrap();
    let decomposed = format!("{header}{}", &decomposed[decomposed.find('\r').unwrap()..]);
    let files: [(&str, Vec<u8>); 4] = [
        ("utf8.csv", KOREAN.into()),
        ("bom.csv", format!("\u{feff}{KOREAN}").into()),
        ("cp949.csv", cp949.into_owned()),
        ("nfd.csv", decomposed.into()),
    ];
    for (name, bytes) in files {
        let path = file(&folder, name, bytes);
        let listing = read(json!({ "csv": { "path": path }, "columns": korean_columns() })).await.unwrap();
        assert_eq!(listing.failures, [], "{name}");
        let [first, second, third] = &listing.records[..] else { panic!("{listing:?}") };
        assert_eq!(first.employee_number.as_deref(), Some("00017"));
        assert_eq!(first.name.as_deref(), Some("박지훈"), "{name}");
        assert_eq!((first.login.as_deref(), first.mail.as_deref()), (Some("jihoon.park"), Some("jh@example.co.kr")));
        assert_eq!((first.ends_on, first.status), (None, Status::Active));
        assert_eq!((second.status, second.status_text.as_deref()), (Status::OnLeave, Some("육아휴직")));
        assert_eq!((third.status, third.ends_on), (Status::Left, "2026-10-31".parse().ok()));
        let titles: Vec<&str> = listing.departments.iter().map(|one| one.title.as_str()).collect();
        assert_eq!(titles, ["클릭스트림", "그로스"]);
        assert!(!format!("{listing:?}").contains("900101"), "what was not asked for was read");
    }
}

#[test]
fn what_reeve_never_reads_is_refused() {
    for column in ["주민등록번호", "JUMIN_NO", "BIRTH_DATE", "brdt", "연봉", "annual_salary", "EMP_DOB"] {
        let columns = json!({ "employee_number": column, "name": "nm" });
        let error = refusal(json!({ "csv": { "path": "hr.csv" }, "columns": columns }));
        assert!(error.contains("never reads"), "{column}: {error}");
    }
    let columns = json!({ "employee_number": "emp_no", "name": "emp_nm", "status": "emp_stat_cd" });
    let config = json!({ "csv": { "path": "hr.csv" }, "columns": columns });
    assert!(serde_json::from_value::<PeopleConfig>(config).unwrap().build().is_ok());
    assert!(refusal(json!({})).contains("nothing to read"));
    let two = json!({ "csv": { "path": "a" }, "sql": { "url": "sqlite:a", "query": "select 1" } });
    assert!(refusal(two).contains("keep one"));
    let write = json!({ "sql": { "url": "sqlite:a", "query": "DELETE FROM employee" } });
    assert!(refusal(write).contains("one SELECT"));
}

#[tokio::test]
async fn rows_that_cannot_be_trusted_are_told_and_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let text = "employee_number,name,department,starts_on\n1.00E+05,Kim,a,\n900101-2345678,Lee,a,\n,No number,a,\n\
                4,Bad day,a,sometime\n5,Half\n6,Twice,a,\n6,Twice,a,\n7,Two posts,a,\n7,Two posts,b,\n8,Good,a,2026-01-01\n";
    let path = file(&folder, "hr.csv", text);
    let listing = read(json!({ "csv": { "path": path } })).await.unwrap();
    let keys: Vec<&str> = listing.records.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(keys, ["6/a", "7/a", "7/b", "8"]);
    let told: Vec<String> = listing.failures.iter().map(|one| format!("{}: {}", one.place, one.reason)).collect();
    insta::assert_debug_snapshot!(told);
}

#[tokio::test]
async fn half_files_wrong_files_and_files_being_written_are_no_listing() {
    let folder = tempfile::tempdir().unwrap();
    let reason = async |csv: serde_json::Value| match read(json!({ "csv": csv })).await {
        Err(error) => error.to_string().replace(&folder.path().display().to_string(), ""),
        Ok(listing) => panic!("{listing:?}"),
    };
    let mut told = Vec::new();
    told.push(reason(json!({ "path": file(&folder, "empty.csv", "") })).await);
    told.push(reason(json!({ "path": folder.path().join("none.csv") })).await);
    told.push(reason(json!({ "path": file(&folder, "wrong.csv", "order_no,amount\n1,2\n") })).await);
    let half = file(&folder, "half.csv", "employee_number,name\n1,Kim\n2,Le");
    told.push(reason(json!({ "path": half, "end_marker": "#END" })).await);
    told.push(reason(json!({ "path": file(&folder, "odd.csv", b"employee_number,name\n1,\xff\xff\n") })).await);
    insta::assert_debug_snapshot!(told);
    let fresh = folder.path().join("fresh.csv");
    std::fs::write(&fresh, "employee_number,name\n1,Kim\n").unwrap();
    assert!(reason(json!({ "path": fresh })).await.contains("may still be written"));
    let whole = file(&folder, "whole.csv", "employee_number,name\n1,Kim\n2,Lee\n#END,2\n");
    let listing = read(json!({ "csv": { "path": whole, "end_marker": "#END" } })).await.unwrap();
    assert_eq!((listing.records.len(), listing.counted), (2, Some(2)));
}

#[tokio::test]
async fn a_query_is_counted_and_read_at_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("hr.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let schema = "CREATE TABLE emp (EMP_NO TEXT, EMP_NM TEXT, DEPT INTEGER, KIND TEXT, PAY INTEGER, END_DT TEXT);
        INSERT INTO emp VALUES ('00017', '박지훈', 31, '정규직', 1, '9999-12-31'), ('svc01', 'ETL', 31, '서비스', 0, NULL);
        CREATE TABLE dept (code INTEGER, nm TEXT, up INTEGER);
        INSERT INTO dept VALUES (30, 'Data', NULL), (31, 'Clickstream', 30);";
    sqlx::raw_sql(schema).execute(&mut connection).await.unwrap();
    let columns = json!({ "employee_number": "emp_no", "name": "EMP_NM", "department": "dept", "kind": "kind", "ends_on": "end_dt" });
    let sql = json!({
        "url": url, "query": "SELECT * FROM emp;",
        "departments": "SELECT code AS key, nm AS title, up AS parent, NULL AS lead FROM dept"
    });
    let listing = read(json!({ "sql": sql, "columns": columns })).await.unwrap();
    assert_eq!((listing.counted, listing.records.len()), (Some(2), 2));
    assert_eq!(listing.records[0].employee_number.as_deref(), Some("00017"));
    assert_eq!(listing.records[1].kind, PersonKind::Service);
    assert_eq!(listing.departments[1].parent.as_deref(), Some("30"));
    let wrong = json!({ "employee_number": "emp_no", "name": "employee_name" });
    let error = read(json!({ "sql": sql, "columns": wrong })).await.unwrap_err().to_string();
    assert!(error.contains("no column employee_name among EMP_NO, EMP_NM, DEPT"), "{error}");
}
