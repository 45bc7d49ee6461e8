//! One exchange with an issuer, of which it is exactly known whether its first byte left.

use bytes::Bytes;
use cardwright::input::ANSWER_LIMITS;
use cardwright::{ErrorCode, Safety};
use http_body_util::Full;
use hyper::{Request, StatusCode};
use tokio::time::{timeout, timeout_at};

use super::base_url::BaseUrl;
use crate::claims::Lease;
use crate::config::TimeLimits;
use crate::ending::Failure;
use crate::exchange::{Connection, Connector, whole};
use crate::fail_point::{self, Point};

/// How issuers are reached.
#[derive(Clone)]
pub(super) struct Transport {
    limits: TimeLimits,
    connector: Connector,
}

/// An answer that came whole.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

impl Transport {
    /// A transport that trusts the roots of the web.
    pub(super) fn new(limits: &TimeLimits) -> anyhow::Result<Transport> {
        Ok(Transport { limits: *limits, connector: Connector::new()? })
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
        let connection = match timeout(self.limits.connect, self.connector.connect(&url.origin)).await {
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
        match timeout_at(deadline, exchange(connection, request)).await {
            Ok(reply) => reply.map_err(|code| fail(code)()),
            Err(_) => Err(fail(ErrorCode::IssuerTimeout)()),
        }
    }
}

/// From here on anything may have happened, unless the whole answer says otherwise.
async fn exchange(
    mut connection: Connection<fail_point::Body>,
    request: Request<Full<Bytes>>,
) -> Result<Reply, ErrorCode> {
    let request = request.map(fail_point::body);
    let (head, body) =
        fail_point::sent(connection.send(request)).await.map_err(|_| ErrorCode::IssuerFailed)?.into_parts();
    fail_point::hit(Point::AnswerHeaders).await;
    let body = whole(body, ANSWER_LIMITS.bytes).await.ok_or(ErrorCode::IssuerUnreadable)?;
    Ok(Reply { status: head.status, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::Outcome;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::{RootCertStore, ServerConfig};

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
        let transport = Transport { limits: LIMITS, connector: Connector::trusting(roots).unwrap() };
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
