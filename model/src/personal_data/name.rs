use super::Class::{Direct, Indirect, None as No, Sensitive};
use super::{Finding, why};

const PERSON: &[&str] = &[
    "cust",
    "customer",
    "cst",
    "mbr",
    "mb",
    "member",
    "mem",
    "usr",
    "user",
    "emp",
    "employee",
    "rcvr",
    "rcpt",
    "recipient",
    "receiver",
    "ordr",
    "orderer",
    "buyer",
    "ceo",
    "prsn",
    "person",
    "people",
    "mngr",
    "manager",
    "chrg",
    "pic",
    "contact",
    "seller",
    "staff",
    "stf",
    "patient",
    "ptnt",
    "student",
    "stdnt",
    "guest",
    "applicant",
    "applcnt",
    "aplcnt",
    "owner",
    "ownr",
    "holder",
    "rprsv",
    "rep",
    "dlvr",
    "sender",
    "sndr",
    "writer",
    "wrtr",
    "author",
    "rgtr",
    "driver",
    "subscriber",
    "agent",
    "gojek",
    "gogaek",
    "hoewon",
    "sawon",
    "damdang",
    "reviewer",
    "contractor",
    "insured",
    "guardian",
    "payer",
    "payee",
    "acct_holder",
    "crew",
    "tutor",
    "teacher",
    "hr",
    "visitor",
];
const THING: &[&str] = &[
    "item",
    "prd",
    "prod",
    "product",
    "goods",
    "gds",
    "shop",
    "store",
    "str",
    "ctgr",
    "category",
    "cate",
    "file",
    "dept",
    "bank",
    "bnk",
    "cpn",
    "coupon",
    "grp",
    "group",
    "brand",
    "brnd",
    "wh",
    "warehouse",
    "server",
    "svr",
    "svc",
    "service",
    "table",
    "tbl",
    "col",
    "column",
    "job",
    "camp",
    "campaign",
    "event",
    "evt",
    "company",
    "comp",
    "corp",
    "co",
    "biz",
    "branch",
    "center",
    "office",
    "site",
    "page",
    "app",
    "model",
    "device",
    "dvc",
    "city",
    "country",
    "org",
    "team",
    "task",
    "role",
    "code",
    "cd",
    "class",
    "db",
    "schema",
    "host",
    "node",
    "cluster",
    "vendor",
    "partner",
    "channel",
    "menu",
    "game",
    "tag",
    "project",
    "policy",
    "ad",
    "tmpl",
    "template",
    "school",
    "hospital",
    "mart",
];
const ENDINGS: &[&str] = &[
    "yn", "flag", "fl", "flg", "cnt", "count", "num_of", "amt", "amount", "rt", "rate", "ratio", "dt", "dtm", "dttm",
    "ts", "at", "date", "time", "seq", "len", "length", "tp", "type", "stat", "status", "sts", "tmpl", "template",
    "verified", "agree", "size", "idx", "order", "sum", "avg", "max", "min", "pct", "score", "version", "ver", "limit",
    "grade", "level", "lvl", "domain", "format", "cost", "fee", "bal", "balance", "qty", "consent", "sent", "valid",
    "enabled", "state", "kind", "ymd", "method",
];

/// Words of a name: `rcvrTelNo` and `RCVR_TEL_NO` are the same.
fn tokens(name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut last = ' ';
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let next_is_lower = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = !last.is_alphanumeric()
            || (c.is_uppercase() && last.is_lowercase())
            || (c.is_uppercase() && last.is_uppercase() && next_is_lower);
        if c.is_alphanumeric() {
            match all.last_mut() {
                Some(word) if !starts => word.extend(c.to_lowercase()),
                _ => all.push(c.to_lowercase().collect()),
            }
        }
        last = c;
    }
    for word in &mut all {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if !bare.is_empty() && bare.len() < word.len() {
            *word = bare.to_owned();
        }
    }
    all
}

pub(super) fn judge(table: &str, column: &str, comment: &str) -> Option<Finding> {
    let words = tokens(column);
    let table = tokens(table.rsplit('.').next().unwrap_or(table));
    let english = comment.to_lowercase();
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let all = |every: &[&str]| every.iter().all(|one| words.iter().any(|word| word == one));
    let last = words.last().map_or("", String::as_str);
    let of = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    // A plural in a table's name is a person's too.
    let by_table =
        table.iter().any(|word| PERSON.contains(&word.as_str()) || PERSON.contains(&word.trim_end_matches('s')));
    let (person, thing) = (of(PERSON), of(THING));
    let is_persons = person || (!thing && by_table);

    if has(&[
        "religion",
        "relgn",
        "rlgn",
        "union",
        "pregnant",
        "pregnancy",
        "prgnc",
        "disability",
        "dsblt",
        "disease",
        "diss",
        "diagnosis",
        "criminal",
        "genetic",
        "ethnicity",
        "biometric",
        "fingerprint",
        "iris",
        "blood",
        "medication",
        "allergy",
        "politics",
        "jongkyo",
        "nojo",
    ]) && !has(&["set", "all", "credit"])
    {
        return Some(why(Sensitive, "민감정보", "sensitive in law"));
    }
    // Identifiers that a statistic, a build or a season shares with nobody.
    let is_statistic =
        has(&["mean", "lower", "upper", "build", "pipeline", "index", "git"]) || english.contains("confidence");
    if ENDINGS.contains(&last) && !has(&["birth", "brdt", "dob", "sex", "gndr", "gender"]) {
        return Some(why(No, "끝말이 값이 아님을 말함", "the last word says that it is no such value"));
    }
    if has(&["hash", "hashed", "mask", "masked", "msk"]) && (is_persons || has(ATTRIBUTES))
        || (has(&["last"]) && column.contains('4') && has(&["card", "crd", "phone"]))
    {
        return Some(why(Indirect, "가려지거나 해시된 값", "masked or hashed"));
    }
    if has(&["rrn", "rrno", "jumin", "juminno", "ihidnum", "residentno", "frgnr", "arc"])
        || all(&["frgn", "no"])
        || all(&["resident", "no"])
        || all(&["resident", "number"])
        || has(&["passport", "pspt", "psptno", "yeogwon"])
        || all(&["drv", "lcns"])
        || all(&["driver", "license"])
        || all(&["driving", "license"])
        || all(&["social", "security"])
        || (has(&["ssn"])
            && !english.contains("season")
            && !has(&["game", "league"])
            && !table.iter().any(|word| ["league", "season", "match", "game"].contains(&word.as_str())))
    {
        return Some(why(Sensitive, "고유식별정보", "unique identifier in law"));
    }
    if has(&["pwd", "passwd", "password", "pswd", "pw", "pin"])
        && !has(&["map", "policy", "rule"])
        && (last != "pin" || is_persons)
    {
        return Some(why(Sensitive, "비밀번호", "password"));
    }
    let number = has(&["no", "num", "number", "pan", "nbr"]);
    if has(&["cardno", "crdno", "pan", "cvc", "cvv"]) || (has(&["card", "crd"]) && number && !thing) {
        return Some(why(Sensitive, "카드번호", "card number"));
    }
    if has(&["acntno", "acctno", "actno", "iban", "gyejwa", "bacnt"])
        || (has(&["acnt", "acct", "account", "bankaccount"]) && number)
        || all(&["bank", "account"])
    {
        return Some(why(Sensitive, "계좌번호", "account number"));
    }
    if (has(&["ci", "di"]) && (has(&["vl", "val", "value", "cn"]) || is_persons || words.len() == 1)
        || has(&["ipin", "dupinfo", "conninfo"]))
        && !is_statistic
    {
        return Some(why(Sensitive, "CI/DI", "CI or DI"));
    }
    if has(&[
        "ip", "ipaddr", "ipv", "adid", "idfa", "gaid", "idfv", "imei", "imsi", "mac", "macaddr", "udid", "cookie",
        "sid", "fcm", "deviceid", "dvcid",
    ]) && !has(&["property", "server", "svr", "host", "intellectual", "node"])
        || all(&["dvc", "id"])
        || all(&["device", "id"])
        || all(&["advertising", "id"])
        || all(&["ad", "id", "device"])
        || all(&["push", "token"])
    {
        return Some(why(Indirect, "기기·접속 식별자", "device or network identifier"));
    }
    let of_thing = thing && !person;
    if has(&["eml", "email", "mail", "emailaddr", "emladdr"])
        && !of_thing
        && !has(&["subject", "title", "id", "server", "body"])
    {
        return Some(why(Direct, "이메일", "mail address"));
    }
    if has(&[
        "hp",
        "hpno",
        "mbl",
        "mobile",
        "cel",
        "cell",
        "cellphone",
        "tel",
        "telno",
        "phone",
        "phn",
        "phoneno",
        "mbtlnum",
        "telephone",
        "mblno",
        "mbltelno",
        "fax",
        "faxno",
        "handphone",
        "contactno",
    ]) && !of_thing
        && !has(&["os", "maker", "brand", "model", "carrier"])
    {
        return Some(why(Direct, "전화번호", "phone number"));
    }
    if has(&["zip", "zipcode", "zipcd", "postal", "postcode", "dong", "emd"]) && !of_thing {
        return Some(why(Indirect, "작은 지역", "a small area"));
    }
    if has(&["addr", "address", "addrs", "juso", "daddr", "adrs", "street", "home"])
        && (has(&["addr", "address", "addrs", "juso", "daddr", "adrs", "street"]))
        && !of_thing
        && !has(&["memory", "url", "web", "mem", "contract", "wallet"])
    {
        return Some(why(Direct, "주소", "address"));
    }
    if has(&["lat", "lon", "lng", "latitude", "longitude"]) && !of_thing {
        return is_persons.then_some(why(Direct, "위치", "location"));
    }
    if has(&["pccc", "customs"]) {
        return Some(why(Direct, "개인통관고유부호", "personal customs code"));
    }
    if all(&["login", "id"])
        || has(&["loginid", "kakaoid", "username", "lgnid"])
        || all(&["kakao", "id"])
        || all(&["lgn", "id"])
    {
        return Some(why(Direct, "스스로 고른 ID", "a login he chose"));
    }
    if has(&["brdt", "birth", "birthday", "birthdate", "dob", "brth", "brthdy", "bday", "saengil"]) {
        return Some(why(Indirect, "생년월일", "birth date"));
    }
    let counted = table.iter().any(|word| ["stat", "stats", "agg", "summary", "smry", "demo"].contains(&word.as_str()));
    if (has(&[
        "sex",
        "gndr",
        "gender",
        "ntlty",
        "nationality",
        "marital",
        "mrtl",
        "occupation",
        "ocpt",
        "income",
        "salary",
        "ethnic",
        "religion",
    ]) || (has(&["age", "ages", "agegrp"]) && !has(&["session", "cache", "file", "data", "record", "max"])))
        && !of_thing
        && !counted
    {
        return Some(why(Indirect, "준식별자", "quasi-identifier"));
    }
    if has(&["nick", "nickname", "nicknm", "ncnm"]) {
        return Some(why(Indirect, "별명", "nickname"));
    }
    if has(&["photo", "selfie", "face"]) && is_persons {
        return Some(why(Direct, "사진", "photo"));
    }
    if has(&[
        "custnm",
        "usernm",
        "membernm",
        "mbrnm",
        "empnm",
        "realname",
        "fullname",
        "firstname",
        "lastname",
        "surname",
        "dpstr",
        "flnm",
        "sungmyung",
        "irum",
        "ireum",
        "damdangja",
    ]) || all(&["full", "name"])
        || all(&["first", "name"])
        || all(&["last", "name"])
        || all(&["family", "name"])
        || all(&["given", "name"])
        || (has(&["nm", "name", "nme", "fnm"]) && !of_thing && (person || (by_table && words.len() == 1)))
    {
        return Some(why(Direct, "사람 이름", "name of a person"));
    }
    if has(&["plate", "vhclno", "carno", "waybill", "invc", "tracking", "trackingno"])
        && (number || has(&["vhclno", "carno", "trackingno", "waybill", "plate"]))
    {
        return Some(why(Indirect, "사람과 이어지는 번호", "a number that leads to a person"));
    }
    if person && (number || has(&["id", "key", "uid", "sn", "uuid", "sno"])) && !of(&["group", "grp", "grade"])
        || has(&[
            "custid", "custno", "userid", "memberid", "mbrno", "mbrid", "empno", "empid", "usrid", "uid", "sabun",
            "memno", "usernum",
        ])
    {
        return Some(why(Indirect, "사람의 키", "key of a person"));
    }
    if has(&[
        "memo", "cntn", "cn", "content", "message", "msg", "comment", "review", "inquiry", "qna", "feedback", "remark",
    ]) && (is_persons
        || table.iter().any(|word| {
            ["review", "inquiry", "qna", "cs", "consult", "counsel", "voc", "chat", "ticket"].contains(&word.as_str())
        }))
    {
        return Some(why(Indirect, "사람이 쓴 글", "free text by or about people"));
    }
    None
}

const ATTRIBUTES: &[&str] = &[
    "email", "eml", "phone", "hp", "mbl", "tel", "card", "crd", "rrn", "name", "nm", "addr", "ssn", "ip", "mail", "ci",
    "jumin",
];
