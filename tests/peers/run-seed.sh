#!/bin/bash
# run-seed.sh [TABLES [PARTITIONS]]: fills the metastore at $HMS_URI through Spark SQL; see seed.py. About 40 s.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
need java "install the package openjdk-17-jre-headless"
need python3 "install the package python3"
[ -d "$SPARK_HOME/jars" ] || fail "no jars in $SPARK_HOME: run fetch-jars.sh"
py4j=("$PEERS"/spark3/lib/py4j-*-src.zip)
export HMS_URI=${HMS_URI:-thrift://127.0.0.1:$HMS_PORT}
PYTHONPATH=$PEERS/spark3:${py4j[0]} exec python3 "$SCRIPTS/seed.py" "$@"
