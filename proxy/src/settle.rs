//! A person's word on an intent whose end nobody can read.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::response::Response;
use cardwright::envelope::prove_object;
use cardwright::input::{ANSWER_LIMITS, read_json};
use cardwright::{ErrorCode, Operation, card_data};
use serde::Deserialize;

use crate::app::App;
use crate::audit::Act;
use crate::claims::record::{Audit, Record, State as Claim};
use crate::claims::{Claims, StoreUnavailable};
use crate::ending::{Answer, Ending, Failure, Word};
use crate::intent::{Scope, address};
use crate::intents::{store_down, told, write};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::{binding, inbound, reconcile};

/// The path below the base.
pub(crate) const PATH: &str = "/intents/{operation}/{key}/settle";

/// The scope of who may settle.
pub(crate) const SCOPE: &str = "intents:settle";

/// What somebody says became of an intent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// Whose intent it is.
    user: String,
    r#as: Verdict,
    /// The card it made or changed.
    card_id: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Done,
    Rejected,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Verdict::Done => "done",
            Verdict::Rejected => "rejected",
        }
    }
}

/// Ends an unknown intent as a person says, and writes down who said it. What has an end keeps it.
pub(crate) async fn settle(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Path((name, key)) = path?;
    let act = Act::new(&principal, SCOPE, request.extensions());
    app.audit.judged(&act, may(&principal)).await?;
    let operation = write(&app, &name)?;
    let (parts, body) = request.into_parts();
    let body = inbound::body(&parts.headers, body).await?;
    inbound::json(&body)?;
    let said: Said = serde_json::from_slice(&body).map_err(|_| Problem::new(ErrorCode::InvalidRequest))?;
    if !said.card_id.as_deref().is_none_or(is_id) {
        return Err(Problem::new(ErrorCode::InvalidRequest));
    }
    let scope = Scope::new(&principal.tenant, &said.user, operation, &key)?;
    let record = settled(&app, &scope, operation, &principal, said).await.map_err(|StoreUnavailable| store_down())?;
    match record {
        None => Err(Problem::new(ErrorCode::NotFound)),
        Some(record) if matches!(record.state, Claim::Claimed | Claim::Sending) => {
            Err(Problem::in_progress(operation.safety))
        }
        Some(record) => Ok(told(operation, Some(&record), &principal)),
    }
}

/// Whoever settles speaks for other users and of any card.
fn may(principal: &Principal) -> Result<(), Problem> {
    let may = principal.has(SCOPE) && principal.has(binding::SCOPE);
    if may { Ok(()) } else { Err(Problem::new(ErrorCode::Forbidden)) }
}

/// Whether a text can be an id of a card, and no card's number.
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) && card_data::mask(text) == text
}

async fn settled(
    app: &App,
    scope: &Scope,
    operation: &'static Operation,
    by: &Principal,
    said: Said,
) -> Result<Option<Record>, StoreUnavailable> {
    let address = address(scope.claim(), &scope.tenant, operation, None);
    let claims: &Claims = &app.claims;
    let found = claims.peek(&address).await?;
    let Some(record) = found.as_ref().filter(|record| record.state == Claim::Unknown) else { return Ok(found) };
    let ending: Ending = match said.r#as {
        Verdict::Rejected => Err(Failure::rejected(Word::parse("not_done"), None)),
        Verdict::Done => Ok(done(app, record, operation, said.card_id.as_deref()).await?),
    };
    let audit = Audit {
        at: claims.now(),
        by_tenant: by.tenant.clone(),
        by_user: by.user.clone(),
        verdict: said.r#as.as_str(),
        card_id: said.card_id,
    };
    if claims.settle(&address, record.fence, &ending, Some(&audit)).await? {
        let claim = &*address.claim;
        tracing::warn!(operation = operation.name, claim, verdict = audit.verdict, "settled by a person");
    }
    claims.peek(&address).await
}

/// The answer copies are given: the card, where the register knows it; else a yes that shows none, and what is an order cannot be
/// told without one, so only its id is.
async fn done(
    app: &App,
    record: &Record,
    operation: &'static Operation,
    card_id: Option<&str>,
) -> Result<Answer, StoreUnavailable> {
    if let (Some(user_id), Some(card_id)) = (record.subject.user_id.as_deref(), card_id) {
        for page in 1.. {
            let found = app.register.cards(&record.tenant, Some(&[user_id]), page).await?;
            let card = found.items.iter().find(|card| card.id.eq_ignore_ascii_case(card_id));
            if let Some(answer) = card.and_then(|card| reconcile::answer(operation, card)) {
                return Ok(answer);
            }
            if found.items.is_empty() {
                break;
            }
        }
    }
    let plain = r#"{"status":"success","message":"settled"}"#;
    let sent_at = record.sent_at.unwrap_or_default().iso();
    let order = serde_json::json!({
        "success": true,
        "order": {
            "order_id": "settled", "order_type": "card_issue", "status": "completed", "card_id": card_id, "data": {},
            "created_at": sent_at, "is_issued": true,
        },
    });
    let fits = read_json(plain.as_bytes(), ANSWER_LIMITS)
        .is_ok_and(|value| prove_object("answer", operation.answer.fields, &value).is_ok());
    Ok(Answer(if fits { plain.into() } else { order.to_string().into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::store::Store;
    use axum::body::Body;
    use cardwright::{ingo, pintopay};
    use clap::Parser;
    use std::time::Duration;
    use tokio::time::{Instant, timeout};

    use crate::claims::Acquired;
    use crate::claims::tests::intent;
    use crate::register::{Page, Register, SeenCard, SeenOrder, Sighting, What};

    /// What somebody with these scopes is told who settles an intent of which nothing is known.
    async fn told(scopes: &[&str]) -> ErrorCode {
        let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
        let app = Arc::new(App::new(&Config::try_parse_from(args).unwrap(), 1, &Store::Memory).unwrap());
        let local = Principal::local();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let principal = Arc::new(Principal { scopes, ..Principal::clone(&local) });
        let path = Path(("ingo.issueCard".to_owned(), "0123456789abcdef".to_owned()));
        let body = Body::from(r#"{"user":"local","as":"done"}"#);
        let request = Request::post("/").header("content-type", "application/json").body(body).unwrap();
        settle(State(app), Extension(principal), Ok(path), request).await.unwrap_err().code
    }

    #[tokio::test]
    async fn who_may_issue_may_not_settle() {
        assert_eq!(told(&["ingo.issueCard", binding::SCOPE]).await, ErrorCode::Forbidden);
        assert_eq!(told(&[SCOPE]).await, ErrorCode::Forbidden, "a cardholder");
        assert_eq!(told(&[SCOPE, binding::SCOPE]).await, ErrorCode::NotFound);
    }
    /// A register that would take longer than anybody waits.
    struct Endless;

    #[async_trait::async_trait]
    impl Register for Endless {
        async fn record(&self, _: &str, _: Sighting) -> Result<(), StoreUnavailable> {
            Ok(())
        }

        async fn cards(&self, _: &str, _: Option<&[&str]>, _: u32) -> Result<Page<SeenCard>, StoreUnavailable> {
            std::future::pending().await
        }

        async fn orders(&self, _: &str, _: Option<&[&str]>, _: u32) -> Result<Page<SeenOrder>, StoreUnavailable> {
            std::future::pending().await
        }

        async fn users_of(&self, _: &str, _: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
            std::future::pending().await
        }

        async fn tenants_of(&self, _: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn where_no_card_can_be_shown_none_is_looked_for() {
        let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
        let app = App::new(&Config::try_parse_from(args).unwrap(), 1, &Store::Memory).unwrap();
        let app = App { register: Arc::new(Endless), ..app };
        let by_card = intent(&ingo::ISSUE_CARD, "0123456789abcdef", None);
        for (intent, card_id) in [(intent(&pintopay::CREATE_CARD, "k", None), Some("c".to_owned())), (by_card, None)] {
            let acquired = app.claims.acquire(&intent, true, Instant::now()).await.unwrap();
            let Acquired::Yours(permit) = acquired else { panic!("expected a permit") };
            let lost = Err(Failure::new(ErrorCode::IssuerTimeout, intent.operation.safety));
            app.claims.end(&permit, lost).await.1.unwrap();
            let said = Said { user: "u".into(), r#as: Verdict::Done, card_id };
            let by = Principal::local();
            let settled = settled(&app, &intent.scope, intent.operation, &by, said);
            let record = timeout(Duration::from_secs(5), settled).await.unwrap().unwrap().unwrap();
            assert!(record.state == Claim::Done && record.ending.unwrap().is_ok());
        }
    }
}
