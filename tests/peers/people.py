# A company directory as LDIF: people.py [PEOPLE]. The same number gives the same company.
#
# Divisions contain departments contain teams, as nested groups; a manager chain ends at p000001. Of the people, 4 % have left
# (employeeType=disabled, half of them in ou=left), 1 % share one name, some have no mail or no department. Everyone's password
# is the uid + "pw"; kim, lee and park are always there. In ou=odd lies what is awkward to read, for tests that ask for it.
import base64, hashlib, random, sys

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 50000
RANDOM = random.Random(20260101)
BASE = 'dc=example,dc=test'
FAMILY = '김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심노하곽성차주우구민유나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용'
GIVEN = '민서준도윤하지우현수영은정호진경희성철미선아름솔빛나라연재혁동건태상원승훈유빈채린예다온세찬규리종범기석환광용국'
DIVISIONS = ['반도체', '가전', '모바일', '전장', '에너지', '화학', '물류', '유통', '금융', '연구', '경영지원', '품질', '구매', '영업', '정보기술']
KINDS = ['기획', '운영', '개발', '데이터', '품질', '생산', '설계', '재무', '인사', '보안', '마케팅', '고객지원']
RANKS = ['사원', '선임', '책임', '수석', '상무', '전무']


def line(name, value):
    value = str(value)
    safe = value and all(0 < ord(c) < 128 and c not in '\r\n' for c in value) and value[0] not in ' :<' and value[-1] != ' '
    return f'{name}: {value}' if safe else f'{name}:: {base64.b64encode(value.encode()).decode()}'


def hashed(password):
    salt = hashlib.sha1(password.encode()).digest()[:4]
    return '{SSHA}' + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()


entries, member_of = [], {}


def entry(dn, *attributes):
    entries.append((dn, attributes))


def group_dn(name):
    return f'cn={name},ou=groups,{BASE}'


def group(name, members):
    for member in members:
        member_of.setdefault(member, []).append(group_dn(name))
    entry(group_dn(name), ('objectClass', 'groupOfNames'), ('cn', name), *[('member', member) for member in members])


def person(dn, uid, name, password, *more):
    entry(dn, ('objectClass', 'inetOrgPerson'), ('uid', uid), ('cn', name), ('sn', name[0]), ('displayName', name),
          *more, ('userPassword', hashed(password)))


entry(BASE, ('objectClass', 'top'), ('objectClass', 'dcObject'), ('objectClass', 'organization'), ('o', '예시제조'), ('dc', 'example'))
for unit in ('people', 'left', 'groups', 'services', 'odd'):
    entry(f'ou={unit},{BASE}', ('objectClass', 'organizationalUnit'), ('ou', unit))
for service in ('catalog', 'limited', 'unpaged'):
    entry(f'cn={service},ou=services,{BASE}', ('objectClass', 'applicationProcess'), ('objectClass', 'simpleSecurityObject'),
          ('cn', service), ('userPassword', hashed(service + 'pw')))

teams = []
while len(teams) < max(4, PEOPLE // 40):
    count = len(teams)
    division, kind = DIVISIONS[count % len(DIVISIONS)], KINDS[(count // len(DIVISIONS)) % len(KINDS)]
    number = count // (len(DIVISIONS) * len(KINDS)) + 1
    teams.append((f'{division}사업부', f'{division}{kind}부', f'{division}{kind}{number}팀'))

chief = f'uid=p000001,ou=people,{BASE}'
lead, head, boss, members = {}, {}, {}, {}
for i in range(1, PEOPLE + 1):
    uid = f'p{i:06}'
    division, department, team = teams[(i - 1) % len(teams)]
    left = RANDOM.random() < .04 and i > len(teams)
    dn = f'uid={uid},ou={"left" if left and RANDOM.random() < .5 else "people"},{BASE}'
    family = RANDOM.choice(FAMILY[:20]) if RANDOM.random() < .8 else RANDOM.choice(FAMILY)
    given = ''.join(RANDOM.choice(GIVEN) for _ in range(2)) if RANDOM.random() < .97 else RANDOM.choice(GIVEN)
    name = '김민준' if RANDOM.random() < .01 else family + given
    if team in lead or left:
        manager = lead[team]
    else:
        lead[team] = dn
        manager = head.get(department)
        if not manager:
            head[department] = dn
            manager = boss.get(division)
        if not manager:
            boss[division] = dn
            manager = chief if dn != chief else None
    more = [('employeeNumber', 100000 + i), ('employeeType', 'disabled' if left else 'active'),
            ('title', RANKS[min(5, int(RANDOM.expovariate(1)))]), ('ou', division)]
    if RANDOM.random() < .995:
        more.append(('departmentNumber', team))
    if RANDOM.random() < .99:
        more.append(('mail', f'{uid}@example.test'))
    if manager:
        more.append(('manager', manager))
    person(dn, uid, name, uid + 'pw', *more)
    members.setdefault(team, []).append(dn)
for i, (uid, name, team) in enumerate([('kim', '김철수', '데이터플랫폼팀'), ('lee', '이영희', '영업팀'), ('park', '박민수', '정보보안팀')]):
    person(f'uid={uid},ou=people,{BASE}', uid, name, uid + 'pw', ('mail', f'{uid}@example.test'), ('employeeNumber', 900001 + i),
           ('employeeType', 'active'), ('departmentNumber', team), ('manager', chief))

departments, divisions = {}, {}
for division, department, team in teams:
    group(team, members[team])
    departments.setdefault(department, []).append(team)
    divisions.setdefault(division, {})[department] = True
for department, of in departments.items():
    group(department, [group_dn(team) for team in of] + [head[department]])
for division, of in divisions.items():
    group(division, [group_dn(department) for department in of] + [boss[division]])
group('전체임직원', [group_dn(division) for division in divisions])
group('catalog-admins', [f'uid=park,ou=people,{BASE}'])
group('data-stewards', [f'uid=kim,ou=people,{BASE}', group_dn(next(iter(departments)))])
# Two groups that contain each other.
group('순환-가', [group_dn('순환-나')])
group('순환-나', [group_dn('순환-가'), f'uid=lee,ou=people,{BASE}'])

odd = f'ou=odd,{BASE}'
person(f'uid=script,{odd}', 'script', '<script>alert(1)</script>', 'scriptpw', ('mail', '"><img src=x onerror=alert(1)>@example.test'))
person(f'uid=a\\2Cb\\2B\\22c\\22,{odd}', 'a,b+"c"', '쉼표, 더하기+', 'oddpw')
person(f'cn=twin 1,{odd}', 'twin', '쌍둥이 하나', 'twinpw')
person(f'cn=twin 2,{odd}', 'twin', '쌍둥이 둘', 'twinpw')
group('이름(괄호)*', [f'uid=a\\2Cb\\2B\\22c\\22,{odd}'])
entry(f'cn=elsewhere,{odd}', ('objectClass', 'referral'), ('objectClass', 'extensibleObject'), ('cn', 'elsewhere'),
      ('ref', 'ldap://127.0.0.1:1/dc=elsewhere,dc=test'))

for dn, attributes in entries:
    lines = [line('dn', dn)] + [line(name, value) for name, value in attributes]
    lines += [line('memberOf', of) for of in member_of.get(dn, [])]
    sys.stdout.write('\n'.join(lines) + '\n\n')
