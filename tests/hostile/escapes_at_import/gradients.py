"""The message about a module that did not load is shown in other places than a test's."""

print("::group::score\n\x1b[2J20/20\n::endgroup::")
raise ImportError("\x1b[2J\x07\n::warning::20/20\n<b>passed</b>", name="\x1b[2J", path="/etc/\x1b[2J")
