//! Configures the client: endpoint, region, credentials, and the client's own behaviour.

use std::time::Duration;

use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::region::ProfileFileRegionProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    Builder, ProvideCredentials, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};

use super::fault::chain;
use super::{Addressing, Checksums, S3Settings, UnusableBucket};

/// The region for servers that ignore it.
const ANY_REGION: &str = "us-east-1";

/// The maximum time to connect.
const CONNECT: Duration = Duration::from_secs(5);

/// Returns the configuration of the environment, as for every AWS tool, overridden by our settings.
pub(super) async fn environment(settings: &S3Settings) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(endpoint) = &settings.endpoint {
        // The machine's own region, which needs a network request, is not that of another
        // provider's server.
        let named = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new());
        let named = named.or_else(ProfileFileRegionProvider::new()).or_else(Region::from_static(ANY_REGION));
        loader = loader.endpoint_url(endpoint).region(named);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    loader.load().await
}

/// Checks that there are credentials.
pub(super) async fn find_credentials(environment: &SdkConfig) -> Result<(), UnusableBucket> {
    let found = match environment.credentials_provider() {
        Some(provider) => provider.provide_credentials().await.map(|_| ()).map_err(|error| chain(&error)),
        None => Err("none are configured".to_owned()),
    };
    found.map_err(|why| UnusableBucket {
        what: "no credentials were found".to_owned(),
        said: why,
        hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role"
            .to_owned(),
    })
}

/// Creates the client.
pub(super) fn client(environment: &SdkConfig, settings: &S3Settings) -> Client {
    let path_style = match settings.addressing {
        Addressing::Path => true,
        Addressing::VirtualHost => false,
        // Servers other than AWS rarely have a host name for each bucket.
        Addressing::Auto => environment.endpoint_url().is_some(),
    };
    let checksums = match settings.checksums {
        Checksums::WhenSupported => RequestChecksumCalculation::WhenSupported,
        Checksums::WhenRequired => RequestChecksumCalculation::WhenRequired,
    };
    let mut config = Builder::from(environment)
        .force_path_style(path_style)
        .request_checksum_calculation(checksums)
        // Downloads are hashed here, and the client cannot check the checksum of a multipart
        // object.
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build())
        // Both are implemented here and tested: `retry.rs` and `download.rs`.
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if environment.region().is_none() {
        config = config.region(Region::from_static(ANY_REGION));
    }
    Client::from_conf(config.build())
}
