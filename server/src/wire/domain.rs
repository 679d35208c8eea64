//! Conversion of user pool domains.

use lido_cognito_idp::types;
use lido_domain::{
    Refusal,
    pool::domain::{Certificate, Domain, DomainSettings, Failover, LoginVersion},
    record::PoolRecord,
};

use super::{ConversionError, time};
use crate::app::Settings;

/// Reads the settings of a domain. A routing without failover is no routing.
///
/// # Errors
/// The refusal of a version of managed login that does not exist.
pub fn read_settings(
    version: Option<i32>,
    custom: Option<types::CustomDomainConfigType>,
    routing: Option<types::RoutingType>,
) -> Result<DomainSettings, Refusal> {
    Ok(DomainSettings {
        login: version.map(|version| LoginVersion::from_number(version.into())).transpose()?,
        certificate: custom.map(|custom| Certificate {
            arn: custom.certificate_arn.into_inner(),
            security_policy: custom.security_policy.map(|policy| policy.as_str().to_owned()),
        }),
        failover: routing.and_then(|routing| routing.failover).map(|failover| Failover {
            secondary_region: failover.secondary_region.into_inner(),
            health_check: failover.primary_route53_health_check_id.into_inner(),
        }),
    })
}

/// The members that the operations that write a domain return.
#[derive(Debug)]
pub struct WrittenDomain {
    /// `ManagedLoginVersion`, if it was ever sent (*Documented*: the output of a prefix may be empty).
    pub managed_login_version: Option<i32>,
    /// `CloudFrontDomain`, of a custom domain only (*Documented*).
    pub cloud_front_domain: Option<types::DomainType>,
    /// `Routing`.
    pub routing: Option<types::RoutingType>,
}

/// Converts a domain for the operations that write one.
pub fn to_written_domain(domain: &Domain) -> Result<WrittenDomain, ConversionError> {
    let distribution = domain.is_custom().then(|| domain.distribution());
    Ok(WrittenDomain {
        managed_login_version: domain.settings.login.map(|version| version.number().into()),
        cloud_front_domain: distribution.as_deref().map(TryInto::try_into).transpose()?,
        routing: to_routing_type(domain)?,
    })
}

/// Converts a domain for DescribeUserPoolDomain.
///
/// *Observed*: the members, and that the version of managed login is told though none was sent. *Chosen*: S3Bucket is absent,
/// because no bucket has files of this server; Version, which looks like the time of a deployment, is the time at which the
/// domain was created. *Observed*: a prefix domain has no CustomDomainConfig; older recordings have an empty one.
pub fn to_domain_description(
    server: &Settings,
    pool: &PoolRecord,
    domain: &Domain,
) -> Result<types::DomainDescriptionType, ConversionError> {
    let certificate = domain.settings.certificate.as_ref();
    Ok(types::DomainDescriptionType {
        user_pool_id: Some(pool.pool.id.as_str().try_into()?),
        aws_account_id: Some(server.account_id.clone()),
        domain: Some(domain.name.as_str().try_into()?),
        s3_bucket: None,
        cloud_front_distribution: Some(domain.distribution().as_str().try_into()?),
        version: time::digits(domain.created_at),
        status: Some(types::DomainStatusType::Active),
        custom_domain_config: certificate.map(to_custom_domain_config).transpose()?,
        managed_login_version: Some(domain.login().number().into()),
        routing: to_routing_type(domain)?,
    })
}

fn to_custom_domain_config(
    certificate: &Certificate,
) -> Result<types::CustomDomainConfigType, ConversionError> {
    Ok(types::CustomDomainConfigType {
        certificate_arn: certificate.arn.as_str().try_into()?,
        security_policy: certificate.security_policy.as_deref().map(TryInto::try_into).transpose()?,
    })
}

fn to_routing_type(domain: &Domain) -> Result<Option<types::RoutingType>, ConversionError> {
    let Some(failover) = &domain.settings.failover else { return Ok(None) };
    let failover = types::FailoverType {
        secondary_region: failover.secondary_region.as_str().try_into()?,
        primary_route53_health_check_id: failover.health_check.as_str().try_into()?,
    };
    Ok(Some(types::RoutingType { failover: Some(failover) }))
}
