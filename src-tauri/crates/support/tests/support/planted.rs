//! A thousand secrets of every shape, planted everywhere: none of them is in the bundle that is written.
//!
//! They are made from a seed when the test runs. None of them has ever opened anything.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::GzEncoder;
use longshore_contract::Timestamp;
use longshore_support::{Content, Contents, Limits, ReadLimits, Reader, Redactor, Source, write};
use serde_json::json;

/// Numbers from a seed.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn of(&mut self, letters: &str, count: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        (0..count).map(|_| letters[self.below(letters.len())]).collect()
    }

    fn word(&mut self, count: usize) -> String {
        // Three of a kind each, so that it looks like none of a language.
        let head = format!("{}{}{}", self.of(LOWER, 1), self.of(UPPER, 1), self.of(DIGIT, 1));
        head + &self.of(&format!("{LOWER}{UPPER}{DIGIT}"), count - 3)
    }

    fn password(&mut self) -> String {
        let length = 9 + self.below(8);
        self.word(4) + &self.of(&format!("{LOWER}{UPPER}{DIGIT}!#^*+=.~_-"), length) + &self.of(DIGIT, 1)
    }

    fn base64(&mut self, count: usize) -> String {
        self.of(&format!("{LOWER}{UPPER}{DIGIT}+/"), count)
    }
}

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGIT: &str = "0123456789";
const HEX: &str = "0123456789abcdef";

/// How many shapes there are.
pub const SHAPES: usize = 44;

/// A secret of a shape, and a text that it stands in.
#[expect(clippy::too_many_lines, reason = "a table with an arm for each shape")]
pub fn planted(shape: usize, n: &mut Numbers) -> (String, String) {
    let pw = n.password();
    let with = |secret: String, text: String| (secret, text);
    let token =
        |secret: String| (secret.clone(), format!("I1103 10:15:02 client.go:7] uses {secret} from now on"));
    match shape {
        0 => with(pw.clone(), format!("DB_PASSWORD={pw}")),
        1 => with(pw.clone(), format!("{{\"user\":\"app\",\"password\":\"{pw}\",\"n\":1}}")),
        2 => with(pw.clone(), format!("db:\n  password: {pw}\n  port: 5432")),
        3 => with(pw.clone(), format!("exec: shop-migrate --db-password {pw} --verbose")),
        4 => with(pw.clone(), format!("url=postgres://app:{pw}@db.shop.svc:5432/shop?sslmode=require")),
        5 => with(pw.clone(), format!("connecting to mysql://root:{pw}@10.0.0.7/shop failed")),
        6 => with(pw.clone(), format!("MONGO_URL: mongodb+srv://app:{pw}@a.example,b.example/admin")),
        7 => with(pw.clone(), format!("cache redis://:{pw}@cache:6379/0 is up")),
        8 => with(pw.clone(), format!("broker amqp://app:{pw}@mq.shop.svc:5672/ is up")),
        9 => with(pw.clone(), format!("Server=tcp:sql,1433;Database=shop;User ID=app;Password={pw};Encrypt=true;")),
        10 => with(pw.clone(), format!("dsn: app:{pw}@tcp(db:3306)/shop?parseTime=true")),
        11 => {
            let secret = STANDARD.encode(format!("app:{pw}"));
            with(secret.clone(), format!("> Authorization: Basic {secret}"))
        }
        12 => {
            let secret = n.word(32);
            with(secret.clone(), format!("curl -H 'Authorization: Bearer {secret}' https://shop.example"))
        }
        13 => {
            let head = URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
            let body = URL_SAFE_NO_PAD.encode(format!("{{\"sub\":\"{}\"}}", n.word(8)));
            token(format!("{head}.{body}.{}", n.word(43)))
        }
        14 => token(format!("AKIA{}", n.of(&format!("{UPPER}{DIGIT}"), 16))),
        15 => {
            let secret = n.word(3) + &n.base64(37);
            with(secret.clone(), format!("aws_secret_access_key = {secret}"))
        }
        16 => token(format!("ghp_{}", n.word(36))),
        17 => token(format!("github_pat_{}", n.word(60))),
        18 => token(format!("glpat-{}", n.word(20))),
        19 => token(format!("xoxb-{}-{}", n.of(DIGIT, 12), n.word(24))),
        20 => {
            let secret = n.word(24);
            with(secret.clone(), format!("hook https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/{secret}"))
        }
        21 => token(format!("sk_live_{}", n.word(24))),
        22 => token(format!("AIza{}", n.word(35))),
        23 => token(format!("npm_{}", n.word(36))),
        24 => token(format!("sk-proj-{}", n.word(48))),
        25 => token(format!("SG.{}.{}", n.word(22), n.word(43))),
        26 => token(format!("hvs.{}", n.word(24))),
        27 => token(format!("dop_v1_{}", n.of(HEX, 64))),
        28 => {
            let secret = format!("$2y$10${}", n.of(&format!("{LOWER}{UPPER}{DIGIT}./"), 53));
            with(secret.clone(), format!("alice:{secret}"))
        }
        29 => {
            let secret = format!("$apr1${}${}", n.word(8), n.word(22));
            with(secret.clone(), format!("bob:{secret}"))
        }
        30 => {
            let secret = format!("$6${}${}", n.word(16), n.word(86));
            with(secret.clone(), format!("root:{secret}:19000:0:99999:7:::"))
        }
        31 | 32 => {
            let kind = if shape == 31 { "RSA PRIVATE KEY" } else { "OPENSSH PRIVATE KEY" };
            let body = [n.base64(64), n.base64(64), n.base64(20)];
            let text = format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----", body.join("\n"));
            with(body[1].clone(), text)
        }
        33 => {
            let secret = STANDARD.encode(format!("app:{pw}"));
            with(secret.clone(), format!("{{\"auths\":{{\"registry.example\":{{\"auth\":\"{secret}\"}}}}}}"))
        }
        34 => {
            let key = format!("-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----\n", n.base64(64));
            let secret = STANDARD.encode(key);
            with(secret.clone(), format!("users:\n- name: a\n  user:\n    client-key-data: {secret}"))
        }
        35 => {
            let secret = n.word(40);
            with(secret.clone(), format!("users:\n- name: a\n  user:\n    token: {secret}"))
        }
        36 => {
            let secret = STANDARD.encode(&pw);
            with(secret.clone(), format!("apiVersion: v1\ndata:\n  plain: {secret}\nkind: Secret\nmetadata:\n  name: a"))
        }
        37 => with(
            pw.clone(),
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"plain": pw}}).to_string(),
        ),
        38 => with(pw.clone(), json!({"env": [{"name": "SHOP_DB_PASSWORD", "value": pw}]}).to_string()),
        39 => with(pw.clone(), format!("env:\n- name: ADMIN_SECRET\n  value: {pw}\n- name: B\n  value: c")),
        40 => {
            let secret = n.word(32);
            with(secret.clone(), format!("Set-Cookie: session={secret}; Path=/; HttpOnly"))
        }
        41 => token(format!("AGE-SECRET-KEY-1{}", n.of(&format!("{UPPER}{DIGIT}"), 58))),
        42 => {
            let secret = n.word(26);
            with(secret.clone(), format!("X-Vault-Token: {secret}"))
        }
        // One that only the caller knows.
        _ => {
            let secret = format!("{} {}", n.of(LOWER, 9), n.of(LOWER, 9));
            with(secret.clone(), format!("I1103 the phrase is {secret}, said the sailor"))
        }
    }
}

/// How many ways there are to plant a text.
const WAYS: usize = 9;

fn indented(text: &str) -> String {
    text.replace('\n', "\n    ")
}

/// A file that holds a text: name and content. The text is in between what is harmless.
fn file(way: usize, number: usize, text: &str) -> (String, Vec<u8>) {
    let blob = STANDARD.encode(format!("first line\n{text}\nlast line\n"));
    let manifest =
        format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  file: |\n    {}\n  other: x\n", indented(text));
    let nested = format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  blob: {blob}\n");
    let config_map =
        |data: &str| json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"file": data, "n": "1"}});
    let (name, content) = match way {
        0 => (format!("logs/{number}.log"), format!("I1103 10:15:02 begins\n{text}\nI1103 10:15:03 ends\n")),
        1 => (format!("cluster-resources/configmaps/{number}.yaml"), manifest),
        2 => (format!("cluster-resources/configmaps/{number}.json"), format!("{:#}\n", config_map(text))),
        3 => (
            format!("cluster-resources/pods/{number}.json"),
            json!({"metadata": {"annotations": {"last-applied": config_map(text).to_string()}}}).to_string(),
        ),
        4 => (format!("cluster-resources/blobs/{number}.yaml"), nested),
        5 => (format!("cluster-resources/blobs/{number}.json"), format!("{:#}", config_map(&nested))),
        6 => {
            let lines: Vec<&str> =
                blob.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("letters")).collect();
            (format!("logs/{number}.b64"), format!("begins\n{}\nends\n", lines.join("\n")))
        }
        7 => (
            format!("logs/{number}.jsonl"),
            format!("{}\n", json!({"level": "info", "msg": format!("it says\n{text}")})),
        ),
        _ => {
            let mut tar = tar::Builder::new(Vec::new());
            let mut header = tar::Header::new_gnu();
            header.set_size(manifest.len() as u64);
            tar.append_data(&mut header, "inner/file.yaml", manifest.as_bytes()).expect("memory takes it");
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(&tar.into_inner().expect("it ends")).expect("memory takes it");
            return (format!("copied/{number}.tar.gz"), packed.finish().expect("it ends"));
        }
    };
    (name, content.into_bytes())
}

/// Everything that a written file says: itself, and members of archives in it.
fn said(content: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(content).into_owned();
    if content.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(content).read_to_end(&mut plain).expect("it unpacks");
        text.push_str(&String::from_utf8_lossy(&plain));
    }
    text
}

#[test]
fn none_of_a_thousand_secrets_is_in_the_bundle() {
    let mut n = Numbers(0x5eed_0f5e_c2e7_5eed);
    let mut known = Vec::new();
    let mut files = Vec::new();
    for number in 0..SHAPES * 24 {
        let shape = number % SHAPES;
        let (secret, text) = planted(shape, &mut n);
        if shape == SHAPES - 1 {
            known.push(secret.clone());
        }
        let way = (number / SHAPES) % WAYS;
        let (name, content) = file(way, number, &text);
        files.push((name, content, secret, text, shape, way));
    }
    assert!(files.len() >= 1000, "{} are too few", files.len());
    let redactor = Redactor::new(&known, &[]).expect("it is made");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bundle.tar.gz");
    let sources = files.iter().map(|(name, content, ..)| {
        let content = content.clone();
        Source {
            path: name.clone(),
            content: Content::Stream(Box::new(move || Ok(Box::new(std::io::Cursor::new(content))))),
        }
    });
    let contents = Contents { at: Timestamp(0), results: &[], sources: sources.collect() };
    write(&path, contents, &redactor, &Limits::default(), &|| false).expect("it is written");

    let reader = Reader::open(&path, &ReadLimits::default()).expect("it is read");
    let (mut left, mut gone) = (Vec::new(), 0);
    for (name, original, secret, text, shape, way) in &files {
        let content = reader.read(name, 0..u64::MAX).expect("it is there");
        let hidden = STANDARD.encode(secret);
        let said = said(&content);
        // Seen as it stands, and unescaped twice over.
        let plain = said.replace("\\\\", "\\").replace("\\\"", "\"");
        if [&said, &plain].iter().any(|said| said.contains(secret.as_str()) || said.contains(&hidden)) {
            left.push(format!("shape {shape} way {way}: {secret:?} of {text:?} is in {name}:\n{said}"));
        }
        // Of base64 nothing may be left but the mask.
        let blob = STANDARD.encode(format!("first line\n{text}\nlast line\n"));
        if matches!(way, 4..=6) && said.contains(&blob[blob.len() / 2..blob.len() / 2 + 16]) {
            left.push(format!("shape {shape} way {way}: {text:?} is still in base64 in {name}:\n{said}"));
        }
        if *way == 0 {
            let kept =
                said.starts_with("I1103 10:15:02 begins\n") && said.ends_with("\nI1103 10:15:03 ends\n");
            assert!(kept, "the lines around it stay: {said}");
        }
        gone += usize::from(content != *original);
    }
    println!("{} secrets of {SHAPES} shapes planted in {WAYS} ways, {} left", files.len(), left.len());
    assert!(
        left.is_empty(),
        "{} secrets are left, such as\n{}",
        left.len(),
        left[..left.len().min(12)].join("\n")
    );
    assert_eq!(gone, files.len(), "every file is another one now");
}
