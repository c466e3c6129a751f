//! Starts the webhooks of the settings file.

use std::path::PathBuf;
use std::sync::Arc;

use crate::api::engine::execute::Execute;
use crate::cli::shared::failure::{Failure, Result};
use crate::config::{Webhook, WebhookEvent};
use crate::domain::id::Seq;
use crate::hooks::{Hook, HookContext, Hooks, Reach, Secret, Wants};
use crate::ledger::{Ledger, SystemClock};

/// Creates a hook. Called before anything is opened, so that errors are reported at once.
pub(crate) fn of(webhook: &Webhook) -> Result<Hook> {
    let name = &webhook.name;
    let secret = Secret::new(&webhook.secret().map_err(Failure::usage)?).map_err(|bad| {
        Failure::usage(format!("webhook {name}: the secret cannot be used")).hint(bad.to_string())
    })?;
    let reach = if webhook.allow_private { Reach::Private } else { Reach::Public };
    let wants = match webhook.event {
        WebhookEvent::Changes => Wants::Changes,
        WebhookEvent::Affected => Wants::Affected {
            training_set: webhook.training_set.clone(),
            tag: webhook.tag.clone(),
            namespace: webhook.namespace.clone().unwrap_or_else(|| "default".to_owned()),
        },
    };
    let hook = Hook::new(name.clone(), &webhook.url, reach, secret, wants);
    let hook = hook.map_err(|bad| Failure::usage(format!("webhook {name}: {bad}")))?;
    Ok(hook.beginning(webhook.after.map(Seq)))
}

/// Starts hooks over a ledger.
pub(crate) fn start(
    ledger: &Ledger,
    api: &Arc<dyn Execute>,
    hooks: Vec<Hook>,
    dir: PathBuf,
) -> Result<Hooks> {
    let context = HookContext {
        api: Arc::clone(api),
        ledger: ledger.clone(),
        operations: ledger.runtime()?,
        clock: Arc::new(SystemClock),
        dir,
        patience: HookContext::PATIENCE,
        pauses: HookContext::PAUSES,
    };
    Ok(Hooks::start(context, hooks))
}
