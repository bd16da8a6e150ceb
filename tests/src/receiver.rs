//! Takes webhooks, and answers as the test wants.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How one request is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A status, with headers.
    Status(u16, Vec<(&'static str, String)>),
    /// The connection is cut once the request was read.
    Drop,
}

/// A request that was read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// What was answered; 0 where nothing was.
    pub status: u16,
}

/// A running one. It ends with the value.
pub struct Receiver {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    shared: Arc<Mutex<(VecDeque<Reply>, Vec<Got>)>>,
    accepting: JoinHandle<()>,
}

impl Receiver {
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound port"));
        let shared = Arc::<Mutex<(VecDeque<Reply>, Vec<Got>)>>::default();
        let accepting = tokio::spawn({
            let shared = shared.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let shared = shared.clone();
                    tokio::spawn(async move {
                        // A client that goes away in the middle is no concern of the test's.
                        let _ = answer(stream, &shared).await;
                    });
                }
            }
        });
        Self { url, shared, accepting }
    }

    /// The next request is answered so; several wait in line. Otherwise with 200.
    pub fn reply(&self, reply: Reply) {
        lock(&self.shared).0.push_back(reply);
    }

    pub fn got(&self) -> Vec<Got> {
        lock(&self.shared).1.clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(stream: TcpStream, shared: &Mutex<(VecDeque<Reply>, Vec<Got>)>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let reply = {
        let mut shared = lock(shared);
        let reply = shared.0.pop_front().unwrap_or(Reply::Status(200, vec![]));
        let status = if let Reply::Status(status, _) = &reply { *status } else { 0 };
        shared.1.push(Got { path, headers, body, status });
        reply
    };
    let Reply::Status(status, headers) = reply else { return Ok(()) };
    let mut head = format!("HTTP/1.1 {status} test\r\ncontent-length: 0\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.get_mut().write_all(format!("{head}\r\n").as_bytes()).await
}
