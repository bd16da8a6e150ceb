//! One connection to a metastore: Thrift's binary protocol, unframed, one call at a time.

use super::endpoint::Behind;
use crate::hive::meaning::remarks::remark;
use reeve_model::asset::{Remark, RemarkKind};
use std::io::{BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};
use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TFieldIdentifier, TInputProtocol, TMessageIdentifier, TMessageType,
    TOutputProtocol, TType,
};
use thrift::{ProtocolErrorKind, TransportErrorKind};

pub(super) type Input = TBinaryInputProtocol<BufReader<Answer>>;
pub(super) type Output = TBinaryOutputProtocol<Vec<u8>>;

/// Answers are megabytes of short strings.
const READ_BUFFER: usize = 256 * 1024;
/// No answer may be larger: a listing of two million partitions fits.
const LARGEST_ANSWER: usize = 128 * 1024 * 1024;
/// An answer about several objects may not be larger: they are asked for one by one then.
pub(super) const LARGEST_BATCH: usize = 24 * 1024 * 1024;
/// What is kept of an answer's beginning, to tell what stands behind a port.
const HEAD: usize = 16;

/// Why a call brought no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallError {
    /// The connection cannot be used any more.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// As `Broken`: the answer may still come, and would be taken for another call's.
    #[error("no answer in time")]
    TimedOut,
    /// As `Broken`: where the next answer begins is not known.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
    /// As `Broken`: the rest of the answer is not read.
    #[error("the answer is larger than {} MB", LARGEST_ANSWER / 1024 / 1024)]
    TooLarge,
    /// The server answered with an exception: the one in this field of the result, or 0 for one that the call does
    /// not declare. The connection is as good as before.
    #[error("{reason}")]
    Refused { exception: i16, reason: String },
}

pub(super) struct Connection {
    input: Input,
    stream: TcpStream,
    timeout: Duration,
    sequence: i32,
}

impl Connection {
    /// Connects to `host:port`, trying each of its addresses; `timeout` is for each answer.
    ///
    /// # Errors
    /// Says why the last address failed.
    pub(super) fn open(host_port: &str, timeout: Duration, connect_within: Duration) -> Result<Self, Behind> {
        let addresses = host_port.to_socket_addrs().map_err(|error| Behind::Nothing(error.to_string()))?;
        let connect_within = timeout.min(connect_within);
        let mut behind = Behind::Nothing("the name has no address".to_owned());
        for address in addresses {
            match Self::open_address(address, timeout, connect_within) {
                Ok(connection) => return Ok(connection),
                Err(error) if is_late(&error) => behind = Behind::NoConnection(connect_within),
                Err(error) => behind = Behind::Nothing(error.to_string()),
            }
        }
        Err(behind)
    }

    /// Whether a metastore answers there, by the call that every version knows: that it is refused will do.
    ///
    /// # Errors
    /// What stands there else.
    pub(super) fn probe(&mut self, within: Duration) -> Result<(), Behind> {
        let timeout = std::mem::replace(&mut self.timeout, within);
        let answer = self.version();
        self.timeout = timeout;
        match answer {
            Ok(_) | Err(CallError::Refused { .. }) => Ok(()),
            Err(error) => Err(Behind::of(&error, &self.input.transport.get_ref().head, within)),
        }
    }

    fn open_address(
        address: std::net::SocketAddr,
        timeout: Duration,
        connect_within: Duration,
    ) -> std::io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, connect_within)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(timeout))?;
        let answer = Answer {
            stream: stream.try_clone()?,
            deadline: Instant::now(),
            bytes: 0,
            limit: LARGEST_ANSWER,
            head: Vec::with_capacity(HEAD),
        };
        let input = TBinaryInputProtocol::new(BufReader::with_capacity(READ_BUFFER, answer), true);
        Ok(Self { input, stream, timeout, sequence: 0 })
    }

    /// [`Connection::call`] for several objects at once: they can be asked for one by one instead.
    ///
    /// # Errors
    /// As of [`Connection::call`].
    pub(super) fn call_for<T>(
        &mut self,
        objects: usize,
        name: &str,
        arguments: impl FnOnce(&mut Output) -> thrift::Result<()>,
        result: impl FnOnce(&mut Input, TType) -> thrift::Result<T>,
    ) -> Result<T, CallError> {
        self.input.transport.get_mut().limit = if objects > 1 { LARGEST_BATCH } else { LARGEST_ANSWER };
        let answer = self.call(name, arguments, result);
        self.input.transport.get_mut().limit = LARGEST_ANSWER;
        answer
    }

    /// Calls `name` and reads its result; `arguments` writes the fields of the argument struct, `result` reads the
    /// value of the field that holds the result.
    ///
    /// # Errors
    /// After anything but [`CallError::Refused`] the connection must not be used again.
    pub(super) fn call<T>(
        &mut self,
        name: &str,
        arguments: impl FnOnce(&mut Output) -> thrift::Result<()>,
        result: impl FnOnce(&mut Input, TType) -> thrift::Result<T>,
    ) -> Result<T, CallError> {
        self.sequence = self.sequence.wrapping_add(1);
        let message = write_call(name, self.sequence, arguments).map_err(|error| call_error(&error))?;
        let answer = self.input.transport.get_mut();
        answer.deadline = Instant::now() + self.timeout;
        answer.bytes = 0;
        answer.head.clear();
        self.stream.write_all(&message).map_err(|error| {
            if is_late(&error) { CallError::TimedOut } else { CallError::Broken(error.to_string()) }
        })?;
        read_answer(&mut self.input, name, self.sequence, result).map_err(|error| {
            let answer = self.input.transport.get_ref();
            if answer.bytes >= answer.limit { CallError::TooLarge } else { call_error(&error) }
        })?
    }

    /// How much the last answer took, in bytes.
    pub(super) fn answer_bytes(&self) -> usize {
        self.input.transport.get_ref().bytes
    }
}

fn write_call(
    name: &str,
    sequence: i32,
    arguments: impl FnOnce(&mut Output) -> thrift::Result<()>,
) -> thrift::Result<Vec<u8>> {
    let mut output = TBinaryOutputProtocol::new(Vec::new(), true);
    output.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Call, sequence))?;
    arguments(&mut output)?;
    output.write_field_stop()?;
    output.write_message_end()?;
    Ok(output.transport)
}

/// The outer error says that the answer could not be read, the inner one that it is no result.
fn read_answer<T>(
    input: &mut Input,
    name: &str,
    sequence: i32,
    result: impl FnOnce(&mut Input, TType) -> thrift::Result<T>,
) -> thrift::Result<Result<T, CallError>> {
    let header = input.read_message_begin()?;
    if header.name != name || header.sequence_number != sequence {
        return Err(unreadable(format!("an answer to {} number {}", header.name, header.sequence_number)));
    }
    match header.message_type {
        TMessageType::Reply => {}
        TMessageType::Exception => {
            let error = thrift::Error::read_application_error_from_in_protocol(input)?;
            return Ok(Err(CallError::Refused { exception: 0, reason: error.message }));
        }
        other => return Err(unreadable(format!("a message of type {other:?}"))),
    }
    let mut result = Some(result);
    let mut value = None;
    read_struct(input, |input, id, kind| match (id, result.take()) {
        (0, Some(read)) => {
            value = Some(Ok(read(input, kind)?));
            Ok(true)
        }
        (exception, unread) if kind == TType::Struct => {
            result = unread;
            let reason = read_exception(input)?;
            value = Some(Err(CallError::Refused { exception, reason }));
            Ok(true)
        }
        (_, unread) => {
            result = unread;
            Ok(false)
        }
    })?;
    value.ok_or_else(|| unreadable("an answer without a result".to_owned()))
}

/// All of Hive's exceptions have their message in field 1.
fn read_exception(input: &mut Input) -> thrift::Result<String> {
    let mut message = String::new();
    read_struct(input, |input, id, kind| {
        if (id, kind) != (1, TType::String) {
            return Ok(false);
        }
        message = read_text(input)?;
        Ok(true)
    })?;
    Ok(if message.is_empty() { "an error without a message".to_owned() } else { message })
}

/// Reads a struct; `field` reads the value of a field it knows and answers whether it did.
pub(super) fn read_struct(
    input: &mut Input,
    mut field: impl FnMut(&mut Input, i16, TType) -> thrift::Result<bool>,
) -> thrift::Result<()> {
    input.read_struct_begin()?;
    loop {
        let TFieldIdentifier { field_type, id, .. } = input.read_field_begin()?;
        if field_type == TType::Stop {
            return input.read_struct_end();
        }
        if !field(input, id.unwrap_or_default(), field_type)? {
            input.skip(field_type)?;
        }
    }
}

pub(super) fn read_list<T>(
    input: &mut Input,
    field: TType,
    element: TType,
    mut read: impl FnMut(&mut Input) -> thrift::Result<T>,
) -> thrift::Result<Vec<T>> {
    if field != TType::List {
        return Err(unreadable(format!("{field:?} instead of a list")));
    }
    let list = input.read_list_begin()?;
    // An empty list may come with any element type.
    if list.size > 0 && list.element_type != element {
        return Err(unreadable(format!("a list of {:?} instead of {element:?}", list.element_type)));
    }
    // The size is the server's word: memory grows with what really arrives.
    let mut items = Vec::new();
    for _ in 0..list.size {
        items.push(read(input)?);
    }
    input.read_list_end()?;
    Ok(items)
}

/// Java writes valid UTF-8, but what older versions stored may not be: better a mark in a comment than no table.
pub(super) fn read_text(input: &mut Input) -> thrift::Result<String> {
    read_noted(input, "", &mut Vec::new())
}

/// [`read_text`] that remarks replaced bytes, with what they were.
pub(super) fn read_noted(input: &mut Input, field: &str, remarks: &mut Vec<Remark>) -> thrift::Result<String> {
    Ok(String::from_utf8(input.read_bytes()?).unwrap_or_else(|error| {
        let bytes = error.as_bytes();
        remarks.push(remark(RemarkKind::ReplacedBytes, field, &bytes.escape_ascii().to_string()));
        String::from_utf8_lossy(bytes).into_owned()
    }))
}

fn is_late(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}

pub(super) fn unreadable(message: String) -> thrift::Error {
    thrift::Error::Protocol(thrift::ProtocolError { kind: ProtocolErrorKind::InvalidData, message })
}

fn call_error(error: &thrift::Error) -> CallError {
    match error {
        thrift::Error::Transport(error) => match error.kind {
            TransportErrorKind::TimedOut => CallError::TimedOut,
            TransportErrorKind::EndOfFile => CallError::Broken("the server closed it".to_owned()),
            _ => CallError::Broken(error.message.clone()),
        },
        thrift::Error::Protocol(error) => CallError::Unreadable(error.message.clone()),
        other => CallError::Unreadable(other.to_string()),
    }
}

/// The reading side of a connection. The whole answer must be there by the deadline, so that a server that sends
/// a byte now and then cannot keep us for ever.
pub(super) struct Answer {
    stream: TcpStream,
    deadline: Instant,
    bytes: usize,
    /// More is not read: memory is bounded, whatever the metastore holds.
    limit: usize,
    /// How the answer begins.
    head: Vec<u8>,
}

impl Read for Answer {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        if self.bytes >= self.limit {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let read = self.stream.read(buffer).map_err(|error| match error.kind() {
            std::io::ErrorKind::WouldBlock => std::io::ErrorKind::TimedOut.into(),
            _ => error,
        })?;
        self.bytes += read;
        let missing = HEAD.saturating_sub(self.head.len()).min(read);
        self.head.extend_from_slice(&buffer[..missing]);
        Ok(read)
    }
}
