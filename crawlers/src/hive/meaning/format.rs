//! Short names of formats.

use std::collections::BTreeMap;

/// The format's short name, from the surest sign to the least sure.
pub(in crate::hive) fn format(
    parameters: &BTreeMap<String, String>,
    provider: Option<&str>,
    input_format: Option<&str>,
    serde: Option<&str>,
) -> Option<String> {
    let table_type = parameters.get("table_type").map(|value| value.to_lowercase());
    if let Some(format) = table_type.filter(|value| TABLE_TYPES.contains(&value.as_str())) {
        return Some(format);
    }
    if let Some(provider) = provider.filter(|name| *name != "hive") {
        // A class instead of a short name: `org.apache.spark.sql.parquet`, `com.databricks.spark.csv`.
        return provider.rsplit('.').find(|word| *word != "defaultsource").map(str::to_owned);
    }
    let known = |class: &str, words: &[(&str, &str)]| {
        let class = class.to_lowercase();
        words.iter().find(|(word, _)| class.contains(word)).map(|(_, short)| (*short).to_owned())
    };
    let by_handler = parameters.get("storage_handler").and_then(|class| known(class, &STORAGE_HANDLERS));
    let by_serde = || serde.and_then(|class| known(class, &SERDES));
    by_handler.or_else(|| input_format.and_then(|class| known(class, &INPUT_FORMATS))).or_else(|| {
        let is_text = input_format.is_some_and(|class| class.ends_with("TextInputFormat"));
        by_serde().or_else(|| is_text.then(|| "text".to_owned()))
    })
}

/// Table formats that name themselves in the parameter `table_type`.
const TABLE_TYPES: [&str; 2] = ["iceberg", "paimon"];

/// Words in the class of `storage_handler`, in lower case.
const STORAGE_HANDLERS: [(&str, &str); 8] = [
    ("iceberg", "iceberg"),
    ("paimon", "paimon"),
    ("hbase", "hbase"),
    ("kudu", "kudu"),
    ("jdbc", "jdbc"),
    ("druid", "druid"),
    ("kafka", "kafka"),
    ("delta", "delta"),
];

/// Words in the class of the input format, in lower case. Text is left to the serde, which knows CSV and JSON.
const INPUT_FORMATS: [(&str, &str); 9] = [
    ("hoodie", "hudi"),
    ("iceberg", "iceberg"),
    ("delta", "delta"),
    ("parquet", "parquet"),
    ("orc", "orc"),
    ("avro", "avro"),
    ("rcfile", "rcfile"),
    ("sequencefile", "sequence"),
    ("kudu", "kudu"),
];

/// Words in the class of the serde, in lower case.
const SERDES: [(&str, &str); 6] =
    [("json", "json"), ("csv", "csv"), ("parquet", "parquet"), ("orc", "orc"), ("avro", "avro"), ("hbase", "hbase")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_short_names() {
        let cases: [(&[(&str, &str)], &str, &str); 15] = [
            (&[], "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat", "org.apache.hadoop.hive.ql.io.orc.OrcSerde"),
            (&[], "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat", ""),
            (&[], "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat", ""),
            (&[], "org.apache.hadoop.mapred.SequenceFileInputFormat", ""),
            (&[], "org.apache.hadoop.hive.ql.io.RCFileInputFormat", ""),
            (&[], "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
            (&[], "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hive.hcatalog.data.JsonSerDe"),
            (&[], "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.serde2.OpenCSVSerde"),
            (&[], "org.apache.hudi.hadoop.HoodieParquetInputFormat", ""),
            (&[("table_type", "ICEBERG")], "org.apache.hadoop.mapred.FileInputFormat", ""),
            (&[("table_type", "PAIMON")], "org.apache.hadoop.mapred.FileInputFormat", ""),
            (&[("storage_handler", "org.apache.hadoop.hive.hbase.HBaseStorageHandler")], "", ""),
            (&[("spark.sql.sources.provider", "DELTA")], "org.apache.hadoop.mapred.SequenceFileInputFormat", ""),
            (&[("spark.sql.sources.provider", "com.databricks.spark.csv")], "", ""),
            (&[], "com.example.OurInputFormat", "com.example.OurSerDe"),
        ];
        let short = |(pairs, input_format, serde): &(&[(&str, &str)], &str, &str)| {
            let parameters: BTreeMap<String, String> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let provider = parameters.get("spark.sql.sources.provider").map(|name| name.to_lowercase());
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let (input_format, serde) = (some(input_format), some(serde));
            format(&parameters, provider.as_deref(), input_format.as_deref(), serde.as_deref())
                .unwrap_or_else(|| "?".to_owned())
        };
        let names: Vec<String> = cases.iter().map(short).collect();
        assert_eq!(
            names.join(" "),
            "orc parquet avro sequence rcfile text json csv hudi iceberg paimon hbase delta csv ?"
        );
    }
}
