"""Static files: built once at start, named after their content, compressed, cached for ever.

Each audience loads exactly one stylesheet: ``patient.css`` and ``staff.css`` are each put behind
``base.css``. A changed file gets a new name, so browsers never ask twice and never see a stale one.
"""

import os
import re
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from intake.web.compression import ENCODERS
from intake.web.headers import headers_for_all

PREFIX = "/static/"
_BASE = "base.css"
_FOLDERS = ("font", "img", "js")
_TEXT = (".css", ".js", ".svg")
_YEAR = 31_536_000  # seconds; the longest that RFC 9111 caches need to honor


def install_static(app: Flask, source: Path, cache: Path) -> None:
    """Build ``source`` into ``cache``, serve it under /static/, and give templates asset(name).

    ``asset("patient.css")`` is "/static/patient.<hash>.css"; an unknown name raises KeyError.
    Several processes may start at once on one cache. Files of former releases stay in it, so that
    a page loaded before an upgrade still finds its style.
    """
    served = cache / "files"
    served.mkdir(parents=True, exist_ok=True)
    files = build(source)
    for name, content in files.values():
        _publish(served / name, content, scratch=cache)
    urls = {plain: PREFIX + name for plain, (name, _) in files.items()}
    extra = headers_for_all(app) | {"Cache-Control": f"public, max-age={_YEAR}, immutable"}
    app.jinja_env.globals["asset"] = urls.__getitem__
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=served,
        prefix=PREFIX,
        allow_all_origins=False,
        add_headers_function=lambda headers, path, url: _add_headers(headers, extra),
    )


def build(source: Path) -> dict[str, tuple[str, bytes]]:
    """Return every public file as plain name -> (name with hash, content)."""
    files: dict[str, tuple[str, bytes]] = {}
    for folder in _FOLDERS:
        for path in sorted((source / folder).glob("*")):
            if path.is_file():
                content = path.read_bytes()
                is_script = path.suffix == ".js"
                files[path.name] = _named(path.name, script(content) if is_script else content)
    base = (source / "css" / _BASE).read_text("utf-8")
    for path in sorted((source / "css").glob("*.css")):
        if path.name != _BASE:
            style = stylesheet(base + path.read_text("utf-8"), lambda name: files[name][0])
            files[path.name] = _named(path.name, style.encode())
    return files


def script(source: bytes) -> bytes:
    """Return a script without indentation and without lines that only explain or separate.

    It knows nothing of strings: ours have no line breaks in them.
    """
    lines = (line.strip() for line in source.splitlines())
    return b"\n".join(line for line in lines if line and not line.startswith(b"//"))


def stylesheet(css: str, hashed: Callable[[str], str]) -> str:
    """Return ``css`` without comments and needless spaces, its url(...) names hashed."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"url\(([^)]+)\)", lambda match: f"url({hashed(match[1])})", css)
    # Strings keep their spaces: they are the odd pieces of the split.
    pieces = re.split(r"""("[^"]*"|'[^']*')""", css)
    pieces[::2] = [_squeeze(piece) for piece in pieces[::2]]
    return "".join(pieces).replace(";}", "}").strip()


def _squeeze(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    # The space before a colon or a bracket means something in a selector or a query; these do not.
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    return css.replace(": ", ":")


def _named(name: str, content: bytes) -> tuple[str, bytes]:
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{sha256(content).hexdigest()[:12]}{dot}{ending}", content


def _publish(target: Path, content: bytes, *, scratch: Path) -> None:
    """Put a file and its compressed forms in place, each at one stroke."""
    if target.suffix in _TEXT:
        _write(target.with_name(f"{target.name}.br"), ENCODERS["br"], content, scratch)
        _write(target.with_name(f"{target.name}.gz"), ENCODERS["gzip"], content, scratch)
    _write(target, bytes, content, scratch)


def _write(target: Path, encode: Callable[[bytes], bytes], content: bytes, scratch: Path) -> None:
    """Write unless it is there. The name holds the hash, so what is there is right."""
    if target.exists():
        return
    # The rename is atomic and comes after the data is on disk: no process, not even after a
    # power cut, ever sees half a file. The scratch file is outside the served folder.
    with tempfile.NamedTemporaryFile(dir=scratch, delete=False) as file:
        file.write(encode(content))
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(target)


def _add_headers(headers: Headers, extra: dict[str, str]) -> None:
    for name, value in extra.items():
        headers[name] = value
