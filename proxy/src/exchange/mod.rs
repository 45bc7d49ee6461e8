//! One exchange over a connection of its own.
//!
//! No pool, no repetition, no redirects, no proxy from the environment: what is asked is asked once.

mod ask;
mod endpoint;
mod origin;

pub(crate) use ask::{Client, Unanswered};
pub(crate) use endpoint::Endpoint;
pub(crate) use origin::Origin;

use std::io;
use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::task::AbortOnDropHandle;

/// What makes connections.
#[derive(Clone)]
pub(crate) struct Connector {
    tls: TlsConnector,
}

/// A connection that stands.
pub(crate) struct Connection<B> {
    sender: SendRequest<B>,
    /// Moves the bytes; with it ends the connection.
    _driver: AbortOnDropHandle<()>,
}

impl Connector {
    /// A connector that trusts the roots of the web.
    pub(crate) fn new() -> anyhow::Result<Connector> {
        let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        Connector::trusting(RootCertStore { roots })
    }

    /// A connector that trusts these roots.
    pub(crate) fn trusting(roots: RootCertStore) -> anyhow::Result<Connector> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .context("expected a usable TLS version, found none")?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Connector { tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Connects, and sends nothing yet.
    pub(crate) async fn connect<B>(&self, origin: &Origin) -> io::Result<Connection<B>>
    where
        B: Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + 'static,
    {
        let tcp = TcpStream::connect((origin.host.as_str(), origin.port)).await?;
        tcp.set_nodelay(true)?;
        match &origin.tls {
            Some(name) => Connection::new(self.tls.connect(name.clone(), tcp).await?).await,
            None => Connection::new(tcp).await,
        }
    }
}

impl<B> Connection<B>
where
    B: Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    async fn new(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> io::Result<Connection<B>> {
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        // Its errors reach the sender, who judges them.
        let driver = AbortOnDropHandle::new(tokio::spawn(async move { drop(connection.await) }));
        Ok(Connection { sender, _driver: driver })
    }

    /// Sends a request, and waits for the head of its answer. From here on anything may have happened.
    pub(crate) async fn send(&mut self, request: Request<B>) -> hyper::Result<Response<Incoming>> {
        self.sender.send_request(request).await
    }
}

/// The whole body, if it comes whole and has at most so many bytes.
pub(crate) async fn whole(body: Incoming, most: usize) -> Option<Bytes> {
    Some(Limited::new(body, most).collect().await.ok()?.to_bytes())
}
