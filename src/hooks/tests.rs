//! Messages, signatures, and the addresses that are refused.

use std::time::Duration;

use backon::BackoffBuilder;
use serde_json::json;

use super::message::{HookMessage, LARGEST};
use super::pump::{growing_pauses, random_pauses};
use super::send::{HookTarget, SendOutcome, is_public};
use super::{BadUrl, Reach, Secret, Wants};
use crate::domain::id::Seq;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn signatures_are_those_of_the_specification() {
    // The example of Standard Webhooks.
    let message = HookMessage {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
        body: br#"{"test": 2432232314}"#.to_vec(),
    };
    let signature = message.sign(&Secret::new(SECRET).unwrap(), 1_614_265_330);
    assert_eq!(signature.header(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn pauses_double_up_to_the_longest_and_do_not_end() {
    let bounds = (Duration::from_secs(1), Duration::from_secs(600));
    let whole: Vec<_> = growing_pauses(bounds).build().take(1_000).map(|pause| pause.as_secs()).collect();
    assert_eq!(whole[..11], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600]);
    assert_eq!((whole.len(), whole[999]), (1_000, 600));
    for (pause, whole) in random_pauses(bounds).build().zip(whole) {
        let whole = Duration::from_secs(whole);
        assert!((whole / 2..=whole).contains(&pause), "{pause:?} of {whole:?}");
    }
}

#[test]
fn secrets_are_checked_and_never_shown() {
    let secret = Secret::new(&format!(" {SECRET}\n")).unwrap();
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    for bad in [
        "",
        "whsec_",
        &SECRET[6..],
        "whsec_c2hvcnQ=",
        "whsec_not base64 at all, not at all",
        &format!("{SECRET}{}", "A".repeat(80)),
    ] {
        assert!(Secret::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn each_event_has_one_id_and_different_events_differ() {
    let secret = Secret::new(SECRET).unwrap();
    let told = |time: &str| json!({"seq": "7", "time": time, "statements": ["x".repeat(100)]});
    let message = |hook: &str, seq: u64, time: &str| {
        HookMessage::new(hook, &secret, &Wants::Changes, Seq(seq), told(time))
    };
    let one = message("a", 7, "2026-01-01T00:00:00Z");
    assert_eq!(one, message("a", 7, "2026-01-01T00:00:00Z"));
    for other in [
        message("b", 7, "2026-01-01T00:00:00Z"),
        message("a", 8, "2026-01-01T00:00:00Z"),
        message("a", 7, "2026-01-01T00:00:01Z"),
    ] {
        assert_ne!(one.id, other.id);
    }
    let body: serde_json::Value = serde_json::from_slice(&one.body).unwrap();
    assert_eq!((&body["type"], &body["timestamp"]), (&json!("commit.made"), &json!("2026-01-01T00:00:00Z")));
    // A message that is too long is sent without its lists and is marked as shortened.
    let long = json!({"seq": "7", "time": "t", "statements": ["x".repeat(LARGEST)]});
    let body = HookMessage::new("a", &secret, &Wants::Changes, Seq(7), long).body;
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&body).unwrap()["data"],
        json!({"seq": "7", "time": "t", "shortened": true})
    );
}

#[test]
fn only_public_ranges_are_public() {
    for public in [
        "1.1.1.1",
        "100.63.0.1",
        "100.128.0.1",
        "172.32.0.1",
        "198.20.0.1",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
    ] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
    for private in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!is_public(private.parse().unwrap()), "{private}");
    }
}

#[test]
fn addresses_are_checked() {
    let target = |url, reach| HookTarget::new(url, reach).map(|_| ());
    assert_eq!(target("https://ci.example/hook?x=1", Reach::Public), Ok(()));
    assert_eq!(target("http://127.0.0.1:9/hook", Reach::Private), Ok(()));
    assert!(matches!(target("http://ci.example", Reach::Public), Err(BadUrl::Plain(_))));
    assert_eq!(target("https://me:word@ci.example", Reach::Private), Err(BadUrl::UserInfo));
    for bad in ["", "ci.example", "/hook", "ftp://ci.example", "file:///etc/passwd"] {
        assert!(matches!(target(bad, Reach::Private), Err(BadUrl::NoUrl(_))), "{bad}");
    }
}

#[test]
fn private_addresses_are_not_connected_to() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let secret = Secret::new(SECRET).unwrap();
    let message = HookMessage { id: "msg_1".to_owned(), body: b"{}".to_vec() };
    // The check is of the resolved address, so a name does not bypass it.
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"] {
        let Ok(target) = HookTarget::new(&format!("https://{host}:{port}/"), Reach::Public) else { continue };
        let sender = target.sender(Duration::from_secs(5));
        let sent = sender.send(&message, 1, &message.sign(&secret, 1));
        assert!(matches!(&sent, SendOutcome::Retry(..)), "{host}: {sent:?}");
        let refused = listener.accept().unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock, "{host}");
    }
    let sender = HookTarget::new(&format!("https://127.0.0.1:{port}/"), Reach::Public)
        .unwrap()
        .sender(Duration::from_secs(5));
    let SendOutcome::Retry(why, _) = sender.send(&message, 1, &message.sign(&secret, 1)) else {
        panic!("it was sent")
    };
    assert!(why.contains("allow-private"), "{why}");
}
