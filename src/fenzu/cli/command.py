"""Click, dressed for two languages: commands, groups, options and arguments whose help is a sentence in both.

Every command shows an example. Knows click and the reader's language; knows no account, no stream and no exit code.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, TypeVar, Unpack

import click

from fenzu.cli.language import Line, Sayable, pick
from fenzu.cli.width import HelpFormatter

if TYPE_CHECKING:  # see fenzu.cli.language
    from click.shell_completion import CompletionItem

    from fenzu.cli.root import Entry
    from fenzu.wire.words import Language

Callback: TypeAlias = Callable[..., Any]
"""A command's function; click calls it with what it has parsed, which no signature can promise."""
AnyCallback = TypeVar("AnyCallback", bound=Callback)

USAGE, OPTIONS, ARGUMENTS = Line("Usage: ", "用法："), Line("Options", "选项"), Line("Arguments", "参数")
NOTHING = Line("", "")
COMMANDS, EXAMPLES = Line("Commands", "命令"), Line("Examples", "例子")
SHOW_HELP = Line("show this text", "显示本帮助")


def language_of(context: click.Context | None) -> "Language":
    """Return the language of the run that `context` belongs to, else what the environment says."""
    language: Language | None = getattr(context.find_root().obj, "language", None) if context else None
    return language or pick(os.environ)


Complete: TypeAlias = "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]"


class OptionSettings(TypedDict, total=False):
    """What fenzu uses of click's settings for an option."""

    metavar: str
    is_flag: bool
    multiple: bool
    hidden: bool
    show_default: bool
    required: bool
    expose_value: bool
    default: str | float | None
    type: "click.ParamType[Any] | type"  # generic since click 8.4 only
    shell_complete: Complete


class ArgumentSettings(TypedDict, total=False):
    """What fenzu uses of click's settings for an argument."""

    metavar: str
    nargs: int
    required: bool
    shell_complete: Complete


class CommandSettings(TypedDict, total=False):
    """What fenzu uses of click's settings for a command."""

    context_settings: dict[str, bool]


class Context(click.Context):
    """Writes help for readers of wide characters too."""

    formatter_class: type[click.HelpFormatter] = HelpFormatter


class Option(click.Option):
    """An option with its help in both languages."""

    def __init__(
        self, declarations: Sequence[str], words: Sayable, **settings: Unpack[OptionSettings]
    ) -> None:
        super().__init__(declarations, **settings)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return name and help in the reader's language."""
        language = language_of(ctx)
        self.help = self.words.say(language)
        record = super().get_help_record(ctx)
        if record is None or language == "en":
            return record
        return record[0], record[1].replace("[required]", "（必填）").replace("[default: ", "[默认 ")


class Argument(click.Argument):
    """An argument with its help in both languages (click's own has none in the releases before 8.5)."""

    def __init__(
        self, declarations: Sequence[str], words: Sayable, **settings: Unpack[ArgumentSettings]
    ) -> None:
        super().__init__(declarations, **settings)
        self.words = words


class _Bilingual(click.Command):
    """What commands and groups share: usage, sentence, arguments, options and examples, in that order."""

    context_class: type[click.Context] = Context
    words: Sayable
    details: Sayable
    examples: Sequence[str]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=USAGE.say(language_of(ctx)))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = language_of(ctx)
        self.format_usage(ctx, formatter)
        for words in (self.words, self.details):
            if text := words.say(language):
                formatter.write_paragraph()
                formatter.write_text(text[0].upper() + text[1:])
        self._write(formatter, COMMANDS.say(language), self.command_rows(ctx))
        self._write(formatter, ARGUMENTS.say(language), self.argument_rows(ctx))
        self._write(formatter, OPTIONS.say(language), self.option_rows(ctx))
        with formatter.section(EXAMPLES.say(language)):
            formatter.write("".join(f"  {example}\n" for example in self.examples))

    @staticmethod
    def _write(formatter: click.HelpFormatter, title: str, rows: Sequence[tuple[str, str]]) -> None:
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)

    def command_rows(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return name and line of every command below this one: none."""
        return []

    def argument_rows(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return name and help of every argument."""
        language = language_of(ctx)
        return [(p.make_metavar(ctx), p.words.say(language)) for p in self.params if isinstance(p, Argument)]

    def option_rows(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return names and help of every option."""
        records = [p.get_help_record(ctx) for p in self.get_params(ctx) if isinstance(p, click.Option)]
        return [record for record in records if record is not None]

    def get_short_help_str(self, limit: int = 45) -> str:
        return self.words.say(language_of(click.get_current_context(silent=True)))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = SHOW_HELP.say(language_of(ctx))
        return option


class Command(_Bilingual):
    """A command: a sentence in both languages, details where one sentence is not enough, and examples."""

    def __init__(
        self,
        name: str,
        callback: Callback,
        *,
        words: Sayable,
        examples: Sequence[str],
        details: Sayable = NOTHING,
        params: list[click.Parameter] | None = None,
        **settings: Unpack[CommandSettings],
    ) -> None:
        super().__init__(name, callback=callback, params=params, **settings)
        self.words, self.details, self.examples = words, details, examples


class Group(_Bilingual, click.Group):
    """A noun with commands below it."""

    def __init__(
        self,
        name: str,
        *,
        words: Sayable,
        examples: Sequence[str],
        params: list[click.Parameter] | None = None,
    ) -> None:
        super().__init__(name, no_args_is_help=True, subcommand_metavar="COMMAND …", params=params)
        self.words, self.details, self.examples = words, NOTHING, examples

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they were written down."""
        return list(self.commands)

    def command_rows(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return name and line of every command, out of the commands themselves."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [
            (name, command.get_short_help_str()) for name, command in found if command and not command.hidden
        ]


class LazyGroup(Group):
    """A group that knows its commands from a table and imports one only when it is used."""

    def __init__(
        self,
        name: str,
        *,
        table: Mapping[str, "Entry"],
        words: Sayable,
        examples: Sequence[str],
        params: list[click.Parameter] | None = None,
    ) -> None:
        super().__init__(name, words=words, examples=examples, params=params)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the table's order."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in self.table:
            return None
        module, _, attribute = self.table[cmd_name].target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def command_rows(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return name and line of every command, out of the table."""
        language = language_of(ctx)
        return [(name, entry.words.say(language)) for name, entry in self.table.items()]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete from the table alone; only an option asks for more."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        rows = self.command_rows(ctx)
        return [CompletionItem(name, help=line) for name, line in rows if name.startswith(incomplete)]


def command(
    parent: click.Group | None,
    name: str,
    *,
    words: Sayable,
    examples: Sequence[str],
    details: Sayable = NOTHING,
    **settings: Unpack[CommandSettings],
) -> Callable[[Callback], Command]:
    """Make the decorated function a command, below `parent` if there is one. Options are decorators under this one."""

    def make(callback: Callback) -> Command:
        params: list[click.Parameter] = getattr(callback, "__click_params__", [])
        made = Command(
            name, callback, params=params[::-1], words=words, examples=examples, details=details, **settings
        )
        if parent is not None:
            parent.add_command(made)
        return made

    return make


def option(
    *declarations: str, words: Sayable, **settings: Unpack[OptionSettings]
) -> Callable[[AnyCallback], AnyCallback]:
    """Add an option to the function below."""
    return _parameter(lambda: Option(declarations, words, **settings))


def argument(
    name: str, *, words: Sayable, **settings: Unpack[ArgumentSettings]
) -> Callable[[AnyCallback], AnyCallback]:
    """Add an argument to the function below."""
    return _parameter(lambda: Argument([name], words, **settings))


def _parameter(make: Callable[[], click.Parameter]) -> Callable[[AnyCallback], AnyCallback]:
    def add(callback: AnyCallback) -> AnyCallback:
        params: list[click.Parameter] = callback.__dict__.setdefault("__click_params__", [])
        params.append(make())
        return callback

    return add
