//! One exchange over a connection of its own.
//!
//! No pool, no repetition, no redirects, no proxy from the environment: what is asked is asked once, and it is exactly
//! known whether the first byte of it left.

use std::io;
use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use cardwright::input::ANSWER_LIMITS;
use cardwright::{ErrorCode, Safety};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::task::AbortOnDropHandle;

use super::base_url::BaseUrl;
use crate::claims::Lease;
use crate::config::TimeLimits;
use crate::ending::Failure;
use crate::fail_point::{self, Point};

/// How issuers are reached.
#[derive(Clone)]
pub(super) struct Transport {
    limits: TimeLimits,
    tls: TlsConnector,
}

/// An answer that came whole.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

struct Connection {
    sender: SendRequest<fail_point::Body>,
    /// Moves the bytes; with it ends the connection.
    _driver: AbortOnDropHandle<()>,
}

impl Transport {
    /// A transport that trusts the roots of the web.
    pub(super) fn new(limits: &TimeLimits) -> anyhow::Result<Transport> {
        let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        Transport::trusting(RootCertStore { roots }, limits)
    }

    fn trusting(roots: RootCertStore, limits: &TimeLimits) -> anyhow::Result<Transport> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .context("expected a usable TLS version, found none")?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tls = TlsConnector::from(Arc::new(config));
        Ok(Transport { limits: *limits, tls })
    }

    /// Connects, has the request made, sends it, and reads the whole answer.
    ///
    /// The request is made once the connection stands, so that a signature or a timestamp is as young as it can be. Nothing is sent
    /// once the lease or the time limit has ended: the process may have been stopped on the way here.
    pub(super) async fn exchange<E>(
        &self,
        url: &BaseUrl,
        safety: Safety,
        lease: &Lease,
        make: impl FnOnce() -> Result<Request<Full<Bytes>>, E> + Send,
    ) -> Result<Reply, Failure> {
        let fail = |code| move || Failure::new(code, safety);
        let deadline = tokio::time::Instant::now() + self.limits.issuer;
        let connection = match timeout(self.limits.connect, self.connect(url)).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => {
                tracing::warn!(kind = ?error.kind(), "issuer could not be connected");
                return Err(fail(ErrorCode::IssuerUnreachable)());
            }
            Err(_) => {
                tracing::warn!("issuer could not be connected in time");
                return Err(fail(ErrorCode::IssuerUnreachable)());
            }
        };
        fail_point::hit(Point::Connected).await;
        let request = make().map_err(|_| fail(ErrorCode::InternalError)())?;
        if !lease.holds() || tokio::time::Instant::now() >= deadline {
            tracing::warn!("not sent: the right to send had ended");
            return Err(Failure::new(ErrorCode::StoreUnavailable, safety));
        }
        match timeout_at(deadline, connection.exchange(request)).await {
            Ok(reply) => reply.map_err(|code| fail(code)()),
            Err(_) => Err(fail(ErrorCode::IssuerTimeout)()),
        }
    }

    async fn connect(&self, url: &BaseUrl) -> io::Result<Connection> {
        let tcp = TcpStream::connect((url.host.as_str(), url.port)).await?;
        tcp.set_nodelay(true)?;
        match &url.tls {
            Some(name) => Connection::new(self.tls.connect(name.clone(), tcp).await?).await,
            None => Connection::new(tcp).await,
        }
    }
}

impl Connection {
    /// Sends nothing yet.
    async fn new(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> io::Result<Connection> {
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        // Its errors reach the sender, who judges them.
        let driver = AbortOnDropHandle::new(tokio::spawn(async move { drop(connection.await) }));
        Ok(Connection { sender, _driver: driver })
    }

    /// From here on anything may have happened, unless the whole answer says otherwise.
    async fn exchange(mut self, request: Request<Full<Bytes>>) -> Result<Reply, ErrorCode> {
        let request = request.map(fail_point::body);
        let response =
            fail_point::sent(self.sender.send_request(request)).await.map_err(|_| ErrorCode::IssuerFailed)?;
        let status = response.status();
        fail_point::hit(Point::AnswerHeaders).await;
        let body = Limited::new(response.into_body(), ANSWER_LIMITS.bytes)
            .collect()
            .await
            .map_err(|_| ErrorCode::IssuerUnreadable)?
            .to_bytes();
        Ok(Reply { status, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::Outcome;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;

    const LIMITS: TimeLimits =
        TimeLimits { proxy: Duration::from_secs(4), issuer: Duration::from_secs(3), connect: Duration::from_secs(2) };

    /// A server of `localhost` that answers one request over TLS; returns its URL, and the roots that vouch for it.
    async fn tls_server() -> (BaseUrl, RootCertStore) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let key = made.signing_key.serialize_der().try_into().unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        tokio::spawn(async move {
            let (tcp, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(tcp).await else {
                return;
            };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                assert_ne!(stream.read_buf(&mut head).await.unwrap(), 0);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
            stream.shutdown().await.unwrap();
        });
        (BaseUrl::parse(&url).unwrap(), roots)
    }

    fn request() -> axum::http::Result<Request<Full<Bytes>>> {
        Request::post("/").header("host", "localhost").body(Full::default())
    }

    #[tokio::test]
    async fn a_server_is_asked_over_tls_if_its_name_is_vouched_for() {
        let (url, roots) = tls_server().await;
        let transport = Transport::trusting(roots, &LIMITS).unwrap();
        let reply = transport.exchange(&url, Safety::Once, &Lease::unlimited(), request).await.unwrap();
        assert_eq!((reply.status.as_u16(), &reply.body[..]), (200, &b"{}"[..]));
    }

    #[tokio::test]
    async fn a_server_nobody_vouches_for_is_not_asked() {
        let (url, _) = tls_server().await;
        let transport = Transport::new(&LIMITS).unwrap();
        let failure = transport.exchange(&url, Safety::Once, &Lease::unlimited(), request).await.err().unwrap();
        assert_eq!((failure.code, failure.outcome), (ErrorCode::IssuerUnreachable, Outcome::NotSent));
    }

    #[tokio::test]
    async fn once_the_lease_has_ended_no_byte_leaves() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = tokio::spawn(async move {
            let mut bytes = Vec::new();
            listener.accept().await.unwrap().0.read_to_end(&mut bytes).await.unwrap();
            bytes
        });
        let transport = Transport::new(&LIMITS).unwrap();
        let url = BaseUrl::parse(&url).unwrap();
        let failure = transport.exchange(&url, Safety::Once, &Lease::over(), request).await.err().unwrap();
        assert_eq!((failure.code, failure.outcome), (ErrorCode::StoreUnavailable, Outcome::NotSent));
        assert_eq!(received.await.unwrap(), b"");
    }
}
