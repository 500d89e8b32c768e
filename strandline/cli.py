"""The program `strandline`: finds the command that was asked for, and says in plain words what went wrong."""

import errno
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from keyword import iskeyword
from typing import Annotated, Any

import typer

from strandline import __version__
from strandline.commands import HomeOption
from strandline.complaint import Complaint, ExitCode
from strandline.output import log_as_text, say, write

COMMANDS = {
    "init": "Make a home folder for an archive.",
    "add": "Look at a site and begin to watch it.",
    "sources": "List the sites that are watched.",
    "scope": "Tell whether URLs belong to a source.",
    "cron": "Print what cron or systemd needs to crawl what is due.",
    "crawl": "Crawl sources now and keep what they serve.",
    "serve": "Stay: crawl what is due, and show the archive in the browser.",
    "status": "Tell how each source stands and what is wrong.",
    "runs": "List the crawls and their outcomes.",
    "pages": "List the pages of a source.",
    "versions": "List the versions of a page.",
    "changes": "List what changed.",
    "show": "Show the text of a page at some time.",
    "diff": "Show what changed between two versions of a page.",
    "blame": "Tell which version brought each sentence.",
    "search": "Find where something was said, since when and until when.",
    "note": "Write down what there is to say about a capture.",
    "cite": "Cite a version of a page, or a change.",
    "extract": "Show what the extractor makes of a page, and why.",
    "why": "Tell why a URL was captured or was not, or a source not run.",
    "noise": "List what moves by itself on a site.",
    "import": "Take in WARC and WACZ files of other programs.",
    "export": "Give away what was kept, as git, WACZ, WARC or tables.",
    "replay": "Replay the archive with pywb.",
    "check": "Tell whether all that is kept is what it was.",
    "rebuild": "Make the index and the texts anew from the WARC files.",
    "doctor": "Check that everything is in order to crawl.",
    "demo": "Crawl a small bundled site three times and show its changes.",
}
"""Every command and what it does; `NAME` is the function of that name in `strandline/commands/NAME.py`.

A name that Python keeps for itself has `_` behind it there.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code. Bad input gets a message on stderr, never a traceback."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    log_as_text()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a title may not fit the terminal's encoding
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader has gone (`| head`); the interpreter would flush once more at its end, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.PIPE
    return code


def _run(words: Sequence[str]) -> int:
    try:
        _application(_asked_for(words))(args=words, prog_name="strandline")
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        if isinstance(end.__context__, typer.Abort):  # Ctrl-C or the end of input at a question
            return ExitCode.INTERRUPTED
        if end.__context__ and isinstance(end.__context__.__cause__, KeyboardInterrupt):
            return _interrupted()  # which Typer made an exit without a word
        return end.code if isinstance(end.code, int) else ExitCode.DONE
    except Complaint as complaint:
        _complain(str(complaint))
        return complaint.code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        raise
    except Exception as error:
        return _unforeseen(error)
    return ExitCode.DONE


def _application(asked_for: str | None) -> typer.Typer:
    """The whole command line. Only the command asked for is imported: of the others the name is enough."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_strandline)
    for name, summary in COMMANDS.items():
        app.command(name, short_help=summary)(_function(name) if name == asked_for else _unloaded)
    return app


def _asked_for(words: Sequence[str]) -> str | None:
    """The first word that is neither an option nor its value."""
    rest = iter(words)
    for word in rest:
        if word == "--home":
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def _function(name: str) -> Callable[..., Any]:
    name += "_" if iskeyword(name) else ""
    function: Callable[..., Any] = getattr(import_module(f"strandline.commands.{name}"), name)
    return function


def _unloaded() -> None:
    raise AssertionError("a command that was not asked for is never run")


def _version(asked: bool) -> None:
    if asked:
        write(f"strandline {__version__}")
        raise typer.Exit


def _strandline(
    context: typer.Context,
    home: HomeOption = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Crawl the sites you watch, keep every byte as WARC, and see what changed between any two dates.

    'strandline demo' shows all of it in two minutes; 'strandline COMMAND --help' explains a command.
    """
    if home is not None:
        context.default_map = {name: {"home": home} for name in COMMANDS}


def _interrupted() -> int:
    _complain("Interrupted.")
    return ExitCode.INTERRUPTED


def _complain(message: str) -> None:
    for line in message.splitlines():
        say(f"strandline: {line}")


_REMEDIES = {
    errno.ENOSPC: "Free some space on that disk, then try again.",
    errno.EDQUOT: "Free some of your quota, then try again.",
    errno.EACCES: "Choose another place, or change its permissions.",
    errno.EPERM: "Choose another place, or change its permissions.",
    errno.EROFS: "The disk is mounted read-only: choose another place.",
}


def _unforeseen(error: Exception) -> int:
    """What nobody turned into a Complaint: the computer's troubles, and our own faults."""
    if os.environ.get("STRANDLINE_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, OSError) and (error.filename or error.errno in _REMEDIES):
        where = f"{error.filename}: " if error.filename else ""
        _complain(f"{where}{error.strerror}. {_REMEDIES.get(error.errno or 0, 'Check that path.')}")
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return ExitCode.GUARD if full else ExitCode.USAGE
    _complain(
        f"this is a fault in Strandline, not in what you asked for ({type(error).__name__}: {error}). "
        "Please report it, with what STRANDLINE_DEBUG=1 prints when you do the same again."
    )
    return ExitCode.FAILED
