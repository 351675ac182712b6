"""Time stamps: an authority's reply is read as RFC 3161 has it, and its signature held to a certificate."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from stamping import NOW, authority

from scaup.timestamps import TokenUnfit, hold_signature, read_certificates, read_token

DIGEST = hashlib.sha256(b"tag manifest").digest()
DATA = Path(__file__).parent.parent / "oracles" / "data" / "timestamps"


def test_a_reply_says_what_was_stamped_when_and_by_whom():
    stamps = authority()
    token = read_token(stamps.stamp(DIGEST))
    assert (token.sha256, token.stamped_at) == (DIGEST, NOW)
    assert hold_signature(token, [stamps.root]) == hold_signature(token, [stamps.own]) == "CN=Stamps"
    bare = read_token(stamps.stamp(DIGEST, with_certificate=False))
    assert hold_signature(bare, [stamps.own]) == "CN=Stamps"
    with pytest.raises(TokenUnfit, match="neither in it nor given"):
        hold_signature(bare, [stamps.root])


@pytest.mark.parametrize(
    ("stamps", "says"),
    [
        (authority(), "not the one given"),
        (authority(is_for_stamps=False), "not for time stamps alone"),
        (authority(since=NOW + timedelta(days=1)), "not valid when it was made"),
    ],
    ids=["another authority", "another use", "not valid yet"],
)
def test_who_may_not_stamp_is_refused(stamps, says):
    trusted = [authority().root] if "given" in says else [stamps.root]
    with pytest.raises(TokenUnfit, match=says):
        hold_signature(read_token(stamps.stamp(DIGEST)), trusted)


def test_no_flip_of_a_bit_in_a_reply_is_taken_for_the_same_stamp():
    stamps, chance = authority(), random.Random(20261122)
    good = stamps.stamp(DIGEST)
    told = read_token(good)
    for _ in range(400):
        altered = bytearray(good)
        altered[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        try:
            token = read_token(bytes(altered))
            hold_signature(token, [stamps.root])
        except TokenUnfit:
            continue
        assert (token.sha256, token.stamped_at) == (told.sha256, told.stamped_at)


@pytest.mark.parametrize("cut", [0, 1, 2, 5, 40, 200, -1])
def test_a_reply_that_was_cut_is_none(cut: int):
    with pytest.raises(TokenUnfit, match="no RFC 3161 reply"):
        read_token(authority().stamp(DIGEST)[:cut])


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_replies_that_openssl_made_are_read_and_held(kind: str):
    token = read_token((DATA / f"{kind}.tsr").read_bytes())
    assert token.sha256 == DIGEST
    (root,) = read_certificates((DATA / f"{kind}-root.pem").read_bytes())
    assert hold_signature(token, [root]) == "CN=Scaup test stamps"
    assert read_certificates(root.public_bytes(Encoding.DER)) == [root]
    other = authority().root
    assert isinstance(other, x509.Certificate)
    with pytest.raises(TokenUnfit, match="not the one given"):
        hold_signature(token, [other])
