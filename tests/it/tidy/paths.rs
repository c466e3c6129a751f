//! The names that a Rust source speaks of, found without a compiler: comments and texts are left out, `use` trees are
//! written out, and `super` is resolved.

use std::iter::Peekable;
use std::str::Chars;

/// A path as it stands in the code, `crate::blob::key`, or a single word such as `async`.
#[derive(Debug, PartialEq)]
pub(super) struct Named {
    /// The line, from 1.
    pub(super) line: usize,
    pub(super) path: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    /// `::`
    Joint,
    Mark(char),
}

/// All paths of a source. `module` is the file's own place, for instance `["blob", "fs"]`.
pub(super) fn named(text: &str, module: &[String]) -> Vec<Named> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    // Modules that are written inside the file, each with the depth of braces at which it ends.
    let mut inside: Vec<(String, usize)> = Vec::new();
    let (mut at, mut depth) = (0, 0);
    while at < tokens.len() {
        let line = tokens[at].0;
        match &tokens[at].1 {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => {
                depth = usize::saturating_sub(depth, 1);
                inside.retain(|(_, ends)| *ends <= depth);
            }
            Token::Word(word) if word == "use" => {
                let mut trees = Vec::new();
                at = use_tree(&tokens, at + 1, &mut Vec::new(), &mut trees);
                let here = place(module, &inside);
                found.extend(
                    trees.into_iter().map(|(line, path)| Named { line, path: absolute(path, &here) }),
                );
                continue;
            }
            Token::Word(word) => {
                if word == "mod"
                    && let (Some(Token::Word(name)), Some(Token::Mark('{'))) =
                        (word_at(&tokens, at + 1), word_at(&tokens, at + 2))
                {
                    inside.push((name.clone(), depth + 1));
                }
                let mut path = vec![word.clone()];
                while let (Some(Token::Joint), Some(Token::Word(next))) =
                    (word_at(&tokens, at + 1), word_at(&tokens, at + 2))
                {
                    path.push(next.clone());
                    at += 2;
                }
                found.push(Named { line, path: absolute(path, &place(module, &inside)) });
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The modules that a source declares in files of their own: `mod name;`.
pub(super) fn declared(text: &str) -> Vec<String> {
    tokens(text)
        .windows(3)
        .filter_map(|three| match (&three[0].1, &three[1].1, &three[2].1) {
            (Token::Word(word), Token::Word(name), Token::Mark(';')) if word == "mod" => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn word_at(tokens: &[(usize, Token)], at: usize) -> Option<&Token> {
    tokens.get(at).map(|(_, token)| token)
}

fn place(module: &[String], inside: &[(String, usize)]) -> Vec<String> {
    module.iter().cloned().chain(inside.iter().map(|(name, _)| name.clone())).collect()
}

/// Writes out one tree of a `use`, and gives the place behind it.
fn use_tree(
    tokens: &[(usize, Token)],
    mut at: usize,
    before: &mut Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let length = before.len();
    loop {
        match tokens.get(at) {
            Some((_, Token::Word(word))) if word == "as" => at += 2,
            Some((line, Token::Word(word))) => {
                before.push(word.clone());
                at += 1;
                if word_at(tokens, at) != Some(&Token::Joint) {
                    found.push((*line, before.clone()));
                }
            }
            Some((_, Token::Joint)) => at += 1,
            Some((line, Token::Mark('*'))) => {
                found.push((*line, before.clone()));
                at += 1;
            }
            Some((_, Token::Mark('{'))) => {
                at += 1;
                while !matches!(word_at(tokens, at), None | Some(Token::Mark('}' | ';'))) {
                    at = use_tree(tokens, at, before, found);
                    if word_at(tokens, at) == Some(&Token::Mark(',')) {
                        at += 1;
                    }
                }
                at += 1;
            }
            _ => break,
        }
    }
    before.truncate(length);
    at
}

/// The path from the crate's root, where it begins with `crate`, `self` or `super`.
fn absolute(path: Vec<String>, module: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|word| *word == "super").count();
    let from_self = path.first().is_some_and(|word| word == "self");
    if ups == 0 && !(from_self && path.len() > 1) {
        return path;
    }
    let kept = &module[..module.len().saturating_sub(ups)];
    let rest = path.into_iter().skip(if from_self { 1 } else { ups }).filter(|word| word != "super");
    std::iter::once("crate".to_owned()).chain(kept.iter().cloned()).chain(rest).collect()
}

fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => line += 1,
            '/' if rest.peek() == Some(&'/') => while rest.next_if(|c| *c != '\n').is_some() {},
            '/' if rest.peek() == Some(&'*') => skip_comment(&mut rest, &mut line),
            '"' => skip_text(&mut rest, &mut line),
            '\'' => skip_character(&mut rest),
            ':' if rest.next_if_eq(&':').is_some() => found.push((line, Token::Joint)),
            c if c.is_alphabetic() || c == '_' => {
                let mut word = String::from(c);
                while let Some(next) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(next);
                }
                match rest.peek() {
                    Some('"') if matches!(word.as_str(), "b" | "c") => {}
                    Some('"' | '#') if matches!(word.as_str(), "r" | "br" | "cr") => {
                        skip_raw(&mut rest, &mut line)
                    }
                    _ => found.push((line, Token::Word(word))),
                }
            }
            c if c.is_whitespace() => {}
            c if c.is_numeric() => while rest.next_if(|c| c.is_alphanumeric() || *c == '_').is_some() {},
            c => found.push((line, Token::Mark(c))),
        }
    }
    found
}

fn skip_comment(rest: &mut Peekable<Chars<'_>>, line: &mut usize) {
    let mut depth = 0;
    let mut before = '/';
    for c in rest.by_ref() {
        *line += usize::from(c == '\n');
        match (before, c) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
        before = if (before, c) == ('/', '*') || (before, c) == ('*', '/') { ' ' } else { c };
    }
}

fn skip_text(rest: &mut Peekable<Chars<'_>>, line: &mut usize) {
    while let Some(c) = rest.next() {
        *line += usize::from(c == '\n');
        match c {
            '\\' => *line += usize::from(rest.next() == Some('\n')),
            '"' => return,
            _ => {}
        }
    }
}

fn skip_raw(rest: &mut Peekable<Chars<'_>>, line: &mut usize) {
    let mut hashes = 0;
    while rest.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    if rest.next_if_eq(&'"').is_none() {
        // A raw name such as `r#type`: its word follows.
        return;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let mut seen = String::new();
    for c in rest.by_ref() {
        *line += usize::from(c == '\n');
        seen.push(c);
        if seen.ends_with(&end) {
            return;
        }
    }
}

/// A character such as `'x'` or `'\n'`; a lifetime is left for the words.
fn skip_character(rest: &mut Peekable<Chars<'_>>) {
    let mut ahead = rest.clone();
    match ahead.next() {
        Some('\\') => {
            rest.next();
            rest.next();
            while rest.next_if(|c| *c != '\'').is_some() {}
            rest.next();
        }
        Some(_) if ahead.next() == Some('\'') => {
            rest.next();
            rest.next();
        }
        _ => while rest.next_if(|c| c.is_alphanumeric() || *c == '_').is_some() {},
    }
}
