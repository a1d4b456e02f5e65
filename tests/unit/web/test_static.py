"""Static files: names, compression, the stylesheet squeezer, concurrent starts."""

import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import pytest
from flask import Flask
from werkzeug.test import Client

from intake.web.static import build, install_static, script, stylesheet

SOURCE = Path(__file__).parents[3] / "static"
STAFF_VISIT = 45 * 1024  # bytes: HTML, one stylesheet, the font and the scripts
LARGEST_HTML = 8 * 1024  # bytes, compressed: a full queue takes 6
SCRIPTS = 6_000  # bytes, all of them together
ON_EVERY_PAGE = ("desk.js", "session.js")
"""Of the staff site, behind the sign-in."""


def started(cache: Path) -> Flask:
    app = Flask(__name__, static_folder=None)
    install_static(app, SOURCE, cache)
    return app


def test_the_first_page_of_a_day_fits_the_budget() -> None:
    files = build(SOURCE)
    packed = [
        brotli.compress(files[name][1]) for name in ("staff.css", *ON_EVERY_PAGE, "ahn.woff2")
    ]
    assert sum(map(len, packed)) + LARGEST_HTML <= STAFF_VISIT


def test_scripts_stay_small() -> None:
    scripts = [content for name, (_, content) in build(SOURCE).items() if name.endswith(".js")]
    assert sum(map(len, scripts)) <= SCRIPTS


def test_a_script_loses_what_only_explains() -> None:
    source = b"// What it does.\nconst a = 1; // one\n\n  go(a);\n"
    assert script(source) == b"const a = 1; // one\ngo(a);"


def test_no_string_of_a_script_goes_over_lines() -> None:
    lines = [line for path in (SOURCE / "js").glob("*.js") for line in path.open("rb")]
    assert [line for line in lines if line.count(b"`") % 2] == []


def test_a_stylesheet_holds_the_base_and_the_hashed_font() -> None:
    files = build(SOURCE)
    css = files["staff.css"][1].decode()
    assert "@layer base,ui,page,util" in css
    assert f"url({files['ahn.woff2'][0]})" in css


def test_squeezing_keeps_what_means_something() -> None:
    css = """
    /* gone */ @media (width >= 40rem) and (height > 1px) { a :hover > b::before , c {
      content: " of  9 "; inset: calc(1rem - 1px) auto;
    } }
    """
    squeezed = stylesheet(css, lambda name: name)
    assert squeezed == (
        '@media (width>= 40rem) and (height>1px){a :hover>b::before,c{content:" of  9 ";'
        "inset:calc(1rem - 1px) auto}}"
    )


@pytest.mark.parametrize(
    ("encoding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_it_serves_a_stylesheet_compressed_and_for_ever(
    tmp_path: Path, encoding: str, decode: object
) -> None:
    app = started(tmp_path)
    url = app.jinja_env.globals["asset"]("patient.css")
    response = Client(app).get(url, headers={"Accept-Encoding": encoding})
    assert response.headers["Content-Encoding"] == encoding
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert decode(response.data) == build(SOURCE)["patient.css"][1]


def test_every_name_holds_the_hash_of_its_content(tmp_path: Path) -> None:
    asset = started(tmp_path).jinja_env.globals["asset"]
    for name in ("patient.css", "staff.css", "ahn.woff2", "icon.svg"):
        stem, ending = name.split(".")
        assert re.fullmatch(rf"/static/{stem}\.[0-9a-f]{{12}}\.{ending}", asset(name))


def test_an_unknown_file_is_an_error_and_not_a_broken_link(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        started(tmp_path).jinja_env.globals["asset"]("missing.css")


def test_many_processes_may_start_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        urls = list(
            pool.map(lambda _: started(tmp_path).jinja_env.globals["asset"]("staff.css"), range(8))
        )
    assert len(set(urls)) == 1
    served = tmp_path / "files" / Path(urls[0]).name
    assert served.read_bytes() == build(SOURCE)["staff.css"][1]
    assert [path.name for path in tmp_path.iterdir()] == ["files"]
