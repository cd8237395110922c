"""A command group that imports a command only when it is called; never imports one to list it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from importlib import import_module

import click


class LazyGroup(click.Group):
    """Knows each command's place and summary without loading it."""

    def __init__(
        self, *, table: dict[str, tuple[str, str]], sections: dict[str, tuple[str, ...]], name: str | None = None,
        callback: Callable[..., object] | None = None, params: list[click.Parameter] | None = None,
        invoke_without_command: bool = False, help: str | None = None, epilog: str | None = None,  # noqa: A002
        context_settings: MutableMapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            name, callback=callback, params=params, invoke_without_command=invoke_without_command, help=help,
            epilog=epilog, context_settings=context_settings,
        )  # fmt: skip
        self._table = table
        self._sections = sections
        """What help lists together; every command stands in one of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._table:
            return None
        module, _, attribute = self._table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute or cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._table and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], self._table, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else " `relance --help` lists the commands."
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for title, names in self._sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, self._table[name][1]) for name in names])
