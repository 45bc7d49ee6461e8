//! One attempt over the network, through gloo-net.
//!
//! gloo-net traps the module when `fetch` rejects with something that is no `Error`, which a foreign signal can make it do
//! (`controller.abort("reason")`). So the signal of the request is always our own, aborted without a reason.

use gloo_net::http::Request;
use wasm_bindgen::prelude::*;
use web_sys::Response;

/// Sends one attempt and gives back the `Response` as the browser made it; the caller reads its body under the same time
/// limit. Rejects if no response came.
///
/// The request is the browser's own, made by the page: gloo-net's builder parses the address twice more, at 3 kB (gzip) of
/// module and glue, and making it here takes 1 kB.
#[wasm_bindgen]
pub async fn send(request: web_sys::Request) -> Result<Response, JsValue> {
    Ok(Request::from(request).send().await.map_err(failed)?.into())
}

fn failed(error: gloo_net::Error) -> JsValue {
    match error {
        gloo_net::Error::JsError(error) => JsValue::from_str(&error.name),
        _ => JsValue::from_str("gloo_net"),
    }
}
