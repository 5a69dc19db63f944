//! A number type for smartcore's decompositions, with the same bits natively and in WebAssembly.
//!
//! They are generic over the number and call `hypot`, which std takes from the platform: the last digits of a fit would
//! depend on the machine. Here every function whose rounding is platform-dependent comes from `libm`; `+ − × ÷ √` are
//! correctly rounded by every processor.

use std::fmt;
use std::iter::{Product, Sum};
use std::num::FpCategory;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, Sub, SubAssign};

use num_traits::{Bounded, Float, FromPrimitive, Num, NumCast, One, ToPrimitive, Zero};
use smartcore::numbers::basenum::Number;
use smartcore::numbers::realnum::RealNumber;

/// An `f64` whose functions give the same bits everywhere.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Portable(pub(super) f64);

impl Number for Portable {}

macro_rules! operators {
    ($($operator:ident::$function:ident, $assigning:ident::$assign:ident;)*) => { $(
        impl $operator for Portable {
            type Output = Self;
            fn $function(self, other: Self) -> Self {
                Self(self.0.$function(other.0))
            }
        }
        impl $assigning for Portable {
            fn $assign(&mut self, other: Self) {
                self.0.$assign(other.0);
            }
        }
    )* };
}

operators! {
    Add::add, AddAssign::add_assign;
    Sub::sub, SubAssign::sub_assign;
    Mul::mul, MulAssign::mul_assign;
    Div::div, DivAssign::div_assign;
}

impl Rem for Portable {
    type Output = Self;
    fn rem(self, other: Self) -> Self {
        Self(libm::fmod(self.0, other.0))
    }
}

impl Neg for Portable {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Portable {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        Self(numbers.map(|number| number.0).sum())
    }
}

impl Product for Portable {
    fn product<I: Iterator<Item = Self>>(numbers: I) -> Self {
        Self(numbers.map(|number| number.0).product())
    }
}

impl fmt::Display for Portable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Zero for Portable {
    fn zero() -> Self {
        Self(0.0)
    }
    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl One for Portable {
    fn one() -> Self {
        Self(1.0)
    }
}

impl Bounded for Portable {
    fn min_value() -> Self {
        Self(f64::MIN)
    }
    fn max_value() -> Self {
        Self(f64::MAX)
    }
}

impl Num for Portable {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        f64::from_str_radix(text, radix).map(Self)
    }
}

impl ToPrimitive for Portable {
    fn to_i64(&self) -> Option<i64> {
        self.0.to_i64()
    }
    fn to_u64(&self) -> Option<u64> {
        self.0.to_u64()
    }
    fn to_f64(&self) -> Option<f64> {
        Some(self.0)
    }
}

impl FromPrimitive for Portable {
    fn from_i64(number: i64) -> Option<Self> {
        Some(Self(number as f64))
    }
    fn from_u64(number: u64) -> Option<Self> {
        Some(Self(number as f64))
    }
    fn from_f64(number: f64) -> Option<Self> {
        Some(Self(number))
    }
}

impl NumCast for Portable {
    fn from<T: ToPrimitive>(number: T) -> Option<Self> {
        number.to_f64().map(Self)
    }
}

/// Unary functions of std with the same result everywhere.
macro_rules! exact {
    ($($function:ident)*) => { $(
        fn $function(self) -> Self {
            Self(self.0.$function())
        }
    )* };
}

/// Unary functions whose rounding depends on the platform in std, from `libm`.
macro_rules! rounded {
    ($($function:ident: $from:ident,)*) => { $(
        fn $function(self) -> Self {
            Self(libm::$from(self.0))
        }
    )* };
}

/// Predicates.
macro_rules! asked {
    ($($function:ident)*) => { $(
        fn $function(self) -> bool {
            self.0.$function()
        }
    )* };
}

macro_rules! constants {
    ($($function:ident: $constant:ident,)*) => { $(
        fn $function() -> Self {
            Self(f64::$constant)
        }
    )* };
}

impl Float for Portable {
    constants! { nan: NAN, infinity: INFINITY, neg_infinity: NEG_INFINITY, min_value: MIN, max_value: MAX,
    min_positive_value: MIN_POSITIVE, epsilon: EPSILON, }
    asked! { is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative }
    exact! { floor ceil round trunc fract abs signum recip sqrt }
    rounded! { exp: exp, exp2: exp2, ln: log, log2: log2, log10: log10, cbrt: cbrt, sin: sin, cos: cos, tan: tan, asin: asin,
    acos: acos, atan: atan, exp_m1: expm1, ln_1p: log1p, sinh: sinh, cosh: cosh, tanh: tanh, asinh: asinh, acosh: acosh,
    atanh: atanh, }

    fn neg_zero() -> Self {
        Self(-0.0)
    }
    fn classify(self) -> FpCategory {
        self.0.classify()
    }
    fn mul_add(self, factor: Self, summand: Self) -> Self {
        Self(self.0 * factor.0 + summand.0)
    }
    fn powi(self, exponent: i32) -> Self {
        Self(libm::pow(self.0, exponent.into()))
    }
    fn powf(self, exponent: Self) -> Self {
        Self(libm::pow(self.0, exponent.0))
    }
    fn log(self, base: Self) -> Self {
        Self(libm::log(self.0) / libm::log(base.0))
    }
    fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
    fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
    fn abs_sub(self, other: Self) -> Self {
        Self(libm::fdim(self.0, other.0))
    }
    fn hypot(self, other: Self) -> Self {
        Self(libm::hypot(self.0, other.0))
    }
    fn atan2(self, other: Self) -> Self {
        Self(libm::atan2(self.0, other.0))
    }
    fn sin_cos(self) -> (Self, Self) {
        let (sin, cos) = libm::sincos(self.0);
        (Self(sin), Self(cos))
    }
    fn integer_decode(self) -> (u64, i16, i8) {
        Float::integer_decode(self.0)
    }
}

impl RealNumber for Portable {
    fn copysign(self, sign: Self) -> Self {
        Self(self.0.copysign(sign.0))
    }
    fn ln_1pe(self) -> Self {
        if self.0 > 15.0 { self } else { Self(libm::log1p(libm::exp(self.0))) }
    }
    fn sigmoid(self) -> Self {
        Self(1.0 / (1.0 + libm::exp(-self.0)))
    }
    /// Nothing here is random; callers that need random numbers have their own seed.
    fn rand() -> Self {
        Self(0.5)
    }
    fn two() -> Self {
        Self(2.0)
    }
    fn half() -> Self {
        Self(0.5)
    }
    fn to_f32_bits(self) -> u32 {
        self.0.to_bits() as u32
    }
    fn to_f64_bits(self) -> u64 {
        self.0.to_bits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hypotenuse_is_libms() {
        // The platform's result differs in the last digit for one pair in some hundred.
        let mut random = crate::random::SplitMix64::new(3);
        for _ in 0..1_000 {
            let (a, b) = (random.normal(), random.normal());
            let found = Float::hypot(Portable(a), Portable(b));
            assert_eq!(found.0.to_bits(), libm::hypot(a, b).to_bits(), "{a} {b}");
        }
    }
}
