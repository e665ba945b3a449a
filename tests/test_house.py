"""The house holds: packages, notebooks, set-up files, documents."""

import ast
import doctest
import itertools
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

from loopbaanchecks import project
from loopbaanchecks.language import LANGUAGES
from loopbaanchecks.paths import NOTEBOOKS, ROOT
from loopbaanchecks.report.report import EVIDENCE
from loopbaanchecks.study import read_vocabulary
from strictruns.pages import DIVIDER

LIB = ROOT / "lib"
GENERAL = ("expect", "behindprint", "codedtexts", "surveyfiles", "strictruns")
STUDY = "loopbaanchecks"
MODULES = {
    ".".join(path.relative_to(LIB).with_suffix("").parts): ast.parse(path.read_text(encoding="utf8"))
    for path in sorted(LIB.rglob("*.py"))
}
INSIDE = {  # folders of the study, and which of its other folders each may import
    "pilots": set(),
    "claims": {"pilots"},
    "twins": {"pilots"},
    "report": {"claims", "pilots", "twins"},
    "leaving": {"report"},
}
PILOTS = ("segments", "parameters", "flow", "targets", "measuring", "cohort", "sensitivity", "intercepts")
PURE = [  # modules without files, printing, plotting or chance of their own
    name
    for name in MODULES
    if name.startswith("behindprint.")
    or name.rpartition(".")[2] in {"arguments", "digits", "offsets", "model", "agreement", "summaries"}
    or name in {"codedtexts.coefficients", "codedtexts.units"}
    or name in {f"{STUDY}.{part}" for part in ("sampling", "scales", "disclosure", "findings")}
    or name in {f"{STUDY}.pilots.{part}" for part in PILOTS}
    or name in {f"{STUDY}.claims.dates"}
]
BOOKS = sorted(NOTEBOOKS.glob("*.ipynb"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]


def imports(tree):
    """What a module imports, wherever in it: dotted names of modules."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("name", MODULES)
def test_a_general_package_knows_nothing_of_the_study(name):
    """Each could serve another study: it imports itself, `expect`, and packages that others keep."""
    package, ours = name.split(".")[0], {*GENERAL, STUDY}
    used = {other.split(".")[0] for other in imports(MODULES[name])} & ours
    assert package == STUDY or used <= {package, "expect"}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(f"{STUDY}.")])
def test_the_folders_of_the_study_use_each_other_in_one_direction(name):
    folder = name.split(".")[1]
    parts = {other.split(".")[1] for other in imports(MODULES[name]) if other.startswith(f"{STUDY}.")}
    used = parts & set(INSIDE)
    if folder not in {"__main__", "commands", "project"}:
        assert used <= INSIDE.get(folder, set()) | {folder}


SAME_NAME = {  # the names that two modules may share, and why
    "reproduce": "a command is called as the function of strictruns that it calls",
    "LANGUAGES": "of a page and of the study: strictruns knows nothing of the study",
}


def top_level_names(tree):
    """The functions, classes and constants that a module defines itself, not those that it imports."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (
                part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
            )


def test_one_public_name_is_one_thing():
    """Two modules do not define the same name: a reader who meets it need not ask which of the two it is."""
    defined = {}
    for module, tree in MODULES.items():
        for name in top_level_names(tree):
            defined.setdefault(name, set()).add(module)
    shared = {name for name, modules in defined.items() if len(modules) > 1 and not name.startswith("_")}
    assert shared == set(SAME_NAME), {name: sorted(defined[name]) for name in shared ^ set(SAME_NAME)}


@pytest.mark.parametrize("name", PURE)
def test_statistics_read_and_print_nothing(name):
    others = {other.split(".")[0] for other in imports(MODULES[name])}
    assert not others & {"matplotlib", "seaborn", "IPython", "pathlib", "os", "random"}
    calls = {
        node.func.id
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"open", "print"}


@pytest.mark.parametrize("package", GENERAL)
def test_the_readme_of_a_package_is_one_screen_and_true(package):
    path = LIB / package / "README.md"
    assert len(path.read_text(encoding="utf8").splitlines()) <= 60
    done = doctest.testfile(str(path), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert done.attempted and not done.failed


def test_contributing_names_every_package_and_what_is_in_it():
    """The paragraphs on the packages name all modules of the general ones, and of nothing else."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
    paragraphs = dict(re.findall(r"^- \*\*`(\w+)`\*\* (.+?)(?=^- |^$)", text, re.M | re.S))
    assert set(paragraphs) == {*GENERAL, STUDY}
    for package in GENERAL:
        inside = {name.split(".")[1] for name in MODULES if name.startswith(f"{package}.")} - {"__init__"}
        named = set(re.findall(r"`([a-z_]+)`", paragraphs[package]))
        assert inside - {"model", "project"} <= named <= inside, package
    assert set(INSIDE) <= set(re.findall(r"`([a-z_]+)`", paragraphs[STUDY]))


@pytest.mark.parametrize("name", MODULES)
def test_library_never_asserts_and_functions_stay_small(name):
    for node in ast.walk(MODULES[name]):
        assert not isinstance(node, ast.Assert), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            doc = ast.get_docstring(node) is not None
            body = node.body[1:] if doc else node.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 30, f"{node.name} has {length} lines"
            assert len(node.args.posonlyargs + node.args.args) <= 6, node.name


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
class TestNotebook:
    """The rules for every notebook."""

    @pytest.fixture
    def book(self, path):
        return nbformat.read(path, as_version=4)

    def code(self, book):
        return [cell for cell in book.cells if cell.cell_type == "code"]

    def test_is_committed_without_outputs(self, book):
        assert all(not cell.outputs and cell.execution_count is None for cell in self.code(book))

    def test_has_one_parameters_cell_of_annotated_literals(self, book):
        (cell,) = [c for c in book.cells if "parameters" in c.metadata.get("tags", [])]
        for line in ast.parse(cell.source).body:
            assert isinstance(line, ast.AnnAssign)
            ast.literal_eval(line.value)
        assert all("  # " in line for line in cell.source.splitlines())

    def test_has_small_cells_without_functions_magics_or_paths(self, book):
        total = 0
        for cell in self.code(book):
            lines = [line for line in cell.source.splitlines() if line.strip()]
            total += sum(not TEXT.match(line) for line in lines)
            tree = ast.parse(cell.source)
            imports = all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)
            most = 20 if imports or "parameters" in cell.metadata.get("tags", []) else 12
            assert len(lines) <= most, cell.source[:80]
            kinds = {type(node) for node in ast.walk(tree)}
            assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef}
            assert not re.search(r"^[%!]|sys\.path|os\.chdir|filterwarnings|\.glob\(", cell.source, re.M)
        assert total <= CODE_LINES, f"{total} lines of code"

    def test_says_everything_in_both_languages(self, book):
        for prose in (cell.source for cell in book.cells if cell.cell_type == "markdown"):
            dutch, english = re.split(DIVIDER, prose, flags=re.M)
            levels = [re.findall(r"^#+ (?:\d+\. )?", part.strip(), re.M) for part in (dutch, english)]
            assert levels[0] == levels[1], prose[:60]

    def test_numbers_its_sections_as_the_page_does(self, book):
        headings = [cell.source for cell in book.cells if cell.source.startswith("## ")]
        assert [int(re.match(r"## (\d+)\. ", text)[1]) for text in headings] == list(
            range(1, len(headings) + 1)
        )

    def test_has_no_long_stretch_of_code_and_no_typed_results(self, book):
        kinds = "".join("c" if cell.cell_type == "code" else "p" for cell in book.cells)
        assert "ccccc" not in kinds.replace("cpp", "cp")
        for cell in book.cells:
            if cell.cell_type == "markdown":
                bare = re.sub(ALLOWED, "", cell.source)
                assert not re.search(r"\d", bare), cell.source[:80]

    def test_ends_with_limits(self, book):
        last = [cell.source for cell in book.cells if cell.source.startswith("## ")][-1]
        assert re.findall(r"^## \d+\. (\w+)$", last, re.M) == ["Grenzen", "Limits"]


CODE_LINES = 380  # without the lines that are the text of a sentence, caption or alternative text
TEXT = re.compile(r" +([a-z]+_)?(nl|en)=")
PLACES = r"tab(el|le) \d+|(paragraaf|section) \d\.\d"
ALLOWED = r"(?m:^## \d+\.)|`[^`]*`|\b(19|20)\d\d\b|4 (of|or) 5|1 (of|or) 2|\b[12]\b|" + PLACES


def names(text):
    """Package -> version pins of a requirements file."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", text, re.M))


def test_the_lock_pins_everything_with_hashes_and_names_no_host():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf8")
    pins = names(lock)
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.M)[1:]
    assert len(blocks) == len(set(pins)) + len(re.findall(r"^[a-z].*==", lock, re.M)) - len(pins)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in lock
    direct = list(itertools.chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()))
    for requirement in direct:
        name, _, floor = re.match(r"([a-z0-9_-]+)(>=)([\d.]+)", requirement).groups()
        pinned = tuple(int(part) for part in re.findall(r"\d+", pins[name])[:3])
        assert pinned >= tuple(int(part) for part in floor.split(".")), name


def test_the_conda_door_installs_the_same_pins_and_the_package():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf8")
    door = (ROOT / "requirements.conda.txt").read_text(encoding="utf8")
    locked = re.findall(r"^([a-z0-9][^\\\n]*==[^\\\n]*?) *\\?$", lock, re.M)
    assert [line for line in door.splitlines() if "==" in line] == locked
    assert door.splitlines()[-1] == "-e ."
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf8"))
    assert environment["name"] == PROJECT["name"]
    python, pip, inside = environment["dependencies"]
    assert (pip, inside) == ("pip", {"pip": ["-r requirements.conda.txt"]})
    assert PROJECT["requires-python"].startswith(python.replace("=", ">=").removeprefix("python"))


def test_what_is_installed_is_every_package_there_is():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["tool"]["setuptools"]
    folders = {path.parent.relative_to(LIB) for path in LIB.rglob("__init__.py")}
    assert set(listed["packages"]) == {".".join(folder.parts) for folder in folders}


def test_every_supported_python_gets_the_same_packages_that_compute():
    """Other versions of these would draw and round otherwise: one pin each, whatever the Python."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf8")
    for name in ("numpy", "scipy", "pandas", "statsmodels", "salib", "matplotlib", "seaborn", "patsy"):
        assert re.findall(rf"^{name}==([^ ]+)(.*)$", lock, re.M | re.I)[0][1] == " \\", name
        assert len(re.findall(rf"^{name}==", lock, re.M)) == 1, name


@pytest.mark.parametrize(("version", "accepted"), [("3.10", False), ("3.13", True), ("3.14", False)])
def test_make_says_in_a_sentence_which_python_it_needs(version, accepted, tmp_path):
    """A stand-in for a Python that is not on this machine: its version, and what it is asked to decide."""
    python = tmp_path / "python"
    answer = f"import sys; sys.version_info = ({version.replace('.', ', ')}, 0); exec(sys.argv[1])"
    python.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {version}.0" && exit\n'
        f'[ "$1" = -c ] && exec "{sys.executable}" -c \'{answer}\' "$2"\nexit 7\n'
    )
    python.chmod(0o755)
    copy = tmp_path / "a copy"
    copy.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    done = subprocess.run(
        ["make", "-C", copy, f"PYTHON={python}", ".venv/.ready"], capture_output=True, text=True
    )
    refused = f"expected Python 3.11, 3.12 or 3.13; found Python {version}.0"
    assert (refused in done.stdout) is not accepted
    assert (f"Making .venv with Python {version}.0" in done.stdout) is accepted
    assert not (copy / ".venv" / ".ready").exists()


def test_the_citation_file_agrees_with_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    assert citation["version"] == PROJECT["version"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert " AND ".join(citation["license"]) == PROJECT["license"]
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf8")


def test_every_licence_is_there_in_full_and_said_of_every_file():
    """REUSE.toml as its specification reads it: the last match counts (`reuse lint` runs in CI)."""
    annotations = tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf8"))["annotations"]
    said = {a["path"]: a["SPDX-License-Identifier"] for a in annotations}
    assert next(iter(said)) == "**" and all(a["SPDX-FileCopyrightText"] for a in annotations)
    used = {name for licence in said.values() for name in licence.split(" AND ")}
    texts = {path.stem: path.read_text(encoding="utf8") for path in (ROOT / "LICENSES").iterdir()}
    assert used == set(texts) == set(PROJECT["license"].split(" AND "))
    assert "Permission is hereby granted" in texts["MIT"]
    assert "Section 8" in texts["CC-BY-4.0"]
    assert said["data/**"] == "CC-BY-4.0"
    assert all(any(ROOT.glob(path.replace("**", "*"))) for path in said), said
    explained = (ROOT / "LICENSE").read_text(encoding="utf8")
    assert all(f"LICENSES/{name}.txt" in explained for name in texts)


def test_the_containers_run_the_two_commands_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf8")
    first = re.search(r"^## Two commands$.*?```console\n(.*?)```", readme, re.M | re.S)[1].split("\n")[:2]
    folder = ROOT / ".devcontainer"
    dockerfile = (folder / "Dockerfile").read_text(encoding="utf8")
    assert json.loads(re.search(r"^CMD (.+)$", dockerfile, re.M)[1]) == ["sh", "-c", " && ".join(first)]
    settings = json.loads((folder / "devcontainer.json").read_text(encoding="utf8"))
    assert [settings["onCreateCommand"], settings["postCreateCommand"]] == first
    build = settings["build"]
    assert (folder / build["dockerfile"]).is_file() and (folder / build["context"]).resolve() == ROOT
    assert f" AS {build['target']}\n" in dockerfile
    python = re.search(r"^FROM python:([\d.]+)-", dockerfile, re.M)[1]
    assert PROJECT["requires-python"].startswith(f">={python},")
    needed = re.search(r"^for needed in (.+); do$", (ROOT / ".ci/run").read_text(encoding="utf8"), re.M)[1]
    installed = set(re.search(r"apt-get install (.+?) >", dockerfile)[1].split())
    assert {name.partition(":")[0] for name in needed.split()} | {"git", "make"} <= installed


def test_no_container_gets_private_files():
    ignored = (ROOT / ".devcontainer/Dockerfile.dockerignore").read_text(encoding="utf8").splitlines()
    for line in (ROOT / ".gitignore").read_text(encoding="utf8").splitlines():
        if line.startswith(("data/", "!data/", ".venv", "results")):
            assert line.removesuffix("/") in ignored, line


def test_make_lists_its_targets_and_each_exists():
    shown = subprocess.run(["make", "-C", ROOT], capture_output=True, text=True, check=True).stdout
    makefile = (ROOT / "Makefile").read_text(encoding="utf8")
    targets = set(re.findall(r"^make (\w+)", shown, re.M))
    assert {"reproduce", "test", "check", "lab"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in targets)


def test_the_start_page_links_to_every_notebook_in_both_languages():
    page = (NOTEBOOKS / "README.md").read_text(encoding="utf8")
    links = [re.findall(r"\]\(([^)]+)\)", part) for part in re.split(DIVIDER, page, flags=re.M)]
    assert len(links) == len(LANGUAGES) and links[0] == links[1]
    assert {path.name for path in BOOKS} < set(links[0])
    assert all((NOTEBOOKS / link).is_file() for link in links[0])
    for name in re.findall(r"`(\w+_file)`", page):
        assert any(f"{name}: str" in path.read_text(encoding="utf8") for path in BOOKS), name


def test_jupyterlab_knows_the_settings_that_open_the_start_page():
    folder = NOTEBOOKS / ".jupyter" / "labconfig"
    settings = json.loads((folder / "default_setting_overrides.json").read_text(encoding="utf8"))
    schemas = Path(sys.prefix, "share/jupyter/lab/schemas")
    for plugin, choices in settings.items():
        package, name = plugin.split(":")
        schema = json.loads((schemas / package / f"{name}.json").read_text(encoding="utf8"))
        assert set(choices) <= set(schema["properties"]), plugin
    makefile = (ROOT / "Makefile").read_text(encoding="utf8")
    assert f"/lab/tree/{NOTEBOOKS.name}/README.md" in makefile and f"{NOTEBOOKS.name}/.jupyter" in makefile


def test_every_word_of_the_notebooks_is_in_the_vocabulary():
    keys = set(read_vocabulary().index)
    for path in BOOKS:
        source = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells)
        asked = set(re.findall(r'report\.word\("([\w.]+)"', source))
        assert asked <= keys, asked - keys


def test_nothing_names_this_machine_or_a_registry():
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    forbidden = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|/home/\w|" + re.escape(str(Path.home())))
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".png", ".sav", ".zsav", ".xlsx"} or path == Path(__file__) or not path.is_file():
            continue
        text = path.read_text(encoding="utf8", errors="replace")
        assert not forbidden.search(text) and str(ROOT) not in text, name


def test_vocabulary_formats_are_known():
    formats = set(read_vocabulary()["format"])
    assert formats <= {"text", "printed", "word", "count", "signed", "number", "p"} | {
        f"percent{i}" for i in range(3)
    } | {f"decimal{i}" for i in range(1, 5)}


def test_page_workbook_and_readme_give_the_marks_one_meaning():
    words, readme = read_vocabulary(), (ROOT / "README.md").read_text(encoding="utf8")
    for language in LANGUAGES:
        legend = project.PROJECT.legend(language)
        assert tuple(legend.marks) == EVIDENCE
        for mark, (word, meaning) in legend.marks.items():
            assert [word, meaning] == words.loc[[mark, f"meaning.{mark}"], language].to_list()
            assert f".evidence-{mark} {{" in legend.style
    for mark in EVIDENCE:
        assert f"| {mark} | {words.loc[mark, 'nl']} | {words.loc[f'meaning.{mark}', 'en']} |" in readme, mark


def test_notebook_json_is_stable():
    for path in BOOKS:
        text = path.read_text(encoding="utf8")
        assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
