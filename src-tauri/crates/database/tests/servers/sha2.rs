//! MySQL's `caching_sha2_password` without TLS: a server that does not remember the password wants it whole, and gives its
//! key of RSA for it. MariaDB, which the other tests have, does not prove passwords so, and MySQL is in no distribution that
//! the lab is made of: its part is a script here, which lets in upstream's own driver, go-sql-driver, as it does us. Its
//! key is made and used by openssl.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use longshore_database::Kind;
use longshore_lab::install;
use ring::digest::{SHA256, digest};

use crate::started::PASSWORD;
use crate::{asked, case, refusals};

const NONCE: &[u8; 20] = b"twenty letters noise";
const VERSION: &str = "8.0.36";

/// What it gives as its key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    Key,
    /// None is needed, for it remembers the password.
    Nothing,
    Nonsense,
    Silence,
}

#[derive(Clone)]
struct Script {
    gives: Gives,
    folder: PathBuf,
    /// All that clients have sent.
    heard: Arc<Mutex<Vec<u8>>>,
}

fn start(script: &Script) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let script = script.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let script = script.clone();
            // Who is served may hang up at any time.
            std::thread::spawn(move || stream.and_then(|stream| serve(stream, &script)));
        }
    });
    address
}

fn openssl(script: &PathBuf, words: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new("openssl");
    command
        .args(words)
        .current_dir(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("openssl starts");
    child.stdin.take().expect("its input").write_all(input).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    output.status.success().then_some(output.stdout)
}

/// Packets of a connection, counted.
struct Packets<'a> {
    stream: TcpStream,
    number: u8,
    heard: &'a Mutex<Vec<u8>>,
}

impl Packets<'_> {
    fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut head = [0; 4];
        self.stream.read_exact(&mut head)?;
        let mut content = vec![0; u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize];
        self.stream.read_exact(&mut content)?;
        self.number = head[3].wrapping_add(1);
        self.heard.lock().expect("alive").extend(&content);
        Ok(content)
    }

    fn send(&mut self, content: &[u8]) -> io::Result<()> {
        let mut bytes = (content.len() as u32).to_le_bytes();
        bytes[3] = self.number;
        self.number = self.number.wrapping_add(1);
        self.stream.write_all(&[&bytes[..], content].concat())
    }
}

fn greeting() -> Vec<u8> {
    // The protocol of 4.1, ways to log in by name, a database at once; no TLS.
    let able = [0x09, 0xa2, 0x08, 0x00];
    let head = [&[10][..], VERSION.as_bytes(), &[0, 7, 0, 0, 0], &NONCE[..8], &[0], &able[..2], &[45, 2, 0]];
    [&head.concat()[..], &able[2..], &[21], &[0; 10], &NONCE[8..], b"\0caching_sha2_password\0"].concat()
}

fn both(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other.iter().cycle()).map(|(one, other)| one ^ other).collect()
}

/// Whether the digest that a login begins with is that of the password.
fn proven(login: &[u8]) -> bool {
    let sum = |bytes: &[u8]| digest(&SHA256, bytes).as_ref().to_vec();
    let once = sum(PASSWORD.as_bytes());
    let proof = both(&once, &sum(&[&sum(&once)[..], NONCE].concat()));
    login.windows(proof.len()).any(|part| part == proof)
}

fn serve(stream: TcpStream, script: &Script) -> io::Result<()> {
    let mut packets = Packets { stream, number: 0, heard: &script.heard };
    packets.send(&greeting())?;
    let login = packets.receive()?;
    let is_in = if script.gives == Gives::Nothing {
        proven(&login) && packets.send(&[1, 3]).is_ok()
    } else {
        packets.send(&[1, 4])?;
        whole(&mut packets, script)? && proven(&login)
    };
    if !is_in {
        return packets
            .send(b"\xff\x15\x04#28000Access denied for user 'ada'@'localhost' (using password: YES)");
    }
    packets.send(&[0, 0, 0, 2, 0, 0, 0])?;
    while packets.receive()? == b"\x03select version()" {
        packets.send(&[1])?;
        // A text of 24 letters called "v", of which nobody here reads the description.
        packets.send(b"\x03def\0\0\0\x01v\0\x0c\x2d\0\x18\0\0\0\xfd\0\0\0\0\0")?;
        packets.send(&[0xfe, 0, 0, 2, 0])?;
        packets.send(&[&[VERSION.len() as u8], VERSION.as_bytes()].concat())?;
        packets.send(&[0xfe, 0, 0, 2, 0])?;
    }
    Ok(())
}

/// Gives the key and hears the password.
fn whole(packets: &mut Packets<'_>, script: &Script) -> io::Result<bool> {
    if packets.receive()? != [2] {
        return Ok(false);
    }
    let pem = match script.gives {
        Gives::Nonsense => b"no key at all".to_vec(),
        Gives::Silence => Vec::new(),
        _ => std::fs::read(script.folder.join("public"))?,
    };
    packets.send(&[&[1], &pem[..]].concat())?;
    let sealed = packets.receive()?;
    let opens = ["pkeyutl", "-decrypt", "-inkey", "key", "-pkeyopt", "rsa_padding_mode:oaep"];
    let opened = openssl(&script.folder, &opens, &sealed);
    Ok(opened.is_some_and(|opened| both(&opened, NONCE) == [PASSWORD.as_bytes(), &[0]].concat()))
}

#[tokio::test]
async fn a_password_is_sent_whole_so_that_only_the_server_can_read_it() {
    install::ensure(&[&install::DATABASES]).expect("openssl is there");
    let folder = tempfile::tempdir().expect("a folder");
    let made = |words: &[&str]| openssl(&folder.path().to_owned(), words, &[]).expect("openssl does it");
    made(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key"]);
    made(&["pkey", "-in", "key", "-pubout", "-out", "public"]);
    let heard = Arc::default();
    let server = |gives| {
        start(&Script { gives, folder: folder.path().to_owned(), heard: Arc::clone(&heard) }).to_string()
    };
    let (whole, known) = (server(Gives::Key), server(Gives::Nothing));
    for at in [&whole, &known] {
        let answer = asked(Kind::Mysql, &format!("ada:{PASSWORD}@tcp({at})/"), None).await;
        assert!(answer.is_connected && answer.version == VERSION, "{answer:?}");
    }
    let denied = "Error 1045 (28000): Access denied for user 'ada'@'localhost' (using password: YES)";
    let unusable = "the server's key cannot be used: ";
    refusals(
        Kind::Mysql,
        &[case(format!("ada:nope@tcp({whole})/"), denied), case(format!("ada:nope@tcp({known})/"), denied)],
    )
    .await;
    for gives in [Gives::Nonsense, Gives::Silence] {
        let answer = asked(Kind::Mysql, &format!("ada:{PASSWORD}@tcp({})/", server(gives)), None).await;
        assert!(!answer.is_connected && answer.error.starts_with(unusable), "{answer:?}");
    }
    let heard = heard.lock().expect("alive");
    assert!(heard.len() > 1000, "all that was sent is looked at");
    let shown = heard.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes());
    assert!(!shown, "and the password is nowhere in it");
}
