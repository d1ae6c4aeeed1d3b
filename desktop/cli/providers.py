"""``sanduku providers``: the shop's accounts at mobile networks and banks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast, get_args

import click

from core.clock import iso_utc
from core.errors import InvalidInputError, UnreadableFileError
from core.model.providers import Environment
from core.services.providers.forms import (
    NETWORK_NAMES,
    NETWORKS,
    SECRET_FIELDS,
    Network,
    ProviderKind,
    account_name,
)
from desktop.cli.common import ask_secret, can_ask, json_option, shop_options, signed_in
from desktop.cli.output import print_json, print_table, say
from desktop.logs import hide

MAX_FILE_BYTES = 100_000

sandbox_option = click.option(
    "--sandbox", is_flag=True, help="The network's sandbox account instead of the live one."
)


@click.group("providers")
@shop_options
def command() -> None:
    """Accounts at mobile networks and banks."""


@command.command("set")
@click.argument("provider", type=click.Choice(get_args(ProviderKind)))
@click.argument("values", nargs=-1, metavar="[KEY=VALUE | SECRET_KEY]…")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE.json",
    help="Read keys and values, secrets too, from a JSON object.",
)
@sandbox_option
@shop_options
def set_values(provider: str, values: tuple[str, ...], *, file: Path | None, sandbox: bool) -> None:
    """Change the account at a provider; a network's first live account is in use from then on.

    Secrets are read with --from, or asked when their key stands without a value: “providers set
    mtn api_key”. They are never taken as words, which stay in the shell's history.
    """
    kind = cast("ProviderKind", provider)
    if sandbox and kind not in NETWORKS:
        raise click.UsageError("Only mtn and airtel have a sandbox account.")
    if not values and file is None:
        raise click.UsageError("Give KEY=VALUE, the key of a secret, or --from FILE.json.")
    with signed_in() as (app, actor):
        words, unseen = _given(kind, values)
        if file is not None:
            unseen |= _read_values(kind, file)
        # One call for all, so that one bad value changes nothing; a secret among the words makes
        # the service refuse them together.
        secret_in_words = any(key in SECRET_FIELDS[kind] for key in words)
        app.providers.set_values(
            actor,
            kind,
            words | unseen,
            from_file=not secret_in_words,
            environment=_environment(sandbox=sandbox),
        )
    place = f"{provider} sandbox" if sandbox else provider
    say(f"{place}: {', '.join(sorted({*words, *unseen}))} set")


def _environment(*, sandbox: bool) -> Environment:
    return Environment.SANDBOX if sandbox else Environment.LIVE


@command.command("use")
@click.argument("provider", type=click.Choice(NETWORKS))
@click.argument("account", type=click.Choice(["live", "sandbox", "none"]))
@shop_options
def use(provider: str, account: str) -> None:
    """Choose the account a network is asked with; with none a person confirms each payment."""
    network = cast("Network", provider)
    with signed_in() as (app, actor):
        app.providers.use(actor, network, None if account == "none" else Environment(account))
    if account == "none":
        say(f"{NETWORK_NAMES[network]}: no account is in use")
    else:
        no_money = "; no real money moves" if account == "sandbox" else ""
        say(f"{NETWORK_NAMES[network]}: the {account} account is in use{no_money}")


@command.command("test")
@click.argument("provider", type=click.Choice(NETWORKS))
@sandbox_option
@json_option
@shop_options
def test_account(provider: str, *, sandbox: bool, as_json: bool) -> int:
    """Try an account without moving money; ends with 1 when a step fails."""
    network, environment = cast("Network", provider), _environment(sandbox=sandbox)
    with signed_in() as (app, actor):
        checks = app.gateway_accounts.test(actor, network, environment)
    passed = all(check.passed for check in checks)
    if as_json:
        print_json(
            {
                "provider": network,
                "environment": environment.value,
                "passed": passed,
                "checks": [
                    {"what": check.what, "passed": check.passed, "told": check.told}
                    for check in checks
                ],
            }
        )
    else:
        say(account_name(network, environment))
        for check in checks:
            told = f": {check.told}" if check.told else ""
            say(f"{'passed' if check.passed else 'FAILED'}  {check.what}{told}")
    return 0 if passed else 1


def _given(kind: ProviderKind, values: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    words: dict[str, str] = {}
    unseen: dict[str, str] = {}
    for given in values:
        key, equals, value = given.partition("=")
        if equals:
            words[key] = value
        elif key in SECRET_FIELDS[kind] and can_ask():
            unseen[key] = ask_secret(key)
        else:
            raise InvalidInputError(
                f"Nothing was changed. {key} is a secret and nobody can be asked for it here: give"
                " it with --from FILE.json."
                if key in SECRET_FIELDS[kind]
                else f"Nothing was changed. Write {key}=VALUE."
            )
    return words, unseen


def _read_values(kind: ProviderKind, file: Path) -> dict[str, str]:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        document = json.loads(content) if len(content) <= MAX_FILE_BYTES else None
    except OSError as error:
        raise UnreadableFileError(
            f"Nothing was changed. “{file.name}” cannot be opened.", details=str(error)
        ) from error
    except (ValueError, RecursionError) as error:
        place = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableFileError(
            f"Nothing was changed. “{file.name}”{place} is not JSON."
        ) from error
    if not isinstance(document, dict) or not all(
        isinstance(value, str | bool) for value in document.values()
    ):
        raise UnreadableFileError(
            f"Nothing was changed. “{file.name}” is not a JSON object of keys and texts."
        )
    values = {key: str(value) for key, value in document.items()}
    for key in SECRET_FIELDS[kind]:
        hide(values.get(key, ""))
    return values


@command.command("list")
@json_option
@shop_options
def list_providers(*, as_json: bool) -> None:
    """List the accounts and what each still needs; secrets are never shown."""
    with signed_in() as (app, actor):
        rows = app.providers.list(actor)
    if as_json:
        print_json(
            [
                {
                    "provider": row.kind,
                    "environment": row.environment.value if row.environment else None,
                    "name": row.name,
                    "active": row.is_active,
                    "in_use": row.is_active,
                    "account": row.account,
                    "base_url": row.base_url,
                    "currency": row.currency,
                    "missing": list(row.missing),
                    "updated_at": iso_utc(row.updated_at),
                }
                for row in rows
            ]
        )
        return
    print_table(
        ["Provider", "Environment", "Name", "In use", "Account", "Address", "Still needs"],
        [
            [
                row.kind,
                row.environment.value if row.environment else "",
                row.name,
                "in use" if row.is_active else "",
                row.account,
                row.base_url,
                ", ".join(row.missing),
            ]
            for row in rows
        ],
    )
