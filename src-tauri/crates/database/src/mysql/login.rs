//! How a server is told who we are.

use std::convert::Infallible;

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::rand_core::{TryCryptoRng, TryRng};
use tokio::net::TcpStream;

use super::packet::{Packet, Packets, odd};
use super::settings::Settings;
use crate::dial::Wire;
use crate::tls::{self, Trust};
use crate::{Refused, Tls};

/// What we can: long passwords, a database at once, the protocol and statuses of 4.1, and ways to log in by name.
const ABLE: u32 = 0x1 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x8_0000;
const DATABASE: u32 = 0x8;
const ENCRYPTED: u32 = 0x800;
/// UTF-8.
const LETTERS: u8 = 45;
/// Bytes of a packet.
const LARGEST: u32 = 1 << 20;

const NATIVE: &str = "mysql_native_password";
const CACHING: &str = "caching_sha2_password";
const CLEAR: &str = "mysql_clear_password";

/// What a server says first.
struct Greeting {
    able: u32,
    nonce: Vec<u8>,
    way: String,
}

pub(super) async fn login(
    stream: TcpStream,
    settings: &Settings,
    given: Option<&Tls>,
) -> Result<Packets, Refused> {
    let mut packets = Packets::new(Wire(Box::new(stream)));
    let greeting = greeting(&packets.receive().await?).ok_or_else(odd)?;
    let mut able = ABLE & !if settings.database.is_empty() { DATABASE } else { 0 };
    let mut encrypted = false;
    if let Some(trust) = trust(settings, given) {
        if greeting.able & ENCRYPTED != 0 {
            able |= ENCRYPTED;
            packets.send(&head(able)).await?;
            let (wire, number) = packets.into_wire();
            let own = Tls::default();
            let wire = tls::begin(wire.0, &settings.host, given.unwrap_or(&own), trust).await?;
            packets = Packets::counting(wire, number);
            encrypted = true;
        } else if !settings.or_plain {
            return Err(Refused::new("TLS requested but server does not support TLS"));
        }
    }
    let proof = proof(&greeting.way, &greeting.nonce, settings, encrypted)?;
    packets.send(&response(able, settings, &greeting.way, &proof)).await?;
    finish(&mut packets, settings, greeting, encrypted).await?;
    Ok(packets)
}

fn trust(settings: &Settings, given: Option<&Tls>) -> Option<Trust> {
    match given {
        Some(given) if given.skip_verify => Some(Trust::None),
        Some(_) => Some(Trust::Full),
        None => settings.tls,
    }
}

fn greeting(content: &[u8]) -> Option<Greeting> {
    let mut packet = Packet(content);
    if packet.take(1)? != [10] {
        return None;
    }
    packet.until_zero();
    packet.take(4)?;
    let mut nonce = packet.take(8)?.to_vec();
    packet.take(1)?;
    let low = packet.take(2)?;
    packet.take(3)?;
    let high = packet.take(2)?;
    let able = u32::from_le_bytes([low[0], low[1], high[0], high[1]]);
    packet.take(11)?;
    nonce.extend(packet.take(12)?);
    packet.take(1)?;
    let way = String::from_utf8_lossy(packet.until_zero()).into_owned();
    Some(Greeting { able, nonce, way: if way.is_empty() { NATIVE.to_owned() } else { way } })
}

/// The beginning of our answer, which is all of it before TLS is spoken.
fn head(able: u32) -> Vec<u8> {
    [&able.to_le_bytes()[..], &LARGEST.to_le_bytes(), &[LETTERS], &[0; 23]].concat()
}

fn response(able: u32, settings: &Settings, way: &str, proof: &[u8]) -> Vec<u8> {
    let mut content = head(able);
    content.extend(settings.user.bytes().chain([0]));
    content.push(proof.len() as u8);
    content.extend(proof);
    if able & DATABASE != 0 {
        content.extend(settings.database.bytes().chain([0]));
    }
    content.extend(way.bytes().chain([0]));
    content
}

/// Goes on until the server lets us in.
async fn finish(
    packets: &mut Packets,
    settings: &Settings,
    greeting: Greeting,
    encrypted: bool,
) -> Result<(), Refused> {
    let Greeting { mut nonce, mut way, .. } = greeting;
    loop {
        let told = packets.receive().await?;
        match (told.first(), told.get(1..)) {
            (Some(0), _) => return Ok(()),
            // It wants it proven in another way.
            (Some(0xfe), Some(rest)) => {
                let mut packet = Packet(rest);
                way = String::from_utf8_lossy(packet.until_zero()).into_owned();
                nonce = packet.0.strip_suffix(&[0]).unwrap_or(packet.0).to_vec();
                packets.send(&proof(&way, &nonce, settings, encrypted)?).await?;
            }
            // It knows the password's digest.
            (Some(1), Some([3])) if way == CACHING => {}
            (Some(1), Some([4])) if way == CACHING => {
                whole(packets, settings, &nonce, encrypted).await?;
            }
            _ => return Err(odd()),
        }
    }
}

/// What proves the password.
fn proof(way: &str, nonce: &[u8], settings: &Settings, encrypted: bool) -> Result<Vec<u8>, Refused> {
    let password = settings.password.as_bytes();
    match way {
        NATIVE | CACHING if password.is_empty() => Ok(Vec::new()),
        NATIVE => {
            let digest = |parts: &[&[u8]]| sum(&SHA1_FOR_LEGACY_USE_ONLY, parts);
            let once = digest(&[password]);
            Ok(both(&once, &digest(&[nonce, &digest(&[&once])])))
        }
        CACHING => {
            let digest = |parts: &[&[u8]]| sum(&SHA256, parts);
            let once = digest(&[password]);
            Ok(both(&once, &digest(&[&digest(&[&once]), nonce])))
        }
        CLEAR if settings.cleartext && encrypted => Ok([password, &[0]].concat()),
        CLEAR => Err(Refused::new(
            "this user requires clear text authentication. If you still want to use it, please add 'allowCleartextPasswords=1' to your DSN, and TLS",
        )),
        _ => Err(Refused(format!("this authentication plugin is not supported: {way}"))),
    }
}

fn sum(algorithm: &'static ring::digest::Algorithm, parts: &[&[u8]]) -> Vec<u8> {
    let mut context = Context::new(algorithm);
    for part in parts {
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

fn both(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(one, other)| one ^ other).collect()
}

/// Sends the password whole: by TLS as it is, and otherwise so that only the server can read it.
async fn whole(
    packets: &mut Packets,
    settings: &Settings,
    nonce: &[u8],
    encrypted: bool,
) -> Result<(), Refused> {
    let password = [settings.password.as_bytes(), &[0]].concat();
    if encrypted {
        return packets.send(&password).await;
    }
    packets.send(&[2]).await?;
    let told = packets.receive().await?;
    let key = told.get(1..).and_then(|pem| std::str::from_utf8(pem).ok()).ok_or_else(odd)?;
    packets.send(&sealed(&password, nonce, key)?).await
}

fn sealed(password: &[u8], nonce: &[u8], key: &str) -> Result<Vec<u8>, Refused> {
    let wrong = |why: String| Refused(format!("the server's key cannot be used: {why}"));
    let key = rsa::PublicKey::from_public_key_pem(key).map_err(|error| wrong(error.to_string()))?;
    if nonce.is_empty() {
        return Err(odd());
    }
    let masked: Vec<u8> = password.iter().zip(nonce.iter().cycle()).map(|(one, other)| one ^ other).collect();
    let padding = rsa::Oaep::<sha1::Sha1>::new();
    key.encrypt(&mut Random, padding, &masked).map_err(|error| wrong(error.to_string()))
}

/// The house's random numbers, as the cipher takes them.
struct Random;

impl TryRng for Random {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(rand::random())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(rand::random())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill_with(rand::random);
        Ok(())
    }
}

impl TryCryptoRng for Random {}
