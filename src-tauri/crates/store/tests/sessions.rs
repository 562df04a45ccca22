//! Sessions on a real database.

use longshore_contract::Timestamp;
use longshore_store::{KeySource, NewSession, Rotation, Store, TokenHash};

const HOUR: i64 = 3_600_000;

fn open(folder: &std::path::Path) -> Store {
    Store::open(folder, &KeySource::File).expect("a store opens in an empty folder")
}

fn begin(store: &Store, id: &str, token: TokenHash) {
    let session = NewSession {
        id: id.to_owned(),
        peer: "127.0.0.1".to_owned(),
        began_at: Timestamp(0),
        ends_at: Timestamp(24 * HOUR),
    };
    store.begin_session(&session, &token, Timestamp(HOUR)).expect("a session can begin");
}

#[test]
fn a_refresh_token_is_good_once_and_its_second_use_ends_the_session() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    begin(&store, "s", [1; 32]);
    let rotate = |old: u8, new: u8, now: i64| {
        store.rotate(&[old; 32], &[new; 32], Timestamp(now), Timestamp(now + HOUR)).expect("can be tried")
    };
    let went_on = Rotation::Rotated { session: "s".to_owned(), ends_at: Timestamp(24 * HOUR) };
    assert_eq!(rotate(1, 2, 1), went_on, "the first use");
    assert_eq!(rotate(2, 3, 2), went_on, "the next token goes on");
    assert_eq!(rotate(9, 4, 3), Rotation::Unknown, "a token nobody was given");
    assert!(store.session_lives("s", Timestamp(3)).expect("can be asked"), "the session lives so far");
    assert_eq!(rotate(1, 5, 4), Rotation::Reused { session: "s".to_owned() }, "the first token again");
    assert!(!store.session_lives("s", Timestamp(4)).expect("can be asked"), "which ends the session");
    assert_eq!(rotate(3, 6, 5), Rotation::Unknown, "and with it the token that was good until then");
}

#[test]
fn sessions_and_tokens_end_by_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    begin(&store, "s", [1; 32]);
    let late = store.rotate(&[1; 32], &[2; 32], Timestamp(HOUR), Timestamp(2 * HOUR));
    assert_eq!(late.expect("can be tried"), Rotation::Expired, "a token ends at its time");
    assert!(store.session_lives("s", Timestamp(24 * HOUR - 1)).expect("can be asked"), "until its end");
    assert!(!store.session_lives("s", Timestamp(24 * HOUR)).expect("can be asked"), "and no longer");
    assert_eq!(store.session_of(&[1; 32]).expect("can be asked").as_deref(), Some("s"), "whose token it is");
    store.end_session("s").expect("can be ended");
    assert_eq!(store.session_of(&[1; 32]).expect("can be asked"), None, "tokens go with their session");
}

#[test]
fn the_password_is_kept_as_a_hash_and_the_key_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    assert!(!store.has_password().expect("can be asked"), "there is none at first");
    assert!(!store.is_password("").expect("can be asked"), "no password is not an empty one");
    store.set_password("correct horse battery").expect("can be set");
    assert!(store.is_password("correct horse battery").expect("can be asked"), "the password");
    assert!(!store.is_password("correct horse batterz").expect("can be asked"), "another one");
    let key = store.signing_key().expect("is made");
    drop(store);
    assert_eq!(
        open(folder.path()).signing_key().expect("is kept"),
        key,
        "the key is there for the next start"
    );
}
