//! The cryptography that a request with a password needs: exponentiations in SRP's group and the signature of a token,
//! with the libraries of the server, and with others for comparison.

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
use lido_domain::{
    id::{PoolId, Username},
    secret::Secret,
    sign_in::srp::{
        Verifier,
        claim_time::ClaimTime,
        exchange::{ExchangeClaim, ExchangeValues, PublicValue, ServerSecret},
    },
};
use num_bigint::BigUint;

use crate::{PASSWORD, process::processor_time};

/// The number of operations in one run, which takes up to a second.
const EXPONENTIATIONS: u32 = 200;
const VERIFIERS: u32 = 1_000;
const SIGNATURES: u32 = 1_000;

/// About as long as the content of a token.
const CLAIMS: [u8; 900] = [b'x'; 900];

/// What is measured, in microseconds of processor time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// An exponentiation by the generic one of crypto-bigint, with which ratios are computed.
    Generic,
    /// The same by "almost Montgomery multiplication" of crypto-bigint, which the server uses for bases of clients.
    AlmostMontgomery,
    /// The same by num-bigint, whose time depends on the secret; for comparison.
    VariableTime,
    /// The verifier of a password by the table of the server.
    Verifier,
    /// The check of the signature of an SRP exchange: two exponentiations of other bases.
    Claim,
    /// The RSA signature of one token.
    Signature,
}

impl Limit {
    pub(crate) const ALL: [Limit; 6] = [
        Limit::Generic,
        Limit::AlmostMontgomery,
        Limit::VariableTime,
        Limit::Verifier,
        Limit::Claim,
        Limit::Signature,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Limit::Generic => "exponentiation, crypto-bigint",
            Limit::AlmostMontgomery => "exponentiation, the same by AMM",
            Limit::VariableTime => "exponentiation, num-bigint",
            Limit::Verifier => "verifier of a password, by the table",
            Limit::Claim => "claim of an SRP exchange",
            Limit::Signature => "RSA signature",
        }
    }
}

/// The operations that are measured.
pub(crate) struct Cryptography {
    params: FixedMontyParams<{ U3072::LIMBS }>,
    base: U3072,
    exponent: U256,
    verifier: Verifier,
    key: KeyPair,
}

impl Cryptography {
    /// Creates numbers of the length that SRP has. Their values do not matter, since the operations of the server take
    /// constant time.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let modulus = Option::<Odd<U3072>>::from(Odd::new(U3072::MAX));
        let modulus = modulus.ok_or_else(|| anyhow::anyhow!("the largest number is odd"))?;
        Ok(Self {
            params: FixedMontyParams::new_vartime(modulus),
            base: U3072::from_be_slice(&[0x5a; 384]),
            exponent: U256::from_be_slice(&[0xa5; 32]),
            verifier: derive(),
            key: KeyPair::generate(KeySize::Rsa2048)?,
        })
    }

    /// Returns the microseconds of processor time for one operation.
    pub(crate) fn measure(&self, limit: Limit) -> anyhow::Result<f64> {
        let element = FixedMontyForm::new(&self.base, &self.params);
        Ok(match limit {
            Limit::Generic => micros(EXPONENTIATIONS, || element.pow(black_box(&self.exponent))),
            Limit::AlmostMontgomery => {
                let wide = self.exponent.resize();
                micros(EXPONENTIATIONS, || element.pow_amm_bounded_exp(black_box(&wide), U256::BITS))
            }
            Limit::VariableTime => {
                let number = |bytes: &[u8]| BigUint::from_bytes_be(bytes);
                let (base, exponent) = (number(&[0x5a; 384]), number(&[0xa5; 32]));
                let modulus = number(&[0xff; 384]);
                micros(EXPONENTIATIONS, || base.modpow(black_box(&exponent), &modulus))
            }
            Limit::Verifier => micros(VERIFIERS, derive),
            Limit::Claim => self.claim()?,
            Limit::Signature => self.signature()?,
        })
    }

    fn claim(&self) -> anyhow::Result<f64> {
        let secret = ServerSecret::from_bytes(&[0xa5; 32]);
        let a = PublicValue::from_hex(&"5a".repeat(384)).ok_or_else(|| anyhow::anyhow!("a number"))?;
        let values = ExchangeValues { a, b: self.verifier.public_value(&secret) };
        let at = ClaimTime::parse("Sat Nov 21 07:30:00 UTC 2026").map_err(|_| anyhow::anyhow!("a time"))?;
        let claim =
            ExchangeClaim { group: "bench", identity: "ann", secret_block: "", at: &at, signature: "" };
        Ok(micros(EXPONENTIATIONS, || self.verifier.is_claim(black_box(&values), &secret, &claim)))
    }

    fn signature(&self) -> anyhow::Result<f64> {
        let random = SystemRandom::new();
        let mut signature = vec![0; self.key.public_modulus_len()];
        let mut signed = Ok(());
        let micros = micros(SIGNATURES, || {
            signed =
                signed.and(self.key.sign(&RSA_PKCS1_SHA256, &random, black_box(&CLAIMS), &mut signature));
        });
        signed?;
        Ok(micros)
    }
}

fn derive() -> Verifier {
    let (pool, username) = (PoolId::new("us-east-1_abcdefghi"), Username::new("ann"));
    Verifier::derive(&pool, &username, &Secret::new(PASSWORD), black_box([7; 16]))
}

/// Returns the microseconds of processor time for each of `times` calls of `work`.
fn micros<T>(times: u32, mut work: impl FnMut() -> T) -> f64 {
    let so_far = || processor_time(std::process::id());
    let before: Duration = so_far();
    for _ in 0..times {
        black_box(work());
    }
    so_far().saturating_sub(before).as_secs_f64() * 1e6 / f64::from(times)
}
