"""Fills a running Hive metastore ($HMS_URI) through Spark SQL: databases, tables, partitions, statistics, views.

usage: seed.py [TABLES [PARTITIONS]]
  TABLES      how many small tables to add in the database bulk (default 0)
  PARTITIONS  how many partitions to add to the table bulk.clicks (default 0)

Tests rely on what is created here, so add to it rather than change it.
"""
import os
import sys
import time

from pyspark.sql import SparkSession

run = os.environ["RUN"]
started = time.time()
spark = (
    SparkSession.builder.master("local[2]").appName("seed").enableHiveSupport()
    .config("spark.hadoop.hive.metastore.uris", os.environ["HMS_URI"])
    .config("spark.sql.warehouse.dir", f"file://{run}/warehouse")
    .config("spark.hadoop.hive.exec.dynamic.partition.mode", "nonstrict")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def sql(statement):
    print(f"{time.time() - started:6.1f} s", " ".join(statement.split())[:110], flush=True)
    return spark.sql(statement)


sql("CREATE DATABASE IF NOT EXISTS sales COMMENT '영업 데이터베이스' WITH DBPROPERTIES ('owner_team'='영업팀','domain'='sales')")
sql("CREATE DATABASE IF NOT EXISTS hr COMMENT '인사 (human resources)' WITH DBPROPERTIES ('sensitivity'='high')")
sql("CREATE DATABASE IF NOT EXISTS raw COMMENT 'landing zone'")
sql("CREATE DATABASE IF NOT EXISTS empty_db")

sql("""CREATE TABLE IF NOT EXISTS sales.orders (order_id BIGINT COMMENT '주문 번호', customer_id BIGINT COMMENT '고객 번호',
   amount DECIMAL(18,2) COMMENT '금액(원)', items ARRAY<STRUCT<sku:STRING,qty:INT>> COMMENT '주문 품목', attrs MAP<STRING,STRING>, ts TIMESTAMP)
   PARTITIONED BY (dt STRING COMMENT '일자', region STRING COMMENT '지역') STORED AS PARQUET
   TBLPROPERTIES ('comment'='주문 원장','owner_email'='sales@example.com','retention'='365')""")
sql("""INSERT OVERWRITE sales.orders PARTITION(dt, region)
   SELECT id, id % 7, cast(id*100.5 as decimal(18,2)), array(named_struct('sku', concat('A', id), 'qty', cast(id % 5 as int))),
   map('k', cast(id as string)), timestamp'2026-01-01 00:00:00', concat('2026-01-0', 1 + id % 5), if(id % 2 = 0, 'seoul', '부산') FROM range(100)""")
sql("ANALYZE TABLE sales.orders PARTITION(dt, region) COMPUTE STATISTICS")
sql("ANALYZE TABLE sales.orders COMPUTE STATISTICS FOR COLUMNS order_id, customer_id, amount")

sql("""CREATE TABLE IF NOT EXISTS sales.customers (customer_id BIGINT COMMENT '고객 번호', name STRING COMMENT '이름', phone STRING COMMENT '전화번호', grade VARCHAR(10))
   COMMENT '고객 마스터' STORED AS ORC TBLPROPERTIES ('orc.compress'='SNAPPY')""")
sql("INSERT OVERWRITE sales.customers SELECT id, concat('고객', id), '010-0000-0000', 'VIP' FROM range(7)")
sql("ANALYZE TABLE sales.customers COMPUTE STATISTICS FOR ALL COLUMNS")

sql(f"""CREATE EXTERNAL TABLE IF NOT EXISTS raw.events_csv (ts STRING, user_id STRING, event STRING COMMENT '이벤트 이름')
   PARTITIONED BY (dt STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE LOCATION 'file://{run}/ext/events_csv'
   TBLPROPERTIES ('skip.header.line.count'='1')""")
sql("INSERT OVERWRITE raw.events_csv PARTITION(dt='2026-01-01') VALUES ('t1','u1','login'),('t2','u2','click')")
sql("ALTER TABLE raw.events_csv ADD IF NOT EXISTS PARTITION (dt='2026-01-02') PARTITION (dt='2026-01-03')")

# Partition values that Hive escapes in the name, and the value that stands for NULL.
sql("CREATE TABLE IF NOT EXISTS raw.sensor_avro (id BIGINT, reading DOUBLE COMMENT 'kPa', ok BOOLEAN) PARTITIONED BY (plant STRING, at STRING) STORED AS AVRO")
sql("INSERT OVERWRITE raw.sensor_avro PARTITION(plant='ulsan', at='2026-01-01 10:00:00') SELECT id, id*1.5, true FROM range(10)")
sql("INSERT OVERWRITE raw.sensor_avro PARTITION(plant, at) SELECT id, id*1.5, true, 'a/b=c%', cast(null as string) FROM range(1)")

sql("CREATE TABLE IF NOT EXISTS hr.employees (emp_no INT COMMENT '사번', name STRING COMMENT '성명', rrn STRING COMMENT '주민등록번호', dept STRING) COMMENT '사원' STORED AS PARQUET TBLPROPERTIES ('pii'='true')")
sql("INSERT OVERWRITE hr.employees SELECT cast(id as int), concat('사원', id), '000000-0000000', 'IT' FROM range(20)")

# Spark's own tables: their schema is in the properties spark.sql.sources.*, in parts when it is long.
sql("CREATE TABLE IF NOT EXISTS sales.daily USING parquet PARTITIONED BY (dt) COMMENT 'spark-native' AS SELECT 1L AS n, '2026-01-01' AS dt")
sql(f"""CREATE TABLE IF NOT EXISTS sales.baskets (`장바구니` STRUCT<`상품 코드`: STRING COMMENT '코드', qty: INT> COMMENT '담은 것',
   Tags ARRAY<STRING>, price DECIMAL(18,2), grade VARCHAR(10), span INTERVAL DAY TO SECOND, at TIMESTAMP_NTZ)
   USING json LOCATION 'file://{run}/ext/baskets' COMMENT '장바구니'""")
columns = ", ".join(f"c{i} STRING COMMENT '열 {i}'" for i in range(300))
sql(f"CREATE TABLE IF NOT EXISTS raw.wide ({columns}) STORED AS PARQUET")
sql(f"CREATE TABLE IF NOT EXISTS raw.wide_csv ({columns}) USING csv")

sql("""CREATE OR REPLACE VIEW sales.v_orders_vip COMMENT 'VIP 고객 주문' AS
   SELECT o.order_id, o.amount, c.name, o.dt FROM sales.orders o JOIN sales.customers c ON o.customer_id = c.customer_id WHERE c.grade = 'VIP'""")
sql("CREATE OR REPLACE VIEW sales.v_daily AS SELECT dt, sum(amount) AS total FROM sales.v_orders_vip GROUP BY dt")

tables = int(sys.argv[1]) if len(sys.argv) > 1 else 0
partitions = int(sys.argv[2]) if len(sys.argv) > 2 else 0
if tables or partitions:
    sql("CREATE DATABASE IF NOT EXISTS bulk COMMENT '부하 시험'")
    columns = ", ".join(f"col_{i} {'BIGINT' if i % 3 else 'STRING'} COMMENT '설명 {i}'" for i in range(20))
    for i in range(tables):
        spark.sql(f"CREATE TABLE IF NOT EXISTS bulk.t_{i:05d} ({columns}) COMMENT '표 {i}' PARTITIONED BY (dt STRING) STORED AS {'PARQUET' if i % 2 else 'ORC'}")
    if partitions:
        sql(f"CREATE TABLE IF NOT EXISTS bulk.clicks ({columns}) PARTITIONED BY (dt STRING, no INT) STORED AS ORC")
    for first in range(0, partitions, 500):
        added = " ".join(f"PARTITION (dt='2026-01-{1 + i // 500 % 28:02d}', no={i})" for i in range(first, min(first + 500, partitions)))
        sql(f"ALTER TABLE bulk.clicks ADD IF NOT EXISTS {added}")
spark.stop()
print(f"seeded in {time.time() - started:.1f} s")
