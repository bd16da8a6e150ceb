//! Mail, step by step: what fails before the final dot was surely not taken; what fails after it may have been (RFC 5321,
//! 4.1.1.4; RFC 1047), and no server must notice that it has a message already.

use super::attempt::Outcome;
use crate::config::{SmtpConfig, SmtpTls};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Bytes of a message written at once.
const CHUNK: usize = 16 << 10;

const GOOD_BYE: Duration = Duration::from_millis(500);

/// Where mail goes.
#[derive(Debug)]
pub(super) struct Mailer {
    pub(super) config: SmtpConfig,
    from: Mailbox,
}

/// Why a step failed.
enum Failure {
    /// Before anything of this message: about the server or about us, and no reason to give a message up.
    Before(String),
    /// About this message.
    Step(Error),
    TimedOut(Duration),
    /// The server's words do not allow it.
    Unable(String),
}

impl Mailer {
    /// Nothing where `from` is no address, which reading `reeve.toml` refuses.
    pub(super) fn new(config: &SmtpConfig) -> Option<Self> {
        Some(Self { from: config.mailbox().ok()?, config: config.clone() })
    }

    /// Sends one message to one recipient. Told to stop, it does so only where the message was surely not taken.
    pub(super) async fn send(&self, to: &str, message: &[u8], cancel: &CancellationToken) -> Outcome {
        let Ok(to) = to.trim().parse::<Address>() else {
            return Outcome::Refused { reason: format!("`{to}` is no mail address") };
        };
        // From then on it is the server's word that counts.
        let all_written = AtomicBool::new(false);
        let sending = self.converse(&to, message, &all_written);
        tokio::pin!(sending);
        let done = tokio::select! {
            done = &mut sending => done,
            () = cancel.cancelled() => {
                if !all_written.load(Ordering::SeqCst) {
                    return Outcome::later("stopped before it was sent");
                }
                sending.await
            }
        };
        match done {
            Ok(()) => Outcome::Sent,
            Err(failure) => failure.outcome(all_written.load(Ordering::SeqCst)),
        }
    }

    async fn converse(&self, to: &Address, message: &[u8], all_written: &AtomicBool) -> Result<(), Failure> {
        let mut connection = self.connect().await.map_err(|failure| Failure::Before(failure.to_string()))?;
        let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        let mut options = Vec::new();
        if !ascii(to) || !ascii(&self.from.email) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Failure::Unable(format!("`{to}`: the server takes addresses in ASCII only")));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        self.step(connection.command(Mail::new(Some(self.from.email.clone()), options))).await?;
        self.step(connection.command(Rcpt::new(to.clone(), vec![]))).await?;
        self.step(connection.command(Data)).await?;
        let pieces = message.chunks(CHUNK).chain(std::iter::once_with(|| {
            // Asked for the last piece only once all others are written: the next thing on the wire is the final dot.
            all_written.store(true, Ordering::SeqCst);
            <&[u8]>::default()
        }));
        self.step(connection.message_iter(pieces)).await?;
        // It is taken; whether the good-bye arrives is all the same, and nothing waits for it.
        let _ = tokio::time::timeout(GOOD_BYE, connection.quit()).await;
        Ok(())
    }

    /// To where a message can begin.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let unable = Failure::Unable;
        let config = &self.config;
        let address = (config.host.as_str(), config.port());
        let name = ClientId::Domain(self.from.email.domain().to_owned());
        let tls = match config.tls {
            SmtpTls::None => None,
            SmtpTls::Starttls | SmtpTls::Tls => Some(self.tls()?),
        };
        let (implicit, later) = if config.tls == SmtpTls::Tls { (tls, None) } else { (None, tls) };
        let timeout = Some(self.timeout());
        let mut connection =
            self.step(AsyncSmtpConnection::connect_tokio1(address, timeout, &name, implicit, None)).await?;
        if let Some(tls) = later {
            self.step(connection.starttls(tls, &name)).await?;
        }
        if let (Some(user), Some(password)) = (&config.user, config.password().map_err(unable)?) {
            let credentials = Credentials::new(user.clone(), password.expose().to_owned());
            self.step(connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    fn tls(&self) -> Result<TlsParameters, Failure> {
        let mut builder = TlsParameters::builder(self.config.host.clone());
        if let Some(path) = &self.config.ca_file {
            let wrong = |error: String| Failure::Unable(format!("[notify.smtp] ca_file: {}: {error}", path.display()));
            let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
            builder =
                builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| wrong(error.to_string()))?);
        }
        builder.build_rustls().map_err(Failure::Step)
    }

    async fn step<T>(&self, step: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        match tokio::time::timeout(self.timeout(), step).await {
            Ok(done) => done.map_err(Failure::Step),
            Err(_) => Err(Failure::TimedOut(self.timeout())),
        }
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.config.timeout_seconds)
    }
}

impl Failure {
    fn outcome(self, all_written: bool) -> Outcome {
        let reason = self.to_string();
        match self {
            Self::Before(_) => Outcome::later(reason),
            Self::Unable(_) => Outcome::Refused { reason },
            Self::Step(error) if error.is_permanent() => Outcome::Refused { reason },
            Self::Step(error) if error.is_transient() => Outcome::later(reason),
            // Without an answer: it depends on how far we were.
            Self::Step(_) | Self::TimedOut(_) if all_written => Outcome::Doubt { reason },
            Self::Step(_) | Self::TimedOut(_) => Outcome::later(reason),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Before(reason) | Self::Unable(reason) => f.write_str(reason),
            Self::Step(error) => write!(f, "mail server: {error}"),
            Self::TimedOut(after) => write!(f, "mail server: no answer within {} s", after.as_secs()),
        }
    }
}
