//! User pool domains in seed files: the members of CreateUserPoolDomain. A pool has one prefix and one custom domain at most.

use async_trait::async_trait;
use lido_cognito_idp::{Operation, operations::CreateUserPoolDomainInput, types};
use lido_domain::{
    Verdict,
    flow::domains,
    id::{DomainName, PoolId},
    pool::domain::{Domain, DomainSettings},
};
use lido_runtime::{Form, Shape as _};
use serde_json::{Value, json};

use super::{Entry, EntryFailure, EntryKey, Noun, SeedOutcome, read};
use crate::{
    app::App,
    operations::{Origin, RequestContext},
    wire,
};

const NAME: &str = "Domain";
const LOGIN: &str = "ManagedLoginVersion";
const CERTIFICATE: &str = "CustomDomainConfig";
const ROUTING: &str = "Routing";

/// The domains of a pool.
#[derive(Debug)]
pub(super) struct PoolDomains;

fn read(entry: &Entry) -> Result<(DomainName, DomainSettings), EntryFailure> {
    let input: CreateUserPoolDomainInput = read::input(read::with_any_pool(entry.clone()))?;
    let settings =
        wire::domain::read_settings(input.managed_login_version, input.custom_domain_config, input.routing);
    let settings = settings?;
    Ok((DomainName::new(input.domain.into_inner()), settings))
}

#[async_trait]
impl Noun for PoolDomains {
    fn operation(&self) -> Operation {
        Operation::CreateUserPoolDomain
    }

    fn list_key(&self) -> &'static str {
        "Domains"
    }

    fn name_key(&self) -> &'static str {
        NAME
    }

    fn keys(&self) -> Vec<EntryKey> {
        vec![
            (NAME, Form::Json),
            (LOGIN, Form::Json),
            (CERTIFICATE, types::CustomDomainConfigType::form()),
            (ROUTING, types::RoutingType::form()),
        ]
    }

    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure> {
        read(entry).map(|_| None)
    }

    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure> {
        let (name, settings) = read(entry)?;
        let origin = Origin::default();
        RequestContext::new(app, &origin)
            .transact(async |tx| {
                let record = tx.get_pool(pool).await?;
                let Some(former) = record.domains.find(&name) else {
                    let holder = tx.find_domain_holder(&name).await?;
                    let created =
                        domains::create(&record, holder.as_ref(), name.clone(), settings.clone(), tx.now());
                    return Ok(created.map(|_| SeedOutcome::Created));
                };
                let former = former.settings.clone();
                let updated = domains::update(&record, &name, settings.clone());
                if updated.answer.as_ref().is_ok_and(|domain| domain.settings == former) {
                    return Ok(Verdict::accept(SeedOutcome::Unchanged));
                }
                Ok(updated.map(|_| SeedOutcome::Changed))
            })
            .await
            .map_err(EntryFailure::from)
    }

    async fn list(
        &self,
        app: &App,
        pool: &PoolId,
        after: Option<&str>,
    ) -> Result<Vec<(String, Entry)>, EntryFailure> {
        // There are two at most, so the first page has all.
        if after.is_some() {
            return Ok(Vec::new());
        }
        let record = app.store.begin().find_pool(pool).await?;
        let domains = record.as_ref().map(|record| record.domains.iter().map(describe).collect::<Vec<_>>());
        Ok(domains.unwrap_or_default())
    }
}

fn describe(domain: &Domain) -> (String, Entry) {
    let DomainSettings { login, certificate, failover } = &domain.settings;
    let mut entry = read::member(NAME, domain.name.as_str());
    entry.extend(login.map(|version| (LOGIN.to_owned(), version.number().into())));
    entry.extend(certificate.as_ref().map(|certificate| {
        let mut members = read::member("CertificateArn", certificate.arn.as_str());
        members.extend(
            certificate
                .security_policy
                .as_deref()
                .map(|policy| ("SecurityPolicy".to_owned(), Value::from(policy))),
        );
        (CERTIFICATE.to_owned(), Value::Object(members))
    }));
    entry.extend(failover.as_ref().map(|failover| {
        let members = json!({
            "SecondaryRegion": failover.secondary_region,
            "PrimaryRoute53HealthCheckId": failover.health_check,
        });
        (ROUTING.to_owned(), json!({ "Failover": members }))
    }));
    (domain.name.to_string(), entry)
}
