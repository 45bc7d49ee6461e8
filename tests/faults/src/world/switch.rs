//! A connection that can be torn at any moment, whatever is spoken over it.

use std::io;
use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// A switch on loopback in front of a server; it and all its connections end when this is dropped.
pub struct Switch {
    /// Where it listens.
    pub address: SocketAddr,
    is_cut: watch::Sender<bool>,
    serving: AbortHandle,
}

impl Switch {
    /// Opens a switch that leads to a server.
    ///
    /// # Errors
    /// No port to listen on.
    pub async fn to(server: SocketAddr) -> io::Result<Switch> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let is_cut = watch::Sender::new(false);
        let serving = tokio::spawn(accept(listener, server, is_cut.subscribe())).abort_handle();
        Ok(Switch { address, is_cut, serving })
    }

    /// Resets every connection, and each that comes.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// Lets connections through again.
    pub fn join(&self) {
        self.is_cut.send_replace(false);
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        self.serving.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, is_cut: watch::Receiver<bool>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(lead(client, server, is_cut.clone()));
    }
}

async fn lead(mut client: TcpStream, server: SocketAddr, mut is_cut: watch::Receiver<bool>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let is_torn = tokio::select! {
        biased;
        _ = is_cut.wait_for(|is_cut| *is_cut) => true,
        _ = copy_bidirectional(&mut client, &mut server) => false,
    };
    if is_torn {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn what_is_open_is_reset_and_what_comes_too_until_it_is_joined() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let switch = Switch::to(listener.local_addr().unwrap()).await.unwrap();
        let mut near = TcpStream::connect(switch.address).await.unwrap();
        let (mut far, _) = listener.accept().await.unwrap();
        near.write_all(b"a").await.unwrap();
        assert_eq!(far.read_u8().await.unwrap(), b'a');
        switch.cut();
        assert_eq!(near.read_u8().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(far.read_u8().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        let mut near = TcpStream::connect(switch.address).await.unwrap();
        assert_eq!(near.read_u8().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        switch.join();
        let mut near = TcpStream::connect(switch.address).await.unwrap();
        near.write_all(b"b").await.unwrap();
        // The server has the connection that was reset in its queue before this one.
        let _ = listener.accept().await.unwrap();
        let (mut far, _) = listener.accept().await.unwrap();
        assert_eq!(far.read_u8().await.unwrap(), b'b');
    }
}
