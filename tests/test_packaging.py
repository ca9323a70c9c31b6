"""What is in the tree is in the wheel: setuptools takes packages and data files from lists written by hand."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
CODE = (ROOT / "kmslint", ROOT / "rules")


def strings(text: str) -> list[str]:
    return re.findall(r'"(.+?)"', text)


def section(name: str) -> str:
    """A table of pyproject.toml as text; Python 3.10 has no TOML reader."""
    return PYPROJECT.partition(f"\n[{name}]\n")[2].partition("\n[")[0]


def package_name(directory: Path) -> str:
    parts = directory.relative_to(ROOT).parts
    return ".".join(("kmslint", *parts) if parts[0] == "rules" else parts)


def test_every_package_is_listed() -> None:
    packages = {package_name(path.parent) for root in CODE for path in root.rglob("__init__.py")}
    listed = re.search(r"^packages = \[(.*?)^\]", section("tool.setuptools"), re.DOTALL | re.MULTILINE)
    assert listed
    assert sorted(strings(listed[1])) == sorted(packages)


def test_every_module_lies_in_a_package() -> None:
    """A directory without `__init__.py` works in a checkout and is missing from the wheel."""
    modules = [path for root in CODE for path in root.rglob("*.py")]
    assert [path for path in modules if not (path.parent / "__init__.py").exists()] == []


def test_every_data_file_is_listed() -> None:
    listed = {
        path
        for line in section("tool.setuptools.package-data").splitlines()
        for package, *patterns in [strings(line)]
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    data = {path for path in CODE[0].rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert data - listed == set()


def test_rules_have_one_home() -> None:
    """A directory kmslint/rules would hide the rules of an editable install."""
    assert not (ROOT / "kmslint" / "rules").exists()


def test_what_the_tests_need_is_pinned_with_its_hashes() -> None:
    """Of `make lock`. What pyproject.toml asks for and the lock lacks, pip would refuse to install."""
    texts = [(ROOT / ".ci" / name).read_text(encoding="utf-8") for name in ("locked.txt", "tools.txt")]
    for text in texts:
        requirements = text.replace("\\\n", " ").splitlines()
        assert [
            line for line in requirements if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
        ] == []
    asked = re.findall(r'^    "([A-Za-z0-9-]+)', section("project").partition("\ndependencies =")[2], re.MULTILINE)
    asked += re.findall(
        r'^    "([A-Za-z0-9-]+)', section("project.optional-dependencies").partition("]")[0], re.MULTILINE
    )
    assert {"click", "pytest"} <= set(asked)
    assert {name.lower() for name in asked} - set(re.findall(r"^([a-z0-9-]+)==", texts[0], re.MULTILINE)) == set()
