"""Where the parts of a project lie: a zip archive, or the folder that it was unpacked to."""

from pathlib import Path

from codedtexts.model import Draft
from expect import Archive, decode, limits
from expect.tables import decode_table

FOLDERS = ("sources",)  # of a project, in any case of letters; nothing else in a folder is looked at


class Folder:
    """A project that somebody unpacked: the .qde and its texts, read within the same limits as an archive.

    Parameters
    ----------
    path : pathlib.Path
        The folder.

    Raises
    ------
    ValueError
        If it holds more files than an archive may.
    """

    def __init__(self, path: Path):
        self.path, self.where, self.left = path, str(path), limits.MAX_UNPACKED
        inside = [path, *(folder for folder in path.iterdir() if folder.name.lower() in FOLDERS)]
        files = [file for folder in inside if folder.is_dir() for file in folder.iterdir() if file.is_file()]
        within = [file for file in files if file.resolve().is_relative_to(path.resolve())]
        if len(within) > limits.MAX_ENTRIES:
            raise ValueError(f"{path}: expected at most {limits.MAX_ENTRIES} files; found {len(within)}")
        self.entries = {file.relative_to(path).as_posix(): file for file in within}

    def read(self, name: str) -> bytes:
        """Return one file; raise ValueError if the project is larger than the limit."""
        file = self.entries[name]
        if (size := file.stat().st_size) > self.left:
            raise ValueError(
                f"{self.path}: expected at most {limits.MAX_UNPACKED} bytes of text; found more at {name}"
            )
        self.left -= size
        return limits.read_file(file)


Container = Archive | Folder


def decoded(data: bytes, where: str, name: str, draft: Draft) -> tuple[str, bool]:
    """Return a text without its byte order mark, and whether it had one.

    Text that is neither UTF-8 nor has a mark is read as windows-1252, as Windows programs write it, and
    counted.
    """
    try:
        return decode(data, where)
    except ValueError:
        text, encoding = decode_table(data, where)
        draft.lose(f"text read as {encoding}: check its accents", where=name)
        return text, False
