//! Primes, and the keys made of them: RSA and DSA. No maintained crate in the tree makes either, and packages ask for
//! both. Only the making is here; signing is `ring`'s.

use num_bigint::BigUint;
use rand::RngCore as _;

use super::der::{integer, sequence};

/// Rounds of the primality test; a composite passes each with a chance below 1 in 4.
const ROUNDS: usize = 40;

fn small_primes() -> &'static [u32] {
    static CELL: std::sync::OnceLock<Vec<u32>> = std::sync::OnceLock::new();
    CELL.get_or_init(|| {
        let is_prime = |number: &u32| {
            (3..).step_by(2).take_while(|d| d * d <= *number).all(|d| !number.is_multiple_of(d))
        };
        (3..8_000).step_by(2).filter(is_prime).collect()
    })
}

/// A random number of at most so many bits.
fn random_bits(bits: u64) -> BigUint {
    let mut bytes = vec![0; bits.div_ceil(8) as usize];
    rand::rng().fill_bytes(&mut bytes);
    BigUint::from_bytes_be(&bytes) >> (bytes.len() as u64 * 8 - bits)
}

/// A random number from 2 up to what is below `limit - 1`.
fn random_below(limit: &BigUint) -> BigUint {
    loop {
        let number = random_bits(limit.bits());
        if number > BigUint::from(1u8) && &number + 1u8 < *limit {
            return number;
        }
    }
}

fn has_small_factor(number: &BigUint) -> bool {
    let is_factor = |prime: &u32| (number % *prime).iter_u32_digits().next().unwrap_or(0) == 0;
    small_primes().iter().any(is_factor)
}

/// Miller and Rabin's test of an odd number without small factors.
fn is_probably_prime(number: &BigUint) -> bool {
    let one = BigUint::from(1u8);
    let less = number - &one;
    let twos = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> twos;
    (0..ROUNDS).all(|_| {
        let mut power = random_below(number).modpow(&odd, number);
        if power == one || power == less {
            return true;
        }
        for _ in 1..twos {
            power = &power * &power % number;
            if power == less {
                return true;
            }
        }
        false
    })
}

/// A prime of exactly so many bits; its two highest are set, so that products keep their length.
fn prime(bits: u64) -> BigUint {
    loop {
        let mut candidate = random_bits(bits);
        candidate.set_bit(bits - 1, true);
        candidate.set_bit(bits - 2, true);
        candidate.set_bit(0, true);
        if !has_small_factor(&candidate) && is_probably_prime(&candidate) {
            return candidate;
        }
    }
}

/// A new RSA key of so many bits, in PKCS#1.
pub(super) fn rsa_key(bits: u64) -> Vec<u8> {
    let (one, exponent) = (BigUint::from(1u8), BigUint::from(65_537u32));
    loop {
        let (p, q) = (prime(bits / 2), prime(bits / 2));
        if p == q {
            continue;
        }
        let (p, q) = if p > q { (p, q) } else { (q, p) };
        let (p1, q1) = (&p - &one, &q - &one);
        // Fails when the exponent divides one of them; then other primes are tried.
        let Some(private) = exponent.modinv(&(&p1 * &q1)) else { continue };
        let Some(inverse) = q.modinv(&p) else { continue };
        let parts = [
            BigUint::from(0u8),
            &p * &q,
            exponent.clone(),
            private.clone(),
            p,
            q,
            &private % p1,
            &private % q1,
            inverse,
        ];
        return sequence(&parts.map(|part| integer(&part.to_bytes_be())));
    }
}

/// A new DSA key with 2048 and 256 bits, in the form OpenSSL writes.
pub(super) fn dsa_key() -> Vec<u8> {
    let (one, two) = (BigUint::from(1u8), BigUint::from(2u8));
    let q = prime(256);
    let step = &q * &two;
    let p = loop {
        let mut candidate = random_bits(2048);
        candidate.set_bit(2047, true);
        let candidate = &candidate - &candidate % &step + &one;
        if candidate.bits() == 2048 && !has_small_factor(&candidate) && is_probably_prime(&candidate) {
            break candidate;
        }
    };
    let power = (&p - &one) / &q;
    let g =
        (2..=u32::MAX).map(|base| BigUint::from(base).modpow(&power, &p)).find(|g| *g != one).unwrap_or(one);
    let x = random_below(&q);
    let y = g.modpow(&x, &p);
    let parts = [BigUint::from(0u8), p, q, g, y, x];
    sequence(&parts.map(|part| integer(&part.to_bytes_be())))
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::{has_small_factor, is_probably_prime, prime};

    #[test]
    fn primes_are_told_from_products() {
        let mersenne = (BigUint::from(1u8) << 127) - 1u8;
        assert!(is_probably_prime(&mersenne), "2^127 - 1 is prime");
        assert!(
            !is_probably_prime(&(&mersenne * ((BigUint::from(1u8) << 89) - 1u8))),
            "a product of two is not"
        );
        assert!(has_small_factor(&(mersenne * 7_919u32)));
        assert_eq!(prime(128).bits(), 128);
    }
}
