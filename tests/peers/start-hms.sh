#!/bin/bash
# A real Apache Hive metastore 2.3.9 on 127.0.0.1:$HMS_PORT, in front of an embedded Derby database in $RUN/hms.
# Its pid is in $RUN/hms/pid. An empty metastore is up in about 5 s.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
need java "install the package openjdk-17-jre-headless"
need cc "install a C compiler (the package gcc)"
[ -d "$SPARK_HOME/jars" ] || fail "no jars in $SPARK_HOME: run fetch-jars.sh"

folder=$RUN/hms
mkdir -p "$folder/conf"
if [ -f "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; then
  fail "process $(cat "$folder/pid") runs already with the data in $folder: stop.sh hms ends it"
fi
(exec 3<>"/dev/tcp/127.0.0.1/$HMS_PORT") 2>/dev/null && fail "port $HMS_PORT is taken: set HMS_PORT"

# Hive 2.3 knows no setting for the address to bind: see loopback.c.
loopback=$PEERS/loopback.so
if [ ! -f "$loopback" ]; then
  cc -shared -fPIC -O2 -o "$loopback.$$" "$SCRIPTS/loopback.c" -ldl
  mv "$loopback.$$" "$loopback"
fi

cat > "$folder/conf/hive-site.xml" <<XML
<configuration>
<property><name>javax.jdo.option.ConnectionURL</name><value>jdbc:derby:;databaseName=$folder/metastore_db;create=true</value></property>
<property><name>javax.jdo.option.ConnectionDriverName</name><value>org.apache.derby.jdbc.EmbeddedDriver</value></property>
<property><name>javax.jdo.option.ConnectionUserName</name><value>APP</value></property>
<property><name>javax.jdo.option.ConnectionPassword</name><value>mine</value></property>
<property><name>datanucleus.schema.autoCreateAll</name><value>true</value></property>
<property><name>datanucleus.autoStartMechanismMode</name><value>ignored</value></property>
<property><name>hive.metastore.schema.verification</name><value>false</value></property>
<property><name>hive.metastore.warehouse.dir</name><value>file://$RUN/warehouse</value></property>
<property><name>hive.metastore.server.min.threads</name><value>4</value></property>
<property><name>hive.metastore.server.max.threads</name><value>32</value></property>
<property><name>hive.async.log.enabled</name><value>false</value></property>
</configuration>
XML
cat > "$folder/conf/hive-log4j2.properties" <<LOG
rootLogger.level = warn
rootLogger.appenderRef.s.ref = C
appender.c.type = Console
appender.c.name = C
appender.c.layout.type = PatternLayout
appender.c.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
LOG

cd "$folder"
LD_PRELOAD=$loopback nohup java "${OPENS[@]}" -Djava.net.preferIPv4Stack=true -Xmx512m -XX:+UseSerialGC \
  -Dderby.stream.error.file="$folder/derby.log" -Dlog4j2.configurationFile="$folder/conf/hive-log4j2.properties" \
  -cp "$folder/conf:$SPARK_HOME/jars/*" org.apache.hadoop.hive.metastore.HiveMetaStore -p "$HMS_PORT" \
  > hms.log 2>&1 < /dev/null &
pid=$!
echo "$pid" > pid
if ! wait_port "$HMS_PORT" 120 "$pid"; then
  tail -20 hms.log >&2
  fail "the metastore did not start; its log is $folder/hms.log"
fi
echo "Hive metastore: thrift://127.0.0.1:$HMS_PORT, pid $pid"
