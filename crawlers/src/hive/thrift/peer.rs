//! A peer for tests that answers as a metastore does, or fails as one may: for what the real one cannot be made to do.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TFieldIdentifier, TInputProtocol, TListIdentifier, TMapIdentifier,
    TMessageIdentifier, TMessageType, TOutputProtocol, TType,
};

type Output = TBinaryOutputProtocol<Vec<u8>>;

pub(super) enum Answer {
    Names(Vec<String>),
    /// A database of the name that was asked for.
    Database,
    /// A table for each name: with a partition key `no` when the name begins with `p`.
    Tables(Vec<String>),
    /// A partition `no=VALUE` for each.
    Partitions(Vec<String>),
    /// The exception in this field of the result.
    Exception(i16, &'static str),
    /// The exception that Thrift itself knows: the call is unknown, or broke.
    Unknown,
    /// Any result.
    Value(Value),
    /// These bytes as they are.
    Bytes(Vec<u8>),
    /// So many bytes of the answer, then the connection ends.
    Cut(Box<Answer>, usize),
    /// So many bytes of the answer, then nothing while the client waits.
    Hang(Box<Answer>, usize),
    /// The answer, a byte every 100 ms.
    Trickle(Box<Answer>),
    /// The connection ends, and no other is accepted.
    Gone,
}

/// A value as Thrift has them.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(Vec<u8>),
    Int(i32),
    Long(i64),
    List(Vec<Value>),
    Map(Vec<(String, Vec<u8>)>),
    Struct(Vec<(i16, Value)>),
}

pub(super) fn value(text: impl AsRef<[u8]>) -> Value {
    Value::Text(text.as_ref().to_vec())
}

impl Value {
    fn kind(&self) -> TType {
        match self {
            Self::Text(_) => TType::String,
            Self::Int(_) => TType::I32,
            Self::Long(_) => TType::I64,
            Self::List(_) => TType::List,
            Self::Map(_) => TType::Map,
            Self::Struct(_) => TType::Struct,
        }
    }

    fn write(&self, output: &mut Output) -> thrift::Result<()> {
        let size = |count: usize| i32::try_from(count).expect("few items");
        match self {
            Self::Text(bytes) => output.write_bytes(bytes),
            Self::Int(number) => output.write_i32(*number),
            Self::Long(number) => output.write_i64(*number),
            Self::List(items) => {
                let kind = items.first().map_or(TType::Struct, Value::kind);
                output.write_list_begin(&TListIdentifier::new(kind, size(items.len())))?;
                items.iter().try_for_each(|item| item.write(output))
            }
            Self::Map(entries) => {
                output.write_map_begin(&TMapIdentifier::new(TType::String, TType::String, size(entries.len())))?;
                entries.iter().try_for_each(|(key, value)| {
                    output.write_string(key)?;
                    output.write_bytes(value)
                })
            }
            Self::Struct(fields) => {
                for (id, value) in fields {
                    field(output, *id, value.kind())?;
                    value.write(output)?;
                }
                output.write_field_stop()
            }
        }
    }
}

pub(super) struct Peer {
    pub uri: String,
    /// The calls that arrived, with the texts among their arguments.
    pub calls: Arc<Mutex<Vec<(String, Vec<String>)>>>,
}

/// Listens until the test ends; `answer` is given the call's name and the texts among its arguments.
pub(super) fn start(answer: impl Fn(&str, &[String]) -> Answer + Send + Sync + 'static) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let uri = format!("thrift://{}", listener.local_addr().expect("an address"));
    let calls: Arc<Mutex<Vec<(String, Vec<String>)>>> = Arc::default();
    let (seen, answer, gone) = (Arc::clone(&calls), Arc::new(answer), Arc::new(Mutex::new(false)));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if *gone.lock().expect("not poisoned") {
                return;
            }
            let (seen, answer, gone) = (Arc::clone(&seen), Arc::clone(&answer), Arc::clone(&gone));
            std::thread::spawn(move || {
                while let Some((name, sequence, texts)) = read_call(&stream) {
                    // What every client asks first, to see whether a metastore is there.
                    let probe = name == "getVersion" && !*gone.lock().expect("not poisoned");
                    let answer = if probe {
                        Answer::Value(value("2.3.9"))
                    } else {
                        seen.lock().expect("not poisoned").push((name.clone(), texts.clone()));
                        answer(&name, &texts)
                    };
                    if matches!(answer, Answer::Gone) {
                        *gone.lock().expect("not poisoned") = true;
                    }
                    if !send(&stream, &answer, &name, sequence, &texts) {
                        break;
                    }
                }
            });
        }
    });
    Peer { uri, calls }
}

/// One call: its name, its number and the texts among its arguments. `None` when the client has gone.
fn read_call(stream: &TcpStream) -> Option<(String, i32, Vec<String>)> {
    let mut input = TBinaryInputProtocol::new(BufReader::new(stream), true);
    let header = input.read_message_begin().ok()?;
    let mut texts = Vec::new();
    input.read_struct_begin().ok()?;
    loop {
        let field = input.read_field_begin().ok()?;
        match field.field_type {
            TType::Stop => return Some((header.name, header.sequence_number, texts)),
            TType::String => texts.push(input.read_string().ok()?),
            TType::List => {
                for _ in 0..input.read_list_begin().ok()?.size {
                    texts.push(input.read_string().ok()?);
                }
            }
            other => input.skip(other).ok()?,
        }
    }
}

/// Whether the connection stays open.
#[expect(clippy::disallowed_methods, reason = "a thread of its own")]
fn send(mut stream: &TcpStream, answer: &Answer, name: &str, sequence: i32, texts: &[String]) -> bool {
    let whole = |answer: &Answer| bytes(answer, name, sequence, texts).expect("memory can be written");
    let sent = match answer {
        Answer::Gone => return false,
        Answer::Cut(answer, count) => {
            let _ = stream.write_all(&whole(answer)[..*count]);
            return false;
        }
        Answer::Hang(answer, count) => {
            let _ = stream.write_all(&whole(answer)[..*count]);
            std::thread::sleep(Duration::from_secs(30));
            return false;
        }
        Answer::Trickle(answer) => whole(answer).chunks(1).try_for_each(|byte| {
            std::thread::sleep(Duration::from_millis(100));
            stream.write_all(byte)
        }),
        answer => stream.write_all(&whole(answer)),
    };
    sent.is_ok()
}

fn bytes(answer: &Answer, name: &str, sequence: i32, texts: &[String]) -> thrift::Result<Vec<u8>> {
    if let Answer::Bytes(bytes) = answer {
        return Ok(bytes.clone());
    }
    let mut output = TBinaryOutputProtocol::new(Vec::new(), true);
    if matches!(answer, Answer::Unknown) {
        output.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Exception, sequence))?;
        Value::Struct(vec![(1, value("Invalid method name")), (2, Value::Int(1))]).write(&mut output)?;
        return Ok(output.transport);
    }
    output.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Reply, sequence))?;
    match answer {
        Answer::Value(value) => {
            field(&mut output, 0, value.kind())?;
            value.write(&mut output)?;
        }
        Answer::Names(names) => {
            field(&mut output, 0, TType::List)?;
            list(&mut output, TType::String, names, |output, name| output.write_string(name))?;
        }
        Answer::Database => {
            field(&mut output, 0, TType::Struct)?;
            text(&mut output, 1, texts.first().map_or("", String::as_str))?;
            // A field that this client does not know.
            text(&mut output, 99, "new")?;
            output.write_field_stop()?;
        }
        Answer::Tables(names) => {
            field(&mut output, 0, TType::List)?;
            list(&mut output, TType::Struct, names, table)?;
        }
        Answer::Partitions(values) => {
            field(&mut output, 0, TType::List)?;
            list(&mut output, TType::Struct, values, partition)?;
        }
        Answer::Exception(id, message) => {
            field(&mut output, *id, TType::Struct)?;
            text(&mut output, 1, message)?;
            output.write_field_stop()?;
        }
        Answer::Unknown | Answer::Bytes(_) | Answer::Cut(..) | Answer::Hang(..) | Answer::Trickle(_) | Answer::Gone => {
        }
    }
    output.write_field_stop()?;
    Ok(output.transport)
}

fn table(output: &mut Output, name: &str) -> thrift::Result<()> {
    text(output, 1, name)?;
    if name.starts_with('p') {
        field(output, 8, TType::List)?;
        list(output, TType::Struct, &["no".to_owned()], |output, key| {
            text(output, 1, key)?;
            text(output, 2, "int")?;
            output.write_field_stop()
        })?;
    }
    text(output, 12, "MANAGED_TABLE")?;
    output.write_field_stop()
}

fn partition(output: &mut Output, value: &str) -> thrift::Result<()> {
    field(output, 1, TType::List)?;
    list(output, TType::String, &[value.to_owned()], |output, value| output.write_string(value))?;
    field(output, 7, TType::Map)?;
    output.write_map_begin(&TMapIdentifier::new(TType::String, TType::String, 0))?;
    output.write_field_stop()
}

fn field(output: &mut Output, id: i16, kind: TType) -> thrift::Result<()> {
    output.write_field_begin(&TFieldIdentifier::new("", kind, id))
}

fn text(output: &mut Output, id: i16, text: &str) -> thrift::Result<()> {
    field(output, id, TType::String)?;
    output.write_string(text)
}

fn list(
    output: &mut Output,
    kind: TType,
    items: &[String],
    write: impl Fn(&mut Output, &str) -> thrift::Result<()>,
) -> thrift::Result<()> {
    let size = i32::try_from(items.len()).expect("few items");
    output.write_list_begin(&TListIdentifier::new(kind, size))?;
    items.iter().try_for_each(|item| write(output, item))
}
