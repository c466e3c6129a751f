//! `stemma demo`: loads corrected labels and traces them to the training sets that contain them.
//! There are two demos: real labels, and pictures of a town from the air.

mod aerial;
mod answer;
mod commits;
mod data_set;
mod digits;
mod gallery;
mod load;
mod png;
mod story;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use self::aerial::StoryClock;
use self::answer::DemoAnswer;
use self::commits::Loaded;
use super::shared::client::Client;
use super::shared::failure::Result;
use super::shared::output;
use super::shared::serving::{ServerOptions, serve};
use super::shared::store::{Store, runtime};
use crate::config::{Listening, WriteOptions};
use crate::ledger::has_store;

/// Load real corrected labels, show which training sets contain them, and serve the pages
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Demo {
    /// The demo
    #[arg(value_enum, value_name = "DEMO", default_value_t)]
    name: DemoName,
    // Not a setting: a demo must not be loaded into the directory of a settings file.
    /// The data directory of the demo [default: ./stemma-demo, of aerial ./stemma-demo-aerial]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Load the data and print the answers, but do not serve
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    writes: WriteOptions,
    #[command(flatten)]
    listening: Listening,
}

/// The demos.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum DemoName {
    /// Published labels of MNIST and CIFAR-10, and handwritten digits
    #[default]
    Labels,
    /// Pictures of a town from the air, with outlines
    Aerial,
}

const EXAMPLES: &str = "\
The labels of 20,000 test images of MNIST and CIFAR-10, as published; a test set and a model of \
each; the votes of five reviewers on the suspected labels; the sets refreshed and the models \
made again. And 1,797 scans of handwritten digits with their labels, crops, masks and training \
sets, digits/TRAINING_SET/digits and digits/TRAINING_SET/ink, to look at and to check out. \
(Digits: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0.) Loading it \
again changes nothing.

aerial: 16 tiles of an invented town, 213 outlines of buildings, roads, water, vegetation and \
vehicles; a class that is split, a newer flight, a review of the outlines; sets and models for \
two use cases, of which one is repaired. (Generated, CC0.)

Examples:
  stemma demo
  stemma demo aerial
  stemma demo --listen 127.0.0.1:9000
  stemma demo --no-serve
  stemma trace --all --members --data ./stemma-demo
  stemma checkout digits/TRAINING_SET/digits ./digits --data ./stemma-demo";

impl DemoName {
    /// Returns the data directory, unless another one is given.
    fn directory(self) -> &'static Path {
        Path::new(match self {
            Self::Labels => "./stemma-demo",
            Self::Aerial => "./stemma-demo-aerial",
        })
    }

    const fn answer(self) -> &'static DemoAnswer {
        match self {
            Self::Labels => &load::ANSWER,
            Self::Aerial => &aerial::ANSWER,
        }
    }

    /// Returns what was loaded, for a sentence.
    const fn content(self) -> &'static str {
        match self {
            Self::Labels => "20,000 labels, and 1,797 pictures of digits (UCI, CC BY 4.0),",
            Self::Aerial => "two flights over a town, with outlines of what is in the pictures,",
        }
    }
}

impl Demo {
    pub(super) fn run(self) -> Result<()> {
        let options =
            if self.no_serve { None } else { Some(ServerOptions::new(&self.listening, self.directory())?) };
        if let Some(options) = options.as_ref().filter(|_| !has_store(self.directory())) {
            options.check_address()?;
        }
        runtime()?.block_on(async {
            let clock = Arc::new(StoryClock::new());
            let store =
                Store::open_plain(self.directory(), self.writes, self.listening.record_cache, clock.clone())
                    .await?;
            let loaded = self.load(&store, &clock).await;
            match (loaded, options) {
                (Ok(loaded), Some(options)) => {
                    serve(store, options, |address| self.announce(address, &loaded)).await
                }
                (loaded, _) => {
                    store.close().await?;
                    loaded.map(drop)
                }
            }
        })
    }

    fn directory(&self) -> &Path {
        self.data.as_deref().unwrap_or_else(|| self.name.directory())
    }

    /// Loads the demo and prints its answer.
    async fn load(&self, store: &Store, clock: &StoryClock) -> Result<Loaded> {
        let loaded = match self.name {
            DemoName::Labels => load::load(&store.ledger).await?,
            DemoName::Aerial => aerial::load(&store.ledger, clock).await?,
        };
        output::line(self.summary(&loaded))?;
        answer::print(&Client::Local(store.api()?), &loaded, self.name.answer()).await?;
        Ok(loaded)
    }

    fn announce(&self, address: SocketAddr, loaded: &Loaded) -> Result<()> {
        output::line(format_args!(
            "\nPages: http://{address}/   Playground: http://{address}/playground   (Ctrl-C stops it)"
        ))?;
        for (path, shown) in (self.name.answer().pages)(loaded) {
            output::line(format_args!("  http://{address}{path}\n      {shown}"))?;
        }
        Ok(())
    }

    fn summary(&self, loaded: &Loaded) -> String {
        let directory = self.directory().display();
        match loaded.made {
            0 => format!("Everything is in {directory} already: nothing changed."),
            made if made == loaded.commits => {
                let (content, made) = (self.name.content(), output::counted(made, "commit"));
                format!("Loaded {content} into {directory}: {made}.")
            }
            made => format!(
                "Loaded the rest into {directory}: {}, after {} that were there already.",
                output::counted(made, "commit"),
                output::count(loaded.commits - made)
            ),
        }
    }
}
