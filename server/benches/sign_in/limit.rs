//! What a sign-in cannot do without, alone: the modular exponentiation of SRP's group and the signature of a token, by the
//! libraries that the server uses.

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

/// How often each is done in one turn: about a second of either.
const EXPONENTIATIONS: u32 = 200;
const SIGNATURES: u32 = 1_000;

/// About as long as what stands in a token.
const CLAIMS: [u8; 900] = [b'x'; 900];

pub(crate) struct Limit {
    params: FixedMontyParams<{ U3072::LIMBS }>,
    base: U3072,
    exponent: U256,
    key: KeyPair,
}

impl Limit {
    /// Numbers as long as those of an exchange. Which they are does not matter, since the time is constant.
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

    /// Microseconds of a core for one exponentiation by a secret of 256 bits.
    pub(crate) fn exponentiation(&self) -> f64 {
        let element = FixedMontyForm::new(&self.base, &self.params);
        micros(EXPONENTIATIONS, || {
            for _ in 0..EXPONENTIATIONS {
                black_box(black_box(&element).pow(black_box(&self.exponent)));
            }
        })
    }

    /// Microseconds of a core for one signature.
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
