//! What the proxy knows of an intent, asked by its key: the question, the answer's words, and what each code does to a key.

use crate::call::{self, Call, Failure, Reply};
use crate::envelope;
use crate::error::{ErrorCode, Outcome};
use crate::field::is_key;
use crate::input::{ANSWER_LIMITS, Value, read_json};
use crate::operation::{Method, Operation};
use crate::write;

/// Where an intent stands at the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its key is claimed; nothing has been sent yet.
    Claimed,
    /// It is being sent.
    Sending,
    /// It was sent, and what the issuer made of it is open.
    Unknown,
    /// It has ended, with an answer or a problem.
    Done,
    /// It never came. The question has closed its key, so a late copy is refused.
    Absent,
}

impl State {
    /// Every state.
    pub const ALL: [State; 5] = [State::Claimed, State::Sending, State::Unknown, State::Done, State::Absent];

    /// The state's word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Claimed => "claimed",
            State::Sending => "sending",
            State::Unknown => "unknown",
            State::Done => "done",
            State::Absent => "absent",
        }
    }

    /// The state with this word.
    pub fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// The call that asks what became of an intent; nothing, if no intent can have this key.
pub fn ask(operation: &'static Operation, key: &str) -> Option<Call> {
    if !operation.safety.is_write() || !is_key(key) {
        return None;
    }
    let path = write::joined(["/intents", operation.name, key], "/");
    Some(Call { method: Method::Get, path, headers: call::headers(), body: None })
}

/// What became of an intent.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked<'a> {
    /// It is under way: ask again.
    Running,
    /// It succeeded; the answer's member `answer` is the operation's envelope.
    Done,
    /// It failed like this, or is open for now.
    Over(Box<Failure<'a>>),
    /// The question itself failed, so the intent is as open as before.
    Failed(Box<Failure<'a>>),
}

/// Reads the answer to [`ask`].
pub fn read<'a>(operation: &'static Operation, reply: &Reply<'a>) -> Asked<'a> {
    let value = if call::is_data(reply) { read_json(reply.body, ANSWER_LIMITS).ok() } else { None };
    let told = value.and_then(|value| told(operation, reply, value));
    told.unwrap_or_else(|| {
        let failure = call::failure(operation, reply);
        Asked::Failed(Box::new(Failure { outcome: Outcome::Unknown, ..*failure }))
    })
}

fn told<'a>(operation: &'static Operation, reply: &Reply<'_>, mut value: Value<'a>) -> Option<Asked<'a>> {
    let problem = value.take("problem").map(|problem| call::understood(operation, reply, problem));
    let word = |name| value.get(name).and_then(Value::text);
    if word("operation") != Some(operation.name) {
        return None;
    }
    Some(match State::parse(word("state")?)? {
        State::Claimed | State::Sending => Asked::Running,
        State::Absent => Asked::Over(Box::new(Failure::new(ErrorCode::KeyClosed, Outcome::NotSent))),
        // Whatever the problem says: the state says that it is open.
        State::Unknown => {
            let failure = problem.unwrap_or_else(|| Failure::new(ErrorCode::IssuerFailed, Outcome::Unknown));
            Asked::Over(Box::new(Failure { outcome: Outcome::Unknown, ..failure }))
        }
        State::Done => match (value.get("answer"), problem) {
            (Some(answer), None) => {
                envelope::prove_object("answer", operation.answer.fields, answer).ok()?;
                Asked::Done
            }
            (None, Some(failure)) => Asked::Over(Box::new(failure)),
            _ => return None,
        },
    })
}

/// What an answer with a code does to the key it came for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFate {
    /// The proxy never got as far as the key: it may be used, also with other values.
    Free,
    /// A claim was made and given back: it may be used, also with other values.
    Released,
    /// The intent with this key goes on; every copy gets its answer.
    Held,
    /// Recorded: every copy gets the same answer. Other values need a new key.
    Recorded,
    /// It can never be sent.
    Closed,
}

impl KeyFate {
    /// The word in the documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyFate::Free => "free",
            KeyFate::Released => "released",
            KeyFate::Held => "held",
            KeyFate::Recorded => "recorded",
            KeyFate::Closed => "closed",
        }
    }

    /// What becomes of a write's key when the proxy answers with this code; nothing, for a code that no proxy answers with.
    pub const fn of(code: ErrorCode) -> Option<KeyFate> {
        if code.status().is_none() {
            return None;
        }
        match code {
            ErrorCode::IssuerUnreachable => Some(KeyFate::Released),
            ErrorCode::InProgress | ErrorCode::KeyReused => Some(KeyFate::Held),
            ErrorCode::IssuerRejected
            | ErrorCode::IssuerFailed
            | ErrorCode::IssuerUnreadable
            | ErrorCode::IssuerTimeout
            | ErrorCode::InternalError => Some(KeyFate::Recorded),
            ErrorCode::KeyClosed | ErrorCode::Superseded => Some(KeyFate::Closed),
            _ => Some(KeyFate::Free),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingo::{ISSUE_CARD, LIST_CARDS};

    const ANSWER: &str = r#"{"status":"success","message":"m","data":{"items":[]}}"#;

    fn read(status: u16, body: &str) -> Asked<'_> {
        let reply = Reply {
            status,
            content_type: Some("application/json"),
            retry_after: None,
            now_ms: None,
            body: body.as_bytes(),
        };
        super::read(&ISSUE_CARD, &reply)
    }

    fn told(rest: &str) -> String {
        format!(r#"{{"operation":"ingo.issueCard",{rest}}}"#)
    }

    fn over(asked: Asked<'_>) -> (ErrorCode, Outcome) {
        let Asked::Over(failure) = asked else { panic!("expected an end, found {asked:?}") };
        (failure.code, failure.outcome)
    }

    #[test]
    fn the_question_names_operation_and_key() {
        let question = ask(&ISSUE_CARD, "0123456789abcdef").unwrap();
        assert_eq!(
            (question.method, question.path.as_str()),
            (Method::Get, "/intents/ingo.issueCard/0123456789abcdef")
        );
        assert!(question.headers.contains(&(call::CONTRACT_HEADER, "1".into())));
        assert_eq!(ask(&ISSUE_CARD, "../../me"), None);
        assert_eq!(ask(&LIST_CARDS, "0123456789abcdef"), None);
    }

    #[test]
    fn each_state_is_read() {
        for state in ["claimed", "sending"] {
            assert_eq!(read(200, &told(&format!(r#""state":"{state}","sent_at":"t""#))), Asked::Running);
        }
        assert_eq!(read(200, &told(&format!(r#""state":"done","answer":{ANSWER}"#))), Asked::Done);
        let no = r#""state":"done","problem":{"code":"issuer_rejected","outcome":"rejected","slug":"kyc"}"#;
        assert_eq!(over(read(200, &told(no))), (ErrorCode::IssuerRejected, Outcome::Rejected));
        assert_eq!(over(read(200, &told(r#""state":"absent""#))), (ErrorCode::KeyClosed, Outcome::NotSent));
        assert_eq!(over(read(200, &told(r#""state":"unknown""#))), (ErrorCode::IssuerFailed, Outcome::Unknown));
        let open = r#""state":"unknown","problem":{"code":"issuer_timeout","outcome":"not_sent"}"#;
        assert_eq!(over(read(200, &told(open))), (ErrorCode::IssuerTimeout, Outcome::Unknown));
    }

    #[test]
    fn a_question_that_failed_leaves_the_intent_open() {
        let bodies = [
            told(r#""state":"later""#),
            told(r#""state":"done""#),
            told(r#""state":"done","answer":{"status":"success"}"#),
            told(&format!(r#""state":"done","answer":{ANSWER},"problem":{{"code":"issuer_rejected"}}"#)),
            r#"{"operation":"ingo.freezeCard","state":"absent"}"#.to_owned(),
            r#"{"state":"absent"}"#.to_owned(),
            "<html>".to_owned(),
            ANSWER.to_owned(),
        ];
        for body in &bodies {
            let Asked::Failed(failure) = read(200, body) else { panic!("expected a failure: {body}") };
            assert_eq!((failure.code, failure.outcome), (ErrorCode::UnexpectedAnswer, Outcome::Unknown), "{body}");
        }
        for (status, body, code) in [
            (401, r#"{"code":"unauthenticated","outcome":"not_sent"}"#, ErrorCode::Unauthenticated),
            (404, "", ErrorCode::NotFound),
            (503, r#"{"code":"store_unavailable","outcome":"not_sent"}"#, ErrorCode::StoreUnavailable),
            (409, r#"{"code":"key_closed","outcome":"not_sent"}"#, ErrorCode::KeyClosed),
            (200, "", ErrorCode::UnexpectedAnswer),
        ] {
            let Asked::Failed(failure) = read(status, body) else { panic!("expected a failure: {body}") };
            assert_eq!((failure.code, failure.outcome), (code, Outcome::Unknown), "{body}");
        }
    }

    #[test]
    fn a_key_is_given_back_only_where_nothing_was_sent() {
        for code in ErrorCode::ALL {
            if matches!(KeyFate::of(*code), Some(KeyFate::Free | KeyFate::Released)) {
                assert_eq!(code.outcome(crate::Safety::Once), Outcome::NotSent, "{code:?}");
            }
        }
    }
}
