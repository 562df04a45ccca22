//! What reading a bundle costs at the least: seconds of unpacking it and of hashing what comes out, each alone and
//! the longer of the two printed, since two cores may do them side by side. The file is in memory before.

use std::io::{self, Read};
use std::time::Instant;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

fn main() -> io::Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| io::Error::other("name a bundle"))?;
    let packed = std::fs::read(path)?;
    let mut buffer = vec![0; 1 << 20];
    let began = Instant::now();
    let mut unpacked = MultiGzDecoder::new(packed.as_slice());
    let mut bytes = 0;
    loop {
        match unpacked.read(&mut buffer)? {
            0 => break,
            read => bytes += read,
        }
    }
    let unpacking = began.elapsed();
    let began = Instant::now();
    let mut hash = Sha256::new();
    let mut left = bytes;
    while left > 0 {
        let piece = left.min(buffer.len());
        hash.update(&buffer[..piece]);
        left -= piece;
    }
    // Looked at, so that none of it is left out.
    std::hint::black_box(hash.finalize());
    println!("{}", unpacking.max(began.elapsed()).as_secs_f64());
    Ok(())
}
