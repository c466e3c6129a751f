#!/usr/bin/env python3
"""Verifies proofs of a log, each a JSON file, with the public key of the log.

    python3 verify.py --key KEY FILE …

Shares no code with stemma: it follows the definitions of RFC 6962, §2.1 (trees and proofs) and of C2SP signed-note and
tlog-checkpoint, with Python's standard library and the Ed25519 signatures of `cryptography`. One line for each file; the exit
code is 1 if any is refused. KEY is `<name>+<id>+<base64>`; it must come from the operator of the log, not with the proof.

    {
      "format": "stemma proof 1",
      "checkpoint": "<signed note: origin, size, root, signatures>",
      "inclusion": {"index": "3", "leaf": "<base64>", "path": ["<base64 of a hash>", …]},
      "consistency": {"checkpoint": "<signed note of an earlier size>", "path": ["<base64 of a hash>", …]}
    }

`inclusion` proves that the leaf is the one at this index (from 0) in the tree of the checkpoint, `consistency` that this tree
begins with all leaves of the earlier one. One of the two may be missing.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "stemma proof 1"
ED25519 = b"\x01"
MAX_FILE, MAX_SIGNATURES, MAX_LEAVES = 16_000_000, 100, 2**64 - 1


class Refused(Exception):
    """The reason why a proof proves nothing."""


def check(condition, reason):
    if not condition:
        raise Refused(reason)


# -- values ----------------------------------------------------------------------------------------


def decoded(text, what):
    """Returns the bytes of base64 with padding, of which there is one text only."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise Refused(f"{what} must be base64") from None
    check(base64.b64encode(value).decode() == text, f"{what} must be base64")
    return value


def hashed(text, what):
    value = decoded(text, what)
    check(len(value) == 32, f"{what} must be a hash of 32 bytes, found {len(value)}")
    return value


def number(text, what):
    fits = isinstance(text, str) and re.fullmatch("0|[1-9][0-9]{0,19}", text) and int(text) <= MAX_LEAVES
    check(fits, f"{what} must be a whole number in decimal digits")
    return int(text)


def fields(value, what, required, optional=()):
    check(isinstance(value, dict), f"{what} must be an object")
    missing = [name for name in required if name not in value]
    unknown = sorted(set(value) - set(required) - set(optional))
    check(not missing, f"{what} has no field `{''.join(missing[:1])}`")
    check(not unknown, f"{what} has an unknown field `{''.join(unknown[:1])}`")
    return value


def path(value, what):
    check(isinstance(value, list) and len(value) <= 128, f"{what} must be a list of at most 128 hashes")
    return [hashed(text, f"each hash in {what}") for text in value]


def unique(pairs):
    names = [name for name, _ in pairs]
    check(len(set(names)) == len(names), "a field occurs twice in an object")
    return dict(pairs)


# -- signed notes and checkpoints ------------------------------------------------------------------


def public_key(text):
    """Returns name, id and key of `<name>+<id>+<base64>`."""
    parts = text.split("+", 2)
    check(len(parts) == 3, "the key must be a name, its id and base64, joined by `+`")
    name, key_id, key = parts[0], parts[1], decoded(parts[2], "the key")
    check(key[:1] == ED25519 and len(key) == 33, "the key must be an Ed25519 key")
    expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    check(key_id == expected.hex(), f"the id of this key is {expected.hex()}, found {key_id}")
    return name, expected, Ed25519PublicKey.from_public_bytes(key[1:])


def checkpoint(note, key):
    """Returns size and root of a checkpoint that the key of its log has signed."""
    check(isinstance(note, str), "the checkpoint must be a text")
    name, key_id, public = key
    text, separator, lines = note.rpartition("\n\n")
    check(separator and lines.endswith("\n"), "the checkpoint has no signatures")
    check(not re.search("[\x00-\x09\x0b-\x1f]", note), "the checkpoint has control characters")
    text += "\n"
    lines = lines[:-1].split("\n")
    check(len(lines) <= MAX_SIGNATURES, f"the checkpoint has more than {MAX_SIGNATURES} signatures")
    verified = False
    for line in lines:
        found = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        check(found, "a line after the checkpoint is no signature")
        signature = decoded(found[2], "a signature")
        check(len(signature) > 4, "a signature is too short")
        # Signatures of other keys say nothing here.
        if found[1] == name and signature[:4] == key_id:
            try:
                public.verify(signature[4:], text.encode())
            except InvalidSignature:
                raise Refused(f"the signature of {name} does not match the checkpoint") from None
            verified = True
    check(verified, f"the checkpoint has no signature of {name}+{key_id.hex()}")
    lines = text[:-1].split("\n")
    check(len(lines) >= 3 and all(lines), "the checkpoint must have an origin, a size and a root")
    check(lines[0] == name, f"the checkpoint is one of the log {lines[0]}, not of {name}")
    return number(lines[1], "the size of the checkpoint"), hashed(lines[2], "the root of the checkpoint")


# -- trees -----------------------------------------------------------------------------------------


def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size):
    """Returns the largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def last(path):
    check(path, "the path is too short")
    return path[:-1], path[-1]


def root_with(leaf, index, size, path):
    """Returns the root of the tree of which `path` is PATH(index, D[size]) of RFC 6962, §2.1.1."""
    if size == 1:
        check(not path, "the path is too long")
        return leaf
    (below, sibling), left = last(path), split(size)
    if index < left:
        return node_hash(root_with(leaf, index, left, below), sibling)
    return node_hash(sibling, root_with(leaf, index - left, size - left, below))


def roots_with(first_root, first, second, path, is_whole=True):
    """Returns both roots of the trees of which `path` is SUBPROOF(first, D[second], is_whole) of RFC 6962, §2.1.2."""
    if first == second:
        if is_whole:
            check(not path, "the path is too long")
            return first_root, first_root
        rest, node = last(path)
        check(not rest, "the path is too long")
        return node, node
    (below, sibling), left = last(path), split(second)
    if first <= left:
        old, new = roots_with(first_root, first, left, below, is_whole)
        return old, node_hash(new, sibling)
    old, new = roots_with(first_root, first - left, second - left, below, False)
    return node_hash(sibling, old), node_hash(sibling, new)


# -- proofs ----------------------------------------------------------------------------------------


def verify(text, key):
    """Returns a sentence that says what the proof proves."""
    try:
        proof = json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise Refused("the file must be JSON") from None
    proof = fields(proof, "the proof", ("format", "checkpoint"), ("inclusion", "consistency"))
    check(proof["format"] == FORMAT, f"the format must be `{FORMAT}`")
    check(len(proof) > 2, "the proof has neither `inclusion` nor `consistency`")
    size, root = checkpoint(proof["checkpoint"], key)
    proved = []
    if "inclusion" in proof:
        inclusion = fields(proof["inclusion"], "`inclusion`", ("index", "leaf", "path"))
        index, leaf = number(inclusion["index"], "the index"), decoded(inclusion["leaf"], "the leaf")
        check(index < size, f"there is no leaf {index} in a tree of size {size}")
        found = root_with(leaf_hash(leaf), index, size, path(inclusion["path"], "the path"))
        check(found == root, f"leaf {index} and its path have another root than the checkpoint")
        proved.append(f"it has this leaf {index}")
    if "consistency" in proof:
        consistency = fields(proof["consistency"], "`consistency`", ("checkpoint", "path"))
        first, first_root = checkpoint(consistency["checkpoint"], key)
        check(0 < first <= size, f"a tree of size {size} cannot be proved to extend one of size {first}")
        old, new = roots_with(first_root, first, size, path(consistency["path"], "the path"))
        check(old == first_root and new == root, f"the tree of size {size} does not begin with the tree of size {first}")
        proved.append(f"it begins with the tree of size {first}")
    return f"the tree of {key[0]} has size {size}, " + ", ".join(proved)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", required=True, help="public key of the log, or @FILE")
    parser.add_argument("files", nargs="+", metavar="FILE")
    options = parser.parse_args()
    text = options.key
    if text.startswith("@"):
        with open(text[1:], encoding="utf-8") as file:
            text = file.read().strip()
    try:
        key = public_key(text)
    except (Refused, ValueError) as error:
        parser.error(str(error))
    failed = False
    for name in options.files:
        try:
            with open(name, "rb") as file:
                content = file.read(MAX_FILE + 1)
            check(len(content) <= MAX_FILE, f"the file must have at most {MAX_FILE} bytes")
            try:
                content = content.decode()
            except UnicodeDecodeError:
                raise Refused("the file must be UTF-8") from None
            print(f"{name}: valid: {verify(content, key)}")
        except Refused as reason:
            failed = True
            print(f"{name}: refused: {reason}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
