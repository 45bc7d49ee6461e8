//! The one handler of everything that goes to an issuer.

mod write;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header, request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cardwright::call::REPLAYED_HEADER;
use cardwright::operation::Method;
use cardwright::{Accepted, ErrorCode, NoticeCode, Operation, Safety, Settings, check};
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::audit::Act;
use crate::deliver::{self, Delivered, Delivery};
use crate::ids::Ids;
use crate::inbound;
use crate::intent::{self, Intent};
use crate::issuer::Issuer;
use crate::limits::Work;
use crate::principal::Principal;
use crate::problem::Problem;
use crate::recent::Mark;
use crate::traces::Trace;
use crate::{balances, binding};
use write::{Write, audited};

/// Checks what the page asks, has it delivered, and answers how it ended.
pub(crate) async fn operate(
    app: Arc<App>,
    issuer: Arc<dyn Issuer>,
    operation: &'static Operation,
    principal: Arc<Principal>,
    request: Request,
) -> Result<Response, Problem> {
    let deadline = Instant::now() + app.limits.proxy;
    let act = Act::new(&principal, operation.name, request.extensions());
    app.audit.judged(&act, principal.may(operation)).await?;
    let (parts, body) = request.into_parts();
    let body = match operation.method {
        Method::Post => inbound::body(&parts.headers, body).await?,
        Method::Get => Bytes::new(),
    };
    let Proven { ids, intent, mark, delivery } = prove(&app, issuer, operation, &principal, &parts, &body)?;
    let act = act.about(ids);
    app.audit.judged(&act, binding::reach(&app, operation, &principal, act.ids()).await).await?;
    // Detached: if the client goes away, this future is dropped, and neither the sending nor the record may be.
    let task = app.tasks.spawn({
        let app = Arc::clone(&app);
        let confirmed = inbound::confirms_new(&parts.headers);
        let work = parts.extensions.get::<Work>().cloned();
        async move {
            let _work = work;
            match intent {
                Some(intent) => audited(&app, act, Write { intent, mark, confirmed, delivery, deadline }).await,
                None => Ok(deliver::read(&app, delivery).await),
            }
        }
    });
    match timeout_at(deadline, task).await {
        Ok(Ok(delivered)) => Ok(answer(delivered?, operation, &principal)),
        Ok(Err(_)) => Err(Problem::lost(operation.safety)),
        // A read has no copies: it is not under way, but was given up.
        Err(_) if operation.safety == Safety::Read => Err(Problem::new(ErrorCode::IssuerTimeout)),
        Err(_) => Err(Problem::in_progress(operation.safety)),
    }
}

/// A request that passed every rule. A write has an intent, and a create or reissue a mark where marks are made.
struct Proven {
    ids: Ids,
    intent: Option<Intent>,
    mark: Option<Mark>,
    delivery: Delivery,
}

/// Proves the request, and writes it in the issuer's words.
fn prove(
    app: &App,
    issuer: Arc<dyn Issuer>,
    operation: &'static Operation,
    principal: &Arc<Principal>,
    parts: &request::Parts,
    body: &[u8],
) -> Result<Proven, Problem> {
    let input = match operation.method {
        Method::Post => inbound::json(body)?,
        Method::Get => inbound::query(&parts.uri)?,
    };
    let key = match operation.safety {
        Safety::Read => None,
        _ => Some(intent::key(&parts.headers).ok_or_else(|| Problem::new(ErrorCode::KeyMissing))?),
    };
    let settings = Settings { ids: app.ids, key: key.as_deref(), ..Settings::default() };
    let Accepted { request, notices } = check(operation, &input, &settings)
        .map_err(|issues| Problem::new(ErrorCode::InvalidRequest).with_issues(issues))?;
    inbound::confirmed(&notices, &parts.headers)?;
    let intent = key.as_ref().map(|key| Intent::new(principal, operation, key, &request));
    let upstream_key =
        intent.as_ref().filter(|_| operation.safety == Safety::Keyed).map(|intent| intent.scope.upstream_key());
    // The notice is given exactly where the issuer documents that the old card ends; that it is then `terminated` is inferred.
    let ends_card = notices.iter().any(|notice| notice.code == NoticeCode::OldCardEnds);
    let delivery = Delivery {
        dispatch: issuer.compose(&request, upstream_key.as_deref()),
        issuer,
        principal: Arc::clone(principal),
        ends: request.text("id").filter(|_| ends_card).map(str::to_owned),
        external_user_id: request.text("external_user_id").map(str::to_owned),
        trace: Trace::of(&parts.extensions),
    };
    let mark = match (&app.recent, &intent) {
        (Some(recent), Some(intent)) => recent.mark_of(operation, &intent.scope, &request),
        _ => None,
    };
    Ok(Proven { ids: Ids::of(&request), intent, mark, delivery })
}

fn answer(delivered: Delivered, operation: &Operation, principal: &Principal) -> Response {
    let shown = delivered.ending.and_then(|answer| balances::shown_to(principal, operation, answer));
    let mut response = match shown {
        Ok(answer) => {
            let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            ([json], String::from(&*answer.0)).into_response()
        }
        Err(failure) => Problem::from(failure).into_response(),
    };
    if delivered.replayed {
        let replayed = HeaderName::from_static(REPLAYED_HEADER);
        response.headers_mut().insert(replayed, HeaderValue::from_static("true"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Lease;
    use crate::config::Config;
    use crate::ending::Failure;
    use crate::issuer::Dispatch;
    use crate::store::Store;
    use async_trait::async_trait;
    use axum::body::Body;
    use cardwright::call::KEY_HEADER;
    use cardwright::pintopay;
    use clap::Parser;
    use http_body_util::BodyExt;
    use std::time::Duration;

    const ORDER: &str = r#"{"success":true,"order":{"order_id":"o","order_type":"card_issue","status":"new","balance_before":"9","balance_after":"4","data":{},"created_at":"t"}}"#;

    struct Yes;

    #[async_trait]
    impl Issuer for Yes {
        fn compose(&self, request: &cardwright::Request<'_>, _: Option<&str>) -> Dispatch {
            Dispatch { operation: request.operation(), body: String::new(), key: None }
        }

        async fn send(&self, _: &Dispatch, _: &Lease) -> Result<Bytes, Failure> {
            Ok(Bytes::from_static(ORDER.as_bytes()))
        }
    }

    pub(super) fn app(more: &[&str]) -> App {
        let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
        App::new(&Config::try_parse_from([&args[..], more].concat()).unwrap(), 1, &Store::Memory).unwrap()
    }

    pub(super) async fn ask(app: &Arc<App>, scopes: &[&str], key: &str) -> Result<Response, Problem> {
        let local = Principal::local();
        let scopes = scopes.iter().chain([&binding::SCOPE]).map(|scope| (*scope).to_owned()).collect();
        let principal = Arc::new(Principal { scopes, ..Principal::clone(&local) });
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/json")
            .header(KEY_HEADER, key)
            .body(Body::from(r#"{"product_code":"p","external_user_id":"ext-1"}"#))
            .unwrap();
        operate(Arc::clone(app), Arc::new(Yes), &pintopay::CREATE_CARD, principal, request).await
    }

    /// Asks once with these scopes; whether it was replayed, and the answer.
    async fn asked(app: &Arc<App>, scopes: &[&str]) -> (bool, String) {
        let (parts, body) = ask(app, scopes, "0123456789abcdef").await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.headers.contains_key(REPLAYED_HEADER), String::from_utf8(body.to_vec()).unwrap())
    }

    /// An issuer that says nothing.
    struct Hangs;

    #[async_trait]
    impl Issuer for Hangs {
        fn compose(&self, request: &cardwright::Request<'_>, _: Option<&str>) -> Dispatch {
            Dispatch { operation: request.operation(), body: String::new(), key: None }
        }

        async fn send(&self, _: &Dispatch, _: &Lease) -> Result<Bytes, Failure> {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn a_write_is_in_progress_when_the_limit_ends_and_a_read_is_over() {
        let mut app = app(&[]);
        app.limits.proxy = Duration::from_millis(50);
        let app = Arc::new(app);
        for (operation, body, code) in [
            (&pintopay::CHECK_ORDER, r#"{"order_id":"o"}"#, ErrorCode::IssuerTimeout),
            (&pintopay::CREATE_CARD, r#"{"product_code":"p","external_user_id":"ext-1"}"#, ErrorCode::InProgress),
        ] {
            let request = Request::post("/")
                .header(header::CONTENT_TYPE, "application/json")
                .header(KEY_HEADER, "0123456789abcdef")
                .body(Body::from(body))
                .unwrap();
            let problem = operate(Arc::clone(&app), Arc::new(Hangs), operation, Principal::local(), request).await;
            let problem = problem.unwrap_err();
            assert_eq!((problem.code, problem.outcome), (code, code.outcome(operation.safety)));
        }
    }

    #[tokio::test]
    async fn an_answer_given_again_is_cut_for_who_asks_now() {
        let app = Arc::new(app(&[]));
        let without = ORDER.replace(r#""balance_before":"9","balance_after":"4","#, "");
        let (create, balance) = ("pintopay.createCard", balances::SCOPE);
        assert_eq!(asked(&app, &[create]).await, (false, without.clone()));
        assert_eq!(asked(&app, &[create, balance]).await, (true, ORDER.to_owned()));
        assert_eq!(asked(&app, &[create]).await, (true, without));
    }
}
