//! The release archive, looked through before it is parsed: what it unpacks to is bounded.

use std::cell::Cell;
use std::io::{self, Read};

use super::decode::{Budget, Metered, decoder};
use super::place::{Place, no_member};
use super::tape::{Kind, Tape};
use crate::BundleError;
use crate::limits::Limits;

/// Refuses a release archive that unpacks to more than it may, or one of whose charts does.
pub(super) fn check(place: Place<'_>, bytes: &[u8], limits: &Limits) -> Result<(), BundleError> {
    let broken = |error: io::Error| place.broken(error);
    let budget = Budget::new(limits.release_unpacked);
    let mut stream = Metered { inner: decoder(bytes).map_err(broken)?, budget: &budget };
    let members = Cell::new(0);
    let mut tape = Tape::new(&mut stream, limits, &members);
    let after = format!("in member {}", place.member);
    while let Some(head) = tape.next().map_err(|error| no_member(place.path, &after, error))? {
        let chart = head.name.ends_with(".tgz") || head.name.ends_with(".tar.gz");
        if head.kind == Kind::File && chart {
            let mut packed = Vec::new();
            tape.read_to_end(&mut packed).map_err(broken)?;
            unpacked(&packed, limits).map_err(broken)?;
        }
    }
    // To the end, so that one that was cut is seen as such.
    io::copy(&mut stream, &mut io::sink()).map_err(broken)?;
    Ok(())
}

fn unpacked(packed: &[u8], limits: &Limits) -> io::Result<u64> {
    let budget = Budget::new(limits.release_unpacked);
    io::copy(&mut Metered { inner: decoder(packed)?, budget: &budget }, &mut io::sink())
}
