databases-purpose = What the sources hold, database by database.
databases-all = All databases
databases-none = No databases yet
search-in-database = Search in this database
tables-of = Tables and views of { $name }
tables-none = No tables here
tables-filter = Filter by name
table-sections = Table sections
gone-title = This is no longer in the source
gone-advice = A complete crawl did not list it and a direct look-up confirmed that, at
columns-filter = Filter columns
columns-count = { $shown } of { $total }
columns-of = Columns of { $name }
columns-none = No column matches
columns-all = All { $count } columns
data-type = Type
fields-inside = { $count ->
     [one] 1 field
    *[other] { $count } fields
}
partition-key = Partition
partition-keys-count = { $count ->
     [0] no partition keys
     [one] 1 of them a partition key
    *[other] { $count } of them partition keys
}
partitions-of = Partitions of { $name }
partitions-none = No partitions
partitions-none-advice = The table declares partition keys, but has no partition yet.
partitions-filter = Filter partitions
partitions-all = All { $count } partitions
average-file = { $size } on average
by-statistics = by the source’s statistics
storage = Storage
input-format = Input format
serde = SerDe
definition = Definition
history-all = All of it
history-none = No changes yet
history-none-advice = Reeve notes what differs from one crawl to the next.
change-created = Found for the first time
change-deleted = Gone from the source
change-restored = Back in the source
change-recreated = Dropped and made again
change-column-added = Column added
change-column-dropped = Column dropped
change-column-retyped = Type changed
change-column-recommented = Comment changed
change-columns-reordered = Columns reordered
change-parameter-set = Parameter set
change-parameter-removed = Parameter removed
change-owner = Owner in the metastore changed
change-owners-assigned = Owners changed
change-location = Location changed
change-description = Description changed
change-definition = Definition changed
change-partitions = Partitions changed
change-becomes = becomes
change-values = Before and after
change-before = Before
change-after = After
schema-from = Columns from
schema-from-spark = Spark’s table parameters
schema-from-avro = the Avro schema in the parameters
schema-from-iceberg = Iceberg’s current schema
schema-from-flink = Flink’s table parameters
schema-from-presto = the Presto or Trino view
schema-from-files = the data files alone; the metastore has no columns
remarks = Not read as it came
remark-unreadable-time = is no time that can be read; shown as unknown.
remark-unreadable-number = is no number that can be read; shown as unknown.
remark-replaced-bytes = has bytes that are no UTF-8; shown with replacement marks.
remark-broken-schema = is incomplete or unreadable; the columns are from elsewhere.
remark-schemas-differ = describes other columns than another engine does; the newer ones are shown.
remark-unreadable-view = cannot be decoded as a view’s text.
remark-named-twice = is named twice by the source; shown once.
remark-shortened = is too long to be kept whole; only its beginning is shown.
