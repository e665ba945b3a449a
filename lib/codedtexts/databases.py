"""Read coded interviews from the databases of QualCoder, Taguette and RQDA."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from codedtexts.model import Draft
from codedtexts.qualcoder import read_qualcoder
from codedtexts.rqda import read_rqda
from codedtexts.taguette import read_taguette
from expect import open_sqlite

QUALCODER = {"source", "code_text", "code_name", "code_cat"}
TAGUETTE = {"projects", "documents", "highlights", "tags", "highlight_tags", "commands"}
RQDA = {"source", "coding", "freecode"}


def read_database(path: Path, project: str = "") -> Draft:
    """Read a database of coded texts; its tables say of which program it is.

    Parameters
    ----------
    path : pathlib.Path
        The database.
    project : str
        Which project of a Taguette database of several.

    Raises
    ------
    ValueError
        If it is of another program, damaged, still open in its program, or has several projects.
    """
    try:
        with closing(open_sqlite(path)) as base:
            tables = {name for (name,) in base.execute("select name from sqlite_master where type = 'table'")}
            if tables >= QUALCODER:
                return read_qualcoder(base, path, tables)
            if tables >= TAGUETTE:
                return read_taguette(base, path, project)
            if tables >= RQDA:
                return read_rqda(base, path, tables)
    except (sqlite3.DatabaseError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: expected a whole database; found {error}") from error
    except (LookupError, TypeError, AttributeError) as error:
        reason = f"none of {error}" if isinstance(error, LookupError) else error
        raise ValueError(f"{path}: expected a whole database; found {reason}") from error
    raise ValueError(
        f"{path}: expected tables of QualCoder, Taguette or RQDA; found {', '.join(sorted(tables)) or 'none'}"
    )
