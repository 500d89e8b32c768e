"""The commands, one file each; a command is a function of its file's name. Here: the options they share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        show_default=False,
        help="The home folder; else $STRANDLINE_HOME, else the nearest one upwards from here.",
    ),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


class LogFormat(StrEnum):
    """How the talk on stderr is written."""

    TEXT = "text"
    JSON = "json"


LogOption = Annotated[
    LogFormat, typer.Option("--log-format", help="How it talks: json for logs of what nobody watches.")
]
