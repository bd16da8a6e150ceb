#!/bin/bash
# The jars of a real Hive metastore 2.3.9 and of Spark 3.5.9, which seeds it: both are in the pyspark sdist (318 MB).
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
[ -d "$SPARK_HOME/jars" ] && exit 0
need python3 "install the packages python3 and python3-pip"
need flock "install the package util-linux"
exec 9>"$PEERS/fetch.lock" # one download, whoever asks for it
flock 9
[ -d "$SPARK_HOME/jars" ] && exit 0
echo "fetching pyspark 3.5.9 (318 MB) into $PEERS"
python3 -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: -d "$PEERS/dl" pyspark==3.5.9 ||
  fail "pip could not download pyspark 3.5.9: is the package index reachable, and python3-pip with setuptools installed?"
rm -rf "$PEERS/spark3.part"
mkdir "$PEERS/spark3.part"
tar xzf "$PEERS/dl/pyspark-3.5.9.tar.gz" -C "$PEERS/spark3.part" --strip-components=1
rm -rf "$PEERS/spark3"
mv "$PEERS/spark3.part" "$PEERS/spark3"
