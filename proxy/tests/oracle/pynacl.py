"""The other side of the cipher, by PyNaCl: opens what we sealed, and seals what we are to open.

Reads lines `secret <TAB> text as hex <TAB> sealed`, and answers each with `text as hex <TAB> the same text, sealed anew`.
"""

import base64
import hashlib
import sys

import nacl.secret
import nacl.utils

for line in sys.stdin:
    secret, text, sealed = line.rstrip("\n").split("\t")
    box = nacl.secret.SecretBox(hashlib.sha256(secret.encode()).digest())
    message = base64.b64decode(sealed, validate=True)
    assert message[0] == 2, "expected version 2"
    opened = box.decrypt(message[25:], nonce=message[1:25])
    nonce = nacl.utils.random(24)
    answer = base64.b64encode(b"\x02" + nonce + box.encrypt(bytes.fromhex(text), nonce).ciphertext)
    print(opened.hex(), answer.decode(), sep="\t")
