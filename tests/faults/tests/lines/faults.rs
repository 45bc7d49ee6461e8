//! Each fault of the script.

use std::time::Duration;

use cardwright_faults::{At, End, Fault, Leg, Line, Rule, Script};

use crate::peers::{ANSWER, Ended, LIMIT, Read, Server, ask, request};

const PAUSE: Duration = Duration::from_millis(200);

fn leg(at: At, end: End) -> Leg {
    Leg { at, end, delay_ms: 0 }
}

fn on_answer(at: At, end: End) -> Fault {
    Fault { answer: leg(at, end), ..Fault::default() }
}

fn on_request(at: At, end: End) -> Fault {
    Fault { request: leg(at, end), ..Fault::default() }
}

fn answered() -> Read {
    Read { text: ANSWER.into(), ended: Ended::Open }
}

/// A server and a line to it, and the control: without a fault a request goes through as it is.
async fn rig() -> (Server, Line) {
    let server = Server::start().await;
    let line = Line::to(server.address).await.unwrap();
    let (read, took) = ask(line.address(), "/control", LIMIT).await;
    assert_eq!(read, answered());
    assert!(took < LIMIT);
    assert_eq!(server.seen(), [Read { text: request("/control"), ended: Ended::Open }]);
    (server, line)
}

#[tokio::test]
async fn an_answer_ends_at_any_byte_and_either_way() {
    let (server, line) = rig().await;
    for (end, ended) in [(End::Close, Ended::Closed), (End::Reset, Ended::Reset)] {
        for byte in 0..ANSWER.len() {
            line.set(Script::always(on_answer(At::Byte(byte), end)));
            let (read, _) = ask(line.address(), "/a", LIMIT).await;
            assert_eq!(read, Read { text: ANSWER[..byte].into(), ended }, "{end:?} at byte {byte}");
        }
    }
    assert_eq!(server.has_seen(1 + 2 * ANSWER.len()).await.len(), 1 + 2 * ANSWER.len());
}

#[tokio::test]
async fn a_request_ends_at_any_byte_and_either_way() {
    let (server, line) = rig().await;
    let whole = request("/a");
    let mut expected = 1;
    for (end, ended) in [(End::Close, Ended::Closed), (End::Reset, Ended::Reset)] {
        for byte in 0..whole.len() {
            line.set(Script::always(on_request(At::Byte(byte), end)));
            let (read, _) = ask(line.address(), "/a", LIMIT).await;
            assert_eq!(read, Read { text: String::new(), ended }, "{end:?} at byte {byte}");
            if byte > 0 {
                // Before the first byte there is no connection.
                expected += 1;
                let seen = server.has_seen(expected).await;
                assert_eq!(seen.last(), Some(&Read { text: whole[..byte].into(), ended }));
            }
            assert_eq!(server.seen().len(), expected);
        }
    }
}

#[tokio::test]
async fn a_stalled_answer_stays_open_and_comes_no_further() {
    let (_server, line) = rig().await;
    line.set(Script::always(on_answer(At::Byte(30), End::Stall)));
    let (read, _) = ask(line.address(), "/a", PAUSE).await;
    assert_eq!(read, Read { text: ANSWER[..30].into(), ended: Ended::Open });
    line.set(Script::always(on_answer(At::Part(0.5), End::Stall)));
    let (read, _) = ask(line.address(), "/a", PAUSE).await;
    assert_eq!(read.text.len(), ANSWER.len() / 2);
}

#[tokio::test]
async fn a_stalled_request_leaves_the_server_waiting_until_the_client_goes() {
    let (server, line) = rig().await;
    line.set(Script::always(on_request(At::Byte(9), End::Stall)));
    let (read, _) = ask(line.address(), "/a", PAUSE).await;
    assert_eq!(read, Read { text: String::new(), ended: Ended::Open });
    let seen = server.has_seen(2).await;
    assert_eq!(seen[1], Read { text: request("/a")[..9].into(), ended: Ended::Closed });
}

#[tokio::test]
async fn each_direction_can_pause_at_any_byte() {
    let (_server, line) = rig().await;
    let pause = Leg { at: At::Byte(20), delay_ms: 200, end: End::Pass };
    for at in [At::Byte(0), At::Byte(20), At::Part(1.0)] {
        let pause = Leg { at, ..pause.clone() };
        let faults =
            [Fault { request: pause.clone(), ..Fault::default() }, Fault { answer: pause, ..Fault::default() }];
        for fault in faults {
            line.set(Script::always(fault));
            let (read, took) = ask(line.address(), "/a", LIMIT).await;
            assert_eq!(read, answered());
            // The last pause comes after the last byte, which the client does not wait for.
            assert!(took >= PAUSE || at == At::Part(1.0), "{at:?}: {took:?}");
        }
    }
}

#[tokio::test]
async fn the_first_answers_are_lost_after_the_server_gave_them() {
    let (server, line) = rig().await;
    let lost = on_answer(At::Part(0.0), End::Close);
    line.set(Script { seed: 0, rules: vec![Rule { first: Some(2), faults: vec![lost], ..Rule::default() }] });
    for _ in 0..2 {
        assert_eq!(ask(line.address(), "/a", LIMIT).await.0, Read { text: String::new(), ended: Ended::Closed });
    }
    assert_eq!(ask(line.address(), "/a", LIMIT).await.0, answered());
    assert_eq!(server.seen().len(), 4);
    let log = line.log();
    assert!(log.iter().all(|exchange| exchange.answered == Some(200)), "{log:?}");
    let passed: Vec<_> = log.iter().map(|exchange| exchange.passed).collect();
    assert_eq!(passed, [0, 0, ANSWER.len()]);
}

#[tokio::test]
async fn a_success_can_be_told_as_a_failure() {
    let (server, line) = rig().await;
    line.set(Script::always(Fault { instead: Some(502), ..Fault::default() }));
    let (read, _) = ask(line.address(), "/a", LIMIT).await;
    assert!(read.text.starts_with("HTTP/1.1 502 "), "{read:?}");
    assert_eq!(server.seen().len(), 2);
    assert_eq!(line.log()[0].answered, Some(200));
}

#[tokio::test]
async fn a_request_can_be_sent_again_to_the_byte() {
    let (server, line) = rig().await;
    for after in [0, 50] {
        let before = server.seen().len();
        line.set(Script::always(Fault { copies: 2, copies_after_ms: after, ..Fault::default() }));
        assert_eq!(ask(line.address(), "/a", LIMIT).await.0, answered());
        let seen = server.has_seen(before + 3).await;
        assert!(seen[before..].iter().all(|read| read.text == request("/a")), "{seen:?}");
    }
}

#[tokio::test]
async fn a_request_can_be_overtaken_by_the_next_one() {
    let (server, line) = rig().await;
    let overtaken = Fault { overtaken: true, ..Fault::default() };
    let rule = Rule { on: "POST /first".into(), faults: vec![overtaken], ..Rule::default() };
    for (rules, order) in [(vec![rule], ["/second", "/first"]), (vec![], ["/first", "/second"])] {
        let before = server.seen().len();
        line.set(Script { seed: 0, rules });
        let address = line.address();
        let first = tokio::spawn(async move { ask(address, "/first", LIMIT).await.0 });
        while line.log().is_empty() || (order[0] == "/first" && server.seen().len() == before) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(ask(address, "/second", LIMIT).await.0, answered());
        assert_eq!(first.await.unwrap(), answered());
        let seen: Vec<_> = server.seen()[before..].iter().map(|read| read.text.clone()).collect();
        assert_eq!(seen, order.map(request));
    }
}

#[tokio::test]
async fn what_nobody_overtakes_goes_on_by_itself() {
    let (_server, line) = rig().await;
    line.set(Script::always(Fault { overtaken: true, ..Fault::default() }));
    assert_eq!(ask(line.address(), "/a", LIMIT).await.0, answered());
}

#[tokio::test]
async fn servers_take_turns_and_a_dead_one_is_passed_over() {
    let servers = [Server::start().await, Server::start().await];
    let dead = { tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap() };
    let line = Line::open().await.unwrap();
    assert_eq!(ask(line.address(), "/nowhere", LIMIT).await.0, Read { text: String::new(), ended: Ended::Closed });
    line.lead_to(vec![servers[0].address, dead, servers[1].address]);
    for _ in 0..6 {
        assert_eq!(ask(line.address(), "/a", LIMIT).await.0, answered());
    }
    let counts = servers.map(|server| server.seen().len());
    assert_eq!(counts.iter().sum::<usize>(), 6);
    assert!(counts.iter().all(|count| *count >= 2), "{counts:?}");
}
