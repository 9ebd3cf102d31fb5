"""Pictures of a report for the README: ``python -m tests.e2e.screenshots REPORT_FOLDER PICTURES_FOLDER``.

Each page is pictured wide and as a phone shows it, light and dark: ``index-wide-light.png`` and so on. A third
argument, a number of CSS pixels, sets how far down a picture reaches (default 1,000; 0 takes the whole page).
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.e2e.browser import chromium, visit, why_not

SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 380, "height": 800}}


def take(report: Path, pictures: Path, height: int = 1000) -> list[Path]:
    """Picture the index and the first model's page; return the files."""
    pictures.mkdir(parents=True, exist_ok=True)
    pages = [report / "index.html", next(path for path in sorted(report.glob("*.html")) if path.name != "index.html")]
    taken = []
    with chromium() as browser:
        for path in pages:
            name = "index" if path.name == "index.html" else "model"
            for size, viewport in SIZES.items():
                for scheme in ("light", "dark"):
                    with visit(browser, path, viewport=viewport, color_scheme=scheme) as seen:
                        whole = int(seen.page.evaluate("document.documentElement.scrollHeight"))
                        clip = {"x": 0, "y": 0, "width": viewport["width"], "height": min(height or whole, whole)}
                        target = pictures / f"{name}-{size}-{scheme}.png"
                        seen.page.screenshot(path=target, clip=clip, full_page=True)
                        taken.append(target)
    return taken


if __name__ == "__main__":
    if reason := why_not():
        sys.exit(reason)
    report, pictures, *height = sys.argv[1:]
    for picture in take(Path(report).resolve(), Path(pictures), *map(int, height)):
        sys.stdout.write(f"{picture}\n")
