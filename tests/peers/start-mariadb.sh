#!/bin/bash
# MariaDB on 127.0.0.1:$MARIA_PORT, its data in $RUN/mariadb. User hr / hr may read and write the database hr.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
export PATH=$PATH:/usr/sbin
need mariadbd "install the package mariadb-server"
folder=$RUN/mariadb port=${MARIA_PORT:-33306} user=()
mkdir -p "$folder"
if [ -f "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; then
  fail "process $(cat "$folder/pid") runs already with the data in $folder: stop.sh mariadb ends it"
fi
(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && fail "port $port is taken: set MARIA_PORT"
# It refuses to run as root.
if [ "$(id -u)" = 0 ]; then user=(--user=mysql) && chown mysql "$folder"; fi
if [ ! -d "$folder/data/mysql" ]; then
  mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal --skip-test-db "${user[@]}" \
    > "$folder/install.log" 2>&1 || { tail -5 "$folder/install.log" >&2; fail "mariadb-install-db failed"; }
fi
nohup mariadbd --no-defaults "${user[@]}" --datadir="$folder/data" --bind-address=127.0.0.1 --port="$port" --socket="$folder/sock" \
  --skip-name-resolve --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=0 --performance-schema=OFF \
  > "$folder/log" 2>&1 < /dev/null &
echo $! > "$folder/pid"
sql() { mariadb --no-defaults -uroot -S "$folder/sock" -e "$1"; }
for ((i = 0; i < 300; i++)); do
  sql "select 1" > /dev/null 2>&1 && break
  kill -0 "$(cat "$folder/pid")" 2>/dev/null || { tail -5 "$folder/log" >&2; fail "mariadbd did not start"; }
  sleep 0.1
done
sql "create database if not exists hr character set utf8mb4; create user if not exists hr@'127.0.0.1' identified by 'hr';
     grant all on hr.* to hr@'127.0.0.1'" || { tail -5 "$folder/log" >&2; fail "mariadbd did not start"; }
echo "MariaDB: mysql://hr:hr@127.0.0.1:$port/hr, pid $(cat "$folder/pid")"
