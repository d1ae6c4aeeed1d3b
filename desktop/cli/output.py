"""How the commands print: JSON for scripts, plain lines and tables for people."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime

import click

from core.clock import shop_time


def print_json(document: object) -> None:
    """Print one JSON document; a list has one line per item, which is quick and easy to search."""
    if isinstance(document, list):
        items = ",\n".join(json.dumps(item, ensure_ascii=False) for item in document)
        click.echo(f"[\n{items}\n]" if items else "[]")
    else:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def say(text: str) -> None:
    """Print one line for a person."""
    click.echo(one_line(text))


def warn(text: str) -> None:
    """Print one line beside the result: on stderr, where a script's data is not."""
    click.echo(one_line(text), err=True)


def one_line(text: str) -> str:
    """Return a text without line breaks and control characters: those move a terminal's cursor."""
    return "".join(" " if char in "\t\r\n" else _shown(char) for char in text)


def _shown(char: str) -> str:
    # Cc: control; Cf: formatting, which can turn the reading direction; Cs: half of a pair.
    return "\ufffd" if unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; one whose header begins with ">" is aligned to the right."""
    right = [header.startswith(">") for header in headers]
    shown = [[header.removeprefix(">") for header in headers]]
    shown += [[one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in shown) for column in range(len(headers))]
    for row in shown:
        cells = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def local(moment: datetime | None) -> str:
    """Return a moment as the shop's wall clock shows it; empty without one."""
    return f"{shop_time(moment):%Y-%m-%d %H:%M}" if moment is not None else ""
