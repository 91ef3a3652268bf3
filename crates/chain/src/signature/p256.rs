//! Whether a signature is of a key on the curve P-256 (FIPS 186-5, 6.4; SP 800-186, 3.2.1.3).
//!
//! Most chains and handshakes are signed on this curve, and verifying is the most that a judgement
//! costs. All numbers here were sent in the clear: they need not be worked with in a time that does
//! not depend on them, as by a crate that also signs. This takes a fourth of what that takes.

use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::ops::{Invert, Reduce};
use p256::{Scalar, U256};

/// Whether the signature is one of this hash, whose first 32 bytes count.
pub(super) fn fits(key: &VerifyingKey, hash: &[u8; 32], signature: &Signature) -> bool {
    let (r, s) = signature.split_scalars();
    let inverse: Scalar = *s.invert_vartime();
    let hash = <Scalar as Reduce<U256>>::reduce(&U256::from_be_slice(hash));
    let (base, own) = (hash * inverse, *r * inverse);
    let point = key.to_sec1_point(false);
    let Some((&[_, ref x @ ..], y)) = point.as_bytes().split_first_chunk::<33>() else {
        return false;
    };
    let Some(y) = y.first_chunk() else { return false };
    let key = Point { x: Element::new(limbs(x)), y: Element::new(limbs(y)), z: Element::ONE };
    let generator = Point { x: Element::new(GX), y: Element::new(GY), z: Element::ONE };
    let sum = Point::sum([(&base.to_bytes().into(), generator), (&own.to_bytes().into(), key)]);
    sum.has_abscissa(limbs(&r.to_bytes().into()))
}

/// A number of 256 bits, its lowest 64 first.
type Limbs = [u64; 4];

/// A number below [`P`], times 2^256 modulo it: so two are multiplied without a division (P.
/// Montgomery, 1985).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Element(Limbs);

/// The prime of the curve.
const P: Limbs = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];
/// How many points the curve has.
const N: Limbs =
    [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];
/// The point that all others are multiples of.
const GX: Limbs =
    [0xf4a1_3945_d898_c296, 0x7703_7d81_2deb_33a0, 0xf8bc_e6e5_63a4_40f2, 0x6b17_d1f2_e12c_4247];
const GY: Limbs =
    [0xcbb6_4068_37bf_51f5, 0x2bce_3357_6b31_5ece, 0x8ee7_eb4a_7c0f_9e16, 0x4fe3_42e2_fe1a_7f9b];
/// 2^512 modulo [`P`].
const SQUARE: Limbs =
    [0x0000_0000_0000_0003, 0xffff_fffb_ffff_ffff, 0xffff_ffff_ffff_fffe, 0x0000_0004_ffff_fffd];

impl Element {
    const ZERO: Self = Self([0; 4]);
    const ONE: Self = Self([1, 0xffff_ffff_0000_0000, u64::MAX, 0x0000_0000_ffff_fffe]);

    /// A number below [`P`].
    fn new(number: Limbs) -> Self {
        Self(number).times(Self(SQUARE))
    }

    /// The product: after each limb of the one the lowest limb of the sum is made zero by adding a
    /// multiple of the prime, and dropped. The factor is that limb itself, because the lowest limb of
    /// the prime is -1.
    #[inline]
    fn times(self, other: Self) -> Self {
        let mut sum = [0_u64; 5];
        for one in self.0 {
            let (low, carry) = step(sum[0], one, other.0[0], 0);
            let (t1, carry) = step(sum[1], one, other.0[1], carry);
            let (t2, carry) = step(sum[2], one, other.0[2], carry);
            let (t3, carry) = step(sum[3], one, other.0[3], carry);
            let (t4, t5) = step(sum[4], 0, 0, carry);
            // The two lower limbs of the prime together add the factor times 2^96.
            let (t1, carry) = step(t1, low, 1 << 32, 0);
            let (t2, carry) = step(t2, 0, 0, carry);
            let (t3, carry) = step(t3, low, P[3], carry);
            let (t4, carry) = step(t4, 0, 0, carry);
            sum = [t1, t2, t3, t4, t5 + carry];
        }
        let [number @ .., over] = sum;
        Self(reduced(number, over))
    }

    #[inline]
    fn square(self) -> Self {
        self.times(self)
    }

    #[inline]
    fn plus(self, other: Self) -> Self {
        let (sum, over) = add(self.0, other.0);
        Self(reduced(sum, over.into()))
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        let (difference, below) = subtract(self.0, other.0);
        Self(if below { add(difference, P).0 } else { difference })
    }

    #[inline]
    fn twice(self) -> Self {
        self.plus(self)
    }
}

/// `sum + one * other + carry`: it always fits.
#[inline]
fn step(sum: u64, one: u64, other: u64, carry: u64) -> (u64, u64) {
    let all = u128::from(sum) + u128::from(one) * u128::from(other) + u128::from(carry);
    (all as u64, (all >> 64) as u64)
}

/// A number below twice the prime, `over` being its limb above, brought below the prime.
#[inline]
fn reduced(number: Limbs, over: u64) -> Limbs {
    let (difference, below) = subtract(number, P);
    if over == 0 && below { number } else { difference }
}

/// The sum, and whether it does not fit.
#[inline]
fn add(one: Limbs, other: Limbs) -> (Limbs, bool) {
    let mut carry = false;
    let mut sum = one;
    for (limb, more) in sum.iter_mut().zip(other) {
        let (new, over) = limb.overflowing_add(more);
        let (new, again) = new.overflowing_add(carry.into());
        (*limb, carry) = (new, over | again);
    }
    (sum, carry)
}

/// The difference modulo 2^256, and whether it is below zero.
#[inline]
fn subtract(one: Limbs, other: Limbs) -> (Limbs, bool) {
    let mut borrow = false;
    let mut difference = one;
    for (limb, less) in difference.iter_mut().zip(other) {
        let (new, below) = limb.overflowing_sub(less);
        let (new, again) = new.overflowing_sub(borrow.into());
        (*limb, borrow) = (new, below | again);
    }
    (difference, borrow)
}

/// A big-endian number.
fn limbs(bytes: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
        *limb = u64::from_be_bytes(*bytes);
    }
    limbs
}

/// A point of the curve, (x / z^2, y / z^3); with z = 0 the one at infinity.
#[derive(Clone, Copy, Debug)]
struct Point {
    x: Element,
    y: Element,
    z: Element,
}

impl Point {
    const INFINITY: Self = Self { x: Element::ONE, y: Element::ONE, z: Element::ZERO };

    /// The formula dbl-2001-b of the Explicit-Formulas Database, for curves with a = -3.
    fn double(self) -> Self {
        let (delta, gamma) = (self.z.square(), self.y.square());
        let beta = self.x.times(gamma);
        let alpha = self.x.minus(delta).times(self.x.plus(delta));
        let alpha = alpha.twice().plus(alpha);
        let fourfold = beta.twice().twice();
        let x = alpha.square().minus(fourfold.twice());
        let eightfold = gamma.square().twice().twice().twice();
        Self {
            x,
            y: alpha.times(fourfold.minus(x)).minus(eightfold),
            z: self.y.plus(self.z).square().minus(gamma).minus(delta),
        }
    }

    /// The sum of any two points (IEEE P1363, A.10.5).
    fn plus(self, other: Self) -> Self {
        if self.z == Element::ZERO {
            return other;
        }
        if other.z == Element::ZERO {
            return self;
        }
        let (own, others) = (self.z.square(), other.z.square());
        let (u, s) = (self.x.times(others), self.y.times(other.z.times(others)));
        let h = other.x.times(own).minus(u);
        let r = other.y.times(self.z.times(own)).minus(s);
        if h == Element::ZERO {
            return if r == Element::ZERO { self.double() } else { Self::INFINITY };
        }
        let square = h.square();
        let (cube, v) = (h.times(square), u.times(square));
        let x = r.square().minus(cube).minus(v.twice());
        let y = r.times(v.minus(x)).minus(s.times(cube));
        Self { x, y, z: self.z.times(other.z).times(h) }
    }

    fn negative(self) -> Self {
        Self { y: Element::ZERO.minus(self.y), ..self }
    }

    /// The sum of multiples of two points, bit by bit for both at once.
    fn sum(parts: [(&[u8; 32], Self); 2]) -> Self {
        let parts = parts.map(|(factor, point)| {
            let (mut odd, two) = ([point; ODD], point.double());
            for at in 1..ODD {
                odd[at] = odd[at - 1].plus(two);
            }
            (digits(limbs(factor)), odd)
        });
        let mut sum = Self::INFINITY;
        for at in (0..DIGITS).rev() {
            sum = sum.double();
            for (digits, odd) in &parts {
                let multiple = odd[usize::from(digits[at].unsigned_abs() / 2)];
                match digits[at] {
                    0 => {}
                    1.. => sum = sum.plus(multiple),
                    _ => sum = sum.plus(multiple.negative()),
                }
            }
        }
        sum
    }

    /// Whether its first coordinate is this number modulo [`N`].
    fn has_abscissa(self, number: Limbs) -> bool {
        let square = self.z.square();
        let is = |number| self.x == Element::new(number).times(square);
        let (more, over) = add(number, N);
        let fits = !over && subtract(more, P).1;
        self.z != Element::ZERO && (is(number) || (fits && is(more)))
    }
}

/// A number as digits that are zero or odd, below [`WIDE`] either way, the lowest first: of five in a
/// row at most one is not zero.
fn digits(number: Limbs) -> [i8; DIGITS] {
    let [a, b, c, d] = number;
    let mut rest = [a, b, c, d, 0];
    let mut digits = [0; DIGITS];
    for digit in &mut digits {
        if rest[0] & 1 == 1 {
            let low = (rest[0] & (2 * WIDE - 1)) as i8;
            *digit = if low < WIDE as i8 { low } else { low - 2 * WIDE as i8 };
            // What is left is even: without the low bits, or the next multiple above them.
            rest[0] &= !(2 * WIDE - 1);
            if *digit < 0 {
                let mut carry = 2 * WIDE;
                for limb in &mut rest {
                    let (sum, over) = limb.overflowing_add(carry);
                    (*limb, carry) = (sum, over.into());
                }
            }
        }
        for at in 0..4 {
            rest[at] = rest[at] >> 1 | rest[at + 1] << 63;
        }
        rest[4] >>= 1;
    }
    digits
}

/// Digits are below this: half of what five bits hold.
const WIDE: u64 = 16;
/// The odd multiples that digits stand for.
const ODD: usize = 8;
/// Digits of a number: the last one may reach a bit further.
const DIGITS: usize = 257;

#[cfg(test)]
mod tests {
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
    use sha2::Digest;

    use super::*;

    /// Numbers in which carries run far, beside others.
    fn numbers() -> Vec<Limbs> {
        let minus = |less: u64| subtract(P, [less, 0, 0, 0]).0;
        let mut all = vec![[0; 4], [1, 0, 0, 0], [2, 0, 0, 0], minus(1), minus(2), minus(1 << 32)];
        all.extend([[u64::MAX, 0, 0, 0], [0, u64::MAX, 0, 0], [u64::MAX, u64::MAX, u64::MAX, 0]]);
        all.extend([[0, 0, 0, 0xffff_ffff_0000_0000], [u64::MAX, 0, 0, 0xffff_ffff_0000_0001 - 1]]);
        all.extend([N, GX, GY, SQUARE, Element::ONE.0]);
        for seed in 0..24_u8 {
            let number = limbs(&sha2::Sha256::digest([seed]).into());
            all.push(reduced(number, 0));
        }
        all
    }

    /// The laws of arithmetic hold, and every number but zero has an inverse.
    #[test]
    fn numbers_follow_the_laws() {
        let all: Vec<Element> = numbers().into_iter().map(Element::new).collect();
        for &a in &all {
            assert_eq!(a.times(Element::ONE), a);
            assert_eq!(a.minus(a), Element::ZERO);
            for &b in &all {
                assert_eq!(a.times(b), b.times(a));
                assert_eq!(a.plus(b).minus(b), a);
                assert!(subtract(a.times(b).0, P).1 && subtract(a.plus(b).0, P).1);
                let square = a.square().plus(a.times(b).twice()).plus(b.square());
                assert_eq!(a.plus(b).square(), square);
                for &c in &all {
                    assert_eq!(a.times(b).times(c), a.times(b.times(c)));
                    assert_eq!(a.plus(b).times(c), a.times(c).plus(b.times(c)));
                }
            }
            // Fermat: a^(P - 2) is its inverse.
            let exponent = subtract(P, [2, 0, 0, 0]).0;
            let mut power = Element::ONE;
            for bit in (0..256).rev() {
                power = power.square();
                if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
                    power = power.times(a);
                }
            }
            let wanted = if a == Element::ZERO { Element::ZERO } else { Element::ONE };
            assert_eq!(power.times(a), wanted);
        }
    }

    /// The digits of a number are the number, and few.
    #[test]
    fn digits_are_the_number() {
        for number in numbers().into_iter().chain([[u64::MAX; 4]]) {
            let digits = digits(number);
            assert!(digits.iter().all(|it| *it == 0 || (it % 2 != 0 && it.unsigned_abs() < 16)));
            assert!(digits.windows(5).all(|row| row.iter().filter(|it| **it != 0).count() <= 1));
            // From the top: twice as much, and the digit, in 257 bits of which the last are kept.
            let mut sum = [0; 4];
            for digit in digits.iter().rev() {
                sum = add(sum, sum).0;
                let by = [u64::from(digit.unsigned_abs()), 0, 0, 0];
                sum = if *digit < 0 { subtract(sum, by).0 } else { add(sum, by).0 };
            }
            assert_eq!(sum, number);
        }
    }

    /// The crate that signs verifies alike: what it signed, and the same with a bit changed in the
    /// hash, in the signature or in the key; with keys for which points meet themselves, too.
    #[test]
    fn the_other_verifier_agrees() {
        let (mut good, mut bad) = (0, 0);
        for seed in 0..40_u8 {
            let mut secret: [u8; 32] = sha2::Sha256::digest([seed, 1]).into();
            if seed < 6 {
                // The generator itself and its first multiples; for odd seeds their negatives.
                secret = [0; 32];
                secret[31] = seed / 2 + 1;
            }
            let mut key = SigningKey::from_slice(&secret).unwrap();
            if seed < 6 && seed % 2 == 1 {
                let negative = -**key.as_nonzero_scalar();
                key = SigningKey::from_slice(&negative.to_bytes()).unwrap();
            }
            let hash: [u8; 32] = match seed % 8 {
                6 => [0; 32],
                7 => [0xff; 32],
                _ => sha2::Sha256::digest([seed, 2]).into(),
            };
            let signature: Signature = key.sign_prehash(&hash).unwrap();
            let other = *SigningKey::from_slice(&[seed + 1; 32]).unwrap().verifying_key();
            let mut changed = hash;
            changed[usize::from(seed % 32)] ^= 1 << (seed % 8);
            let mut bytes = signature.to_bytes();
            bytes[usize::from(seed % 64)] ^= 1 << (seed % 8);
            let broken = Signature::from_slice(&bytes).unwrap_or(signature);
            let own = key.verifying_key();
            for (key, hash, signature) in [
                (own, &hash, &signature),
                (own, &changed, &signature),
                (own, &hash, &broken),
                (&other, &hash, &signature),
            ] {
                let wanted = key.verify_prehash(hash, signature).is_ok();
                assert_eq!(fits(key, hash, signature), wanted, "{seed}");
                *(if wanted { &mut good } else { &mut bad }) += 1;
            }
        }
        assert!(good >= 40 && bad >= 110, "{good} {bad}");
    }
}
