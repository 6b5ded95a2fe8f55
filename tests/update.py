"""`python -m tests.update` rewrites what is expected of every case. Read the difference as code."""

from __future__ import annotations

from tests.golden import CASES, EXPECTED, ROOT, cases


def main() -> None:
    wanted = {path: text for case in cases() for path, text in case.files().items()}
    stale = {path for suffix in EXPECTED for path in CASES.rglob(suffix)}
    for path in sorted(stale | set(wanted)):
        text = wanted.get(path)
        before = path.read_text(encoding="utf-8") if path.exists() else None
        if text == before:
            continue
        print(path.relative_to(ROOT), "removed" if text is None else "written")
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
