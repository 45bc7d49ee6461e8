//! The proxy as a program, with its fail points.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    cardwright_proxy::run().await
}
