//! Certificates: authorities, self-signed ones and those an authority signs.

use std::net::IpAddr;
use std::rc::Rc;

use num_bigint::BigUint;
use sha2::Digest as _;

use super::der::{Reader, bits, element, from_pem, integer, oid, sequence, to_pem};
use super::keys::Key;
use super::random::bytes;
use crate::go::base;
use crate::go::layout::format;
use crate::go::time::{Time, Zone};
use crate::go::utf8;
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::print::shown;
use crate::template::engine::value::{Certificate, Element, Signed, Type, Value};

const S: Type = Type::Text;
const I: Type = Type::Signed(Signed::Int);
const L: Type = Type::List(Element::Any);
const C: Type = Type::Certificate;
/// Making a key is dear, so that a loop of them ends soon.
const COST: u64 = 200_000;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("genPrivateKey", &[S], |call| {
        call.world.made_random();
        call.session.step(COST * 4)?;
        let kind = call.string(0);
        match Key::generate(&kind) {
            None => call.give(format!("Unknown type {kind}").into_bytes()),
            Some(Ok(key)) => call.give(key.pem()),
            Some(Err(why)) => call.give(format!("failed to generate private key: {why}").into_bytes()),
        }
    }),
    fixed("buildCustomCert", &[S, S], custom),
    fixed("genCA", &[S, I], |call| authority(call, new_key(call)?)),
    fixed("genCAWithKey", &[S, I, S], |call| authority(call, given_key(call.text(2))?)),
    fixed("genSelfSignedCert", &[S, L, L, I], |call| self_signed(call, new_key(call)?)),
    fixed("genSelfSignedCertWithKey", &[S, L, L, I, S], |call| self_signed(call, given_key(call.text(4))?)),
    fixed("genSignedCert", &[S, L, L, I, C], |call| signed(call, new_key(call)?)),
    fixed("genSignedCertWithKey", &[S, L, L, I, C, S], |call| signed(call, given_key(call.text(5))?)),
];

fn new_key(call: &Call<'_>) -> Result<Key, Fault> {
    call.world.made_random();
    call.session.step(COST)?;
    Ok(Key::for_certificate())
}

fn given_key(pem: &[u8]) -> Result<Key, Fault> {
    Key::parse(pem).map_err(|why| Fault(format!("parsing private key: {why}")))
}

/// What a certificate says.
struct Subject {
    name: String,
    alternatives: Vec<Vec<u8>>,
    days: i64,
    is_authority: bool,
}

/// Who signs it.
struct Issuer<'a> {
    name: Vec<u8>,
    key_id: Option<Vec<u8>>,
    key: &'a Key,
}

fn common_name(name: &str) -> Vec<u8> {
    if name.is_empty() {
        return sequence(&[]);
    }
    let printable = |c: char| c.is_ascii_alphanumeric() || " '()+,-./:=?".contains(c);
    let tag = if name.chars().all(printable) { 0x13 } else { 0x0c };
    let attribute = sequence(&[oid(&[0x55, 0x04, 0x03]), element(tag, name.as_bytes())]);
    sequence(&[element(0x31, &attribute)])
}

fn authority(call: &Call<'_>, key: Key) -> Answer {
    let subject =
        Subject { name: call.string(0), alternatives: Vec::new(), days: call.int(1), is_authority: true };
    let issuer = Issuer { name: common_name(&subject.name), key_id: None, key: &key };
    made(call, &subject, &key, &issuer)
}

fn subject(call: &Call<'_>) -> Result<Subject, Fault> {
    let mut alternatives = names(call, 2)?;
    alternatives.extend(addresses(call, 1)?);
    Ok(Subject { name: call.string(0), alternatives, days: call.int(3), is_authority: false })
}

fn self_signed(call: &Call<'_>, key: Key) -> Answer {
    let subject = subject(call)?;
    let issuer = Issuer { name: common_name(&subject.name), key_id: None, key: &key };
    made(call, &subject, &key, &issuer)
}

fn signed(call: &Call<'_>, key: Key) -> Answer {
    let parent = call.certificate(4);
    let (_, content) = from_pem(&parent.cert).ok_or("unable to decode certificate")?;
    let (name, key_id) = subject_of(&content)
        .ok_or("error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate")?;
    let signer = Key::parse(&parent.key).map_err(|why| Fault(format!("error parsing private key: {why}")))?;
    let subject = subject(call)?;
    let is_own = common_name(&subject.name) == name;
    let issuer = Issuer { name, key_id: key_id.filter(|_| !is_own), key: &signer };
    made(call, &subject, &key, &issuer)
}

fn items(call: &Call<'_>, at: usize) -> Vec<Value> {
    call.list(at).map(|list| list.items.borrow().clone()).unwrap_or_default()
}

fn addresses(call: &Call<'_>, at: usize) -> Result<Vec<Vec<u8>>, Fault> {
    let one = |item: Value| {
        let Value::Text(text) = &item else {
            let shown = utf8::lossy(&shown(&item)?);
            return Err(Fault(format!("error parsing ip: {shown} is not a string")));
        };
        let text = utf8::lossy(text);
        Ok(match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => element(0x87, &address.octets()),
            Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => element(0x87, &address.octets()),
                None => element(0x87, &address.octets()),
            },
            Err(_) => return Err(Fault(format!("error parsing ip: {text}"))),
        })
    };
    items(call, at).into_iter().map(one).collect()
}

fn names(call: &Call<'_>, at: usize) -> Result<Vec<Vec<u8>>, Fault> {
    let one = |item: Value| match &item {
        Value::Text(text) if text.is_ascii() => Ok(element(0x82, text)),
        Value::Text(text) => {
            let name = utf8::lossy(&crate::go::quote::quoted(text));
            Err(Fault(format!("error creating certificate: x509: {name} cannot be encoded as an IA5String")))
        }
        other => {
            let shown = utf8::lossy(&shown(other)?);
            Err(Fault(format!("error processing alternate dns name: {shown} is not a string")))
        }
    };
    items(call, at).into_iter().map(one).collect()
}

/// A moment as certificates write it: two digits of the year before 2050.
fn moment(time: &Time) -> Vec<u8> {
    let time = time.within(Zone::Utc);
    let short = (1950..2050).contains(&time.civil().year);
    if short {
        element(0x17, &format(&time, b"060102150405Z"))
    } else {
        element(0x18, &format(&time, b"20060102150405Z"))
    }
}

/// The digest by which others name a key.
fn key_id(public: &[u8]) -> Vec<u8> {
    let point = Reader(public).expect(0x30).and_then(|inner| {
        let mut inner = Reader(inner);
        inner.expect(0x30)?;
        inner.expect(0x03)?.get(1..)
    });
    sha2::Sha256::digest(point.unwrap_or_default())[..20].to_vec()
}

fn extension(kind: &[u8], is_critical: bool, content: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(kind)];
    if is_critical {
        parts.push(element(0x01, &[0xff]));
    }
    parts.push(element(0x04, content));
    sequence(&parts)
}

fn extensions(subject: &Subject, public: &[u8], issuer: &Issuer<'_>) -> Vec<u8> {
    // Digital signature and key encipherment; an authority also signs certificates.
    let usage: [u8; 2] = if subject.is_authority { [2, 0xa4] } else { [5, 0xa0] };
    let purposes: [&[u8]; 2] = [&[0x2b, 6, 1, 5, 5, 7, 3, 1], &[0x2b, 6, 1, 5, 5, 7, 3, 2]];
    let basic = if subject.is_authority { sequence(&[element(0x01, &[0xff])]) } else { sequence(&[]) };
    let mut all = vec![
        extension(&[0x55, 0x1d, 0x0f], true, &element(0x03, &usage)),
        extension(&[0x55, 0x1d, 0x25], false, &sequence(&purposes.map(oid))),
        extension(&[0x55, 0x1d, 0x13], true, &basic),
    ];
    if subject.is_authority {
        all.push(extension(&[0x55, 0x1d, 0x0e], false, &element(0x04, &key_id(public))));
    }
    if let Some(id) = &issuer.key_id {
        all.push(extension(&[0x55, 0x1d, 0x23], false, &sequence(&[element(0x80, id)])));
    }
    if !subject.alternatives.is_empty() {
        let is_critical = subject.name.is_empty();
        all.push(extension(&[0x55, 0x1d, 0x11], is_critical, &sequence(&subject.alternatives)));
    }
    element(0xa3, &sequence(&all))
}

fn made(call: &Call<'_>, subject: &Subject, key: &Key, issuer: &Issuer<'_>) -> Answer {
    let failed = |why: String| Fault(format!("error creating certificate: {why}"));
    let start = Time::from_timestamp(call.world.now);
    let end = start.add(subject.days.wrapping_mul(86_400_000_000_000));
    let public = key.public().map_err(failed)?;
    let algorithm = issuer.key.algorithm();
    let content = sequence(&[
        element(0xa0, &integer(&[2])),
        integer(&bytes(call, 16)?),
        algorithm.clone(),
        issuer.name.clone(),
        sequence(&[moment(&start), moment(&end)]),
        common_name(&subject.name),
        public.clone(),
        extensions(subject, &public, issuer),
    ]);
    let signature = issuer.key.sign(&content).map_err(failed)?;
    let certificate = sequence(&[content, algorithm, bits(&signature)]);
    Ok(Value::Certificate(Rc::new(Certificate {
        cert: to_pem("CERTIFICATE", &certificate).into(),
        key: key.pem().into(),
    })))
}

/// Modulus and exponent of the RSA key in a certificate.
pub(super) fn public_key(pem: &[u8]) -> Option<(BigUint, BigUint)> {
    let (kind, content) = from_pem(pem)?;
    let mut content =
        Reader(Reader(Reader(&content).expect(0x30).filter(|_| kind == "CERTIFICATE")?).expect(0x30)?);
    // Version, serial number, algorithm, issuer, validity and subject stand before the key.
    for _ in 0..6 {
        content.next()?;
    }
    let mut key = Reader(content.expect(0x30)?);
    key.expect(0x30)?;
    let mut key = Reader(Reader(key.expect(0x03)?.get(1..)?).expect(0x30)?);
    let mut number = || Some(BigUint::from_bytes_be(key.expect(0x02)?));
    Some((number()?, number()?))
}

/// The subject of a certificate, as it stands there, and the name of its key if it has one.
fn subject_of(certificate: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let mut outer = Reader(Reader(certificate).expect(0x30)?);
    let mut content = Reader(outer.expect(0x30)?);
    outer.expect(0x30)?;
    outer.expect(0x03)?;
    let (tag, ..) = content.next()?;
    if tag == 0xa0 {
        content.expect(0x02)?;
    }
    content.expect(0x30)?;
    content.expect(0x30)?;
    content.expect(0x30)?;
    let (_, _, name) = content.next().filter(|(tag, ..)| *tag == 0x30)?;
    content.expect(0x30)?;
    let mut id = None;
    while let Some((tag, inner, _)) = content.next() {
        if tag == 0xa3 {
            let mut all = Reader(Reader(inner).expect(0x30)?);
            while let Some(one) = all.expect(0x30) {
                let mut one = Reader(one);
                if one.expect(0x06)? == [0x55, 0x1d, 0x0e] {
                    id = Reader(one.expect(0x04)?).expect(0x04).map(<[u8]>::to_vec);
                }
            }
        }
    }
    Some((name.to_vec(), id))
}

fn custom(call: &Call<'_>) -> Answer {
    let cert =
        base::decode64(call.text(0)).map_err(|_| Fault::from("unable to decode base64 certificate"))?;
    let key = base::decode64(call.text(1)).map_err(|_| Fault::from("unable to decode base64 private key"))?;
    let (_, content) = from_pem(&cert).ok_or("unable to decode certificate")?;
    subject_of(&content)
        .ok_or("error parsing certificate: decodedCert.Bytes: x509: malformed certificate")?;
    Key::parse(&key).map_err(|why| Fault(format!("error parsing private key: {why}")))?;
    Ok(Value::Certificate(Rc::new(Certificate { cert: cert.into(), key: key.into() })))
}
