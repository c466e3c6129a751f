//! The normal form of the names of images.

use crate::annotations::fault::Reason;

/// Returns the normal form of a path or an address, so that the same image has the same name in
/// exports of different systems and days.
///
/// In a path, a backslash is a separator, and `.` and empty parts are left out: `.\a\b.jpg` is
/// `a/b.jpg`. In an address, the parameters of a signature are left out of the query.
///
/// # Errors
/// Returns the reason if nothing is left.
pub fn normal_name(field: &str, name: &str) -> Result<String, Reason> {
    let normal = if is_address(name) { unsigned(name) } else { normal_path(name) };
    if normal.trim_matches(['/', ' ']).is_empty() {
        let why = format!("expected the name of an image, found {name:?}; write the name of its file");
        return Err(Reason::new(field, why));
    }
    Ok(normal)
}

/// Returns the normal form of a name, or the name itself if it has none.
#[must_use]
pub fn key_of(name: &str) -> String {
    normal_name("", name).unwrap_or_else(|_| name.to_owned())
}

/// Returns the last two parts of the path of an address, such as `val2017/000000397133.jpg`.
#[must_use]
pub fn tail_of_address(address: &str) -> &str {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let start = address.find("://").map_or(0, |scheme| scheme + 3).min(end);
    let (host, path) = address[start..end].split_once('/').unwrap_or(("", &address[start..end]));
    let path = if host.is_empty() { address[start..end].trim_start_matches('/') } else { path };
    path.rmatch_indices('/').nth(1).map_or(path, |(slash, _)| &path[slash + 1..])
}

/// Returns true if a name is an address such as `https://…` or `s3://…`.
#[must_use]
pub fn is_address(name: &str) -> bool {
    name.split_once("://").is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

fn normal_path(path: &str) -> String {
    let path = path.replace('\\', "/");
    let rest = path.trim_start_matches('/');
    let root = &path[..path.len() - rest.len()];
    let parts: Vec<&str> = rest.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    format!("{root}{}", parts.join("/"))
}

/// Removes the parameters of pre-signed addresses of S3, Google Cloud Storage, CloudFront and Azure.
fn unsigned(address: &str) -> String {
    const SIGNED: [&str; 6] =
        ["signature", "awsaccesskeyid", "googleaccessid", "expires", "key-pair-id", "policy"];
    const AZURE: [&str; 15] = [
        "sig", "sv", "se", "st", "sp", "sr", "spr", "sip", "ss", "srt", "skoid", "sktid", "skt", "ske", "sks",
    ];
    let (body, fragment) =
        address.split_once('#').map_or((address, None), |(body, fragment)| (body, Some(fragment)));
    let Some((path, query)) = body.split_once('?') else { return address.to_owned() };
    let name = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let names: Vec<String> = query.split('&').map(name).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let prefixed = |name: &str| name.starts_with("x-amz-") || name.starts_with("x-goog-");
    let (is_signed, is_azure) = (has("signature"), has("sig") && (has("sv") || has("se")));
    let drops = |name: &str| {
        prefixed(name)
            || is_signed && SIGNED.contains(&name)
            || is_azure && (AZURE.contains(&name) || name == "skv")
    };
    let kept: Vec<&str> = query
        .split('&')
        .zip(&names)
        .filter(|(_, name)| !drops(name))
        .map(|(parameter, _)| parameter)
        .collect();
    let mut normal = path.to_owned();
    if !kept.is_empty() {
        normal = format!("{normal}?{}", kept.join("&"));
    }
    if let Some(fragment) = fragment {
        normal = format!("{normal}#{fragment}");
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_normal_form() {
        for (name, normal) in [
            ("a.jpg", "a.jpg"),
            ("./a.jpg", "a.jpg"),
            (".\\images\\a.jpg", "images/a.jpg"),
            ("..\\..\\media\\a.jpg", "../../media/a.jpg"),
            ("a//b/./c.jpg", "a/b/c.jpg"),
            ("/data/a.jpg", "/data/a.jpg"),
            ("\\\\host\\share\\a.jpg", "//host/share/a.jpg"),
            ("C:\\data\\a.jpg", "C:/data/a.jpg"),
            ("a.jpg ", "a.jpg "),
            ("https://h/a.jpg?X-Amz-Security-Token=AA&X-Amz-Signature=b", "https://h/a.jpg"),
            ("https://h/i?id=7&X-Goog-Signature=b#x", "https://h/i?id=7#x"),
            ("https://h/a.jpg?AWSAccessKeyId=A&Expires=1&Signature=b", "https://h/a.jpg"),
            ("https://h/a.jpg?sv=2020&se=1&sr=b&sig=x", "https://h/a.jpg"),
            ("https://h/i?policy=7&sp=3", "https://h/i?policy=7&sp=3"),
            ("s3://bucket//a\\b.jpg", "s3://bucket//a\\b.jpg"),
        ] {
            assert_eq!(normal_name("file_name", name).unwrap(), normal, "{name}");
        }
        for name in ["", "/", "./", "\\", "  "] {
            assert!(normal_name("file_name", name).is_err(), "{name:?}");
        }
        assert_eq!(tail_of_address("http://h.org/val2017/0003.jpg?x=/y"), "val2017/0003.jpg");
        assert_eq!(tail_of_address("http://h.org/a/b/c.jpg"), "b/c.jpg");
        assert_eq!(tail_of_address("http://h.org/c.jpg"), "c.jpg");
    }
}
