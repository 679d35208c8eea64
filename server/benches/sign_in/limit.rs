//! Measures the cryptography that a sign-in needs: the modular exponentiation of SRP's group and the signature of a token,
//! with the libraries of the server.

use std::{hint::black_box, time::Duration};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::RSA_PKCS1_SHA256,
};
use crypto_bigint::{
    Odd, U256, U3072,
    modular::{FixedMontyForm, FixedMontyParams},
};

use crate::process::processor_time;

/// The number of operations in one run, which takes about a second.
const EXPONENTIATIONS: u32 = 200;
const SIGNATURES: u32 = 1_000;

/// About as long as the content of a token.
const CLAIMS: [u8; 900] = [b'x'; 900];

/// The operations that are measured.
pub(crate) struct Cryptography {
    params: FixedMontyParams<{ U3072::LIMBS }>,
    base: U3072,
    exponent: U256,
    key: KeyPair,
}

impl Cryptography {
    /// Creates numbers of the length that SRP has. Their values do not matter, since the operations take constant time.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let modulus = Option::<Odd<U3072>>::from(Odd::new(U3072::MAX));
        let modulus = modulus.ok_or_else(|| anyhow::anyhow!("the largest number is odd"))?;
        Ok(Self {
            params: FixedMontyParams::new_vartime(modulus),
            base: U3072::from_be_slice(&[0x5a; 384]),
            exponent: U256::from_be_slice(&[0xa5; 32]),
            key: KeyPair::generate(KeySize::Rsa2048)?,
        })
    }

    /// Returns the microseconds of processor time for one exponentiation by a secret of 256 bits.
    pub(crate) fn exponentiation(&self) -> f64 {
        let element = FixedMontyForm::new(&self.base, &self.params);
        micros(EXPONENTIATIONS, || {
            for _ in 0..EXPONENTIATIONS {
                black_box(black_box(&element).pow(black_box(&self.exponent)));
            }
        })
    }

    /// Returns the microseconds of processor time for one signature.
    pub(crate) fn signature(&self) -> anyhow::Result<f64> {
        let random = SystemRandom::new();
        let mut signature = vec![0; self.key.public_modulus_len()];
        let mut signed = Ok(());
        let micros = micros(SIGNATURES, || {
            for _ in 0..SIGNATURES {
                signed =
                    signed.and(self.key.sign(&RSA_PKCS1_SHA256, &random, black_box(&CLAIMS), &mut signature));
            }
        });
        signed?;
        Ok(micros)
    }
}

fn micros(times: u32, work: impl FnOnce()) -> f64 {
    let so_far = || processor_time(std::process::id());
    let before: Duration = so_far();
    work();
    so_far().saturating_sub(before).as_secs_f64() * 1e6 / f64::from(times)
}
