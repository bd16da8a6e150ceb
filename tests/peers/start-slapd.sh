#!/bin/bash
# OpenLDAP with $LDAP_PEOPLE people (people.py) on ldap://127.0.0.1:$LDAP_PORT (StartTLS too) and ldaps://127.0.0.1:$LDAPS_PORT,
# its data in $RUN/$LDAP_NAME. Bind as cn=catalog,ou=services,dc=example,dc=test / catalogpw, or as a person (uid + "pw").
# Unpaged, a search ends with code 4 after 500 entries; a page has at most 1000; for cn=limited paging ends after 2000 in all, and
# cn=unpaged may not page. LDAP_CERT=server|expired|wrong. LDAP_TLS=require refuses binds without TLS.
# memberOf holds direct groups only, as in Active Directory; groups nest by their member attribute.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
export PATH=$PATH:/usr/sbin
need slapd "install the package slapd"
need python3 "install the package python3"
"$SCRIPTS/make-ca.sh"
folder=$RUN/${LDAP_NAME:-slapd}
mkdir -p "$folder/db"
port=${LDAP_PORT:-3891} tls_port=${LDAPS_PORT:-3636}
if [ -f "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; then
  fail "process $(cat "$folder/pid") runs already with the data in $folder: stop.sh ${LDAP_NAME:-slapd} ends it"
fi
(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && fail "port $port is taken: set LDAP_PORT"
cat > "$folder/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
pidfile $folder/pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
TLSCACertificateFile $RUN/ca/ca.crt
TLSCertificateFile $RUN/ca/${LDAP_CERT:-server}.crt
TLSCertificateKeyFile $RUN/ca/server.key
TLSVerifyClient never
$([ "${LDAP_TLS:-}" = require ] && echo "security simple_bind=128")
sizelimit size.soft=500 size.hard=500 size.pr=1000 size.prtotal=unlimited
timelimit 60
database mdb
maxsize 2147483648
suffix "dc=example,dc=test"
rootdn "cn=admin,dc=example,dc=test"
rootpw admin
directory $folder/db
dbnosync
index objectClass,mail,employeeNumber,departmentNumber,member,memberOf,manager,entryCSN eq
index uid eq,sub
index cn,displayName eq,sub
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
limits dn.exact="cn=limited,ou=services,dc=example,dc=test" size.soft=500 size.hard=500 size.pr=1000 size.prtotal=2000
limits dn.exact="cn=unpaged,ou=services,dc=example,dc=test" size.soft=500 size.hard=500 size.prtotal=disabled
overlay memberof
CONF
if [ ! -f "$folder/loaded" ]; then
  rm -f "$folder"/db/*
  python3 "$SCRIPTS/people.py" "${LDAP_PEOPLE:-50000}" > "$folder/people.ldif"
  nice slapadd -q -f "$folder/slapd.conf" -l "$folder/people.ldif" > "$folder/slapadd.log" 2>&1 ||
    { tail -5 "$folder/slapadd.log" >&2; fail "slapadd failed"; }
  rm "$folder/people.ldif"
  touch "$folder/loaded"
fi
slapd -f "$folder/slapd.conf" -h "ldap://127.0.0.1:$port ldaps://127.0.0.1:$tls_port" || fail "slapd did not start"
for ((i = 0; i < 100; i++)); do [ -s "$folder/pid" ] && break; sleep 0.1; done
wait_port "$port" 10 "$(cat "$folder/pid")" || fail "slapd did not start"
echo "LDAP: ldap://127.0.0.1:$port, ldaps://127.0.0.1:$tls_port, pid $(cat "$folder/pid")"
