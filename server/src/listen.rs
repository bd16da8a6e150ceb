//! The portal's connections: in clear, or by TLS with a certificate that is read again when its files change.

use crate::clock::Clock;
use crate::config::TlsConfig;
use anyhow::{Context, bail};
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use chrono::DateTime;
use reeve_crawlers::tls;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tokio_util::sync::CancellationToken;

/// How long a client may take to agree on keys.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// More than so many at it at once wait to be accepted.
const HANDSHAKES: usize = 1024;
/// How soon a certificate that was changed is the one in use.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Who is at the other end of the connection: a client, or a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Portal>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Portal>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Where the portal is reached.
#[derive(Debug)]
pub struct Portal {
    tcp: TcpListener,
    tls: Option<TlsAcceptorOf>,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

struct TlsAcceptorOf(TlsAcceptor);

impl std::fmt::Debug for TlsAcceptorOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TLS")
    }
}

impl Portal {
    /// # Errors
    /// When this cryptography offers no version of TLS.
    pub fn new(tcp: TcpListener, certificates: Option<&Arc<Certificates>>) -> anyhow::Result<Self> {
        let tls = match certificates {
            None => None,
            Some(certificates) => {
                let config = rustls::ServerConfig::builder_with_provider(tls::provider());
                let config = config.with_safe_default_protocol_versions()?.with_no_client_auth();
                let resolver: Arc<dyn ResolvesServerCert> = Arc::<Certificates>::clone(certificates);
                let mut config = config.with_cert_resolver(resolver);
                config.alpn_protocols = vec![b"http/1.1".to_vec()];
                Some(TlsAcceptorOf(TlsAcceptor::from(Arc::new(config))))
            }
        };
        Ok(Self { tcp, tls, handshakes: JoinSet::new() })
    }
}

impl Listener for Portal {
    type Io = Either<TcpStream, TlsStream<TcpStream>>;
    type Addr = SocketAddr;

    /// The next connection that is ready to be spoken on: who is slow to agree on keys holds up nobody.
    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let Some(TlsAcceptorOf(acceptor)) = &self.tls else {
                let (stream, peer) = Listener::accept(&mut self.tcp).await;
                return (Either::Left(stream), peer);
            };
            tokio::select! {
                (stream, peer) = Listener::accept(&mut self.tcp), if self.handshakes.len() < HANDSHAKES => {
                    let accepted = acceptor.accept(stream);
                    self.handshakes.spawn(async move {
                        match tokio::time::timeout(HANDSHAKE, accepted).await {
                            Ok(Ok(stream)) => Some((stream, peer)),
                            Ok(Err(error)) => {
                                tracing::debug!("{peer}: no TLS: {error}");
                                None
                            }
                            Err(_) => None,
                        }
                    });
                }
                Some(ended) = self.handshakes.join_next() => {
                    if let Ok(Some((stream, peer))) = ended {
                        return (Either::Right(stream), peer);
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// The certificate in use, and where it comes from.
#[derive(Debug)]
pub struct Certificates {
    files: TlsConfig,
    now: RwLock<Arc<CertifiedKey>>,
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What the two files held.
type Contents = (Vec<u8>, Vec<u8>);

impl Certificates {
    /// # Errors
    /// When certificate and key cannot be read, or are none of one another. One that is out of date is used, and said.
    pub async fn open(files: &TlsConfig, clock: &Clock) -> anyhow::Result<Arc<Self>> {
        let key = usable(&read(files).await?, files)?;
        if let Err(error) = in_date(&key, clock) {
            tracing::error!("[server.tls] certificate {}: {error:#}: browsers refuse it", files.certificate.display());
        }
        Ok(Arc::new(Self { files: files.clone(), now: RwLock::new(Arc::new(key)) }))
    }

    /// Looks whether the files have changed, until cancelled: their contents, since a link to them may be what changes.
    /// What is no pair or is out of date is not taken; the one before stays.
    pub async fn follow(&self, clock: &Clock, cancel: &CancellationToken) {
        let mut known = read(&self.files).await.ok();
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let found = read(&self.files).await.ok();
            if found == known || found.is_none() {
                continue;
            }
            let taken = found.as_ref().context("gone").and_then(|found| usable(found, &self.files)).and_then(|key| {
                in_date(&key, clock)?;
                Ok(key)
            });
            match taken {
                Ok(key) => {
                    *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                    tracing::info!("[server.tls] {} was changed and is in use", self.files.certificate.display());
                }
                Err(error) => tracing::error!("[server.tls] was changed, and the one before stays: {error:#}"),
            }
            known = found;
        }
    }
}

async fn read(files: &TlsConfig) -> anyhow::Result<Contents> {
    let read = async |path: &std::path::Path| {
        tokio::fs::read(path).await.with_context(|| format!("[server.tls] cannot read {}", path.display()))
    };
    Ok((read(&files.certificate).await?, read(&files.key).await?))
}

fn usable((certificate, key): &Contents, files: &TlsConfig) -> anyhow::Result<CertifiedKey> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(certificate)
        .collect::<Result<_, _>>()
        .with_context(|| format!("[server.tls] certificate: {} is no PEM", files.certificate.display()))?;
    if chain.is_empty() {
        bail!("[server.tls] certificate: {} holds none", files.certificate.display());
    }
    let key = PrivateKeyDer::from_pem_slice(key)
        .with_context(|| format!("[server.tls] key: {} holds no key in PEM", files.key.display()))?;
    CertifiedKey::from_der(chain, key, &tls::provider()).with_context(|| {
        format!("[server.tls] {} is not the key of {}", files.key.display(), files.certificate.display())
    })
}

fn in_date(key: &CertifiedKey, clock: &Clock) -> anyhow::Result<()> {
    let first = key.cert.first().context("there is no certificate")?;
    let (_, certificate) = x509_parser::parse_x509_certificate(first)?;
    let end = certificate.validity().not_after.timestamp();
    if end < clock.now().timestamp() {
        let end = DateTime::from_timestamp(end, 0).map(|end| end.to_rfc3339()).unwrap_or_default();
        bail!("it is out of date since {end}");
    }
    Ok(())
}
