//! Words in Latin letters: English, the abbreviations of Korean schemas, and Korean as it is spelled in them.

use super::compounds::COMPOUNDS;
use super::sense::Ending::{Amount, Choice, Flag, Other, When};
use super::sense::Sense::{self, *};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const WORDS: &[(Sense, &str)] = &[
    (
        User,
        "mem cust customer cst cstmr client clnt mbr mb member mber usr user users usrs emp employee empl person
         people prsn prsnl seller slr vendorperson staff stf consumer subscriber sbscr guest visitor vstr crew
         gogaek hoewon sawon jigwon sayongja operator rgtr register registrant regr mdfr modifier updr creator
         crtr approver aprvr admin administrator adm player worker wrkr participant prtcpnt actor requester
         requestor rqstr assignee reviewer voter learner trainee applicants freelancer partnerperson rider caller
         callee cstm csr reporter rptr hr regusr updusr moduser reguser fc lp mdfcn hshld household",
    ),
    (
        Named,
        "rcvr rcpt recipient receiver recv rcv rcver recvr rcipt ordr orderer ordererr buyer buyr ceo rprsv rprs
         rprsntv representative mngr manager mgr chrg charger pic damdang damdangja contact sender sndr sndrr
         writer wrtr author authr driver drvr patient ptnt patnt pat student stdnt stdt std pupil applicant
         applcnt aplcnt aplct apcnt owner ownr onr holder depositor dpstr payer payee remitter agent doctor dr
         physician nurse teacher tutor lecturer professor contractor insured insrd bnfcr beneficiary guardian
         grdn prtctr parent parents father mother spouse wife husband child children dependent donor tenant
         landlord lessee lessor resident debtor guarantor cosigner passenger psngr candidate candi mate consignee
         cnsgn consignor director drctr agentperson counselor cnslr consultant tchr instructor coach victim
         witness suspect nominee signer signatory travelerr traveler traveller addressee attendee organizer
         cardholder crdholder acctholder gijeongja suryeong suchwi jumunja boho",
    ),
    (
        Thing,
        "item itm items prd prdt prod prdct product products goods gds gd shop shp store stor str strs ctgr
         category cat cate catg file files fil attach attachment dept department dpt bank bnk banks branch brnch
         cpn coupon grp group groups brand brnd maker manufacturer mfr wh whs warehouse server srvr svr svc
         service table tbl camp campaign cmpgn event evt evnt company cmpny corp crp co biz
         bizr bsn business center centre cntr site page app apps application model mdl city country cntry ctry
         nation org organization orgnz organ team task role db database schema schm host node cluster vendor vndr
         partner prtnr channel chnl chn menu game tag project proj prj policy plcy ad ads adv creative crtv
         school schl hospital hsptl hosp mart shipment batch btch workflow step stage queue topic
         lecture lctr course crs room rm building bldg bld facility fclt door gate floor hotel property prop
         equipment equip eqp eqpm machine mchn sensor gateway ap router station stn line route rte zone rack
         vehicle part parts template tmplt theme banner bnr icon logo video music song movie book isbn article
         news notice ntc board bbs session sess cache memory disk cpu url uri link web website hmpg homepage dns
         port protocol browser brwsr os platform pltfm firmware language lang currency crncy curr market supplier
         splr supply invoice contract cntrct contr smartcontract wallet block api endpoint repository repo git
         build pipeline deploy release commit test tst specimen spcmn sample unit material mtrl recipe league
         season match round club guild char quest weapon skill benefit bnft reward promo promotion plan bundle
         package pkg pack option opt attribute attr param parameter config cfg setting keyword kwd query qry
         report rpt chart dashboard widget form screen scr layout insurer carrier telecom agency agncy
         institution inst bureau ministry govt reason rsn cause error err errors exception stack trace namespace
         bucket folder dir directory ipad iphone ios android kernel chip cartel exhibition exhb display dsply
         spot place plc venue stadium theater cinema restaurant cafe food issuer publisher studio lab laboratory
         farm factory fctry plant mill fund stock bond ward clinic academy acdmy institute university univ
         college church organizational codegroup relay subject subjct question paper region rgn sido sigungu sgg
         province prvnc district territory nationwide duty duties posn jbps jbgd festival phonebook cellar
         telemetry telegram postcard namecard flashcard scorecard dashcard giftcard sdcard",
    ),
    (Thing, "nic card cards crd crdt credit debit acct acnt accnt account accounts flip"),
    (
        Unique,
        "rrn rrno rrnno jumin juminno juminbeonho ihidnum residentno residentnumber resno ssn jmno jumno juminnum
         psnjumin frgnno frgnrno frnrno arc arcno pspt psptno psprt psprtno passport passportno yeogwon drvlcns
         drvlcnsno driverlicense driverslicense drvrlcns dlno dln ihid nin nationalid myeonheo idcard idcardno
         residentid juminid sinbunjeung",
    ),
    (
        Account,
        "acntno acctno actno accno accountno bankaccount bacnt bnkacnt iban gyejwa gyejwano gyejwabeonho acnutno
         acno actnum bankacct acctnum accountnumber vacct vacctno vactno refundacct",
    ),
    (Card, "cardno crdno pan cvc cvv cvv2 cvc2 cardnum creditcardno ccnum ccno crdtcardno billkey"),
    (Password, "pwd passwd password pswd psswd passwrd psswrd pw userpw passphrase otpsecret bimilbeonho bimil passcode
         pincode"),
    (Ci, "ci di ipin dupinfo conninfo connectinfo dupkey civl divl cival dival linkinfo"),
    (Biometric, "biometric biometrics fingerprint fngrprt fingerprints iris retina faceid voiceprint palmprint
         veinpattern"),
    (
        Law,
        "religion rlgn jonggyo jongkyo nojo laborunion handicap handicapped hndcp dsblty dsbl dsbty disability
         disabled disease dises dss illness ilns diagnosis diag dgns dgnss dx diagnoses symptom symptoms sympt
         smptm pregnancy pregnant prgnt hiv aids surgery surgical srgry medication medicine mdctn prescription
         prescribed prscrp prsc rx allergy allergies alrgy criminal crime crmn conviction genetic gene genes
         genome dna ethnicity ethnic political politics belief ideology bloodtype bldtp bldtype bloodgroup btype
         veteran vtrn smoke smoking smoker drinking alcohol sexuality orientation healthcheck anamnesis
         comorbidity vaccination vaccine vccn hlthchk chiefcomplaint jangae jilbyeong icd icd10 cancer diabetes
         hypertension bloodpressure mental psychiatric",
    ),
    (Body, "height hgt stature wght bmi waist bodyfat heartrate pulse"),
    (
        FullName,
        "custnm usernm membernm mbrnm empnm realname fullname firstname lastname surname flnm sungmyung
         seongmyeong irum ireum fnm givenname familyname middlename korname engname hangulname forename
         maidenname custname membername empname rcvrnm recvnm seongham",
    ),
    (Name, "nm name nme nam names naming"),
    (
        Phone,
        "hp hpno mbl mobile mobl mbile cel cell cellphone celphone tel telno tlno tele phone phn phon ph phoneno
         phonenum mbtlnum telephone mblno mbltelno mbphno moblphon fax faxno fxno handphone handphon contactno
         telnum jeonhwa hyudaepon hyudaejeonhwa msisdn smartphone landline hpnum mobileno mobilenum cphone mphone
         phonenumber telephoneno callerid ctn mdn whatsapp",
    ),
    (Mail, "eml email emaila mail emailaddr emladdr emailaddress imeil elctrnmail emails emailid emlid mailaddr"),
    (
        Address,
        "addr address addrs adrs adres addres juso daddr street strt rdnmadr lnmadr roadaddr jibunaddr adr
         residence homeaddr rsdnc bldgno apt apartment roadnm jibun",
    ),
    (Location, "lat lon lng latitude longitude gps latlng latlon coord coordinate coordinates geopoint lttd lngtd wido
         gyeongdo"),
    (Login, "loginid username lgnid login lgn signinid loginname usrname lgid signid"),
    (Customs, "pccc pcccno customs cstms customscode prsnlcstms tonggwan"),
    (Photo, "selfie avatar profileimg profileimage profilephoto profilepic idphoto signature sgntr facephoto faceimg
         mugshot headshot"),
    (Picture, "photo pht picture face portrait"),
    (Ip, "ip ipaddr ipaddress ipv ipadr clientip userip regip xff mac macaddr macaddress wifimac btmac lastip
         connip"),
    (
        Device,
        "adid gaid idfa idfv imei imsi udid cookie cookieid deviceid dvcid fcm fcmtoken pushtoken ssaid androidid
         advertisingid maid oaid iccid pcid fingerprintid hwid devicetoken cookies visitorid clientid",
    ),
    (
        Birth,
        "brdt birth birthday birthdate dob brth brthdy brthday bday saengil saengnyeon birthymd brthymd birthyear
         birthdt btday bthd birthyymmdd brthdt yob birthyr",
    ),
    (Age, "age ages agegrp agegroup ageband nai yeonryeong yeollyeong"),
    (
        Trait,
        "sex gndr gender sxds sexcd seongbyeol ntlty nationality natn ntnlty nlty citizenship marital mrtl
         marriage married mrg mrrg occupation ocpt ocptn profession jikeop education edu acbg schooling
         militaryservice mltr mtrsc creditscore crdtscr creditrating familycnt fmlycnt childrencnt dependents
         hobby interests gpa wrkplc workplace employer nmgrade mbti",
    ),
    (Income, "income icm incm salary slry annualincome wage wages payroll earnings yeonbong yeonsodeuk icmamt networth"),
    (Area, "zip zipcode zipcd zipno zpcd postal postcode postalcode postcd postno dong emd eupmyeondong umd
         upmyeondong upyeon zonecode zip5 zip4 bdongcd hdongcd"),
    (Plate, "plate plateno vhclno carno vhrno carnum licenseplate vin chassis vhcleno numberplate"),
    (Tracking, "waybill wybl invcno trackingno tracking trackingnumber songjang unsongjang wblno shipmentno trckno"),
    (Nick, "nick nickname nicknm ncnm nknm nickn displayname screenname penname"),
    (Text, "dlvmsg dlvrmsg inquiry inqry inqury qna feedback fdbk opinion opnn voc consultcn cnsltcn complaint
         resume coverletter selfintro"),
    (
        AnyText,
        "memo cntn cn cont contents content cntnt message msg comment comments cmt remark remarks rmk rmrk note
         notes answer ans request requests bio intro introduction review transcript recording voice rec chatlog
         utterance",
    ),
    (
        Key,
        "custid custno userid memberid mbrno mbrid empno empid usrid uid sabun memno usernum userno custseq
         mbrseq membno memberno patientid patientno ptntno studentno studentid stdno hakbeon usersn mbrsn custsn
         emplno employeeno employeeid userkey custkey usrno memid usrsn gogaekbeonho hoewonbeonho kakaouuid
         gaclientid subjectid",
    ),
    (Number, "no num number nbr numb nmbr beonho"),
    (Id, "id ids key sk sn uuid sno guid ukey serial ident identifier idntfr pk fk seqno"),
    (Mask, "hash hashed hsh mask masked msk masking sha256 sha md5 tokenized tkn anonymized pseudonym last4 hmac
         digest"),
    (Ending(Flag), "yn flag fl flg is has agree agre agr agreed consent cnsnt verified vrfd verify valid enabled optin
         optout allow allowed exist exists usable available check chk checked"),
    (
        Ending(Amount),
        "cnt count counts cnts amt amount rt rate ratio qty quantity price prc cost fee bal balance size len
         length sum pct percent percentage score point points pt pnt duration dur limit lmt interval weight wt
         vol volume width depth times tms hit hits freq frequency distance temperature seconds sec minutes days
         months ms elapsed budget charge discount dscnt dc vat tax premium prem usage capacity rating stars paid
         bidding",
    ),
    (
        Ending(When),
        "dt dtm dttm ts at date datetime time day ymd ym yyyymmdd yyyymm yr year month mm hms hour start end
         begin from until tm tmstmp timestamp expire expired expiry exp expr sent since deadline period stamp
         ilja",
    ),
    (
        Ending(Choice),
        "cd code codes tp type typ types stat status sts stts stcd state kind knd grade grd lvl level lv class
         clss se gb gbn gubun div dvsn divcd cls clsf clsfc method mthd mth mode band range clcd ty tcd scd",
    ),
    (Ending(Other), "seq order ord idx version ver tmpl format domain desc description dscr expl ttl title label lbl color
         colour rule list history hist log logs stats prefix suffix pattern sort fail success retry result rslt
         books notification send sending open click bounce unsubscribe prompt regex validation feature provider
         prvdr prefer preference"),
    (Statistic, "avg average mean med median total tot max min stddev var variance lower upper confidence p95 p99
         percentile distinct uniq dau mau"),
    (
        Modifier,
        "col column field ship shipping home hm office ofc work wrk base basic bsc dtl detail details det full first last middle mid given
         family fam real legal kor ko kr eng en english korean hangul hanja road rd lot old new prev before after
         main sub primary secondary second emergency emrg emer alt other etc prsnt current cur origin orig raw
         plain enc encrypt encrypted crypt crpt aes vl val value info inf data txt text string cntc reg rgst
         rgstr regist registration frst lst lstlogin conn connect connection access remote x forwarded for to of
         the a an in on by and or with s this that each per refund settle settlement pay payment pymt billing
         bill biling transfer trnsf trsf auto withdraw join signup private prv public pub personal individual
         indv own self hope temp tmp final latest recent input inpt save saved stored path img image pict call
         dlvr delivery dlv dlvy deliv receive rcvng recvd cert certification auth notify alarm sns social sold
         daily issue issued issu used usd using doc document wish target trgt direct entrance entr common front
         exec execution run",
    ),
];

static MEANINGS: LazyLock<HashMap<&str, Sense>> = LazyLock::new(|| {
    let words = WORDS.iter().flat_map(|(sense, words)| words.split_whitespace().map(move |word| (word, *sense)));
    words.collect()
});

/// Compounds by their first word, the longest first.
static FIRSTS: LazyLock<HashMap<&str, Vec<(Vec<&str>, Sense)>>> = LazyLock::new(|| {
    let mut all: HashMap<&str, Vec<(Vec<&str>, Sense)>> = HashMap::new();
    for (words, sense) in COMPOUNDS {
        let words: Vec<&str> = words.split(' ').collect();
        all.entry(words[0]).or_default().push((words, *sense));
    }
    all.values_mut().for_each(|found| found.sort_by_key(|(words, _)| std::cmp::Reverse(words.len())));
    all
});

/// Every word of a compound.
static COMPOUNDED: LazyLock<HashSet<&str>> =
    LazyLock::new(|| COMPOUNDS.iter().flat_map(|(words, _)| words.split(' ')).collect());

/// What the words of a name mean, one after another; `None` is a word that is not known.
pub(super) fn senses(name: &str) -> Vec<Option<Sense>> {
    let words: Vec<String> = words(name).into_iter().flat_map(parts).collect();
    let asks =
        words.len() > 1 && ["is", "has", "agree", "agre", "agr", "allow", "use", "can"].contains(&words[0].as_str());
    let mut senses = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        let found = FIRSTS.get(rest[0].as_str()).and_then(|compounds| {
            compounds
                .iter()
                .find(|(compound, _)| rest.len() >= compound.len() && rest.iter().zip(compound).all(|(a, b)| a == b))
        });
        match found {
            Some((compound, sense)) => {
                senses.push(Some(*sense));
                at += compound.len();
            }
            None => {
                senses.push(meaning(&rest[0]));
                at += 1;
            }
        }
    }
    if asks {
        senses.push(Some(Ending(Flag)));
    }
    senses
}

/// What people write often enough to write it wrong.
const TYPED_OFTEN: &[(&str, Sense)] = &[
    ("email", Mail),
    ("address", Address),
    ("phone", Phone),
    ("mobile", Phone),
    ("telephone", Phone),
    ("customer", User),
    ("passport", Unique),
    ("password", Password),
    ("birthday", Birth),
    ("gender", Trait),
    ("recipient", Named),
    ("receiver", Named),
    ("username", Login),
    ("latitude", Location),
    ("longitude", Location),
    ("nationality", Trait),
];

fn meaning(word: &str) -> Option<Sense> {
    if let Some(sense) = MEANINGS.get(word) {
        return Some(*sense);
    }
    // Digits alone say which of several.
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Modifier);
    }
    if word.len() < 5 {
        return None;
    }
    TYPED_OFTEN.iter().find(|(right, _)| strsim::osa_distance(right, word) == 1).map(|(_, sense)| *sense)
}

/// Words of a name: `rcvrTelNo` and `RCVR_TEL_NO` are the same.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut last = ' ';
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let next_is_lower = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = !last.is_alphanumeric()
            || (c.is_uppercase() && (last.is_lowercase() || last.is_ascii_digit()))
            || (c.is_uppercase() && last.is_uppercase() && next_is_lower);
        if c.is_alphanumeric() {
            match all.last_mut() {
                Some(word) if !starts => word.extend(c.to_lowercase()),
                _ => all.push(c.to_lowercase().collect()),
            }
        }
        last = c;
    }
    all
}

/// A word that is not known, as the known words that it is made of: `mbltelno`, `addr2`.
fn parts(word: String) -> Vec<String> {
    const LONGEST: usize = 40;
    let is_known = MEANINGS.contains_key(word.as_str()) || COMPOUNDED.contains(word.as_str());
    if is_known || word.len() > LONGEST || !word.is_ascii() {
        return vec![word];
    }
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if !bare.is_empty() && bare.len() < word.len() {
        return parts(bare.to_owned());
    }
    split(&word).map_or(vec![word.clone()], |parts| parts.into_iter().map(str::to_owned).collect())
}

/// Of two letters, and glued to others; shorter than three nothing else is found within a word: `snip` holds no IP.
const GLUED: &[&str] = &["nm", "no", "id", "cd", "hp", "yn", "dt", "sn", "tp", "vl"];

/// Longer, and too often a part of words that mean something else.
const WHOLE_ONLY: &[&str] = &[
    "mac", "pan", "lat", "lon", "lng", "rec", "std", "pat", "sec", "uri", "ref", "day", "age", "sex", "for", "and",
    "per", "end", "amt",
];

/// Into as few known words as it can be, all of it.
fn split(word: &str) -> Option<Vec<&str>> {
    let mut best: Vec<Option<Vec<&str>>> = vec![None; word.len() + 1];
    best[0] = Some(Vec::new());
    for end in 2..=word.len() {
        for start in 0..end - 1 {
            let piece = &word[start..end];
            let may = MEANINGS.contains_key(piece)
                && !WHOLE_ONLY.contains(&piece)
                && (piece.len() > 2 || GLUED.contains(&piece));
            let Some(before) = best[start].as_ref().filter(|_| may) else { continue };
            if best[end].as_ref().is_none_or(|known| known.len() > before.len() + 1) {
                let mut parts = before.clone();
                parts.push(piece);
                best[end] = Some(parts);
            }
        }
    }
    best.pop().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_their_writers_meant_them() {
        for (name, expected) in [
            ("USRTEL2", &["usr", "tel"][..]),
            ("custHpNo2", &["cust", "hp", "no"]),
            ("XMLHttpURL", &["xml", "http", "url"]),
            ("recipient", &["recipient"]),
            ("membership", &["membership"]),
            ("usermobile", &["user", "mobile"]),
        ] {
            let read: Vec<String> = words(name).into_iter().flat_map(parts).collect();
            assert_eq!(read, expected, "{name}");
        }
    }

    #[test]
    fn a_word_has_one_meaning() {
        let mut all: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.split_whitespace()).collect();
        all.sort_unstable();
        let twice: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
