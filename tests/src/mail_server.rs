//! A mail server that a test tells where to fail: SMTP as RFC 5321 has it, without TLS. What it has taken it keeps, whether or
//! not it said so.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Where in a conversation something happens: before this is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Connect,
    Mail,
    Rcpt,
    Data,
    /// All of the message is there, its final dot too.
    Dot,
    /// The message was taken, and that was said.
    Quit,
}

/// What happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Answers with this code.
    Refuse(u16),
    /// Cuts the connection and keeps nothing.
    Drop,
    /// Keeps the message and cuts the connection: nobody can tell it from [`Act::Drop`].
    KeepAndDrop,
    /// Says nothing more; what was there by then is kept.
    Hang,
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub from: String,
    pub to: String,
    /// As it came, without the dots that were added on the way.
    pub text: String,
}

impl Taken {
    /// The value of a header, as it is on the wire; without its line breaks.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let prefix = format!("{}:", name.to_lowercase());
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&prefix))?;
        Some(line[prefix.len()..].trim().to_owned())
    }
}

/// A running one. It ends with the value.
pub struct MailServer {
    port: u16,
    shared: Arc<Mutex<Shared>>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    taken: Vec<Taken>,
    /// Each is used up one by one.
    rules: Vec<(Step, Act)>,
    /// The steps that were come to, in order.
    reached: Vec<Step>,
}

impl MailServer {
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("a bound port").port();
        let shared = Arc::<Mutex<Shared>>::default();
        let accepting = tokio::spawn({
            let shared = shared.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let shared = shared.clone();
                    tokio::spawn(async move {
                        // A client that goes away in the middle is no concern of the test's.
                        let _ = converse(stream, &shared).await;
                    });
                }
            }
        });
        Self { port, shared, accepting }
    }

    /// For `reeve.toml`: mail goes here, at any hour.
    pub fn section(&self) -> String {
        format!("[notify]\nquiet_hours = \"off\"\n{}", self.smtp())
    }

    /// `[notify.smtp]` alone.
    pub fn smtp(&self) -> String {
        format!(
            "[notify.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"Reeve <reeve@example.com>\"\ntimeout_seconds = 2\n",
            self.port
        )
    }

    /// Lets the next one that comes to a step meet with this; several wait in line.
    pub fn fail(&self, at: Step, act: Act) {
        lock(&self.shared).rules.push((at, act));
    }

    /// From now on all goes well.
    pub fn heal(&self) {
        lock(&self.shared).rules.clear();
    }

    pub fn taken(&self) -> Vec<Taken> {
        lock(&self.shared).taken.clone()
    }

    /// How many messages, and how many of them differ.
    pub fn count(&self) -> (usize, usize) {
        let taken = self.taken();
        let ids: BTreeSet<_> = taken.iter().map(|one| one.header("Message-ID")).collect();
        (taken.len(), ids.len())
    }

    /// How often somebody came to a step.
    pub fn reached(&self, step: Step) -> usize {
        lock(&self.shared).reached.iter().filter(|one| **one == step).count()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is to happen at a step, which is come to by this.
fn at(shared: &Mutex<Shared>, step: Step) -> Option<Act> {
    let mut shared = lock(shared);
    shared.reached.push(step);
    let found = shared.rules.iter().position(|(at, _)| *at == step)?;
    Some(shared.rules.remove(found).1)
}

async fn converse(stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    if let Some(act) = at(shared, Step::Connect) {
        return bad(act, &mut reader, &mut writer).await;
    }
    writer.write_all(b"220 mail.test ESMTP\r\n").await?;
    let mut message = Taken { from: String::new(), to: String::new(), text: String::new() };
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.trim().to_uppercase();
        let step = match verb.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => {
                writer.write_all(b"250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n").await?;
                continue;
            }
            "MAIL" => {
                message.from = address(&line);
                Step::Mail
            }
            "RCPT" => {
                message.to = address(&line);
                Step::Rcpt
            }
            "DATA" => Step::Data,
            "QUIT" => Step::Quit,
            _ => {
                writer.write_all(b"500 what?\r\n").await?;
                continue;
            }
        };
        match at(shared, step) {
            Some(Act::Refuse(code)) => {
                refuse(code, &mut writer).await?;
                continue;
            }
            Some(act) => return bad(act, &mut reader, &mut writer).await,
            None => {}
        }
        match step {
            Step::Quit => return writer.write_all(b"221 bye\r\n").await,
            Step::Data => {}
            _ => {
                writer.write_all(b"250 ok\r\n").await?;
                continue;
            }
        }
        writer.write_all(b"354 go on\r\n").await?;
        message.text = content(&mut reader).await?;
        match at(shared, Step::Dot) {
            Some(Act::Refuse(code)) => refuse(code, &mut writer).await?,
            Some(act) => {
                if act != Act::Drop {
                    lock(shared).taken.push(message.clone());
                }
                return bad(act, &mut reader, &mut writer).await;
            }
            None => {
                lock(shared).taken.push(message.clone());
                writer.write_all(b"250 taken\r\n").await?;
            }
        }
    }
}

/// Up to the final dot.
async fn content(reader: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

async fn refuse(code: u16, writer: &mut (impl AsyncWriteExt + Unpin)) -> std::io::Result<()> {
    writer.write_all(format!("{code} not now\r\n").as_bytes()).await
}

async fn bad(
    act: Act,
    reader: &mut (impl AsyncReadExt + Unpin),
    writer: &mut (impl AsyncWriteExt + Unpin),
) -> std::io::Result<()> {
    match act {
        Act::Refuse(code) => refuse(code, writer).await,
        Act::Drop | Act::KeepAndDrop => Ok(()),
        // Until the client has enough of it.
        Act::Hang => reader.read_to_end(&mut Vec::new()).await.map(drop),
    }
}

fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
