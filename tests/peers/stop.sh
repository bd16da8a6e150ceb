#!/bin/bash
# stop.sh hms|pg|slapd|kdc|oidc|mariadb ...: ends only the processes that the start scripts recorded in $RUN.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
for peer in "$@"; do
  case $peer in
    hms | slapd | kdc | oidc | mariadb) file=$RUN/$peer/pid signal=TERM ;;
    pg) file=$RUN/pg/data/postmaster.pid signal=INT ;; # SIGINT: does not wait for its clients
    *) fail "no peer called $peer: hms, pg, slapd, kdc, oidc or mariadb" ;;
  esac
  [ -f "$file" ] || { echo "$peer does not run with the data in $RUN"; continue; }
  pid=$(head -1 "$file")
  kill -$signal "$pid" 2>/dev/null || true
  for ((i = 0; i < 100; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -0 "$pid" 2>/dev/null && fail "$peer (process $pid) is still there after 10 s"
  if [ "$peer" != pg ]; then rm -f "$file"; fi
done
