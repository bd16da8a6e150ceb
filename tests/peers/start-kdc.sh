#!/bin/bash
# A real MIT Kerberos KDC of the realm EXAMPLE.TEST on 127.0.0.1:$KDC_PORT, its files in $RUN/kdc (nothing in /etc is changed):
# krb5.conf, http.keytab of HTTP/localhost, the principals kim and alice/admin (password: the name + "pw"), other.keytab of a
# service that is not ours.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
export PATH=$PATH:/usr/sbin
need krb5kdc "install the package krb5-kdc"
need kadmin.local "install the package krb5-admin-server"
folder=$RUN/kdc port=${KDC_PORT:-8888}
mkdir -p "$folder"
if [ -f "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; then
  fail "process $(cat "$folder/pid") runs already with the data in $folder: stop.sh kdc ends it"
fi
cat > "$folder/krb5.conf" <<CONF
[libdefaults]
 default_realm = EXAMPLE.TEST
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 EXAMPLE.TEST = {
  kdc = 127.0.0.1:$port
 }
[domain_realm]
 localhost = EXAMPLE.TEST
CONF
cat > "$folder/kdc.conf" <<CONF
[kdcdefaults]
 kdc_listen = 127.0.0.1:$port
 kdc_tcp_listen = 127.0.0.1:$port
[realms]
 EXAMPLE.TEST = {
  database_name = $folder/principal
  key_stash_file = $folder/stash
  acl_file = $folder/kadm5.acl
  max_life = 24h
  supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
 }
CONF
export KRB5_CONFIG=$folder/krb5.conf KRB5_KDC_PROFILE=$folder/kdc.conf
if [ ! -f "$folder/principal" ]; then
  {
    kdb5_util -P masterpw create -s -r EXAMPLE.TEST
    kadmin.local -q "addprinc -pw kimpw kim"
    kadmin.local -q "addprinc -pw alicepw alice/admin"
    kadmin.local -q "addprinc -randkey HTTP/localhost"
    kadmin.local -q "addprinc -randkey HTTP/elsewhere"
    kadmin.local -q "ktadd -k $folder/http.keytab HTTP/localhost"
    kadmin.local -q "ktadd -k $folder/other.keytab HTTP/elsewhere"
  } > "$folder/create.log" 2>&1 || { tail -5 "$folder/create.log" >&2; fail "the realm could not be made"; }
fi
nohup krb5kdc -n -P "$folder/kdc.pid" > "$folder/kdc.log" 2>&1 < /dev/null &
pid=$!
echo "$pid" > "$folder/pid"
wait_port "$port" 10 "$pid" || { tail -5 "$folder/kdc.log" >&2; fail "the KDC did not start"; }
echo "KDC: realm EXAMPLE.TEST on 127.0.0.1:$port, KRB5_CONFIG=$folder/krb5.conf, pid $pid"
