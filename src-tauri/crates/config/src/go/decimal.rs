//! Decimal arithmetic for the float functions of sprig, which calculate in decimals so that 0.1 × 3 is 0.3.

use num_bigint::{BigInt, Sign};

/// Digits behind the point that a division keeps.
const PLACES: i64 = 16;

/// `digits × 10^power`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: BigInt,
    power: i64,
}

/// An operation on two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient.
    Div,
}

impl Decimal {
    /// The shortest decimal that is read back as `number`.
    pub(crate) fn from_float(number: f64) -> Result<Self, String> {
        if !number.is_finite() {
            let shown = super::float::format(number, b'g', -1);
            return Err(format!("Cannot create a Decimal from {}", super::utf8::lossy(&shown)));
        }
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").parse().unwrap_or_default();
        let power = exponent.parse::<i64>().unwrap_or(0) - fraction.len() as i64;
        Ok(Self { digits, power })
    }

    /// The nearest float.
    pub(crate) fn to_float(&self) -> f64 {
        format!("{}e{}", self.digits, self.power).parse().unwrap_or(0.0)
    }

    /// Calculates.
    pub(crate) fn with(&self, other: &Self, operation: Operation) -> Result<Self, String> {
        let power = self.power.min(other.power);
        let sum = |sign: i32| Self { digits: self.scaled(power) + other.scaled(power) * sign, power };
        Ok(match operation {
            Operation::Add => sum(1),
            Operation::Sub => sum(-1),
            Operation::Mul => Self { digits: &self.digits * &other.digits, power: self.power + other.power },
            Operation::Div => return self.divided(other),
        })
    }

    /// The digits at a lower power.
    fn scaled(&self, power: i64) -> BigInt {
        &self.digits * ten(self.power - power)
    }

    /// Rounded half away from zero.
    fn divided(&self, other: &Self) -> Result<Self, String> {
        if other.digits.sign() == Sign::NoSign {
            return Err("decimal division by 0".to_owned());
        }
        let shift = self.power - other.power + PLACES;
        let (above, below) = if shift < 0 {
            (self.digits.clone(), &other.digits * ten(-shift))
        } else {
            (&self.digits * ten(shift), other.digits.clone())
        };
        let (quotient, rest) = (&above / &below, &above % &below);
        let is_negative = (above.sign() == Sign::Minus) != (below.sign() == Sign::Minus);
        let twice: BigInt = rest.magnitude().clone().into();
        let rounds = twice * 2 >= below.magnitude().clone().into();
        let step = if is_negative { -1 } else { 1 };
        Ok(Self { digits: if rounds { quotient + step } else { quotient }, power: -PLACES })
    }
}

fn ten(power: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(power.max(0)).unwrap_or(u32::MAX).min(5_000))
}

#[cfg(test)]
mod tests {
    use super::{Decimal, Operation};

    fn calculate(one: f64, operation: Operation, other: f64) -> f64 {
        let one = Decimal::from_float(one).expect("finite");
        one.with(&Decimal::from_float(other).expect("finite"), operation).expect("calculates").to_float()
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "the results are exact by design")]
    fn tenths_stay_tenths() {
        assert_eq!(calculate(0.1, Operation::Mul, 3.0), 0.3);
        assert_eq!(calculate(1.0, Operation::Sub, 0.9), 0.1);
        assert_eq!(calculate(10.0, Operation::Div, 4.0), 2.5);
        assert_eq!(calculate(-2.0, Operation::Div, 3.0), -0.666_666_666_666_666_7);
        assert_eq!(calculate(1e300, Operation::Add, 1.0), 1e300);
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        let (one, zero) =
            (Decimal::from_float(1.0).expect("finite"), Decimal::from_float(0.0).expect("finite"));
        assert_eq!(one.with(&zero, Operation::Div), Err("decimal division by 0".to_owned()));
        assert!(Decimal::from_float(f64::NAN).is_err());
    }
}
