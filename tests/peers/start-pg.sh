#!/bin/bash
# A throw-away PostgreSQL cluster on 127.0.0.1:$PG_PORT with its data in $RUN/pg; the user postgres needs no password.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || fail "initdb is missing: install the package postgresql")")
(exec 3<>"/dev/tcp/127.0.0.1/$PG_PORT") 2>/dev/null && fail "port $PG_PORT is taken: set PG_PORT"
folder=$RUN/pg
mkdir -p "$folder"
# PostgreSQL refuses to run as root.
as_postgres=(env)
if [ "$(id -u)" = 0 ]; then
  as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
  chown postgres "$folder"
  chmod a+x "$RUN"
fi
cd / # a folder that its user may enter
if [ ! -d "$folder/data" ]; then
  "${as_postgres[@]}" "$bin/initdb" -D "$folder/data" -A trust -E UTF8 --locale=C.UTF-8 -U postgres > "$folder/initdb.log" 2>&1 ||
    { tail -5 "$folder/initdb.log" >&2; fail "initdb failed; can the user postgres reach $folder?"; }
fi
# Nothing here outlives the run, so nothing has to reach the disk.
"${as_postgres[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w \
  -o "-p $PG_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c max_connections=200" \
  start > /dev/null || { tail -5 "$folder/data/server.log" >&2; fail "PostgreSQL did not start"; }
echo "PostgreSQL: postgres://postgres@127.0.0.1:$PG_PORT/postgres, pid $(head -1 "$folder/data/postmaster.pid")"
