"""One survey of what never varies, then rounds of both servers, their journeys in turn."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from urllib.request import Request, urlopen

import brotli

from benchmarks.journey import Answer, Step, explore, replay
from benchmarks.page import read_loads
from benchmarks.server import ROOT, Server, serving

WARM_UP = 3
PROXY_QUALITY = 5
"""Of brotli, for pages that are sent plain: the proxy in front compresses those."""


@dataclass
class Survey:
    """Pages, their requests, and the bytes of a first visit to the start page by file."""

    steps: list[Step]
    answers: list[Answer]
    first_visit: dict[str, int]


@dataclass
class Result:
    """What one server did in one round; times in ms, memory in MB, cold start in seconds."""

    cpu: float
    """CPU time of all its processes per request."""
    per_core: float
    p50: float
    p99: float
    rss: float
    pss: float
    cold_start: float
    answers: list[Answer]


def survey(folder: Path) -> Survey:
    """Prepare our site in the folder, walk the way once, and count what it takes."""
    site = folder / "prepared"
    command = [sys.executable, "-m", "benchmarks.prepare"]
    subprocess.run(command, cwd=ROOT, env=_environment(site), check=True)
    shutil.copytree(site, folder / "survey")
    with serving("benchmarks.counting:app", _environment(folder / "survey")) as server:
        steps = explore(server.port)
        found = Survey(steps, replay(server.port, steps), _first_visit(server.port))
    (folder / "steps.json").write_text(json.dumps([asdict(step) for step in steps]))
    return found


def measure(folder: Path, steps: list[Step], journeys: int) -> tuple[Result, Result]:
    """Ours and the baseline in one round: fresh servers and data, one journey of each in turn."""
    site = folder / "round"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(folder / "prepared", site)
    shutil.copy(folder / "steps.json", site)
    with (
        serving("wsgi:app", _environment(site)) as ours,
        serving("benchmarks.baseline.app:app", _environment(site)) as baseline,
    ):
        servers = (ours, baseline)
        for server in servers * WARM_UP:
            replay(server.port, steps)
        before = [server.cpu_seconds() for server in servers]
        answers: tuple[list[Answer], list[Answer]] = ([], [])
        for _ in range(journeys):
            for server, given in zip(servers, answers, strict=True):
                given.extend(replay(server.port, steps))
        return _result(ours, answers[0], before[0]), _result(baseline, answers[1], before[1])


def _result(server: Server, answers: list[Answer], before: float) -> Result:
    cpu = (server.cpu_seconds() - before) * 1000 / len(answers)
    cuts = quantiles([answer.seconds * 1000 for answer in answers], n=100)
    return Result(
        cpu,
        1000 / cpu,
        cuts[49],
        cuts[98],
        *server.worker_memory(),
        server.cold_start,
        answers,
    )


def _environment(site: Path) -> dict[str, str]:
    ours = {"INSTANCE": str(site), "INTAKE_ENV": "development", "INTAKE_LOG_LEVEL": "WARNING"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INTAKE_")}
    return {**kept, **ours, "BASELINE_FOLDER": str(site)}


def _first_visit(port: int) -> dict[str, int]:
    """Bytes on the wire by purpose; the icon of the tab is not part of the page."""
    base = f"http://127.0.0.1:{port}"
    html, size = _fetch(f"{base}/")
    loads = {href: purpose for href, purpose in read_loads(html) if purpose != "icon"}
    return {"page": size} | {purpose: _fetch(base + href)[1] for href, purpose in loads.items()}


def _fetch(url: str) -> tuple[bytes, int]:
    """The content and its size on the wire, where a page is compressed by the proxy or by us."""
    with urlopen(Request(url, headers={"Accept-Encoding": "br"}), timeout=10) as response:
        sent = response.read()
        if response.headers["Content-Encoding"] == "br":
            return brotli.decompress(sent), len(sent)
        is_page = response.headers.get_content_type() == "text/html"
    return sent, len(brotli.compress(sent, quality=PROXY_QUALITY) if is_page else sent)
