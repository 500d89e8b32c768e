"""Takes the pictures of the reading room in `docs/pictures`: every page, in light, in dark, and on a phone.

    .venv/bin/python -m benchmarks.pictures

Makes the demo's home anew in a passing folder, serves it, and looks at it with Chromium.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from archive.home import Home
from strandline.web import server

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
LOOKS = {
    "light": {"viewport": {"width": 1100, "height": 800}},
    "dark": {"viewport": {"width": 1100, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 780}},
}


def pages(home: Path) -> dict[str, str]:
    """The addresses by the names of their pictures."""

    def asked(*words: str) -> list[dict[str, object]]:
        command = [sys.executable, "-m", "strandline", "--home", str(home), *words, "--json"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [json.loads(line) for line in said.splitlines()]

    (page,) = (str(row["url"]) for row in asked("pages", "gazette") if "breakwater" in str(row["url"]))
    at = str(asked("versions", page)[1]["first"]).translate(str.maketrans("", "", "-:TZ"))
    run = asked("runs")[-1]["run"]
    return {
        "overview": "/",
        "changes": "/changes",
        "search": "/search?q=%22the+mayor%27s+sister%22",
        "sources": "/sources",
        "source": "/source/gazette",
        "edit": "/source/gazette/edit",
        "add": "/add",
        "runs": "/runs",
        "run": f"/run/{run}",
        "page": f"/page/{page}",
        "change": f"/change/{page}/1..2",
        "beside": f"/change/{page}/1..2?look=side",
        "archived": f"/change/{page}/1..2?look=archived",
        "sentences": f"/sentences/{page}",
        "capture": f"/capture/{page}/{at}",
        "view": f"/view/{page}/{at}",
        "why": f"/why/{page}",
        "notes": "/notes",
        "absent": "/page/https://never.example/",
        "sign-in": "/sign-in",
    }


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "gazette"
        command = [sys.executable, "-m", "strandline", "demo", "--home", str(home)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with server.serving(Home(home), "127.0.0.1", 0) as served, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            addresses = pages(home)
            for look, options in LOOKS.items():
                context = browser.new_context(base_url=served.url, **options)
                page = context.new_page()
                for name, address in addresses.items():
                    page.goto(address, wait_until="load")
                    page.screenshot(path=FOLDER / f"{name}-{look}.png")
                context.close()
            browser.close()


if __name__ == "__main__":
    main()
