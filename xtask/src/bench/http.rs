//! As much of an HTTP client as a load needs: one connection, kept alive, one request at a time. A full client would
//! take a good part of the two cores that it is to measure.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    body: Vec<u8>,
    /// Who asks: the cookies of a session.
    cookie: String,
    /// Cookies that the last answer set.
    set: Vec<String>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Bytes of the body as they were sent, compressed or not.
    pub(crate) bytes: usize,
}

impl Client {
    /// Somebody who is signed in: by [`sign_in`].
    pub(crate) fn with(port: u16, cookie: &str) -> Result<Self> {
        Ok(Self { cookie: cookie.to_owned(), ..Self::connect(port)? })
    }

    fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("cannot connect")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream: BufReader::with_capacity(64 << 10, stream),
            body: Vec::new(),
            cookie: String::new(),
            set: Vec::new(),
        })
    }

    /// Asks for `target`, which is escaped already, and reads the whole answer.
    pub(crate) fn get(&mut self, target: &str, compressed: bool) -> Result<Answer> {
        let encoding = if compressed { "accept-encoding: br\r\n" } else { "" };
        let cookie = if self.cookie.is_empty() { String::new() } else { format!("cookie: {}\r\n", self.cookie) };
        let request = format!("GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n{cookie}{encoding}\r\n");
        self.ask(target, &request)
    }

    /// Sends a form.
    pub(crate) fn post(&mut self, target: &str, form: &str) -> Result<Answer> {
        let (length, cookie) = (form.len(), &self.cookie);
        let request = format!(
            "POST {target} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
        );
        self.ask(target, &request)
    }

    fn ask(&mut self, target: &str, request: &str) -> Result<Answer> {
        self.set.clear();
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
                "set-cookie" => self.set.extend(value.trim().split(';').next().map(str::to_owned)),
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
    pub(crate) fn body(&self) -> &[u8] {
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

/// Signs in as the one whom the demo has, and answers the session's cookie.
///
/// # Errors
/// When the portal does not let anyone in by a click.
pub(crate) fn sign_in(port: u16, login: &str) -> Result<String> {
    let mut client = Client::connect(port)?;
    let token = form_token(&mut client, "/sign-in")?;
    let answer = client.post("/sign-in/demo", &format!("form_token={token}&as={login}&next=%2F"))?;
    ensure!(answer.status == 303, "the sign-in answers {}", answer.status);
    let session = client.set.iter().find(|cookie| !cookie.ends_with('='));
    session.cloned().context("the sign-in begins no session")
}

/// Opens a sign-in as a browser does that has no cookie yet, and answers what its form carries.
///
/// # Errors
/// When there is no form.
pub(super) fn form_token(client: &mut Client, page: &str) -> Result<String> {
    client.get(page, false)?;
    client.cookie = client.set.join("; ");
    let page = String::from_utf8_lossy(client.body()).into_owned();
    let token = page.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    Ok(token.context("the sign-in has no form")?.to_owned())
}
