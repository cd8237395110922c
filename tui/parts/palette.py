"""The command palette, safe in a terminal too small to show its list; never knows a command itself."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette


class Palette(CommandPalette):
    """Textual's own, which pages through a list of no height by a division it cannot do."""

    def _action_command_list(self, action: str) -> None:
        found = self.query_one(CommandList)
        if found.option_count and found.scrollable_content_region.height:
            super()._action_command_list(action)
