//! One attempt over the network, through gloo-net.
//!
//! gloo-net traps the module when `fetch` rejects with something that is no `Error`, which a foreign signal can make it do
//! (`controller.abort("reason")`). So the signal that comes in here is always our own, aborted without a reason.

use gloo_net::http::{Headers, RequestBuilder};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, RequestCredentials, RequestRedirect, Response};

/// Sends one attempt and gives back the `Response` as the browser made it; the caller reads its body under the same time
/// limit. `headers` is a list of `[name, value]`. Rejects if no response came.
#[wasm_bindgen]
pub async fn send(
    url: String,
    method: String,
    headers: Array,
    body: Option<String>,
    credentials: String,
    signal: AbortSignal,
) -> Result<Response, JsValue> {
    let builder = RequestBuilder::new(&url)
        .method(method.parse().map_err(|_| JsValue::from_str("unknown method"))?)
        .headers(pairs(&headers))
        .credentials(
            RequestCredentials::from_js_value(&JsValue::from_str(&credentials))
                .unwrap_or(RequestCredentials::SameOrigin),
        )
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(&signal));
    let request = match body {
        Some(body) => builder.body(body),
        None => builder.build(),
    };
    Ok(request.map_err(failed)?.send().await.map_err(failed)?.into())
}

fn pairs(list: &Array) -> Headers {
    let headers = Headers::new();
    for pair in list.iter() {
        let pair: Array = pair.unchecked_into();
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            headers.append(&name, &value);
        }
    }
    headers
}

fn failed(error: gloo_net::Error) -> JsValue {
    match error {
        gloo_net::Error::JsError(error) => JsValue::from_str(&error.name),
        _ => JsValue::from_str("gloo_net"),
    }
}
