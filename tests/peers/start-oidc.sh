#!/bin/bash
# OpenID providers for tests (oidc.mjs, npm's oidc-provider): http://127.0.0.1:$OIDC_PORT makes a provider of its own for whoever
# asks. Its pid is in $RUN/oidc/pid.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
need node "install the package nodejs"
need npm "install the package npm"
folder=$RUN/oidc port=${OIDC_PORT:-9400} version=9.13.3
mkdir -p "$folder"
export OIDC_HOME=$PEERS/oidc-provider-$version
exec 9> "$PEERS/oidc.lock"
flock 9
if [ ! -f "$OIDC_HOME/complete" ]; then
  mkdir -p "$OIDC_HOME"
  echo '{"private":true}' > "$OIDC_HOME/package.json"
  npm install --prefix "$OIDC_HOME" --no-audit --no-fund --ignore-scripts "oidc-provider@$version" > "$folder/npm.log" 2>&1 ||
    { tail -5 "$folder/npm.log" >&2; fail "npm could not fetch oidc-provider $version: is there a registry to reach?"; }
  touch "$OIDC_HOME/complete"
fi
flock -u 9
exec 9>&-
OIDC_PORT=$port nohup node --no-warnings "$SCRIPTS/oidc.mjs" > "$folder/log" 2>&1 < /dev/null &
pid=$!
echo "$pid" > "$folder/pid"
wait_port "$port" 30 "$pid" || { tail -20 "$folder/log" >&2; fail "the OpenID providers did not start; their log is $folder/log"; }
echo "OpenID providers: http://127.0.0.1:$port, pid $pid"
