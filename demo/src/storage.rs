//! How a table is stored, and what Hive, Spark and Iceberg write about that into the metastore.

use super::catalog::{DAY, NOW, Table};
use super::dictionary::Kind;
use super::random::Random;
use super::spark;

/// What goes into `SDS` and `SERDES`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Storage {
    pub(super) location: Option<String>,
    pub(super) input_format: &'static str,
    pub(super) output_format: &'static str,
    pub(super) serde: Option<&'static str>,
    pub(super) serde_parameters: Vec<(&'static str, String)>,
}

pub(super) struct Format {
    name: &'static str,
    input: &'static str,
    output: &'static str,
    serde: &'static str,
    /// A parameter that says how it is compressed, and how it may be.
    compression: Option<(&'static str, &'static [&'static str])>,
}

const TEXT_IN: &str = "org.apache.hadoop.mapred.TextInputFormat";
const TEXT_OUT: &str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";
const SEQUENCE_IN: &str = "org.apache.hadoop.mapred.SequenceFileInputFormat";
const SEQUENCE_OUT: &str = "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat";
const LAZY: &str = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
const PARQUET: Format = Format {
    name: "parquet",
    input: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    output: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    serde: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    compression: Some(("parquet.compression", &["SNAPPY", "SNAPPY", "ZSTD", "GZIP"])),
};

const FORMATS: &[Format] = &[
    Format {
        name: "orc",
        input: "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
        output: "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
        serde: "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
        compression: Some(("orc.compress", &["SNAPPY", "SNAPPY", "ZLIB", "ZSTD"])),
    },
    PARQUET,
    Format { name: "spark-parquet", ..PARQUET },
    Format {
        name: "avro",
        input: "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
        output: "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
        serde: "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
        compression: Some(("avro.output.codec", &["snappy", "deflate"])),
    },
    Format { name: "text", input: TEXT_IN, output: TEXT_OUT, serde: LAZY, compression: None },
    Format {
        name: "csv",
        input: TEXT_IN,
        output: TEXT_OUT,
        serde: "org.apache.hadoop.hive.serde2.OpenCSVSerde",
        compression: None,
    },
    Format {
        name: "json",
        input: TEXT_IN,
        output: TEXT_OUT,
        serde: "org.apache.hive.hcatalog.data.JsonSerDe",
        compression: None,
    },
    Format { name: "sequence", input: SEQUENCE_IN, output: SEQUENCE_OUT, serde: LAZY, compression: None },
    Format {
        name: "rcfile",
        input: "org.apache.hadoop.hive.ql.io.RCFileInputFormat",
        output: "org.apache.hadoop.hive.ql.io.RCFileOutputFormat",
        serde: "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe",
        compression: None,
    },
    // Spark's own tables whose format Hive cannot read: text as far as Hive is told.
    Format { name: "spark", input: SEQUENCE_IN, output: SEQUENCE_OUT, serde: LAZY, compression: None },
    Format {
        name: "iceberg",
        input: "org.apache.hadoop.mapred.FileInputFormat",
        output: "org.apache.hadoop.mapred.FileOutputFormat",
        serde: LAZY,
        compression: None,
    },
];

impl Format {
    /// The format of a table that nobody wrote down.
    pub(super) fn invent(database: &str, kind: Kind, random: &mut Random) -> &'static str {
        let usual: &[(&str, u64)] = match (database, kind) {
            ("raw", _) => &[("json", 5), ("avro", 5), ("sequence", 3), ("text", 3)],
            ("ml_feature" | "recommend", _) => &[("parquet", 6), ("spark-parquet", 4), ("spark", 1), ("iceberg", 2)],
            (_, Kind::Code) => &[("text", 6), ("orc", 4), ("csv", 1)],
            (_, Kind::Old) => &[("text", 4), ("orc", 5), ("sequence", 2), ("rcfile", 2)],
            (_, Kind::Log) => &[("orc", 6), ("json", 2), ("parquet", 2), ("avro", 1)],
            _ => &[
                ("orc", 62),
                ("parquet", 16),
                ("spark-parquet", 5),
                ("spark", 2),
                ("avro", 3),
                ("text", 6),
                ("iceberg", 4),
            ],
        };
        random.weighted(usual, |(_, weight)| *weight).map_or("orc", |(name, _)| *name)
    }
}

impl Storage {
    pub(super) fn none() -> Self {
        Self { location: None, input_format: "", output_format: "", serde: None, serde_parameters: Vec::new() }
    }
}

/// Makes a view of `table`, over `base`, which has the same columns and more.
pub(super) fn view(table: &mut Table, base: &str, materialized: bool) {
    let names: Vec<_> = table.columns.iter().map(|column| format!("`{}`", column.name)).collect();
    let base = base.split('.').map(|part| format!("`{part}`")).collect::<Vec<_>>().join(".");
    let text = format!("SELECT {}\nFROM {base}\nWHERE {} IS NOT NULL", names.join(", "), names[0]);
    table.view_text = Some(text);
    table.table_type = if materialized { "MATERIALIZED_VIEW" } else { "VIRTUAL_VIEW" };
    table.storage = Storage {
        location: None,
        input_format: SEQUENCE_IN,
        output_format: SEQUENCE_OUT,
        serde: None,
        serde_parameters: Vec::new(),
    };
    table.parameters.remove("pii");
    table.parameters.remove("retention");
    table.parameters.insert("transient_lastDdlTime".to_owned(), table.created_at.to_string());
}

/// Stores `table` in `format`, at a name node and in a database; `end` is when it was last written to.
pub(super) fn store(
    table: &mut Table,
    (name_node, database): (&str, &str),
    format: &str,
    end: i64,
    random: &mut Random,
) {
    let external = random.percent(45) || matches!(format, "iceberg" | "json" | "csv");
    let root = if external { "/data" } else { "/user/hive/warehouse" };
    let location = format!("{name_node}{root}/{database}.db/{}", table.name);
    let name = format;
    let format = FORMATS.iter().find(|format| format.name == name).unwrap_or(&FORMATS[0]);
    let serde_parameters = match format.name {
        "text" => vec![("field.delim", "\t".to_owned()), ("serialization.format", "\t".to_owned())],
        "csv" => vec![("separatorChar", ",".to_owned()), ("quoteChar", "\"".to_owned())],
        "spark" | "spark-parquet" => vec![("path", location.clone()), ("serialization.format", "1".to_owned())],
        _ => vec![("serialization.format", "1".to_owned())],
    };
    table.storage = Storage {
        location: Some(location.clone()),
        input_format: format.input,
        output_format: format.output,
        serde: Some(format.serde),
        serde_parameters,
    };
    table.table_type = if external { "EXTERNAL_TABLE" } else { "MANAGED_TABLE" };
    let parameters = &mut table.parameters;
    let mut set = |key: &str, value: String| {
        parameters.insert(key.to_owned(), value);
    };
    if external {
        set("EXTERNAL", "TRUE".to_owned());
    }
    if let Some((key, ways)) = format.compression {
        set(key, (*random.pick(ways)).to_owned());
    }
    let changed_at = if end == NOW {
        NOW - random.below(if table.partitions.count > 0 { 20 } else { 300 } * 3_600) as i64
    } else {
        end
    };
    set("transient_lastDdlTime", changed_at.max(table.created_at).to_string());
    if random.percent(30) {
        set("last_modified_by", if table.owner.is_empty() { "hive".to_owned() } else { table.owner.clone() });
        set("last_modified_time", (changed_at - DAY).max(table.created_at).to_string());
    }
    statistics(table, format.name, random);
    match format.name {
        "spark" => spark::native(table, "delta", false),
        "spark-parquet" => spark::native(table, "parquet", true),
        "iceberg" => iceberg(table, &location, random),
        _ => {}
    }
}

/// Hive keeps the statistics of a partitioned table with its partitions; Spark's `ANALYZE TABLE` with the table.
fn statistics(table: &mut Table, format: &str, random: &mut Random) {
    let partitioned = !table.partition_keys.is_empty();
    let bytes = match partitioned {
        true => table.partitions.total_bytes(),
        false => random.around(0, 35),
    };
    let rows = bytes / (60 + random.below(200));
    let mut set = |key: &str, value: String| {
        table.parameters.insert(key.to_owned(), value);
    };
    if partitioned || format.starts_with("spark") {
        if random.percent(70) {
            set("spark.sql.statistics.totalSize", bytes.to_string());
            set("spark.sql.statistics.numRows", rows.to_string());
        }
        return;
    }
    if random.percent(90) {
        set("totalSize", bytes.to_string());
        set("numFiles", (1 + bytes / (200 << 20)).to_string());
        set("numRows", rows.to_string());
        set("rawDataSize", (bytes.saturating_mul(4)).to_string());
        set("COLUMN_STATS_ACCURATE", "{\"BASIC_STATS\":\"true\"}".to_owned());
    }
}

fn iceberg(table: &mut Table, location: &str, random: &mut Random) {
    let metadata = |random: &mut Random, version: u64| {
        let (a, b) = (random.number(), random.number());
        let uuid = format!("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", a >> 32, a & 0xffff, b >> 52, b & 0xfff, b >> 16);
        format!("{location}/metadata/{version:05}-{uuid}.metadata.json")
    };
    let version = 2 + random.below(900);
    let mut set = |key: &str, value: String| {
        table.parameters.insert(key.to_owned(), value);
    };
    set("table_type", "ICEBERG".to_owned());
    set("previous_metadata_location", metadata(random, version - 1));
    set("metadata_location", metadata(random, version));
    set("current-snapshot-id", (random.number() >> 1).to_string());
    set("snapshot-count", (1 + random.below(400)).to_string());
    set("external.table.purge", "TRUE".to_owned());
}
