"""`import`: puts the people of a CSV file under plans, after every row was looked at; never sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.output import counted, home, json_option, narrate, one_line, out, out_json, sure
from agent.errors import Exit

if TYPE_CHECKING:
    from agent.verbs.importing import LookedAt

BEGUN = ("enrolled", "already")


@click.command("import")
@click.argument("place", metavar="FILE.csv|FOLDER", type=click.Path(path_type=Path))
@click.option("--new", is_flag=True, help="Also addresses there is no mail with yet.")
@click.option("--account", default="", metavar="A", help="The account to write from; default: where you wrote last.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, and begin nothing.")
@json_option
@click.pass_context
def import_people(
    context: click.Context, place: Path, *, new: bool, account: str, yes: bool, dry_run: bool, as_json: bool
) -> None:
    """Put the people of a CSV file under plans, each with your own words; a row you said already changes nothing.

    Columns: address, plan, and if wanted about, date, name, say ("2=TEXT" is the text of touch 2). The first row
    names them. Every row is looked at before anything begins, and you approve every first mail.
    """
    from agent.verbs.importing import begin, listed, look

    with home(context) as here:
        rows, notes = listed(place)
        for note in notes:
            narrate(one_line(note, 400))
        if not rows:
            narrate(f"There is no row below the header in {one_line(str(place))}.")
            context.exit(Exit.OK)
        looked = look(here, rows, new=new, account=account)
        good = sum(one.good for one in looked)
        _tell((one for one in looked if not one.good or dry_run), as_json=as_json)
        _foresee(looked)
        if dry_run or not good:
            narrate("Nothing was begun.")
            _total(looked, as_json=as_json)
            context.exit(_code(looked))
        if not yes:
            sure()
        done = list(_begun(begin(here, (one for one in looked if one.good)), as_json=as_json))
    ended = [*(one for one in looked if not one.good), *done]
    _total(ended, as_json=as_json)
    context.exit(_code(ended))


def _foresee(looked: list[LookedAt]) -> None:
    """The counts a person says yes to."""
    plans = Counter(one.found.plan.name for one in looked if one.good and one.found is not None)
    each = f" ({', '.join(f'{number} {name}' for name, number in sorted(plans.items()))})" if plans else ""
    already = sum(one.code == "already" for one in looked)
    good = sum(plans.values())
    narrate(
        f"{counted(len(looked), 'row')}: {good} to enroll{each}, {already} already under their plan, "
        f"{len(looked) - good - already} refused. Every first mail waits for your approval."
    )


def _begun(looked: Iterable[LookedAt], *, as_json: bool) -> Iterable[LookedAt]:
    for one in looked:
        if as_json or one.code not in BEGUN:
            _tell([one], as_json=as_json)
        yield one


def _tell(looked: Iterable[LookedAt], *, as_json: bool) -> None:
    """One line a row."""
    for one in looked:
        person = one.person
        if as_json:
            out_json({
                "row": person.row, "file": person.file or None, "address": person.address, "done": _done(one),
                "code": one.code, "reason": one.words, "id": one.followup or None,
            })  # fmt: skip
            continue
        where = f"{person.file} row {person.row}" if person.file else f"Row {person.row}"
        words = one.words or f"to be put under {person.plan}."
        out(one_line(f"{where}, {person.address or '(no address)'}: {_done(one)}: {words}", 500))


def _done(one: LookedAt) -> str:
    return one.code if one.code in {*BEGUN, "good"} else "refused"


def _total(looked: list[LookedAt], *, as_json: bool) -> None:
    figures = Counter(map(_done, looked))
    if as_json:
        out_json({"rows": len(looked), **{name: figures[name] for name in (*BEGUN, "refused")}})
        return
    out(f"{figures['enrolled']} enrolled, {figures['already']} already, {figures['refused']} refused.")


def _code(looked: list[LookedAt]) -> Exit:
    return Exit.OK if all(_done(one) != "refused" for one in looked) else Exit.REFUSED
