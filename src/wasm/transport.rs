//! One attempt over the network, through gloo-net.
//!
//! gloo-net traps the module when `fetch` rejects with something that is no `Error`, which a foreign signal can make it do
//! (`controller.abort("reason")`). So the signal that comes in here is always our own, aborted without a reason.

use gloo_net::http::{Headers, Request};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, RequestCredentials, RequestInit, RequestRedirect, Response};

/// Sends one attempt and gives back the `Response` as the browser made it; the caller reads its body under the same time
/// limit. `headers` is a list of `[name, value]`. Rejects if no response came.
///
/// The request is the browser's own: gloo-net's builder parses the address twice more, at 3 kB (gzip) of module and glue.
#[wasm_bindgen]
pub async fn send(
    url: String,
    method: String,
    headers: Array,
    body: Option<String>,
    credentials: String,
    signal: AbortSignal,
) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method(&method);
    init.set_headers(&pairs(&headers).into_raw());
    init.set_credentials(match credentials.as_str() {
        "omit" => RequestCredentials::Omit,
        "include" => RequestCredentials::Include,
        _ => RequestCredentials::SameOrigin,
    });
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&signal));
    if let Some(body) = body {
        init.set_body(&JsValue::from_str(&body));
    }
    let request = web_sys::Request::new_with_str_and_init(&url, &init).map_err(|_| JsValue::from_str("TypeError"))?;
    Ok(Request::from(request).send().await.map_err(failed)?.into())
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
