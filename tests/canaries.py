"""Finding words that must not be there, in any encoding in which they might hide."""

import base64
import binascii
import json
from html import unescape
from urllib.parse import quote, unquote


def forms(word: str) -> set[str]:
    """A word as it might be written: encodings of letters, links, pages and attachments."""
    data = word.encode()
    aligned = {
        base64.b64encode(b"\0" * shift + data).decode()[4 if shift else 0 :].rstrip("=")[:-2]
        for shift in range(3)
    }
    return {
        *aligned,
        *(word, word.upper(), word[::-1], quote(word), json.dumps(word)[1:-1]),
        *(binascii.hexlify(data).decode(), "".join(f"%{byte:02X}" for byte in data)),
        "".join(f"&#{byte};" for byte in data),
        "=".join(["", *(f"{byte:02X}" for byte in data)]),
    }


def found(words: list[str], text: str) -> list[str]:
    """Those of the words that are in the text in any form."""
    views = (text, unquote(text), unescape(text))
    return [word for word in words if any(form in view for form in forms(word) for view in views)]
