//! Named files in the bucket: `<prefix>/exports/…`.

use std::fs::File;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::bucket::{CreateOutcome, Metadata, NameCondition};
use super::fault::while_doing;
use super::upload::MultipartUpload;
use super::{PART, S3Store};
use crate::blob::named_files::NamedFiles;
use crate::blob::{BlobError, Fut, key};

impl NamedFiles for S3Store {
    fn size<'a>(&'a self, name: &'a str) -> Fut<'a, Result<Option<u64>, BlobError>> {
        self.home.run(Box::pin(async move {
            let head = self.bucket.head(&key::export(name)).await.map_err(while_doing("find an export"))?;
            Ok(head.map(|head| head.size))
        }))
    }

    fn read<'a>(&'a self, name: &'a str, limit: u64) -> Fut<'a, Result<Option<Bytes>, BlobError>> {
        self.home.run(Box::pin(async move {
            let read =
                self.bucket.read(&key::export(name), limit).await.map_err(while_doing("read an export"))?;
            Ok(read.map(|(_, bytes)| bytes))
        }))
    }

    fn write<'a>(&'a self, name: &'a str, file: File) -> Fut<'a, Result<(), BlobError>> {
        self.home.run(Box::pin(async move {
            let name = key::export(name);
            let mut file = tokio::fs::File::from_std(file);
            file.rewind().await.map_err(unread)?;
            let first = piece(&mut file, PART).await?;
            if first.len() < PART {
                let put = self.bucket.put(&name, &first, &Metadata::new(), NameCondition::Any).await;
                return put.map(drop).map_err(while_doing("write an export"));
            }
            let upload = MultipartUpload::begin(&self.bucket, &name, &Metadata::new()).await;
            let mut upload = upload.map_err(while_doing("begin an upload"))?;
            let (mut next, mut size) = (first, 0);
            while !next.is_empty() {
                size += next.len() as u64;
                upload.push(next).await.map_err(while_doing("write an export"))?;
                let wanted = upload.next_size();
                next = piece(&mut file, wanted).await?;
            }
            upload.join().await.map_err(while_doing("write an export"))?;
            let made =
                upload.complete(NameCondition::Any).await.map_err(while_doing("complete an upload"))?;
            if made == CreateOutcome::Gone {
                // The first answer was lost, and the upload did not exist at the second attempt: it
                // has become the object, or was lost.
                let head = self.bucket.head(&name).await.map_err(while_doing("find an export"))?;
                if head.is_none_or(|head| head.size != size) {
                    let source = "the server lost the upload".into();
                    return Err(BlobError::Unavailable { doing: "complete an upload", source });
                }
            }
            upload.forget();
            Ok(())
        }))
    }
}

/// Returns the next bytes of a file: `size`, or fewer at its end.
async fn piece(file: &mut tokio::fs::File, size: usize) -> Result<Bytes, BlobError> {
    let mut bytes = Vec::new();
    file.take(size as u64).read_to_end(&mut bytes).await.map_err(unread)?;
    Ok(bytes.into())
}

fn unread(error: std::io::Error) -> BlobError {
    BlobError::Source { source: error.into() }
}
