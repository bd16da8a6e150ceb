#!/bin/bash
# Certificates for tests in $RUN/ca: ca.crt signed server.crt (localhost, 127.0.0.1, ::1), expired.crt and wrong.crt (another
# name), all with server.key; other-ca.crt signed nothing. Made once.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
need openssl "install the package openssl"
folder=$RUN/ca
mkdir -p "$folder"
cd "$folder"
exec 9> lock
flock 9
[ -f server.crt ] && exit 0
{
  for ca in ca other-ca; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/O=Reeve test/CN=$ca" \
      -keyout $ca.key -out $ca.crt -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
  done
  openssl ecparam -genkey -name prime256v1 -noout -out server.key
  mkdir -p issued
  : > issued/index
  echo 1000 > issued/serial
  printf '%s\n' '[ca]' 'default_ca = c' '[c]' 'database = issued/index' 'serial = issued/serial' 'new_certs_dir = issued' \
    'default_md = sha256' 'policy = p' 'unique_subject = no' '[p]' 'commonName = supplied' > ca.cnf
  issue() { # file name SAN from until
    openssl req -new -key server.key -subj "/CN=$2" -out "$1.csr"
    printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n' "$3" > "$1.ext"
    openssl ca -batch -config ca.cnf -cert ca.crt -keyfile ca.key -in "$1.csr" -extfile "$1.ext" \
      -startdate "$4" -enddate "$5" -notext -out "$1.part"
    mv "$1.part" "$1.crt"
  }
  issue expired localhost DNS:localhost,IP:127.0.0.1 20200101000000Z 20200201000000Z
  issue wrong elsewhere.example DNS:elsewhere.example 20200101000000Z 20490101000000Z
  issue server localhost DNS:localhost,IP:127.0.0.1,IP:::1 20200101000000Z 20490101000000Z
} > make.log 2>&1 || { tail -5 make.log >&2; fail "openssl could not make the certificates"; }
