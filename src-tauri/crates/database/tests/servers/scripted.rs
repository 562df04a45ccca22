//! A server that speaks SQL Server's protocol by a script. A real one is in no distribution and cannot be had here: this one
//! is made after the protocol's description ([MS-TDS]) and lets in upstream's own driver, go-mssqldb, as it does us.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, ServerConnection, Stream};

use crate::started::PASSWORD;

/// What it says of its version.
pub const VERSION: &str = "Microsoft SQL Server 2022 (RTM-CU15) (KB5041321) - 16.0.4145.4 (X64) \n\tAug  7 2024 12:41:54 \n\tDeveloper Edition (64-bit) on Linux <X64>";

/// Kinds of messages.
const BATCH: u8 = 1;
const REPLY: u8 = 4;
const LOGIN: u8 = 16;
const PRELOGIN: u8 = 18;

/// What it says of encryption.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    OfLogin = 0,
    OfAll = 1,
    None = 2,
    Insisted = 3,
    /// It begins with TLS.
    Strict = 4,
}

/// How far it goes, and what it does then instead of the next answer.
#[derive(Clone)]
pub enum Until {
    /// To the end.
    End,
    /// To the answer of a number, in whose place it sends these bytes and hangs up.
    Bytes(usize, Vec<u8>),
    /// To the answer of a number, in whose place it sends such a message and hangs up.
    Message(usize, Vec<u8>),
    /// To the answer of a number, which never comes.
    Silence(usize),
}

/// How it behaves.
#[derive(Clone)]
pub struct Script {
    pub encryption: Encryption,
    pub until: Until,
    /// Host and port of the server to which it sends who logs in.
    pub route: Option<SocketAddr>,
    /// Certificate and key.
    pub certificate: (String, String),
}

/// Starts one on an address of loopback, which is there until the test is over.
pub fn start(host: &str, script: Script) -> SocketAddr {
    let listener = TcpListener::bind((host, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let script = script.clone();
            // Who is served may hang up at any time.
            std::thread::spawn(move || stream.and_then(|stream| serve(stream, &script)));
        }
    });
    address
}

/// A certificate that may be of any version.
#[derive(Debug)]
struct Any(Arc<CertifiedKey>);

impl ResolvesServerCert for Any {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn config(script: &Script) -> Arc<ServerConfig> {
    let (certificate, key) = &script.certificate;
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
    let key = ring::sign::any_supported_type(&key).expect("it signs");
    let versions = if script.encryption == Encryption::Strict { [&TLS13] } else { [&TLS12] };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&versions)
        .expect("a version of TLS")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Any(Arc::new(CertifiedKey::new(vec![certificate], key)))));
    if script.encryption == Encryption::Strict {
        config.alpn_protocols = vec![b"tds/8.0".to_vec()];
    }
    Arc::new(config)
}

/// A connection, in TLS or not.
struct Link {
    stream: TcpStream,
    tls: Option<ServerConnection>,
}

fn odd(why: &str) -> io::Error {
    io::Error::other(why.to_owned())
}

impl Link {
    fn read(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        match &mut self.tls {
            Some(tls) => Stream::new(tls, &mut self.stream).read_exact(&mut bytes)?,
            None => self.stream.read_exact(&mut bytes)?,
        }
        Ok(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => {
                let mut stream = Stream::new(tls, &mut self.stream);
                stream.write_all(bytes)?;
                stream.flush()
            }
            None => self.stream.write_all(bytes),
        }
    }

    /// The next message, which has to be of a kind.
    fn receive(&mut self, kind: u8) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        loop {
            let head = self.read(8)?;
            if head[0] != kind {
                return Err(odd("a message of another kind"));
            }
            let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
            content.extend(self.read(length.checked_sub(8).ok_or_else(|| odd("a short packet"))?)?);
            if head[1] & 1 != 0 {
                return Ok(content);
            }
        }
    }

    fn send(&mut self, kind: u8, content: &[u8]) -> io::Result<()> {
        let parts: Vec<&[u8]> = content.chunks(4088).collect();
        for (number, part) in parts.iter().enumerate() {
            let [high, low] = ((part.len() + 8) as u16).to_be_bytes();
            let last = u8::from(number + 1 == parts.len());
            self.write(&[&[kind, last, high, low, 0, 51, number as u8 + 1, 0], *part].concat())?;
        }
        Ok(())
    }

    /// TLS's handshake within messages.
    fn carried(&mut self, config: Arc<ServerConfig>) -> io::Result<()> {
        let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
        while tls.is_handshaking() {
            let told = self.receive(PRELOGIN)?;
            let mut told = &told[..];
            while !told.is_empty() {
                tls.read_tls(&mut told)?;
                tls.process_new_packets().map_err(io::Error::other)?;
            }
            let mut ours = Vec::new();
            while tls.wants_write() {
                tls.write_tls(&mut ours)?;
            }
            self.send(PRELOGIN, &ours)?;
        }
        self.tls = Some(tls);
        Ok(())
    }
}

fn serve(stream: TcpStream, script: &Script) -> io::Result<()> {
    let mut link = Link { stream, tls: None };
    if script.encryption == Encryption::Strict {
        link.tls = Some(ServerConnection::new(config(script)).map_err(io::Error::other)?);
    }
    link.receive(PRELOGIN)?;
    let encryption = script.encryption as u8;
    answer(&mut link, script, 0, &[0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 16, 49, 0, 0, encryption])?;
    if !matches!(script.encryption, Encryption::None | Encryption::Strict) {
        link.carried(config(script))?;
    }
    let login = link.receive(LOGIN)?;
    if script.encryption == Encryption::OfLogin {
        link.tls = None;
    }
    let said = judged(&login, script).ok_or_else(|| odd("a login that cannot be read"))?;
    answer(&mut link, script, 1, &said)?;
    let asked = link.receive(BATCH)?;
    let statement = asked.get(22..).map(letters);
    if statement.as_deref() != Some("select @@VERSION as version") {
        return Err(odd("another statement"));
    }
    answer(&mut link, script, 2, &version())?;
    // Until the other side hangs up.
    link.receive(BATCH).map(drop)
}

/// Sends an answer, or what the script has in its place.
fn answer(link: &mut Link, script: &Script, number: usize, content: &[u8]) -> io::Result<()> {
    match &script.until {
        Until::Bytes(at, bytes) if *at == number => link.write(bytes)?,
        Until::Message(at, content) if *at == number => link.send(REPLY, content)?,
        Until::Silence(at) if *at == number => loop {
            std::thread::park();
        },
        _ => return link.send(REPLY, content),
    }
    Err(odd("the script is at its end"))
}

fn letters(bytes: &[u8]) -> String {
    let letters: Vec<u16> =
        bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&letters).expect("it is UTF-16")
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A token with its length.
fn token(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind][..], &(content.len() as u16).to_le_bytes(), content].concat()
}

/// An error or something to know, of a number.
fn message(kind: u8, number: u32, text: &str) -> Vec<u8> {
    let count = (text.encode_utf16().count() as u16).to_le_bytes();
    let server = [&[2][..], &wide("db"), &[0]].concat();
    token(kind, &[&number.to_le_bytes()[..], &[1, 14], &count, &wide(text), &server, &[1, 0, 0, 0]].concat())
}

fn done(status: u16) -> Vec<u8> {
    [&[0xfd][..], &status.to_le_bytes(), &[0xc1, 0, 1, 0, 0, 0, 0, 0, 0, 0]].concat()
}

/// What a login is answered: it is ada's, and to the database `tides` or to none.
fn judged(login: &[u8], script: &Script) -> Option<Vec<u8>> {
    let bytes = |number: usize| {
        let head = login.get(36 + 4 * number..40 + 4 * number)?;
        let at = usize::from(u16::from_le_bytes([head[0], head[1]]));
        login.get(at..at + 2 * usize::from(u16::from_le_bytes([head[2], head[3]])))
    };
    let user = letters(bytes(1)?);
    let hidden: Vec<u8> = bytes(2)?.iter().map(|byte| (byte ^ 0xa5).rotate_right(4)).collect();
    let failed = message(0xaa, 18_456, &format!("Login failed for user '{user}'."));
    if user != "ada" || letters(&hidden) != PASSWORD {
        return Some([failed, done(2)].concat());
    }
    let database = letters(bytes(8)?);
    if !["", "tides"].contains(&&*database) {
        let why = format!("Cannot open database \"{database}\" requested by the login. The login failed.");
        return Some([message(0xaa, 4060, &why), failed, done(2)].concat());
    }
    let strict = script.encryption == Encryption::Strict;
    let version = if strict { [8, 0, 0, 0] } else { [0x74, 0, 0, 4] };
    let name = [&[20][..], &wide("Microsoft SQL Server"), &[16, 0, 16, 49]].concat();
    let mut said = token(0xe3, &[&[1, 5][..], &wide("tides"), &[6], &wide("master")].concat());
    said.extend(message(0xab, 5701, "Changed database context to 'tides'."));
    said.extend(token(0xe3, &[7, 5, 9, 4, 0xd0, 0, 0x34, 0]));
    said.extend(token(0xad, &[&[1][..], &version, &name].concat()));
    said.extend(token(0xe3, &[&[4, 4][..], &wide("4096"), &[4], &wide("4096")].concat()));
    if let Some(address) = script.route {
        let host = address.ip().to_string();
        let inner =
            [&[0][..], &address.port().to_le_bytes(), &(host.len() as u16).to_le_bytes(), &wide(&host)];
        said.extend(token(0xe3, &[&token(20, &inner.concat())[..], &[0, 0]].concat()));
    }
    said.extend(done(0));
    Some(said)
}

/// One column, one row.
pub fn version() -> Vec<u8> {
    let mut said = vec![0x81, 1, 0, 0, 0, 0, 0, 8, 0, 0xe7, 0x58, 2, 9, 4, 0xd0, 0, 0x34, 7];
    said.extend(wide("version"));
    said.extend(token(0xd1, &wide(VERSION)));
    said.extend(done(0x10));
    said
}
