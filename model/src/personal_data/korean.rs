//! Korean words, found in a text without spaces by the longest that fits.

use super::latin;
use super::sense::Ending::{Amount, Choice, Flag, Other, When};
use super::sense::Sense::{self, *};
use std::collections::HashMap;
use std::sync::LazyLock;

const WORDS: &[(Sense, &str)] = &[
    (
        User,
        "고객 회원 사용자 이용자 유저 직원 사원 임직원 종업원 근로자 관리자 등록자 수정자 변경자 생성자 처리자 승인자 결재자 요청자
         판매자 공급자 손님 방문자 방문객 투숙객 관람객 소비자 구독자 참여자 참가자 응답자 응시자 퇴직자 퇴사자 운영자 개인 인사
         계정 가입자 이용고객 등록인 작성직원 담당직원 조회자 접속자 실행자 발급자 캐릭터 정회원 준회원 최초등록자 최종수정자 입력자
         로그인사용자 신규회원 조합원 수급자 대상자 지인 추천인 소개자 친구 상담사 상담원 설계사 모집인 수강생 세대원 가구원 근무자
         작업자 검수자 심사자 투표자 플레이어 기안자 접수자 발신인 발송자 수신자 발신자 배송자 개설자 의뢰인 의뢰자 발주자 납세자
         열람자 삭제자 확인자 검토자 팔로워",
    ),
    (
        Named,
        "영업사원 담당사원 담당자 담당의 담당의사 주치의 수취인 수취자 수령인 수령자 받는사람 받는분 받는이 받으시는분 보내는사람 보내는분 보내는이
         주문자 주문인 구매자 구입자 예금주 환자 보호자 학생 학부모 강사 교사 교수 교직원 신청인 신청자 계약자 피보험자 수익자
         작성자 글쓴이 저자 대표자 대표이사 점주 점장 소유자 소유주 임차인 임대인 세입자 집주인 기사 배송기사 배달원 운전자 운전사
         의사 간호사 약사 선수 기부자 후원자 예약자 본인 배우자 자녀 부모 아버지 어머니 가족 세대주 법정대리인 대리인 채무자 채권자
         보증인 차주 참석자 지원자 후보자 위원 연구원 연구자 팀장 부서장 센터장 지점장 창고장 인솔자 인수자 인계자 수하인 송하인
         화주 송금인 입금자 입금인 송금자 피상속인 상속인 원고 피고 피해자 가해자 목격자 승객 탑승자 여행자 아동 유아 원아 영유아
         산모 신생아 진료의 집도의 사망자 명의자 명의인 카드소유자 카드주 가맹점주 사업주 개인사업자 발급대상자 비상연락인 실거주자
         거주자 입주자 민원인 상담고객 건물주 토지주 조종사 이사 임원",
    ),
    (
        Thing,
        "카드 도로명 상품 제품 품목 물품 아이템 매장 점포 지점 상점 가게 스토어 가맹점 대리점 카테고리 분류체계 파일 첨부 첨부파일 부서 팀
         조직 은행 금융기관 카드사 발급사 매입사 쿠폰 캠페인 그룹 브랜드 제조사 창고 물류센터 센터 서버 장비 설비 기기명 단말기명
         서비스 테이블 컬럼명 이벤트 회사 법인 업체 기업 거래처 협력사 공급사 택배사 배송사 운송사 통신사 보험사 증권사 사업장
         사업자 사업자번호 사업자등록번호 사업자등록 법인번호 법인등록번호 법인등록 사이트 페이지 앱 모델 도시 국가 나라 기관 단체
         학교 병원 의원 진료과 병동 병실 약국 호텔 객실 강의 강좌 강의실 과목 과정 학과 반이름 프로젝트 메뉴 게임 길드 스킬 건물
         시설 출입문 센서 게이트웨이 네트워크 호스트 도메인 url 홈페이지 홈페이지주소 웹주소 웹사이트 사이트주소 메모리
         스마트컨트랙트 지갑 주소록 주소체계 이메일템플릿 메일템플릿 템플릿 배치 작업 프로그램 화면 공지 공지사항 게시판 뉴스 기사제목
         노선 정류장 역명 항구 공항 대표전화 대표번호 대표전화번호 고객센터 상담센터 콜센터 본사 지사 공장 농장 작물 부품 자재
         원재료 레시피 음식 식당 티켓 공연 영화 도서 출판사 가수명 음원 영상 채널 매체 광고 소재 구좌명 보험 보험상품 요금제
         카드명 카드상품 카드종류 카드할인 계정과목 통화 증권번호 단위 시즌 리그 구단 팀명 검체 시약 검사명 검사종류 검사코드
         아이디어 나이키 스코어카드 전시 진열 행정구역 광역 시도 시군구 시도명 시군구명 권역 소재지 사업주소재지 원산지 구간 구역
         좌석 층 호기 정당한 인증서 증명서 자격증 수료증 지문내용 색상 사이즈 규격 설명 비고 설치 요금 이름표 포인트 리뷰id
         상담id 채팅방 강사료 오류 에러 장애시간 장애코드 장애내용 장애발생 장애원인 카드뉴스 뉴스레터 폴더 디렉터리 디렉토리 스키마
         데이터베이스 데이터셋 컬럼 토큰 세션 지역명 국가명 교육과정 참여 권한 역할 직위 직급 직책 호봉 직무 보직 근무지 소속
         소속팀 부대 훈련 차종 차량모델 차량종류 차량 상영관 극장 매물 토지 지목 단지명 입고 출고 재고 송장 전표 세금
         세금계산서번호 계산서 영수증 계약서 계약 계약번호 주문 주문번호 승인번호 거래번호 예약번호 쿠폰번호 상품권번호 접수번호
         문서번호 관리번호 공고번호 시리얼 시리얼번호 제조번호 모델번호 운영체제 브라우저 버전 언어 카드번호체계 창구 정산은행 마케팅
         등록매체 유입",
    ),
    (Masked, "카드끝4자리 카드뒷4자리 카드뒤4자리 카드마지막4자리 카드번호뒤4자리 카드번호뒷4자리 카드번호끝4자리"),
    (
        Unique,
        "주민번호뒷자리 주민등록번호뒷자리 주민번호앞자리 주민등록번호앞자리 주민등록번호 주민번호 주민등록 주민 외국인등록번호 외국인번호 외국인등록 여권번호 여권 운전면허번호 운전면허 운전면허증 면허번호
         면허증번호 고유식별정보 고유식별번호 실명번호 실명확인번호 신분증번호 사회보장번호 국내거소신고번호 거소신고번호",
    ),
    (Account, "계좌번호 입금계좌 출금계좌 환불계좌 급여계좌 정산계좌 이체계좌 결제계좌 상환계좌 가상계좌 자동이체계좌 은행계좌 예금계좌
         통장번호 통장 계좌"),
    (Card, "카드번호 신용카드번호 체크카드번호 신용카드 카드유효기간 카드의유효기간 카드cvc cvc cvv 빌링키 카드비밀번호"),
    (Password, "비밀번호 패스워드 비번 암호 비밀키 otp비밀키 공동현관비밀번호 현관비밀번호 핀번호 간편비밀번호 보안코드"),
    (Ci, "연계정보 중복가입확인정보 중복가입확인 중복확인정보 본인확인정보 본인인증정보 아이핀 ci값 di값 연계식별정보 연결정보"),
    (Biometric, "지문 홍채 얼굴특징 안면인식 안면정보 생체 생체정보 정맥 성문 망막 얼굴인식"),
    (
        Law,
        "노조 노동조합 종교 임신 장애등급 장애인 장애유형 장애정도 장애여부 장애종류 질환 질병 병력 병명 진단 진단명 상병 건강검진
         검진결과 혈액형 투약 복용약 복용 처방 범죄 전과 정당 정당명 성적지향 성생활 유전자 유전정보 인종 민족 신념 정치성향 정치
         사상 보훈 국가유공자 수술 알레르기 알러지 흡연 음주 hiv 에이즈 증상 주호소 진료내용 진료기록 진료소견 소견 혈압 혈당
         콜레스테롤 간수치 검사결과 검사수치 건강상태 건강정보 기저질환 기왕력 가족력 과거력 백신 예방접종 접종 전염병 확진 감염
         민감정보 정신건강 우울 상담진단 치료 투석 출산 분만 월경 생리주기 노동조합가입",
    ),
    (Body, "신장 체중 몸무게 체질량지수 체지방 허리둘레 발사이즈 심박수 신체정보 신체사이즈"),
    (
        FullName,
        "성명 성함 실명 본명 고객명 회원명 한글성명 한글이름 영문이름 영문성명 한자성명 한자이름 영문성 영문명의 사용자이름 사람이름
         자성명 자명 인명 예금주명 수취인명 담당의명 기사명 강사명 의사명 선수명 임직원명 사원명 직원명 학생명 환자명 의원성명
         상호대표 개명전이름 대표명 대표자성명",
    ),
    (Name, "이름 명칭 명"),
    (
        Phone,
        "휴대폰 휴대전화 핸드폰 휴대폰번호 전화번호 전화 연락처 팩스 팩스번호 자택전화 집전화 모바일번호 무선번호 유선번호 내선번호
         내선 직통번호 비상연락처 비상연락망 발신번호 수신번호 착신번호 발신자번호 수신자번호 안심번호 통화번호 콜백번호 폰번호 hp번호
         카톡번호 가입자번호",
    ),
    (Mail, "이멜 이메일 전자우편 메일주소 이메일주소 전자우편주소 전자메일 메일 e메일"),
    (Address, "주소 배송지 거주지 주거지 상세주소 지번주소 도로명주소 본적 등록기준지 자택 집주소 주소지 실거주지 거주지주소 번지
         동호수 배달지 수령지 납품지주소"),
    (Location, "위도 경도 위치좌표 gps좌표 현재위치 좌표 위치정보 이동경로"),
    (Login, "로그인아이디 로그인id 카카오id 카카오아이디 sns아이디 sns계정 카카오계정 네이버아이디 카카오고유id 소셜id 소셜아이디
         로그인계정 소셜로그인id 인스타그램 카톡아이디 트위터아이디 텔레그램아이디 페이스북id"),
    (Customs, "개인통관고유부호 통관고유부호 통관부호 통관번호 개인통관번호"),
    (Photo, "증명사진 프로필사진 얼굴사진 프로필이미지 얼굴이미지 신분증사본 서명이미지 서명 자필서명 전자서명이미지 본인사진 신분증이미지
         여권사본 신분증사진"),
    (Picture, "사진 이미지 초상"),
    (Ip, "ip주소 아이피 접속ip 접속아이피 mac주소 맥주소 맥어드레스 아이피주소"),
    (
        Device,
        "쿠키 광고식별자 광고id 구글광고id 애플광고id 기기id 기기식별자 기기식별 기기고유번호 단말식별 단말기식별 단말기id
         단말id 디바이스id 디바이스아이디 기기아이디 기기번호 단말기고유번호 단말기번호 하드웨어id 푸시토큰 기기토큰 디바이스토큰
         앱설치id 설치id 브라우저식별자 유심번호 단말번호 fcm토큰 방문자id 광고아이디 휴대폰기기정보",
    ),
    (Birth, "생년월일 생일 출생 생년 출생년도 출생연도 출생일 출생년 생월 생년월 태어난해 출생지"),
    (Age, "나이 연령 연령대 만나이 나이대 연세"),
    (
        Trait,
        "성별 국적 직업 혼인 결혼 학력 최종학력 병역 세대주여부 자녀수 가족수 부양가족수 가구원수 세대원수 부양가족 직장명 직장
         신용등급 신용점수 신용평점 주거형태 주택소유 주거유형 체류자격 비자종류 취미 관심사 성향 출신학교 출신지 학점 평점평균
         시험점수 성적 고과 인사평가 근무평정 평가등급 징계 mbti 직업코드 외국인여부 내외국인 내외국인구분 라이프스타일 거주형태
         결혼기념일",
    ),
    (Income, "소득 연봉 급여 급여액 월급 연소득 임금 소득금액 소득수준 소득액 기본급 상여 상여금 월소득 퇴직금 자산규모 재산 부채"),
    (Area, "우편번호 읍면동 법정동 행정동 법정동코드 행정동코드 읍면동명 거주동 구우편번호 신우편번호"),
    (Plate, "차량번호 차번호 차대번호 자동차번호 차량등록번호 자동차등록번호 번호판"),
    (Tracking, "운송장번호 송장번호 운송장 배송추적번호 등기번호 택배송장"),
    (Nick, "닉네임 별명 대화명 필명 캐릭터명 활동명 별칭 채팅명"),
    (
        Text,
        "문의내용 상담내용 리뷰내용 후기내용 배송메시지 배송메모 배송요청 배송요청사항 배송시요청사항 상담메모 고객메모 요청사항 답변내용
         민원내용 주관식답변 자기소개 자기소개서 문의사항 고객의견 건의사항 불만내용 접수내용 상담이력 채팅내용 대화내용 메시지내용 녹취
         녹취파일 통화녹음 녹음파일 상담기록 특이사항 리뷰본문 후기본문 리뷰 후기 상품평 댓글 댓글내용 문의 의견 자유의견 신고내용
         쪽지내용 답변 강사소개 소개글 검색어 상담요약 남기는말 남길말 전달사항 요청메모 고객요청 클레임내용",
    ),
    (AnyText, "내용 메모 본문 소개 코멘트"),
    (
        Key,
        "비자번호 회원번호 고객번호 사원번호 사번 직원번호 고객id 회원id 사용자id 유저id 고객아이디 회원아이디 회원식별 고객식별
         사용자식별 회원일련번호 고객일련번호 환자번호 학번 직번 교번 군번 등록번호환자 건강보험증번호 보험증번호 출입카드번호 사원증번호
         회원카드번호 멤버십번호 멤버십카드번호 포인트카드번호 고객키 회원키 고객관리번호 고객고유번호 회원고유번호 건강보험번호 수험번호
         조회수험번호 면허번호의사 수급자번호 차트번호 등록자id 수정자id 개인식별번호 사용자번호 사용자일련번호 사용자고유번호
         가입자고유번호 원번",
    ),
    (Number, "번호 넘버"),
    (Id, "아이디 식별자 일련번호 키값 고유번호 식별번호 순번키 id 시퀀스"),
    (Mask, "해시 해쉬 마스킹 뒷자리 뒤4자리 끝4자리 뒷4자리 뒤네자리 끝자리 비식별 가명 익명 마지막4자리 뒷번호 가명처리 토큰화
         뒤자리"),
    (
        Ending(Flag),
        "여부 유무 동의 동의여부 가능여부 수신여부 플래그 yn 사용유무",
    ),
    (
        Ending(Amount),
        "건수 횟수 금액 비율 수량 개수 길이 수수료 잔액 한도 통계 인원수 인원 회원수 고객수 점수 별점 만족도 가격 단가 판매가
         비용 무게 중량 배송비 할인 할인율 대출금리 금리 이자 사용량 적립금 마일리지 기간 시급 소요시간 통화시간 대기시간 응답시간
         조회수 좋아요수 방문수 참여율 반응률 전환율 매출 원가 수강료 보험료 보증금 면적 온도 습도 신호세기 수 액 율 률 료 비 량
         건 회 개월수 개월 점 크기 용량 높이 너비 정가 요율 거리 합계금액 실적",
    ),
    (
        Ending(When),
        "일시 일자 시각 시간 등록일 수정일 가입일 탈퇴일 변경일 만료일 발급일 동의일 연도 년도 년월 연월 기준일 기준년월 날짜
         유효기간 시작일 종료일 개설일 입사일 퇴사일 방문일 내원일 주문일 결제일 생성일 일",
    ),
    (
        Ending(Choice),
        "코드 구분 유형 종류 상태 상태코드 등급 단계 분류 방식 방법 수단 타입 레벨 수준 구분코드 유형코드 채널구분 사유 결과
         형태 별",
    ),
    (Ending(Other), "순번 순서 제목 템플릿id 정렬순서 정렬 이력 로그 목록 라벨 형식 포맷 기준 정책 규칙 알림 조건 힌트 오류횟수 일치 변경
         발송 설정 실패 성공 인증 인증여부 코드명 집계 비교 차이"),
    (Statistic, "평균 합계 최대 최소 총 중앙값 표준편차 누적 신뢰구간 집계수"),
    (
        Modifier,
        "정보 값 데이터 필드 항목 입력값 입력 저장 관리 입니다 임 원본 암호화 기본 상세 실제 최종 최초 마지막 이전 변경전 변경후
         신규 기존 현재 과거 주 부 신 구 대표 자택용 회사용 직장용 업무용 사내 사외 개인용 본인용 의 를 을 은 는 이 가 에
         에서 로 으로 및 와 과 또는 등 도 만 용 시 시의 한 할 된 되는 위한 대한 관련 원문 평문 국문 영문 한글 한자 발급
         등록 가입 접속 로그인 결제 환불 정산 이체 납입 자동 급여이체 수신 발신 수령 배송 주문시 결제시 상품수령 비상 긴급 공개
         비공개 예 예시 ex 형식의 숫자 문자 문자열 하이픈 제외 포함 없이 최근 이름의 1 2 3 앞자리 앞 뒤 전체 일부 부분
         온라인 오프라인 모바일 pc 웹 단말 단말기 기기 디바이스 휴대 실 내 외 별도 파일경로 url경로 저장경로 접속자의
         세금계산서 마케팅용 수신용 외국인 내국인 건강 보험증 사용 이용 확인 본인인증 본인확인 통지 안내 수집 저장된 입력된 소셜
         카카오 네이버 구글",
    ),
];

static MEANINGS: LazyLock<HashMap<&str, Sense>> = LazyLock::new(|| {
    let words = WORDS.iter().flat_map(|(sense, words)| words.split_whitespace().map(move |word| (word, *sense)));
    words.collect()
});

static LONGEST: LazyLock<usize> =
    LazyLock::new(|| MEANINGS.keys().map(|word| word.chars().count()).max().unwrap_or_default());

/// Words of one syllable that count only as the last of all.
const LAST_ONLY: &[&str] = &["수", "액", "율", "률", "료", "비", "량", "건", "회", "점", "일", "명", "별"];

/// Particles and the like that count only behind a word that is known.
const BEHIND_ONLY: &[&str] = &[
    "의", "를", "을", "은", "는", "이", "가", "에", "로", "와", "과", "도", "만", "용", "시", "한", "할", "된", "주",
    "부", "신", "구", "실", "내", "외", "앞", "뒤", "예", "등", "임", "총", "값", "층",
];

pub(super) fn is_korean(text: &str) -> bool {
    text.chars().any(is_hangul)
}

fn is_hangul(c: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&c)
}

/// What the words of a Korean text mean, one after another; `None` stands for what is not known.
pub(super) fn senses(text: &str) -> Vec<Option<Sense>> {
    let mut whole: Vec<char> = Vec::new();
    for c in text.to_lowercase().chars() {
        let c = if c.is_alphanumeric() { c } else { ' ' };
        // Blanks part Latin words; Korean ones are written with and without.
        match whole.last() {
            None | Some(' ') if c == ' ' => {}
            Some(last) if c == ' ' && is_hangul(*last) => {}
            Some(' ') if is_hangul(c) => *whole.last_mut().unwrap_or(&mut ' ') = c,
            _ => whole.push(c),
        }
    }
    let mut senses: Vec<Option<Sense>> = Vec::new();
    let mut at = 0;
    while at < whole.len() {
        let known = longest(&whole, at, senses.last().is_some_and(Option::is_some));
        if let Some((length, sense)) = known.filter(|(_, sense)| *sense != Modifier) {
            senses.push(Some(sense));
            at += length;
        } else if let Some((length, sense)) = mistyped(&whole[at..]).or(known) {
            senses.push(Some(sense));
            at += length;
        } else if is_hangul(whole[at]) {
            // A word that is not known is one, however long.
            if senses.last() != Some(&None) || at == 0 {
                senses.push(None);
            }
            at += 1;
        } else {
            let end = whole[at..].iter().position(|c| is_hangul(*c)).map_or(whole.len(), |length| at + length);
            let run: String = whole[at..end].iter().collect();
            senses.extend(latin::senses(&run));
            at = end;
        }
    }
    senses
}

/// The longest word that stands at a place, and its length in letters.
fn longest(text: &[char], at: usize, is_behind_known: bool) -> Option<(usize, Sense)> {
    let most = (*LONGEST).min(text.len() - at);
    let window: String = text[at..at + most].iter().collect();
    let mut end = window.len();
    (1..=most).rev().find_map(|length| {
        let word = &window[..end];
        end -= text[at + length - 1].len_utf8();
        let sense = *MEANINGS.get(word)?;
        let is_last = at + length == text.len();
        if length == 1 {
            let may =
                (LAST_ONLY.contains(&word) && is_last && at > 0) || (BEHIND_ONLY.contains(&word) && is_behind_known);
            return may.then_some((1, sense));
        }
        // Latin words end where others begin.
        let cuts =
            text[at + length - 1].is_ascii_alphabetic() && text.get(at + length).is_some_and(char::is_ascii_alphabetic);
        let begins_within = text[at].is_ascii_alphabetic() && at > 0 && text[at - 1].is_ascii_alphabetic();
        (!cuts && !begins_within).then_some((length, sense))
    })
}

/// What people write often enough to write it wrong, with one letter that is not.
const TYPED_OFTEN: &[(&str, Sense)] = &[
    ("주민등록번호", Unique),
    ("주민번호", Unique),
    ("여권번호", Unique),
    ("휴대전화", Phone),
    ("휴대폰", Phone),
    ("핸드폰", Phone),
    ("전화번호", Phone),
    ("연락처", Phone),
    ("이메일", Mail),
    ("생년월일", Birth),
    ("계좌번호", Account),
    ("카드번호", Card),
    ("비밀번호", Password),
];

fn mistyped(text: &[char]) -> Option<(usize, Sense)> {
    TYPED_OFTEN.iter().find_map(|(word, sense)| {
        let word: Vec<char> = word.chars().collect();
        let typed = text.get(..word.len())?;
        let mut wrong = typed.iter().zip(&word).filter(|(typed, right)| typed != right);
        let (typed, right) = wrong.next()?;
        (wrong.next().is_none() && is_near(*typed, *right)).then_some((word.len(), *sense))
    })
}

/// Two syllables that share two of their three parts (Unicode 3.12).
fn is_near(one: char, other: char) -> bool {
    let parts = |c: char| {
        let index = u32::from(c) - 0xac00;
        [index / 588, index % 588 / 28, index % 28]
    };
    is_hangul(one) && is_hangul(other) && parts(one).iter().zip(parts(other)).filter(|(a, b)| **a == *b).count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_counts() {
        assert_eq!(senses("주민등록번호"), [Some(Unique)]);
        assert_eq!(senses("외국인 등록 번호"), [Some(Unique)]);
        assert_eq!(senses("회원 ID"), [Some(Key)]);
        assert_eq!(senses("접속 IP 수"), [Some(Ip), Some(Ending(Amount))]);
        assert_eq!(senses("담당자 이메일"), [Some(Named), Some(Mail)]);
        assert_eq!(senses("나이키 상품"), [Some(Thing), Some(Thing)]);
        assert_eq!(senses("이메일"), [Some(Mail)]);
        assert_eq!(senses("무지개명"), [None, Some(Name)]);
        assert_eq!(senses("휴대푠 번호"), [Some(Phone), Some(Number)]);
        assert_eq!(senses("휴대용"), [Some(Modifier), Some(Modifier)]);
    }
}
