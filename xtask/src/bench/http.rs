//! As much of an HTTP client as a load needs: one connection, kept alive, one request at a time. A full client would
//! take a good part of the two cores that it is to measure.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

pub(super) struct Client {
    stream: BufReader<TcpStream>,
    body: Vec<u8>,
}

pub(super) struct Answer {
    pub(super) status: u16,
    /// Bytes of the body as they were sent, compressed or not.
    pub(super) bytes: usize,
}

impl Client {
    pub(super) fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("cannot connect")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream: BufReader::with_capacity(64 << 10, stream), body: Vec::new() })
    }

    /// Asks for `target`, which is escaped already, and reads the whole answer.
    pub(super) fn get(&mut self, target: &str, compressed: bool) -> Result<Answer> {
        let encoding = if compressed { "accept-encoding: br\r\n" } else { "" };
        let request = format!("GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n{encoding}\r\n");
        self.stream.get_mut().write_all(request.as_bytes()).with_context(|| format!("cannot ask for {target}"))?;
        let mut line = String::new();
        self.line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("{target}: {line:?} is no answer"))?;
        let (mut length, mut chunked) = (None, false);
        loop {
            self.line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = Some(value.trim().parse::<usize>()?),
                "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
                _ => {}
            }
        }
        let bytes = match length {
            Some(length) => self.skip(length)?,
            None if chunked => self.chunks()?,
            None => bail!("{target}: an answer without a length"),
        };
        Ok(Answer { status, bytes })
    }

    /// The body of the last answer; of one in chunks only the last of them.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    fn chunks(&mut self) -> Result<usize> {
        let (mut bytes, mut line) = (0, String::new());
        loop {
            self.line(&mut line)?;
            let size = usize::from_str_radix(&line, 16).with_context(|| format!("chunk of size {line:?}"))?;
            bytes += self.skip(size)?;
            self.line(&mut line)?;
            if size == 0 {
                return Ok(bytes);
            }
        }
    }

    fn skip(&mut self, length: usize) -> Result<usize> {
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).context("the answer broke off")?;
        Ok(length)
    }

    fn line(&mut self, line: &mut String) -> Result<()> {
        line.clear();
        self.stream.read_line(line).context("the answer broke off")?;
        line.truncate(line.trim_end().len());
        Ok(())
    }
}
