//! One attempt through gloo-net and the browser's own fetch.

use cardwright::wasm::transport::send;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{AbortController, Request, RequestInit, Response};

async fn attempt(url: &str, controller: &AbortController) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_signal(Some(&controller.signal()));
    send(Request::new_with_str_and_init(url, &init).unwrap()).await
}

fn origin() -> String {
    let location = js_sys::Reflect::get(&js_sys::global(), &"location".into()).unwrap();
    js_sys::Reflect::get(&location, &"origin".into()).unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn gives_back_the_response_itself() {
    let response = attempt(&format!("{}/", origin()), &AbortController::new().unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.is_instance_of::<Response>());
}

#[wasm_bindgen_test]
async fn an_abort_without_a_reason_is_an_ordinary_rejection() {
    let controller = AbortController::new().unwrap();
    controller.abort();
    let error = attempt(&format!("{}/", origin()), &controller).await.unwrap_err();
    assert_eq!(error.as_string().as_deref(), Some("AbortError"));
}

#[wasm_bindgen_test]
async fn no_answer_is_an_ordinary_rejection() {
    let error = attempt("http://127.0.0.1:1/", &AbortController::new().unwrap()).await.unwrap_err();
    assert_eq!(error.as_string().as_deref(), Some("TypeError"));
}
