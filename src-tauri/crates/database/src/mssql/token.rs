//! What a server says in answer to a login or a statement: tokens, one after the other. Nothing in them is believed: every
//! length is held against what is there.

use crate::Refused;

/// Tokens by their first bytes.
mod kind {
    pub(super) const STATUS: u8 = 0x79;
    pub(super) const COLUMNS: u8 = 0x81;
    pub(super) const TABLE: u8 = 0xa4;
    pub(super) const COLUMN_INFO: u8 = 0xa5;
    pub(super) const ORDER: u8 = 0xa9;
    pub(super) const ERROR: u8 = 0xaa;
    pub(super) const INFO: u8 = 0xab;
    pub(super) const LOGIN: u8 = 0xad;
    pub(super) const FEATURES: u8 = 0xae;
    pub(super) const ROW: u8 = 0xd1;
    pub(super) const SPARSE_ROW: u8 = 0xd2;
    pub(super) const CHANGE: u8 = 0xe3;
    pub(super) const SESSION: u8 = 0xe4;
    pub(super) const DONE: u8 = 0xfd;
    pub(super) const DONE_IN_PROCEDURE: u8 = 0xff;
}

/// Of the end of a part of an answer.
mod end {
    pub(super) const MORE: u16 = 1;
    pub(super) const ERROR: u16 = 2;
    pub(super) const SERVER_ERROR: u16 = 0x100;
}

/// The change of surroundings that sends us to another server.
const ROUTE: u8 = 20;
/// A length that means that there is no value.
const NULL: u16 = 0xffff;

/// A whole answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Whether a login was accepted.
    pub(super) accepted: bool,
    /// Host and port of the server that is to be asked instead.
    pub(super) route: Option<(String, u16)>,
    /// The first value that is not null.
    pub(super) value: Option<String>,
    /// What went wrong at last.
    pub(super) failure: Option<String>,
}

/// Bytes, read from their beginning.
struct Bytes<'a>(&'a [u8]);

/// How the one column of an answer is written.
#[derive(Clone, Copy)]
struct Column {
    /// Two bytes for a letter.
    wide: bool,
    /// In pieces, for any length.
    pieces: bool,
}

fn odd(why: &str) -> Refused {
    Refused(format!("Invalid TDS stream: {why}"))
}

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Refused> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(|| odd("EOF"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, Refused> {
        self.array().map(|[byte]| byte)
    }

    fn short(&mut self) -> Result<u16, Refused> {
        self.array().map(u16::from_le_bytes)
    }

    fn long(&mut self) -> Result<usize, Refused> {
        self.array().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    /// A part after its length of two bytes.
    fn part(&mut self) -> Result<Self, Refused> {
        let length = self.short()?;
        self.take(length.into()).map(Self)
    }

    /// A text of so many letters.
    fn text(&mut self, letters: usize) -> Result<String, Refused> {
        self.take(letters * 2).map(wide)
    }
}

fn wide(bytes: &[u8]) -> String {
    let letters: Vec<u16> =
        bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&letters)
}

impl Said {
    /// Reads an answer up to its end.
    pub(super) fn read(message: &[u8]) -> Result<Self, Refused> {
        let (mut said, mut bytes, mut column) = (Self::default(), Bytes(message), None);
        loop {
            match bytes.byte()? {
                kind::ERROR => said.failure = Some(error(&mut bytes.part()?)?),
                kind::LOGIN => {
                    bytes.part()?;
                    said.accepted = true;
                }
                kind::CHANGE => said.route = route(&mut bytes.part()?)?.or(said.route),
                kind::COLUMNS => column = Some(columns(&mut bytes)?),
                row @ (kind::ROW | kind::SPARSE_ROW) => {
                    let column = column.ok_or_else(|| odd("a row without columns"))?;
                    let absent = row == kind::SPARSE_ROW && bytes.byte()? & 1 != 0;
                    let value = if absent { None } else { value(&mut bytes, column)? };
                    said.value = said.value.or(value);
                }
                kind::DONE..=kind::DONE_IN_PROCEDURE => {
                    if said.end(&mut bytes)? {
                        return Ok(said);
                    }
                }
                other => skip(other, &mut bytes)?,
            }
        }
    }

    /// The end of a part; whether it is that of the whole.
    fn end(&mut self, bytes: &mut Bytes<'_>) -> Result<bool, Refused> {
        let status = bytes.short()?;
        // The statement's kind and the number of rows.
        bytes.take(10)?;
        if status & end::SERVER_ERROR != 0 {
            self.failure = Some("SQL Server had internal error".to_owned());
        } else if status & end::ERROR != 0 {
            self.failure.get_or_insert_with(|| "Request failed but didn't provide reason".to_owned());
        }
        Ok(status & end::MORE == 0)
    }
}

/// What says nothing to us.
fn skip(token: u8, bytes: &mut Bytes<'_>) -> Result<(), Refused> {
    let length = match token {
        kind::STATUS => 4,
        kind::TABLE | kind::COLUMN_INFO | kind::ORDER | kind::INFO => bytes.short()?.into(),
        kind::SESSION => bytes.long()?,
        kind::FEATURES => return features(bytes),
        other => return Err(odd(&format!("unknown token type returned: {other:#04x}"))),
    };
    bytes.take(length).map(|_| ())
}

/// What the server says of each thing that goes beyond the protocol.
fn features(bytes: &mut Bytes<'_>) -> Result<(), Refused> {
    while bytes.byte()? != 0xff {
        let length = bytes.long()?;
        bytes.take(length)?;
    }
    Ok(())
}

/// The message of an error, before which its number, state and class stand.
fn error(bytes: &mut Bytes<'_>) -> Result<String, Refused> {
    bytes.take(6)?;
    let letters = bytes.short()?;
    bytes.text(letters.into())
}

fn route(bytes: &mut Bytes<'_>) -> Result<Option<(String, u16)>, Refused> {
    if bytes.byte()? != ROUTE {
        return Ok(None);
    }
    let mut bytes = bytes.part()?;
    if bytes.byte()? != 0 {
        return Err(odd("a route by another protocol than TCP"));
    }
    let (port, letters) = (bytes.short()?, bytes.short()?);
    Ok(Some((bytes.text(letters.into())?, port)))
}

/// The one column that is asked for, which has to be a text.
fn columns(bytes: &mut Bytes<'_>) -> Result<Column, Refused> {
    let count = bytes.short()?;
    if count != 1 {
        return Err(Refused(format!("the server answers with {count} columns")));
    }
    // The user's type, and flags.
    bytes.take(6)?;
    let wide = match bytes.byte()? {
        // `nvarchar` and `nchar`.
        0xe7 | 0xef => true,
        // `varchar` and `char`.
        0xa7 | 0xaf => false,
        other => return Err(Refused(format!("the server's version is of type {other:#04x}"))),
    };
    let pieces = bytes.short()? == NULL;
    // How texts are compared.
    bytes.take(5)?;
    let letters = bytes.byte()?;
    bytes.text(letters.into())?;
    Ok(Column { wide, pieces })
}

fn value(bytes: &mut Bytes<'_>, column: Column) -> Result<Option<String>, Refused> {
    let found = if column.pieces { pieces(bytes)? } else { whole(bytes)? };
    let text = |found: Vec<u8>| {
        if column.wide { wide(&found) } else { String::from_utf8_lossy(&found).into_owned() }
    };
    Ok(found.map(text))
}

fn whole(bytes: &mut Bytes<'_>) -> Result<Option<Vec<u8>>, Refused> {
    match bytes.short()? {
        NULL => Ok(None),
        length => bytes.take(length.into()).map(|found| Some(found.to_vec())),
    }
}

/// Pieces up to one without content. How long they are together is said first, and may be unknown.
fn pieces(bytes: &mut Bytes<'_>) -> Result<Option<Vec<u8>>, Refused> {
    if bytes.array()? == u64::MAX.to_le_bytes() {
        return Ok(None);
    }
    let mut found = Vec::new();
    loop {
        match bytes.long()? {
            0 => return Ok(Some(found)),
            length => found.extend(bytes.take(length)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mssql::login::letters;

    /// A part with its length before it.
    fn part(of: u8, content: &[u8]) -> Vec<u8> {
        [&[of][..], &(content.len() as u16).to_le_bytes(), content].concat()
    }

    fn failed(message: &str) -> Vec<u8> {
        let count = (message.encode_utf16().count() as u16).to_le_bytes();
        part(kind::ERROR, &[&[0x18, 0x48, 0, 0, 1, 14][..], &count, &letters(message), &[0; 6]].concat())
    }

    fn done(status: u16) -> Vec<u8> {
        [&[kind::DONE][..], &status.to_le_bytes(), &[0; 10]].concat()
    }

    fn column(of: u8, size: u16) -> Vec<u8> {
        let head = [kind::COLUMNS, 1, 0, 0, 0, 0, 0, 9, 0, of];
        [&head[..], &size.to_le_bytes(), &[0; 5], &[1], &letters("v")].concat()
    }

    fn routed(protocol: u8) -> Vec<u8> {
        let inner = [&[protocol, 0xdc, 5, 2, 0][..], &letters("db")].concat();
        part(kind::CHANGE, &[&part(ROUTE, &inner)[..], &[0, 0]].concat())
    }

    fn row(value: &[u8]) -> Vec<u8> {
        [&[kind::ROW][..], value].concat()
    }

    fn read(tokens: &[Vec<u8>]) -> Result<Said, String> {
        Said::read(&tokens.concat()).map_err(|refused| refused.to_string())
    }

    #[test]
    fn a_value_is_found_however_it_is_written() {
        let (short, text) = ([10, 0], letters("SQL 1"));
        let split =
            [&[10, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0][..], &text[..4], &[6, 0, 0, 0], &text[4..], &[0; 4]];
        let found = |value: Option<&str>| Ok(Said { value: value.map(str::to_owned), ..Said::default() });
        for (tokens, value) in [
            (vec![column(0xe7, 600), row(&[&short[..], &text].concat())], Some("SQL 1")),
            (vec![column(0xaf, 8), row(b"\x05\0SQL 1")], Some("SQL 1")),
            (vec![column(0xe7, NULL), row(&split.concat())], Some("SQL 1")),
            (vec![column(0xe7, NULL), row(&[0xff; 8])], None),
            (vec![column(0xe7, 600), row(&[0xff; 2])], None),
            (vec![column(0xe7, 600), vec![kind::SPARSE_ROW, 1]], None),
            (vec![column(0xa7, 9), vec![kind::SPARSE_ROW, 0, 1, 0, b'7'], row(b"\x01\x008")], Some("7")),
            (vec![column(0xe7, 600)], None),
        ] {
            assert_eq!(read(&[tokens.concat(), done(0)]), found(value), "{tokens:?}");
        }
    }

    #[test]
    fn what_a_login_is_answered_is_read_and_the_rest_is_skipped() {
        let tokens = [
            part(kind::CHANGE, &[1, 1, b'a', 0, 0]),
            part(kind::INFO, b"hello"),
            part(kind::LOGIN, &[1, 4, 0, 0, 0x74]),
            vec![kind::FEATURES, 1, 2, 0, 0, 0, 7, 7, 0xff],
            vec![kind::SESSION, 1, 0, 0, 0, 7],
            vec![kind::STATUS, 0, 0, 0, 0],
            part(kind::ORDER, &[1, 0]),
            routed(0),
            done(end::MORE),
            done(0),
            b"nobody reads this".to_vec(),
        ];
        let wanted = Said { accepted: true, route: Some(("db".to_owned(), 1500)), ..Said::default() };
        assert_eq!(read(&tokens), Ok(wanted));
    }

    #[test]
    fn failures_are_told_with_the_last_words() {
        let internal = done(end::SERVER_ERROR | end::ERROR);
        for (tokens, why) in [
            (
                vec![failed("Cannot open database."), failed("Login failed."), done(end::ERROR)],
                "Login failed.",
            ),
            // As upstream does, even where the end knows nothing of it.
            (vec![failed("Login failed."), done(0)], "Login failed."),
            (vec![done(end::ERROR)], "Request failed but didn't provide reason"),
            (vec![failed("Stack overflow."), internal], "SQL Server had internal error"),
        ] {
            let failure = read(&tokens).expect("it is read").failure;
            assert_eq!(failure.as_deref(), Some(why), "{tokens:?}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for (tokens, why) in [
            (vec![], "Invalid TDS stream: EOF"),
            (vec![vec![0]], "Invalid TDS stream: unknown token type returned: 0x00"),
            (vec![row(&[0; 2])], "Invalid TDS stream: a row without columns"),
            (vec![vec![kind::COLUMNS, 9, 0]], "the server answers with 9 columns"),
            (vec![column(0x38, 4)], "the server's version is of type 0x38"),
            (vec![routed(1)], "Invalid TDS stream: a route by another protocol than TCP"),
            // Lengths of what is not there.
            (vec![vec![kind::ERROR, 0xff, 0xff, 1]], "Invalid TDS stream: EOF"),
            (vec![part(kind::ERROR, &[0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 0])], "Invalid TDS stream: EOF"),
            (vec![vec![kind::FEATURES, 1, 0xff, 0xff, 0xff, 0xff, 1]], "Invalid TDS stream: EOF"),
            (vec![column(0xe7, 600), row(&[0xfe, 0xff, 1])], "Invalid TDS stream: EOF"),
            (vec![column(0xe7, NULL), row(&[[9; 8], [0xff; 8]].concat())], "Invalid TDS stream: EOF"),
        ] {
            assert_eq!(read(&tokens), Err(why.to_owned()), "{tokens:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fall(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            drop(Said::read(&bytes));
        }

        /// Bytes that look like tokens get further than such that are all by chance.
        #[test]
        fn no_tokens_make_it_fall(
            tokens in proptest::collection::vec((0..9_usize, any::<[u8; 12]>(), 0..40_usize), 0..12)
        ) {
            let mut bytes = Vec::new();
            for (which, chance, cut) in tokens {
                let token = match which {
                    0 => column(0xe7, u16::from_le_bytes([chance[0], chance[1]])),
                    1 => column(0xaf, NULL),
                    2 => row(&chance),
                    3 => [&[kind::SPARSE_ROW][..], &chance].concat(),
                    4 => failed("Login failed."),
                    5 => routed(chance[0] & 1),
                    6 => done(end::MORE | u16::from(chance[0])),
                    7 => [&[kind::FEATURES][..], &chance].concat(),
                    _ => chance.to_vec(),
                };
                bytes.extend(&token[..token.len().min(cut)]);
            }
            drop(Said::read(&bytes));
        }

        /// A text is the same after it was written.
        #[test]
        fn texts_are_kept(text in "\\PC{0,60}") {
            let value = letters(&text);
            let length = (value.len() as u16).to_le_bytes();
            let tokens = [column(0xe7, 600), row(&[&length[..], &value].concat()), done(0)];
            prop_assert_eq!(read(&tokens).expect("it is read").value, Some(text));
        }
    }
}
