# Settings that the scripts here share; sourced by each of them.
#   PEERS     downloaded parts, kept between runs and outside the checkout
#   RUN       data and pid files of one run; give two runs at once different ones, and different ports
#   HMS_PORT  9083   PG_PORT  55433
# Servers bind 127.0.0.1 only.
set -euo pipefail
SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PEERS=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/reeve-peers}
# Not under $HOME: the user postgres must get there when root runs this.
export RUN=${RUN:-${TMPDIR:-/tmp}/reeve-peers-$(id -u)}
export HMS_PORT=${HMS_PORT:-9083} PG_PORT=${PG_PORT:-55433}
export SPARK_HOME=$PEERS/spark3/deps # an unpacked pyspark sdist: "deps" holds jars/
export LC_ALL=C.UTF-8                # Korean partition values become names of folders
mkdir -p "$PEERS" "$RUN"

fail() { echo "${0##*/}: $*" >&2; exit 1; }

# need PROGRAM WHERE_FROM: fails with what is missing and where it comes from.
need() { command -v "$1" >/dev/null || fail "$1 is missing: $2"; }

# wait_port PORT SECONDS PID: until something listens on the port; fails at once when the process has ended.
wait_port() {
  local i
  for ((i = 0; i < $2 * 10; i++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
    kill -0 "$3" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# What Spark's own launcher passes to Java 17.
OPENS=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent \
  java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar jdk.internal.ref; do
  OPENS+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
OPENS+=(-Djdk.reflect.useDirectMethodHandle=false)
