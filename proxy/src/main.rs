//! The proxy as a program.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    cardwright_proxy::run().await
}
