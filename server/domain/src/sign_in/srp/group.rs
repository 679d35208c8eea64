//! The group of SRP: the integers modulo the 3,072-bit prime, with the generator 2.
//!
//! Only exponentiations are costly. Those of the generator ([`generator_power`]) come from a table, the others
//! ([`power`]) from the library. Both take the same time for every exponent of 256 bits and touch the same memory. The
//! tests compare them with `plain_power`, the generic exponentiation; `docs/performance.md` has what they cost.

use std::sync::LazyLock;

use crypto_bigint::{
    CtAssign, CtEq, Odd, U256, U3072, Word,
    modular::{FixedMontyForm, FixedMontyParams},
};
use zeroize::Zeroizing;

/// A number modulo the prime.
pub(super) type Element = FixedMontyForm<{ U3072::LIMBS }>;

/// The length of a number in bytes.
pub(super) const ELEMENT_BYTES: usize = 384;

/// The prime of RFC 5054's 3,072-bit group (RFC 3526, group 15).
pub(super) const PRIME: Odd<U3072> = Odd::<U3072>::from_be_hex(concat!(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05",
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB",
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718",
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33",
    "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7",
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864",
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2",
    "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
));

/// The Montgomery parameters of the prime, computed once. The prime is public, so variable-time code is allowed.
static PARAMS: LazyLock<FixedMontyParams<{ U3072::LIMBS }>> =
    LazyLock::new(|| FixedMontyParams::new_vartime(PRIME));

/// The number of bits of the exponent that one multiplication takes care of.
///
/// *Chosen*: with 5 bits the table has 624 KiB. 4 bits need 12 more multiplications, and 6 bits save nine, which
/// reading twice as many entries costs again.
const WINDOW: u32 = 5;
const WINDOW_ENTRIES: usize = 1 << WINDOW;
const WINDOW_MASK: Word = (1 << WINDOW) - 1;

/// One window's powers in Montgomery form: entry `d` is the generator to the power of `d` times the weight of the
/// window.
type WindowPowers = [U3072; WINDOW_ENTRIES];

/// The powers of the generator for each window of a 256-bit exponent, beginning with its lowest bits.
///
/// It is made at its first use, in as much time as six exponentiations: neither a start nor a command that needs no
/// password waits for it, and the build does not have to compute or ship it.
static GENERATOR_POWERS: LazyLock<Vec<WindowPowers>> = LazyLock::new(|| {
    let mut base = element(&U3072::from_u8(2));
    let mut windows = Vec::new();
    for _ in 0..U256::BITS.div_ceil(WINDOW) {
        let mut next = Element::one(&PARAMS);
        let mut powers = [U3072::ZERO; WINDOW_ENTRIES];
        for entry in &mut powers {
            *entry = *next.as_montgomery();
            next *= base;
        }
        windows.push(powers);
        base = next;
    }
    windows
});

/// Returns a number modulo the prime.
pub(super) fn element(number: &U3072) -> Element {
    Element::new(number, &PARAMS)
}

/// Returns 2 to the power of `exponent`, in constant time.
///
/// The exponent is the sum of its windows, so the power is the product of one entry for each window. No squarings are
/// left. Every entry of a window is read, whichever is needed.
pub(super) fn generator_power(exponent: &U256) -> Element {
    let mut rest = Zeroizing::new(*exponent);
    let mut product = Element::one(&PARAMS);
    for powers in GENERATOR_POWERS.iter() {
        let [lowest, ..] = *rest.as_words();
        let digit = Zeroizing::new(lowest & WINDOW_MASK);
        let mut factor = U3072::ZERO;
        for (number, power) in (0..).zip(powers) {
            factor.ct_assign(power, Word::ct_eq(&number, &digit));
        }
        product *= Element::from_montgomery(factor, &PARAMS);
        // The time depends on the length of the shift only, which is not a secret.
        *rest = rest.shr_vartime(WINDOW);
    }
    product
}

/// Returns `base` to the power of `exponent`, in constant time.
///
/// *Chosen*: "almost Montgomery multiplication" of the library, which reduces once at the end, is quicker than its other
/// exponentiation in constant time.
pub(super) fn power(base: &Element, exponent: &U256) -> Element {
    let wide = Zeroizing::new(exponent.resize());
    base.pow_amm_bounded_exp(&wide, U256::BITS)
}

/// Returns `base` to the power of `exponent`, by the generic exponentiation.
#[cfg(test)]
fn plain_power(base: &Element, exponent: &U256) -> Element {
    base.pow(exponent)
}

#[cfg(test)]
mod tests {
    use proptest::{array::uniform32, prelude::*};

    use super::*;

    fn check(exponent: &U256, base: &U3072) {
        let (generator, base) = (element(&U3072::from_u8(2)), element(base));
        assert_eq!(generator_power(exponent).retrieve(), plain_power(&generator, exponent).retrieve());
        assert_eq!(power(&base, exponent).retrieve(), plain_power(&base, exponent).retrieve());
    }

    /// The ends of the range, and the bits on both sides of every border between two windows.
    #[test]
    fn powers_of_special_exponents_equal_the_plain_ones() {
        let last = PRIME.as_ref().wrapping_sub(&U3072::ONE);
        for exponent in [U256::ZERO, U256::ONE, U256::MAX] {
            for base in [U3072::ZERO, U3072::ONE, last, U3072::MAX] {
                check(&exponent, &base);
            }
        }
        for border in (0..U256::BITS).step_by(WINDOW as usize) {
            for bit in [border.saturating_sub(1), border] {
                let exponent = U256::ONE.shl_vartime(bit);
                let expected = if bit < 12 { U3072::ONE.shl_vartime(1 << bit) } else { plain(&exponent) };
                assert_eq!(generator_power(&exponent).retrieve(), expected, "bit {bit}");
            }
        }
    }

    fn plain(exponent: &U256) -> U3072 {
        plain_power(&element(&U3072::from_u8(2)), exponent).retrieve()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn powers_of_any_exponent_equal_the_plain_ones(
            exponent in uniform32(any::<u8>()),
            base in proptest::collection::vec(any::<u8>(), ELEMENT_BYTES),
        ) {
            check(&U256::from_be_slice(&exponent), &U3072::from_be_slice(&base));
        }
    }
}
