//! Sessions: begun, gone on with, ended; and guessing.

use std::time::Duration;

use serde_json::json;

use super::client::{Answer, Client};
use super::world::{PASSWORD, World};

async fn login(client: &Client, password: &str) -> Answer {
    client.post("/api/auth/login", &json!({ "password": password })).await
}

async fn refresh(client: &Client, token: &str) -> Answer {
    client.post("/api/auth/refresh", &json!({ "refreshToken": token })).await
}

fn text(answer: &Answer, field: &str) -> String {
    answer.json()[field].as_str().unwrap_or_else(|| panic!("{field} is a text")).to_owned()
}

#[tokio::test]
async fn a_session_lasts_a_quarter_of_an_hour_and_is_gone_on_with() {
    let world = World::new().await;
    let begun = login(&world.stranger, PASSWORD).await;
    let operator = world.stranger.with_token(&text(&begun, "token"));
    world.pass(Duration::from_secs(14 * 60 + 59));
    assert_eq!(operator.get("/api/sites").await.status, 200, "its last second");
    world.pass(Duration::from_secs(1));
    let over = operator.get("/api/sites").await;
    assert_eq!(over.status, 401, "it is over");
    assert!(text(&over, "message").contains("expired"), "and says so");
    let gone_on = refresh(&world.stranger, &text(&begun, "refreshToken")).await;
    let operator = world.stranger.with_token(&text(&gone_on, "token"));
    assert_eq!(operator.get("/api/sites").await.status, 200, "the new token is good");
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_session() {
    let world = World::new().await;
    let begun = login(&world.stranger, PASSWORD).await;
    let stolen = text(&begun, "refreshToken");
    let gone_on = refresh(&world.stranger, &stolen).await;
    assert_eq!(gone_on.status, 200, "its first use");
    let again = refresh(&world.stranger, &stolen).await;
    assert_eq!(again.status, 401, "its second");
    let operator = world.stranger.with_token(&text(&gone_on, "token"));
    assert_eq!(operator.get("/api/sites").await.status, 401, "the session is ended for both");
    let next = refresh(&world.stranger, &text(&gone_on, "refreshToken")).await;
    assert_eq!(next.status, 401, "and cannot be gone on with");
    assert_eq!(refresh(&world.stranger, "made-up").await.status, 401, "nor can what nobody gave");
}

#[tokio::test]
async fn refresh_tokens_and_sessions_end_by_themselves() {
    let world = World::new().await;
    let begun = login(&world.stranger, PASSWORD).await;
    world.pass(Duration::from_hours(7 * 24));
    assert_eq!(refresh(&world.stranger, &text(&begun, "refreshToken")).await.status, 401, "a week unused");
    let mut answer = login(&world.stranger, PASSWORD).await;
    for day in 1..30 {
        world.pass(Duration::from_hours(24));
        answer = refresh(&world.stranger, &text(&answer, "refreshToken")).await;
        assert_eq!(answer.status, 200, "day {day}");
    }
    world.pass(Duration::from_hours(24));
    assert_eq!(refresh(&world.stranger, &text(&answer, "refreshToken")).await.status, 401, "thirty days");
}

#[tokio::test]
async fn logging_out_takes_effect_at_once() {
    let world = World::new().await;
    let begun = login(&world.stranger, PASSWORD).await;
    let other = world.operator().await;
    let operator = world.stranger.with_token(&text(&begun, "token"));
    let out = operator.post("/api/auth/logout", &json!({})).await;
    assert_eq!(out.status, 200, "out");
    assert!(out.header("set-cookie").contains("Max-Age=0"), "the cookie goes too");
    assert_eq!(operator.get("/api/sites").await.status, 401, "the token is good for nothing more");
    assert_eq!(refresh(&world.stranger, &text(&begun, "refreshToken")).await.status, 401, "nor is this one");
    assert_eq!(other.get("/api/sites").await.status, 200, "another session is another session");
    assert_eq!(operator.post("/api/auth/logout", &json!({})).await.status, 401, "out is out");
    let begun = login(&world.stranger, PASSWORD).await;
    let body = json!({ "refreshToken": text(&begun, "refreshToken") });
    assert_eq!(world.stranger.post("/api/auth/logout", &body).await.status, 200, "by refresh token");
    let operator = world.stranger.with_token(&text(&begun, "token"));
    assert_eq!(operator.get("/api/sites").await.status, 401, "which ends the same session");
}

#[tokio::test]
async fn a_browser_reloads_with_its_cookie_from_our_own_pages_only() {
    let world = World::new().await;
    let begun = login(&world.stranger, PASSWORD).await;
    let set = begun.header("set-cookie").to_owned();
    for part in
        ["longshore_refresh=", "; Path=/api/auth", "; HttpOnly", "; SameSite=Strict", "; Max-Age=604800"]
    {
        assert!(set.contains(part), "{set} has {part}");
    }
    let cookie = set.split(';').next().expect("has a first part").to_owned();
    let own = format!("http://{}", world.stranger.address);
    let send = async |headers: &[(&str, &str)]| {
        let headers: Vec<(&str, &str)> =
            headers.iter().copied().chain([("cookie", cookie.as_str())]).collect();
        world.stranger.send("POST", "/api/auth/refresh", &headers, "").await
    };
    assert_eq!(send(&[]).await.status, 401, "nobody says which page it is from");
    assert_eq!(send(&[("origin", "http://evil.example")]).await.status, 400, "a page from elsewhere");
    assert_eq!(send(&[("origin", "null")]).await.status, 400, "a page from nowhere");
    let tls = own.replace("http:", "https:");
    assert_eq!(send(&[("origin", tls.as_str())]).await.status, 400, "the same name is not the same origin");
    let reloaded = send(&[("origin", own.as_str())]).await;
    assert_eq!(reloaded.status, 200, "our own page");
    assert!(!reloaded.header("set-cookie").contains(&cookie), "the cookie is renewed");
    let reused = send(&[("origin", own.as_str())]).await;
    assert_eq!(reused.status, 401, "the old one is used up");
    assert!(reused.header("set-cookie").contains("Max-Age=0"), "and taken from the browser");
    let only_cookie = [("cookie", cookie.as_str()), ("origin", own.as_str())];
    let answer = world.stranger.send("GET", "/api/sites", &only_cookie, "").await;
    assert_eq!(answer.status, 401, "a cookie alone opens nothing");
}

#[tokio::test]
async fn guessing_is_made_slow() {
    let world = World::new().await;
    for number in 1..=5 {
        assert_eq!(login(&world.stranger, "a wrong password").await.status, 401, "guess {number}");
    }
    let refused = login(&world.stranger, PASSWORD).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1"), "even the right one has to wait");
    assert_eq!(refused.json()["code"], "tooManyRequests", "and is told why");
    world.pass(Duration::from_secs(1));
    assert_eq!(login(&world.stranger, "a wrong password").await.status, 401, "one more guess");
    assert_eq!(
        login(&world.stranger, PASSWORD).await.header("retry-after"),
        "2",
        "which costs twice as much"
    );
    world.pass(Duration::from_secs(2));
    assert_eq!(login(&world.stranger, PASSWORD).await.status, 200, "the wait is over");
    assert_eq!(login(&world.stranger, "a wrong password").await.status, 401, "and all is forgotten");
}

#[tokio::test]
async fn many_guesses_at_once_gain_nothing() {
    let world = World::new().await;
    let guesses = (0..20).map(|_| login(&world.stranger, "a wrong password"));
    let answers = futures::future::join_all(guesses).await;
    let tried = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(tried, 5, "the others had to wait");
}

#[tokio::test]
async fn neither_password_nor_token_is_on_the_disk() {
    let world = World::new().await;
    let begun = login(&world.stranger, PASSWORD).await;
    let wrong = login(&world.stranger, "canary-of-a-guess").await;
    assert_eq!(wrong.status, 401, "a guess");
    let secrets = [
        PASSWORD.to_owned(),
        "canary-of-a-guess".to_owned(),
        text(&begun, "token"),
        text(&begun, "refreshToken"),
    ];
    let mut folders = vec![world.data.path().to_owned()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("can be listed") {
            let path = entry.expect("is readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("can be read");
            let text = String::from_utf8_lossy(&bytes);
            seen += 1;
            for secret in &secrets {
                assert!(!text.contains(secret.as_str()), "{secret} is in {}", path.display());
            }
        }
    }
    assert!(seen > 1, "there is a database to look into");
}

#[tokio::test]
async fn what_strangers_may_send_is_small() {
    let world = World::new().await;
    let long = "x".repeat(9 << 10);
    assert_eq!(login(&world.stranger, &long).await.status, 413, "longer than any password");
    let missing = world.stranger.post("/api/auth/login", &json!({})).await;
    assert_eq!(missing.status, 400, "a login without a password");
}
