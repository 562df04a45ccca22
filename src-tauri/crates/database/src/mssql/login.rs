//! How a server is told who we are: what both sides encrypt is settled first, and TLS begun as that says.

use rustls::DEFAULT_VERSIONS;
use rustls::version::TLS12;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::packet::{Carried, LOGIN, PRELOGIN, SIZE, answer, packets};
use super::settings::{Encryption, Place, Settings};
use super::token::Said;
use super::within;
use crate::dial::{Duplex, Wire, words};
use crate::tls::{self, Trust};
use crate::{Refused, Tls};

/// Versions of the protocol: that which servers speak since 2012, and that in which TLS comes first.
const VERSION: u32 = 0x7400_0004;
const STRICT_VERSION: u32 = 0x0800_0000;
/// What TLS is told that it is for, where it comes first.
const STRICT: &[u8] = b"tds/8.0";
const NAME: &str = "longshore";

/// What is said of encryption before a login.
mod encryption {
    pub(super) const OF_LOGIN: u8 = 0;
    pub(super) const OF_ALL: u8 = 1;
    pub(super) const NONE: u8 = 2;
    pub(super) const STRICT: u8 = 4;
}

/// Of what is said before a login: what is encrypted, and that no more is said.
const ENCRYPTION: u8 = 1;
const END: u8 = 0xff;

/// Bytes of a login before its texts.
const HEAD: usize = 94;
/// Where the password stands among the texts.
const PASSWORD: usize = 2;
/// A database at once and a failure where there is none; the language as well.
const FLAGS: u8 = 0x20 | 0x80;
/// No short ends of long texts.
const MORE_FLAGS: u8 = 0x02;
const READ_ONLY: u8 = 0x20;

/// One way to a server.
pub(super) struct Way<'a> {
    pub(super) settings: &'a Settings,
    pub(super) place: &'a Place,
    pub(super) tls: Option<&'a Tls>,
}

impl Way<'_> {
    /// Logs in, and gives the connection with what the server says to it.
    pub(super) async fn login(&self, stream: TcpStream) -> Result<(Wire, Said), Refused> {
        let mut wire = self.sent(stream).await?;
        loop {
            let said = Said::read(&self.answer(&mut wire).await?)?;
            if said.accepted || said.failure.is_some() {
                return Ok((wire, said));
            }
        }
    }

    async fn answer(&self, wire: &mut Wire) -> Result<Vec<u8>, Refused> {
        within(self.settings.answering, "read tcp", answer(wire)).await
    }

    /// Sends the login, and gives the connection as it goes on from there.
    async fn sent(&self, stream: TcpStream) -> Result<Wire, Refused> {
        let wanted = self.wanted();
        let login = packets(LOGIN, &login(self.settings, self.place, wanted == Encryption::Strict));
        let mut wire = match wanted {
            Encryption::Strict => self.strict(stream).await?,
            _ => Wire(Box::new(stream)),
        };
        let agreed = self.settle(&mut wire, wanted).await?;
        if wanted != Encryption::Strict && agreed != encryption::NONE {
            let mut stream = self.carried(wire).await?;
            if agreed == encryption::OF_LOGIN {
                let failed = |error| Refused(words("write tcp", &error));
                stream.write_all(&login).await.map_err(failed)?;
                stream.flush().await.map_err(failed)?;
                return Ok(Wire(stream.into_inner().0.into_below()));
            }
            wire = Wire(Box::new(stream));
        }
        wire.send(&login).await?;
        Ok(wire)
    }

    /// What is to be encrypted: all where the spec has settings of TLS.
    fn wanted(&self) -> Encryption {
        match (self.settings.encryption, self.tls) {
            (Encryption::Strict, _) => Encryption::Strict,
            (_, Some(_)) => Encryption::All,
            (asked, None) => asked,
        }
    }

    /// Settles with the server what is encrypted.
    async fn settle(&self, wire: &mut Wire, wanted: Encryption) -> Result<u8, Refused> {
        let asked = match wanted {
            Encryption::Login => encryption::OF_LOGIN,
            Encryption::All => encryption::OF_ALL,
            Encryption::Nothing => encryption::NONE,
            Encryption::Strict => encryption::STRICT,
        };
        wire.send(&packets(PRELOGIN, &prelogin(asked, &self.place.instance))).await?;
        let agreed = agreed(&self.answer(wire).await?)?;
        if wanted == Encryption::All && [encryption::OF_LOGIN, encryption::NONE].contains(&agreed) {
            return Err(Refused::new("server does not support encryption"));
        }
        Ok(agreed)
    }

    /// TLS before anything else.
    async fn strict(&self, stream: TcpStream) -> Result<Wire, Refused> {
        let own = Tls::default();
        let mut config = tls::config(self.tls.unwrap_or(&own), self.trust(), DEFAULT_VERSIONS)?;
        config.alpn_protocols = vec![STRICT.to_vec()];
        let begun = tls::shaken(stream, self.server_name(), config);
        within(self.settings.answering, "read tcp", begun)
            .await
            .map(|stream| Wire(Box::new(stream)))
            .map_err(|refused| refused.while_doing("TLS Handshake failed"))
    }

    /// TLS after a handshake within packets, whose protocol knows no newer TLS than 1.2.
    async fn carried(&self, wire: Wire) -> Result<TlsStream<Carried<Box<dyn Duplex>>>, Refused> {
        let own = Tls::default();
        let config = tls::config(self.tls.unwrap_or(&own), self.trust(), &[&TLS12])?;
        let begun = tls::shaken(Carried::new(wire.0), self.server_name(), config);
        let begun = within(self.settings.answering, "read tcp", begun).await;
        let mut stream = begun.map_err(|refused| refused.while_doing("TLS Handshake failed"))?;
        stream.get_mut().0.finish();
        Ok(stream)
    }

    fn trust(&self) -> Trust {
        let any = self.tls.map_or(self.settings.any_certificate, |tls| tls.skip_verify);
        if any { Trust::None } else { Trust::Full }
    }

    /// Whose certificate it has to be.
    fn server_name(&self) -> &str {
        let named = &*self.settings.server_name;
        if named.is_empty() { &self.place.host } else { named }
    }
}

/// What is said before a login: numbers with places and lengths of their values, and then those.
fn prelogin(asked: u8, instance: &str) -> Vec<u8> {
    let instance = [instance.as_bytes(), &[0]].concat();
    let mut trace = [0; 36];
    // Who asks for what, by which servers in a cloud find it again.
    trace[..32].fill_with(rand::random);
    let values: [&[u8]; 6] = [&[1, 0, 0, 0, 0, 0], &[asked], &instance, &[0; 4], &[0], &trace];
    let (mut bytes, mut at) = (Vec::new(), 5 * values.len() + 1);
    for (number, value) in (0..).zip(values) {
        bytes.push(number);
        bytes.extend((at as u16).to_be_bytes());
        bytes.extend((value.len() as u16).to_be_bytes());
        at += value.len();
    }
    bytes.push(END);
    bytes.extend(values.concat());
    bytes
}

/// What the server says of encryption.
fn agreed(answer: &[u8]) -> Result<u8, Refused> {
    let odd = || Refused::new("invalid buffer, invalid prelogin option");
    let mut heads = answer;
    loop {
        match *heads {
            [END, ..] => return Err(Refused::new("encrypt negotiation failed")),
            [ENCRYPTION, high, low, ..] => {
                let at = usize::from(u16::from_be_bytes([high, low]));
                return answer.get(at).copied().ok_or_else(odd);
            }
            _ => heads = heads.get(5..).ok_or_else(odd)?,
        }
    }
}

pub(super) fn letters(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A login: numbers and flags, places and lengths of texts, and then those.
fn login(settings: &Settings, place: &Place, strict: bool) -> Vec<u8> {
    let Settings { user, password, application, database, .. } = settings;
    let Place { host, instance, .. } = place;
    let server = if instance.is_empty() { host.clone() } else { format!("{host}\\{instance}") };
    let texts = ["", user, password, application, &server, "", NAME, "", database].map(letters);
    let length = HEAD + texts.iter().map(Vec::len).sum::<usize>();
    let version = if strict { STRICT_VERSION } else { VERSION };
    let mut bytes = Vec::with_capacity(length);
    for number in [length as u32, version, SIZE.into(), 0, std::process::id(), 0] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([FLAGS, MORE_FLAGS, if settings.read_only { READ_ONLY } else { 0 }, 0]);
    // A time zone and a place with their customs.
    bytes.extend([0; 8]);
    let mut at = HEAD;
    for text in &texts {
        bytes.extend((at as u16).to_le_bytes());
        bytes.extend((text.len() as u16 / 2).to_le_bytes());
        at += text.len();
    }
    // A machine's number; a proof of Windows, a file and a new password, none of which there is.
    bytes.extend([0; 6]);
    for _ in 0..3 {
        bytes.extend((at as u16).to_le_bytes());
        bytes.extend([0; 2]);
    }
    bytes.extend([0; 4]);
    for (number, text) in texts.into_iter().enumerate() {
        let hides = |byte: u8| if number == PASSWORD { byte.rotate_left(4) ^ 0xa5 } else { byte };
        bytes.extend(text.into_iter().map(hides));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_of_encryption_is_found() {
        let ours = prelogin(encryption::OF_ALL, "one");
        assert_eq!(agreed(&ours), Ok(encryption::OF_ALL), "as a server reads it");
        for (answer, why) in [
            (&[][..], "invalid buffer, invalid prelogin option"),
            (&[0, 0, 6, 0, 1], "invalid buffer, invalid prelogin option"),
            (&[1, 0xff, 0xff, 0, 1, 0xff], "invalid buffer, invalid prelogin option"),
            (&[0, 0, 6, 0, 1, 0xff, 7], "encrypt negotiation failed"),
        ] {
            assert_eq!(agreed(answer), Err(Refused::new(why)), "{answer:?}");
        }
    }

    #[test]
    fn a_login_has_its_texts_where_it_says() {
        let text = "sqlserver://ada:p%C3%A4ss@h/one?database=tides&applicationintent=ReadOnly";
        let settings = Settings::parse(text).expect("it is one");
        let bytes = login(&settings, &settings.places[0], false);
        assert_eq!(bytes[..4], (bytes.len() as u32).to_le_bytes(), "its own length");
        assert_eq!(bytes[4..8], [4, 0, 0, 0x74], "the version of the protocol");
        assert_eq!(bytes[26], READ_ONLY, "a copy will do");
        let text = |number: usize| {
            let head = &bytes[36 + 4 * number..];
            let at = usize::from(u16::from_le_bytes([head[0], head[1]]));
            let count = usize::from(u16::from_le_bytes([head[2], head[3]]));
            bytes[at..at + 2 * count].to_vec()
        };
        let wanted = ["", "ada", "", "longshore", "h\\one", "", "longshore", "", "tides"];
        for (number, wanted) in wanted.into_iter().enumerate().filter(|(number, _)| *number != PASSWORD) {
            assert_eq!(text(number), letters(wanted), "text {number}");
        }
        let shown: Vec<u8> = text(PASSWORD).iter().map(|byte| (byte ^ 0xa5).rotate_right(4)).collect();
        assert_eq!(shown, letters("päss"), "hidden as little as the protocol hides it");
        let longest = format!("sqlserver://{0}:{0}@{0}/{0}?database={0}&app+name={0}", "x".repeat(128));
        let settings = Settings::parse(&longest).expect("no name is longer");
        let count = login(&settings, &settings.places[0], true).len();
        assert!(count < usize::from(SIZE) - 8, "one packet, for only the first would be encrypted: {count}");
    }
}
