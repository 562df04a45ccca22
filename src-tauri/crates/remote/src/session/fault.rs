//! Errors of the library, told apart by what they mean for the session.

use ssh2::{Error, ErrorCode};

/// The library's numbers, which its crate gives only as numbers.
pub(crate) const EAGAIN: i32 = -37;
const TIMEOUT: i32 = -9;
const CHANNEL: [i32; 6] = [-21, -22, -25, -26, -27, -28];
const BROKEN: [i32; 12] = [-1, -2, -4, -7, -12, -13, -14, -30, -41, -43, -44, -45];

fn number(error: &Error) -> Option<i32> {
    if let ErrorCode::Session(number) = error.code() { Some(number) } else { None }
}

pub(crate) fn is_again(error: &Error) -> bool {
    number(error) == Some(EAGAIN)
}

pub(crate) fn is_timeout(error: &Error) -> bool {
    matches!(number(error), Some(TIMEOUT | -30))
}

/// Whether the session is of no more use.
pub(crate) fn is_broken(error: &Error) -> bool {
    number(error).is_some_and(|number| BROKEN.contains(&number))
}

/// Whether only the channel is.
pub(crate) fn is_of_channel(error: &Error) -> bool {
    number(error).is_some_and(|number| CHANNEL.contains(&number))
}
