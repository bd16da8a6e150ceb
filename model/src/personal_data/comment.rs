use super::Class::{Direct, Indirect, None as No, Sensitive};
use super::{Finding, why};

const LAW: Finding = why(Sensitive, "민감정보", "sensitive in law");

/// In any ending: that somebody is a member of a union is what the law means.
const IN_LAW: &[&str] = &[
    "노조",
    "노동조합",
    "종교",
    "임신",
    "장애등급",
    "장애인",
    "장애유형",
    "장애정도",
    "질환",
    "질병",
    "병력",
    "진단명",
    "상병",
    "건강검진",
    "혈액형",
    "투약",
    "처방",
    "범죄",
    "전과",
    "정당",
    "성적지향",
    "유전자",
    "인종",
    "신념",
    "정치성향",
    "보훈",
    "수술",
    "알레르기",
];

/// What ends so is about a person at most, and tells nothing of him.
const NOTHING: &[&str] = &[
    "여부",
    "건수",
    "횟수",
    "금액",
    "일시",
    "비율",
    "유무",
    "등급",
    "상태",
    "상태코드",
    "코드",
    "구분",
    "유형",
    "수량",
    "개수",
    "길이",
    "순번",
    "순서",
    "템플릿",
    "동의일",
    "일자",
    "시각",
    "시간",
    "수수료",
    "잔액",
    "한도",
    "통계",
    "인원수",
    "회원수",
    "고객수",
    "제목",
];

const RULES: &[(&[&str], Finding)] = &[
    (
        &["해시", "마스킹", "뒷자리", "뒤4자리", "끝4자리", "뒷4자리"],
        why(Indirect, "가려지거나 해시된 값", "masked or hashed"),
    ),
    (
        &["주민등록번호", "주민번호", "주민등록", "외국인등록번호", "여권번호", "운전면허", "면허번호"],
        why(Sensitive, "고유식별정보", "unique identifier in law"),
    ),
    (&["계좌번호", "입금계좌", "환불계좌", "급여계좌"], why(Sensitive, "계좌번호", "account number")),
    (&["카드번호", "cvc"], why(Sensitive, "카드번호", "card number")),
    (&["비밀번호", "패스워드", "비번"], why(Sensitive, "비밀번호", "password")),
    (&["연계정보", "중복가입확인", "중복확인정보", "ci값", "di값"], why(Sensitive, "CI/DI", "CI or DI")),
    (&["지문", "홍채", "얼굴특징", "안면인식"], why(Sensitive, "생체정보", "biometrics")),
    (
        &[
            "ip주소",
            "아이피",
            "접속ip",
            "mac주소",
            "맥주소",
            "쿠키",
            "광고식별자",
            "광고id",
            "기기id",
            "기기식별",
            "단말식별",
            "단말기id",
        ],
        why(Indirect, "기기·접속 식별자", "device or network identifier"),
    ),
    (
        &[
            "url주소",
            "웹주소",
            "메모리주소",
            "사이트주소",
            "홈페이지",
            "매장주소",
            "점포주소",
            "회사주소",
            "사업장주소",
            "창고주소",
            "매장전화",
            "점포전화",
            "회사전화",
            "대표전화",
            "대표번호",
            "고객센터전화",
            "사업자등록번호",
            "사업자번호",
            "법인등록번호",
            "법인번호",
            "주소록",
        ],
        why(No, "사람이 아닌 대상의 정보", "of a thing, not of a person"),
    ),
    (&["이메일", "전자우편", "메일주소"], why(Direct, "이메일", "mail address")),
    (
        &["휴대폰", "휴대전화", "핸드폰", "전화번호", "연락처", "팩스번호", "자택전화", "집전화"],
        why(Direct, "전화번호", "phone number"),
    ),
    (&["우편번호", "읍면동", "법정동", "행정동"], why(Indirect, "작은 지역", "a small area")),
    (&["주소", "배송지", "거주지", "주거지"], why(Direct, "주소", "address")),
    (&["통관고유부호", "통관부호", "통관번호"], why(Direct, "개인통관고유부호", "personal customs code")),
    (
        &["로그인아이디", "로그인id", "카카오id", "카카오아이디", "sns아이디"],
        why(Direct, "스스로 고른 ID", "a login he chose"),
    ),
    (&["증명사진", "프로필사진", "얼굴사진", "프로필이미지"], why(Direct, "사진", "photo")),
    (&["생년월일", "생일", "출생", "생년"], why(Indirect, "생년월일", "birth date")),
    (
        &["성별", "나이", "연령", "국적", "직업", "소득", "연봉", "급여액", "혼인", "결혼", "학력", "세대주", "자녀"],
        why(Indirect, "준식별자", "quasi-identifier"),
    ),
    (
        &[
            "회원번호",
            "고객번호",
            "사원번호",
            "사번",
            "직원번호",
            "고객id",
            "회원id",
            "사용자id",
            "유저id",
            "고객아이디",
            "회원아이디",
            "회원식별",
            "고객식별",
            "사용자식별",
            "회원일련번호",
            "고객일련번호",
            "환자번호",
            "학번",
            "직번",
        ],
        why(Indirect, "사람의 키", "key of a person"),
    ),
    (
        &["차량번호", "차번호", "운송장번호", "송장번호"],
        why(Indirect, "사람과 이어지는 번호", "a number that leads to a person"),
    ),
    (&["닉네임", "별명", "대화명"], why(Indirect, "별명", "nickname")),
    (
        &[
            "문의내용",
            "상담내용",
            "리뷰내용",
            "후기내용",
            "배송메시지",
            "배송메모",
            "배송요청",
            "상담메모",
            "고객메모",
            "요청사항",
            "답변내용",
            "민원내용",
        ],
        why(Indirect, "사람이 쓴 글", "free text by or about people"),
    ),
    (&["위도", "경도"], why(Direct, "위치", "location")),
    (
        &[
            "성명",
            "고객명",
            "회원명",
            "사원명",
            "직원명",
            "담당자명",
            "수취인",
            "수령인",
            "수령자",
            "받는사람",
            "받는분",
            "보내는사람",
            "예금주",
            "대표자",
            "신청자명",
            "신청인",
            "주문자",
            "구매자명",
            "작성자명",
            "등록자명",
            "수정자명",
            "사용자명",
            "가입자명",
            "환자명",
            "보호자명",
            "계약자명",
            "피보험자",
            "상담원명",
            "기사명",
            "한글이름",
            "영문이름",
            "이름",
            "실명",
            "담당자",
        ],
        why(Direct, "사람 이름", "name of a person"),
    ),
];

/// What stands before "이름" or "명" and is no person.
const THINGS: &[&str] = &[
    "상품",
    "파일",
    "매장",
    "점포",
    "부서",
    "은행",
    "카드사",
    "쿠폰",
    "캠페인",
    "카테고리",
    "브랜드",
    "서버",
    "테이블",
    "컬럼",
    "품목",
    "창고",
    "그룹",
    "이벤트",
    "코드",
    "모델",
];

pub(super) fn judge(text: &str) -> Option<Finding> {
    let text: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '(' || *c == '/').collect();
    // What stands in brackets explains the rest.
    let text = text.split(['(', '/']).find(|part| !part.is_empty())?.to_owned();
    if !text.chars().any(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c)) {
        return None;
    }
    if IN_LAW.iter().any(|word| text.contains(word)) {
        return Some(LAW);
    }
    let found =
        RULES.iter().find(|(words, _)| words.iter().any(|word| text.contains(word))).map(|(_, finding)| *finding);
    let ends = NOTHING.iter().any(|end| text.ends_with(end));
    let is_choice = ["성별", "국적", "직업", "혼인", "결혼", "연령", "학력", "읍면동", "법정동", "행정동"]
        .iter()
        .any(|word| text.contains(word));
    match found {
        Some(_) if ends && !is_choice => {
            Some(why(No, "끝말이 값이 아님을 말함", "the last word says that it is no such value"))
        }
        Some(finding) if finding.reason.en == "name of a person" && THINGS.iter().any(|thing| text.contains(thing)) => {
            Some(why(No, "사물의 이름", "name of a thing"))
        }
        Some(finding) => Some(finding),
        // It says what the column is, and that is nothing of a person.
        None if ends || THINGS.iter().any(|thing| text.contains(thing)) => {
            Some(why(No, "설명이 사람에 대한 것이 아님", "the comment is not about a person"))
        }
        None => None,
    }
}
