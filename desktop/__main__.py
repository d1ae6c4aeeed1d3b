"""The program's entry: ``sanduku`` opens the window, ``sanduku COMMAND`` does one thing."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from core.errors import InvalidInputError, KnownError
from core.services.proposing import MATCHING_ARGUMENT
from core.statements import READING_ARGUMENT
from desktop import __version__
from desktop.cli import LazyGroup
from desktop.cli.common import Invocation, shop_options
from desktop.cli.output import one_line, warn
from desktop.crash import report_bug
from desktop.logs import start_log, stop_log
from desktop.paths import default_data_dir

OPTION_OF_FIELD = {
    "amount": "--amount",
    "approval_code": "--approval-code",
    "card_last4": "--last4",
    "currency": "--currency",
    "database": "--database",
    "key": "--key",
    "note": "--note",
    "phone": "--phone",
    "profile": "--profile",
    "reason": "--reason",
    "refund_transaction_id": "--transaction-id",
    "tendered": "--tendered",
    "transaction_id": "--transaction-id",
}
"""Which option a refused field of a form is, where a service names the field."""


@click.command(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="Sanduku %(version)s")
@click.option("--self-test", is_flag=True, help="Check this installation, then stop.")
@shop_options
@click.pass_context
def root(context: click.Context, *, self_test: bool) -> int:
    """Take payments, reconcile statements, keep a shop's money in order.

    Without a command the window opens. The commands act as SANDUKU_USER with SANDUKU_PASSWORD, or
    ask for them. They end with 0 when done, 1 when refused or failed, 2 when used wrongly.
    """
    if self_test:
        from desktop.self_test import run_self_test  # noqa: PLC0415 - loads the whole program

        context.exit(run_self_test())
    if context.invoked_subcommand is None:
        from desktop.opening import open_window  # noqa: PLC0415 - loads the whole program

        return open_window(context.ensure_object(Invocation).shop())
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    if arguments is None and sys.argv[1:] == [READING_ARGUMENT]:
        from core.statements import apart_process  # noqa: PLC0415 - what this process is for

        apart_process.main()
        return 0
    if arguments is None and sys.argv[1:] == [MATCHING_ARGUMENT]:
        from core.services.proposing import process  # noqa: PLC0415 - what this process is for

        process.main()
        return 0
    _write_utf8()
    return run(arguments, Invocation())


def run(arguments: Sequence[str] | None, invocation: Invocation) -> int:
    """Run one command; every error ends as one clear line on stderr."""
    try:
        _refuse_undecodable(sys.argv[1:] if arguments is None else arguments)
        outcome = root.main(
            args=arguments, prog_name="sanduku", standalone_mode=False, obj=invocation
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        warn("Stopped; nothing more was done.")
        return 1
    except KnownError as error:
        _tell(error, verbose=invocation.verbose)
        return 1
    except BrokenPipeError:
        _close_stdout()
        return 1
    except Exception as error:
        _tell_bug(error, invocation)
        return 1
    finally:
        stop_log()
    return outcome if isinstance(outcome, int) else 0


def _refuse_undecodable(words: Sequence[str]) -> None:
    """Bytes that are no text would end in the books, where no other program can read them."""
    for word in words:
        if any("\ud800" <= char <= "\udfff" for char in word):
            raise click.UsageError(f"“{one_line(word)}” is not text in UTF-8.")


def _tell(error: KnownError, *, verbose: bool) -> None:
    option = OPTION_OF_FIELD.get(error.field) if isinstance(error, InvalidInputError) else None
    warn(f"{error.message} ({option})" if option else error.message)
    if verbose and error.details:
        warn(f"Details: {error.details}")


def _tell_bug(error: Exception, invocation: Invocation) -> None:
    try:
        data_dir = invocation.shop().data_dir
    except Exception:
        # What failed may be the very thing that finds the shop; the bug is reported all the same.
        data_dir = default_data_dir()
    log_file = start_log(data_dir)
    report_bug(error, "a command")
    warn(f"Something went wrong inside Sanduku; nothing more was done. Details are in {log_file}.")


def _write_utf8() -> None:
    """Names and amounts are not ASCII, whatever the locale of a scheduler says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _close_stdout() -> None:
    """The reader went away, as ``head`` does: leave nothing to be flushed into the void."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
